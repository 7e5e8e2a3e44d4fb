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

// wide goes over kana, kanji and Hangul from i on, four characters at a time, and
// looks at what waits for each other. That is noted first and looked at later, sort
// by sort: a branch at each of them would cost more, as nobody can foresee it, than
// everything else here.
func (p *pass) wide(i int) int {
	class := &p.g.class
	prev := uint64(charAny)
	s := p.s[i:]
	n := 0 // stops noted
	for len(s) >= 16 {
		x, y := bits.ReverseBytes64(load(s)), bits.ReverseBytes64(load(s[6:]))
		if ((x^leadMarks)|(y^leadMarks))&leadMask != 0 {
			break
		}
		i, k := wideNumbers(x)
		a, b := uint64(class[i]), uint64(class[k])
		i, k = wideNumbers(y)
		c, d := uint64(class[i]), uint64(class[k])
		if (a|b|c|d)&uint64(charOther) != 0 {
			break
		}
		hits := (prev>>awaits&a | a>>awaits&b<<16 | b>>awaits&c<<32 | c>>awaits&d<<48) & hitBits
		p.noted[n&(stopRoom-1)] = noted{hits, len(s)}
		n += int((hits + 1<<62 - 1) >> 62)
		prev = d
		s = s[12:]
		if n >= stopRoom-4 {
			p.stopped(n)
			n = 0
		}
	}
	for len(s) >= 3 && isWide(s[0]) { // the last ones
		k := uint64(class[charIndex(s[0], s[1], s[2])])
		if hits := prev >> awaits & k & hitBits; hits != 0 {
			p.noted[n&(stopRoom-1)] = noted{hits, len(s)}
			n++
		}
		prev = k
		s = s[3:]
		if n >= stopRoom-4 {
			p.stopped(n)
			n = 0
		}
	}
	if n > 0 {
		p.stopped(n)
	}
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

// wideNumbers are the numbers of the two characters of three bytes that x begins
// with, the first byte highest.
func wideNumbers(x uint64) (uint16, uint16) {
	x = x&lowBits | x>>2&midBits | x>>4&topBits // each number in the middle of its 24 bits
	return uint16(x >> 40), uint16(x >> 16)
}

// two are the classes of the two characters of three bytes that x begins with.
func (g *gate) two(x uint64) (a, b charClass) {
	i, k := wideNumbers(bits.ReverseBytes64(x))
	return g.class[i], g.class[k]
}

// isWide tells the first byte of kana, kanji and Hangul.
func isWide(c byte) bool { return c-0xe3 <= 0xed-0xe3 }

// stopRoom is how many stops are noted before they are looked at.
const stopRoom = 128

// noted is a place at which the pass looks closer: what was hit in four
// characters, sixteen bits for each, the first one lowest, and how many bytes
// before the end of the text they begin.
type noted struct {
	hits uint64
	left int
}

// hitBits are the hits that make a stop, for four characters.
const hitBits = uint64(stopHits) * (1 + 1<<16 + 1<<32 + 1<<48)

// The sorts of stops, each looked at by itself.
const (
	sortWord  = iota // a keyword of one character
	sortEnd          // a particle behind what may end a given name
	sortSpace        // a wide space behind what may end a family name
	sortPair         // two characters of a keyword
	sortDigit        // kanji digits
	sorts
)

// sortOf leads from the number of a bit of a class to the sort of stop it makes.
var sortOf = func() (t [16]uint8) {
	for i := range t {
		switch k := charClass(1) << i; {
		case k == charStop:
			t[i] = sortWord
		case k == charParticle:
			t[i] = sortEnd
		case k == charSpace:
			t[i] = sortSpace
		case k == digitGroup:
			t[i] = sortDigit
		default:
			t[i] = sortPair
		}
	}
	return t
}()

// stopped looks at the first n stops: it deals them out by what was hit, so that
// each sort is looked at by itself.
func (p *pass) stopped(n int) {
	s, places := p.s, len(p.places)
	var many [8]int
	for i := range p.noted[:n] {
		stop := &p.noted[i]
		at := len(s) - stop.left
		for hits := stop.hits; hits != 0; hits &= hits - 1 {
			bit := bits.TrailingZeros64(hits)
			sort := sortOf[bit&15] & 7
			p.stops[sort][many[sort]&(4*stopRoom-1)] = int32(at + 3*(bit>>4))
			many[sort]++
		}
	}
	for _, i := range p.stops[sortWord][:many[sortWord]] {
		p.keywords(p.g.lists[*p.g.pair(0, lexKey(s, int(i)))], int(i))
	}
	p.names(p.stops[sortEnd][:many[sortEnd]])
	for _, i := range p.stops[sortPair][:many[sortPair]] {
		if n := *p.g.pair(lexKey(s, int(i)-3), lexKey(s, int(i))); n != 0 {
			p.keywords(p.g.lists[n], int(i)-3)
		}
	}
	for _, i := range p.stops[sortSpace][:many[sortSpace]] {
		if i := int(i); i+5 < len(s) && isWide(s[i+3]) && p.g.d.dict.given.mayBegin(wide(s, i+3)) {
			p.spaced(i)
		}
	}
	for _, i := range p.stops[sortDigit][:many[sortDigit]] {
		if p.flags&lineHot == 0 {
			if _, n := kanjiNumber(s[i-3 : min(len(s), int(i)+120)]); n >= 7 {
				p.flags |= lineHot
			}
		}
	}
	if now := p.places[places:]; len(now) > 1 && !slices.IsSortedFunc(now, byPlace) {
		slices.SortStableFunc(now, byPlace)
	}
}

func byPlace(a, b namePlace) int { return int(a.at - b.at) }

// names looks at particles behind what may end a given name: three kanji before
// one may be a name.
func (p *pass) names(ends []int32) {
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
