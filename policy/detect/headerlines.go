package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// A header is read whole: its lines are short, and an address beside a name speaks
// for it. Most headers, though, hold nothing but the addresses of those who take part
// and what a mail program says of itself, beside a subject without a value in it. Of
// these only the addresses are told; to read them like all others took a fifth of
// judging a small mail.

// longestHeader is how long a header may be, in bytes, to be looked at that way.
const longestHeader = 4 << 10

// addressHeader finds the addresses in a header that holds nothing else; false when
// something else may stand in it, and it has to be read.
func (x *exam) addressHeader(c *policy.Content, out *[]hit) bool {
	if len(c.Text) > longestHeader {
		return false
	}
	var room [1 << 10]byte
	rest := room[:0] // what may hold something
	for line := range strings.Lines(c.Text) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ":")
		switch {
		case machineField(name, value):
		case isAddressField(name):
			from := len(rest)
			if rest = withoutAddresses(rest, line); slices.ContainsFunc(rest[from:], func(c byte) bool { return c >= utf8.RuneSelf }) {
				return false // most likely a name, which counts beside an address
			}
		case strings.IndexByte(line, '@') >= 0:
			return false
		default:
			rest = append(rest, line...)
		}
	}
	v := &x.view
	v.fold(string(rest), 0)
	if slices.ContainsFunc(x.candidates(v), func(c candidate) bool { return x.d.mayCount(v, &c) }) ||
		slices.ContainsFunc(v.labels, func(l labelHit) bool { return l.kind == mailAddress }) {
		return false
	}
	addresses(c.Text, out)
	return true
}

// mayCount tells whether a candidate counts, or would beside another one: all but an
// address, which is told in any case, and a short number or a date without a label.
func (d *Detector) mayCount(v *view, c *candidate) bool {
	d.weighCandidate(v, c)
	return !c.kind.silent && c.kind != mailAddress && (!c.kind.mustLabel || c.why&(whyLabel|whyNear|whyShape|whyColumn) != 0)
}

// addresses finds the mail addresses of those who take part, and the ids of messages,
// which look like them.
func addresses(text string, out *[]hit) {
	start, n := 0, int32(0)
	for line := range strings.Lines(text) {
		for done := 0; ; {
			at := strings.IndexByte(line[done:], '@')
			if at < 0 {
				break
			}
			at += done
			done = at + 1
			if from, to, ok := mailAround(line, at); ok {
				done = to
				*out = append(*out, hit{kind: mailAddress, in: running, start: start + from, end: start + to,
					norm: lower(line[from:to]), points: ptShape + 1, why: whyShape, business: true, record: n})
			}
		}
		start += len(line)
		n++
	}
}

// isAddressField tells the fields in which addresses are of those who take part.
func isAddressField(name string) bool {
	return slices.ContainsFunc(addressFields[min(len(name), len(addressFields)-1)], func(f string) bool { return strings.EqualFold(f, name) })
}

// addressFields are by their length.
var addressFields = [...][]string{2: {"To", "Cc"}, 3: {"Bcc"}, 4: {"From"}, 6: {"Sender"}, 8: {"Reply-To"}, 10: {"Message-ID", "References"},
	11: {"In-Reply-To", "Return-Path"}, 12: nil}

// withoutAddresses appends a line without the plain addresses in it, and nothing when
// no more than the field's name would be left.
func withoutAddresses(to []byte, line string) []byte {
	from, words := len(to), 0
	for word := range strings.SplitSeq(strings.TrimSuffix(line, "\n"), " ") {
		if word == "" || plainAddress(word) {
			continue
		}
		if words++; words > 1 {
			to = append(to, ' ')
		}
		to = append(to, word...)
	}
	if words < 2 && strings.HasSuffix(string(to[from:]), ":") {
		return to[:from]
	}
	return append(to, '\n')
}

// plainAddress tells an address or id with few digits, as nearly all are.
func plainAddress(word string) bool {
	word = strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(word, ","), ">"), "<")
	digits, ats := 0, 0
	for i := range len(word) {
		switch c := word[i]; {
		case isDigit(c):
			digits++
		case c == '@':
			ats++
		case !isLetter(c) && c != '.' && c != '-' && c != '_':
			return false
		}
	}
	return ats == 1 && digits <= 4
}

// machineField tells the fields that a mail program writes in one of a few ways, none
// of which has room for anything else.
func machineField(name, value string) bool {
	value = strings.TrimPrefix(value, " ")
	switch len(name) {
	case len("Date"):
		return strings.EqualFold(name, "Date") && usualDate(value)
	case len("MIME-Version"): // and Content-Type
		return value == "1.0" && strings.EqualFold(name, "MIME-Version") ||
			strings.EqualFold(name, "Content-Type") && usualType(value)
	case len("Content-Transfer-Encoding"):
		return strings.EqualFold(name, "Content-Transfer-Encoding") &&
			slices.Contains([]string{"7bit", "8bit", "base64", "quoted-printable", "binary"}, value)
	}
	return false
}

// usualDate tells a date as RFC 5322 section 3.3 has it, and nothing behind it.
func usualDate(s string) bool {
	const like = "Mon, 02 Jan 2006 15:04:05 +0900"
	if len(s) == len(like)-1 { // a day of one digit
		s = s[:5] + "0" + s[5:]
	}
	if len(s) != len(like) {
		return false
	}
	for i := range len(like) {
		switch c := like[i]; {
		case isDigit(c):
			if !isDigit(s[i]) {
				return false
			}
		case isLetter(c):
			if !isLetter(s[i]) {
				return false
			}
		case s[i] != c && (c != '+' || s[i] != '-'):
			return false
		}
	}
	return true
}

// usualType tells a media type of text with a charset.
func usualType(s string) bool {
	kind, charset, _ := strings.Cut(s, ";")
	if kind != "text/plain" && kind != "text/html" {
		return false
	}
	charset, ok := strings.CutPrefix(strings.TrimSpace(charset), "charset=")
	charset = strings.Trim(charset, `"`)
	return !ok && charset == "" || slices.ContainsFunc([]string{"UTF-8", "ISO-2022-JP", "US-ASCII", "Shift_JIS", "ISO-8859-1"}, func(c string) bool {
		return strings.EqualFold(c, charset)
	})
}
