package mime

import (
	"bytes"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// maxMailboxes bounds one address field.
const maxMailboxes = 10000

// mailboxes reads the addresses of all fields of that key (RFC 5322 section
// 3.4, groups included), as loosely as mail programs do. What is not an address
// is left out; it stays in the header text.
func mailboxes(fields []field, key string) []policy.Mailbox {
	var out []policy.Mailbox
	for i := range fields {
		if f := &fields[i]; f.key == key {
			out = appendMailboxes(out, unfold(f.value))
		}
	}
	return out
}

func appendMailboxes(out []policy.Mailbox, v []byte) []policy.Mailbox {
	if plain, ok := appendPlain(out, v); ok {
		return plain
	}
	var room [2][80]byte // for most, on the stack
	phrase, angle, comment := room[0][:0], room[1][:0], []byte(nil)
	inAngle, hasAngle := false, false
	flush := func() {
		if len(out) < maxMailboxes {
			if m, ok := mailbox(phrase, angle, comment, hasAngle); ok {
				out = append(out, m)
			}
		}
		phrase, angle, comment, inAngle, hasAngle = phrase[:0], angle[:0], comment[:0], false, false
	}
	for i := 0; i < len(v); i++ {
		target := &phrase
		if inAngle {
			target = &angle
		}
		switch c := v[i]; {
		case c == '"':
			end := quotedEnd(v, i)
			*target = append(*target, v[i:end]...)
			i = end - 1
		case c == '(' && !inAngle:
			end := commentEnd(v, i)
			comment = append(comment, v[i+1:max(i+1, end-1)]...)
			i = end - 1
		case c == '<':
			inAngle, hasAngle, angle = true, true, angle[:0]
		case c == '>':
			inAngle = false
		case c == ',' || c == ';':
			flush()
		case c == ':' && !inAngle:
			phrase = phrase[:0] // the name of a group
		default:
			*target = append(*target, c)
		}
	}
	flush()
	return out
}

// appendPlain reads nearly every value, without a copy; ok is false for one with quotes,
// comments, groups or anything behind an address.
func appendPlain(out []policy.Mailbox, v []byte) (_ []policy.Mailbox, ok bool) {
	if bytes.ContainsAny(v, "\"(;:") {
		return nil, false
	}
	for more := true; more && len(out) < maxMailboxes; {
		var one []byte
		one, v, more = bytes.Cut(v, []byte(","))
		phrase, angle, hasAngle := bytes.Cut(one, []byte("<"))
		angle, rest, closed := bytes.Cut(angle, []byte(">"))
		if bytes.IndexByte(angle, '<') >= 0 || closed && len(rest) > 0 || bytes.IndexByte(phrase, '>') >= 0 {
			return nil, false
		}
		if m, ok := mailbox(phrase, angle, nil, hasAngle); ok {
			out = append(out, m)
		}
	}
	return out, true
}

// quotedEnd is the offset behind the closing quote, or the end.
func quotedEnd(v []byte, at int) int {
	for i := at + 1; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(v)
}

func commentEnd(v []byte, at int) int {
	depth := 0
	for i := at; i < len(v); i++ {
		switch v[i] {
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
	return len(v)
}

func mailbox(phrase, angle, comment []byte, hasAngle bool) (m policy.Mailbox, ok bool) {
	addr := strings.TrimSpace(string(angle))
	name := decodeText(phrase)
	if !hasAngle {
		addr, name = strings.TrimSpace(string(phrase)), decodeText(comment)
	}
	if strings.HasPrefix(addr, "@") { // source route, RFC 5322 section 4.4
		if _, rest, found := strings.Cut(addr, ":"); found {
			addr = rest
		}
	}
	if !strings.HasPrefix(addr, `"`) && strings.ContainsFunc(addr, unicode.IsSpace) {
		addr = strings.Join(strings.Fields(addr), "")
	}
	a, err := email.ParseAddress(addr)
	if err != nil || a.IsNull() {
		return m, false
	}
	return policy.Mailbox{Name: cut(displayName(name), maxName), Address: a}, true
}

// appendHosts adds a line for each name of a host that clients show in other letters than
// it is written in (RFC 3492).
func appendHosts(out, v []byte) []byte {
	for {
		i := bytes.Index(v, []byte("--"))
		if i < 0 {
			return out
		}
		start, end := i, i
		for start > 0 && isHostByte(v[start-1]) {
			start--
		}
		for end < len(v) && isHostByte(v[end]) {
			end++
		}
		host := v[start:end]
		v = v[end:]
		if len(host) > maxHost || !bytes.Contains(bytes.ToLower(host), []byte("xn--")) {
			continue
		}
		if shown, err := idna.Punycode.ToUnicode(strings.ToLower(string(host))); err == nil || shown != "" {
			out = append(append(out, shown...), '\n')
		}
	}
}

// maxHost is the length of a name of a host (RFC 1035 section 2.3.4), and some.
const maxHost = 300

func isHostByte(c byte) bool {
	return c == '-' || c == '.' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// displayName takes the quotes off.
func displayName(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		s = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
	}
	return strings.TrimSpace(s)
}
