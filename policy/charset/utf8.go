package charset

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// utf8Charset is UTF-8 (RFC 3629), with and without a mark.
//
// Not covered: CESU-8 and overlong forms, which are octets that do not belong.
var utf8Charset = Charset{Name: "utf-8", labels: []string{"utf_8", "utf8mb4", "x-utf-8", "cp65001"},
	read: func(data []byte) string { return validUTF8(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))) }}

// isUTF8 is utf8.Valid with a quick way for what Japanese text is made of: characters
// of three octets, two at a time. The library looks at each octet.
func isUTF8(data []byte) bool {
	i := 0
	for i+8 <= len(data) {
		w := binary.LittleEndian.Uint64(data[i : i+8])
		switch {
		case isWide(w) && isWide(w>>24):
			i += 6
		case isWide(w):
			i += 3
		case w&eachHigh == 0:
			i += 8
		case byte(w) < 0x80:
			i++
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return false
			}
			i += n
		}
	}
	return utf8.Valid(data[i:])
}

// isWide tells that the lowest three octets are a character. E0 and ED, behind which
// not all octets may stand (RFC 3629 section 4), are left to the library.
func isWide(w uint64) bool { return w&0xc0c0f0 == 0x8080e0 && w&0xf != 0 && w&0xf != 0xd }

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
