package detect

import (
	_ "embed"
	"slices"
	"strings"
	"unicode/utf8"
)

// What the rules of standing leave private is asked about once more: not by a rule for
// another way of writing, of which every new author brings some, but by how much all that
// stands around it looks like what stands around the contacts of people at work in some
// thousand documents, against private people's there. It is a logistic regression; TestStandingModel tells
// how it is learned.

// standingData holds the weights, one for each number of a trait, in sixteenths of the
// logarithm of the odds that a value is a private person's, and behind them a hash that
// TestStandingTraits compares.
//
//go:embed data/standing.bin
var standingData string

const (
	// traitBits is how many bits the number of a trait has; those that share one share its weight.
	traitBits = 15
	// surelyWork is the score up to which a value counts as that of a contact at work.
	surelyWork = -16
	// surelyWorkLatin is the same for a name in Latin letters, of which few were there to learn from.
	surelyWorkLatin = -40
	// besideRunes is how much of a line is looked at on each side of a value, in characters,
	// besideBytes how much is read for it.
	besideRunes = 16
	besideBytes = 160
	// tellingRunes is how long a text must be, in characters: a shorter one says too little of what
	// it is about.
	tellingRunes = 48
)

// likeWork makes business of the names and telephone numbers that are
// still undecided and look like those of people at work; of a name that stands
// at several places the most private one decides.
func (s *standing) likeWork() {
	var indexes [mostNamed]int
	asked := indexes[:0]
	for i := range s.hits {
		if s.mayAsk(&s.hits[i]) {
			asked = append(asked, i)
		}
	}
	if len(asked) == 0 || utf8.RuneCountInString(s.text) < tellingRunes {
		return
	}
	var room [128]uint16
	most := map[string]int{}
	for _, i := range asked {
		sum := 0
		for _, n := range s.traits(i, room[:0]) {
			sum += int(int8(standingData[n]))
		}
		if was, ok := most[s.hits[i].norm]; !ok || was < sum {
			most[s.hits[i].norm] = sum
		}
	}
	for _, i := range asked {
		h, limit := &s.hits[i], surelyWork
		if h.kind == personName && s.text[h.start] < utf8.RuneSelf {
			limit = surelyWorkLatin
		}
		if most[h.norm] <= limit {
			h.business = true
			h.why |= whyWork
		}
	}
}

// mayAsk tells a hit about which the model may be asked: none of the organisation's own lists, no
// telephone of somebody's father, and no mail address, since too few were there to learn from.
func (s *standing) mayAsk(h *hit) bool {
	if !undecided(h) || h.why&whyListed != 0 {
		return false
	}
	return h.kind == personName || h.kind == phone && !ofKin(s.leftOf(h, &s.lines[s.line(h.start)]))
}

// traitList collects the numbers of the traits of one value.
type traitList struct {
	kind byte // of the value
	list []uint16
}

// add notes a trait: a group and what it is in it.
func (t *traitList) add(group byte, what string) {
	h := uint32(2166136261)
	for _, c := range [...]byte{t.kind, group} {
		h = (h ^ uint32(c)) * 16777619
	}
	for i := range len(what) {
		h = (h ^ uint32(what[i])) * 16777619
	}
	t.list = append(t.list, uint16((h^h>>15)*0x2c1b3c6d>>(32-traitBits)))
}

// count notes a trait that is a small number.
func (t *traitList) count(group byte, n int) { t.add(group, string([]byte{byte(n)})) }

// traits appends the numbers of the traits of hit i to room, each once.
func (s *standing) traits(i int, room []uint16) []uint16 {
	h := &s.hits[i]
	n := s.line(h.start)
	t := traitList{kind: traitKind(h), list: room}
	if t.kind|0x20 == 'n' {
		t.kind = 'N'
	}
	t.count('k', int(traitKind(h)))
	t.wording(s, i, n)
	t.others(s, i, n)
	t.position(s, h, n)
	t.told(s, h, n)
	slices.Sort(t.list)
	return slices.Compact(t.list)
}

// traitKind is a letter for what a hit is.
func traitKind(h *hit) byte {
	switch h.kind {
	case personName:
		if h.subtype == "surname" {
			return 'n'
		}
		return 'N'
	case phone:
		switch h.subtype {
		case "mobile":
			return 'M'
		case "fixed", "":
			return 'F'
		}
		return 'T'
	case mailAddress:
		if privateMailbox(h.norm) {
			return 'P'
		}
		return 'E'
	case address:
		return 'A'
	case postalCode:
		return 'Z'
	case birthDate:
		return 'B'
	case specialCare:
		return 'C'
	case salary:
		return 'S'
	}
	return 'I'
}

// wording notes what stands on both sides of a hit in its line: the last and the
// first characters, pairs of characters.
func (t *traitList) wording(s *standing, i, n int) {
	h, l := &s.hits[i], &s.lines[n]
	left, right := s.masked(i, max(l.start, h.start-besideBytes), h.start), s.masked(i, h.end, max(h.end, min(l.end, h.end+besideBytes)))
	called := strings.TrimLeft(right, " ")
	k := anyPrefix(called, traitCalls)
	t.add('h', called[:k])
	if t.kind == 'N' {
		right = called[k:]
	}
	before, behind := []rune(left), []rune(right)
	before, behind = before[max(0, len(before)-besideRunes):], behind[:min(len(behind), besideRunes)]
	for k := 1; k <= 4; k++ {
		if k <= len(before) {
			t.add('l', string(before[len(before)-k:]))
		} else {
			t.add('l', "^"+string(before))
		}
		if k <= len(behind) {
			t.add('r', string(behind[:k]))
		} else {
			t.add('r', string(behind)+"$")
		}
	}
	for k := range max(0, len(before)-1) {
		t.add('L', string(before[k:k+2]))
	}
	for k := range max(0, len(behind)-1) {
		t.add('R', string(behind[k:k+2]))
	}
}

// traitCalls are what somebody is called right behind the name, and how somebody introduces himself.
var traitCalls = []string{"様", "さま", "さん", "先生", "氏", "殿", "君", "くん", "ちゃん", "部長", "課長", "係長", "主任", "社長", "店長", "所長", "です", "と申します", "の"}

// masked is the text from..to folded, in lower case, with every digit as 0 and the other
// hits as the capital letter of what they are.
func (s *standing) masked(i, from, to int) string {
	for from < to && !utf8.RuneStart(s.text[from]) {
		from++
	}
	for to < len(s.text) && from < to && !utf8.RuneStart(s.text[to]) {
		to--
	}
	var b strings.Builder
	at := from
	first := i
	for first > 0 && s.hits[first-1].end > from {
		first--
	}
	for k := first; k < len(s.hits) && s.hits[k].start < to; k++ {
		if h := &s.hits[k]; k != i && h.start >= at && h.end <= to && !h.kind.silent {
			b.WriteString(plainTrait(s.text[at:h.start]))
			b.WriteByte(traitKind(h) &^ 0x20)
			at = h.end
		}
	}
	b.WriteString(plainTrait(s.text[at:to]))
	return b.String()
}

func plainTrait(t string) string {
	return strings.Map(func(r rune) rune {
		if r >= '1' && r <= '9' {
			return '0'
		}
		return r
	}, lower(foldCell(t)))
}

// others notes what else stands in the line, in the paragraph and elsewhere in the text; what
// is business or in a table does in its line only, since not all of it is looked for elsewhere.
func (t *traitList) others(s *standing, i, n int) {
	l := &s.lines[n]
	names, all := 0, 0
	for k := range s.hits {
		o := &s.hits[k]
		here := o.start >= l.start && o.start <= l.end
		if o.kind.silent || o.kind == memberID || (o.business || o.in.table >= 0) && !here {
			continue
		}
		all++
		names += b2i(o.kind == personName)
		if k == i {
			continue
		}
		group := byte('d')
		switch {
		case here:
			group = 's'
		case s.lines[s.line(o.start)].block == l.block:
			group = 'p'
		}
		t.count(group, int(traitKind(o)&^0x20))
	}
	t.count('n', min(4, names))
	t.count('a', b2i(all == 1))
}

// position notes where in the text the line stands, and its shape.
func (t *traitList) position(s *standing, h *hit, n int) {
	written := func(k int) int { return b2i(strings.TrimSpace(s.lines[k].low) != "") }
	above, below := 0, 0
	for k := n - 1; k >= 0 && above < 3; k-- {
		above += written(k)
	}
	for k := n + 1; k < len(s.lines) && below < 3; k++ {
		below += written(k)
	}
	l := &s.lines[n]
	size := utf8.RuneCountInString(strings.TrimSpace(s.text[l.start:l.end]))
	t.count('u', above)
	t.count('v', below)
	t.count('w', min(4, size/12))
	t.count('t', min(5, len(s.text)/200))
	t.count('.', b2i(strings.Contains(l.low, "。")))
	t.count('j', b2i(size-utf8.RuneCountInString(s.text[h.start:h.end]) < 6))
}

// told notes what the words of the line, the paragraph and the text tell, and what the
// detector knows of the value.
func (t *traitList) told(s *standing, h *hit, n int) {
	l := &s.lines[n]
	b := s.blocks[l.block]
	private := int8(0) // of the whole text
	for _, b := range s.blocks {
		private = max(private, b.private)
	}
	t.count('A', int(l.private))
	t.count('B', int(l.work))
	t.count('C', int(l.private*8+l.work))
	t.count('D', int(b.private))
	t.count('E', int(b.work))
	t.count('F', int(private))
	if h.in.label != "" {
		t.add('I', h.in.label)
	}
	t.count('J', int(h.why&(whyHonorific|whyRecord)>>6))
	t.count('K', b2i(h.why&whyLabel != 0))
	t.count('M', b2i(h.why&whyProse != 0))
}
