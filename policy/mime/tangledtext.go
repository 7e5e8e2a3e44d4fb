package mime

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// wrongInText counts what is wrong with a text once its encoding is undone; already is what is
// wrong besides. What damaged base64 decodes to is garbage from there on, so that nothing is
// said of its characters.
func (n *Node) wrongInText(body []byte, already int, garbage bool) int {
	if !n.inOctets() || charset.Mark(body) != "" || !strings.HasPrefix(n.Type, "text/") && charset.IsBinary(body) || charset.UnmarkedUTF16(body) != "" || charset.UnmarkedUTF32(body) != "" {
		return 0
	}
	odd, broken := characterNumbers(body)
	wrong := count(charset.Shifts(n.Charset) || !charset.IsKnown(n.Charset), odd, broken, broken)
	if garbage || n.Attachment && !strings.HasPrefix(n.Type, "text/") {
		return wrong
	}
	if wrong += count(n.hasStrayControls(body), n.hasPartedNumber(body)); wrong+already == 1 {
		wrong += count(n.fitsNot(body)) // which takes the longest
	}
	return wrong
}

// fitsNot tells a text that the charset it names does not read; of one that names none, that
// people write in nothing of the kind.
func (n *Node) fitsNot(body []byte) bool {
	name := charset.Canonical(n.Charset)
	switch {
	case charset.Shifts(name):
		return false
	case name == "iso-2022-jp" && bytes.IndexByte(body, 0x1b) >= 0:
		return charset.IsTornJIS(body)
	case isASCII(body):
		return false
	case name != "":
		return name == "utf-8" && !isUTF8(body) || name != "utf-8" && charset.As(body, name).Bad > 0
	case isUTF8(body):
		return false
	}
	for _, name := range [...]string{"shift_jis", "euc-jp", "iso-2022-jp"} {
		if charset.As(body, name).Bad == 0 {
			return false
		}
	}
	return true
}

// hasStrayControls tells control characters that no text has. Those of ISO-2022 belong to it,
// and a file of DOS ends with one. A NUL that stands in the mail is a doubt of its own.
func (n *Node) hasStrayControls(body []byte) bool {
	if !charset.HasControls(body) {
		return false
	}
	body = bytes.TrimRight(body, "\x1a\r\n")
	return bytes.ContainsFunc(body, func(c rune) bool {
		return (c != 0 || n.encoding != identity && bytes.IndexByte(n.raw, 0) < 0) && (c < ' ' && (c < '\t' || c > '\r') || c == 0x7f) && c != 0x1b && c != 0x0e && c != 0x0f
	})
}

// characterNumbers tells odd characters by number: such that are escaped once more,
// "&amp;#20491;", or stand for a digit. Broken ones have something else than digits inside.
func characterNumbers(body []byte) (odd, broken bool) {
	const least = 4 // digits; an apostrophe has fewer, and is often escaped twice
	for rest := body; ; {
		i := bytes.IndexByte(rest, '&')
		if i < 0 {
			return odd, broken
		}
		rest = rest[i+1:]
		number, again := bytes.CutPrefix(rest, []byte("amp;#"))
		if !again {
			var is bool
			if number, is = bytes.CutPrefix(rest, []byte("#")); !is {
				continue
			}
		}
		number, hex := bytes.CutPrefix(number, []byte("x"))
		if !hex {
			number, hex = bytes.CutPrefix(number, []byte("X"))
		}
		k := 0
		for k < len(number) && unhex(number[k]) >= 0 {
			k++
		}
		odd = odd || again && k >= least || isDigitByNumber(number[:k], hex)
		behind := bytes.TrimLeftFunc(number[k:], func(c rune) bool { return isNotSeen(c) || c >= utf8.RuneSelf && unicode.IsSpace(c) })
		broken = broken || len(behind) > 0 && len(behind) < len(number)-k && (behind[0] == ';' || unhex(behind[0]) >= 0)
	}
}

// isDigitByNumber tells the number of a digit of ASCII, which nobody has to escape.
func isDigitByNumber(number []byte, hex bool) bool {
	base := 10
	if hex {
		base = 16
	}
	c, err := strconv.ParseUint(string(bytes.TrimLeft(head(number, 10), "0")), base, 8)
	return err == nil && c >= '0' && c <= '9'
}

// isNotSeen tells what is no character, or is none that anybody sees, but for line ends and tabs.
func isNotSeen(c rune) bool {
	return c == utf8.RuneError || c == '\u2028' || c == '\u2029' || unicode.Is(unicode.C, c) && c != '\r' && c != '\n' && c != '\t'
}

// hasPartedNumber tells a number with something between its digits that is not seen, or is no
// character. Blanks of all widths are what people part numbers with.
func (n *Node) hasPartedNumber(body []byte) bool {
	const longest = 8  // octets
	var names []string // of the charsets that it may be in, once somebody must know
	for i := 0; i < len(body); i++ {
		if body[i] < '0' || body[i] > '9' {
			continue
		}
		end := i + 1
		for end < len(body) && end-i <= longest && (body[end] >= utf8.RuneSelf || body[end] == 0x7f || body[end] < ' ' && body[end] > '\r') {
			end++
		}
		run := body[i+1 : end]
		next := bytes.TrimLeft(body[end:], " -")
		if i = end - 1; len(run) == 0 || len(next) == 0 || next[0] < '0' || next[0] > '9' {
			continue
		}
		if names == nil {
			if names = []string{"utf-8", "shift_jis", "euc-jp", charset.Canonical(n.Charset)}; isUTF8(body) {
				names = names[:1]
			}
		}
		if !slices.ContainsFunc(names, func(name string) bool {
			return name != "" && !strings.ContainsFunc(charset.As(run, name).Text, isNotSeen)
		}) {
			return true
		}
	}
	return false
}
