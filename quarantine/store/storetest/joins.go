package storetest

import (
	"errors"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

// joinAlone: a store that is alone with its database answers for keys it has never
// seen without asking, and for all others as every store does.
func joinAlone(t *testing.T, db Database) {
	clock := NewClock()
	now := clock.Now()
	key := quarantine.JoinKey{MessageID: "<m>", From: now, Until: now.Add(time.Hour)}
	other := key
	other.MessageID = "<other>"
	alone := db.Options
	alone.Alone = true
	asks := func(s *store.Store, when time.Time, held, heldOther bool) {
		t.Helper()
		_, err := s.Joined(t.Context(), key, when)
		_, errOther := s.Joined(t.Context(), other, when)
		if (err == nil) != held || (errOther == nil) != heldOther || !held && !errors.Is(err, quarantine.ErrNotFound) {
			t.Errorf("the keys are found with %v and %v", err, errOther)
		}
	}
	s := Open(t, alone)
	asks(s, now, false, false)
	if err := s.Insert(t.Context(), sample(now), &key); err != nil {
		t.Fatal(err)
	}
	asks(s, now, true, false)
	s = Open(t, alone) // as after a restart
	asks(s, now, true, false)
	later := now.Add(2 * time.Hour)
	if err := s.Sweep(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	asks(s, now, true, false)
	asks(s, later, false, false)
	if err := s.Sweep(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	asks(s, now, false, false)
	other.Until = later.Add(time.Hour)
	if err := s.Insert(t.Context(), sample(now), &other); err != nil {
		t.Fatal(err)
	}
	asks(s, later, false, true)
}
