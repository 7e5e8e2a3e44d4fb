package dispatch_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// fakeStore is just enough of a store to run the loop in a bubble of time: one
// hold with one delivery.
type fakeStore struct {
	quarantine.Store
	mu      sync.Mutex
	hold    *quarantine.Hold
	polls   int
	renewed int
}

func (f *fakeStore) Load(context.Context, email.ID) (*quarantine.Hold, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, c, d := *f.hold, *f.hold.Copies[0], *f.hold.Copies[0].Deliveries[0]
	c.Deliveries = []*quarantine.Delivery{&d}
	h.Copies = []*quarantine.Copy{&c}
	return &h, nil
}

func (f *fakeStore) Claim(_ context.Context, owner string, now, until time.Time, _ int) ([]quarantine.Lease, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.polls++
	d := f.hold.Copies[0].Deliveries[0]
	if d.State != quarantine.Due || d.Due.After(now) {
		return nil, nil
	}
	d.State, d.Owner, d.Due = quarantine.Sending, owner, until
	d.Version++
	return []quarantine.Lease{{Hold: f.hold.ID, Delivery: d.ID, Owner: owner, Version: d.Version}}, nil
}

func (f *fakeStore) Extend(_ context.Context, _ []quarantine.Lease, until time.Time, _ bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hold.Copies[0].Deliveries[0].Due = until
	f.renewed++
	return nil
}

func (f *fakeStore) Overdue(context.Context, time.Time, int) (quarantine.Overdue, error) {
	return quarantine.Overdue{}, nil
}

func (f *fakeStore) Stats(context.Context) (quarantine.Stats, error) { return quarantine.Stats{}, nil }

// Tied finds no mail that follows the only one.
func (f *fakeStore) Tied(context.Context, []quarantine.Reference, time.Time) ([]quarantine.Referred, error) {
	return nil, nil
}

func (f *fakeStore) Insert(_ context.Context, h *quarantine.Hold, _ *quarantine.JoinKey, _ ...quarantine.Event) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hold = h
	return nil
}

func (f *fakeStore) Change(_ context.Context, e quarantine.Edit) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := e.Apply(f.hold)
	return err
}

func (f *fakeStore) state() quarantine.State {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.hold.State()
}

// counts are the polls and renewals so far.
func (f *fakeStore) counts() (polls, renewed int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.polls, f.renewed
}

// slow is a next hop that takes its time.
type slow struct {
	takes time.Duration
	done  bool
}

func (s *slow) Send(ctx context.Context, env email.Envelope, _ email.Body, _ []byte, gate func(context.Context) error) ([]email.Reply, error) {
	select {
	case <-time.After(s.takes):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err := gate(ctx); err != nil {
		return nil, err
	}
	s.done = true
	return []email.Reply{email.NewReply(250, "", "ok")}, nil
}

// bubble runs a dispatcher in fake time until stop is called.
func bubble(t *testing.T, action policy.Action, hop *slow, body func(f *fakeStore, k *quarantine.Keeper, stop func())) {
	synctest.Test(t, func(t *testing.T) {
		f, blobs := &fakeStore{}, &storetest.Blobs{}
		k, err := quarantine.New(quarantine.Options{Store: f, Blobs: blobs, Now: time.Now, Log: storetest.Quiet()})
		if err != nil {
			t.Fatal(err)
		}
		m := storetest.NewMail(time.Now(), "a", "x@partner.example").Act(action)
		m.Message.Header.MessageID = ""
		m.Hold(t, k)
		d, err := dispatch.New(dispatch.Options{Keeper: k, Queue: f, Sender: hop, Host: "h.example", Now: time.Now, Log: storetest.Quiet()})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- d.Run(ctx) }()
		body(f, k, func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	})
}

func TestRunPollsForWhatBecomesDue(t *testing.T) {
	bubble(t, policy.Delay, &slow{}, func(f *fakeStore, _ *quarantine.Keeper, stop func()) {
		time.Sleep(5*time.Minute - time.Second)
		synctest.Wait()
		if f.state() != quarantine.Due {
			t.Error("sent before its time")
		}
		time.Sleep(2500 * time.Millisecond)
		synctest.Wait()
		if f.state() != quarantine.Sent {
			t.Errorf("after 5 minutes: %s", f.state())
		}
		if polls, _ := f.counts(); polls < 240 || polls > 380 { // once a second, give or take a fifth
			t.Errorf("%d polls in 300 seconds", polls)
		}
		stop()
	})
}

func TestRunIsWokenByARelease(t *testing.T) {
	bubble(t, policy.Delay, &slow{}, func(f *fakeStore, k *quarantine.Keeper, stop func()) {
		time.Sleep(10 * time.Second)
		synctest.Wait()
		at := time.Now()
		if _, err := k.Release(t.Context(), quarantine.Order{Hold: f.hold.ID, By: admin}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if f.state() != quarantine.Sent || time.Since(at) != 0 {
			t.Errorf("%s after %v", f.state(), time.Since(at))
		}
		stop()
	})
}

func TestRunRenewsLeasesWhileANextHopIsSlow(t *testing.T) {
	bubble(t, policy.Pass, &slow{takes: time.Hour}, func(f *fakeStore, _ *quarantine.Keeper, stop func()) {
		time.Sleep(59 * time.Minute)
		synctest.Wait()
		if _, renewed := f.counts(); renewed != 11 {
			t.Errorf("%d renewals in 59 minutes", renewed)
		}
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if f.state() != quarantine.Sent {
			t.Errorf("%s", f.state())
		}
		stop()
	})
}

func TestRunLetsTransactionsFinish(t *testing.T) {
	for _, c := range []struct {
		takes time.Duration
		want  quarantine.State
	}{{15 * time.Second, quarantine.Sent}, {time.Hour, quarantine.Due}} {
		hop := &slow{takes: c.takes}
		bubble(t, policy.Pass, hop, func(f *fakeStore, _ *quarantine.Keeper, stop func()) {
			time.Sleep(2 * time.Second)
			stop()
			if f.state() != c.want || hop.done != (c.want == quarantine.Sent) {
				t.Errorf("a transaction of %v: %s", c.takes, f.state())
			}
		})
	}
}
