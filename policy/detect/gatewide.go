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

// wide goes over kana, kanji and Hangul from i on and looks at what waits for each
// other. Blocks of characters are taken first, without a branch on what they are, as
// nobody could foresee it, and their stops looked at behind them.
func (p *pass) wide(i int) int {
	prev := charAny
	for n := stopRoom; n >= stopRoom; {
		read := 0
		read, n, prev = p.g.blocks(p.s[i:], prev, &p.stops)
		p.stopped(i, n)
		i += read
	}
	s := p.s[i:]
	for len(s) >= 3 && isWide(s[0]) { // the last ones of the text
		k := p.g.class[charIndex(s[0], s[1], s[2])]
		for hits := prev >> awaits & k & stopHits; hits != 0; hits &= hits - 1 {
			p.stop(sortOf[bits.TrailingZeros32(uint32(hits))&15], len(p.s)-len(s))
		}
		prev = k
		s = s[3:]
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

// blocksGo goes over kana, kanji and Hangul that s begins with, as far as there are
// blocks of four and room for their stops: it tells how many bytes it read, how many
// stops it noted, and the class of the last character; prev is that of the one before
// s. No stop is noted for a particle before which there are no three kanji.
func (g *gate) blocksGo(s string, prev charClass, out *stops) (read, n int, last charClass) {
	class, before := &g.class, uint64(prev)
	for len(s)-read >= 16 && n < stopRoom {
		x, y := bits.ReverseBytes64(load(s[read:])), bits.ReverseBytes64(load(s[read+6:]))
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
		hits := (before>>awaits&a | a>>awaits&b<<16 | b>>awaits&c<<32 | c>>awaits&d<<48) & hitBits
		for ; hits != 0; hits &= hits - 1 {
			bit := bits.TrailingZeros64(hits)
			at, hit := read+3*(bit>>4), charClass(1)<<(bit&15)
			if hit == charParticle && !g.threeKanji(s, at, prev) {
				continue
			}
			if n == 0 || out.at[n-1] != uint32(at) {
				out.at[n], out.hits[n] = uint32(at), 0
				n++
			}
			out.hits[n-1] |= hit
		}
		before = d
		read += 12
	}
	return read, n, charClass(before)
}

// threeKanji tells whether three kanji stand before the character at at; prev stands
// for those before s.
func (g *gate) threeKanji(s string, at int, prev charClass) bool {
	for k := at - 3; k >= at-9; k -= 3 {
		class := prev
		if k >= 0 {
			class = g.at(s, k)
		}
		if class&charKanji == 0 {
			return false
		}
	}
	return true
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

// stops are the places of a run of kana and kanji at which the pass looks closer:
// how far from its beginning a character stands, and what of it was waited for.
type stops struct {
	at   [stopRoom + blockChars]uint32
	hits [stopRoom + blockChars]charClass
}

// stopRoom is how many stops are noted before they are looked at, blockChars how many
// a block may add.
const (
	stopRoom   = 64
	blockChars = 8
)

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

// stopped looks at the first n stops, noted from i on.
func (p *pass) stopped(i, n int) {
	places := len(p.places)
	for k := range n {
		at := i + int(p.stops.at[k])
		for hits := p.stops.hits[k]; hits != 0; hits &= hits - 1 {
			p.stop(sortOf[bits.TrailingZeros32(uint32(hits))&15], at)
		}
	}
	if now := p.places[places:]; len(now) > 1 && !slices.IsSortedFunc(now, byPlace) {
		slices.SortStableFunc(now, byPlace)
	}
}

// stop looks at what was hit at i.
func (p *pass) stop(sort uint8, i int) {
	s := p.s
	switch sort {
	case sortPair:
		if n := *p.g.pair(lexKey(s, i-3), lexKey(s, i)); n != 0 {
			p.keywords(p.g.lists[n], i-3)
		}
	case sortEnd:
		p.prose(i)
	case sortWord:
		p.keywords(p.g.lists[*p.g.pair(0, lexKey(s, i))], i)
	case sortSpace:
		if i+5 < len(s) && isWide(s[i+3]) && p.g.d.dict.given.mayBegin(wide(s, i+3)) && p.familyEnds(i) {
			p.spaced(i)
		}
	case sortDigit:
		if p.flags&lineHot == 0 {
			if _, n := kanjiNumber(s[i-3 : min(len(s), i+120)]); n >= 7 {
				p.flags |= lineHot
			}
		}
	}
}

func byPlace(a, b namePlace) int { return int(a.at - b.at) }

// familyEnds tells whether a family name may end at i: by its last two characters, by
// the only one it has, or by a variant form among the last four.
func (p *pass) familyEnds(i int) bool {
	if i < p.start+12 {
		return true
	}
	a, b := p.g.two(load(p.s[i-12:]))
	c, d := p.g.two(load(p.s[i-6:]))
	last := lexKey(p.s, i-3)
	h := tailHash(lexKey(p.s, i-6), last)
	return p.g.familyTails[h>>6]>>(h&63)&1|uint64(p.g.d.dict.heads[last]&headOne)|uint64((a|b|c|d)&charVariant) != 0
}

// kanjiBefore is how many kanji stand before i, up to seven; name tells that the first of
// them may begin a name, variant that one is a variant form. What they are is collected as
// bits, since nobody can foresee how many there are.
func (p *pass) kanjiBefore(i int) (n int, name, variant bool) {
	var kanji, head, other uint32 // of the seven characters before i, the last one lowest
	s, class := p.s[max(p.start, i-7*3):i], &p.g.class
	for s = s[len(s)%3:]; len(s) >= 3; s = s[3:] {
		is := class[charIndex(s[0], s[1], s[2])]
		kanji = kanji<<1 | uint32(is/charKanji&1)&uint32(b2i(isWide(s[0])))
		head = head<<1 | uint32(is/charFamilyHead&1)
		other = other<<1 | uint32(is/charVariant&1)
	}
	n = bits.TrailingZeros32(^kanji)
	return n, head<<1>>n&1 != 0, other&(1<<n-1) != 0
}
