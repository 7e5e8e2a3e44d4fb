package charset

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// escapes is text with characters by their numbers, as Python writes them; its reader of
// mail takes the names of its own codecs for charsets.
//
// Not covered: characters by their names, and in octal.
var escapes = Charset{Name: "unicode-escape", labels: []string{"unicode_escape", "raw-unicode-escape", "raw_unicode_escape"},
	read: func(data []byte) string { return unescaped(validUTF8(data)) }}

// unescaped undoes the escapes with two, four and eight digits.
func unescaped(s string) string {
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '\\')
		if i < 0 || i+2 > len(s)-1 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i+1]]
		end := i + 2 + digits
		n, err := strconv.ParseUint(s[i+2:min(end, len(s))], 16, 32)
		if digits == 0 || end > len(s) || err != nil || !utf8.ValidRune(rune(n)) {
			b.WriteByte('\\')
			s = s[i+1:]
			continue
		}
		b.WriteRune(rune(n))
		s = s[end:]
	}
}
