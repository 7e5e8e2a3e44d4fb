package quarantine_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// crew assigns everybody by his name, so that a test reads by itself.
type crew struct{}

func (crew) Assign(m *policy.Message, t policy.Terms, _ time.Time) policy.Assignment {
	one := func(a string) policy.Party { return policy.Party{Kind: policy.Person, Address: email.MustAddress(a)} }
	return policy.Assignment{
		Principal:  policy.Principal{Actor: one("sato@example.co.jp"), Acted: []email.Address{email.MustAddress("sato@example.co.jp")}, Members: []email.Address{email.MustAddress("member@example.co.jp")}},
		Self:       slices.Contains(t.Approvers, "self"),
		Approvers:  []policy.Approver{{Party: one("bucho@example.co.jp"), Basis: policy.ByManager}},
		Cancellers: []policy.Approver{{Party: one("dairi@example.co.jp"), Basis: policy.BySender}},
	}
}

var errNobody = errors.New("nobody")

func (crew) HandOver(_ *policy.Message, _ policy.Assignment, _ email.Address, to string, _ time.Time) ([]policy.Approver, error) {
	a, err := email.ParseAddress(to)
	if err != nil || a.Domain() != "example.co.jp" {
		return nil, errNobody
	}
	return []policy.Approver{{Party: policy.Party{Address: a}, Basis: policy.ByHandover, Asked: to}}, nil
}

// staffedKeeper is a quarantine in which everybody has his part.
func staffedKeeper(t *testing.T) (*quarantine.Keeper, *storetest.Clock) {
	t.Helper()
	clock := storetest.NewClock()
	k, err := quarantine.New(quarantine.Options{Store: storetest.Open(t, storetest.SQLite(t)), Blobs: &storetest.Blobs{}, Now: clock.Now,
		Log: storetest.Quiet(), Staff: crew{}, Notices: true})
	if err != nil {
		t.Fatal(err)
	}
	return k, clock
}

// TestRightsMatrix asks every verb of everybody in every part, for mail that its
// sender may release and for mail that he may not. The right answers are written
// down by hand: "verb self|others: kind/name kind/name".
func TestRightsMatrix(t *testing.T) {
	const allowed = `
approve self: approver/bucho admin/root admin/bucho admin/member
approve others: approver/bucho admin/root admin/bucho admin/member
reject self: approver/bucho admin/root admin/sato admin/bucho admin/member
reject others: approver/bucho admin/root admin/sato admin/bucho admin/member
release self: sender/sato admin/root admin/sato admin/bucho admin/member
release others: admin/root admin/bucho admin/member
cancel self: sender/sato sender/member sender/dairi approver/bucho approver/dairi admin/root admin/sato admin/bucho admin/member
cancel others: sender/sato sender/member sender/dairi approver/bucho approver/dairi admin/root admin/sato admin/bucho admin/member
urgent self: sender/sato sender/member admin/root admin/sato admin/bucho admin/member
urgent others: sender/sato sender/member admin/root admin/sato admin/bucho admin/member
note self: sender/sato sender/member admin/root admin/sato admin/bucho admin/member
note others: sender/sato sender/member admin/root admin/sato admin/bucho admin/member
hand-over self: approver/bucho admin/root admin/sato admin/bucho admin/member
hand-over others: approver/bucho admin/root admin/sato admin/bucho admin/member
`
	want := map[string]bool{}
	for line := range strings.Lines(strings.TrimSpace(allowed)) {
		head, who, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for _, w := range strings.Fields(who) {
			want[head+" "+w] = true
		}
	}
	k, clock := staffedKeeper(t)
	asked := 0
	for _, terms := range []string{"self", "others"} {
		m := storetest.NewMail(clock.Now(), terms, "x@partner.example")
		if terms == "self" {
			m.Verdict.Fired[0].Terms.Approvers = []string{"self"}
		}
		h := storetest.Load(t, k, m.Hold(t, k))
		for _, verb := range []quarantine.Verb{"approve", "reject", "release", "cancel", "urgent", "note", "hand-over"} {
			for _, kind := range []quarantine.ActorKind{"sender", "approver", "admin"} {
				for _, name := range []string{"sato", "member", "bucho", "dairi", "stranger", "root"} {
					if kind == "admin" && (name == "dairi" || name == "stranger") {
						continue // the same as root
					}
					by := quarantine.Actor{Kind: kind, Name: name + "@example.co.jp"}
					if name == "root" {
						by.Name = name
					}
					key := fmt.Sprintf("%s %s %s/%s", verb, terms, kind, name)
					err := h.Allows(verb, by, clock.Now())
					if (err == nil) != want[key] {
						t.Errorf("%s: %v", key, err)
					}
					var no quarantine.ErrNotAllowed
					if err != nil && !errors.As(err, &no) {
						t.Errorf("%s: %v is no refusal", key, err)
					}
					delete(want, key)
					asked++
				}
			}
		}
	}
	for key := range want {
		t.Errorf("never asked: %s", key)
	}
	t.Logf("%d combinations", asked)
}

func TestAllowsWhatHasEnded(t *testing.T) {
	k, clock := staffedKeeper(t)
	id := storetest.NewMail(clock.Now(), "a", "x@partner.example").Hold(t, k)
	boss := quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp", Via: "link"}
	if _, err := k.Reject(t.Context(), quarantine.Order{Hold: id, By: boss}); err != nil {
		t.Fatal(err)
	}
	h := storetest.Load(t, k, id)
	var d quarantine.ErrDecided
	for _, verb := range []quarantine.Verb{"approve", "reject", "cancel", "urgent", "hand-over"} {
		if err := h.Allows(verb, boss, clock.Now()); !errors.As(err, &d) || d.By.Name != boss.Name {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

func TestUndoTakesBackCopiesToo(t *testing.T) {
	k, clock := staffedKeeper(t)
	m := storetest.NewMail(clock.Now(), "a", "x@partner.example")
	m.Message.Header.Cc = []policy.Mailbox{{Address: email.MustAddress("y@partner.example")}}
	id := m.Hold(t, k)
	boss := quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp", Via: "link"}
	if _, err := k.Approve(t.Context(), quarantine.Order{Hold: id, By: boss}); err != nil {
		t.Fatal(err)
	}
	clock.Add(5 * time.Second)
	storetest.NewMail(clock.Now(), "a", "y@partner.example").Hold(t, k) // the rest of it arrives
	h := storetest.Load(t, k, id)
	for _, d := range h.Deliveries() {
		if d.State != quarantine.Due || !d.Due.Equal(clock.Now().Add(10*time.Second)) {
			t.Errorf("%s is %s at %v", d.Recipient.Address, d.State, d.Due)
		}
	}
	h, err := k.Undo(t.Context(), quarantine.Order{Hold: id, By: boss})
	if err != nil {
		t.Fatal(err)
	}
	if got := storetest.States(h); len(got) != 2 || got["x@partner.example"] != quarantine.Waiting || got["y@partner.example"] != quarantine.Waiting {
		t.Errorf("%v", got)
	}
	for _, d := range h.Deliveries() {
		if !d.Due.Equal(h.Deadline) || !d.Since.IsZero() {
			t.Errorf("%s waits until %v, the hold until %v", d.Recipient.Address, d.Due, h.Deadline)
		}
	}
}

func TestOnlyPagesCanUndo(t *testing.T) {
	k, clock := staffedKeeper(t)
	for via, waits := range map[string]bool{"web": true, "link": true, "cli": false, "api": false, "": false} {
		id := storetest.NewMail(clock.Now(), "via "+via, "x@partner.example").Hold(t, k)
		by := quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: via}
		h, err := k.Approve(t.Context(), quarantine.Order{Hold: id, By: by})
		if err != nil {
			t.Fatal(err)
		}
		if later := h.Deliveries()[0].Due.After(clock.Now()); later != waits {
			t.Errorf("via %q: waits %v", via, later)
		}
		_, err = k.Undo(t.Context(), quarantine.Order{Hold: id, By: by})
		if (err == nil) != waits {
			t.Errorf("via %q: undo %v", via, err)
		}
	}
	id := storetest.NewMail(clock.Now(), "late", "x@partner.example").Hold(t, k)
	by := quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "web"}
	if _, err := k.Approve(t.Context(), quarantine.Order{Hold: id, By: by}); err != nil {
		t.Fatal(err)
	}
	clock.Add(quarantine.DefaultUndo)
	if _, err := k.Undo(t.Context(), quarantine.Order{Hold: id, By: by}); err == nil {
		t.Error("taken back after its time")
	}
}

func TestHandOverKeepsAddressesOutOfEvents(t *testing.T) {
	k, clock := staffedKeeper(t)
	id := storetest.NewMail(clock.Now(), "a", "x@partner.example").Hold(t, k)
	boss := quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp", Via: "link"}
	for _, to := range []string{"x@partner.example", "nobody", "sato@example.co.jp"} {
		var no quarantine.ErrNotAllowed
		if _, err := k.HandOver(t.Context(), quarantine.Order{Hold: id, By: boss}, to); !errors.As(err, &no) {
			t.Errorf("to %s: %v", to, err)
		}
	}
	o := quarantine.Order{Hold: id, By: boss, Reason: "お願いします", Key: "k"}
	for range 2 { // a double click
		h, err := k.HandOver(t.Context(), o, "kacho@example.co.jp")
		if err != nil || len(h.Assignment.Approvers) != 1 || h.Assignment.Approvers[0].Address.String() != "kacho@example.co.jp" || h.Version != 2 {
			t.Fatalf("%+v %v", h, err)
		}
	}
	events, err := k.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if e := events[len(events)-1]; e.Verb != quarantine.VerbHandOver || e.Detail != "person" || e.Reason != "お願いします" {
		t.Errorf("%+v", e)
	}
	admin := quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}
	h, err := k.HandOver(t.Context(), quarantine.Order{Hold: id, By: admin}, "ceo@example.co.jp")
	if err != nil || len(h.Assignment.Approvers) != 2 {
		t.Errorf("an admin adds somebody: %+v %v", h.Assignment.Approvers, err)
	}
	if _, err := k.Note(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorSender, Name: "sato@example.co.jp"}, Version: 1}); !errors.Is(err, quarantine.ErrChanged) {
		t.Errorf("an old view: %v", err)
	}
}
