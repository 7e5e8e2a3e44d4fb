package detect

import "strings"

// Who has been named in full is called by the given name from then on, children above
// all: 吉野 律さん … 律さんには. The dictionary alone could not tell one of a single kanji
// from a word.

// mostAgain is how many names of a view are looked for again.
const mostAgain = 8

// givenAgain emits the given names with an honorific of those that were named in full
// before.
func (d *Detector) givenAgain(v *view, cands []candidate, emit func(candidate)) {
	n := 0
	for i := range cands {
		c := &cands[i]
		if c.kind != personName || c.points < 2 || c.subtype != "" || c.business || n == mostAgain {
			continue
		}
		sp := d.splitName(c.norm)
		if sp.family == 0 || sp.end != len(c.norm) {
			continue
		}
		n++
		given := c.norm[sp.family:]
		for at := c.end; ; {
			k := strings.Index(v.s[at:min(len(v.s), c.end+againReach)], given)
			if k < 0 {
				break
			}
			start := at + k
			at = start + len(given)
			if r, _ := lastRune(v.s[:start]); !isKanji(r) && r != ' ' && !isKatakana(r) && aFriend.begins(v.s[at:]) {
				emit(candidate{kind: personName, start: start, end: at, match: match{norm: given, subtype: "given", points: likely, why: whyHonorific | whyNear}})
			}
		}
	}
}

// againReach is how far behind a name its given name is looked for, in bytes.
const againReach = 4 << 10
