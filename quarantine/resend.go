package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// resent finds a mail of the same sender, subject and recipients that waits; nil
// without one.
func (k *Keeper) resent(ctx context.Context, m *policy.Message) (*Hold, error) {
	from, subject := m.Sender.Address.Key(), subjectKey(m.Header.Subject)
	if m.Sender.Address.IsNull() || subject == "" || m.Sender.Automatic || m.Header.Recall.Asked || !m.Forward.Mailbox.IsNull() {
		return nil, nil
	}
	found, err := k.o.Store.Tied(ctx, []Reference{{Kind: refSubject, Values: []string{from, subject}}}, k.o.Now())
	if err != nil {
		return nil, fmt.Errorf("look up earlier mails: %w", err)
	}
	for _, f := range found {
		h, err := k.o.Store.Load(ctx, f.Hold)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("load earlier hold: %w", err)
		}
		// The same Message-ID is the client that tries again, not the person.
		if h.waits() && h.sentBy(m) && h.Facts.Header.MessageID != m.Header.MessageID && sameReceivers(h, m) {
			return h, nil
		}
	}
	return nil, nil
}

// sameReceivers tells that both go to the same outsiders.
func sameReceivers(h *Hold, m *policy.Message) bool {
	keys := func(m *policy.Message) []string {
		var out []string
		for _, a := range outsiders(m) {
			out = append(out, a.Key())
		}
		slices.Sort(out)
		return out
	}
	return slices.Equal(keys(h.message()), keys(m))
}

// senders are those of whom a mail waits: only their further mail is looked up,
// so that clean mail costs the store no query.
type senders struct {
	mu     sync.Mutex
	asked  time.Time
	known  map[string]bool
	asking bool     // somebody is, and the list that is there is good until then
	added  []string // meanwhile
}

// sendersFor is how long the list is used; another node's holds count after it.
const sendersFor = 15 * time.Second

// add notes a hold that was just taken in.
func (s *senders) add(a email.Address) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asking {
		s.added = append(s.added, a.Key())
	}
	if s.known != nil {
		s.known[a.Key()] = true
	}
}

// waitsFor tells whether a mail of this envelope sender may wait. While one mail has
// the list made anew, the others go by the one before, instead of waiting for the
// store.
func (k *Keeper) waitsFor(ctx context.Context, a email.Address) (bool, error) {
	s, now := &k.senders, k.o.Now()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil || !s.asking && (now.Sub(s.asked) >= sendersFor || now.Before(s.asked)) {
		if err := s.ask(ctx, k.o.Store, now); err != nil {
			return false, err
		}
	}
	return s.known[a.Key()], nil
}

// ask makes the list anew, without the lock where there is one already. The caller
// holds it.
func (s *senders) ask(ctx context.Context, store Store, now time.Time) error {
	list, err := func() ([]string, error) {
		if s.known != nil {
			s.asking, s.added = true, nil
			s.mu.Unlock()
			defer func() { s.mu.Lock(); s.asking = false }()
		}
		return store.WaitingSenders(ctx)
	}()
	if err != nil {
		return fmt.Errorf("list senders of waiting mail: %w", err)
	}
	s.asked, s.known = now, make(map[string]bool, len(list))
	for _, key := range append(list, s.added...) {
		s.known[key] = true
	}
	s.added = nil
	return nil
}

// corrected notes at a mail that waits that its sender has sent it again and that
// nothing holds the later one: he is offered to withdraw the earlier one.
func (k *Keeper) corrected(ctx context.Context, m *policy.Message) error {
	if m.Envelope.Sender.IsNull() || len(outsiders(m)) == 0 {
		return nil
	}
	if may, err := k.waitsFor(ctx, m.Envelope.Sender); err != nil || !may {
		return err
	}
	earlier, err := k.resent(ctx, m)
	if err != nil || earlier == nil {
		return err
	}
	now := k.o.Now()
	err = k.o.Store.Change(ctx, Edit{Hold: earlier.ID, At: now, Apply: func(h *Hold) (Outcome, error) {
		if !h.waits() || !h.Desk.Resent.IsZero() {
			return Outcome{}, nil
		}
		h.Desk.Resent = now
		if h.Desk.Watched {
			h.LookAt(now)
		}
		return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: VerbTie, By: guard(), Detail: string(policy.TieResend) + " " + string(m.Envelope.ID)}}}, nil
	}})
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("note the later mail: %w", err)
	}
	return nil
}
