package quarantine_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

const crowded = "From: sato@example.co.jp\r\nTo: x@partner.example, y@other.example\r\nSubject: s\r\n\r\nbody\r\n"

// crowd holds a mail that shows two outsiders to each other.
func crowd(t *testing.T, f fixture, offer ...string) email.ID {
	t.Helper()
	m := f.mail("a", "x@partner.example", "y@other.example", "kanri@example.co.jp")
	m.Act(policy.Hold, policy.Hold, policy.Pass)
	m.Verdict.Fired[0].Terms = policy.Terms{Approvers: []string{"self"}, Offer: offer}
	m.Message.Recipients = []policy.Recipient{{Address: email.MustAddress("x@partner.example"), External: true},
		{Address: email.MustAddress("y@other.example"), External: true}, {Address: email.MustAddress("kanri@example.co.jp")}}
	id, err := f.Keeper.Hold(t.Context(), m.Message, m.Verdict, email.BytesBody([]byte(crowded)))
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestRepairMakesARevision(t *testing.T) {
	f := setUp(t)
	id := crowd(t, f, quarantine.RepairToBcc)
	before := storetest.Load(t, f.Keeper, id)
	changes, err := f.PreviewRepair(t.Context(), before, quarantine.RepairToBcc)
	if err != nil || len(changes) != 1 || changes[0] != (quarantine.HeaderChange{Before: "To: x@partner.example, y@other.example", After: "To: undisclosed-recipients:;"}) {
		t.Fatalf("%+v %v", changes, err)
	}
	if again := storetest.Load(t, f.Keeper, id); again.Version != before.Version {
		t.Error("a look changed it")
	}
	h, err := f.Repair(t.Context(), quarantine.Order{Hold: id, By: sato, Version: before.Version, Key: "k"}, quarantine.RepairToBcc)
	if err != nil {
		t.Fatal(err)
	}
	c := h.Copies[0]
	if len(c.Revisions) != 2 || c.Revisions[1].Repair != quarantine.RepairToBcc || c.Revisions[1].By.Name != sato.Name || h.Version != before.Version+1 {
		t.Fatalf("%+v", c.Revisions)
	}
	for _, d := range c.Deliveries {
		want := 2
		if d.Recipient.Address.Domain() == "example.co.jp" {
			want = 1 // it never waited and goes as it is
		}
		if d.Revision != want || d.State == quarantine.Waiting != (want == 2) {
			t.Errorf("%s: revision %d, %s", d.Recipient.Address, d.Revision, d.State)
		}
	}
	for n, want := range map[int]string{1: crowded, 2: strings.Replace(crowded, "x@partner.example, y@other.example", "undisclosed-recipients:;", 1)} {
		body, err := f.Body(t.Context(), c, n)
		if err != nil {
			t.Fatal(err)
		}
		if raw, err := email.ReadBody(body, 1<<20); err != nil || string(raw) != want {
			t.Errorf("revision %d: %q %v", n, raw, err)
		}
	}
	events, err := f.Events(t.Context(), id)
	if err != nil || events[len(events)-1].Verb != quarantine.VerbRepair || events[len(events)-1].Detail != quarantine.RepairToBcc {
		t.Errorf("%+v %v", events, err)
	}
	if h, err = f.Repair(t.Context(), quarantine.Order{Hold: id, By: sato, Version: before.Version + 1}, quarantine.RepairToBcc); !errors.Is(err, quarantine.ErrCannotRepair) {
		t.Errorf("a second time: %+v %v", h, err)
	}
}

// TestRepairIsJudgedAgain: the new revision has its own verdict, which asks for
// more people where it is stricter, never for fewer; what would be refused is
// not made.
func TestRepairIsJudgedAgain(t *testing.T) {
	for _, c := range []struct {
		name      string
		action    policy.Action
		approvers []string
		terms     []string
		fails     bool
	}{
		{"passes", policy.Pass, nil, []string{"self"}, false},
		{"holds as before", policy.Hold, []string{"self"}, []string{"self"}, false},
		{"holds for somebody else", policy.Hold, []string{"manager"}, []string{"manager"}, false},
		{"is refused", policy.Reject, nil, []string{"self"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var seen []byte
			f := setUp(t, func(o *quarantine.Options) {
				o.Judge = func(_ context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict) {
					raw, err := email.ReadBody(body, 1<<20)
					if err != nil {
						t.Error(err)
					}
					seen = raw
					v := policy.Verdict{}
					for _, r := range env.Recipients {
						v.Recipients = append(v.Recipients, policy.RecipientVerdict{Address: r.Address, Action: c.action})
					}
					if c.action != policy.Pass {
						v.Fired = []policy.Fired{{Name: "again", Action: c.action, Terms: policy.Terms{Approvers: c.approvers}}}
					}
					return &policy.Message{Envelope: env}, v
				}
			})
			id := crowd(t, f, quarantine.RepairToBcc)
			h, err := f.Repair(t.Context(), quarantine.Order{Hold: id, By: sato}, quarantine.RepairToBcc)
			if !strings.Contains(string(seen), "undisclosed-recipients") {
				t.Errorf("judged was %q", seen)
			}
			if c.fails {
				if left := storetest.Load(t, f.Keeper, id); !errors.Is(err, quarantine.ErrCannotRepair) || len(left.Copies[0].Revisions) != 1 {
					t.Errorf("%v, %d revisions", err, len(left.Copies[0].Revisions))
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if v, ok := h.Rejudged(); !ok || v.Action() != c.action || !slices.Equal(h.Terms.Approvers, c.terms) || h.State() != quarantine.Waiting {
				t.Errorf("%v %s, %v, %s", ok, v.Action(), h.Terms.Approvers, h.State())
			}
		})
	}
}

func TestRepairRefused(t *testing.T) {
	f := setUp(t)
	offered, not := crowd(t, f, quarantine.RepairToBcc), crowd2(t, f)
	for name, c := range map[string]struct {
		o      quarantine.Order
		repair string
		want   error
	}{
		"not offered":     {quarantine.Order{Hold: not, By: sato}, quarantine.RepairToBcc, quarantine.ErrCannotRepair},
		"unknown":         {quarantine.Order{Hold: offered, By: sato}, "teleport", quarantine.ErrCannotRepair},
		"another version": {quarantine.Order{Hold: offered, By: sato, Version: 9}, quarantine.RepairToBcc, quarantine.ErrChanged},
		"no such hold":    {quarantine.Order{Hold: email.NewID(f.clock.Now()), By: sato}, quarantine.RepairToBcc, quarantine.ErrNotFound},
	} {
		if _, err := f.Repair(t.Context(), c.o, c.repair); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var no quarantine.ErrNotAllowed
	if _, err := f.Repair(t.Context(), quarantine.Order{Hold: offered, By: quarantine.Actor{Kind: quarantine.ActorSystem, Name: "x"}}, quarantine.RepairToBcc); !errors.As(err, &no) {
		t.Errorf("by nobody: %v", err)
	}
	if _, err := f.Cancel(t.Context(), quarantine.Order{Hold: offered, By: sato}); err != nil {
		t.Fatal(err)
	}
	var decided quarantine.ErrDecided
	if _, err := f.Repair(t.Context(), quarantine.Order{Hold: offered, By: sato}, quarantine.RepairToBcc); !errors.As(err, &decided) {
		t.Errorf("after the decision: %v", err)
	}
}

// crowd2 is a crowd to which no repair is offered.
func crowd2(t *testing.T, f fixture) email.ID {
	t.Helper()
	m := f.mail("b", "x@partner.example")
	m.Verdict.Fired[0].Terms = policy.Terms{Approvers: []string{"self"}}
	return m.Hold(t, f.Keeper)
}

// A repair and a release at once: whatever is sent is the repaired mail or the
// one its decider saw, and one of them is told that it changed.
func TestRepairAgainstRelease(t *testing.T) {
	for range 10 {
		f := setUp(t)
		id := crowd(t, f, quarantine.RepairToBcc)
		var fine atomic.Int64
		var wg sync.WaitGroup
		act := func(do func() error) {
			wg.Go(func() {
				if do() == nil {
					fine.Add(1)
				}
			})
		}
		act(func() error {
			_, err := f.Repair(t.Context(), quarantine.Order{Hold: id, By: sato, Version: 1}, quarantine.RepairToBcc)
			return err
		})
		act(func() error {
			_, err := f.Release(t.Context(), quarantine.Order{Hold: id, By: sato, Version: 1, Reason: "checked"})
			return err
		})
		wg.Wait()
		h := storetest.Load(t, f.Keeper, id)
		repaired := h.Copies[0].Deliveries[0].Revision == 2
		released := h.Copies[0].Deliveries[0].State == quarantine.Due
		if fine.Load() != 1 || repaired == released {
			t.Errorf("%d succeeded; repaired %v, released %v", fine.Load(), repaired, released)
		}
	}
}
