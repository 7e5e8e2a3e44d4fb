package detect

import (
	"math/bits"
	"slices"
	"strings"
)

// A word of eight bytes, the first one highest, that begins with two characters
// of three bytes: the marks of UTF-8, and the bits of the two numbers.
const (
	leadMask, leadMarks = 0xf00000f0_00000000, 0xe00000e0_00000000
	lowBits             = 0x00003f00_003f0000
	midBits             = 0x000fc000_0fc00000
	topBits             = 0x00f00000_f0000000
)

// wide goes over kana, kanji and Hangul from i on, two characters at a time, and
// looks at what waits for each other. That is noted first and looked at later, in
// steps that drop most of it: a branch at each of them would cost more, as
// nobody can foresee it, than everything else here.
func (p *pass) wide(i int) int {
	class := &p.g.class
	prev := charStop << awaits
	s := p.s[i:]
	n := 0 // stops noted
	for len(s) >= 8 {
		x := bits.ReverseBytes64(load(s))
		if x&leadMask != leadMarks {
			break
		}
		x = x&lowBits | x>>2&midBits | x>>4&topBits // each number in the middle of its 24 bits
		a, b := class[uint16(x>>40)], class[uint16(x>>16)]
		if (a|b)&charOther != 0 {
			break
		}
		n = p.note(n, len(s), prev>>awaits&a, a>>awaits&b)
		prev = b
		s = s[6:]
		if n >= stopRoom-2 {
			p.stopped(n)
			n = 0
		}
	}
	for len(s) >= 3 && isWide(s[0]) { // the last ones
		k := class[charIndex(s[0], s[1], s[2])]
		n = p.note(n, len(s), prev>>awaits&k, 0)
		prev = k
		s = s[3:]
	}
	p.stopped(n)
	i = len(p.s) - len(s)
	if len(s) == 0 {
		return i
	}
	switch c := s[0]; {
	case c == ' ':
		if len(s) > 1 && s[1] >= 0xe3 && i >= p.start+3 && p.g.d.dict.family.mayEnd(wide(p.s, i-3)) {
			p.spaced(i)
		}
	case c == '(' || strings.HasPrefix(s, "（"):
		p.prose(i)
	case isWide(c): // the text breaks off
		return len(p.s)
	}
	return i
}

// two are the classes of the two characters of three bytes that x begins with.
func (g *gate) two(x uint64) (a, b charClass) {
	x = bits.ReverseBytes64(x)
	x = x&lowBits | x>>2&midBits | x>>4&topBits
	return g.class[uint16(x>>40)], g.class[uint16(x>>16)]
}

// isWide tells the first byte of kana, kanji and Hangul.
func isWide(c byte) bool { return c-0xe3 <= 0xed-0xe3 }

// stopRoom is how many stops are noted before they are looked at.
const stopRoom = 256

// stops are places at which the pass looks closer: how many bytes before the end
// of the text, and in the lower half what was hit there and in the next character.
type stops [2 * stopRoom]uint64

// add puts a stop behind the first n when yes is 1, and returns how many there
// are; when it is 0 the place stays free. There is no branch in it.
func (t *stops) add(n int, stop uint64, yes int) int {
	t[n&(len(t)-1)] = stop
	return n + yes
}

// note keeps in mind that so many bytes before the end of the text a character
// stands that is hit of what is waited for, or that the one behind it is next.
func (p *pass) note(n, left int, hit, next charClass) int {
	both := uint64(next<<awaits | hit)
	return p.noted.add(n, uint64(left)<<(2*awaits)|both, int((both+1<<(2*awaits)-1)>>(2*awaits)))
}

// otherHits are what may be hit besides keywords of one character and particles.
const otherHits = charSpace | allGroups

// either is 1 when one of the bits, all in the lower half, is set.
func either(hit charClass) int { return int((hit + 1<<awaits - 1) >> awaits) }

// stopped looks at the first n stops: it deals them out by what was hit, so that
// each sort is looked at by itself.
func (p *pass) stopped(n int) {
	s, places := p.s, len(p.places)
	words, names, others := 0, 0, 0
	for _, stop := range p.noted[:n] {
		i, hit, next := uint64(len(s))-stop>>(2*awaits), charClass(stop), charClass(stop)>>awaits
		words = p.words.add(words, i, int(hit&charStop))
		words = p.words.add(words, i+3, int(next&charStop))
		names = p.ends.add(names, i, int(hit&charParticle/charParticle))
		names = p.ends.add(names, i+3, int(next&charParticle/charParticle))
		others = p.others.add(others, i<<awaits|uint64(hit&otherHits), either(hit&otherHits))
		others = p.others.add(others, (i+3)<<awaits|uint64(next&otherHits), either(next&otherHits))
	}
	for _, i := range p.words[:words] {
		p.keywords(p.g.lists[*p.g.pair(0, lexKey(s, int(i)))], int(i))
	}
	p.names(p.ends[:names])
	for _, stop := range p.others[:others] {
		p.stop(int(stop>>awaits), charClass(stop)&otherHits)
	}
	byPlace := func(a, b namePlace) int { return int(a.at - b.at) }
	if now := p.places[places:]; len(now) > 1 && !slices.IsSortedFunc(now, byPlace) {
		slices.SortFunc(now, byPlace)
	}
}

// names looks at particles behind what may end a given name: three kanji before
// one may be a name.
func (p *pass) names(ends []uint64) {
	s, n := p.s, 0
	for _, at := range ends {
		i := int(at)
		a, b := charClass(0), charClass(0)
		if i >= p.start+9 {
			a, b = p.g.two(load(s[i-9:]))
		}
		ends[n] = at
		n += int(a & b & charKanji / charKanji)
	}
	for _, i := range ends[:n] {
		p.prose(int(i))
	}
}

// stop looks at what stopped the pass at the character at i besides.
func (p *pass) stop(i int, hit charClass) {
	s := p.s
	if hit&charSpace != 0 && i+5 < len(s) && isWide(s[i+3]) && p.g.d.dict.given.mayBegin(wide(s, i+3)) {
		p.spaced(i)
	}
	if hit&(allGroups&^digitGroup) != 0 {
		if n := *p.g.pair(lexKey(s, i-3), lexKey(s, i)); n != 0 {
			p.keywords(p.g.lists[n], i-3)
		}
	}
	if hit&digitGroup != 0 && p.flags&lineHot == 0 {
		if _, n := kanjiNumber(s[i-3 : min(len(s), i+120)]); n >= 7 {
			p.flags |= lineHot
		}
	}
}
