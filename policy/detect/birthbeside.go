package detect

import (
	"strings"
	"unicode/utf8"
)

// westernKanji reads 一九六一年七月十三日 and 二〇〇一年十二月三日.
func westernKanji(s string) (d date, n int) {
	if !strings.HasPrefix(s, "一九") && !strings.HasPrefix(s, "二〇") {
		return date{}, 0
	}
	year, rest, ok := strings.Cut(s, "年")
	if !ok || utf8.RuneCountInString(year) != 4 {
		return date{}, 0
	}
	for _, r := range year {
		k := kanjiDigit(r)
		if k < 0 {
			return date{}, 0
		}
		d.y = d.y*10 + k
	}
	var ok1, ok2 bool
	d.m, rest, ok1 = kanjiCount(rest, "月")
	d.d, rest, ok2 = kanjiCount(rest, "日")
	if d.end = len(s) - len(rest); !ok1 || !ok2 || !d.valid() {
		return date{}, 0
	}
	return d, d.end
}

// bornAmong tells a date of long ago that ends a line of fields or stands between
// two of them, where one is the name of a person and another a number or address
// of theirs.
func (v *view) bornAmong(group []candidate, i int) bool {
	c := &group[i]
	if c.kind != birthDate || c.why&(whyLabel|whyNear) != 0 || c.norm < "1910" {
		return false
	}
	if v.bornBelow(&group[i-1], c) {
		return group[i-1].points >= likely && v.personNear(group, &group[i-1])
	}
	if v.bornInLines(group, i) {
		return true
	}
	if v.bornStated(group, i) {
		return true
	}
	if !gapOnly(v.s[group[i-1].end:c.start]) {
		return false
	}
	if _, end := v.lineSpan(v.line(c.start)); strings.HasPrefix(v.s[c.end:end], " - ") {
		// a further field, whatever it holds
	} else if i+1 < len(group) && group[i+1].start <= end && !gapOnly(v.s[c.end:group[i+1].start]) {
		return false
	} else if i+1 == len(group) || group[i+1].start > end {
		if strings.TrimSpace(v.s[c.end:end]) != "" {
			return false
		}
	}
	contact := false
	line := v.line(c.start)
	for k := range group {
		o := &group[k]
		contact = contact || v.line(o.start) == line && o.points >= likely && (c.norm < "2010" && (o.kind == phone || o.kind == mailAddress) || o.kind.severity >= sevOfficial && !o.kind.silent)
	}
	return contact && v.personNear(group, c)
}

// bornStated tells a date of 昭和 that is a statement of its own in a line with somebody's name
// and a number that an office gave them: …さん、保険者番号271130、番号：0284417。S20.5.5。
func (v *view) bornStated(group []candidate, i int) bool {
	c, before := &group[i], &group[i-1]
	if c.norm > "1989" || before.kind.severity < sevOfficial || before.points < likely || !v.personNear(group, c) {
		return false
	}
	between := v.s[before.end:c.start]
	_, end := v.lineSpan(v.line(c.start))
	return between != "" && strings.Trim(between, " 。、,") == "" && (c.end == end || hasAnyPrefix(v.s[c.end:end], []string{"。", "、", " "}))
}

// bornBelow tells a date that fills the line right below the official number of somebody:
// what was copied out of a form loses its labels.
func (v *view) bornBelow(number, c *candidate) bool {
	if number.kind.silent || number.kind.severity < sevOfficial || number.kind.id == 0 || v.line(number.end-1)+1 != v.line(c.start) {
		return false
	}
	a, b := v.lineSpan(v.line(c.start))
	return strings.TrimSpace(v.s[number.end:a]) == "" && strings.TrimSpace(v.s[a:c.start]) == "" && strings.TrimSpace(v.s[c.end:b]) == ""
}

// bornInLines tells a date that fills its line between one that ends with somebody's name
// and one that a telephone number or address of theirs begins.
func (v *view) bornInLines(group []candidate, i int) bool {
	c, name := &group[i], &group[i-1]
	if i+1 >= len(group) || name.kind != personName || name.points < likely || name.business {
		return false
	}
	next, line := &group[i+1], v.line(c.start)
	a, b := v.lineSpan(line)
	_, end := v.lineSpan(line - 1)
	return v.line(name.end-1) == line-1 && v.line(next.start) == line+1 && strings.Trim(v.s[name.end:max(name.end, end)], " 様殿さん氏") == "" &&
		strings.TrimSpace(v.s[a:c.start]) == "" && strings.TrimSpace(v.s[c.end:b]) == "" && (next.kind == phone || next.kind == mailAddress || next.kind == address || next.kind == postalCode)
}

// gapOnly tells that only what parts the fields of a line stands in s.
func gapOnly(s string) bool {
	return s != "" && (strings.Trim(s, " \t,/|;\"'") == "" || s == " - ")
}

// kanaBracket is the bracket that ends a reading, behind which the fields of a person go
// on: 星義雄（ホシ　ヨシオ）　昭和42年8月21日.
func kanaBracket(name *candidate) string {
	if name.subtype == "kana" {
		return ")"
	}
	return ""
}

// kanaOnly tells the reading of a name, in katakana.
func kanaOnly(s string) bool {
	for _, r := range s {
		if !isKatakana(r) && r != ' ' && r != '・' {
			return false
		}
	}
	return true
}

// aChild tells words before the name of a child.
var aChild = newAnyWord("(子)", "扶養", "長男", "長女", "次男", "次女", "二男", "二女", "三男", "三女", "園児", "児童", "お子", "乳児", "幼児")

// bornBehind tells that the date c stands right behind a name and that somebody
// of age may have been born then: such a pair tells a person.
func (v *view) bornBehind(name, c *candidate) bool {
	if c.kind != birthDate || c.why&(whyLabel|whyNear|whyShape|whyColumn) != 0 || name.kind != personName || name.points < likely || name.business {
		return false
	}
	y := atoi(c.norm[:min(4, len(c.norm))])
	if strings.IndexByte(v.s[name.end:c.start], '\n') >= 0 {
		return false
	}
	last := 2015
	if _, end := v.lineSpan(v.line(c.end)); aChild.in(v.leftOf(name.start)) || name.why&whyHonorific != 0 || strings.Contains(v.s[c.end:end], "保護者") || aChildCalled.begins(strings.TrimLeft(v.s[name.end:], " ")) {
		last = 2026
	}
	if between := strings.TrimLeft(v.s[name.end:c.start], "様さんくちゃ君殿氏"); y >= 1910 && y <= last && (strings.Trim(between, " ") == "(" || strings.Trim(between, " ") == "、") && strings.HasPrefix(v.s[c.end:], ")") {
		return true // 秦航平（2003年10月24日）
	}
	between := strings.Trim(withoutNumber(v.s[name.end:c.start]), " (、,/|様さんくちゃ殿氏\t\"'"+kanaBracket(name))
	return y >= 1910 && y <= last && (between == "" || len(between) <= len("ア")*16 && kanaOnly(between))
}

// withoutNumber takes the number out that somebody has with a house, in brackets behind the
// name: 様（ID 0048812）, さん(患者番号 22104).
func withoutNumber(s string) string {
	before, rest, ok := strings.Cut(s, "(")
	in, after, closed := strings.Cut(rest, ")")
	if !ok || !closed || len(in) > 40 || !hasDigits(in, 3) || strings.TrimSpace(after) == "" && strings.HasSuffix(after, "\n") {
		return s
	}
	return before + " " + after
}
