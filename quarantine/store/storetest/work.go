package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

func claimRace(t *testing.T, db Database) {
	a, b := Open(t, db.Options), Open(t, db.Options)
	clock := NewClock()
	n := 300
	if testing.Short() { // the race detector's run
		n = 60
	}
	to := make([]string, n)
	for i := range to {
		to[i] = fmt.Sprintf("r%d@partner.example", i)
	}
	h := put(t, a, clock, "a", to...)
	due(t, a, clock, h.ID)
	var mu sync.Mutex
	owners := map[email.ID][]string{}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			s, owner := []*store.Store{a, b}[i%2], fmt.Sprint("o", i)
			for {
				leases, err := s.Claim(context.Background(), owner, clock.Now(), clock.Now().Add(time.Hour), 7)
				if err != nil {
					t.Error(err)
				}
				if len(leases) == 0 {
					return
				}
				mu.Lock()
				for _, l := range leases {
					owners[l.Delivery] = append(owners[l.Delivery], l.Owner)
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	for id, o := range owners {
		if len(o) != 1 {
			t.Errorf("%s was claimed by %v", id, o)
		}
	}
	if len(owners) != n {
		t.Errorf("%d of %d were claimed", len(owners), n)
	}
}

func claimOrder(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	k := Keeper(t, s, &Blobs{}, clock)
	late := NewMail(clock.Now(), "late", "a@partner.example").Act(policy.Delay).Hold(t, k) // due in 5 minutes
	clock.Add(time.Minute)
	now := NewMail(clock.Now(), "now", "b@partner.example").Act(policy.Pass).Hold(t, k)
	NewMail(clock.Now(), "waits", "c@partner.example").Hold(t, k)
	claim := func(limit int) (holds []email.ID) {
		t.Helper()
		leases, err := s.Claim(t.Context(), "o", clock.Now(), clock.Now().Add(time.Hour), limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range leases {
			holds = append(holds, l.Hold)
		}
		return holds
	}
	if got := claim(10); !slices.Equal(got, []email.ID{now}) {
		t.Errorf("claimed %v, want %v", got, now)
	}
	clock.Add(4 * time.Minute)
	if got := claim(10); !slices.Equal(got, []email.ID{late}) {
		t.Errorf("claimed %v, want %v", got, late)
	}
	first := NewMail(clock.Now(), "d", "d@partner.example").Act(policy.Pass).Hold(t, k)
	clock.Add(time.Second)
	NewMail(clock.Now(), "e", "e@partner.example").Act(policy.Pass).Hold(t, k)
	if got := claim(1); !slices.Equal(got, []email.ID{first}) {
		t.Errorf("the oldest comes first: %v, want %v", got, first)
	}
}

func leaseFence(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	h := put(t, s, clock, "a", "x@partner.example", "y@partner.example")
	due(t, s, clock, h.ID)
	claim := func(owner string) []quarantine.Lease {
		t.Helper()
		l, err := s.Claim(t.Context(), owner, clock.Now(), clock.Now().Add(time.Minute), 10)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	extend := func(l []quarantine.Lease, attempting bool) error {
		return s.Extend(t.Context(), l, clock.Now().Add(time.Minute), attempting)
	}
	first := claim("first")
	if len(first) != 2 || len(claim("second")) != 0 {
		t.Fatal("a living lease was taken")
	}
	clock.Add(50 * time.Second)
	if err := extend(first, false); err != nil {
		t.Fatal(err)
	}
	clock.Add(50 * time.Second)
	if len(claim("second")) != 0 {
		t.Fatal("a renewed lease was taken")
	}
	clock.Add(20 * time.Second)
	second := claim("second")
	if len(second) != 2 {
		t.Fatal("a lease that ran out was not taken over")
	}
	if err := extend(first, true); !errors.Is(err, quarantine.ErrLeaseLost) {
		t.Errorf("the first owner may still send: %v", err)
	}
	mixed := []quarantine.Lease{second[0], first[1]}
	if err := extend(mixed, true); !errors.Is(err, quarantine.ErrLeaseLost) {
		t.Errorf("half a lease is enough: %v", err)
	}
	if err := extend(second, true); err != nil {
		t.Errorf("all or nothing: %v", err)
	}
	if err := extend(second, true); !errors.Is(err, quarantine.ErrLeaseLost) {
		t.Errorf("the final dot was announced twice: %v", err)
	}
	if err := extend(second, false); err != nil {
		t.Errorf("renewing after the dot: %v", err)
	}
	clock.Add(time.Hour)
	if len(claim("third")) != 0 {
		t.Error("an unknown outcome was claimed")
	}
	got, err := s.Load(t.Context(), h.ID)
	if err != nil || !got.Copies[0].Deliveries[0].Attempting || got.Copies[0].Deliveries[0].Attempts != 2 {
		t.Errorf("%+v, %v", got.Copies[0].Deliveries[0], err)
	}
}

func overdue(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	k := Keeper(t, s, &Blobs{}, clock)
	look := func() string {
		t.Helper()
		o, err := s.Overdue(t.Context(), clock.Now(), 10)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(len(o.Expired), len(o.Lost), len(o.Bounces))
	}
	h := put(t, s, clock, "a", "x@partner.example", "y@partner.example")
	NewMail(clock.Now(), "b", "z@partner.example").Act(policy.Reject).Hold(t, k)
	if got := look(); got != "0 0 1" {
		t.Errorf("at first %s", got)
	}
	clock.Add(25 * time.Hour)
	if got := look(); got != "1 0 1" {
		t.Errorf("after the deadline %s", got)
	}
	due(t, s, clock, h.ID)
	l, err := s.Claim(t.Context(), "o", clock.Now(), clock.Now().Add(time.Minute), 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Extend(t.Context(), l, clock.Now().Add(time.Minute), true); err != nil {
		t.Fatal(err)
	}
	if got := look(); got != "0 0 1" {
		t.Errorf("while sending %s", got)
	}
	clock.Add(time.Minute)
	if got := look(); got != "0 1 1" {
		t.Errorf("after the lease %s", got)
	}
}

func voidLeases(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	h := put(t, s, clock, "a", "x@partner.example", "y@partner.example")
	due(t, s, clock, h.ID)
	claim := func(limit int) []quarantine.Lease {
		t.Helper()
		l, err := s.Claim(t.Context(), "killed", clock.Now(), clock.Now().Add(15*time.Minute), limit)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	first, second := claim(1), claim(1)
	if err := s.Extend(t.Context(), second, clock.Now().Add(15*time.Minute), true); err != nil {
		t.Fatal(err)
	}
	clock.Add(time.Second)
	if err := s.VoidLeases(t.Context(), clock.Now()); err != nil {
		t.Fatal(err)
	}
	if got := claim(10); len(got) != 1 || got[0].Delivery != first[0].Delivery {
		t.Errorf("claimed %v", got)
	}
	if o, err := s.Overdue(t.Context(), clock.Now(), 10); err != nil || len(o.Lost) != 1 {
		t.Errorf("%+v, %v", o, err)
	}
}
