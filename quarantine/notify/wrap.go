package notify

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// columns is how wide a line of the plain text may be: 78 as RFC 5322 section
// 2.1.1 counts characters, here counted as a Japanese screen shows them.
const columns = 78

// runeWidth is how many columns a character takes. Ambiguous ones count as wide,
// as Japanese fonts draw them.
func runeWidth(r rune) int {
	if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth, width.EastAsianAmbiguous:
		return 2
	}
	return 1
}

// displayWidth is how many columns a line takes.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// Characters that must not begin or end a line (JIS X 4051).
const (
	notFirst = "、。,.)]}）］｝」』】〉》～・:;!?！？：；ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
	notLast  = "([{（［｛「『【〈《"
)

// wrap cuts a line into lines of at most columns; those after the first are
// indented. Japanese is cut between characters, other words at blanks, and a
// word that is wider than a line is cut where it has to be, but for an address
// of a page: a cut link is no link.
func wrap(line, indent string) []string {
	var out []string
	for rest := line; ; {
		room := columns
		if len(out) > 0 {
			room -= displayWidth(indent)
		}
		head, tail := cut(rest, room)
		if len(out) > 0 {
			head = indent + head
		}
		out = append(out, strings.TrimRight(head, " "))
		if tail == "" {
			return out
		}
		rest = tail
	}
}

// cut takes what fits into room columns from the front; at least one character.
func cut(s string, room int) (head, tail string) {
	if displayWidth(s) <= room || isLink(s) {
		return s, ""
	}
	runes := []rune(s)
	w, end := 0, 0
	for end < len(runes) && w+runeWidth(runes[end]) <= room {
		w += runeWidth(runes[end])
		end++
	}
	end = max(end, 1)
	for i := end; i > end/2; i-- { // a line may be half empty, not more
		if mayBreak(runes, i) {
			end = i
			break
		}
	}
	return string(runes[:end]), strings.TrimLeft(string(runes[end:]), " ")
}

func isLink(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.Contains(s, " ")
}

// mayBreak tells whether a line may end before the i-th character.
func mayBreak(r []rune, i int) bool {
	before, after := r[i-1], r[i]
	switch {
	case before == ' ' || after == ' ':
		return true
	case strings.ContainsRune(notFirst, after) || strings.ContainsRune(notLast, before):
		return false
	}
	return runeWidth(before) == 2 || runeWidth(after) == 2
}

// oneLine makes one printable line of a value that came from outside: no control
// or formatting characters, since those could reorder or hide what is read.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// printable is oneLine that keeps blanks as they are, for what was put together
// here.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
}

// shorten keeps the first n columns of a line.
func shorten(s string, n int) string {
	s = oneLine(s)
	if displayWidth(s) <= n {
		return s
	}
	w := 0
	for i, r := range s {
		if w += runeWidth(r); w > n-2 {
			return s[:i] + "…"
		}
	}
	return s
}
