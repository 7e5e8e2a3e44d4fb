package store_test

import (
	"errors"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// A database of the first release keeps its holds, which nobody is assigned to:
// they are decided as before.
func TestADatabaseOfTheFirstReleaseIsMigrated(t *testing.T) {
	o, clock := storetest.SQLite(t), storetest.NewClock()
	var id email.ID
	func() {
		s, err := store.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		id = storetest.NewMail(clock.Now(), "a", "x@partner.example").Hold(t, storetest.Keeper(t, s, &storetest.Blobs{}, clock))
	}()
	if err := store.DownTo(t.Context(), o, 1); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), o); !errors.Is(err, store.ErrSchemaOld) {
		t.Errorf("%v", err)
	}
	if from, to, err := store.Migrate(t.Context(), o); err != nil || from != 1 || to < 2 {
		t.Fatalf("%d -> %d, %v", from, to, err)
	}
	s := storetest.Open(t, o)
	h, err := s.Load(t.Context(), id)
	if err != nil || !h.Assignment.IsZero() || h.Desk.Watched || !h.Look.IsZero() || h.State() != quarantine.Waiting {
		t.Fatalf("%+v %v", h, err)
	}
	k := storetest.Keeper(t, s, &storetest.Blobs{}, clock)
	if _, err := k.Approve(t.Context(), quarantine.Order{Hold: id, By: quarantine.Actor{Kind: quarantine.ActorApprover, Name: "bucho@example.co.jp"}}); err != nil {
		t.Error(err)
	}
}
