// Package storetest is the conformance suite of the store, and what tests of the
// quarantine stand on: a clock that is set by hand, bodies in memory, small
// mails with verdicts. The promise of the suite: a database that passes it can
// carry the quarantine.
package storetest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

// Clock stands still until it is moved. It is safe for concurrent use.
type Clock struct {
	mu sync.Mutex
	t  time.Time
}

// NewClock shows a Wednesday morning in Tokyo.
func NewClock() *Clock { return &Clock{t: time.Date(2026, 11, 18, 1, 0, 0, 0, time.UTC)} }

// Now is the time it shows.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

// Add moves it.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// Blobs keeps bodies in memory. Fail, when set, is returned by Put.
type Blobs struct {
	mu     sync.Mutex
	bodies map[email.Digest]email.Body
	Fail   error
}

// Put keeps a copy of the body.
func (b *Blobs) Put(_ context.Context, body email.Body) (email.Digest, error) {
	if b.Fail != nil {
		return email.Digest{}, b.Fail
	}
	raw, err := email.ReadBody(body, 1<<26)
	if err != nil {
		return email.Digest{}, fmt.Errorf("keep body: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.bodies == nil {
		b.bodies = map[email.Digest]email.Body{}
	}
	b.bodies[body.Digest()] = email.BytesBody(raw)
	return body.Digest(), nil
}

// Open finds it again.
func (b *Blobs) Open(_ context.Context, digest email.Digest) (email.Body, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, ok := b.bodies[digest]
	if !ok {
		return nil, quarantine.ErrNotFound
	}
	return body, nil
}

// Remove forgets it.
func (b *Blobs) Remove(_ context.Context, digest email.Digest) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.bodies, digest)
	return nil
}

// Len counts different bodies.
func (b *Blobs) Len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.bodies)
}

// SQLite are the options of a new database file.
func SQLite(t testing.TB) store.Options {
	t.Helper()
	return store.Options{File: filepath.Join(t.TempDir(), "sekisho.db"), Create: true, Key: sealed.Key{1, 2, 3}}
}

// Open opens a store and closes it with the test.
func Open(t testing.TB, o store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Quiet is a log that nobody reads.
func Quiet() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// Keeper is a quarantine on the store.
func Keeper(t testing.TB, s quarantine.Store, blobs quarantine.Blobs, clock *Clock, change ...func(*quarantine.Options)) *quarantine.Keeper {
	t.Helper()
	o := quarantine.Options{Store: s, Blobs: blobs, Now: clock.Now, Log: Quiet(), Metrics: prometheus.NewRegistry()}
	for _, f := range change {
		f(&o)
	}
	k, err := quarantine.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Mail is a judged mail on its way into the quarantine.
type Mail struct {
	Message *policy.Message
	Verdict policy.Verdict
	Body    email.Body
}

// NewMail is a mail from a colleague to the recipients, all outside and all to
// be held for the manager until tomorrow. text makes it another mail.
func NewMail(now time.Time, text string, to ...string) Mail {
	sender := email.MustAddress("sato@example.co.jp")
	m := &policy.Message{Digest: sha256.Sum256([]byte(text)), Envelope: email.Envelope{ID: email.NewID(now), Sender: sender, Received: now}}
	m.Header = policy.Header{Subject: "会員名簿 4711 " + text, MessageID: fmt.Sprintf("<%x@example.co.jp>", text), Date: now,
		From: []policy.Mailbox{{Name: "佐藤花子", Address: sender}}}
	v := policy.Verdict{Fired: []policy.Fired{{Name: "people-list", Action: policy.Hold,
		Reasons: []policy.Text{{JA: "約120人分の個人情報が社外へ送られます。", EN: "Personal data of about 120 people would leave."}},
		Terms:   policy.Terms{Approvers: []string{"manager"}, Deadline: "24h", OnExpiry: "reject"}}}}
	for _, a := range to {
		addr := email.MustAddress(a)
		m.Envelope.Recipients = append(m.Envelope.Recipients, email.Recipient{Address: addr})
		m.Recipients = append(m.Recipients, policy.Recipient{Address: addr, External: true, Visible: true})
		m.Header.To = append(m.Header.To, policy.Mailbox{Address: addr})
		v.Recipients = append(v.Recipients, policy.RecipientVerdict{Address: addr, Action: policy.Hold, Rules: []string{"people-list"}})
	}
	raw := fmt.Sprintf("Message-ID: %s\r\nSubject: =?utf-8?q?list?=\r\n\r\n%s\r\n", m.Header.MessageID, text)
	return Mail{m, v, email.BytesBody([]byte(raw))}
}

// Act sets the verdict's actions, one for each recipient; the last one repeats.
func (m Mail) Act(actions ...policy.Action) Mail {
	for i := range m.Verdict.Recipients {
		m.Verdict.Recipients[i].Action = actions[min(i, len(actions)-1)]
		m.Verdict.Recipients[i].Delay = 5 * time.Minute
	}
	return m
}

// Hold gives the mail to the keeper.
func (m Mail) Hold(t testing.TB, k *quarantine.Keeper) email.ID {
	t.Helper()
	id, err := k.Hold(t.Context(), m.Message, m.Verdict, m.Body)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// Load reads a hold.
func Load(t testing.TB, k *quarantine.Keeper, id email.ID) *quarantine.Hold {
	t.Helper()
	h, err := k.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// States maps each recipient to its state.
func States(h *quarantine.Hold) map[string]quarantine.State {
	out := map[string]quarantine.State{}
	for _, d := range h.Deliveries() {
		out[d.Recipient.Address.String()] = d.State
	}
	return out
}
