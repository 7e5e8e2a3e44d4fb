package detect

import (
	"strings"
	"unicode/utf8"
)

// nameIn tells whether a name that could count may stand in a raw line. With
// loose set, behind a label, a family name is enough.
func (d *Detector) nameIn(s string, loose bool) bool {
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
			if (!prev || nameMayStart(s[:i])) && d.dict.familyHead(s[i:]) && d.namePair(s[i:], loose) {
				return true
			}
		case isKana(r) && (i == 0 || !isKanaBefore(s, i)):
			e := i + kanaRun(s[i:], isKana)
			if d.kanaPairAt(s[i:e], s[e:], loose) {
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
	if n := rawSpace(rest); n > 0 && len(rest) > n && isKana(firstRune(rest[n:])) && d.dict.familyKana[kana] {
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
func (d *Detector) namePair(s string, loose bool) bool {
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
		if !d.dict.family[s[:f]] {
			continue
		}
		if loose {
			return true
		}
		g := f + rawSpace(s[f:])
		for e, m := g, 0; m < 4; m++ {
			r, w := utf8.DecodeRuneInString(s[e:])
			if w == 0 || !isKanji(r) && !isKana(r) {
				break
			}
			e += w
			if d.dict.given[s[g:e]] && nameEnds(s[e:]) && (g > f || n+m+2 > 2 || hasAnyPrefix(s[e:], honorifics)) {
				return true
			}
		}
	}
	return false
}

// nameBefore tells whether s may end with the name of a person, before an
// honorific.
func (d *Detector) nameBefore(s string) bool {
	s = strings.TrimSuffix(strings.TrimSuffix(s, " "), "\u3000")
	if s == "" {
		return false
	}
	if c := s[len(s)-1]; c < 0x80 {
		return isLetter(c) || c == '.' || c == ')'
	}
	at := len(s)
	for n := 0; n < 9 && at > 0; n++ {
		r, w := utf8.DecodeLastRuneInString(s[:at])
		switch {
		case r >= 0x20000 || r >= 0xf900 && r <= 0xfaff || r > 0xff00:
			return true
		case isKatakana(r) && n == 0:
			return true
		case isKanji(r):
			if isVariant[uint16(r)>>3]&(1<<(r&7)) != 0 {
				return true
			}
			before, _ := utf8.DecodeLastRuneInString(s[:at-w])
			if (!isKanji(before) || nameMayStart(s[:at-w])) && d.familyUpTo(s[at-w:]) {
				return true
			}
		case !isKana(r) && r != ' ' && r != 0x3000:
			return r == '）'
		}
		at -= w
	}
	return false
}

// familyUpTo tells that s is a family name with at most four characters behind.
func (d *Detector) familyUpTo(s string) bool {
	if !d.dict.familyHead(s) {
		return false
	}
	for n := 1; n <= 4; n++ {
		f := runeOffset(s, n)
		if f == 0 {
			return false
		}
		if d.dict.family[s[:f]] && utf8.RuneCountInString(s[f:]) <= 5 {
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
