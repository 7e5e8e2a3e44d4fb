package detect

import "strings"

// Who has been named in full is called by the given name from then on, children above
// all: 吉野 律さん … 律さんには. The dictionary alone could not tell one of a single kanji
// from a word.

// mostAgain is how many names of a view are looked for again.
const mostAgain = 8

// givenAgain emits the parts of names with an honorific by which those are called that
// were named in full before.
func (d *Detector) givenAgain(v *view, cands []candidate, emit func(candidate)) {
	n := 0
	for i := range cands {
		c := &cands[i]
		if c.kind != personName || c.points < 2 || c.subtype != "" && !strings.Contains(v.s[c.start:c.end], "・") || c.business || n == mostAgain {
			continue
		}
		part, sort := d.calledBy(v, c)
		if part == "" {
			continue
		}
		n++
		for at := c.end; ; {
			k := strings.Index(v.s[at:min(len(v.s), c.end+againReach)], part)
			if k < 0 {
				break
			}
			start := at + k
			at = start + len(part)
			if isUpper(part[0]) && (at == len(v.s) || !wordByte(v.s[at])) && !wordByte(v.s[start-1]) && !firmBehind(v.s[at:min(len(v.s), at+30)]) {
				emit(candidate{kind: personName, start: start, end: at, match: match{norm: c.norm, subtype: sort, points: likely, why: whyNear}})
			} else if r, _ := lastRune(v.s[:start]); !isKanji(r) && r != ' ' && r != '・' && !isKatakana(r) && aFriend.begins(v.s[at:]) {
				emit(candidate{kind: personName, start: start, end: at, match: match{norm: part, subtype: sort, points: likely, why: whyHonorific | whyNear}})
			}
		}
	}
}

// calledBy is the part of a name that its bearer is called by afterwards: the given name, of
// a name in katakana the last one (クリスティーナ・ベッカーさん … ベッカーさん), and the family
// name where no dictionary has it.
func (d *Detector) calledBy(v *view, c *candidate) (part, sort string) {
	if raw := v.s[c.start:c.end]; strings.Contains(raw, "・") {
		return raw[strings.LastIndex(raw, "・")+len("・"):], "surname"
	}
	if raw := v.s[c.start:c.end]; isUpper(raw[0]) && strings.Contains(raw, " ") {
		if c.why&whyNear != 0 { // no dictionary has it
			return raw, c.subtype
		}
		if last := raw[strings.LastIndexByte(raw, ' ')+1:]; c.points >= likely && len(last) >= 4 && isUpper(last[0]) && !englishWords[lower(last)] && !ambiguousNames[lower(last)] {
			return last, "surname" // Lorenzo Drummond … Drummond can be reached
		}
		return "", ""
	}
	if family, given, ok := strings.Cut(v.s[c.start:c.end], " "); ok && given != "" && kanjiWord(family, 3) && len(family) > len("堀") && !d.dict.family.has(family) {
		return family, "surname"
	}
	if sp := d.splitName(c.norm); sp.family > 0 && sp.end == len(c.norm) {
		return c.norm[sp.family:], "given"
	}
	return "", ""
}

// againReach is how far behind a name its given name is looked for, in bytes.
const againReach = 4 << 10
