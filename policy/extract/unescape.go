package extract

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// leastEscapes is how many characters of a text must be written by their numbers or octets
// for what they say to be read: a label of four kanji has four.
const leastEscapes = 4

// unescaped reads what a text says in the escapes of programming languages and pages: octets
// (\x35, \065), characters (個, \U0000500b, \u{500b}, \x{500b}, \[u500B], \20491,
// U+500B, %u500B, &#20491;), quoted-printable (=E5=80=8B) and calls that make one (ChrW(20491), UNICHAR(20491)). Of the text
// the lines are read that have any.
//
// Not covered: characters by their names.
func (r *reading) unescaped(text string) {
	if !mayHoldEscapes(text) || r.part().Type == "application/json" && strings.Contains(text, `\u`) {
		return
	}
	var out []byte
	found, soft := 0, false
	for line := range strings.Lines(text) {
		plain, n := unescapeLine(line)
		if found += n; (n > 0 || soft) && len(out)+len(plain) < maxUnescaped {
			out = append(out, plain...)
		}
		soft = (n > 0 || soft) && strings.HasSuffix(strings.TrimRight(line, "\r\n"), "=")
		if soft && n == 0 {
			out = bytes.TrimRight(out, "=\r\n")
		}
	}
	if found >= leastEscapes && sensible(out, r.s.formats) {
		r.blobChild(File{Name: "escapes undone", Data: out})
	}
}

// maxUnescaped bounds the lines of one text that are read without their escapes.
const maxUnescaped = 4 << 20

// mayHoldEscapes looks for the first octets of escapes, of those of a number of signs for the
// rarest one: most texts have none of these.
func mayHoldEscapes(text string) bool {
	has := func(c byte, signs ...string) bool {
		if strings.IndexByte(text, c) < 0 {
			return false
		}
		for _, s := range signs {
			if strings.Contains(text, s) {
				return true
			}
		}
		return false
	}
	return strings.IndexByte(text, '\\') >= 0 || has('+', "U+", "ChrW(") || has('%', "%u") || has('=', "=E", "=8", "=9") ||
		has('&', "ChrW(", "CHAR(") || hasCharacterNumbers(text)
}

// unescapeLine is a line with its escapes undone, and how many there were.
func unescapeLine(line string) (out []byte, n int) {
	quoted := isQuotedPrintable(line)
	if end := strings.TrimRight(line, "\r\n"); quoted && strings.HasSuffix(end, "=") {
		line = end[:len(end)-1] // a soft line break
	}
	for i := 0; i < len(line); {
		size := 0
		switch c := line[i]; c {
		case '\\', '&', 'U', '%', 'C', '=':
			var r rune
			var octet bool
			if c != '=' {
				size, r, octet = escapeAt(line[i:])
			} else if octet = quoted; octet {
				size, r = escapeNumber(line[i:], 1, "", 16, 2, 2)
			}
			if size == 0 {
				break
			}
			n++
			if octet {
				out = append(out, byte(r))
			} else {
				out = utf8.AppendRune(out, r)
			}
			i += size
			i += joint(line[i:], c)
		}
		if size == 0 {
			out = append(out, line[i])
			i++
		}
	}
	return out, n
}

// isQuotedPrintable tells a line with octets beyond ASCII in quoted-printable (RFC 2045, 6.7), of
// which a character has two or three.
func isQuotedPrintable(line string) bool {
	for i := strings.IndexByte(line, '='); i >= 0 && i+6 <= len(line); i++ {
		if line[i] == '=' && line[i+3] == '=' && line[i+1] >= '8' && isHex(line[i+1]) && isHex(line[i+2]) && line[i+4] >= '4' && isHex(line[i+4]) && isHex(line[i+5]) {
			return true
		}
		next := strings.IndexByte(line[i+1:], '=')
		if next < 0 {
			break
		}
		i += next
	}
	return false
}

// joint is what stands between two calls that make a character, or between two numbers of
// characters, and is no part of the text; c began the first.
func joint(s string, c byte) int {
	if c != 'C' && c != 'U' {
		return 0
	}
	n := span(s, " &+\"")
	if n > 0 && n < len(s) && (s[n] == 'C' || s[n] == 'U') {
		if size, _, _ := escapeAt(s[n:]); size > 0 {
			return n
		}
	}
	return 0
}

// escapeAt is the escape that s begins with: its size and what it stands for, a character or an octet.
func escapeAt(s string) (size int, r rune, octet bool) {
	switch {
	case strings.HasPrefix(s, `\`):
		return backslashed(s)
	case strings.HasPrefix(s, "U+"):
		size, r = escapeNumber(s, 2, "", 16, 4, 6)
	case strings.HasPrefix(s, "%u"):
		size, r = escapeNumber(s, 2, "", 16, 4, 4)
	case strings.HasPrefix(s, "&#x"), strings.HasPrefix(s, "&#X"):
		size, r = escapeNumber(s, 3, ";", 16, 2, 6)
	case strings.HasPrefix(s, "&#"):
		size, r = escapeNumber(s, 2, ";", 10, 2, 7)
	case strings.HasPrefix(s, "ChrW("):
		size, r = escapeNumber(s, len("ChrW("), ")", 10, 2, 7)
	case strings.HasPrefix(s, "CHAR("): // the end of UNICHAR, whose beginning joint leaves out
		size, r = escapeNumber(s, len("CHAR("), ")", 10, 2, 7)
	case strings.HasPrefix(s, "UNICHAR("):
		size, r = escapeNumber(s, len("UNICHAR("), ")", 10, 2, 7)
	}
	return size, r, false
}

// backslashed is an escape behind a backslash.
func backslashed(s string) (size int, r rune, octet bool) {
	if len(s) < 3 {
		return 0, 0, false
	}
	switch s[1] {
	case 'x':
		if s[2] == '{' {
			size, r = escapeNumber(s, 3, "}", 16, 1, 6)
			return size, r, false
		}
		size, r = escapeNumber(s, 2, "", 16, 2, 2)
		return size, r, true
	case 'u':
		if s[2] == '{' {
			size, r = escapeNumber(s, 3, "}", 16, 1, 6)
		} else {
			size, r = escapeNumber(s, 2, "", 16, 4, 4)
		}
		return size, r, false
	case 'U':
		size, r = escapeNumber(s, 2, "", 16, 8, 8)
		return size, r, false
	case '[':
		if s[2] == 'u' {
			size, r = escapeNumber(s, 3, "]", 16, 4, 6)
		}
		return size, r, false
	}
	if span(s[1:], "0123456789") >= 5 { // as Haskell writes characters
		size, r = escapeNumber(s, 1, "", 10, 5, 7)
		return size, r, false
	}
	size, r = escapeNumber(s, 1, "", 8, 3, 3)
	if r > 0xff {
		return 0, 0, false
	}
	return size, r, true
}

// escapeNumber reads a number of least to most digits of a base from s[at:] on, and the mark
// behind it. Without a mark more digits than most are left alone.
func escapeNumber(s string, at int, mark string, base, least, most int) (size int, r rune) {
	end := at
	for end < len(s) && end-at < most && isHex(s[end]) && (base == 16 || s[end] <= '9') {
		end++
	}
	n, err := strconv.ParseUint(s[at:end], base, 32)
	if end-at < least || err != nil || n < ' ' && n != '\n' && n != '\t' && n != '\r' || !utf8.ValidRune(rune(n)) || !strings.HasPrefix(s[end:], mark) {
		return 0, 0
	}
	return end + len(mark), rune(n)
}
