package quarantine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

var root = quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}

// park holds n mails of an account past its limits.
func park(t testing.TB, k *quarantine.Keeper, clock *storetest.Clock, sender string, n int) []email.ID {
	t.Helper()
	var out []email.ID
	for i := range n {
		m := storetest.NewMail(clock.Now(), fmt.Sprintf("%s %d", sender, i), "x@partner.example")
		m.Message.Envelope.Sender = email.MustAddress(sender)
		m.Message.Header.From[0].Address = m.Message.Envelope.Sender
		m.Verdict.Fired[0].Name = "account-breaker"
		m.Verdict.Fired[0].Terms = policy.Terms{Approvers: []string{"admin"}, ReasonRequired: true}
		out = append(out, m.Hold(t, k))
	}
	return out
}

func TestBulkDecision(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Open(t, storetest.SQLite(t))
	k := storetest.Keeper(t, s, &storetest.Blobs{}, clock)
	spam := park(t, k, clock, "taken@example.co.jp", 30)
	other := park(t, k, clock, "other@example.co.jp", 3)
	clock.Add(time.Second)
	choice := quarantine.Choice{Sender: email.MustAddress("Taken@example.co.jp"), Rule: "account-breaker"}
	if n, err := k.CountBulk(t.Context(), choice); err != nil || n.Holds != 30 || n.Recipients != 30 {
		t.Fatalf("%+v %v", n, err)
	}
	for name, start := range map[string]func() error{
		"no reason": func() error {
			_, err := k.StartBulk(t.Context(), quarantine.VerbCancel, choice, " ", root)
			return err
		},
		"everything": func() error {
			_, err := k.StartBulk(t.Context(), quarantine.VerbCancel, quarantine.Choice{}, "x", root)
			return err
		},
		"another verb": func() error {
			_, err := k.StartBulk(t.Context(), quarantine.VerbApprove, choice, "x", root)
			return err
		},
		"an approver": func() error {
			_, err := k.StartBulk(t.Context(), quarantine.VerbCancel, choice, "x", quarantine.Actor{Kind: quarantine.ActorApprover, Name: "a@example.co.jp"})
			return err
		},
	} {
		if start() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	b, err := k.StartBulk(t.Context(), quarantine.VerbCancel, choice, "乗っ取りのため破棄", root)
	if err != nil || b.Total != 30 {
		t.Fatalf("%+v %v", b, err)
	}
	clock.Add(time.Second)
	late := park(t, k, clock, "taken@example.co.jp", 32)[30:] // after the preview
	// Somebody decides about one alone meanwhile.
	if _, err := k.Release(t.Context(), quarantine.Order{Hold: spam[3], By: root, Reason: "これは本物"}); err != nil {
		t.Fatal(err)
	}
	done, err := k.RunBulk(t.Context(), b.ID, "test", nil)
	if err != nil || done.Done+done.Left != 30 || done.Ended.IsZero() {
		t.Fatalf("%+v %v", done, err)
	}
	for i, id := range spam {
		h := storetest.Load(t, k, id)
		switch {
		case i == 3 && h.State() != quarantine.Due:
			t.Errorf("the one released is %s", h.State())
		case i != 3 && (h.State() != quarantine.Cancelled || h.Decision.Reason != "乗っ取りのため破棄" || h.Decision.Bulk != b.ID || h.Decision.By != root):
			t.Errorf("%d is %s: %+v", i, h.State(), h.Decision)
		}
	}
	for _, id := range append(other, late...) {
		if h := storetest.Load(t, k, id); h.State() != quarantine.Waiting {
			t.Errorf("not chosen, and %s", h.State())
		}
	}
	if again, err := k.RunBulk(t.Context(), b.ID, "test", nil); err != nil || again.Done != done.Done {
		t.Errorf("run twice: %+v %v", again, err)
	}
	if r, err := k.VerifyEvents(t.Context()); err != nil || r.Broken != nil {
		t.Errorf("%+v %v", r, err)
	}
}

// TestBulkGoesOnAfterACrash: a run that ends in the middle is taken up by another
// process, once its lease is over, and nothing is decided twice.
func TestBulkGoesOnAfterACrash(t *testing.T) {
	clock := storetest.NewClock()
	s := storetest.Open(t, storetest.SQLite(t))
	k := storetest.Keeper(t, s, &storetest.Blobs{}, clock)
	ids := park(t, k, clock, "taken@example.co.jp", 600)
	clock.Add(time.Second)
	b, err := k.StartBulk(t.Context(), quarantine.VerbRelease, quarantine.Choice{Rule: "account-breaker"}, "誤検知", root)
	if err != nil {
		t.Fatal(err)
	}
	ctx, crash := context.WithCancel(t.Context())
	steps := 0
	if _, err := k.RunBulk(ctx, b.ID, "first", func(quarantine.Bulk) {
		if steps++; steps == 2 { // after the first 512
			crash()
		}
	}); err == nil {
		t.Fatal("it did not notice the crash")
	}
	if _, err := k.RunBulk(t.Context(), b.ID, "second", nil); !errors.Is(err, quarantine.ErrLeaseLost) {
		t.Errorf("the lease of the first still runs: %v", err)
	}
	clock.Add(time.Minute)
	open, err := k.OpenBulks(t.Context())
	if err != nil || len(open) != 1 {
		t.Fatalf("%v %v", open, err)
	}
	done, err := k.RunBulk(t.Context(), open[0].ID, "second", nil)
	if err != nil || done.Done != 600 || done.Left != 0 {
		t.Fatalf("%+v %v", done, err)
	}
	for _, id := range ids {
		released := 0
		events, err := k.Events(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Verb == quarantine.VerbRelease {
				released++
			}
		}
		if released != 1 {
			t.Fatalf("released %d times", released)
		}
	}
}

// BenchmarkPurge10000 purges 10,000 parked mails. On two busy cores: see
// docs/performance.md.
func BenchmarkPurge10000(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		clock := storetest.NewClock()
		s := storetest.Open(b, storetest.SQLite(b))
		k := storetest.Keeper(b, s, &storetest.Blobs{}, clock)
		park(b, k, clock, "taken@example.co.jp", 10_000)
		clock.Add(time.Second)
		order, err := k.StartBulk(b.Context(), quarantine.VerbCancel, quarantine.Choice{Sender: email.MustAddress("taken@example.co.jp"), Rule: "account-breaker"}, "purge", root)
		if err != nil {
			b.Fatal(err)
		}
		begin := cpu()
		b.StartTimer()
		done, err := k.RunBulk(b.Context(), order.ID, "bench", nil)
		b.StopTimer()
		if err != nil || done.Done != 10_000 {
			b.Fatalf("%+v %v", done, err)
		}
		b.ReportMetric((cpu() - begin).Seconds(), "cpu-s/op")
		b.StartTimer()
	}
}

// cpu is the processor time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		os.Exit(1)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
