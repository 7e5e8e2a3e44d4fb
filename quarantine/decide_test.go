package quarantine_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

func TestDecisionsByEverybody(t *testing.T) {
	self := policy.Terms{Approvers: []string{"self"}, ReasonRequired: true}
	boss := policy.Terms{Approvers: []string{"manager"}}
	fake := quarantine.Actor{Kind: quarantine.ActorApprover, Name: "Sato@Example.co.jp"}
	for _, c := range []struct {
		name  string
		terms policy.Terms
		do    func(*quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error)
		by    quarantine.Actor
		why   string
		want  quarantine.State // "" when refused
	}{
		{"manager approves", boss, approve, manager, "", quarantine.Due},
		{"admin approves", boss, approve, admin, "", quarantine.Due},
		{"sender approves", self, approve, sato, "x", ""},
		{"sender as approver", boss, approve, fake, "x", ""},
		{"nobody approves", boss, approve, quarantine.Actor{Kind: quarantine.ActorApprover}, "x", ""},
		{"sender releases with reason", self, release, sato, "宛先を確認した", quarantine.Due},
		{"sender releases without", self, release, sato, " ", ""},
		{"sender releases manager's", boss, release, sato, "x", ""},
		{"admin releases", boss, release, admin, "x", quarantine.Due},
		{"approver releases", self, release, manager, "x", ""},
		{"manager refuses", boss, reject, manager, "", quarantine.Rejected},
		{"sender refuses", self, reject, sato, "x", ""},
		{"sender cancels", boss, cancel, sato, "", quarantine.Cancelled},
		{"manager cancels", boss, cancel, manager, "", quarantine.Cancelled},
		{"admin resends a waiting one", boss, resend, admin, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := setUp(t)
			m := f.mail("a", "x@partner.example")
			m.Verdict.Fired[0].Terms = c.terms
			id := m.Hold(t, f.Keeper)
			h, err := c.do(f.Keeper)(t.Context(), quarantine.Order{Hold: id, By: c.by, Reason: c.why})
			if c.want == "" {
				var no quarantine.ErrNotAllowed
				if !errors.As(err, &no) {
					t.Fatalf("allowed: %v", err)
				}
				if h := storetest.Load(t, f.Keeper, id); h.State() != quarantine.Waiting || h.Version != 1 {
					t.Errorf("it changed all the same: %s", h.State())
				}
				return
			}
			if err != nil || h.State() != c.want {
				t.Fatalf("%v, %v", h, err)
			}
			if d := h.Deliveries()[0].Decision; d.By != c.by || d.Reason != c.why || !d.At.Equal(f.clock.Now()) || h.Decision != d {
				t.Errorf("decided by %+v, hold %+v", d, h.Decision)
			}
			events, err := f.Events(t.Context(), id)
			if err != nil || len(events) != 2 || events[1].By != c.by || events[1].Reason != c.why {
				t.Errorf("events %+v, %v", events, err)
			}
		})
	}
}

type act = func(*quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error)

var (
	approve act = func(k *quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error) {
		return k.Approve
	}
	reject act = func(k *quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error) {
		return k.Reject
	}
	cancel act = func(k *quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error) {
		return k.Cancel
	}
	release act = func(k *quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error) {
		return k.Release
	}
	resend act = func(k *quarantine.Keeper) func(context.Context, quarantine.Order) (*quarantine.Hold, error) {
		return k.Resend
	}
)

func TestOneDecisionOfAHundred(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example", "y@partner.example").Hold(t, f.Keeper)
	f.clock.Add(25 * time.Hour) // the deadline has passed as well
	var won, lost atomic.Int64
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			var err error
			by := quarantine.Actor{Kind: quarantine.ActorApprover, Name: fmt.Sprintf("p%d@example.co.jp", i)}
			switch i % 4 {
			case 0:
				_, err = f.Approve(context.Background(), quarantine.Order{Hold: id, By: by})
			case 1:
				_, err = f.Reject(context.Background(), quarantine.Order{Hold: id, By: by})
			case 2:
				_, err = f.Cancel(context.Background(), quarantine.Order{Hold: id, By: by})
			case 3:
				if err := f.Expire(context.Background(), id); err != nil {
					t.Error(err)
				}
				return
			}
			var decided quarantine.ErrDecided
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &decided) && decided.By.Name != "" && !decided.When.IsZero():
				lost.Add(1)
			default:
				t.Errorf("%d: %v", i, err)
			}
		})
	}
	wg.Wait()
	h := storetest.Load(t, f.Keeper, id)
	events, err := f.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	// A cancel may take back an approval that is not sent yet; nothing else
	// follows a decision.
	max := 2
	if len(events) > 2 {
		max = 3
		if events[1].Verb != quarantine.VerbApprove || events[2].Verb != quarantine.VerbCancel {
			t.Errorf("events %+v", events)
		}
	}
	if len(events) != max || int(won.Load()+lost.Load()) != 75 {
		t.Errorf("%d events, %d won, %d lost", len(events), won.Load(), lost.Load())
	}
	if last := events[len(events)-1]; h.Decision.Verb != last.Verb || h.Decision.By != last.By {
		t.Errorf("decision %+v, last event %+v", h.Decision, last)
	}
}

func TestDoubleClickIsHarmless(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example").Hold(t, f.Keeper)
	order := quarantine.Order{Hold: id, By: manager, Key: "click-1", Version: 1}
	for range 3 {
		h, err := f.Approve(t.Context(), order)
		if err != nil || h.State() != quarantine.Due || h.Version != 2 {
			t.Fatalf("%v, %v", h, err)
		}
	}
	if _, err := f.Reject(t.Context(), order); !errors.Is(err, quarantine.ErrKeyReused) {
		t.Errorf("the key served another act: %v", err)
	}
	order.Key = "click-2"
	var decided quarantine.ErrDecided
	if _, err := f.Approve(t.Context(), order); !errors.As(err, &decided) || decided.By != manager || decided.Verb != quarantine.VerbApprove {
		t.Errorf("another click: %v", err)
	}
	if events, _ := f.Events(t.Context(), id); len(events) != 2 {
		t.Errorf("%d events", len(events))
	}
}

func TestARefusedOrderDoesNotUseUpItsKey(t *testing.T) {
	f := setUp(t)
	m := f.mail("a", "x@partner.example")
	m.Verdict.Fired[0].Terms = policy.Terms{Approvers: []string{"self"}, ReasonRequired: true}
	id := m.Hold(t, f.Keeper)
	o := quarantine.Order{Hold: id, By: sato, Key: "k"}
	if _, err := f.Release(t.Context(), o); err == nil {
		t.Fatal("released without a reason")
	}
	o.Reason = "確認済み"
	if _, err := f.Release(t.Context(), o); err != nil {
		t.Error(err)
	}
}

func TestDeciderMustHaveSeenTheHold(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example").Hold(t, f.Keeper)
	f.mail("a", "y@partner.example").Hold(t, f.Keeper) // joins: version 2
	if _, err := f.Approve(t.Context(), quarantine.Order{Hold: id, By: manager, Version: 1}); !errors.Is(err, quarantine.ErrChanged) {
		t.Errorf("approved what he had not seen: %v", err)
	}
	if _, err := f.Approve(t.Context(), quarantine.Order{Hold: id, By: manager, Version: 2}); err != nil {
		t.Error(err)
	}
	if _, err := f.Approve(t.Context(), quarantine.Order{Hold: email.NewID(f.clock.Now()), By: manager}); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("unknown hold: %v", err)
	}
}

func TestDecisionOnSomeRecipients(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example", "y@partner.example").Hold(t, f.Keeper)
	d := storetest.Load(t, f.Keeper, id).Deliveries()
	h, err := f.Approve(t.Context(), quarantine.Order{Hold: id, By: manager, Deliveries: []email.ID{d[0].ID}})
	if err != nil {
		t.Fatal(err)
	}
	wantStates(t, h, map[string]quarantine.State{"x@partner.example": "due", "y@partner.example": "waiting"})
	if !h.Decision.IsZero() || h.Deadline.IsZero() {
		t.Error("a part of the mail still waits")
	}
	if h, err = f.Reject(t.Context(), quarantine.Order{Hold: id, By: manager}); err != nil {
		t.Fatal(err)
	}
	wantStates(t, h, map[string]quarantine.State{"x@partner.example": "due", "y@partner.example": "rejected"})
	if _, err := f.Reject(t.Context(), quarantine.Order{Hold: id, By: manager, Deliveries: []email.ID{"nobody"}}); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("unknown delivery: %v", err)
	}
}

func TestDelayedMailIsSentNowOrCancelled(t *testing.T) {
	f := setUp(t)
	id := f.mail("a", "x@partner.example").Act(policy.Delay).Hold(t, f.Keeper)
	h, err := f.Release(t.Context(), quarantine.Order{Hold: id, By: sato})
	if err != nil || !h.Deliveries()[0].Due.Equal(f.clock.Now()) {
		t.Errorf("%v, %v", h, err)
	}
	if h, err = f.Cancel(t.Context(), quarantine.Order{Hold: id, By: sato}); err != nil || h.State() != quarantine.Cancelled {
		t.Errorf("a due delivery can be cancelled: %v", err)
	}
}

func TestExpiry(t *testing.T) {
	for onExpiry, want := range map[string]quarantine.State{"reject": quarantine.Expired, "release": quarantine.Due, "": quarantine.Expired, "burn": quarantine.Expired} {
		f := setUp(t)
		m := f.mail("a", "x@partner.example")
		m.Verdict.Fired[0].Terms.OnExpiry = onExpiry
		id := m.Hold(t, f.Keeper)
		if err := f.Expire(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		if h := storetest.Load(t, f.Keeper, id); h.State() != quarantine.Waiting {
			t.Fatalf("%q: expired before its time", onExpiry)
		}
		f.clock.Add(24 * time.Hour)
		for range 2 {
			if err := f.Expire(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		h := storetest.Load(t, f.Keeper, id)
		d := h.Deliveries()[0]
		if d.State != want || d.Bounce != (want == quarantine.Expired) || h.Version != 2 || d.Decision.By.Kind != quarantine.ActorSystem {
			t.Errorf("%q: %+v", onExpiry, d)
		}
	}
}

func TestTermsOfSeveralRulesAreTheStrictest(t *testing.T) {
	f := setUp(t)
	m := f.mail("a", "x@partner.example")
	m.Verdict.Fired = []policy.Fired{
		{Name: "a", Action: policy.Hold, Terms: policy.Terms{Approvers: []string{"self"}, Deadline: "48h", OnExpiry: "release", Offer: []string{"to_bcc"}}},
		{Name: "b", Action: policy.Hold, Terms: policy.Terms{Approvers: []string{"manager"}, Deadline: "nonsense", ReasonRequired: true, CopyTo: []string{"admin"}}},
		{Name: "c", Action: policy.Hold, Monitor: true, Terms: policy.Terms{Approvers: []string{"president"}, Deadline: "1h"}},
	}
	h := storetest.Load(t, f.Keeper, m.Hold(t, f.Keeper))
	if len(h.Terms.Approvers) != 1 || h.Terms.Approvers[0] != "manager" || h.Terms.OnExpiry != "reject" || !h.Terms.ReasonRequired || h.SelfRelease() {
		t.Errorf("terms %+v", h.Terms)
	}
	if !h.Deadline.Equal(f.clock.Now().Add(48*time.Hour)) || len(h.Rules) != 2 {
		t.Errorf("deadline %v, rules %v", h.Deadline, h.Rules)
	}
}

func TestDefaultDeadlineIsWorkingTime(t *testing.T) {
	f := setUp(t) // Wednesday, 10:00 in Tokyo
	m := f.mail("a", "x@partner.example")
	m.Verdict.Fired[0].Terms.Deadline = ""
	h := storetest.Load(t, f.Keeper, m.Hold(t, f.Keeper))
	if want := f.clock.Now().Add(8 * time.Hour); !h.Deadline.Equal(want) {
		t.Errorf("deadline %v, want %v", h.Deadline, want)
	}
}
