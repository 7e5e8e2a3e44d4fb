package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

// Database is a new, empty database.
type Database struct {
	Options store.Options
	// Raw is a second way in, past the store: tests use it to tamper.
	Raw *sql.DB
}

// exec tampers with the database.
func (d Database) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if _, err := d.Raw.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// Run runs the suite; fresh makes a database for each test.
func Run(t *testing.T, fresh func(t testing.TB) Database) {
	tests := []struct {
		name string
		run  func(t *testing.T, db Database)
	}{
		{"everything is read back", readBack},
		{"one insert wins a join key", joinRace},
		{"an expired join key is taken over", joinExpires},
		{"join keys are known without asking", joinAlone},
		{"concurrent changes follow each other", changeRace},
		{"a refused change leaves nothing", changeRefused},
		{"a group member's failure is its own", groupFailure},
		{"an idempotency key is used once", keyRace},
		{"claims never overlap", claimRace},
		{"claims take what is due, oldest first", claimOrder},
		{"leases are fenced", leaseFence},
		{"leases of a killed process end at once", voidLeases},
		{"what is overdue is found", overdue},
		{"bulk decisions", bulks},
		{"search", find},
		{"pages", pages},
		{"statistics", stats},
		{"two nodes have a chain each", twoNodes},
		{"tampering with events is found", tampering},
		{"swapped sealed values are noticed", swapped},
		{"journal records", records},
		{"records of mails that passed", passed},
		{"rule sets, settings, bypass", small},
		{"old keys are swept", sweep},
		{"reopened as it was", reopen},
		{"schema and key are checked", schema},
		{"concurrent migration", migrateRace},
		{"people are read back", peopleBack},
		{"everybody finds his holds", parties},
		{"what has to be told is found", looks},
		{"links are spent once", links},
		{"accounts", accounts},
		{"sessions", sessions},
		{"saved views and API tokens", viewsAndTokens},
		{"answers of calls with a key", answers},
		{"events are searched", eventSearch},
		{"references lead to earlier mails", ties},
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) { c.run(t, fresh(t)) })
	}
}

// put inserts the hold of a mail as a keeper would and returns it.
func put(t testing.TB, s *store.Store, clock *Clock, text string, to ...string) *quarantine.Hold {
	t.Helper()
	k := Keeper(t, s, &Blobs{}, clock)
	return Load(t, k, NewMail(clock.Now(), text, to...).Hold(t, k))
}

// due makes all deliveries of a hold due at the clock's time.
func due(t testing.TB, s *store.Store, clock *Clock, id email.ID) {
	t.Helper()
	k := Keeper(t, s, &Blobs{}, clock)
	if _, err := k.Approve(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "t"}}); err != nil {
		t.Fatal(err)
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func sample(now time.Time) *quarantine.Hold {
	m := NewMail(now, "見積書", "x@partner.example", "\"a b\"@partner.example", "田中@例え.jp")
	by := quarantine.Actor{Kind: quarantine.ActorApprover, Name: "b@example.co.jp", Via: "web"}
	dec := quarantine.Decision{Verb: quarantine.VerbApprove, By: by, At: now, Reason: "可"}
	h := &quarantine.Hold{ID: email.NewID(now), Scope: quarantine.Scope{Organization: 1, Node: 1, Segment: 1}, Kind: quarantine.KindMail,
		Parent: "parent", Created: now, Version: 7, Sender: m.Message.Envelope.Sender, Subject: "見積 **", Rules: []string{"a", "b"},
		Facts: *m.Message, Verdict: m.Verdict, Terms: m.Verdict.Fired[0].Terms, Deadline: now.Add(time.Hour), Decision: dec}
	c := &quarantine.Copy{ID: email.NewID(now), Number: 1, Envelope: m.Message.Envelope}
	for i := range 2 {
		c.Revisions = append(c.Revisions, &quarantine.Revision{Number: i + 1, Repair: []string{"", "to_bcc"}[i], Body: m.Body.Digest(),
			Size: m.Body.Size(), Verdict: m.Verdict, Created: now, By: by})
	}
	for i, r := range m.Message.Envelope.Recipients {
		c.Deliveries = append(c.Deliveries, &quarantine.Delivery{ID: email.NewID(now), Recipient: r, Action: 2, State: quarantine.States()[i],
			Due: now.Add(time.Minute), Since: now, Revision: 2, Version: 9, Attempts: 3, Lost: 1, Owner: "o", Attempting: i == 1, Bounce: i == 2,
			Reply: email.NewReply(450, "4.2.1", "later"), Decision: dec, Ended: now})
	}
	h.Copies = []*quarantine.Copy{c}
	return h
}

func readBack(t *testing.T, db Database) {
	s := Open(t, db.Options)
	now := NewClock().Now().Add(123456 * time.Microsecond)
	h := sample(now)
	if err := s.Insert(t.Context(), h, nil, quarantine.Event{Time: now, Hold: h.ID, Verb: quarantine.VerbHold}); err != nil {
		t.Fatal(err)
	}
	got, err := s.Load(t.Context(), h.ID)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := asJSON(t, h), asJSON(t, got); a != b {
		t.Errorf("written and read differ:\n%s\n%s", a, b)
	}
	if _, err := s.Load(t.Context(), email.NewID(now)); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("unknown hold: %v", err)
	}
	for digest, want := range map[email.Digest]bool{h.Copies[0].Revisions[0].Body: true, {}: false} {
		if got, err := s.Referenced(t.Context(), digest); err != nil || got != want {
			t.Errorf("Referenced = %v, %v", got, err)
		}
	}
	if err := s.Insert(t.Context(), h, nil); err == nil {
		t.Error("the same hold went in twice")
	}
}

func joinRace(t *testing.T, db Database) {
	s := Open(t, db.Options)
	now := NewClock().Now()
	key := quarantine.JoinKey{Sender: email.MustAddress("a@example.co.jp"), MessageID: "<m>", Digest: sha256.Sum256(nil), From: now, Until: now.Add(time.Hour)}
	var won, lost atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			switch err := s.Insert(context.Background(), sample(now), &key); {
			case err == nil:
				won.Add(1)
			case errors.Is(err, quarantine.ErrJoined):
				lost.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 || lost.Load() != 99 {
		t.Errorf("%d won, %d lost", won.Load(), lost.Load())
	}
	page, err := s.Find(t.Context(), quarantine.Query{})
	if err != nil || len(page.Holds) != 1 {
		t.Fatalf("%d holds, %v", len(page.Holds), err)
	}
	if id, err := s.Joined(t.Context(), key, now); err != nil || id != page.Holds[0].ID {
		t.Errorf("Joined = %s, %v", id, err)
	}
	key.Sender = email.MustAddress("A@EXAMPLE.co.jp")
	if _, err := s.Joined(t.Context(), key, now); err != nil {
		t.Errorf("the sender's case matters: %v", err)
	}
}

func joinExpires(t *testing.T, db Database) {
	s := Open(t, db.Options)
	now := NewClock().Now()
	key := quarantine.JoinKey{MessageID: "<m>", From: now, Until: now.Add(time.Hour)}
	first, second := sample(now), sample(now)
	if err := s.Insert(t.Context(), first, &key); err != nil {
		t.Fatal(err)
	}
	key.From, key.Until = now.Add(time.Hour), now.Add(2*time.Hour)
	if _, err := s.Joined(t.Context(), key, key.From); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("expired key: %v", err)
	}
	if err := s.Insert(t.Context(), second, &key); err != nil {
		t.Fatal(err)
	}
	if id, err := s.Joined(t.Context(), key, key.From); err != nil || id != second.ID {
		t.Errorf("Joined = %s, %v", id, err)
	}
}

func changeRace(t *testing.T, db Database) {
	a := Open(t, db.Options)
	b := Open(t, db.Options) // as another process would
	h := sample(NewClock().Now())
	if err := a.Insert(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			s := []*store.Store{a, b}[i%2]
			err := s.Change(context.Background(), quarantine.Edit{Hold: h.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
				h.Version++
				h.Copies[0].Deliveries[0].Version++
				h.Copies[0].Deliveries[0].Attempts++
				return quarantine.Outcome{Events: []quarantine.Event{{Hold: h.ID, Verb: quarantine.VerbJoin}}}, nil
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got, err := a.Load(t.Context(), h.ID)
	if err != nil || got.Version != 67 || got.Copies[0].Deliveries[0].Attempts != 63 {
		t.Errorf("version %d, attempts %d, %v", got.Version, got.Copies[0].Deliveries[0].Attempts, err)
	}
	if r, err := a.VerifyEvents(t.Context()); err != nil || r.Broken != nil || r.Events != 60 {
		t.Errorf("chain %+v, %v", r, err)
	}
}

func changeRefused(t *testing.T, db Database) {
	s := Open(t, db.Options)
	h := sample(NewClock().Now())
	if err := s.Insert(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	no := errors.New("no")
	err := s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Key: "k", Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Version++
		return quarantine.Outcome{Events: []quarantine.Event{{Hold: h.ID}}}, no
	}})
	if err != no { //nolint:errorlint // it has to be handed back as it is
		t.Errorf("Apply's error came back as %v", err)
	}
	// A hold that cannot be written takes the whole change with it.
	err = s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Key: "k", Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Version++
		return quarantine.Outcome{Also: []*quarantine.Hold{h}, Events: []quarantine.Event{{Hold: h.ID}}}, nil
	}})
	if err == nil {
		t.Error("the same hold went in twice")
	}
	got, err := s.Load(t.Context(), h.ID)
	if err != nil || got.Version != h.Version {
		t.Errorf("version %d, %v", got.Version, err)
	}
	if e, err := s.Events(t.Context(), h.ID); err != nil || len(e) != 0 {
		t.Errorf("events %v, %v", e, err)
	}
	err = s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Key: "k", Apply: func(*quarantine.Hold) (quarantine.Outcome, error) { return quarantine.Outcome{}, nil }})
	if err != nil {
		t.Errorf("the key was used up: %v", err)
	}
	if err := s.Change(t.Context(), quarantine.Edit{Hold: "nobody"}); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("unknown hold: %v", err)
	}
}

func groupFailure(t *testing.T, db Database) {
	s := Open(t, db.Options)
	now := NewClock().Now()
	twice := sample(now)
	if err := s.Insert(t.Context(), twice, nil); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var good, bad atomic.Int64
	for i := range 200 {
		wg.Go(func() {
			h := sample(now)
			if i%3 == 0 {
				h = twice
			}
			if err := s.Insert(context.Background(), h, nil, quarantine.Event{Hold: h.ID}); err != nil {
				bad.Add(1)
			} else {
				good.Add(1)
			}
		})
	}
	wg.Wait()
	if good.Load() != 133 || bad.Load() != 67 {
		t.Errorf("%d good, %d bad", good.Load(), bad.Load())
	}
	if r, err := s.VerifyEvents(t.Context()); err != nil || r.Broken != nil || r.Events != 133 {
		t.Errorf("chain %+v, %v", r, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Insert(ctx, sample(now), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled insert: %v", err)
	}
}

func keyRace(t *testing.T, db Database) {
	s := Open(t, db.Options)
	h := sample(NewClock().Now())
	if err := s.Insert(t.Context(), h, nil); err != nil {
		t.Fatal(err)
	}
	var done, repeated atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			err := s.Change(context.Background(), quarantine.Edit{Hold: h.ID, Key: "k", Print: "p", Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
				h.Version++
				return quarantine.Outcome{}, nil
			}})
			switch {
			case err == nil:
				done.Add(1)
			case errors.Is(err, quarantine.ErrRepeated):
				repeated.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if done.Load() != 1 || repeated.Load() != 49 {
		t.Errorf("%d done, %d repeated", done.Load(), repeated.Load())
	}
	if err := s.Change(t.Context(), quarantine.Edit{Hold: h.ID, Key: "k", Print: "q"}); !errors.Is(err, quarantine.ErrKeyReused) {
		t.Errorf("another act: %v", err)
	}
}

func reopen(t *testing.T, db Database) {
	clock := NewClock()
	s, err := store.Open(t.Context(), db.Options)
	if err != nil {
		t.Fatal(err)
	}
	var before []string
	for i := range 5 {
		before = append(before, asJSON(t, put(t, s, clock, fmt.Sprint(i), "x@partner.example")))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := Open(t, db.Options)
	page, err := again.Find(t.Context(), quarantine.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var after []string
	for _, h := range page.Holds {
		after = append(after, asJSON(t, h))
	}
	slices.Sort(before)
	slices.Sort(after)
	if !slices.Equal(before, after) {
		t.Error("holds differ after reopening")
	}
	if r, err := again.VerifyEvents(t.Context()); err != nil || r.Broken != nil || r.Events != 5 {
		t.Errorf("chain %+v, %v", r, err)
	}
}

func schema(t *testing.T, db Database) {
	o := db.Options
	o.Create = false
	if _, err := store.Open(t.Context(), o); err == nil {
		t.Error("an empty database was taken")
	}
	from, to, err := store.Migrate(t.Context(), o)
	if err != nil || from != 0 || to < 1 {
		t.Fatalf("migrate: %d -> %d, %v", from, to, err)
	}
	if from, again, err := store.Migrate(t.Context(), o); err != nil || from != to || again != to {
		t.Errorf("migrate again: %d -> %d, %v", from, again, err)
	}
	if err := Open(t, o).Ping(t.Context()); err != nil {
		t.Error(err)
	}
	wrong := o
	wrong.Key = sealed.Key{9}
	if _, err := store.Open(t.Context(), wrong); !errors.Is(err, store.ErrWrongKey) {
		t.Errorf("wrong key: %v", err)
	}
	db.exec(t, fmt.Sprintf("INSERT INTO goose_db_version (version_id, is_applied) VALUES (%d, %s)", to+1, map[bool]string{true: "1", false: "true"}[o.File != ""]))
	if _, err := store.Open(t.Context(), o); !errors.Is(err, store.ErrSchemaNew) || !strings.Contains(err.Error(), "install the version") {
		t.Errorf("newer schema: %v", err)
	}
	if _, _, err := store.Migrate(t.Context(), o); !errors.Is(err, store.ErrSchemaNew) {
		t.Errorf("migrating a newer schema: %v", err)
	}
	db.exec(t, "DELETE FROM goose_db_version WHERE version_id > 0")
	if _, err := store.Open(t.Context(), o); !errors.Is(err, store.ErrSchemaOld) || !strings.Contains(err.Error(), "sekisho migrate") {
		t.Errorf("older schema: %v", err)
	}
}

func migrateRace(t *testing.T, db Database) {
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if _, _, err := store.Migrate(context.Background(), db.Options); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	put(t, Open(t, db.Options), NewClock(), "a", "x@partner.example")
}

func swapped(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	a, b := put(t, s, clock, "a", "x@partner.example"), put(t, s, clock, "b", "y@partner.example")
	db.exec(t, "UPDATE holds SET sealed = (SELECT sealed FROM holds WHERE id = $1) WHERE id = $2", string(a.ID), string(b.ID))
	if _, err := s.Load(t.Context(), b.ID); !errors.Is(err, sealed.ErrDamaged) {
		t.Errorf("swapped facts: %v", err)
	}
	if _, err := s.Load(t.Context(), a.ID); err != nil {
		t.Error(err)
	}
	var subject string
	var shut []byte
	if err := db.Raw.QueryRowContext(t.Context(), "SELECT subject, sealed FROM holds WHERE id = $1", string(a.ID)).Scan(&subject, &shut); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(subject, "4711") || bytes.Contains(shut, []byte("4711")) || bytes.Contains(shut, []byte("example.co.jp")) {
		t.Error("raw header values are readable")
	}
}
