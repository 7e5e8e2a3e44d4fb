package detect

import (
	"strings"
	"unicode/utf8"
)

// streetWords end the name of a street.
var streetWords = wordSet(`street road lane close drive avenue terrace crescent court way place grove gardens square mews st rd ave blvd boulevard parade row hill walk rise view park green quay`)

// streetAt reads an address in Latin letters that begins with the numbers of r:
// number and street, or a Japanese one that is written from the block upwards
// (3-14-6 Aoyama, Minato-ku). It counts in the record of a person.
func streetAt(v *view, r run) (candidate, bool) {
	g, e := r[0], r[len(r)-1].end
	if e+2 >= len(v.s) || v.s[e] != ' ' && v.s[e+1] != ' ' || g.end-g.start > 4 || g.start > 0 && (wordByte(v.s[g.start-1]) || strings.IndexByte("-./:", v.s[g.start-1]) >= 0) {
		return candidate{}, false
	}
	end := streetEnd(v.s, e, g.end)
	if end == 0 {
		return candidate{}, false
	}
	c := candidate{kind: address, start: g.start, end: end, match: match{points: 2, why: whyShape}}
	c.norm = lower(v.s[c.start:c.end])
	return c, true
}

// streetEnd is where an address ends whose number or block ends at all, and whose
// first number ends at first; 0 for none.
func streetEnd(s string, all, first int) int {
	i := first
	if all > first {
		i = all // 3-14-6
	}
	if i < len(s) && isUpper(s[i]) && (i+1 == len(s) || s[i+1] == ' ') {
		i++ // 17B
	}
	words, end := 0, 0
	for i < len(s) && words < 12 {
		if gap := span(s[i:], func(c byte) bool { return c == ' ' || c == ',' }, 2); gap > 0 {
			i += gap
		} else if words > 0 {
			break
		}
		n := letters(s[i:])
		if n == 0 || !isUpper(s[i]) {
			break
		}
		words++
		w := lower(s[i : i+n])
		i += n
		switch {
		case streetWords[w] && words > 1 && words <= 5:
			end = i
		case hasAnySuffix(w, []string{"-ku", "-shi", "-cho", "-machi", "-ken", "-gun", "-dori"}) && words <= 6 && all > first:
			end = i
		case end > 0 && words <= 10:
			end = i // the town behind it
		}
	}
	if end > 0 { // a postal code
		if n := span(s[end:], func(c byte) bool { return c == ' ' || c == '-' || isDigit(c) || isUpper(c) }, 10); n > 4 && hasDigits(s[end:end+n], 1) && !japaneseCode(strings.Trim(s[end:end+n], " -")) {
			end += len(strings.TrimRight(s[end:end+n], " -"))
		}
	}
	return end
}

// japaneseCode tells a postal code of Japan, a value of its own behind the prefecture.
func japaneseCode(s string) bool {
	return len(s) == len("101-0047") && s[3] == '-' && digitsIn(s) == 7
}

// kanjiBlocks finds addresses whose block is written in kanji with tens:
// 二丁目十四番十九号.
func kanjiBlocks(d *Detector, v *view, emit func(candidate)) {
	v.each("丁目", func(at int) {
		start := at
		for start > 0 {
			r, n := lastRune(v.s[:start])
			if kanjiDigit(r) < 0 && r != '十' {
				break
			}
			start -= n
		}
		if start == at {
			return
		}
		c, ok := d.addressAt(v, group{start: start, end: at})
		if !ok {
			return
		}
		end := at + len("丁目")
		for end < len(v.s) {
			r, n := utf8.DecodeRuneInString(v.s[end:])
			if kanjiDigit(r) < 0 && !strings.ContainsRune("十番号地の-0123456789", r) {
				break
			}
			end += n
		}
		c.end = building(v.s, end)
		c.norm = squeeze(v.s[c.start:c.end])
		emit(c)
	})
}
