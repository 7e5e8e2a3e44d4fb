package detect

import (
	"strings"
	"unicode/utf8"
)

// townAt finds an address of which the municipality was left out, as neighbours write
// it: 国府台3丁目12番5号, 大字上野原2047番地3. There is no list of towns: the block that is
// written out in full tells it, or the label or name that stands before it.
func (d *Detector) townAt(v *view, r run) (candidate, bool) {
	g := r[0]
	name := g.start
	for strings.HasSuffix(v.s[:name], "丁目") || name < g.start && kanjiBefore(v.s[:name]) { // 大手町二丁目4番地
		_, w := lastRune(v.s[:name])
		name -= w * (1 + b2i(name == g.start))
	}
	start := townStart(v.s, name)
	if start < 0 {
		return candidate{}, false
	}
	town := v.s[start:name]
	end := blockEnd(v.s, g.start)
	block := v.s[g.start:end]
	c := candidate{kind: address, start: start, end: end, match: match{norm: squeeze(v.s[start:end])}}
	numbers := 0
	for i := range len(block) {
		numbers += b2i(isDigit(block[i]) && (i == 0 || !isDigit(block[i-1])))
	}
	whole := strings.Contains(block, "丁目") && numbers > 1 || name < g.start && hasAnyPrefix(v.s[g.end:], []string{"番", "-"})
	field := v.s[max(0, start-len("現住所: ")):start]
	switch {
	case anyOf(field, []string{"住所", "本籍", "転居先", "引越先", "居所"}):
		c.points = likely
	case whole, hasAnyPrefix(town, []string{"大字", "字"}) && strings.Contains(block, "番地"):
		c.points = 2
	case numbers == 3 && !strings.Contains(block, "丁目") && strings.Count(block, "-") == 2 && hasAnySuffix(town, townEnds):
		c.points = 1.5
	case strings.Contains(block, "番地") && hasAnySuffix(town, townEnds):
		c.points = 1.5
	default:
		return candidate{}, false
	}
	return c, true
}

// kanjiBefore tells that a digit in kanji ends s.
func kanjiBefore(s string) bool {
	r, _ := lastRune(s)
	return kanjiDigit(r) >= 0 || r == '十'
}

// townEnds are what the names of many towns end with.
var townEnds = []string{"町", "台", "丘", "が丘", "ヶ丘", "ケ丘", "野", "原", "島", "田", "谷", "崎", "沢", "山", "川", "木", "塚", "橋", "浜", "森", "坂", "寺", "新田", "団地", "ニュータウン", "東", "西", "南", "北", "本町", "中", "内", "里"}

// townStart is where the name of a town begins that ends at i: two to eight kanji or
// kana behind something else; -1 for none.
func townStart(s string, i int) int {
	start, n := i, 0
	for start > 0 && n < 9 {
		r, w := lastRune(s[:start])
		if !isKanji(r) && r != 'ヶ' && r != 'ケ' && r != 'が' && r != 'の' && r != 'ノ' && r != 'ニ' && !isKatakana(r) {
			break
		}
		if r == 'が' || r == 'の' { // 旭が丘; not 新住所が…
			if n == 0 || !hasAnyPrefix(s[start:], []string{"丘", "台", "原", "浦", "里", "谷", "森", "木", "島", "浜", "内", "宮"}) {
				break
			}
		}
		start, n = start-w, n+1
	}
	if n < 2 || n > 8 || !isKanji(firstRune(s[start:])) && !isKatakana(firstRune(s[start:])) {
		return -1
	}
	word := s[start:i]
	if utf8.RuneCountInString(word) < 2 || hasAnyPrefix(word, []string{"第", "約", "計", "全", "各", "他", "同", "型", "図"}) || hasAnySuffix(word, []string{"第", "号", "表", "図", "条", "項", "版", "型", "番", "数", "目", "期", "回", "約", "計", "時", "円"}) {
		return -1
	}
	return start
}

// townsBeside makes addresses of towns without a municipality likely where a person
// stands in the line or in the one above, as nothing else would be written so there.
func (v *view) townsBeside(cands []candidate) {
	for i := range cands {
		c := &cands[i]
		if c.kind != address || c.points >= likely || c.why&whyDictionary != 0 {
			continue
		}
		line := v.line(c.start)
		for k := range cands {
			if name := &cands[k]; name.kind == personName && name.points >= 2 && (v.line(name.start) == line || v.line(name.start) == line-1 && c.points >= 2) {
				c.points, c.why = likely, c.why|whyRecord
				break
			}
		}
	}
}
