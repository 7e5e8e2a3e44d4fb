package detect

import (
	"slices"
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

// apartNumbers finds Individual Numbers and payment cards whose digits are set apart as nobody
// writes a number but somebody who hides one, or a program that writes markup: in brackets or
// quotes, as bullets, behind bars, over empty lines, by twos or threes, each digit in a font of its
// own. The label must stand directly in front and the check digit fit; all groups are of one
// length, and only marks stand between them, or between single digits the same signs each time.
//
// Not covered: words between the groups, letters for digits.
func apartNumbers(d *Detector, v *view, emit func(candidate)) {
	for _, k := range []*kind{myNumber, creditCard} {
		d.eachLabel(v, k, func(l labelHit) {
			text := v.s[l.end:min(len(v.s), l.end+apartReach)]
			start := apartStart(text)
			if start < 0 {
				return
			}
			m, end, signs := apartMatch(k, text[start:])
			if m.norm == "" || !apartLead(text[:start], signs) {
				return
			}
			m.points, m.why = ptCheck+ptLabel, whyCheck|whyLabel
			emit(candidate{kind: k, start: l.end + start, end: l.end + start + end, label: v.s[l.start:l.end], match: m})
		})
	}
}

// apartMatch is the number of kind k at the start of s, where it ends, and the signs between
// its digits when these hold letters; none when it is not valid.
func apartMatch(k *kind, s string) (m match, end int, signs string) {
	if k == myNumber {
		number, end, signs := apartDigits(s, 12)
		if !myNumberCheck(number) || allEqual(number) || timestamp(number) {
			return match{}, 0, ""
		}
		return match{norm: number}, end, signs
	}
	for most := 16; most >= 14; most-- {
		number, end, signs := apartDigits(s, most)
		if number == "" || span(s, isDigit, most) == most {
			continue
		}
		if brand := cardBrand(number); brand != "" && luhn(number) && !allEqual(number[1:]) && !slices.Contains(testCards, number) {
			return match{norm: number, subtype: brand}, end, signs
		}
	}
	return match{}, 0, ""
}

// apartStart is where the digits behind a label begin, -1 when they are too far away.
func apartStart(s string) int {
	for i := 0; i < len(s) && i <= 2*apartGap; {
		if isDigit(s[i]) {
			return i
		}
		i += max(1, max(terminalColour(s[i:]), quoterPrefix(s[i:])*b2i(i > 0 && s[i-1] == '\n')))
	}
	return -1
}

// apartLead tells that no other words stand between the label and the digits; signs are
// those between the digits, of which the end may stand in front of the first.
func apartLead(lead, signs string) bool {
	for n := len(signs); n > 0; n-- {
		if rest, ok := strings.CutSuffix(lead, signs[len(signs)-n:]); ok {
			lead = rest
			break
		}
	}
	words := ""
	for i := 0; i < len(lead); {
		if n := terminalColour(lead[i:]); n > 0 {
			i += n
		} else if n := quoterPrefix(lead[i:]); n > 0 && i > 0 && lead[i-1] == '\n' {
			i += n
		} else {
			words += lead[i : i+1]
			i++
		}
	}
	if len(lead) > apartGap+len("番号は") {
		return false
	}
	for w := range strings.FieldsFuncSeq(lower(words), func(r rune) bool { return !unicode.IsLetter(r) }) {
		switch w {
		case "は", "の", "が", "no", "番号", "番号は", "として", "is", "number":
		default:
			return false
		}
	}
	return true
}

// apartDigits reads so many digits in groups of one length from the start of s and tells where
// they end; signs are what stands between single digits, without blanks and hyphens, when it
// holds letters.
func apartDigits(s string, most int) (number string, end int, signs string) {
	var digits []byte
	size, marks := 0, ""
	for i := 0; ; {
		n := span(s[i:], isDigit, most+1)
		if n == 0 || size > 0 && n != size {
			return "", 0, ""
		}
		size = n
		digits = append(digits, s[i:i+n]...)
		if i += n; len(digits) >= most {
			number, end = apartEnd(s, i, most, size, marks, string(digits))
			return number, end, signs
		}
		gap := gapOfMarks(s[i:])
		if gap == 0 {
			here := ""
			gap, here = gapOfSigns(s[i:])
			if gap == 0 || size > 1 || signs != "" && here != signs || signs == "" && len(digits) > 1 {
				return "", 0, ""
			}
			signs = here
		} else if signs != "" {
			return "", 0, ""
		}
		marks += s[i : i+gap]
		i += gap
	}
}

// gapOfSigns is how much stands before the next digit when it is markup: signs and letters of
// ASCII in one line. here is that without blanks and hyphens, which may part groups.
func gapOfSigns(s string) (gap int, here string) {
	for i := 0; i < len(s) && i <= apartGap; i++ {
		switch {
		case isDigit(s[i]):
			here = strings.Map(func(r rune) rune {
				if r == ' ' || r == '-' {
					return -1
				}
				return r
			}, s[:i])
			if strings.IndexFunc(here, func(r rune) bool { return !unicode.IsLetter(r) }) < 0 {
				return 0, "" // a code of letters and digits
			}
			return i, here
		case s[i] < ' ' || s[i] >= utf8.RuneSelf || s[i] == '%':
			return 0, ""
		}
	}
	return 0, ""
}

// apartEnd judges the digits that end at i.
func apartEnd(s string, i, most, size int, marks, digits string) (number string, end int) {
	next := gapOfMarks(s[i:])
	goesOn := next > 0 && i+next < len(s) && isDigit(s[i+next])
	cents := size == 12 && strings.HasPrefix(s[i:], ".0")
	switch {
	case len(digits) != most, goesOn && !cents && !strings.Contains(s[i:i+next], "\n"):
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
