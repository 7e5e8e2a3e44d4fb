package email

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Address is a mailbox as SMTP writes it between angle brackets (RFC 5321
// section 4.1.2, RFC 6531 for UTF-8), kept exactly as it was received. The zero
// Address is the null reverse-path "<>".
//
// Two addresses are compared with Equal or by Key, never as strings.
type Address struct {
	raw   string
	at    int32 // index of the last '@' in raw, or -1
	small bool  // raw is in lower case, as nearly all are
}

// ErrBadAddress is returned for what is not a mailbox.
var ErrBadAddress = errors.New("email: not a mail address")

// ParseAddress reads a mailbox without angle brackets; the empty string is the
// null path. "postmaster" without a domain is valid (RFC 5321 section 4.5.1).
// Control characters, blanks outside quotes, missing local parts and domains
// with empty labels are refused, so that what we judge is what the next hop
// parses. Lengths follow RFC 5321 section 4.5.3.1 (64 and 255 octets), counted
// leniently: 256 for the local part, since VERP and SRS exceed 64 in practice.
func ParseAddress(s string) (Address, error) {
	if s == "" {
		return Address{at: -1}, nil
	}
	if !utf8.ValidString(s) {
		return Address{}, ErrBadAddress
	}
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		if strings.EqualFold(s, "postmaster") {
			return Address{raw: s, at: -1, small: isSmall(s)}, nil
		}
		return Address{}, ErrBadAddress
	}
	if !validLocal(s[:at]) || !validDomain(s[at+1:]) {
		return Address{}, ErrBadAddress
	}
	return Address{raw: s, at: int32(at), small: isSmall(s)}, nil // of at most 256 octets
}

// isSmall is asked once: the key of an address is, a hundred times for a mail.
func isSmall(s string) bool { return strings.ToLower(s) == s }

// MustAddress is ParseAddress for literals; it panics on a bad one.
func MustAddress(s string) Address {
	a, err := ParseAddress(s)
	if err != nil {
		panic("email: bad address literal " + s)
	}
	return a
}

// String is the address as it was received, without angle brackets.
func (a Address) String() string { return a.raw }

// IsNull tells whether this is the null reverse-path.
func (a Address) IsNull() bool { return a.raw == "" }

// Local is the part before the last '@', quotes included.
func (a Address) Local() string {
	if d := a.domainAt(); d >= 0 {
		return a.raw[:d]
	}
	return a.raw
}

// Domain is the part after the last '@' in lower case, "" when there is none.
func (a Address) Domain() string {
	d := a.domainAt()
	switch {
	case d < 0:
		return ""
	case a.small:
		return a.raw[d+1:]
	}
	return strings.ToLower(a.raw[d+1:])
}

// Key is what equal addresses have in common: the whole address in lower case.
// RFC 5321 section 2.4 lets local parts differ by case, but no mail system in
// use does, and a guard must not be walked past by writing Tanaka@.
func (a Address) Key() string {
	if a.small {
		return a.raw
	}
	return strings.ToLower(a.raw)
}

// Equal compares by Key.
func (a Address) Equal(b Address) bool { return a.raw == b.raw || a.Key() == b.Key() }

// MarshalText makes addresses readable in JSON.
func (a Address) MarshalText() ([]byte, error) { return []byte(a.raw), nil }

// UnmarshalText reads what MarshalText wrote.
func (a *Address) UnmarshalText(b []byte) error {
	p, err := ParseAddress(string(b))
	if err != nil {
		return err
	}
	*a = p
	return nil
}

// domainAt also serves the zero value, whose at is 0.
func (a Address) domainAt() int {
	if a.at <= 0 || int(a.at) >= len(a.raw) {
		return -1
	}
	return int(a.at)
}

func validLocal(s string) bool {
	if s == "" || len(s) > 256 {
		return false
	}
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return validQuoted(s[1 : len(s)-1])
	}
	for _, r := range s {
		// Dots are not checked: "taro..yamada.@docomo.ne.jp" was sold by
		// Japanese carriers for years and is still in use.
		switch r {
		case ' ', '"', '(', ')', ',', ':', ';', '<', '>', '@', '[', '\\', ']':
			return false
		}
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

func validQuoted(s string) bool {
	if strings.ContainsFunc(s, unicode.IsControl) {
		return false
	}
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			return false
		case '\\':
			if i++; i == len(s) {
				return false
			}
		}
	}
	return true
}

func validDomain(s string) bool {
	if s == "" || len(s) > 255 {
		return false
	}
	if s[0] == '[' {
		return validLiteral(s)
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63*4 || label[0] == '-' {
			return false
		}
		for _, r := range label {
			ascii := r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
			if !ascii && (r < 0x80 || unicode.IsControl(r)) {
				return false
			}
		}
	}
	return true
}

// validLiteral checks an address literal, RFC 5321 section 4.1.3: printable
// ASCII without blanks and brackets between the brackets.
func validLiteral(s string) bool {
	if len(s) < 3 || s[len(s)-1] != ']' {
		return false
	}
	for _, c := range []byte(s[1 : len(s)-1]) {
		if c <= ' ' || c > '~' || strings.IndexByte(`[\]<>@`, c) >= 0 {
			return false
		}
	}
	return true
}
