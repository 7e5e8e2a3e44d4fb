package detect

import "strings"

// Who has been named in full is called by the given name from then on, children above
// all: 吉野 律さん … 律さんには. The dictionary alone could not tell one of a single kanji
// from a word.

// mostAgain is how many names of a view are looked for again.
const mostAgain = 8

// givenAgain emits the parts of names by which those are called that were named in full
// before, Japanese ones with an honorific; and a Western name that stands above, where its
// line alone did not tell it: Onboarding - Julia O'Neill.
func (d *Detector) givenAgain(v *view, cands []candidate, emit func(candidate)) {
	n := 0
	for i := range cands {
		c := &cands[i]
		if c.kind != personName || c.points < 2 || c.subtype != "" && !strings.Contains(v.s[c.start:c.end], "・") || c.business || n == mostAgain {
			continue
		}
		called := d.calledBy(v, c)
		n += b2i(len(called) > 0)
		for _, by := range called {
			d.again(v, c, by, emit)
		}
		if raw := v.s[c.start:c.end]; len(called) > 0 && isUpper(raw[0]) && strings.Contains(raw, " ") {
			above := v.s[max(0, c.start-againReach):c.start]
			if k := strings.Index(above, raw); k >= 0 {
				start := c.start - len(above) + k
				emit(candidate{kind: personName, start: start, end: start + len(raw), match: match{norm: c.norm, subtype: c.subtype, points: likely, why: whyNear}})
			}
		}
	}
}

// called is a part of a name that stands for the whole of it.
type called struct{ part, sort string }

// again emits where a part of the name c stands behind it.
func (d *Detector) again(v *view, c *candidate, by called, emit func(candidate)) {
	for at := c.end; ; {
		k := strings.Index(v.s[at:min(len(v.s), c.end+againReach)], by.part)
		if k < 0 {
			return
		}
		start := at + k
		at = start + len(by.part)
		if isUpper(by.part[0]) && (at == len(v.s) || !wordByte(v.s[at])) && !wordByte(v.s[start-1]) && !firmBehind(v.s[at:min(len(v.s), at+30)]) && !v.signs(start, at) {
			emit(candidate{kind: personName, start: start, end: at, match: match{norm: c.norm, subtype: by.sort, points: likely, why: whyNear}})
		} else if by.sort == "surname" && v.onceMore(start, at) {
			emit(candidate{kind: personName, start: start, end: at, match: match{norm: by.part, subtype: by.sort, points: likely, why: whyNear}})
		} else if r, _ := lastRune(v.s[:start]); !isKanji(r) && r != ' ' && r != '・' && !isKatakana(r) && aFriend.begins(v.s[at:]) {
			emit(candidate{kind: personName, start: start, end: at, match: match{norm: by.part, subtype: by.sort, points: likely, why: whyHonorific | whyNear}})
		}
	}
}

// signs tells that a name fills its line, as that of who writes does below the last words.
func (v *view) signs(start, end int) bool {
	a, b := v.lineSpan(v.line(start))
	return strings.TrimSpace(v.s[a:start]) == "" && strings.Trim(v.s[end:b], " ,.") == ""
}

// calledBy are the parts of a name that its bearer is called by afterwards: the given name, of
// a name in katakana the last one (クリスティーナ・ベッカーさん … ベッカーさん), of a Western one
// both, and the family name where no dictionary has it.
func (d *Detector) calledBy(v *view, c *candidate) []called {
	raw := v.s[c.start:c.end]
	if i := strings.LastIndex(raw, "・"); i >= 0 {
		return []called{{raw[i+len("・"):], "surname"}}
	}
	if isUpper(raw[0]) && strings.Contains(raw, " ") {
		if c.why&whyNear != 0 { // no dictionary has it
			return []called{{raw, c.subtype}}
		}
		var out []called
		for _, by := range []called{{raw[strings.LastIndexByte(raw, ' ')+1:], "surname"}, {raw[:strings.IndexByte(raw, ' ')], "given"}} { // Lorenzo Drummond … Drummond can be reached
			if w := by.part; c.points >= likely && len(w) >= 4 && isUpper(w[0]) && !englishWords[lower(w)] && !ambiguousNames[lower(w)] {
				out = append(out, by)
			}
		}
		return out
	}
	family, given, ok := strings.Cut(raw, " ")
	var out []called
	if ok && given != "" && kanjiWord(family, 3) && len(family) > len("堀") && c.points >= likely && !d.aPlace(family) {
		out = append(out, called{family, "surname"})
	}
	if sp := d.splitName(c.norm); sp.family > 0 && sp.end == len(c.norm) {
		out = append(out, called{c.norm[sp.family:], "given"})
	}
	return out
}

// aPlace tells a family name that is the name of a prefecture or town as well.
func (d *Detector) aPlace(family string) bool {
	for _, end := range []string{"市", "県", "町", "区", "村", "府"} {
		if d.dict.cities.get(family+end) != 0 {
			return true
		}
	}
	return false
}

// onceMore tells that a family name alone stands for who was named in full above: something is
// told of them, or their telephone follows.
func (v *view) onceMore(start, end int) bool {
	if r, _ := lastRune(v.s[:start]); isKanji(r) || isKatakana(r) || r == ' ' || r == '・' {
		return false
	}
	rest := v.s[end:]
	return hasAnyPrefix(rest, []string{"は", "が", "から"}) || strings.HasPrefix(rest, " 0") && hasDigits(rest[:min(len(rest), len(" 090-1234-5678"))], 10)
}

// againReach is how far behind a name its given name is looked for, in bytes.
const againReach = 4 << 10
