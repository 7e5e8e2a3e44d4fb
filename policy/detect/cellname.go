package detect

import (
	"strings"
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
	s = plainName(s)
	if s == "" {
		return match{}, false
	}
	n, kanji, kana, latin := 0, 0, 0, 0
	company := false // may be one
	for _, r := range s {
		n++
		switch {
		case isKanji(r):
			kanji++
			company = company || companyHeads[r&0xff]
		case isKana(r) || r == '・' || r >= 0xac00 && r <= 0xd7a3:
			kana++
		case r < 0x80 && isLetter(byte(r)):
			latin++
		case r >= 0xc0 && r <= 0x24f:
			latin++
		case r == '(':
			company = true
		case r != ' ' && r != '.' && r != ',' && r != '\'' && r != '-' && r != ')':
			return match{}, false
		}
	}
	if n > 40 {
		return match{}, false
	}
	m := match{norm: lower(squeeze(s))}
	switch {
	case kanji > 0 && latin == 0:
		if kanji+kana > 10 || company && aCompany.in(s) {
			return match{}, false
		}
	case kana > 0 && latin == 0:
		m.subtype, m.norm = "kana", katakana(m.norm)
	case latin > 1 && kanji+kana == 0:
		m.subtype = "romaji"
		if aCompany.in(lower(s)) || strings.Count(s, " ") > 4 {
			return match{}, false
		}
	default:
		return match{}, false
	}
	if (kanji+kana > 0 && d.dict.familyHead(s) || latin > 0) && d.pairOfNames(s) {
		m.points, m.why = 2, whyDictionary
	}
	return m, true
}

// pairOfNames tells a family name and a given name of the dictionary.
func (d *Detector) pairOfNames(s string) bool {
	if i := strings.IndexByte(s, ' '); i > 0 && i <= len("一二三四") && len(s)-i <= len(" 一二三四") && d.dict.family.has(s[:i]) && d.dict.given.has(s[i+1:]) {
		return true // as most lists write them
	}
	return d.splitName(s).end == len(s)
}

// cellHonorifics stand behind names in tables.
var cellHonorifics = []string{"様", "さま", "さん", "殿", "氏"}

// plainName takes honorifics and blanks off a cell.
func plainName(s string) string {
	if s == "" || s[0] > ' ' && s[len(s)-1] > ' ' && s[len(s)-1] < 0x80 {
		return s
	}
	if len(s) >= 3 && s[0] > ' ' && !strings.Contains("様まん殿氏　", s[len(s)-3:]) {
		return s
	}
	for _, h := range cellHonorifics {
		s = strings.TrimSpace(strings.TrimSuffix(s, h))
	}
	return s
}

// companyHeads tells by the low byte of a kanji that the name of a company may
// hold a word that begins with it.
var companyHeads = func() (t [256]bool) {
	for _, w := range companyWords {
		t[firstRune(w)&0xff] = true
	}
	return t
}()
