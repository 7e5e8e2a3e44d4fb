package recipient

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// ErrHistoryClosed is returned by everything that asks a history after Close,
// or one that is not there.
var ErrHistoryClosed = errors.New("recipient: the history is not available")

// Direction tells who a mail was for.
type Direction string

// Directions.
const (
	// Outgoing is mail that one of us sent; the zero value means the same.
	Outgoing Direction = "out"
	// Incoming is mail that an outsider sent to us, learned for its sender and
	// its thread.
	Incoming Direction = "in"
)

// Mail is what a history learns from: the outside of a mail that was really
// released or received.
type Mail struct {
	Date time.Time
	From email.Address
	// To, Cc and Bcc are those who got it; where the fields are not known, all
	// of them stand in To.
	To, Cc, Bcc []email.Address
	MessageID   string
	// References are the ids of In-Reply-To and References: who gets this mail
	// joins those threads.
	References []string
	Direction  Direction
}

// Recipients lists To, Cc and Bcc without repetitions.
func (m Mail) Recipients() []email.Address {
	out := make([]email.Address, 0, len(m.To)+len(m.Cc)+len(m.Bcc))
	seen := make(map[string]bool, cap(out))
	for _, list := range [][]email.Address{m.To, m.Cc, m.Bcc} {
		for _, a := range list {
			if k := a.Key(); k != "" && !seen[k] {
				seen[k] = true
				out = append(out, a)
			}
		}
	}
	return out
}

// Bounds of what is remembered.
const (
	pairCap      = 40  // recipients of one mail whose pairs are counted
	threadPeople = 500 // participants kept per Message-ID
	threadDays   = 90
	learnedDays  = 14
	newcomerMail = 20 // mails sent below which the company's view stands in
	halfLife     = 30.0
	lineCap      = 2000 // recipients taken from one mail
)

// History is the memory of who writes to whom: counters only, no content. It is
// safe for concurrent use. Learn must be called only for mail that was really
// released; held, refused and cancelled mail teaches nothing.
type History struct {
	mu     sync.RWMutex
	state  state
	near   neighbours
	store  *store           // nil for a history in memory only
	now    func() time.Time // nil: dates are believed
	closed bool
}

// state is everything that is kept, and what a snapshot writes.
type state struct {
	imported    bool
	first, last uint32 // days (since 1970) of the first and last mail learned live
	addresses   []address
	addressID   map[string]uint32
	domains     []domain
	domainID    map[string]uint32
	senders     map[uint32]*sender
	pairs       map[uint64]uint16 // two recipients, company-wide
	ownPairs    map[uint64]uint16 // sender and two recipients
	threads     map[uint64]thread
	swept       uint32 // newest day seen; old threads were dropped then
}

type address struct {
	name   string
	domain uint32
	staff  uint32 // how many of us wrote to it
	sent   uint32
	heard  uint32 // mails it sent to us
	last   uint32
	starts [3]uint32 // of local part, first and last word of it
}

type domain struct {
	name  string
	staff uint32
	sent  uint32
	heard uint32
	first uint32 // day on which it was new
}

type sender struct {
	sent     uint32
	contacts map[uint32]contact
	domains  map[uint32]uint32
}

type contact struct {
	sent   uint32
	heard  uint32
	weight float32 // of mails sent, halved every 30 days, as of last
	last   uint32  // minutes since 1970, in either direction
}

type thread struct {
	day    uint32
	people []uint32
}

func newState() state {
	return state{addressID: map[string]uint32{}, domainID: map[string]uint32{}, senders: map[uint32]*sender{},
		pairs: map[uint64]uint16{}, ownPairs: map[uint64]uint16{}, threads: map[uint64]thread{}}
}

// NewHistory makes an empty history in memory.
func NewHistory() *History { return &History{state: newState()} }

// Learn takes released or received mails into account. With a store, the error
// says that they could not be written down; they are then counted all the same
// until the next start.
func (h *History) Learn(mails ...Mail) error { return h.learn(mails, false) }

// LearnImported is Learn for mail of the past: once called, the history counts
// as filled and the 14 days of silence end.
func (h *History) LearnImported(mails ...Mail) error { return h.learn(mails, true) }

func (h *History) learn(mails []Mail, imported bool) error {
	if h == nil {
		return ErrHistoryClosed
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return ErrHistoryClosed
	}
	entries := make([]entry, len(mails))
	for i, m := range mails {
		if h.now != nil {
			if now := h.now(); m.Date.After(now) {
				m.Date = now
			}
		}
		entries[i] = entryOf(m, imported)
		h.state.apply(entries[i])
	}
	if h.store == nil || len(mails) == 0 {
		return nil
	}
	return h.store.append(entries)
}

// entry is a Mail as the log keeps it: address keys, hashed Message-IDs.
type entry struct {
	minute   uint32
	incoming bool
	imported bool
	from     string
	to       []string
	id       uint64
	refs     []uint64
}

func entryOf(m Mail, imported bool) entry {
	e := entry{minute: minuteOf(m.Date), incoming: m.Direction == Incoming, imported: imported, from: m.From.Key()}
	for _, a := range m.Recipients() {
		if len(e.to) == lineCap {
			break
		}
		e.to = append(e.to, a.Key())
	}
	e.id = hashID(m.MessageID)
	for _, r := range m.References {
		if id := hashID(r); id != 0 && len(e.refs) < 64 {
			e.refs = append(e.refs, id)
		}
	}
	return e
}

// apply is the one place that changes the counters; a replay of the log runs
// through it too.
func (s *state) apply(e entry) {
	day := e.minute / (24 * 60)
	if e.imported {
		s.imported = true
	} else {
		if s.first == 0 || day < s.first {
			s.first = day
		}
		s.last = max(s.last, day)
	}
	if day > s.swept {
		s.swept = day
		s.forget(day)
	}
	people := make([]uint32, 0, len(e.to)+1)
	if e.from != "" {
		people = append(people, s.address(e.from, day))
	}
	for _, a := range e.to {
		people = append(people, s.address(a, day))
	}
	if e.from != "" {
		if e.incoming {
			s.hear(people[0], people[1:], e.minute)
		} else {
			s.send(people[0], people[1:], e.minute)
		}
	}
	s.remember(e, people, day)
}

func (s *state) send(from uint32, to []uint32, minute uint32) {
	me := s.sender(from)
	me.sent++
	for _, id := range to {
		a := &s.addresses[id]
		d := &s.domains[a.domain]
		c := me.contacts[id]
		if c.sent == 0 {
			a.staff++
		}
		if me.domains[a.domain] == 0 {
			d.staff++
		}
		me.domains[a.domain]++
		a.sent++
		d.sent++
		a.last = max(a.last, minute)
		c.weight = float32(c.weightAt(minute)) + 1
		c.sent++
		c.last = max(c.last, minute)
		me.contacts[id] = c
	}
	for i := range min(len(to), pairCap) {
		for j := range i {
			count(s.pairs, pairKey(to[i], to[j]))
			count(s.ownPairs, ownPairKey(from, to[i], to[j]))
		}
	}
}

func (s *state) hear(from uint32, to []uint32, minute uint32) {
	a := &s.addresses[from]
	a.heard++
	a.last = max(a.last, minute)
	s.domains[a.domain].heard++
	for _, id := range to {
		me := s.sender(id)
		c := me.contacts[from]
		c.weight = float32(c.weightAt(minute))
		c.heard++
		c.last = max(c.last, minute)
		me.contacts[from] = c
	}
}

// remember keeps who took part in a mail, so that an answer to it is known. Who
// joins later joins the earlier mails of the thread too.
func (s *state) remember(e entry, people []uint32, day uint32) {
	if day+threadDays < s.swept {
		return
	}
	if e.id != 0 {
		s.threads[e.id] = s.threads[e.id].join(people, day)
	}
	for _, ref := range e.refs {
		if t, ok := s.threads[ref]; ok {
			s.threads[ref] = t.join(people, day)
		}
	}
}

// join adds people: relays hand over one copy of a mail per recipient.
func (t thread) join(people []uint32, day uint32) thread {
	t.day = max(t.day, day)
	for _, p := range people {
		if len(t.people) < threadPeople && !slices.Contains(t.people, p) {
			t.people = append(t.people, p)
		}
	}
	return t
}

// forget drops threads that are older than 90 days.
func (s *state) forget(today uint32) {
	for id, t := range s.threads {
		if t.day+threadDays < today {
			delete(s.threads, id)
		}
	}
}

func (s *state) address(key string, day uint32) uint32 {
	if id, ok := s.addressID[key]; ok {
		return id
	}
	key = strings.Clone(key)
	id := uint32(len(s.addresses))
	s.addresses = append(s.addresses, address{name: key, domain: s.domain(domainOf(key), day), starts: startsOf(key)})
	s.addressID[key] = id
	return id
}

func (s *state) domain(name string, day uint32) uint32 {
	if id, ok := s.domainID[name]; ok {
		return id
	}
	id := uint32(len(s.domains))
	s.domains = append(s.domains, domain{name: strings.Clone(name), first: day})
	s.domainID[s.domains[id].name] = id
	return id
}

func (s *state) sender(id uint32) *sender {
	me := s.senders[id]
	if me == nil {
		me = &sender{contacts: map[uint32]contact{}, domains: map[uint32]uint32{}}
		s.senders[id] = me
	}
	return me
}

func (c contact) weightAt(minute uint32) float64 {
	if minute <= c.last {
		return float64(c.weight)
	}
	days := float64(minute-c.last) / (24 * 60)
	return float64(c.weight) * math.Exp2(-days/halfLife)
}

func count(m map[uint64]uint16, key uint64) {
	if n := m[key]; n < math.MaxUint16 {
		m[key] = n + 1
	}
}

func pairKey(a, b uint32) uint64 {
	if a > b {
		a, b = b, a
	}
	return uint64(a)<<32 | uint64(b)
}

// ownPairKey mixes three ids into 64 bits (the finaliser of SplitMix64); a
// collision costs one wrong count.
func ownPairKey(from, a, b uint32) uint64 {
	x := pairKey(a, b) + (uint64(from)+1)*0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// hashID is 0 for no id. Ids are compared without brackets and blanks.
func hashID(id string) uint64 {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if id == "" {
		return 0
	}
	sum := sha256.Sum256([]byte(id))
	return max(1, binary.BigEndian.Uint64(sum[:8]))
}

func domainOf(key string) string {
	return asciiDomain(key[strings.LastIndexByte(key, '@')+1:])
}

// minuteOf counts minutes since 1970; dates outside 1970 to 2106 are cut.
func minuteOf(t time.Time) uint32 {
	m := t.Unix() / 60
	return uint32(min(max(m, 0), math.MaxUint32/2))
}
