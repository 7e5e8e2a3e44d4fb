package detect

import (
	"strings"
	"unicode/utf8"
)

// nameMode tells what of a name must be there.
type nameMode int

const (
	anyName   nameMode = iota // family name and given name
	looseName                 // behind a label: a family name is enough
)

// nameIn tells whether a name that could count may stand in a raw line.
func (d *Detector) nameIn(s string, mode nameMode) bool {
	prev := false
	for i := 0; i < len(s); {
		if s[i] < 0x80 {
			prev = false
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r >= 0x20000 || r >= 0xf900 && r <= 0xfaff:
			return true
		case isKanji(r):
			if isVariant[uint16(r)>>3]&(1<<(r&7)) != 0 {
				return true
			}
			if (!prev || nameMayStart(s[:i])) && d.dict.familyHead(s[i:]) && d.namePair(s[i:], mode) {
				return true
			}
		case isKana(r) && (i == 0 || !isKanaBefore(s, i)):
			e := i + kanaRun(s[i:], isKana)
			if d.kanaPairAt(s[i:e], s[e:], mode == looseName) {
				return true
			}
			n = e - i
			r = 0
		}
		prev = isKanji(r)
		i += n
	}
	return false
}

// kanaPairAt tells whether a run of kana is a family name with a space and more
// kana behind it, or behind a label both names in one.
func (d *Detector) kanaPairAt(run, rest string, loose bool) bool {
	kana := katakana(run)
	if n := rawSpace(rest); n > 0 && len(rest) > n && isKana(firstRune(rest[n:])) && d.dict.familyKana.has(kana) {
		return true
	}
	return loose && d.kanaPair(kana)
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
		_, w := utf8.DecodeRuneInString(s[f:])
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
			r, w := utf8.DecodeRuneInString(s[e:])
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
	for ; n < 9 && at > 0; n++ {
		if at >= 3 && isWide(s[at-3]) && g.at(s, at-3)&charKanji != 0 {
			class := g.at(s, at-3)
			at -= 3
			if class&charVariant != 0 || class&charFamilyHead != 0 && g.nameMayStart(s[:at]) && g.d.familyUpTo(s[at:]) {
				return true
			}
			if n > 0 && n < 3 && g.d.dict.given.mayBegin(wide(s, at)) && g.nameMayStart(s[:at]) && g.d.dict.isGiven(s[at:], false) {
				return true
			}
			kanji = true
			continue
		}
		r, w := lastRune(s[:at])
		switch {
		case isKanji(r): // outside of what the classes know
			return true
		case isKatakana(r) && n == 0 || r > 0xff20:
			return true
		case isHiragana(r):
			if kanji {
				return false
			}
		case !isKana(r) && r != ' ' && r != 0x3000:
			return r == '）'
		}
		at -= w
	}
	return false
}

// nameMayStart tells that a name may begin behind s: no kanji is last, or one that
// a name may follow.
func (g *gate) nameMayStart(s string) bool {
	if len(s) >= 3 && isWide(s[len(s)-3]) {
		k := g.at(s, len(s)-3)
		return k&charKanji == 0 || k&charNameNext != 0
	}
	r, _ := lastRune(s)
	return !isKanji(r)
}

// lastRune is utf8.DecodeLastRuneInString, quick for kana and kanji.
func lastRune(s string) (rune, int) {
	if n := len(s); n >= 3 && s[n-3] >= 0xe3 && s[n-3] <= 0xe9 {
		return rune(s[n-3]&15)<<12 | rune(s[n-2]&63)<<6 | rune(s[n-1]&63), 3
	}
	return utf8.DecodeLastRuneInString(s)
}

// spacedAt tells that the space at i of a raw line stands between a family name
// and a given name.
func (d *Detector) spacedAt(s string, i int) bool {
	given := s[i+rawSpace(s[i:]):]
	at := i
	for n := 0; n < 4 && at > 0; n++ {
		r, w := lastRune(s[:at])
		if at -= w; !isKanji(r) && !isKana(r) {
			return false
		}
		if isKanji(r) && (r > 0xffff || isVariant[uint16(r)>>3]&(1<<(r&7)) != 0) {
			return true
		}
		if d.dict.family.has(s[at:i]) {
			for e, m := 0, 0; m < 4; m++ {
				r, w := utf8.DecodeRuneInString(given[e:])
				if w == 0 || !isKanji(r) && !isKana(r) {
					break
				}
				if e += w; (d.dict.isGiven(given[:e], true) || r > 0xffff || isVariant[uint16(r)>>3]&(1<<(r&7)) != 0) && nameEnds(given[e:]) {
					return true
				}
			}
		}
	}
	return false
}

// familyUpTo tells that s is a family name with a given name behind it or none.
func (d *Detector) familyUpTo(s string) bool {
	if !d.dict.familyHead(s) {
		return false
	}
	for f, n := 0, 0; n < 4 && f < len(s); n++ {
		_, w := utf8.DecodeRuneInString(s[f:])
		f += w
		if !d.dict.family.has(s[:f]) {
			continue
		}
		given := s[f+rawSpace(s[f:]):]
		if given == "" || d.dict.isGiven(given, len(given) < len(s)-f) || utf8.RuneCountInString(given) <= 4 && givenLike(given, len(given) < len(s)-f) {
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
			if plain := plainRoman(low); englishNames[low] || d.dict.familyRoman[plain] || d.dict.givenRoman[plain] {
				return true
			}
		}
		i += n
	}
	return false
}
