package detect

import (
	"strings"
	"unicode/utf8"
)

// nameLike tells a family name of the dictionary with a given name behind it.
func (d *Detector) nameLike(s string) bool {
	if sp := d.splitName(s); sp.end == len(s) {
		return true
	}
	family, given, ok := strings.Cut(s, " ")
	if !ok || strings.Contains(given, " ") {
		return false
	}
	return d.dict.family.has(family) || d.dict.familyKana.has(family) || d.dict.familyRoman[plainRoman(lower(family))] && len(family) > 2 ||
		englishNames[lower(family)] || d.dict.familyRoman[plainRoman(lower(given))] && len(given) > 2
}

// cellName reads one cell of a column of names. The column has said what it is,
// so the dictionary only adds to it.
func (d *Detector) cellName(s string) (match, bool) {
	for _, h := range []string{"様", "さま", "さん", "殿", "氏"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, h))
	}
	n := utf8.RuneCountInString(s)
	if n == 0 || n > 40 || strings.ContainsAny(s, "0123456789@/:;=_%#") {
		return match{}, false
	}
	kanji, kana, latin := 0, 0, 0
	for _, r := range s {
		switch {
		case isKanji(r):
			kanji++
		case isKana(r) || r == '・':
			kana++
		case r < 0x80 && isLetter(byte(r)):
			latin++
		case r >= 0xc0 && r <= 0x24f:
			latin++
		case r != ' ' && r != '.' && r != ',' && r != '\'' && r != '-' && r != '(' && r != ')':
			return match{}, false
		}
	}
	m := match{norm: lower(squeeze(s))}
	switch {
	case kanji > 0 && latin == 0:
		if kanji+kana > 10 || anyOf(s, companyWords) {
			return match{}, false
		}
	case kana > 0 && latin == 0:
		m.subtype, m.norm = "kana", katakana(m.norm)
	case latin > 1 && kanji+kana == 0:
		m.subtype = "romaji"
		if anyOf(lower(s), companyWords) || strings.Count(s, " ") > 4 {
			return match{}, false
		}
	default:
		return match{}, false
	}
	if sp := d.splitName(s); sp.end == len(s) {
		m.points, m.why = 2, whyDictionary
	}
	return m, true
}
