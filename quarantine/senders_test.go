package quarantine

import (
	"context"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// slowStore lists the senders of waiting mail when it is told to.
type slowStore struct {
	Store
	asked chan struct{}
	list  chan []string
}

func (s *slowStore) WaitingSenders(context.Context) ([]string, error) {
	s.asked <- struct{}{}
	return <-s.list, nil
}

func TestMailDoesNotWaitForTheListOfWaitingSenders(t *testing.T) {
	now := time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)
	store := &slowStore{asked: make(chan struct{}, 2), list: make(chan []string, 2)}
	k := &Keeper{o: Options{Store: store, Now: func() time.Time { return now }}}
	a, b := email.MustAddress("a@example.co.jp"), email.MustAddress("b@example.co.jp")
	ask := func(who email.Address, want bool) {
		t.Helper()
		if is, err := k.waitsFor(t.Context(), who); err != nil || is != want {
			t.Errorf("%s waits: %v, %v", who, is, err)
		}
	}
	store.list <- []string{a.Key()}
	ask(a, true)
	<-store.asked

	now = now.Add(sendersFor) // the list is old, and the store takes its time
	done := make(chan bool)
	go func() {
		is, err := k.waitsFor(t.Context(), a)
		done <- is || err != nil
	}()
	<-store.asked
	ask(a, true) // by the list before
	ask(b, false)
	k.senders.add(b) // held after the store has looked
	store.list <- nil
	if <-done {
		t.Error("the new list is not used by who asked for it")
	}
	ask(a, false)
	ask(b, true)
}
