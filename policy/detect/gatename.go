package detect

import (
	"math/bits"
	"strings"
	"unicode/utf8"
)

// nameMode tells what of a name must be there.
type nameMode int

const (
	anyName   nameMode = iota // family name and given name
	looseName                 // behind a label: a family name is enough
)

// kanaPairAt tells whether a run of kana is a family name with a space and more
// kana behind it, or behind a label both names in one.
func (d *Detector) kanaPairAt(run, rest string, loose bool) bool {
	if n := rawSpace(rest); n > 0 && len(rest) > n && isKana(firstRune(rest[n:])) && d.dict.familyKana.has(katakana(run)) {
		return true
	}
	return loose && d.kanaPair(katakana(run))
}

// rawSpace is the width of the space that s begins with.
func rawSpace(s string) int {
	switch {
	case strings.HasPrefix(s, " "):
		return 1
	case strings.HasPrefix(s, "\u3000"):
		return 3
	}
	return 0
}

// namePair tells whether s begins with a family name and a given name.
func (d *Detector) namePair(s string, mode nameMode) bool {
	f := 0
	for n := 0; n < 4; n++ {
		_, w := nextRune(s[f:])
		if w == 0 {
			return false
		}
		f += w
		if f < len(s) && isVariant[uint16(firstRune(s[f:]))>>3]&(1<<(uint16(firstRune(s[f:]))&7)) != 0 {
			return true
		}
		if !d.dict.family.has(s[:f]) {
			continue
		}
		if mode == looseName {
			return true
		}
		g := f + rawSpace(s[f:])
		for e, m := g, 0; m < 4; m++ {
			r, w := nextRune(s[e:])
			if w == 0 || !isKanji(r) && !isKana(r) {
				break
			}
			e += w
			if nameEnds(s[e:]) && d.dict.isGiven(s[g:e], g > f) && (g > f || n+m+2 > 2 || anHonorific.begins(s[e:])) {
				return true
			}
		}
	}
	return false
}

// nameBefore tells whether s may end with the name of a person, before an
// honorific.
func (g *gate) nameBefore(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, " "), "\u3000")
	if s == "" {
		return false
	}
	if c := s[len(s)-1]; c < 0x80 {
		return isLetter(c) || c == '.' || c == ')'
	}
	kanji := false // one stands further right
	at, n := len(s), 0
	for n < 9 && at >= 3 && s[at-3] == 0xe3 && (s[at-2] == 0x81 && s[at-1] != 0x80 || s[at-2] == 0x82 && s[at-1] < 0xa0) { // hiragana
		at -= 3
		n++
	}
	class := g.before(s, at)
	mayEnd := n == 0 || n > 1 && class&charKanji == 0 || len(s) < 6 || g.tail(lexKey(s, len(s)-6), lexKey(s, len(s)-3))
	for ; n < 9 && at > 0; n++ {
		if class&charKanji != 0 {
			left := charClass(0)
			if at -= 3; at >= 3 && isWide(s[at-3]) {
				left = g.at(s, at-3)
			} else {
				left = g.before(s, at)
			}
			switch starts := mayEnd && (left&(charKanji|charOther) == 0 || left&charNameNext != 0); {
			case class&charVariant != 0,
				starts && class&charFamilyHead != 0 && g.d.dict.familyHead(s[at:]) && g.d.familyUpTo(s[at:]),
				starts && n > 0 && n < 3 && class&charGivenHead != 0 && g.d.dict.isGiven(s[at:], false):
				return true
			}
			class, kanji = left, true
			continue
		}
		r, w := lastRune(s[:at])
		switch {
		case isKanji(r): // outside of what the classes know
			return true
		case isKatakana(r) && n == 0 || r > 0xff20:
			return true
		case isHiragana(r):
			if kanji && (n > 2 || !strings.ContainsRune(mixedEnds, lastOf(s))) { // まり恵, さと子, and no more
				return false
			}
		case !isKana(r) && r != ' ' && r != 0x3000:
			return r == '）'
		}
		at -= w
		class = g.before(s, at)
	}
	return false
}

// tail tells whether a name of the dictionary may end with the two characters, the
// last one being hiragana.
func (g *gate) tail(a, b uint16) bool {
	h := tailHash(a, b)
	return g.tails[h>>6]>>(h&63)&1 != 0
}

func tailHash(a, b uint16) uint32 { return (uint32(a)<<16 | uint32(b)) * 0x9e3779b1 >> 16 }

// addTails fills in the last two characters of names, those in katakana as they
// are written in hiragana too.
func (g *gate) addTails() {
	for _, names := range []*nameSet{g.d.dict.family, g.d.dict.given, g.d.dict.givenKana} {
		names.eachTail(func(a, b uint16) {
			if isKatakana(rune(a)) && isKatakana(rune(b)) {
				a, b = a-0x60, b-0x60
			}
			h := tailHash(a, b)
			g.tails[h>>6] |= 1 << (h & 63)
		})
	}
	g.d.dict.family.eachTail(func(a, b uint16) {
		h := tailHash(a, b)
		g.familyTails[h>>6] |= 1 << (h & 63)
	})
}

// endsGiven tells that some given name of the dictionary ends with the kanji before
// end. The gate stops at no others, and so no search takes one for the end of a name,
// whatever the model of given names says: what is found must not depend on why a line
// was read.
func (g *gate) endsGiven(s string, end int) bool {
	return end >= 3 && (!isWide(s[end-3]) || g.at(s, end-3)&(charParticle<<awaits) != 0)
}

// before is the class of the character that ends at at; charOther stands for a
// kanji that the classes do not know, 0 for all others.
func (g *gate) before(s string, at int) charClass {
	if at >= 3 && isWide(s[at-3]) {
		return g.at(s, at-3)
	}
	if at > 0 && s[at-1] >= 0x80 {
		if r, _ := lastRune(s[:at]); isKanji(r) {
			return charOther
		}
	}
	return 0
}

// lastRune is utf8.DecodeLastRuneInString, quick for kana and kanji.
func lastRune(s string) (rune, int) {
	if n := len(s); n >= 3 && s[n-3] >= 0xe3 && s[n-3] <= 0xe9 {
		return rune(s[n-3]&15)<<12 | rune(s[n-2]&63)<<6 | rune(s[n-1]&63), 3
	}
	return utf8.DecodeLastRuneInString(s)
}

// nextRune is utf8.DecodeRuneInString, quick for kana and kanji.
func nextRune(s string) (rune, int) {
	if len(s) >= 3 && s[0] >= 0xe3 && s[0] <= 0xe9 {
		return rune(s[0]&15)<<12 | rune(s[1]&63)<<6 | rune(s[2]&63), 3
	}
	return utf8.DecodeRuneInString(s)
}

// spacedAt tells that the space at i of a raw line stands between a family name
// and a given name.
func (d *Detector) spacedAt(s string, i int) bool {
	given := s[i+rawSpace(s[i:]):]
	at, family := i, uint64(0)
	for n := 0; n < 4 && at > 0; n++ {
		r, w := lastRune(s[:at])
		if at -= w; !isKanji(r) && !isKana(r) {
			return false
		}
		if isKanji(r) && (r > 0xffff || variantForm(uint64(r))) {
			return true
		}
		family |= uint64(r) << (16 * n)
		if d.dict.family.mayBegin(uint64(r)) && d.dict.family.hasKey(family) && d.givenBegins(given) {
			return true
		}
	}
	return false
}

// givenBegins tells that a raw text begins with a given name behind a space.
func (d *Detector) givenBegins(s string) bool {
	for e, m := 0, 0; m < 4; m++ {
		r, w := nextRune(s[e:])
		if w == 0 || !isKanji(r) && !isKana(r) {
			break
		}
		if e += w; nameEnds(s[e:]) && (d.dict.isGiven(s[:e], true) || r > 0xffff || variantForm(uint64(r))) {
			return true
		}
	}
	return false
}

// familyUpTo tells that s is a family name with a given name behind it or none.
func (d *Detector) familyUpTo(s string) bool {
	for families := d.dict.family.lengths(s); families != 0; families &= families - 1 {
		rest := s[bits.TrailingZeros64(families):]
		given := rest[rawSpace(rest):]
		space := len(given) < len(rest)
		if given == "" || characters(given) <= 4 && givenLike(given, space) || d.dict.isGiven(given, space) {
			return true
		}
	}
	return false
}

// romanIn tells whether two capitalised words of a raw line may be a name.
func (d *Detector) romanIn(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isUpper(s[i]) || i > 0 && wordByte(s[i-1]) {
			continue
		}
		n := letters(s[i:])
		if n >= 2 && n <= 20 {
			low := lower(s[i : i+n])
			if plain := plainRoman(low); englishNames[low] || d.dict.latin.get(plain)&(romanFamily|romanGiven) != 0 {
				return true
			}
		}
		i += n
	}
	return false
}
