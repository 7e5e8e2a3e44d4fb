package detect

import (
	"strings"
	"unicode/utf8"
)

// streetWords end the name of a street.
var streetWords = wordSet(`street road lane close drive avenue terrace crescent court way place grove gardens square mews st rd ave blvd boulevard parade row hill walk rise view park green quay
	ln dr ct pkwy parkway hwy highway cir circle trl trail loop alley esplanade circuit marg nagar salai`)

// streetAt reads an address in Latin letters that begins with the numbers of r:
// number and street, or a Japanese one that is written from the block upwards
// (3-14-6 Aoyama, Minato-ku). It counts in the record of a person.
func streetAt(v *view, r run) (candidate, bool) {
	if i := lastBehindComma(v.s, r); i > 0 { // SSN 113-20-5765, 77 Willow Bend Rd
		r = r[i:]
	}
	g, e := r[0], r[len(r)-1].end
	if c, ok := boxAt(v, g); ok {
		return c, true
	}
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

// unitOrOrdinal is the length of a word with digits within an address: that of a street, 2nd, or
// behind its end the number of a flat with its word, Apt 3C, #05-17; 0 for none.
func unitOrOrdinal(s string, i, end int) int {
	k := i
	switch {
	case k < len(s) && isDigit(s[k]):
		n := span(s[k:], isDigit, 3)
		if hasAnyPrefix(s[k+n:], []string{"st ", "nd ", "rd ", "th "}) {
			return n + 2
		}
		return 0
	case end == 0:
		return 0
	case k < len(s) && s[k] == '#':
		k++
	default:
		w := letters(s[k:])
		if k += w; !unitWords[lower(s[i:k])] || k >= len(s) || s[k] != ' ' && s[k] != '.' {
			return 0
		}
		k += span(s[k:], func(c byte) bool { return c == ' ' || c == '.' || c == '#' }, 3)
	}
	n := span(s[k:], func(c byte) bool { return isDigit(c) || isUpper(c) || c == '-' }, 8)
	if n == 0 || !hasDigits(s[k:k+n], 1) && n > 1 {
		return 0
	}
	return k + n - i
}

// unitWords stand before the number of a flat.
var unitWords = wordSet("apt apartment unit suite ste flat floor fl no room rm")

// lastBehindComma is the last group of a run that a comma and a blank part from the one
// before, where a word in Latin letters follows the run; 0 for none.
func lastBehindComma(s string, r run) int {
	if e := r[len(r)-1].end; len(r) == 1 || e+1 >= len(s) || s[e] != ' ' || !isUpper(s[e+1]) {
		return 0
	}
	for i := len(r) - 1; i > 0; i-- {
		if r[i].sep == ',' && s[r[i].start-1] == ' ' {
			return i
		}
	}
	return 0
}

// boxAt reads a box of a post office with the town behind: PO Box 118, Albury NSW 2640.
func boxAt(v *view, g group) (candidate, bool) {
	i := g.start - len("po box ")
	if i < 0 || v.s[g.start-1] != ' ' || lower(v.s[i:g.start]) != "po box " || i > 0 && wordByte(v.s[i-1]) {
		return candidate{}, false
	}
	end := g.end
	for words := 0; words < 4 && end < len(v.s); words++ {
		gap := span(v.s[end:], func(c byte) bool { return c == ' ' || c == ',' }, 2)
		if end+gap >= len(v.s) || gap == 0 || !isUpper(v.s[end+gap]) {
			break
		}
		end += gap + letters(v.s[end+gap:])
	}
	if end == g.end {
		return candidate{}, false
	}
	end = codeEnd(v.s, end)
	return candidate{kind: address, start: i, end: end, match: match{norm: lower(v.s[i:end]), points: 2, why: whyShape}}, true
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
		if k := unitOrOrdinal(s, i, end); k > 0 { // 2nd Main Road; , Apt 3C,
			i += k
			if words++; end > 0 {
				end = i
			}
			continue
		}
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
	if end > 0 {
		end = codeEnd(s, end)
	}
	return end
}

// codeEnd is where the postal code ends that stands behind a town which ends at i, i without one.
func codeEnd(s string, i int) int {
	if n := span(s[i:], func(c byte) bool { return c == ' ' || c == '-' || isDigit(c) || isUpper(c) }, 10); n > 4 && hasDigits(s[i:i+n], 1) && !japaneseCode(strings.Trim(s[i:i+n], " -")) {
		return i + len(strings.TrimRight(s[i:i+n], " -"))
	}
	return i
}

// livedIn makes an address in Latin letters count that the words left of it call somebody's home.
func (c *candidate) livedIn(left string) {
	if c.why&whyShape != 0 && c.points < likely && livesAt(left) {
		c.points, c.why = likely, c.why|whyNear
	}
}

// livesAt tells that a line, in lower case up to an address in Latin letters, says that it is
// somebody's home: I have moved to, please send the next parcel to.
func livesAt(left string) bool {
	left = left[max(0, len(left)-80):]
	return anyOf(left, []string{"i have moved", "i've moved", "i moved", "moving to", "move to", "moved to", "my address", "my new address", "her address", "his address", "new address", "home address", "parcel to", "send it to", "deliver it to", "deliver to my", "live at", "lives at", "living at", "resides at", "residing at", "home:", "home is", "at home"}) && !wordIn(left, "we", "our", "office", "branch", "shop", "store", "company", "team", "warehouse")
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
