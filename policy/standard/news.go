package standard

import (
	"bytes"
	"index/suffixarray"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// What the net shows of a mail in doubt (mime.ViewAnywhere) stands in other contents
// too, nearly all of it. Only lines with a word in them that stands in no other content
// are kept, each with its neighbours, which say what it is.

// maxSearched is how much text is searched for the words of the net; words that stand
// behind it are told twice.
const maxSearched = 6 << 20

// keepNews cuts the net's contents down to what is news, and leaves those out that have
// none, with their parts. That one of these could not be read as a file says nothing:
// octets that were decoded blindly begin like many a file, and a reading that knows
// where one begins tells what is wrong with it.
func (t *taken) keepNews() {
	if !slices.ContainsFunc(t.parts, func(p policy.Part) bool { return isNet(p.View) }) {
		return
	}
	known := newWordIndex(t.shownText())
	kept := map[string]bool{}
	for i := range t.contents {
		c := &t.contents[i]
		if !isNet(c.View) {
			continue
		}
		text := newsOf(c.Text, known)
		if text != c.Text {
			*c = policy.Content{Part: c.Part, View: c.View, Where: c.Where, Kind: c.Kind, Encrypted: c.Encrypted, Text: text}
		}
		if text != "" {
			kept[c.Part+"\x00"+c.View] = true
		}
	}
	contents := t.contents[:0]
	for _, c := range t.contents {
		if !isNet(c.View) || c.Text != "" {
			contents = append(contents, c)
		}
	}
	t.contents = contents
	parts := t.parts[:0]
	for _, p := range t.parts {
		switch {
		case !isNet(p.View), p.Encrypted != policy.NotEncrypted:
		case !kept[p.Path+"\x00"+p.View]:
			continue
		default:
			p.Problem = policy.NoProblem
		}
		parts = append(parts, p)
	}
	t.parts = parts
}

func isNet(view string) bool { return strings.HasPrefix(view, mime.ViewAnywhere) }

// shownText is what all other readings show, names of files included, without blanks.
func (t *taken) shownText() []byte {
	size := 0
	for i := range t.contents {
		size += len(t.contents[i].Text) + 1
	}
	out := make([]byte, 0, min(size, maxSearched))
	for i := range t.contents {
		if c := &t.contents[i]; !isNet(c.View) && len(out) < maxSearched {
			out = append(appendDense(out, head(c.Text, maxSearched-len(out))), '\n')
		}
	}
	for i := range t.parts {
		out = append(appendDense(out, t.parts[i].Name), '\n')
	}
	return out
}

func head(text string, n int) string { return text[:min(len(text), n)] }

// appendDense appends a text without blanks and what nobody sees, wide letters as narrow
// ones. Nearly all text needs no table to be looked at.
func appendDense(out []byte, text string) []byte {
	if !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	for i := 0; i < len(text); {
		c := rune(text[i])
		if c < utf8.RuneSelf {
			if c > ' ' && c != 0x7f {
				out = append(out, byte(c))
			}
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(text[i:])
		if c > 0x3000 && c < 0xd800 || !unicode.IsSpace(c) && !unicode.Is(unicode.Cf, c) {
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return out
}

// newsOf are the lines of a text with an unknown word in them, and their neighbours.
func newsOf(text string, known *wordIndex) string {
	lines := strings.SplitAfter(text, "\n")
	keep := make([]bool, len(lines)+2)
	any := false
	for i, line := range lines {
		if known.hasNews(line) {
			keep[i], keep[i+1], keep[i+2] = true, true, true // one place on
			any = true
		}
	}
	if !any {
		return ""
	}
	var b strings.Builder
	for i, line := range lines {
		if keep[i+1] {
			b.WriteString(line)
		}
	}
	return b.String()
}

// wordIndex tells the words of a text.
type wordIndex struct {
	text    []byte
	budget  int // octets that may be searched before an index is made
	index   *suffixarray.Index
	answers map[string]bool
}

func newWordIndex(text []byte) *wordIndex {
	const cheap = 64
	return &wordIndex{text: text, budget: cheap * len(text), answers: map[string]bool{}}
}

// hasNews tells a line with a word that the text has not. A word is a run of digits, of
// Japanese, or of other letters that is long enough to say something.
func (x *wordIndex) hasNews(line string) bool {
	dense := string(appendDense(nil, line))
	start, last := 0, otherRune
	for i, c := range dense {
		class := classOf(c)
		if class != last {
			if x.isNew(dense[start:i], last) {
				return true
			}
			start, last = i, class
		}
	}
	return x.isNew(dense[start:], last)
}

func (x *wordIndex) isNew(word string, class wordClass) bool {
	if len(word) < leastWord[class] {
		return false
	}
	has, asked := x.answers[word]
	if !asked {
		has = x.has(word)
		x.answers[word] = has
	}
	return !has
}

func (x *wordIndex) has(word string) bool {
	if x.budget > 0 {
		x.budget -= len(x.text)
		return bytes.Contains(x.text, []byte(word))
	}
	if x.index == nil {
		x.index = suffixarray.New(x.text)
	}
	return len(x.index.Lookup([]byte(word), 1)) > 0
}

type wordClass byte

const (
	otherRune wordClass = iota
	digitRune
	japaneseRune
	letterRune
)

// leastWord is how long a word must be, in octets.
var leastWord = [...]int{otherRune: 1 << 30, digitRune: 4, japaneseRune: 6, letterRune: 5}

func classOf(c rune) wordClass {
	switch {
	case c >= '0' && c <= '9':
		return digitRune
	case c < 0x80:
		if c|0x20 >= 'a' && c|0x20 <= 'z' {
			return letterRune
		}
		return otherRune
	case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana):
		return japaneseRune
	case unicode.IsLetter(c):
		return letterRune
	}
	return otherRune
}
