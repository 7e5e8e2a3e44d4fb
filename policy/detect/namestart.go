package detect

import "strings"

// nameClass is what the search for names knows of a character of three bytes.
type nameClass uint8

const (
	nameKanji    nameClass = 1 << iota
	nameHead               // a kanji that a family or given name may begin with
	nameKatakana           // and ー
	nameHiragana
	nameLead    // a kanji that a name may follow directly (nameFollows)
	nameWord    // the last character of a word that a name may follow (afterPerson)
	nameNo      // の, behind which a name in hiragana may begin
	nameVariant // a kanji in a form that the dictionary has under another one
)

// nameClasses tell characters by their number (charIndex). One look into them says
// whether a name may begin at a character, and one more whether what stands before
// it lets it: most characters of a text are passed over so.
func nameClasses(d *dictionary) *[1 << 16]nameClass {
	t := new([1 << 16]nameClass)
	for i := 0x3000; i < 0xd800; i++ {
		r := rune(i)
		switch {
		case isKanji(r):
			t[i] = nameKanji
			if d.heads[i]&(headOne|headMore) != 0 || d.given.mayBegin(uint64(i)) {
				t[i] |= nameHead
			}
			if nameFollows(r) {
				t[i] |= nameLead
			}
			if variantForm(uint64(i)) {
				t[i] |= nameVariant
			}
		case isKatakana(r):
			t[i] = nameKatakana
		case isHiragana(r):
			t[i] = nameHiragana
		}
	}
	for _, w := range whoWords {
		r, _ := lastRune(w)
		t[uint16(r)] |= nameWord
	}
	t['の'] |= nameNo
	return t
}

// nameBefore is the class of the character that ends at i; rare tells that the table
// does not know it.
func (d *Detector) nameBefore(s string, i int) (k nameClass, rare bool) {
	switch {
	case i == 0 || s[i-1] < 0x80:
		return 0, false
	case i >= 3 && isWide(s[i-3]):
		return d.starts[charIndex(s[i-3], s[i-2], s[i-1])], false
	}
	return 0, true
}

// lets tells that a name may begin with the kanji at i behind a character of this
// class, as nameMayStart does.
func (before nameClass) lets(s string, i int) bool {
	return before&nameKanji == 0 || before&nameLead != 0 || before&nameWord != 0 && afterPerson.ends(s[:i])
}

// nameIn tells whether a name that could count may stand in a raw line.
func (d *Detector) nameIn(s string, mode nameMode) bool {
	before := nameClass(0)
	for i := 0; i < len(s); {
		if s[i] < 0x80 {
			before = 0
			i++
			continue
		}
		if !isWide(s[i]) || i+3 > len(s) {
			r, n := nextRune(s[i:])
			if r >= 0x20000 || r >= 0xf900 && r <= 0xfaff {
				return true
			}
			before = 0
			i += n
			continue
		}
		k := d.starts[charIndex(s[i], s[i+1], s[i+2])]
		switch {
		case k&nameVariant != 0:
			return true
		case k&nameHead != 0 && before.lets(s, i) && d.dict.familyHead(s[i:]) && d.namePair(s[i:], mode):
			return true
		case k&(nameKatakana|nameHiragana) != 0 && before&(nameKanji|nameKatakana|nameHiragana) == 0:
			e := i + kanaRun(s[i:], isKana)
			if d.kanaPairAt(s[i:e], s[e:], mode == looseName) {
				return true
			}
			before = nameHiragana
			i = e
			continue
		}
		before = k
		i += 3
	}
	return false
}

// namesIn calls emit for what may be a name in the stretch from..to.
func (d *Detector) namesIn(v *view, from, to int, emit func(candidate)) {
	s := v.s
	before, rare := d.nameBefore(s, from)
	for i := from; i < to; {
		c := s[i]
		if c < 0x80 {
			before, rare = 0, false
			if isUpper(c) && (i == 0 || !wordByte(s[i-1])) {
				if n := d.romanName(v, i, emit); n > 0 {
					i += n
					continue
				}
			}
			for i++; to-i >= 8 && noNameIn(load(s[i:])); i += 8 {
			}
			continue
		}
		if rare || !isWide(c) || i+3 > len(s) {
			i = d.rareName(v, i, emit)
			before, rare = d.nameBefore(s, i)
			continue
		}
		k, end := d.starts[charIndex(c, s[i+1], s[i+2])], 0
		switch {
		case k&nameHead != 0:
			if before.lets(s, i) {
				if end = d.kanjiNameAt(v, i, rune(wide(s, i)), emit); end == 0 {
					end = d.nameOf(v, i, emit)
				}
			}
		case k&nameHiragana != 0:
			if before&(nameKanji|nameKatakana|nameHiragana) == 0 || before&nameNo != 0 {
				if end = d.hiraganaName(v, i, emit); end == 0 {
					end = d.nameOf(v, i, emit)
				}
			}
		case k&nameKatakana != 0 && before&nameKatakana == 0:
			end = d.katakanaAt(v, i, emit)
		}
		if before = k; end > i+3 {
			before, rare = d.nameBefore(s, end)
		}
		i = max(i+3, end)
	}
}

// noNameIn tells that no name begins in eight bytes: ASCII without a capital.
func noNameIn(x uint64) bool {
	return (x|capitalsIn(x))&high == 0
}

// katakanaAt tries a name that begins with the katakana at i and returns where it
// ends, 0 for none.
func (d *Detector) katakanaAt(v *view, i int, emit func(candidate)) int {
	if end := d.kanaName(v, i, emit); end > 0 {
		return end
	}
	if end := d.foreignName(v, i, emit); end > 0 {
		return end
	}
	return d.nameOf(v, i, emit)
}

// rareName is namesIn for one character that is not of three bytes, or behind one
// that is not; it returns where to go on.
func (d *Detector) rareName(v *view, i int, emit func(candidate)) int {
	s := v.s
	r, n := nextRune(s[i:])
	end := 0
	switch {
	case isKanji(r):
		if nameMayStart(s[:i]) {
			if end = d.kanjiNameAt(v, i, r, emit); end == 0 {
				end = d.nameOf(v, i, emit)
			}
		}
	case isKatakana(r) && !isKatakanaBefore(s, i):
		end = d.katakanaAt(v, i, emit)
	case isHiragana(r) && !isKanaBefore(s, i):
		if end = d.hiraganaName(v, i, emit); end == 0 {
			end = d.nameOf(v, i, emit)
		}
	}
	return max(i+n, end)
}

// strangerIn tells that a known given name stands in a line behind kanji and a blank, as strangers
// takes it for somebody's behind a label: 氏名　水主 太郎.
func (d *Detector) strangerIn(line string) bool {
	for {
		i := strings.IndexAny(line, " \u3000")
		if i < 0 {
			return false
		}
		left, _ := lastRune(line[:i])
		if line = strings.TrimLeft(line[i:], " \u3000"); !isKanji(left) {
			continue
		}
		for n := 4; n >= 1; n-- {
			if g := runeOffset(line, n); g > 0 && d.dict.isGiven(line[:g], true) && nameEnds(line[g:]) {
				return true
			}
		}
	}
}
