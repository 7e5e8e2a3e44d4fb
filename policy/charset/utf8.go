package charset

import (
	"bytes"
	"unicode/utf8"
)

// utf8Charset is UTF-8 (RFC 3629), with and without a mark.
//
// Not covered: CESU-8 and overlong forms, which are octets that do not belong.
var utf8Charset = Charset{Name: "utf-8", labels: []string{"utf_8", "utf8mb4", "x-utf-8", "cp65001"},
	read: func(data []byte) string { return validUTF8(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) }}

// validUTF8 replaces each bad octet by itself, so that they can be counted.
func validUTF8(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return string([]rune(string(data)))
}

// longRun is how many characters of three octets and more in a row no other charset
// makes by chance.
const longRun = 4

// utf8Inside tells text that has whole characters of three octets and more besides
// octets that fit nothing: mostly, or at least in one place.
func utf8Inside(data []byte) (mostly, somewhere bool) {
	good, bad, run := 0, 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case n > 2:
			good++
			run++
			somewhere = somewhere || run >= longRun
		case r == utf8.RuneError && n == 1:
			bad++
			run = 0
		}
		data = data[n:]
	}
	return bad > 0 && good >= 2 && good*2 >= bad, bad > 0 && somewhere
}
