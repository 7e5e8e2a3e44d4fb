package quarantine

import (
	"strings"
	"unicode"
)

// longToken is from which length on a run of ASCII letters and digits is more
// likely an identifier or a password than a word.
const longToken = 16

// MaskSubject is the searchable copy of a subject: every digit (full width too)
// and every long run of ASCII letters and digits is starred, control characters
// are dropped.
func MaskSubject(s string) string {
	var out, run strings.Builder
	flush := func() {
		if run.Len() >= longToken {
			out.WriteString(strings.Repeat("*", run.Len()))
		} else {
			out.WriteString(run.String())
		}
		run.Reset()
	}
	for _, r := range s {
		switch {
		case unicode.IsControl(r):
			flush()
		case unicode.IsDigit(r):
			run.WriteByte('*')
		case r < 0x80 && (unicode.IsLetter(r) || r == '_' || r == '-' || r == '+' || r == '/' || r == '='):
			run.WriteRune(r)
		default:
			flush()
			out.WriteRune(r)
		}
	}
	flush()
	return out.String()
}
