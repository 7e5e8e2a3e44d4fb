package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// bulks: a bulk decision is kept with its lease, found while it is open, and
// chooses what waits.
func bulks(t *testing.T, db Database) {
	s := Open(t, db.Options)
	clock := NewClock()
	a := put(t, s, clock, "alpha", "x@partner.example")
	clock.Add(time.Second)
	b := put(t, s, clock, "beta", "x@partner.example", "y@partner.example")
	clock.Add(time.Second)
	c := put(t, s, clock, "gamma", "x@partner.example")
	due(t, s, clock, c.ID)
	q := quarantine.Query{State: quarantine.Waiting, Kind: quarantine.KindMail, Mine: a.Sender, Rule: "people-list", Till: clock.Now()}
	n, err := s.CountChosen(t.Context(), q)
	if err != nil || n != (quarantine.BulkCount{Holds: 2, Recipients: 3}) {
		t.Errorf("%+v %v", n, err)
	}
	first, err := s.Chosen(t.Context(), q, "", 1)
	if err != nil || !slices.Equal(first, []email.ID{b.ID}) {
		t.Errorf("%v %v", first, err)
	}
	if rest, err := s.Chosen(t.Context(), q, b.ID, 5); err != nil || !slices.Equal(rest, []email.ID{a.ID}) {
		t.Errorf("%v %v", rest, err)
	}
	now := clock.Now()
	order := quarantine.Bulk{ID: email.NewID(now), Verb: quarantine.VerbCancel, Choice: quarantine.Choice{Sender: a.Sender, Rule: "people-list", Till: now},
		Reason: "乗っ取り", By: quarantine.Actor{Kind: quarantine.ActorAdmin, Name: "root", Via: "cli"}, Created: now, Total: 2}
	if err := s.PutBulk(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	keep := func(owner string, at time.Time) error {
		return s.KeepBulk(t.Context(), order, owner, at, at.Add(time.Minute), nil)
	}
	order.Done = 1
	if err := keep("one", now); err != nil {
		t.Fatal(err)
	}
	if err := keep("two", now.Add(time.Second)); !errors.Is(err, quarantine.ErrLeaseLost) {
		t.Errorf("two owners: %v", err)
	}
	if err := keep("two", now.Add(2*time.Minute)); err != nil {
		t.Errorf("a dead owner keeps it: %v", err)
	}
	if got, err := s.Bulk(t.Context(), order.ID); err != nil || got.Done != 1 || got.Reason != order.Reason || !got.Choice.Sender.Equal(a.Sender) {
		t.Errorf("%+v %v", got, err)
	}
	order.Ended = now.Add(3 * time.Minute)
	event := quarantine.Event{Time: order.Ended, Verb: quarantine.VerbBulk, By: order.By, Reason: order.Reason}
	if err := s.KeepBulk(t.Context(), order, "two", order.Ended, order.Ended, &event); err != nil {
		t.Fatal(err)
	}
	if err := s.KeepBulk(t.Context(), order, "two", order.Ended, order.Ended, &event); !errors.Is(err, quarantine.ErrLeaseLost) {
		t.Errorf("ended twice: %v", err)
	}
	if open, err := s.Bulks(t.Context()); err != nil || len(open) != 1 || open[0].Ended.IsZero() {
		t.Errorf("its end is not told yet: %+v %v", open, err)
	}
	if err := s.NoticeBulk(t.Context(), order.ID); err != nil {
		t.Fatal(err)
	}
	if open, err := s.Bulks(t.Context()); err != nil || len(open) != 0 {
		t.Errorf("%+v %v", open, err)
	}
	if _, err := s.Bulk(t.Context(), email.NewID(now)); !errors.Is(err, quarantine.ErrNotFound) {
		t.Errorf("nobody's: %v", err)
	}
}
