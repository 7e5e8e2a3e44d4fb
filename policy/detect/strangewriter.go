package detect

import "strings"

// strangeWriter takes the family name, which no dictionary may have, of somebody who says who
// is there as people do who call or write to a firm: 石動と申しますが、…, もしもし、茂呂です。
func strangeWriter(d *Detector, v *view, emit func(candidate)) {
	take := func(start, end int) {
		name := v.s[start:end]
		if !kanjiWord(joiningKana.Replace(name), 4) || len(name) < len("石動") || fieldWords[name] || d.dict.notNames.has(name) || commonNouns[name] || organisation(name) || deskEnd.ends(name) {
			return
		}
		emit(candidate{kind: personName, start: start, end: end, match: match{norm: name, subtype: "surname", points: likely, why: whyProse}})
	}
	v.each("と申しますが", func(at int) {
		start := len(strings.TrimRightFunc(v.s[:at], isKanji))
		if left := v.s[:start]; left == "" || strings.HasSuffix(left, "\n") || hasAnySuffix(left, []string{"「", "、"}) && !organisation(v.leftOf(start)) {
			take(start, at)
		}
	})
	v.each("もしもし、", func(at int) {
		start := at + len("もしもし、")
		if n := kanaRun(v.s[start:], isKanji); hasAnyPrefix(v.s[start+n:], []string{"です", "と申します", "ですけど", "ですが"}) {
			take(start, start+n)
		}
	})
}
