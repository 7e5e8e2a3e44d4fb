package recipient

import (
	"math"
	"slices"
	"strings"
)

// facts are what the counters say of one recipient of one mail.
type facts struct {
	people          int     // recipients of the mail
	never           bool    // the sender never wrote to it
	heard           bool    // but it wrote to the sender
	days            float64 // since the last contact; 0 when never
	sent            float64 // mails from the sender to it
	weight          float64 // the same, halved every 30 days
	best            float64 // the largest weight among the others
	staff           float64 // colleagues who write to it
	newDomain       bool    // the sender never wrote to the domain
	companyNew      bool    // nobody ever wrote to it
	ownTogether     float64 // share of the others it stood beside in the sender's mail
	companyTogether float64 // the same in anybody's mail
	closeness       float64 // most frequent such company, as a share of its mails
	rival           float64 // how much better another contact of like name fits, log
	rivalName       string
	mentioned       bool // the text names it
	rivalMentioned  bool // the text names the rival
	external        bool
}

// question is one mail that is judged.
type question struct {
	from   uint32
	me     *sender
	to     []uint32
	known  []bool // whether to[i] is an id at all
	names  []string
	minute uint32
	text   map[string]bool
	own    func(domain string) bool
	// best and second are the largest weights among the recipients.
	best, second float64
	bestAt       int
}

// ask prepares a question without changing anything.
func (s *state) ask(from string, to []string, minute uint32, text string, own func(string) bool) *question {
	q := &question{names: to, minute: minute, own: own, to: make([]uint32, len(to)), known: make([]bool, len(to))}
	for i, name := range to {
		q.to[i], q.known[i] = s.lookup(name)
	}
	if id, ok := s.lookup(from); ok {
		q.from, q.me = id, s.senders[id]
	}
	if q.me == nil {
		q.me = &sender{}
	}
	q.bestAt = -1
	for i, id := range q.to {
		w := 0.0
		if q.known[i] {
			w = q.me.contacts[id].weightAt(minute)
		}
		switch {
		case w > q.best:
			q.best, q.second, q.bestAt = w, q.best, i
		case w > q.second:
			q.second = w
		}
	}
	if text != "" {
		q.text = map[string]bool{}
		for _, w := range strings.Fields(strings.ToLower(text)) {
			if len(w) >= 3 && len(q.text) < 5000 {
				q.text[w] = true
			}
		}
	}
	return q
}

func (s *state) lookup(key string) (uint32, bool) {
	id, ok := s.addressID[key]
	return id, ok
}

// of gathers the facts about recipient i.
func (s *state) of(q *question, i int) facts {
	f := facts{people: len(q.to), never: true, companyNew: true, newDomain: true}
	dom := domainOf(q.names[i])
	f.external = !q.own(dom)
	if d, ok := s.domainID[dom]; ok {
		f.newDomain = q.me.domains[d] == 0
	}
	if f.best = q.best; i == q.bestAt {
		f.best = q.second
	}
	if q.known[i] {
		s.acquaintance(q, i, &f)
	}
	s.company(q, i, &f)
	if len(q.to) <= pairCap { // a rival among a crowd says nothing, and costs
		s.rivalOf(q, i, &f)
	}
	f.mentioned = q.mentions(q.names[i])
	return f
}

func (s *state) acquaintance(q *question, i int, f *facts) {
	id := q.to[i]
	a := s.addresses[id]
	f.companyNew = a.sent == 0 && a.heard == 0
	f.staff = float64(a.staff)
	c, ok := q.me.contacts[id]
	if !ok {
		return
	}
	f.never, f.heard = c.sent == 0, c.heard > 0
	f.sent, f.weight = float64(c.sent), c.weightAt(q.minute)
	if c.sent > 0 {
		f.staff--
	}
	if q.minute > c.last {
		f.days = float64(q.minute-c.last) / (24 * 60)
	}
}

// company looks at the others on the mail.
func (s *state) company(q *question, i int, f *facts) {
	if len(q.to) < 2 || !q.known[i] {
		return
	}
	others := 0.0
	for j, o := range q.to {
		if j >= pairCap {
			break
		}
		if j == i {
			continue
		}
		others++
		if !q.known[j] {
			continue
		}
		if n := s.ownPairs[ownPairKey(q.from, q.to[i], o)]; n > 0 {
			f.ownTogether++
			f.closeness = max(f.closeness, float64(n)/(f.sent+1))
		}
		if s.pairs[pairKey(q.to[i], o)] > 0 {
			f.companyTogether++
		}
	}
	if others > 0 {
		f.ownTogether /= others
		f.companyTogether /= others
	}
}

// rivalOf finds the contact with a similar name that fits the mail best.
func (s *state) rivalOf(q *question, i int, f *facts) {
	starts := startsOf(q.names[i])
	mine := s.fit(q, i, q.to[i], q.known[i])
	for id, c := range q.me.contacts {
		if c.sent == 0 || q.known[i] && id == q.to[i] || !alike(starts, s.addresses[id].starts) || slices.Contains(q.to, id) {
			continue
		}
		r := math.Log((s.fit(q, i, id, true) + 0.5) / (mine + 0.5))
		if r > f.rival || r == f.rival && f.rivalName > s.addresses[id].name {
			f.rival, f.rivalName = r, s.addresses[id].name
		}
	}
	if f.rivalName != "" {
		f.rivalMentioned = q.mentions(f.rivalName)
	}
}

// fit is how well a contact goes with the others on the mail, or alone.
func (s *state) fit(q *question, skip int, id uint32, known bool) float64 {
	if !known {
		return 0
	}
	sum := 0.2 * q.me.contacts[id].weightAt(q.minute)
	for j, o := range q.to {
		if j != skip && q.known[j] && j < pairCap {
			sum += float64(s.ownPairs[ownPairKey(q.from, id, o)])
		}
	}
	return sum
}

// mentions tells whether a word of the address's local part stands in the text.
func (q *question) mentions(name string) bool {
	if q.text == nil {
		return false
	}
	for _, w := range localWords(name) {
		if len(w) >= 3 && q.text[w] {
			return true
		}
	}
	return false
}

func localWords(key string) []string {
	local, _, _ := strings.Cut(key, "@")
	return strings.FieldsFunc(local, func(r rune) bool { return r == '.' || r == '_' || r == '-' || r == '+' })
}

// startsOf packs the first three letters of the local part, of its first word
// and of its last one, readings folded; 0 where there are fewer than three.
func startsOf(key string) [3]uint32 {
	local, _, _ := strings.Cut(key, "@")
	words := nameParts(local)
	var out [3]uint32
	out[0] = pack(foldReading(local))
	if len(words) > 0 {
		out[1], out[2] = pack(words[0]), pack(words[len(words)-1])
	}
	return out
}

func pack(s string) uint32 {
	if len(s) < 3 {
		return 0
	}
	return uint32(s[0])<<16 | uint32(s[1])<<8 | uint32(s[2])
}

func alike(a, b [3]uint32) bool {
	for _, x := range a {
		if x != 0 && slices.Contains(b[:], x) {
			return true
		}
	}
	return false
}
