package detect

import (
	"strings"
	"unicode/utf8"
)

// How a name is read tells that it is one, whatever the dictionary knows: no other word
// has a family name and a given name in kana behind it.

// findReadings takes the names with their reading in brackets, and the readings behind
// a word for one: 渡邉旬（わたなべ しゅん）, ふりがな　いよだひとみ.
func findReadings(d *Detector, v *view, emit func(candidate)) {
	for i := 0; i < len(v.s); {
		n := strings.IndexByte(v.s[i:], '(')
		if n < 0 {
			break
		}
		i += n + 1
		if end := latinReading(v.s, i, emit); end > 0 {
			i = end
			continue
		}
		end := d.readingAt(v.s, i, false)
		if end == 0 || end >= len(v.s) || v.s[end] != ')' {
			continue
		}
		if start := nameBeforeReading(v.s[:i-1]); start >= 0 && !d.dict.notNames.has(squeeze(v.s[start:i-1])) {
			name := strings.TrimRight(v.s[start:i-1], " ")
			emit(candidate{kind: personName, start: start, end: start + len(name), match: match{norm: squeeze(name), points: likely, why: whyDictionary | whyNear}})
			emit(candidate{kind: personName, start: i, end: end, match: match{norm: katakana(squeeze(v.s[i:end])), subtype: "kana", points: likely, why: whyDictionary | whyNear}})
		}
	}
	d.eachLabel(v, personName, func(m labelHit) {
		switch v.s[m.start:m.end] {
		case "フリガナ", "ふりがな", "よみ", "読み", "カナ", "カナ氏名", "氏名(カナ)":
		default:
			return
		}
		start := m.end + len(v.s[m.end:]) - len(strings.TrimLeft(v.s[m.end:], " :)=>|→"))
		start += anyPrefix(v.s[start:], []string{"は"})
		start += span(v.s[start:], func(c byte) bool { return c == ' ' }, 4)
		end := d.readingAt(v.s, start, true)
		if end == 0 {
			end = d.joinedReading(v.s, start)
		}
		if end == 0 {
			end = d.unknownReading(v.s, start)
		}
		if end > 0 && start > m.end {
			emit(candidate{kind: personName, start: start, end: end, label: v.s[m.start:m.end], match: match{norm: katakana(squeeze(v.s[start:end])), subtype: "kana", points: likely, why: whyDictionary | whyLabel}})
		}
	})
}

// saidReading finds the reading of a name that somebody tells: お名前の読みは「たかぎゆきお」.
func saidReading(d *Detector, v *view, emit func(candidate)) {
	v.each("読みは", func(at int) {
		start := at + len("読みは")
		start += anyPrefix(v.s[start:], []string{"「", "『", " "})
		if end := d.joinedReading(v.s, start); end > 0 && hasAnySuffix(v.s[:at], []string{"名前の", "氏名の", "様の", "さんの"}) {
			emit(candidate{kind: personName, start: start, end: end, match: match{norm: katakana(v.s[start:end]), subtype: "kana", points: likely, why: whyDictionary | whyNear}})
		}
	})
}

// joinedReading is where the reading of a family name and a given name ends that fills a
// field or quotation marks without a blank; 0 for none.
func (d *Detector) joinedReading(s string, i int) int {
	n := kanaRun(s[i:], isKana)
	if n < len("ああああ") || n > len("ああああああああああああ") || !fieldEnds(s[i+n:]) && !hasAnyPrefix(s[i+n:], []string{"」", "』"}) || !d.kanaPair(katakana(s[i:i+n])) {
		return 0
	}
	return i + n
}

// readingAt is where the reading of a family name and a given name ends that begins at
// i, 0 for none; in a field a sentence may go on behind it.
func (d *Detector) readingAt(s string, i int, field bool) int {
	f := kanaRun(s[i:], isKana)
	if f < len("ああ") || f > len("ああああああああああああ") {
		return 0
	}
	first := katakana(s[i : i+f])
	if i+f < len(s) && s[i+f] == ' ' {
		if g := kanaRun(s[i+f+1:], isKana); g >= len("ああ") && g <= len("ああああああ") && (d.dict.familyKana.has(first) || d.dict.givenKana.has(katakana(s[i+f+1:i+f+1+g]))) {
			return i + f + 1 + g
		}
	}
	if d.kanaPair(first) {
		return i + f
	}
	for _, tail := range []string{"です", "と"} {
		if rest, ok := strings.CutSuffix(s[i:i+f], tail); ok && field && d.kanaPair(katakana(rest)) {
			return i + len(rest)
		}
	}
	return 0
}

// unknownReading is where a reading in one word ends that begins at i and fills its
// field, whose given name alone is known: フリガナ：ゴタンダタクミ; 0 for none.
func (d *Detector) unknownReading(s string, i int) int {
	n := kanaRun(s[i:], isKana)
	word := katakana(s[i : i+n])
	if count := utf8.RuneCountInString(word); count < 4 || count > 10 || !fieldEnds(s[i+n:]) {
		return 0
	}
	for at := range word {
		if given := word[at:]; at >= len("アア") && len(given) >= len("アア") && d.dict.givenKana.has(given) {
			return i + n
		}
	}
	return 0
}

// readingBehind takes the reading of a name that stands right behind it with no more
// than a blank between them: 神崎 恵　カンザキ　メグミ　女.
func (d *Detector) readingBehind(v *view, name candidate, emit func(candidate)) {
	if name.subtype != "" || name.points < 2 || !isKanji(firstRune(v.s[name.start:])) {
		return
	}
	blank := func(c byte) bool { return c == ' ' }
	if h := name.end + span(v.s[name.end:], blank, 1); anHonorific.begins(v.s[h:]) { // 蛭田 茂樹 様　ひるたしげき
		h += anyPrefix(v.s[h:], honorifics)
		i := h + span(v.s[h:], blank, 3)
		if end := d.readingAt(v.s, i, false); i > h && end >= i+len("ああああ") && fieldEnds(v.s[end:]) {
			emit(candidate{kind: personName, start: i, end: end, match: match{norm: katakana(squeeze(v.s[i:end])), subtype: "kana", points: likely, why: whyDictionary | whyNear}})
			return
		}
	}
	i := name.end + span(v.s[name.end:], blank, 3)
	f := kanaRun(v.s[i:], isKatakana)
	if i == name.end || f < len("アア") || f > len("アアアアアア") || i+f >= len(v.s) || v.s[i+f] != ' ' {
		return
	}
	given := i + f + span(v.s[i+f:], func(c byte) bool { return c == ' ' }, 2)
	g := kanaRun(v.s[given:], isKatakana)
	if g == 0 || !d.dict.givenKana.has(v.s[given:given+g]) || !fieldEnds(v.s[given+g:]) {
		return
	}
	emit(candidate{kind: personName, start: i, end: given + g, match: match{norm: squeeze(v.s[i : given+g]), subtype: "kana", points: likely, why: whyDictionary | whyNear}})
}

// latinReading takes the reading in brackets of a name from abroad whose bearer is
// addressed behind it: Hilde Brandt（ヒルデ・ブラント）さん. It returns where it ends.
func latinReading(s string, i int, emit func(candidate)) int {
	end, words := i, 0
	for at := i; words < 4; words++ {
		n := kanaRun(s[at:], isKatakana)
		if n < len("ア") {
			return 0
		}
		end = at + n
		if gap := anyPrefix(s[end:], []string{"・", "=", " "}); gap > 0 {
			at = end + gap
			continue
		}
		words++
		break
	}
	left := strings.TrimRight(s[max(0, i-64):i-1], " ")
	if words < 2 || end >= len(s) || s[end] != ')' || left == "" || !isLetter(left[len(left)-1]) || !anHonorific.begins(strings.TrimPrefix(s[end+1:], " ")) {
		return 0
	}
	name := strings.ReplaceAll(squeeze(s[i:end]), "・", "")
	emit(candidate{kind: personName, start: i, end: end, match: match{norm: name, subtype: "kana", points: likely, why: whyHonorific | whyNear}})
	return end
}

// nameBeforeReading is where the two to six kanji or kana begin that end s, behind which
// a reading stands; -1 for none.
func nameBeforeReading(s string) int {
	s = strings.TrimRight(s, " ")
	i, n, gaps, kanji := len(s), 0, 0, false
	for i > 0 && n < 7 {
		r, w := lastRune(s[:i])
		if r == ' ' && gaps == 0 && n > 0 {
			gaps++
			i -= w
			continue
		}
		if !isKanji(r) && !(isKana(r) && n < 4 && !kanji) {
			break
		}
		kanji = kanji || isKanji(r)
		i, n = i-w, n+1
	}
	for i < len(s) && s[i] == ' ' {
		i++
	}
	if n < 2 || n > 6 || !isKanji(firstRune(s[i:])) || utf8.RuneCountInString(s[i:]) > 7 {
		return -1
	}
	return i
}

// spreadNames takes names whose characters are set apart: 佐　伯　　玲　奈.
func spreadNames(d *Detector, v *view, emit func(candidate)) {
	for i := 0; i < len(v.s); {
		n := strings.IndexByte(v.s[i:], ' ')
		if n < 0 {
			return
		}
		at := i + n
		i = at + 1
		if at < 3 || v.s[at-3] < 0xe4 || v.s[at-3] > 0xe9 || at >= 6 && isKanji(lastOf(v.s[:at-3])) {
			continue
		}
		if name, end := spreadName(v.s, at-3); end > 0 {
			if sp := d.splitName(name); (sp.end == len(name) || d.spreadField(v, at-3, end, name)) && !d.dict.notNames.has(name) && !fieldWords[name] {
				emit(candidate{kind: personName, start: at - 3, end: end, match: match{norm: name, points: likely, why: whyDictionary | whyNear}})
				i = end
			}
		}
	}
}

// spreadField tells that the label of a name stands before a spread one that fills its
// line and begins with a family name: then any given name will do.
func (d *Detector) spreadField(v *view, start, end int, name string) bool {
	if _, b := v.lineSpan(v.line(start)); strings.TrimSpace(v.s[end:b]) != "" || d.dict.family.lengths(name) == 0 {
		return false
	}
	points, _, _ := d.labelled(v, personName, start, end)
	return points >= ptLabel
}

// spreadBefore tells that a raw text ends with two kanji that a wide space parts.
func spreadBefore(s string) bool {
	for strings.HasSuffix(s, " ") || strings.HasSuffix(s, "\u3000") {
		s = s[:len(s)-1-2*b2i(s[len(s)-1] != ' ')]
	}
	n := len(s)
	return n >= 9 && isKanji(lastOf(s)) && s[n-6:n-3] == "\u3000" && isKanji(lastOf(s[:n-6])) && (n == 9 || s[n-10] == 0x80 && strings.HasSuffix(s[:n-9], "\u3000"))
}

// spreadName reads three to five kanji with blanks between each two of them from i on.
func spreadName(s string, i int) (name string, end int) {
	var b strings.Builder
	for n := 0; n < 6; n++ {
		r, w := nextRune(s[i:])
		if !isKanji(r) && r != 'の' && r != 'ヶ' || n == 5 || n > 1 && anHonorific.begins(s[i:]) {
			break
		}
		b.WriteString(s[i : i+w])
		end = i + w
		gap := span(s[end:], func(c byte) bool { return c == ' ' }, 3)
		if gap == 0 || gap > 2 {
			break
		}
		i = end + gap
	}
	if b.Len() < 9 || end < len(s) && isKanji(firstRune(s[end:])) {
		return "", 0
	}
	return b.String(), end
}
