package dispatch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

var admin = quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root"}

// sent is a transaction that reached the final dot.
type sent struct {
	env   email.Envelope
	body  string
	trace string
}

// hop is a next hop in memory.
type hop struct {
	mu    sync.Mutex
	mails []sent
	tries int
	// answer gives the reply for a recipient; nil accepts all.
	answer func(address string) email.Reply
	// fail gives the error of a transaction, after the final dot; nil is none.
	fail func(env email.Envelope) error
	// before is called before the gate; its error is returned.
	before func(ctx context.Context) error
	// after is called after the final dot; its error is returned.
	after func() error
}

func (h *hop) Send(ctx context.Context, env email.Envelope, body email.Body, trace []byte, gate func(context.Context) error) ([]email.Reply, error) {
	h.mu.Lock()
	h.tries++
	before, after, answer := h.before, h.after, h.answer
	h.mu.Unlock()
	if before != nil {
		if err := before(ctx); err != nil {
			return nil, err
		}
	}
	raw, err := email.ReadBody(body, 1<<20)
	if err != nil {
		return nil, err
	}
	if err := gate(ctx); err != nil {
		return nil, fmt.Errorf("gate: %w", err)
	}
	if h.fail != nil {
		if err := h.fail(env); err != nil {
			return nil, err
		}
	}
	got := env
	got.Recipients = nil
	replies := make([]email.Reply, len(env.Recipients))
	for i, r := range env.Recipients {
		replies[i] = email.NewReply(250, "2.0.0", "Ok: queued")
		if answer != nil {
			replies[i] = answer(r.Address.String())
		}
		if replies[i].Positive() {
			got.Recipients = append(got.Recipients, r)
		}
	}
	if len(got.Recipients) > 0 {
		h.mu.Lock()
		h.mails = append(h.mails, sent{got, string(raw), string(trace)})
		h.mu.Unlock()
	}
	if after != nil {
		if err := after(); err != nil {
			return nil, err
		}
	}
	return replies, nil
}

// got counts how often each recipient was sent something.
func (h *hop) got() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := map[string]int{}
	for _, m := range h.mails {
		for _, r := range m.env.Recipients {
			out[r.Address.String()]++
		}
	}
	return out
}

type rig struct {
	t     testing.TB
	clock *storetest.Clock
	store *store.Store
	blobs *storetest.Blobs
	keep  *quarantine.Keeper
	hop   *hop
	reg   *prometheus.Registry
	*dispatch.Dispatcher
}

func setUp(t testing.TB, change ...func(*dispatch.Options)) *rig {
	r := &rig{t: t, clock: storetest.NewClock(), store: storetest.Open(t, storetest.SQLite(t)), blobs: &storetest.Blobs{}, hop: &hop{}}
	r.keep = storetest.Keeper(t, r.store, r.blobs, r.clock)
	r.Dispatcher = r.another(change...)
	return r
}

// another is a further dispatcher on the same store and hop.
func (r *rig) another(change ...func(*dispatch.Options)) *dispatch.Dispatcher {
	r.reg = prometheus.NewRegistry()
	o := dispatch.Options{Keeper: r.keep, Queue: r.store, Sender: r.hop, Host: "guard.example.co.jp", Node: "n1",
		Now: r.clock.Now, Log: storetest.Quiet(), Metrics: r.reg}
	for _, c := range change {
		c(&o)
	}
	d, err := dispatch.New(o)
	if err != nil {
		r.t.Fatal(err)
	}
	d.WithoutPauses()
	return d
}

func (r *rig) mail(text string, to ...string) storetest.Mail {
	return storetest.NewMail(r.clock.Now(), text, to...)
}

func (r *rig) once() {
	r.t.Helper()
	if err := r.Once(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) load(id email.ID) *quarantine.Hold {
	r.t.Helper()
	return storetest.Load(r.t, r.keep, id)
}

// passes takes in a mail that may go now.
func (r *rig) passes(text string, to ...string) email.ID {
	r.t.Helper()
	return r.mail(text, to...).Act(policy.Pass).Hold(r.t, r.keep)
}

func (r *rig) verbs(id email.ID) string {
	r.t.Helper()
	events, err := r.keep.Events(r.t.Context(), id)
	if err != nil {
		r.t.Fatal(err)
	}
	var out []string
	for _, e := range events {
		out = append(out, strings.TrimSpace(string(e.Verb)+" "+e.Detail))
	}
	return strings.Join(out[1:], ", ") // without the birth
}

// bounces are the bounces in the store.
func (r *rig) bounces() []*quarantine.Hold {
	r.t.Helper()
	p, err := r.keep.List(r.t.Context(), quarantine.Query{Kind: quarantine.KindBounce})
	if err != nil {
		r.t.Fatal(err)
	}
	return p.Holds
}

func TestReleaseIsExact(t *testing.T) {
	r := setUp(t)
	m := r.mail("a", "x@partner.example", "y@partner.example", "kanri@example.co.jp").Act(policy.Hold, policy.Hold, policy.Pass)
	m.Message.Envelope.Options = email.MailOptions{Return: "HDRS", EnvelopeID: "e", RequireTLS: true}
	m.Message.Envelope.Recipients[1].Options.Notify = []string{"NEVER"}
	m.Message.Header.Cc = []policy.Mailbox{{Address: email.MustAddress("only-in-header@partner.example")}}
	received := m.Message.Envelope.Received
	id := m.Hold(t, r.keep)
	r.once()
	if got := r.hop.got(); len(got) != 1 || got["kanri@example.co.jp"] != 1 {
		t.Fatalf("before the decision: %v", got)
	}
	r.clock.Add(3 * time.Hour)
	if _, err := r.keep.Approve(t.Context(), quarantine.Order{Hold: id, By: admin}); err != nil {
		t.Fatal(err)
	}
	r.once()
	r.once()
	if n := len(r.hop.mails); n != 2 {
		t.Fatalf("%d transactions", n)
	}
	got := r.hop.mails[1]
	if len(got.env.Recipients) != 2 || got.env.Recipients[1].Options.Notify[0] != "NEVER" || got.env.Options != m.Message.Envelope.Options ||
		got.env.Sender != m.Message.Envelope.Sender {
		t.Errorf("envelope %+v", got.env)
	}
	raw, err := email.ReadBody(m.Body, 1<<20)
	if err != nil || got.body != string(raw) {
		t.Errorf("body %q", got.body)
	}
	if !strings.HasPrefix(got.trace, "Received: ") || !strings.Contains(got.trace, "(Sekisho n1)") || !strings.Contains(got.trace, received.Format(time.RFC1123Z)) {
		t.Errorf("trace %q", got.trace)
	}
	h := r.load(id)
	for _, d := range h.Deliveries() {
		if d.State != quarantine.Sent || d.Reply.Code != 250 || d.Owner != "" || d.Attempting || !d.Ended.Equal(r.clock.Now()) && d.Recipient.Address.Domain() != "example.co.jp" {
			t.Errorf("%+v", d)
		}
	}
	if v := r.verbs(id); v != "send 250 2.0.0, approve, send 250 2.0.0" {
		t.Errorf("events: %s", v)
	}
}

func TestEveryCopyHasItsOwnBytes(t *testing.T) {
	r := setUp(t)
	for i := range 3 {
		m := r.mail("a", fmt.Sprintf("r%d@partner.example", i)).Act(policy.Pass)
		m.Body = email.BytesBody(fmt.Appendf(nil, "X: %d\r\n\r\n", i))
		m.Hold(t, r.keep)
	}
	r.once()
	slices.SortFunc(r.hop.mails, func(a, b sent) int { return strings.Compare(a.body, b.body) })
	for i, m := range r.hop.mails {
		if m.body != fmt.Sprintf("X: %d\r\n\r\n", i) || m.env.Recipients[0].Address.String() != fmt.Sprintf("r%d@partner.example", i) {
			t.Errorf("%d: %q to %v", i, m.body, m.env.Recipients)
		}
	}
	if len(r.hop.mails) != 3 {
		t.Errorf("%d mails", len(r.hop.mails))
	}
}

func TestManyRecipientsAreSplit(t *testing.T) {
	r := setUp(t)
	to := make([]string, 250)
	for i := range to {
		to[i] = fmt.Sprintf("r%d@partner.example", i)
	}
	r.passes("a", to...)
	r.once()
	for _, m := range r.hop.mails {
		if n := len(m.env.Recipients); n > 100 {
			t.Errorf("%d recipients in one transaction", n)
		}
	}
	if got := r.hop.got(); len(got) != 250 {
		t.Errorf("%d recipients", len(got))
	}
}

func TestEachRecipientHasHisAnswer(t *testing.T) {
	r := setUp(t)
	r.hop.answer = func(a string) email.Reply {
		switch a[0] {
		case 'x':
			return email.NewReply(550, "5.1.1", "no such user")
		case 'y':
			return email.NewReply(450, "4.2.2", "mailbox full")
		}
		return email.NewReply(250, "2.1.5", "ok")
	}
	id := r.passes("a", "x@partner.example", "y@partner.example", "z@partner.example")
	r.once()
	want := map[string]quarantine.State{"x@partner.example": "failed", "y@partner.example": "due", "z@partner.example": "sent"}
	if got := storetest.States(r.load(id)); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v", got)
	}
	if v := r.verbs(id); v != "fail 550 5.1.1, retry 450 4.2.2, send 250 2.1.5" {
		if !strings.HasPrefix(v, "fail 550 5.1.1, retry 450 4.2.2, send 250 2.1.5, bounce ") {
			t.Errorf("events: %s", v)
		}
	}
}

func TestRetriesBackOffAndEnd(t *testing.T) {
	r := setUp(t)
	r.hop.answer = func(string) email.Reply { return email.NewReply(451, "4.7.1", "greylisted") }
	id := r.passes("a", "x@partner.example")
	start := r.clock.Now()
	for _, pause := range dispatch.DefaultSchedule() {
		r.once()
		d := r.load(id).Deliveries()[0]
		if d.State != quarantine.Due || !d.Due.Equal(r.clock.Now().Add(pause)) {
			t.Fatalf("after %v: %s, due in %v, want %v", r.clock.Now().Sub(start), d.State, d.Due.Sub(r.clock.Now()), pause)
		}
		tries := r.hop.tries
		r.clock.Add(pause - time.Second)
		r.once()
		if r.hop.tries != tries {
			t.Fatal("tried before its time")
		}
		r.clock.Add(time.Second)
	}
	for r.load(id).State() == quarantine.Due {
		r.clock.Add(4 * time.Hour)
		r.once()
	}
	d := r.load(id).Deliveries()[0]
	if after := d.Ended.Sub(start); d.State != quarantine.Failed || after < 5*24*time.Hour || after > 5*24*time.Hour+4*time.Hour {
		t.Errorf("%s after %v", d.State, after)
	}
	r.once()
	r.hop.answer = nil
	r.clock.Add(time.Hour)
	r.once()
	if b := r.bounces(); len(b) != 1 || b[0].State() != quarantine.Sent {
		t.Errorf("%d bounces", len(b))
	}
}

func TestErrorsOfTheSender(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		want quarantine.State
		code int
	}{
		"broken connection": {errors.New("connection reset"), quarantine.Due, 451},
		"next hop down":     {&email.Fault{Reply: email.NewReply(421, "4.4.1", "down"), Err: errors.New("x")}, quarantine.Due, 421},
		"cannot ever":       {&email.Fault{Reply: email.NewReply(550, "5.6.7", "no SMTPUTF8"), Err: errors.New("x")}, quarantine.Failed, 550},
	} {
		t.Run(name, func(t *testing.T) {
			r := setUp(t)
			r.hop.before = func(context.Context) error { return c.err }
			id := r.passes("a", "x@partner.example")
			r.once()
			if d := r.load(id).Deliveries()[0]; d.State != c.want || d.Reply.Code != c.code {
				t.Errorf("%s %v", d.State, d.Reply)
			}
		})
	}
}

func TestHoldsExpireAndSendersAreTold(t *testing.T) {
	r := setUp(t)
	id := r.mail("a", "x@partner.example").Hold(t, r.keep)
	r.clock.Add(24 * time.Hour)
	r.once()
	r.once()
	if h := r.load(id); h.State() != quarantine.Expired {
		t.Fatalf("%s", h.State())
	}
	if len(r.hop.mails) != 1 || !r.hop.mails[0].env.Sender.IsNull() || r.hop.mails[0].env.Recipients[0].Address.String() != "sato@example.co.jp" {
		t.Errorf("%+v", r.hop.mails)
	}
}

func TestCancelWhileDueAndWhileSending(t *testing.T) {
	r := setUp(t)
	id := r.passes("a", "x@partner.example")
	if _, err := r.keep.Cancel(t.Context(), quarantine.Order{Hold: id, By: admin}); err != nil {
		t.Fatal(err)
	}
	r.once()
	if len(r.hop.mails) != 0 {
		t.Error("a cancelled mail went out")
	}
	id = r.passes("b", "x@partner.example")
	r.hop.before = func(ctx context.Context) error {
		var no quarantine.ErrNotAllowed
		if _, err := r.keep.Cancel(ctx, quarantine.Order{Hold: id, By: admin}); !errors.As(err, &no) || no.From != quarantine.Sending {
			t.Errorf("cancel while sending: %v", err)
		}
		return nil
	}
	r.once()
	if h := r.load(id); h.State() != quarantine.Sent {
		t.Errorf("%s", h.State())
	}
}

func TestClockGuard(t *testing.T) {
	var mono time.Duration
	r := setUp(t, func(o *dispatch.Options) { o.Mono = func() time.Duration { return mono } })
	pass := func(wall, real time.Duration) { r.clock.Add(wall); mono += real }
	delayed := r.mail("a", "x@partner.example").Act(policy.Delay).Hold(t, r.keep)
	waiting := r.mail("b", "x@partner.example").Hold(t, r.keep)
	pass(30*time.Second, 0) // NTP may step a little
	if r.once(); r.Paused() {
		t.Fatal("a small step stops dispatch")
	}
	pass(48*time.Hour, time.Second)
	r.once()
	if !r.Paused() || len(r.hop.mails) != 0 || r.load(waiting).State() != quarantine.Waiting {
		t.Fatal("a jump released or expired something")
	}
	if got := gauge(t, r.reg, "sekisho_dispatch_paused"); got != 1 {
		t.Errorf("metric %v", got)
	}
	pass(-48*time.Hour, time.Second) // the clock is right again, but nobody has looked
	if r.once(); !r.Paused() {
		t.Error("resumed by itself")
	}
	r.Resume()
	pass(time.Hour, time.Hour)
	r.once()
	if h := r.load(delayed); h.State() != quarantine.Sent {
		t.Errorf("after Resume: %s", h.State())
	}
	pass(-2*time.Minute, 0)
	if r.once(); !r.Paused() {
		t.Error("a step back was not noticed")
	}
}

// gauge reads one metric.
func gauge(t *testing.T, reg *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			return f.GetMetric()[0].GetGauge().GetValue()
		}
	}
	t.Fatalf("no metric %s", name)
	return 0
}

func TestMissingBodyIsRetried(t *testing.T) {
	r := setUp(t)
	id := r.passes("a", "x@partner.example")
	h := r.load(id)
	if err := r.blobs.Remove(t.Context(), h.Copies[0].Revisions[0].Body); err != nil {
		t.Fatal(err)
	}
	r.once()
	if d := r.load(id).Deliveries()[0]; d.State != quarantine.Due || !d.Due.After(r.clock.Now()) {
		t.Errorf("%+v", d)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	r := setUp(t)
	good := dispatch.Options{Keeper: r.keep, Queue: r.store, Sender: r.hop, Host: "h.example", Now: r.clock.Now, Log: storetest.Quiet()}
	for name, c := range map[string]func(*dispatch.Options){
		"no sender":   func(o *dispatch.Options) { o.Sender = nil },
		"no host":     func(o *dispatch.Options) { o.Host = "" },
		"bad host":    func(o *dispatch.Options) { o.Host = "a b" },
		"bad outcome": func(o *dispatch.Options) { o.OnUnknown = "maybe" },
	} {
		o := good
		c(&o)
		if _, err := dispatch.New(o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := dispatch.New(good); err != nil {
		t.Error(err)
	}
}

func TestMetrics(t *testing.T) {
	r := setUp(t)
	r.passes("a", "x@partner.example")
	r.once()
	families, err := r.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	for _, f := range families {
		fmt.Fprintln(&text, f)
	}
	if !strings.Contains(text.String(), `sekisho_dispatch_results_total`) || !strings.Contains(text.String(), `value:"send"`) {
		t.Errorf("%s", text.String())
	}
}
