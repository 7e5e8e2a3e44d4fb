package quarantine

import (
	"bytes"
	"regexp"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// keepInsiders removes the outsiders of an address list (RFC 5322 section 3.4)
// and says how many there were. What is kept is kept byte for byte, with its
// folding; a group stays even without members.
func keepInsiders(value []byte, who circle) (kept []byte, removed int) {
	var out [][]byte
	folded := false // a removed element took a line end with it
	for _, e := range splitAt(value, ',') {
		kept, n := keepElement(e, who)
		removed += n
		if kept == nil {
			folded = folded || bytes.Contains(e, []byte("\r\n"))
			continue
		}
		switch {
		case len(out) == 0 && removed > n: // it now stands on the field's first line
			kept = append([]byte(" "), bytes.TrimLeft(kept, " \t\r\n")...)
		case folded && !bytes.HasPrefix(bytes.TrimLeft(kept, " \t"), []byte("\r\n")):
			kept = append([]byte("\r\n "), bytes.TrimLeft(kept, " \t")...)
		}
		folded = false
		out = append(out, kept)
	}
	if removed == 0 {
		return value, 0
	}
	// A comma that ended the list, or stood between two removed ones, separates
	// nothing any more.
	out = slices.DeleteFunc(out, func(e []byte) bool { return len(bytes.TrimSpace(e)) == 0 })
	return bytes.Join(out, []byte(",")), removed
}

// keepElement is what is left of one element: itself, a group with fewer
// members, or nil.
func keepElement(e []byte, who circle) (kept []byte, removed int) {
	colon := firstAt(e, ':')
	if colon < 0 {
		if a, is := addressOf(e); is && (a.IsNull() || who.isOutside(a)) {
			return nil, 1
		}
		return e, 0
	}
	members, tail := e[colon+1:], []byte(nil)
	if i := firstAt(members, ';'); i >= 0 {
		members, tail = members[:i], members[i:]
	}
	members, removed = keepInsiders(members, who)
	return slices.Concat(e[:colon+1], members, tail), removed
}

// addressOf is the address of a mailbox. is tells that the element is one at
// all; what looks like one and cannot be read is null.
func addressOf(e []byte) (a email.Address, is bool) {
	if i := lastAt(e, '<'); i >= 0 {
		e = e[i+1:]
		if j := firstAt(e, '>'); j >= 0 {
			e = e[:j]
		}
	}
	text := strings.Join(strings.Fields(withoutComments(e)), "")
	if text == "" {
		return a, false
	}
	a, err := email.ParseAddress(text)
	if err != nil {
		return email.Address{}, strings.Contains(text, "@")
	}
	return a, a.Domain() != ""
}

// encodedWord is RFC 2047's, with what must not stand in one but does.
var encodedWord = regexp.MustCompile(`^=\?[^?\s]+\?[BbQq]\?[^?\r\n]*\?=`)

// skip returns the index behind whatever begins at i and holds no structure: a
// quoted string, a comment, an encoded word, raw ISO-2022-JP, a quoted pair. It
// returns i when the byte there is structure or plain text.
func skip(b []byte, i int) int {
	switch {
	case b[i] == '"':
		return behind(b, i+1, '"')
	case b[i] == '(':
		depth := 0
		for ; i < len(b); i++ {
			switch b[i] {
			case '\\':
				i++
			case '(':
				depth++
			case ')':
				if depth--; depth == 0 {
					return i + 1
				}
			}
		}
		return len(b)
	case b[i] == '=':
		return i + len(encodedWord.Find(b[i:]))
	case b[i] == 0x1b && i+1 < len(b) && b[i+1] == '$':
		if n := bytes.Index(b[i:], []byte("\x1b(")); n >= 0 {
			return min(len(b), i+n+3)
		}
		return len(b)
	case b[i] == '\\':
		return min(len(b), i+2)
	}
	return i
}

func behind(b []byte, i int, end byte) int {
	for ; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case end:
			return i + 1
		}
	}
	return len(b)
}

// each walks over the structural bytes of an address list. Commas and colons
// inside angle brackets (a source route) and commas inside a group are not.
func each(b []byte, visit func(i int) bool) {
	angle, group := false, false
	for i := 0; i < len(b); {
		if n := skip(b, i); n > i {
			i = n
			continue
		}
		inner := angle && b[i] != '>' || group && b[i] != ';' && b[i] != '<' && b[i] != '>'
		switch b[i] {
		case '<':
			angle = true
		case '>':
			angle = false
		}
		if !angle || b[i] == '<' {
			if !inner && !visit(i) {
				return
			}
			switch b[i] {
			case ':':
				group = true
			case ';':
				group = false
			}
		}
		i++
	}
}

// splitAt cuts at every structural c, which is left out.
func splitAt(b []byte, c byte) [][]byte {
	var out [][]byte
	from := 0
	each(b, func(i int) bool {
		if b[i] == c {
			out = append(out, b[from:i:i])
			from = i + 1
		}
		return true
	})
	return append(out, b[from:len(b):len(b)])
}

func firstAt(b []byte, c byte) int {
	at := -1
	each(b, func(i int) bool {
		if b[i] == c {
			at = i
		}
		return at < 0
	})
	return at
}

func lastAt(b []byte, c byte) int {
	at := -1
	each(b, func(i int) bool {
		if b[i] == c {
			at = i
		}
		return true
	})
	return at
}

func withoutComments(b []byte) string {
	var out []byte
	for i := 0; i < len(b); {
		n := max(skip(b, i), i+1)
		if b[i] != '(' {
			out = append(out, b[i:n]...)
		}
		i = n
	}
	return string(out)
}
