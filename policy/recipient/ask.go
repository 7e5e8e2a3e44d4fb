package recipient

import (
	"github.com/sekisho-mail/sekisho/policy/email"
)

// lock takes the read lock, or says that there is nothing to read.
func (h *History) lock() error {
	if h == nil {
		return ErrHistoryClosed
	}
	h.mu.RLock()
	if h.closed {
		h.mu.RUnlock()
		return ErrHistoryClosed
	}
	return nil
}

// DaysLearned is the number of days from the first to the last mail learned
// live, both counted.
func (h *History) DaysLearned() int {
	if h.lock() != nil {
		return 0
	}
	defer h.mu.RUnlock()
	return h.state.daysLearned()
}

func (s *state) daysLearned() int {
	if s.first == 0 {
		return 0
	}
	return int(s.last-s.first) + 1
}

// Imported tells whether mail of the past was imported.
func (h *History) Imported() bool {
	if h.lock() != nil {
		return false
	}
	defer h.mu.RUnlock()
	return h.state.imported
}

// Ready tells whether the history may give opinions: it has learned for 14 days
// or was filled by an import. The error is ErrHistoryClosed.
func (h *History) Ready() (bool, error) {
	if err := h.lock(); err != nil {
		return false, err
	}
	defer h.mu.RUnlock()
	return h.state.imported || h.state.daysLearned() >= learnedDays, nil
}

// Acquainted tells whether from ever wrote to a or heard from it. For somebody
// who has sent fewer than 20 mails the whole company's acquaintance counts.
func (h *History) Acquainted(from, a email.Address) bool {
	if h.lock() != nil {
		return false
	}
	defer h.mu.RUnlock()
	s := &h.state
	id, ok := s.addressID[a.Key()]
	if !ok {
		return false
	}
	me := s.senderOf(from)
	if me != nil {
		if c := me.contacts[id]; c.sent > 0 || c.heard > 0 {
			return true
		}
	}
	known := s.addresses[id]
	return (me == nil || me.sent < newcomerMail) && (known.staff > 0 || known.heard > 0)
}

func (s *state) senderOf(a email.Address) *sender {
	id, ok := s.addressID[a.Key()]
	if !ok {
		return nil
	}
	return s.senders[id]
}

// Participants gathers the keys of all who took part in the mails that the
// Message-IDs name, and whether any of these was seen within 90 days of the
// newest mail.
func (h *History) Participants(ids []string) (people map[string]bool, found bool, err error) {
	if err := h.lock(); err != nil {
		return nil, false, err
	}
	defer h.mu.RUnlock()
	people = map[string]bool{}
	for _, id := range ids {
		t, ok := h.state.threads[hashID(id)]
		if !ok {
			continue
		}
		found = true
		for _, p := range t.people {
			people[h.state.addresses[p].name] = true
		}
	}
	return people, found, nil
}

// Traffic is what the company knows of a domain.
type Traffic struct {
	Sent  int // mails to it
	Heard int // mails from it
	Staff int // how many of us write to it
}

// Domain tells the company's traffic with a domain. The error is ErrHistoryClosed.
func (h *History) Domain(name string) (Traffic, error) {
	if err := h.lock(); err != nil {
		return Traffic{}, err
	}
	defer h.mu.RUnlock()
	id, ok := h.state.domainID[asciiDomain(name)]
	if !ok {
		return Traffic{}, nil
	}
	return h.state.domains[id].traffic(), nil
}

func (d domain) traffic() Traffic {
	return Traffic{Sent: int(d.sent), Heard: int(d.heard), Staff: int(d.staff)}
}
