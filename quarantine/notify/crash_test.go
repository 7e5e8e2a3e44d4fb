package notify_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

var errCrash = errors.New("crash")

// frail is a store that fails at the n-th change, before or after it is written.
type frail struct {
	*store.Store
	at    int
	after bool
	seen  int
}

func (f *frail) Change(ctx context.Context, e quarantine.Edit) error {
	f.seen++
	if f.seen == f.at && !f.after {
		return errCrash
	}
	if err := f.Store.Change(ctx, e); err != nil {
		return err
	}
	if f.seen == f.at {
		return errCrash
	}
	return nil
}

func TestACrashAnywhereTellsEverybodyOnce(t *testing.T) {
	for _, after := range []bool{false, true} {
		for at := 1; at <= 6; at++ {
			w := newWorld(t)
			w.hold(letter{copyTo: []string{"admin"}})
			w.hold(letter{from: "batch@example.co.jp"})
			w.clock.Add(21 * time.Second)
			broken := w.newNotifier(&frail{Store: w.store, at: at, after: after})
			if err := broken.Once(t.Context()); err == nil && at <= 4 {
				t.Errorf("change %d: the crash was not noticed", at)
			}
			w.pass(2 * time.Minute)
			w.pass(time.Second)
			if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1, "admin": 1, "kacho": 1}) {
				t.Errorf("crash at change %d (after %v): %v", at, after, n)
			}
			for _, who := range []string{"sato", "bucho", "kacho"} {
				w.link(who + "@example.co.jp")
			}
		}
	}
}

func TestTwoNotifiersTellOnce(t *testing.T) {
	w := newWorld(t)
	for range 10 {
		w.hold(letter{})
	}
	w.clock.Add(21 * time.Second)
	var wg sync.WaitGroup
	for range 4 {
		n := w.newNotifier(w.store)
		wg.Go(func() {
			if err := n.Once(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 10, "bucho": 10}) {
		t.Errorf("%v", n)
	}
}

func TestANoticeThatFailsRaisesAnAlertAndNoMail(t *testing.T) {
	w := newWorld(t)
	w.hop.refuse = "bucho@example.co.jp"
	id := w.hold(letter{})
	w.pass(21 * time.Second)
	w.pass(time.Second)
	w.pass(time.Hour)
	if n := w.counts(); !maps.Equal(n, map[string]int{"sato": 1, "bucho": 1}) {
		t.Errorf("a notice about a notice: %v", n)
	}
	if n := len(w.all(quarantine.Query{Kind: quarantine.KindBounce})); n != 0 {
		t.Errorf("%d bounces about a notice", n)
	}
	alerts := 0
	events, err := w.keeper.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.Verb == quarantine.VerbAlert {
			alerts++
		}
	}
	if alerts != 1 {
		t.Errorf("%d alerts", alerts)
	}
	if n := len(w.all(quarantine.Query{Kind: quarantine.KindNotice, State: quarantine.Failed})); n != 1 {
		t.Errorf("the console finds %d failed notices", n)
	}
}

func TestEventsOfNoticesAreChained(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{})
	w.pass(21 * time.Second)
	events, err := w.keeper.Events(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, e := range events {
		if e.Verb == quarantine.VerbNotice {
			told++
			if strings.Contains(e.Detail, "@") {
				t.Errorf("an address stands in the events: %s", e.Detail)
			}
		}
	}
	if told != 2 {
		t.Errorf("%d notices in the time line", told)
	}
	if r, err := w.keeper.VerifyEvents(t.Context()); err != nil || r.Broken != nil {
		t.Errorf("%v %v", r.Broken, err)
	}
}

func TestLinks(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{})
	other := w.hold(letter{})
	deadline := w.load(id).Deadline
	issue := func(who string, p quarantine.Purpose) string {
		url, err := w.links.Issue(t.Context(), id, email.MustAddress(who+"@example.co.jp"), p, deadline)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimPrefix(url, w.links.Base)
	}
	look := func(key string) quarantine.Link {
		l, err := w.links.Look(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	key := issue("bucho", quarantine.ForApprover)
	if len(key) != 43 {
		t.Errorf("a key of %d characters", len(key))
	}
	for _, bad := range []string{"", "x", key[:42], key + "A", key[:42] + "!", strings.ToLower(key), strings.Repeat("A", 43)} {
		if _, err := w.links.Look(t.Context(), bad); !errors.Is(err, notify.ErrNoLink) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for range 3 { // looking changes nothing
		look(key)
	}
	l := look(key)
	for _, c := range []struct {
		name string
		o    quarantine.Order
		do   func(context.Context, quarantine.Order) (*quarantine.Hold, error)
		want error
	}{
		{"another mail", quarantine.Order{Hold: other, By: l.Actor(), Link: l.Hash}, w.keeper.Approve, quarantine.ErrLinkForeign},
		{"another person", quarantine.Order{Hold: id, By: by(quarantine.ActorApprover, "kacho"), Link: l.Hash}, w.keeper.Approve, quarantine.ErrLinkForeign},
		{"the sender's link approves", order(look(issue("sato", quarantine.ForSender)), ""), w.keeper.Approve, quarantine.ErrLinkForeign},
		{"an approver's link releases", quarantine.Order{Hold: id, By: by(quarantine.ActorSender, "bucho"), Link: l.Hash, Reason: "x"}, w.keeper.Release, quarantine.ErrLinkForeign},
		{"a link nobody has", quarantine.Order{Hold: id, By: l.Actor(), Link: email.Digest{1}}, w.keeper.Approve, quarantine.ErrNotFound},
	} {
		if _, err := c.do(t.Context(), c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	var ok, spent, decided atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			_, err := w.keeper.Approve(t.Context(), order(l, ""))
			var d quarantine.ErrDecided
			switch {
			case err == nil:
				ok.Add(1)
			case errors.Is(err, quarantine.ErrLinkSpent):
				spent.Add(1)
			case errors.As(err, &d):
				decided.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ok.Load() != 1 || spent.Load() != 99 {
		t.Errorf("%d succeeded, %d spent, %d decided", ok.Load(), spent.Load(), decided.Load())
	}
	if got, err := w.links.Look(t.Context(), key); !errors.Is(err, quarantine.ErrLinkSpent) || got.Hold != id {
		t.Errorf("the page of a spent link: %v %v", got, err)
	}
	late := issue("sato", quarantine.ForSender)
	sl := look(late)
	w.clock.Add(deadline.Sub(w.clock.Now()) + notify.LinkLife)
	if got, err := w.links.Look(t.Context(), late); !errors.Is(err, quarantine.ErrLinkExpired) || got.Hold != id {
		t.Errorf("an expired link: %v %v", got, err)
	}
	if _, err := w.keeper.Cancel(t.Context(), order(sl, "")); !errors.Is(err, quarantine.ErrLinkExpired) {
		t.Errorf("an expired link decides: %v", err)
	}
	if n, err := w.store.ForgetLinks(t.Context(), w.clock.Now().Add(time.Second)); err != nil || n == 0 {
		t.Errorf("%d forgotten, %v", n, err)
	}
}

func TestSpendOutsideADecision(t *testing.T) {
	w := newWorld(t)
	id := w.hold(letter{})
	url, err := w.links.Issue(t.Context(), id, email.MustAddress("sato@example.co.jp"), quarantine.ForSender, w.load(id).Deadline)
	if err != nil {
		t.Fatal(err)
	}
	key := strings.TrimPrefix(url, w.links.Base)
	var ok atomic.Int64
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			if _, err := w.links.Spend(t.Context(), key); err == nil {
				ok.Add(1)
			} else if !errors.Is(err, quarantine.ErrLinkSpent) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if ok.Load() != 1 {
		t.Errorf("%d of 100 spent it", ok.Load())
	}
}

func TestDoubleClickOnALink(t *testing.T) {
	w := newWorld(t)
	w.hold(letter{})
	w.pass(21 * time.Second)
	o := order(w.link("bucho@example.co.jp"), "")
	o.Key = "click"
	for range 2 {
		if _, err := w.keeper.Approve(t.Context(), o); err != nil {
			t.Errorf("the same click: %v", err)
		}
	}
}

func TestAlert(t *testing.T) {
	w := newWorld(t)
	say := func(key string) {
		w.notifier.Alert(t.Context(), key, policy.Text{JA: "保留が急増しています", EN: "Many mails are held"}, policy.Text{JA: "ルールを確認してください。", EN: "Check the rules."})
	}
	say("many")
	say("many")
	say("rules")
	w.pass(time.Second)
	if n := w.counts(); !maps.Equal(n, map[string]int{"admin": 2}) {
		t.Errorf("%v", n)
	}
	w.clock.Add(time.Hour)
	say("many")
	if n := w.counts(); n["admin"] != 3 {
		t.Errorf("%v", n)
	}
	if g := w.last("admin@example.co.jp"); g.subject != "【関所・管理者へ】保留が急増しています" {
		t.Errorf("%q", g.subject)
	}
}

// slowStore counts how often it is asked.
type slowStore struct {
	notify.Store
	asked, forgot atomic.Int64
	fail          atomic.Bool
}

func (s *slowStore) Looks(context.Context, time.Time, int) ([]email.ID, error) {
	s.asked.Add(1)
	if s.fail.Load() {
		return nil, errCrash
	}
	return nil, nil
}

func (s *slowStore) ForgetLinks(context.Context, time.Time) (int64, error) {
	s.forgot.Add(1)
	return 0, nil
}

func TestRun(t *testing.T) {
	w := newWorld(t)
	synctest.Test(t, func(t *testing.T) {
		s := &slowStore{}
		s.fail.Store(true)
		o := notify.Options{Store: s, Keeper: w.keeper, Links: w.links, Marker: w.marker, Calendar: quarantine.DefaultCalendar(nil), Own: own,
			From: email.MustAddress("sekisho@example.co.jp"), Host: "guard.example.co.jp", Now: time.Now, Log: storetest.Quiet()}
		n, err := notify.New(o)
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- n.Run(ctx) }()
		time.Sleep(10*time.Second + time.Millisecond)
		synctest.Wait()
		if n := s.asked.Load(); n != 11 {
			t.Errorf("asked %d times in 10 seconds", n)
		}
		s.fail.Store(false)
		time.Sleep(time.Hour)
		synctest.Wait()
		if n := s.forgot.Load(); n != 1 {
			t.Errorf("old links were removed %d times in an hour", n)
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
