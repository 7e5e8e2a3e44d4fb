package detect

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// A number may stand in one place of a mail and what it is in another: the subject and the
// body, the name of a file and the file, a body and what a style sheet or script writes beside
// it; or its digits are spread over several. Each place by itself shows nothing.

// Bounds of what is joined: how much of each content is looked at, how long the line of a
// label and of a number may be, in octets, and how many numbers may stand alone. A list of
// numbers of twelve digits is one of parcels or orders.
const (
	joinedText   = 16 << 10
	joinedLabel  = 120
	joinedNumber = 48
	mostJoined   = 3
)

// joinedLabels are the words for the Individual Number that name a value and little else.
var joinedLabels = []string{"個人番号", "マイナンバー", "ﾏｲﾅﾝﾊﾞｰ", "My Number", "my number", "mynumber", "MyNumber", "MY NUMBER"}

// lonePlace is a number that stands alone: of content part, with its digits.
type lonePlace struct {
	part, start, end int
	digits           string
}

// joined looks for Individual Numbers whose label stands elsewhere in the mail, where nothing
// else told one. The check digit must fit; a number that stands alone must not pass that of
// parcels too.
//
// Not covered: halves beside other words, the number in front of its label in one text.
func (x *exam) joined(parts []policy.Content) {
	labels := labelLines(parts)
	if len(labels) == 0 || x.tells(myNumber) {
		return
	}
	var whole, pieces []lonePlace
	for i := range parts {
		open := openLabel(parts[i].Text)
		other := len(labels) > 1 || labels[0].part != i
		for _, p := range loneNumbers(i, parts[i].Text) {
			if len(p.digits) < 12 {
				pieces = append(pieces, p)
			} else if len(p.digits) == 12 && (open || other) {
				whole = append(whole, p)
			}
		}
	}
	if len(whole) > mostJoined {
		return
	}
	for _, p := range whole {
		if !mod7(p.digits) {
			x.joinedHit(parts, p)
		}
	}
	for _, names := range []bool{false, true} { // of texts, and of names of files
		for _, l := range labels { // the digits behind the label come first
			all, n := l.digits, 0
			for _, p := range pieces {
				if (parts[p.part].Kind == policy.HeaderText) == names && (p.part != l.part || p.start > l.end) {
					all, n = all+p.digits, n+1
				}
			}
			if n+b2i(l.digits != "") > 1 && n <= 12 && len(all) == 12 {
				x.joinedHit(parts, lonePlace{l.part, l.start, l.end, all})
				return
			}
		}
	}
}

// tells tells that something of the kind was found.
func (x *exam) tells(k *kind) bool {
	for i := range x.result.Findings {
		if x.result.Findings[i].Type == k.name {
			return true
		}
	}
	return false
}

// joinedHit reports a number whose check digit fits.
func (x *exam) joinedHit(parts []policy.Content, p lonePlace) {
	if !myNumberCheck(p.digits) || allEqual(p.digits) || timestamp(p.digits) {
		return
	}
	c := &parts[p.part]
	h := hit{kind: myNumber, in: running, start: p.start, end: p.end, norm: p.digits, points: ptCheck + ptNear, why: whyCheck | whyNear}
	x.report = reporter{x: x, c: c}
	x.tell(x.conclude(c, []hit{h}))
}

// labelLines are the first lines of each content that name an Individual Number, with the
// digits that end them.
func labelLines(parts []policy.Content) []lonePlace {
	var out []lonePlace
	for i := range parts {
		text := parts[i].Text[:min(len(parts[i].Text), joinedText)]
		for _, w := range joinedLabels {
			at := indexWord(text, w)
			if at < 0 {
				continue
			}
			from := strings.LastIndexByte(text[:at], '\n') + 1
			to := len(text)
			if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
				to = at + n
			}
			rest := text[at+len(w) : to]
			if to-from > joinedLabel || hasAnyPrefix(rest, []string{"カード", "制度", "法", " card", " Card"}) {
				continue
			}
			digits := foldCell(rest)
			if digits = loneDigits(strings.TrimLeft(digits, " :=はの番号")); len(digits) >= 12 {
				digits = ""
			}
			out = append(out, lonePlace{i, from, to, digits})
			break
		}
	}
	return out
}

// openLabel tells a text in which a label ends a line, as one with its value behind it does
// when that is shown from elsewhere.
func openLabel(text string) (open bool) {
	text = text[:min(len(text), joinedText)]
	for _, w := range joinedLabels {
		eachIndex(text, w, func(at int) {
			rest, _, _ := strings.Cut(text[at+len(w):], "\n")
			open = open || strings.Trim(rest, " 　\t\r:：=は") == ""
		})
	}
	return open
}

// loneNumbers are the numbers of a text that fill their line, or stand between quotation
// marks in it.
func loneNumbers(part int, text string) []lonePlace {
	var out []lonePlace
	text = text[:min(len(text), joinedText)]
	for at := 0; at < len(text); {
		line, _, _ := strings.Cut(text[at:], "\n")
		if !hasDigits(line, 1) && len(line) > joinedNumber {
			at += len(line) + 1
			continue
		}
		if len(line) <= joinedNumber {
			folded := foldCell(strings.TrimSpace(line))
			if d := loneDigits(withoutExtension(folded)); d != "" {
				out = append(out, lonePlace{part, at, at + len(line), d})
			}
		}
		for i, s := 0, line; len(out) < 100; {
			n := strings.IndexAny(s[i:], "\"'`>")
			if n < 0 {
				break
			}
			i += n + 1
			if d := span(s[i:], isDigit, 13); d == 12 && i+d < len(s) && strings.IndexByte("\"'`<", s[i+d]) >= 0 {
				out = append(out, lonePlace{part, at + i, at + i + d, s[i : i+d]})
			}
		}
		at += len(line) + 1
	}
	return out
}

// loneDigits are the digits of a text that has nothing else but blanks, hyphens and marks of
// quotation in front; "" otherwise.
func loneDigits(s string) string {
	s = strings.TrimLeft(s, "> ")
	if s == "" || !allOf(s, "0123456789- ") {
		return ""
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "-", ""), " ", "")
}

// withoutExtension is the name of a file without what tells its format.
func withoutExtension(name string) string {
	if i := strings.LastIndexByte(name, '.'); i > 0 && len(name)-i <= 5 && !hasDigits(name[i:], 1) {
		return name[:i]
	}
	return name
}
