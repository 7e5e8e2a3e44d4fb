package proxy

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// Tripped is an account, or an address that accounts log in from, that is past a
// limit of the breaker.
type Tripped struct {
	// Account is who has logged in, else the envelope's sender; or the address.
	Account string
	// Address tells that it is a client's address ("from 192.0.2.0/32").
	Address bool
	// Limit is recipients, new_recipients or same_content; Count how much of it
	// there was within an hour, Allowed how much there may be.
	Limit          string
	Count, Allowed int
	// Since is when it went past the limit.
	Since time.Time
	// Enforced tells that its mail is parked; else it is only told.
	Enforced bool
	// Told is set by TellTripped.
	Told bool
}

const addressLead = "from "

// Tripped lists the accounts that are past a limit now, the latest first.
func (s *Server) Tripped() []Tripped {
	b := &s.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Tripped
	now := b.now()
	for name, t := range b.tallies {
		if !t.tripped || now.Sub(t.seen) > time.Hour {
			continue
		}
		out = append(out, Tripped{Account: strings.TrimPrefix(name, addressLead), Address: strings.HasPrefix(name, addressLead),
			Limit: t.what, Count: t.count, Allowed: t.limit, Since: t.since, Enforced: b.o.Mode == BreakerEnforce, Told: t.told})
	}
	slices.SortFunc(out, func(a, b Tripped) int { return b.Since.Compare(a.Since) })
	return out
}

// TellTripped notes that the administrator was told of an account, as Tripped
// names it; until it is well again it stays told, over a restart too.
func (s *Server) TellTripped(t Tripped) {
	name := t.Account
	if t.Address {
		name = addressLead + name
	}
	s.breaker.mu.Lock()
	defer s.breaker.mu.Unlock()
	if found := s.breaker.tallies[name]; found != nil && found.since.Equal(t.Since) {
		found.told = true
	}
}

// Forgive gives an account its quota of held mail back, since what was held is
// decided; with counts, it begins anew with its limits too.
func (s *Server) Forgive(account string, counts bool) {
	b := &s.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	t := b.tallies[strings.ToLower(account)]
	if t == nil {
		return
	}
	t.hours = [24]hour{}
	if counts {
		t.minutes, t.same, t.tripped = [60]minute{}, sameness{}, false
	}
}

// breakerState is what a restart must not forget.
type breakerState struct {
	At       time.Time               `json:"at"`
	Accounts map[string]accountState `json:"accounts"`
}

// accountState is one tally without its empty places.
type accountState struct {
	Minutes [][3]int64     `json:"m,omitempty"` // minute, recipients, new ones
	Hours   [][2]int64     `json:"h,omitempty"` // hour, octets held
	Same    map[uint64]int `json:"s,omitempty"` // in the hour SameAt
	SameAt  int64          `json:"sa,omitempty"`
	Before  map[uint64]int `json:"sb,omitempty"` // in the hour before it
	Leader  uint64         `json:"sl,omitempty"`
	Seen    time.Time      `json:"seen"`
	Since   time.Time      `json:"since,omitzero"` // tripped, when set
	What    string         `json:"what,omitempty"`
	Count   int            `json:"count,omitempty"`
	Limit   int            `json:"limit,omitempty"`
	Told    bool           `json:"told,omitempty"`
}

// SaveBreaker is the breaker's counts as of now, for LoadBreaker after a restart.
// They name accounts: whoever keeps them keeps them sealed.
func (s *Server) SaveBreaker() ([]byte, error) {
	b := &s.breaker
	b.mu.Lock()
	now := b.now()
	st := breakerState{At: now, Accounts: map[string]accountState{}}
	for name, t := range b.tallies {
		if a, worth := t.state(now); worth {
			st.Accounts[name] = a
		}
	}
	b.mu.Unlock()
	out, err := json.Marshal(st)
	if err != nil {
		return nil, fmt.Errorf("encode breaker: %w", err)
	}
	return out, nil
}

// state is what of the tally still counts at now.
func (t *tally) state(now time.Time) (a accountState, worth bool) {
	a.Seen = t.seen
	for _, m := range t.minutes {
		if now.Unix()/60-m.at < 60 && m.recipients > 0 {
			a.Minutes = append(a.Minutes, [3]int64{m.at, int64(m.recipients), int64(m.fresh)})
		}
	}
	for _, h := range t.hours {
		if now.Unix()/3600-h.at < 24 && h.held > 0 {
			a.Hours = append(a.Hours, [2]int64{h.at, h.held})
		}
	}
	if t.same.turn(now) {
		a.SameAt, a.Same, a.Before, a.Leader = t.same.hour, repeated(t.same.here), repeated(t.same.before), t.same.leader
	}
	if t.tripped {
		a.Since, a.What, a.Count, a.Limit, a.Told = t.since, t.what, t.count, t.limit, t.told
	}
	return a, len(a.Minutes) > 0 || len(a.Hours) > 0 || t.tripped
}

// LoadBreaker takes counts over that SaveBreaker gave, before anything is served,
// and returns as of when they are: what happened since comes by ReplayBreaker.
func (s *Server) LoadBreaker(saved []byte) (time.Time, error) {
	var st breakerState
	if err := json.Unmarshal(saved, &st); err != nil {
		return time.Time{}, fmt.Errorf("decode breaker: %w", err)
	}
	b := &s.breaker
	b.mu.Lock()
	defer b.mu.Unlock()
	for name, a := range st.Accounts {
		t := b.tally(name, a.Seen)
		for _, m := range a.Minutes {
			if m[0] >= 0 {
				t.minutes[m[0]%60] = minute{at: m[0], recipients: int(m[1]), fresh: int(m[2])}
			}
		}
		for _, h := range a.Hours {
			if h[0] >= 0 {
				t.hours[h[0]%24] = hour{at: h[0], held: h[1]}
			}
		}
		t.same = sameness{hour: a.SameAt, here: a.Same, before: a.Before, leader: a.Leader}
		t.tripped, t.since, t.what, t.count, t.limit, t.told = !a.Since.IsZero(), a.Since, a.What, a.Count, a.Limit, a.Told
	}
	return st.At, nil
}

// ReplayBreaker counts a mail that the journal has of the time after LoadBreaker's
// answer. Lines without facts say nothing; a mail with two lines that have them
// is given once.
func (s *Server) ReplayBreaker(r policy.Record) {
	if r.Facts == nil || r.Direction != "out" {
		return
	}
	env := r.Facts.Envelope
	s.breaker.lookAt(env, r.Facts, r.Time)
	if r.Stage == "held" {
		s.breaker.hold(env, r.Size, 0, r.Time)
	}
}
