package mime

import (
	"bytes"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// maxSimpleParts is how many parts a mail may have to be inspected in process.
const maxSimpleParts = 20

// IsSimple tells a mail that may be inspected in the main process: canonical,
// at most maxBytes octets in all, and made of nothing but plain text, HTML and
// CSV that looks like text. No archive, office file, inner mail, encoded file
// in the text, and no problem anywhere. It looks at the bytes with our own code
// only. It decodes them as Take does, so they must be the caller's own.
func (r *Reading) IsSimple(maxBytes int64) bool {
	if !r.Canonical || len(r.Nodes) == 0 || r.Nodes[0].Size > maxBytes {
		return false
	}
	parts := 0
	for i := range r.Nodes {
		n := &r.Nodes[i]
		switch {
		case n.Problem != policy.NoProblem, n.IsMail && i > 0:
			return false
		case n.IsContainer, n.IsHeader:
			continue
		}
		if parts++; parts > maxSimpleParts || !r.isSimpleText(i) {
			return false
		}
	}
	return true
}

func (r *Reading) isSimpleText(i int) bool {
	n := &r.Nodes[i]
	switch n.Type {
	case "text/plain", "text/html", "text/csv", "text/tab-separated-values", "text/comma-separated-values":
	default:
		return false
	}
	if n.form == formDerived {
		return false
	}
	n.body = r.Take(i)
	n.Octets = charset.LookAt(n.body)
	return looksLikeText(n.body, n.Octets) && !n.mayBeTangled()
}

// mayBeTangled tells a text in which something is wrong that Read looks for.
func (n *Node) mayBeTangled() bool {
	if n.Octets != charset.OtherOctets && bytes.IndexByte(n.body, '&') < 0 && (n.Charset == "" || n.Charset == "utf-8" || n.Charset == "us-ascii") {
		return false // nearly all: at most a number is parted
	}
	return n.wrongInText(n.body, 0, false) > 1
}

// longestWord is how long a run of letters and digits may be in a text that
// holds no file: base64 and hex lines are longer.
const longestWord = 60

// looksLikeText tells bytes without the control characters that files of every
// other kind have near their start, and in which no file stands in an encoded
// form. UTF-16 goes to a worker.
func looksLikeText(b []byte, seen charset.Octets) bool {
	for _, magic := range [...]string{"%PDF", "{\\rtf", "PK\x03\x04", "Rar!", "7z\xbc\xaf"} {
		if bytes.HasPrefix(b, []byte(magic)) {
			return false
		}
	}
	if seen == charset.OtherOctets && hasControl(b) || hasLongWord(b) || beginsFile(b) {
		return false
	}
	block := encodedLine(b)
	for {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			return true
		}
		if b = b[end+1:]; len(b) > 0 && b[0] >= utf8.RuneSelf { // most lines of Japanese
			block = 0
			continue
		}
		if beginsFile(b) {
			return false
		}
		n := encodedLine(b)
		if block += n; n == 0 {
			block = 0
		} else if block >= longestWord {
			return false
		}
	}
}

// hasControl tells a control character that no text has, in which an escape may begin
// another charset.
func hasControl(b []byte) bool {
	for _, c := range b {
		if c < ' ' && c != '\r' && c != '\n' && c != '\t' && c != '\f' && c != 0x1b {
			return true
		}
	}
	return false
}

// encodedLine counts the letters and digits of a line that is of base64, or of hex in
// groups: short ones on end make a file too. Of ordinary text it looks at the first
// word.
func encodedLine(b []byte) int {
	letters, hex, groups := 0, true, false
	for _, c := range b {
		switch {
		case c == '\r' || c == '\n':
			return letters
		case c == ' ' || c == ':':
			groups = true
		case base64Value[c] < b64Blank:
			letters++
			hex = hex && unhex(c) >= 0
		case c == '=' || c == '-' || c == '_':
			hex = false
		default:
			return 0
		}
		if groups && !hex {
			return 0
		}
	}
	return letters
}

// hasLongWord looks back from where too long a word would end, so that of
// ordinary text it looks at one octet in longestWord.
func hasLongWord(b []byte) bool {
	for start := 0; start+longestWord < len(b); {
		i := start + longestWord
		for i >= start && base64Value[b[i]] < 64 {
			i--
		}
		if i < start {
			return true
		}
		start = i + 1
	}
	return false
}

// beginsFile tells the first line of an encoded file.
func beginsFile(b []byte) bool {
	if len(b) == 0 || b[0] != 'b' && b[0] != '=' && b[0] != '(' {
		return false
	}
	for _, mark := range [...]string{"begin ", "begin-base64 ", "=ybegin ", "(This file must be converted with BinHex"} {
		if bytes.HasPrefix(b, []byte(mark)) {
			return true
		}
	}
	return false
}
