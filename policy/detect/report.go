package detect

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// reporter turns the hits of one part into masked findings; they come ordered by
// start.
type reporter struct {
	x      *exam
	c      *policy.Content
	sealed bool
	// most are told one by one of each type and subtype; some tells that others may
	// be told together.
	most  int
	some  bool
	room  int // for how many findings room is taken with the first
	rows  int // of the table that is told of
	types []telling
	next  uint // where the next hit's is looked for first
	// at is how far characters were counted, in bytes; points is their number.
	at, points, mark int
	place            places
	kind             *kind // of the last key
	name             uint64
}

// tell reports hits with their reasons.
func (w *reporter) tell(hits []hit) {
	for i := range hits {
		if h := &hits[i]; w.one(h) {
			w.x.result.Findings[len(w.x.result.Findings)-1].Reason = w.x.reason(h)
		}
	}
}

// one reports a hit but for the reason; it returns whether it is told by itself, as
// the last finding.
func (w *reporter) one(h *hit) bool {
	if h.kind.silent {
		return false
	}
	t := w.telling(h)
	if t.n >= w.most {
		w.rest(t, h)
		return false
	}
	if t.n++; w.some && h.value != 0 {
		t.seen.note(h.value)
	}
	if w.room > 0 {
		w.x.result.Findings = slices.Grow(w.x.result.Findings, w.room)
		w.room = 0
	}
	w.x.result.Findings = append(w.x.result.Findings, policy.Finding{})
	w.finding(h, &w.x.result.Findings[len(w.x.result.Findings)-1])
	return true
}

// end reports those that are told together, and leaves the room of the types to the next part.
func (w *reporter) end() {
	w.x.types = w.types
	for i := range w.types {
		if t := &w.types[i]; t.more.Count > 0 {
			t.more.Confidence = confidence(t.points)
			t.more.Different = max(1, t.seen.different()-t.told)
			w.x.result.Findings = append(w.x.result.Findings, t.more)
		}
	}
}

// telling counts the findings of one type and subtype; more is what is told of
// those that are too many, points the most that one of them has.
type telling struct {
	kind     *kind
	subtype  string
	business bool
	n        int
	more     policy.Finding
	points   float64
	seen     valueCount // when some are told together
	told     int        // different values of those that are told one by one
}

func (w *reporter) telling(h *hit) *telling {
	n := uint(len(w.types))
	for i := uint(0); i < n; i++ { // a row has as many kinds as the one before
		k := w.next + i
		if k >= n {
			k -= n
		}
		if t := &w.types[k]; t.kind == h.kind && t.business == h.business && t.subtype == h.subtype {
			if w.next = k + 1; w.next == n {
				w.next = 0
			}
			return t
		}
	}
	w.next = 0
	w.types = append(w.types, telling{kind: h.kind, subtype: h.subtype, business: h.business})
	if w.rows > w.most {
		w.types[n].seen.set.expect(min(w.rows, mostExpected))
	}
	return &w.types[n]
}

// mostExpected is for how many values of a type room is made before they are seen.
const mostExpected = 12 << 10

// theRest is said of findings that are told together.
var theRest = policy.Text{JA: "残りをまとめた件数です。", EN: "The rest of its kind, counted."}

// rest adds a hit to those that are told together, at the place of the first.
func (w *reporter) rest(t *telling, h *hit) {
	if t.more.Count == 0 {
		w.finding(h, &t.more)
		t.more.Count, t.more.Key, t.more.Reason = 0, "", theRest
		t.told = t.seen.different()
	}
	t.more.Count++
	if h.value != 0 {
		t.seen.note(h.value)
	}
	t.points = max(t.points, h.points)
}

// finding writes what is told of a hit, but for the reason.
func (w *reporter) finding(h *hit, f *policy.Finding) {
	x := w.x
	if h.start < w.at { // nested: count again from the start
		w.at, w.points = 0, 0
	}
	w.points += countRunes(w.c.Text[w.at:h.start])
	w.at = h.start
	for w.mark+1 < len(w.c.Marks) && w.c.Marks[w.mark+1].Start <= h.start {
		w.mark++
	}
	raw := w.c.Text[h.start:h.end]
	f.Type, f.Subtype, f.Count, f.Confidence = h.kind.name, h.subtype, 1, confidence(h.points)
	f.Unencrypted = !w.sealed
	if h.kind.secret {
		f.Masked = policy.MaskAll(raw)
	} else {
		f.Masked = x.masker.Mask(raw)
	}
	if h.business {
		f.Type, f.Subtype = "business_contact", h.kind.name
	}
	if h.value != 0 {
		if h.kind != w.kind {
			w.kind, w.name = h.kind, maphash.String(x.d.key, h.kind.name)
		}
		f.Key = x.words.hex(combine(w.name, h.value))
	}
	f.Place = policy.Place{Part: w.c.Part, Start: w.points, End: w.points + countRunes(raw), Where: w.place.where(w.c, h, w.mark, &x.words)}
}

// follows has a one in each byte of x that goes on with a character: 10......
func follows(x uint64) uint64 { return x >> 7 &^ (x >> 6) & ones }

// countRunes counts the characters of valid UTF-8. Half of what it is to tell a finding
// in a long text was counting up to its place, so that there is a kernel for it.
func countRunes(s string) int {
	read, more := followers(s)
	return read - more + countRunesGo(s[read:])
}

// countRunesGo is countRunes by eight bytes at a time; it adds up eight sums at once,
// each of which has room for 255 steps.
func countRunesGo(s string) int {
	n := len(s)
	for len(s) >= 8 {
		sums, steps := uint64(0), 255
		for ; len(s) >= 32 && steps >= 4; steps -= 4 {
			sums += follows(load(s)) + follows(load(s[8:])) + follows(load(s[16:])) + follows(load(s[24:]))
			s = s[32:]
		}
		for ; len(s) >= 8 && steps > 0; steps-- {
			sums += follows(load(s))
			s = s[8:]
		}
		const pairs = 0x00ff00ff00ff00ff
		n -= int((sums&pairs + sums>>8&pairs) * 0x0001000100010001 >> 48)
	}
	for i := range len(s) {
		n -= b2i(int8(s[i]) < -64)
	}
	return n
}

// phrases writes many short texts into a few large pieces of memory.
type phrases struct{ b strings.Builder }

// phraseRoom is how much room is taken at a time, in bytes, at first and at most.
const (
	phraseRoomFirst = 128
	phraseRoom      = 8 << 10
)

// put keeps a copy of a short text.
func (p *phrases) put(s []byte) string {
	from := p.make(len(s))
	p.b.Write(s)
	return p.b.String()[from:]
}

// join keeps two short texts as one.
func (p *phrases) join(a, b string) string {
	from := p.make(len(a) + len(b))
	p.b.WriteString(a)
	p.b.WriteString(b)
	return p.b.String()[from:]
}

// make takes room for n bytes and tells where they begin.
func (p *phrases) make(n int) int {
	if p.b.Cap()-p.b.Len() < n {
		room := min(max(4*p.b.Cap(), phraseRoomFirst), phraseRoom)
		p.b = strings.Builder{}
		p.b.Grow(room + n)
	}
	return p.b.Len()
}

// hex writes a number with sixteen digits in base 16.
func (p *phrases) hex(n uint64) string {
	var b [16]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = "0123456789abcdef"[n&15]
		n >>= 4
	}
	return p.put(b[:])
}
