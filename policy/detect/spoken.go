package detect

import (
	"strings"
	"unicode/utf8"
)

// What was said and written down afterwards: who speaks stands before a colon, what was
// asked for in the line above, and numbers are read out with の between their groups.

// askedAbove tells that the value behind who speaks, at start of line n, answers a question
// for values of kind k in the line above, which somebody else asks, and by which word.
func (d *Detector) askedAbove(v *view, k *kind, a, start, n int) string {
	who := speaker(v.s[a:start])
	from, end := v.lineSpan(n - 1)
	asks := speaker(v.s[from:end])
	if who == "" || asks == "" || who == asks {
		return ""
	}
	marks := d.between(v, from+len(asks), end)
	if len(marks) == 0 {
		return ""
	}
	last := marks[len(marks)-1]
	if last.kind != k || !aQuestion.in(v.s[last.end:end]) {
		return ""
	}
	return v.s[last.start:last.end]
}

// rawSpeaker tells a raw line in which somebody speaks.
func rawSpeaker(line string) bool {
	i := strings.IndexAny(line[:min(len(line), len("オペレーター：お"))], ":：")
	return i > 0 && !hasDigits(line[:i], 1)
}

// speaker is who the line says that speaks: up to eight characters before a colon.
func speaker(line string) string {
	i := strings.IndexByte(line, ':')
	if i <= 0 || i > len("お客様お客様ご") || hasDigits(line[:i], 1) || utf8.RuneCountInString(line[:i]) > 8 {
		return ""
	}
	return strings.TrimSpace(line[:i])
}

// aQuestion are words that ask somebody for something.
var aQuestion = newAnyWord("お願い", "ください", "下さい", "ですか", "ますか", "でしょうか", "ませんか", "番号は", "の日は", "日は。", "教えて", "いただけ", "頂け", "頂戴")

// spokenPhones finds telephone numbers as they are read out: 090の1234の5678.
func spokenPhones(_ *Detector, v *view, emit func(candidate)) {
	for i := 0; ; {
		k := strings.Index(v.s[i:], "の")
		if k < 0 {
			return
		}
		at := i + k
		i = at + len("の")
		if at < 2 || i >= len(v.s) || !isDigit(v.s[at-1]) || !isDigit(v.s[i]) {
			continue // nearly all
		}
		start := at
		for start > 0 && at-start < 6 && isDigit(v.s[start-1]) {
			start--
		}
		middle := span(v.s[i:], isDigit, 6)
		last, ok := strings.CutPrefix(v.s[i+middle:], "の")
		n := span(last, isDigit, 5)
		digits := v.s[start:at] + v.s[i:i+middle] + last[:n*b2i(ok)]
		if !ok || n != 4 || digits[0] != '0' || !(len(digits) == 11 && mobilePrefix(digits) && at-start == 3 || len(digits) == 10 && fixedPrefix(digits)) {
			continue
		}
		c := candidate{kind: phone, start: start, end: i + middle + len("の") + n, match: match{norm: digits, subtype: "fixed", points: 4, why: whyGroups}}
		if len(digits) == 11 {
			c.subtype = "mobile"
		}
		emit(c)
		i = c.end
	}
}
