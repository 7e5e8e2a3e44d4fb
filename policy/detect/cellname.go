package detect

import (
	"strings"
	"unicode/utf8"
)

// nameLike tells a family name of the dictionary with a given name behind it.
func (d *Detector) nameLike(s string) bool {
	if sp := d.splitName(s); sp.end == len(s) {
		return !fieldWords[s]
	}
	if name, end := spreadName(s, 0); end == len(s) && end > 0 {
		return d.splitName(name).end == len(name)
	}
	family, given, ok := strings.Cut(s, " ")
	if !ok || strings.Contains(given, " ") {
		return false
	}
	return d.dict.family.has(family) || d.dict.familyKana.has(family) || d.dict.latin.get(plainRoman(lower(family)))&romanFamily != 0 && len(family) > 2 ||
		englishNames[lower(family)] || d.dict.latin.get(plainRoman(lower(given)))&romanFamily != 0 && len(given) > 2
}

// name reads one cell of a column of names. The column has said what it is,
// so the dictionary only adds to it.
func (t *cellReader) name(s string) (match, bool) {
	if !t.d.thorough {
		if m, ok := t.listedName(s); ok {
			return m, true
		}
	}
	s = oneName(plainName(s))
	if s == "" || hasAnySuffix(s, []string{"-bot", "_bot", "-deploy", "-ci", "-svc", "-agent"}) { // what logs in by itself
		return match{}, false
	}
	c := charsOf(s)
	if nobodyCells[s] || c.other || c.n > 40 {
		return match{}, false
	}
	m := match{norm: t.squeezed(s)}
	switch {
	case c.kanji > 0 && c.latin == 0:
		if c.kanji+c.kana > 10 || c.company && aCompany.in(s) {
			return match{}, false
		}
	case c.kana > 0 && c.latin == 0:
		if m.subtype = "kana"; c.hiragana {
			m.norm = katakana(m.norm)
		}
	case c.latin > 1 && c.kanji+c.kana == 0:
		m.subtype, m.norm = "romaji", lower(m.norm)
		if aCompany.in(lower(s)) || strings.Count(s, " ") > 4 {
			return match{}, false
		}
	case c.latin > 1 && twoScripts(s): // Philip 河東
	default:
		return match{}, false
	}
	if (c.kanji+c.kana > 0 && t.d.dict.familyHead(s) || c.latin > 0) && t.d.pairOfNames(s) {
		m.points, m.why = 2, whyDictionary
	}
	return m, true
}

// twoScripts tells a name of which one part is in Latin letters and the other in kanji, as
// those have it who married or grew up abroad.
func twoScripts(s string) bool {
	first, second, ok := strings.Cut(s, " ")
	if ok && isKanji(firstRune(first)) {
		first, second = second, first
	}
	return ok && letters(first) == len(first) && isUpper(first[0]) && kanjiWord(second, 4)
}

// oneName is the name of a cell without the reading in brackets behind it, 今泉 俊介(イマイズミ
// シュンスケ), and without the stroke that parts a passenger's, Taniguchi / Kiyoshi.
func oneName(s string) string {
	if i := strings.LastIndexByte(s, '('); i > 0 && s[len(s)-1] == ')' && i+1 < len(s)-1 {
		if reading := s[i+1 : len(s)-1]; kanaRun(reading, func(r rune) bool { return isKana(r) || r == ' ' || r == '・' }) == len(reading) {
			return plainName(strings.TrimSpace(s[:i]))
		}
	}
	if i := strings.IndexByte(s, '/'); i > 1 && s[0] < 0x80 && strings.IndexByte(s[i+1:], '/') < 0 {
		return strings.TrimSpace(s[:i]) + " " + strings.TrimSpace(s[i+1:])
	}
	return s
}

// listedName reads a name as most lists write it: a family name and a given name of the
// dictionary, in kanji and with a space between them, nothing in which speaks of a company or
// an honorific. Any other is left to name, which says the same of these.
func (t *cellReader) listedName(s string) (match, bool) {
	i := strings.IndexByte(s, ' ')
	if i < len("一") || i > len("一二三四") || len(s)-i < len(" 一") || len(s)-i > len(" 一二三四") {
		return match{}, false
	}
	family, company := plainKanji(s[:i])
	given, also := plainKanji(s[i+1:])
	if !family || !given || (company || also) && aCompany.in(s) {
		return match{}, false
	}
	switch s[len(s)-3:] {
	case "様", "殿", "氏":
		return match{}, false
	}
	if !t.d.dict.familyHead(s) || !t.d.dict.family.has(s[:i]) || !t.d.dict.given.has(s[i+1:]) {
		return match{}, false
	}
	return match{norm: t.values.join(s[:i], s[i+1:]), points: 2, why: whyDictionary}, true
}

// plainKanji tells that all is kanji, and whether a word for a company may begin with one.
func plainKanji(s string) (all, company bool) {
	for k := 0; k < len(s); k += 3 {
		if k+3 > len(s) || !isWide(s[k]) {
			return false, false
		}
		r := wide(s, k)
		if r < 0x4e00 || r > 0x9fff {
			return false, false
		}
		company = company || companyHeads[r&0xff]
	}
	return true, company
}

// nameChars counts the characters of a cell in a column of names.
type nameChars struct {
	n, kanji, kana, latin int
	hiragana              bool
	company               bool // may be one
	other                 bool // one that names do not have
}

func charsOf(s string) (c nameChars) {
	for i := 0; i < len(s) && !c.other; c.n++ {
		if i+2 < len(s) && isWide(s[i]) {
			r := rune(wide(s, i))
			if i += 3; r >= 0x4e00 && r <= 0x9fff { // most kanji
				c.kanji++
				c.company = c.company || companyHeads[r&0xff]
			} else {
				c.wide(r)
			}
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r < 0x80 && isLetter(byte(r)) || r >= 0xc0 && r <= 0x24f || r >= 0x1e00 && r <= 0x1eff:
			c.latin++
		case r == '(':
			c.company = true
		case r == ' ' || r == '.' || r == ',' || r == '\'' || r == '-' || r == ')':
		default:
			c.wide(r)
		}
		i += n
	}
	return c
}

// wide counts a character that is no letter and no mark of ASCII.
func (c *nameChars) wide(r rune) {
	switch {
	case r >= 0x30a1 && r <= 0x30fc: // katakana, ・ and ー
		c.kana++
	case isHiragana(r) || r >= 0xac00 && r <= 0xd7a3:
		c.kana++
		c.hiragana = c.hiragana || r <= 0x3096
	case isKanji(r):
		c.kanji++
		c.company = c.company || companyHeads[r&0xff]
	default:
		c.other = true
	}
}

// pairOfNames tells a family name and a given name of the dictionary.
func (d *Detector) pairOfNames(s string) bool {
	if i := strings.IndexByte(s, ' '); i > 0 && i <= len("一二三四") && len(s)-i <= len(" 一二三四") && d.dict.family.has(s[:i]) && d.dict.given.has(s[i+1:]) {
		return true // as most lists write them
	}
	return d.splitName(s).end == len(s)
}

// nobodyCells stand in a column of names where there is nobody.
var nobodyCells = wordSet("空き 空室 空車 空家 未定 欠員 募集中 満室 未契約 契約なし 解約済 該当なし 退去済")

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
