package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// apartReach is how far behind its label a number may end whose digits are set apart, and
// apartGap how much may stand between two of them, in octets of folded text.
const (
	apartReach = 320
	apartGap   = 24
)

// apartNumbers finds Individual Numbers whose twelve digits are set apart as nobody writes a
// number but somebody who hides one: in brackets or quotes, as bullets, behind bars, over empty
// lines, by twos or threes. The label must stand directly in front and the check digit fit;
// all groups are of one length, and only marks stand between them.
//
// Not covered: words between the groups, letters for digits.
func apartNumbers(d *Detector, v *view, emit func(candidate)) {
	d.eachLabel(v, myNumber, func(l labelHit) {
		text := v.s[l.end:min(len(v.s), l.end+apartReach)]
		start := apartLead(text)
		if start < 0 {
			return
		}
		number, end := apartDigits(text[start:])
		if !myNumberCheck(number) || allEqual(number) || timestamp(number) {
			return
		}
		emit(candidate{kind: myNumber, start: l.end + start, end: l.end + start + end, label: v.s[l.start:l.end],
			match: match{norm: number, points: ptCheck + ptLabel, why: whyCheck | whyLabel}})
	})
}

// apartLead is where the digits behind a label begin, -1 when other words come first.
func apartLead(s string) int {
	i, words := 0, ""
	for i < len(s) && !isDigit(s[i]) {
		if n := terminalColour(s[i:]); n > 0 {
			i += n
		} else if n := quoterPrefix(s[i:]); n > 0 && i > 0 && s[i-1] == '\n' {
			i += n
		} else {
			words += s[i : i+1]
			i++
		}
	}
	if i == len(s) || i > apartGap+len("番号は") {
		return -1
	}
	for w := range strings.FieldsFuncSeq(lower(words), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "は", "の", "が", "no", "番号", "番号は", "として", "is", "number":
		default:
			return -1
		}
	}
	return i
}

// apartDigits reads twelve digits in groups of one length from the start of s, with marks
// between them, and tells where they end.
func apartDigits(s string) (number string, end int) {
	var digits []byte
	size, marks := 0, ""
	for i := 0; ; {
		n := span(s[i:], isDigit, 13)
		if n == 0 || size > 0 && n != size {
			return "", 0
		}
		size = n
		digits = append(digits, s[i:i+n]...)
		if i += n; len(digits) >= 12 {
			return apartEnd(s, i, size, marks, string(digits))
		}
		gap := gapOfMarks(s[i:])
		if gap == 0 {
			return "", 0
		}
		marks += s[i : i+gap]
		i += gap
	}
}

// apartEnd judges the digits that end at i.
func apartEnd(s string, i, size int, marks, digits string) (number string, end int) {
	next := gapOfMarks(s[i:])
	goesOn := next > 0 && i+next < len(s) && isDigit(s[i+next])
	cents := size == 12 && strings.HasPrefix(s[i:], ".0")
	switch {
	case len(digits) != 12, goesOn && !cents && !strings.Contains(s[i:i+next], "\n"):
		return "", 0 // further groups in the line: a list of figures
	case goesOn && strings.Contains(marks, "\n"):
		return "", 0 // further lines: a column
	case size == 3 && strings.Trim(marks, ",. ") == "":
		return "", 0 // an amount, an address of a network
	}
	return digits, i
}

// gapOfMarks is how much of the start of s is marks, blanks, line ends and quotation
// prefixes; 0 when a digit does not follow soon.
func gapOfMarks(s string) int {
	i := 0
	for i < len(s) && i <= apartGap {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isDigit(s[i]):
			return i
		case r == '\n':
			i++
			i += quoterPrefix(s[i:])
		case r == '\x1b':
			if n = terminalColour(s[i:]); n == 0 {
				return 0
			}
			i += n
		case unicode.IsLetter(r) || unicode.IsNumber(r) || r == '%' || r == utf8.RuneError:
			return 0
		default:
			i += n
		}
	}
	return 0
}

// quoterPrefix is the name and mark in front of a quoted line: yamada> .
func quoterPrefix(s string) int {
	n := span(s, wordByte, 12)
	if n > 0 && n < len(s) && s[n] == '>' && isLetter(s[0]) {
		return n + 1
	}
	return 0
}

// terminalColour is a sequence that colours text on a terminal (ECMA-48, SGR): ESC [ 31 m.
func terminalColour(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	n := 2 + span(s[2:], func(c byte) bool { return isDigit(c) || c == ';' }, 8)
	if n < len(s) && s[n] == 'm' {
		return n + 1
	}
	return 0
}
