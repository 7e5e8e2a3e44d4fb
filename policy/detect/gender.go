package detect

import (
	"strings"
	"unicode/utf8"
)

// gender counts as a cell of a record or behind its label only.
var gender = &kind{
	name: "gender", severity: sevBusiness, ja: "性別", en: "gender",
	labels: []string{"性別", "男女の別", "男女", "ご性別", "性别", "성별", "gender", "sex", "seibetsu", "seibetu"}, headers: []string{"性", "seibetsu_kbn"},
	cell: func(s string) (match, bool) {
		n := genderWord(lower(s))
		return match{norm: lower(s), points: 1}, n > 0 && n == len(s) || s == "1" || s == "2" // ISO/IEC 5218
	},
}

// genderWord is the length of the word for a gender at the start of s.
func genderWord(s string) int {
	for _, w := range []string{"男性", "女性", "男児", "女児", "男子", "女子", "その他", "回答しない", "male", "female", "man", "woman", "other", "男", "女", "♂", "♀", "m", "f"} {
		if strings.HasPrefix(s, w) && (len(s) == len(w) || !isLetter(w[0]) || !wordByte(s[len(w)])) {
			return len(w)
		}
	}
	return 0
}

func findGender(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, gender, func(m labelHit) {
		i := max(skipLabel(v.s, m.end), m.end+markup(v.s[m.end:])) // "seibetsu":"男"
		if n := genderWord(lower(v.s[i:min(len(v.s), i+20)])); n > 0 && !genderChoice(v.s[i+n:]) {
			emit(candidate{kind: gender, start: i, end: i + n, label: v.s[m.start:m.end],
				match: match{norm: v.s[i : i+n], points: 5, why: whyLabel}})
		}
	})
}

// childGender finds what a child is said to be in a line with a date: …生まれ、男の子です.
func childGender(_ *Detector, v *view, emit func(candidate)) {
	for _, word := range []string{"男性", "女性"} { // 昭和41年8月10日生まれ、男性と
		v.each(word, func(i int) {
			if left := v.leftOf(i); hasAnySuffix(left, []string{"日生まれ、", "日生まれの", "日生、", "生まれ、", "生まれ "}) && hasDigits(left[max(0, len(left)-40):], 4) {
				emit(candidate{kind: gender, start: i, end: i + 3, match: match{norm: v.s[i : i+3], points: likely, why: whyNear}})
			}
		})
	}
	for _, word := range []string{"男の子", "女の子"} {
		v.each(word, func(i int) {
			if left := v.leftOf(i); strings.Contains(left, "生") && hasDigits(left, 4) {
				emit(candidate{kind: gender, start: i, end: i + 3, match: match{norm: v.s[i : i+3], points: likely, why: whyNear}})
			}
		})
	}
}

// bareGender finds 男 or 女性 as a field of its own in a line: it counts when the
// record has a name.
func bareGender(d *Detector, v *view, emit func(candidate)) {
	d.eachAnchor(v, genderMark, func(m labelHit) {
		e := m.end
		if hasAnyPrefix(v.s[e:], []string{"性", "児"}) {
			e += len("性")
		}
		if edge(v.s[:m.start], true) && edge(v.s[e:], false) && !genderChoice(v.s[e:]) && !chosen(v.s[:m.start]) {
			emit(candidate{kind: gender, start: m.start, end: e, match: match{norm: v.s[m.start:m.end], points: 2}})
		}
	})
}

// genderBeside takes the gender that stands as a field behind a date (S59.6.9生
// (満46歳) M) or right before it: the two together are those of a person.
func (v *view) genderBeside(c *candidate, emit func(candidate)) {
	i := c.end
	for _, w := range []string{"生まれ", "生"} {
		i += anyPrefix(v.s[i:], []string{w})
	}
	i += span(v.s[i:], fieldGap, 8)
	if n := genderWord(lower(v.s[min(len(v.s), i+1):min(len(v.s), i+8)])); strings.HasPrefix(v.s[i:], "(") && n > 0 && strings.HasPrefix(v.s[i+1+n:], ")") { // S51/07/04 (女)
		i++
	}
	if k := i + span(v.s[i:], func(b byte) bool { return b == '(' }, 1); strings.HasPrefix(v.s[k:], "満") || k < len(v.s) && isDigit(v.s[k]) { // the age
		k += anyPrefix(v.s[k:], []string{"満"})
		if n := span(v.s[k:], isDigit, 3); n > 0 && strings.HasPrefix(v.s[k+n:], "歳") {
			i = k + n + len("歳")
			i += span(v.s[i:], func(b byte) bool { return b == ')' || fieldGap(b) }, 8)
		}
	}
	n := genderWord(lower(v.s[i:min(len(v.s), i+6)]))
	if i == c.end || n == 0 || !edge(v.s[i+n:], false) || genderChoice(v.s[i+n:]) {
		return
	}
	emit(candidate{kind: gender, start: i, end: i + n, match: match{norm: v.s[i : i+n], points: likely, why: whyNear}})
	if c.label == "" {
		c.points, c.why = likely, c.why|whyNear
	}
}

// genderBefore takes the gender that stands as a field right before a date of long ago,
// behind another field: 旅券 TK1234567 M 2004/3/25, 沖 明（男、1984.12.19）.
func (v *view) genderBefore(c *candidate, emit func(candidate)) {
	if c.norm < "1910" || c.why&whyLabel != 0 {
		return
	}
	left := v.leftOf(c.start)
	t := strings.TrimRight(left, " \t,/|、・")
	if len(t) == len(left) || len(left)-len(t) > len(" 、 ") {
		return
	}
	if i := strings.LastIndexByte(t, '('); i >= 0 && kinWords[t[i+1:]] { // 佐野 花子（配偶者、1997-07-02）
		c.points, c.why = likely, c.why|whyNear
		return
	}
	if c.norm > "2023" {
		return
	}
	for _, w := range []string{"男性", "女性", "female", "male", "男", "女", "m", "f"} {
		before, ok := strings.CutSuffix(t, w)
		if !ok {
			continue
		}
		if field := strings.TrimRight(before, " \t,/|、・("); field == "" || len(field) == len(before) || chosen(before) || isLetter(w[0]) && anyOf(field, []string{"サイズ", "size"}) {
			return
		}
		start := c.start - len(left) + len(before)
		emit(candidate{kind: gender, start: start, end: start + len(w), match: match{norm: w, points: likely, why: whyNear}})
		c.points, c.why = likely, c.why|whyNear
		return
	}
}

// fieldGap tells the bytes that part the fields of a line.
func fieldGap(b byte) bool { return b == ' ' || b == '\t' || b == ',' || b == '/' || b == '|' }

// edge tells that a field may end where s begins, or begin where s ends.
func edge(s string, end bool) bool {
	if s == "" {
		return true
	}
	r, _ := utf8.DecodeRuneInString(s)
	if end {
		r, _ = utf8.DecodeLastRuneInString(s)
	}
	return strings.ContainsRune(" \n\t、,・/()|:;[]「」", r)
}

// skipLabel goes from the end of a label over what joins it to its value.
func skipLabel(s string, i int) int {
	for i < len(s) {
		if strings.IndexByte(" :=\t>|", s[i]) >= 0 {
			i++
			continue
		}
		if n := anyPrefix(s[i:], []string{"は", "「", "・", "、", "(", "[", "…", "が", "】", "]", "』", "》"}); n > 0 {
			i += n
			continue
		}
		return i
	}
	return i
}

// genderChoice tells a form that nobody has filled in, or what a field may hold:
// another gender follows.
func genderChoice(rest string) bool {
	t := strings.TrimLeft(rest, " ・/,、|□○()")
	if len(t) == len(rest) {
		return false
	}
	if n := span(t, func(c byte) bool { return isDigit(c) || c == '.' }, 8); n > 0 && hasAnyPrefix(t[n:], []string{"%", "％", "名", "人", "件", "割"}) { // how many they are
		return true
	}
	return strings.HasPrefix(t, "男") || strings.HasPrefix(t, "女") || len(rest) > 1 && strings.IndexByte("/|", strings.TrimLeft(rest, " ")[0]) >= 0 && genderWord(lower(t[:min(len(t), 8)])) > 0
}

// kinWords are what somebody is to whom another is.
var kinWords = wordSet("本人 世帯主 配偶者 夫 妻 内縁の妻 婚約者 パートナー 子 長男 次男 二男 三男 長女 次女 二女 三女 養子 養女 父 母 養父 養母 義父 義母 祖父 祖母 孫 兄 弟 姉 妹 叔父 叔母 伯父 伯母 甥 姪 いとこ 同居人 後見人 保護者 spouse wife husband son daughter child father mother partner")

// chosen tells that another gender stands right before: the second of a choice.
func chosen(left string) bool {
	t := strings.TrimRight(left, " ・/,、|□○()")
	return len(t) < len(left) && (strings.HasSuffix(t, "男") || strings.HasSuffix(t, "女") || strings.HasSuffix(t, "男性") || strings.HasSuffix(t, "女性"))
}

// genderColumn tells a column of genders that no header names, in a table of
// people.
func genderColumn(g *grid, col int) bool {
	if !g.people() {
		return false
	}
	n, good, letters, men := 0, 0, 0, 0
	g.each(col, func(_ int, s string) bool {
		n++
		if low := lower(s); genderWord(low) == len(low) {
			good++
			letters += b2i(len(low) == 1)
			men += b2i(low == "m")
		}
		return good == n && n < sampleRows
	})
	return n >= voteRows && good == n && (letters == 0 || n >= 2*voteRows || men > 0 && men < n)
}

// people tells that a column of the table holds names.
func (g *grid) people() bool {
	for i := range g.columns {
		if g.columns[i].kind == personName {
			return true
		}
	}
	return false
}
