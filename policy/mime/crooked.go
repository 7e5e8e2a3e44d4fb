package mime

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// What is crooked no program that people use writes: the grammar of a field is broken in a
// way that only damage or intent explains. Readers of mail go on from there each in a way of
// its own, and with what they make of it they read all that follows. Nobody can list these
// ways, so that a mail with anything crooked is ambiguous whatever is read in it. What
// programs do write against the grammar, such as raw or encoded names of files, no quotes or
// too many, semicolons at the end, is not among it.

// noteCrooked looks for it in the fields that say how to read a part.
func (r *reader) noteCrooked(path string, n *Node, ct, cd, cte *field) {
	if !isLabel(n.Charset) && !isLooseUTF8(n.Charset) {
		r.doubt(path, "charset that no label is", crooked)
	}
	for _, f := range [...]*field{ct, cd} {
		switch {
		case hasOddType(f.value) || f == cd && hasSeveral(f.value):
			r.doubt(path, "no single type in front of the parameters of "+f.key, crooked)
		case isUsualValue(f.value):
		case isCrooked(f):
			r.doubt(path, "parameters that nobody writes in "+f.key, crooked)
		}
	}
	if !isUsualValue(cte.value) && (hasStrangeOctet(cte.value) || !isASCII(cte.value)) {
		r.doubt(path, "transfer encoding with something else in it", crooked)
	}
}

// isLabel tells what a charset's label may be made of; "" is none.
func isLabel(label string) bool {
	for i := range len(label) {
		switch c := label[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-', c == '_', c == '.', c == ':', c == '+', c == '$', c == '(', c == ')':
		default:
			return false
		}
	}
	return true
}

// isLooseUTF8 tells UTF-8 with a mark behind it or the parameter's name once more, which programs
// write and others take for UTF-8 or for nothing they know.
func isLooseUTF8(label string) bool {
	return strings.TrimRight(strings.TrimPrefix(label, "charset="), ",") == "utf-8"
}

// hasOddLabel tells an encoded word whose charset has something in it that is in no label.
// Programs do put blanks and quotation marks there, a language behind a star, and nothing.
func hasOddLabel(value []byte) bool {
	for {
		i := bytes.Index(value, []byte("=?"))
		if i < 0 {
			return false
		}
		value = value[i+2:]
		label, rest, ok := bytes.Cut(head(value, longestLabel), []byte("?"))
		if !ok || len(rest) < 2 || rest[1] != '?' || !isLetterOfWord(rest[0]) || wordEnd(value[len(label)+3:]) < 0 {
			continue
		}
		if !isLabel(string(bytes.Map(labelLetter, label))) {
			return true
		}
	}
}

// longestLabel is how long a label, the question mark, the letter and the next question mark
// may be together.
const longestLabel = 78

func isLetterOfWord(c byte) bool { return c|0x20 == 'b' || c|0x20 == 'q' }

// labelLetter is a character of a label in lower case, -1 for one that programs put there too.
func labelLetter(c rune) rune {
	switch c {
	case ' ', '\t', '\r', '\n', '"', '\'', '*':
		return -1
	}
	if c >= 'A' && c <= 'Z' {
		return c | 0x20
	}
	return c
}

// hasOddType tells a value that begins with a quotation mark, or with parameters.
func hasOddType(value []byte) bool {
	value = bytes.TrimLeft(value, " \t\r\n")
	return len(value) > 1 && (value[0] == '"' || value[0] == ';' && bytes.IndexByte(value, '=') > 0)
}

// hasSeveral tells dispositions with commas between them; behind a comma instead of a semicolon
// stands a parameter.
func hasSeveral(value []byte) bool {
	kind, _, _ := bytes.Cut(value, []byte(";"))
	_, second, is := bytes.Cut(kind, []byte(","))
	return is && bytes.IndexByte(second, '=') < 0
}

// isUsualValue tells a value without the signs of what could be crooked.
func isUsualValue(value []byte) bool {
	for _, c := range value {
		if unusualInValue[c] {
			return false
		}
	}
	return true
}

var unusualInValue = func() (t [256]bool) {
	for c := range t {
		t[c] = c < ' ' && c != '\t' && c != '\r' && c != '\n' || c >= 0x7f || c == '*' || c == '?'
	}
	return t
}()

// hasStrangeOctet tells a control character other than those of folded lines.
func hasStrangeOctet(value []byte) bool {
	for _, c := range value {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			return true
		}
	}
	return false
}

// isCrooked tells control characters anywhere; encoded words and octets beyond ASCII where no
// name of a file is; extended parameters that are no names; and sections that RFC 2231 does
// not number so.
func isCrooked(f *field) bool {
	kind, params := f.withParams()
	if hasStrangeOctet(f.value) && !isNamedInJIS(f.value, kind, params) || isStrangeToken(kind) {
		return true
	}
	for i, p := range params {
		name, section, extended := strings.Cut(p.name, "*")
		switch {
		case p.value != "" && isStrangeToken(name):
			return true
		case extended && (isActedUpon(name) || !isSection(params[:i], name, section)):
			return true
		case isActedUpon(name) && isStrangeToken(p.value):
			return true
		case extended && !strings.HasSuffix(section, "*") && section != "" && isEscape([]byte(p.value), '%') && hasForm(params[:i], name+"*0*"):
			return true // a section whose star was lost
		}
	}
	return false
}

// isNamedInJIS tells a name in raw ISO-2022-JP, as old Japanese programs write, where no parameter
// says how to read the body: its octets are quotation marks and semicolons to some.
func isNamedInJIS(value []byte, kind string, params []param) bool {
	return !strings.HasPrefix(kind, "multipart") && bytes.IndexByte(value, 0x1b) >= 0 && charset.As(value, "iso-2022-jp").Bad == 0 && !charset.IsTornJIS(value) &&
		!hasStrangeOctet(bytes.ReplaceAll(value, []byte{0x1b}, nil)) && !slices.ContainsFunc(params, func(p param) bool { return isActedUpon(p.name) })
}

// isStrangeToken tells what is neither ASCII nor free of encoded words.
func isStrangeToken(s string) bool {
	return !isASCII([]byte(s)) || strings.Contains(s, "=?")
}

// isActedUpon tells the parameters by which a body is read.
func isActedUpon(name string) bool {
	switch name {
	case "boundary", "charset", "format", "delsp":
		return true
	}
	return false
}

// isSection tells the mark of an extended parameter that may stand behind those before it: none,
// or the next number, the first of which is 0 (RFC 2231 section 3).
func isSection(before []param, name, section string) bool {
	number := strings.TrimSuffix(section, "*")
	next := 0
	for _, p := range before {
		if own, mark, ok := strings.Cut(p.name, "*"); ok && own == name {
			if mark == "" || number == "" {
				return false // a name that is there already
			}
			next++
		}
	}
	return number == "" && section == "" || number == strconv.Itoa(next)
}
