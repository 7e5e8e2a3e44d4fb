package dispatch_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

func TestLostAnswer(t *testing.T) {
	for policy, want := range map[dispatch.OnUnknown]struct {
		copies int
		verbs  string
	}{
		dispatch.Resend: {2, "lose, resend, lose"}, // at most one more copy, then an admin decides
		dispatch.Park:   {1, "lose"},
	} {
		r := setUp(t, func(o *dispatch.Options) { o.OnUnknown = policy })
		r.hop.after = func() error { return fmt.Errorf("read: %w", email.ErrOutcomeUnknown) }
		id := r.passes("a", "x@partner.example")
		for range 5 {
			r.once()
			r.clock.Add(time.Hour)
		}
		if h := r.load(id); h.State() != quarantine.Unknown || r.hop.got()["x@partner.example"] != want.copies || r.verbs(id) != want.verbs {
			t.Errorf("%s: %s, %v, %s", policy, h.State(), r.hop.got(), r.verbs(id))
		}
		r.hop.after = nil
		if _, err := r.keep.Resend(t.Context(), quarantine.Order{Hold: id, By: admin}); err != nil {
			t.Fatal(err)
		}
		r.once()
		if h := r.load(id); h.State() != quarantine.Sent {
			t.Errorf("after an admin's resend: %s", h.State())
		}
	}
}

func TestWrongNumberOfRepliesIsUnknown(t *testing.T) {
	r := setUp(t, func(o *dispatch.Options) { o.Sender = short{}; o.OnUnknown = dispatch.Park })
	id := r.passes("a", "x@partner.example")
	r.once()
	if h := r.load(id); h.State() != quarantine.Unknown {
		t.Errorf("%s", h.State())
	}
}

type short struct{}

func (short) Send(ctx context.Context, _ email.Envelope, _ email.Body, _ []byte, gate func(context.Context) error) ([]email.Reply, error) {
	return nil, gate(ctx)
}

// A dispatcher that died is a lease that nobody renews.
func TestCrashPoints(t *testing.T) {
	for name, c := range map[string]struct {
		attempted bool
		policy    dispatch.OnUnknown
		want      quarantine.State
		verbs     string
	}{
		"after the claim":       {false, dispatch.Park, quarantine.Sent, "send 250 2.0.0"},
		"after the dot, resend": {true, dispatch.Resend, quarantine.Sent, "lose, resend, send 250 2.0.0"},
		"after the dot, park":   {true, dispatch.Park, quarantine.Unknown, "lose"},
	} {
		t.Run(name, func(t *testing.T) {
			r := setUp(t, func(o *dispatch.Options) { o.OnUnknown = c.policy })
			id := r.passes("a", "x@partner.example")
			leases, err := r.store.Claim(t.Context(), "dead", r.clock.Now(), r.clock.Now().Add(15*time.Minute), 10)
			if err != nil || len(leases) != 1 {
				t.Fatal(leases, err)
			}
			if c.attempted {
				if err := r.store.Extend(t.Context(), leases, r.clock.Now().Add(15*time.Minute), true); err != nil {
					t.Fatal(err)
				}
			}
			r.clock.Add(14 * time.Minute)
			r.once()
			if len(r.hop.mails) != 0 || r.load(id).State() != quarantine.Sending {
				t.Fatal("taken over while the lease lives")
			}
			r.clock.Add(time.Minute)
			r.once()
			r.clock.Add(time.Hour)
			r.once()
			if h := r.load(id); h.State() != c.want || r.verbs(id) != c.verbs {
				t.Errorf("%s, %s", h.State(), r.verbs(id))
			}
		})
	}
}

// A dispatcher that froze past its lease wakes up before the final dot: it must
// not send, and its outcome must not count.
func TestFrozenDispatcherIsFenced(t *testing.T) {
	r := setUp(t)
	other := r.another()
	id := r.passes("a", "x@partner.example")
	frozen := true
	r.hop.before = func(ctx context.Context) error {
		r.hop.mu.Lock()
		r.hop.before = nil
		r.hop.mu.Unlock()
		r.clock.Add(16 * time.Minute)
		if err := other.Once(ctx); err != nil {
			t.Error(err)
		}
		frozen = false
		return nil
	}
	r.once()
	if frozen || r.hop.tries != 2 || r.hop.got()["x@partner.example"] != 1 {
		t.Errorf("tries %d, got %v", r.hop.tries, r.hop.got())
	}
	if h := r.load(id); h.State() != quarantine.Sent || r.verbs(id) != "send 250 2.0.0" {
		t.Errorf("%s, %s", h.State(), r.verbs(id))
	}
}

// flaky fails its first writes of outcomes.
type flaky struct {
	*store.Store
	mu    sync.Mutex
	fails int
}

func (f *flaky) Change(ctx context.Context, e quarantine.Edit) error {
	f.mu.Lock()
	f.fails--
	fail := f.fails >= 0
	f.mu.Unlock()
	if fail {
		return errors.New("store is away")
	}
	return f.Store.Change(ctx, e)
}

func TestOutcomeIsRecordedWhenTheStoreComesBack(t *testing.T) {
	for fails, want := range map[int]string{5: "send 250 2.0.0", 8: "lose, resend, send 250 2.0.0"} {
		var f *flaky
		r := setUp(t, func(o *dispatch.Options) { f = &flaky{Store: o.Queue.(*store.Store), fails: fails}; o.Queue = f })
		id := r.passes("a", "x@partner.example")
		r.once()
		r.clock.Add(16 * time.Minute)
		r.once()
		r.clock.Add(time.Hour)
		r.once()
		if v := r.verbs(id); v != want {
			t.Errorf("%d failures: %s", fails, v)
		}
	}
}

func TestTwoDispatchersSendEachOnce(t *testing.T) {
	mails, each := 300, 10
	if testing.Short() { // the race detector's run
		mails = 30
	}
	r := setUp(t)
	var wg sync.WaitGroup
	for i := range mails {
		wg.Go(func() {
			to := make([]string, each)
			for j := range to {
				to[j] = fmt.Sprintf("r%d.%d@partner.example", i, j)
			}
			m := r.mail(fmt.Sprint(i), to...).Act(policy.Pass)
			if _, err := r.keep.Hold(context.Background(), m.Message, m.Verdict, m.Body); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	other := r.another()
	for _, d := range []*dispatch.Dispatcher{r.Dispatcher, other} {
		wg.Go(func() {
			if err := d.Once(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := r.hop.got()
	for a, n := range got {
		if n != 1 {
			t.Errorf("%s got %d", a, n)
		}
	}
	if len(got) != mails*each {
		t.Errorf("%d of %d", len(got), mails*each)
	}
	if st, err := r.keep.Stats(t.Context()); err != nil || st.Open[quarantine.Due]+st.Open[quarantine.Sending] != 0 {
		t.Errorf("%+v, %v", st, err)
	}
}

// brittle fails every write of an outcome and counts the tries.
type brittle struct {
	*store.Store
	tries int
}

func (b *brittle) Change(context.Context, quarantine.Edit) error {
	b.tries++
	return errors.New("store is away")
}

// A store that stays away must not keep the dispatcher; the delivery is then of
// unknown outcome and nothing else.
func TestOutcomeThatCannotBeRecorded(t *testing.T) {
	b := &brittle{}
	r := setUp(t, func(o *dispatch.Options) { b.Store = o.Queue.(*store.Store); o.Queue = b; o.OnUnknown = dispatch.Park })
	id := r.passes("a", "x@partner.example")
	r.once()
	if h := r.load(id); b.tries != 8 || h.State() != quarantine.Sending || !h.Deliveries()[0].Attempting {
		t.Errorf("%d tries, %s", b.tries, h.State())
	}
	r.clock.Add(15 * time.Minute)
	if err := r.another(func(o *dispatch.Options) { o.OnUnknown = dispatch.Park }).Once(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h := r.load(id); h.State() != quarantine.Unknown || len(r.hop.mails) != 1 {
		t.Errorf("%s, %d mails", h.State(), len(r.hop.mails))
	}
}
