package charset

import (
	"encoding/binary"
	"strings"
	"unicode/utf8"
)

// Octets is what one look at all octets of a text tells.
type Octets byte

// What LookAt finds.
const (
	// Unseen tells that nobody has looked.
	Unseen Octets = iota
	// OtherOctets are neither of the clean ones.
	OtherOctets
	// CleanASCII has seven bits and no control characters but blanks and line ends.
	CleanASCII
	// CleanUTF8 is valid UTF-8 beyond ASCII without such control characters.
	CleanUTF8
)

// LookAt goes over the octets once and tells whether they are valid UTF-8, ASCII, without
// escapes and other control characters. Each was a pass of its own before. Where there is
// no kernel it takes eight octets of ASCII or two characters of Japanese text at a time.
func LookAt(data []byte) Octets {
	all := CleanASCII
	i, high, clean := lookAhead(data)
	if !clean {
		return OtherOctets
	}
	if high {
		all = CleanUTF8
	}
	for n := 0; n < utf8.UTFMax && i > 0 && data[i-1] >= utf8.RuneSelf; n++ { // the last character once more
		if i--; utf8.RuneStart(data[i]) {
			break
		}
	}
	for i+8 <= len(data) {
		w := binary.LittleEndian.Uint64(data[i : i+8])
		switch {
		case w&eachHigh == 0:
			if mayBeControl(w) && hasControl(data[i:i+8]) {
				return OtherOctets
			}
			i += 8
		case isWide(w):
			all = CleanUTF8
			if i += 3; isWide(w >> 24) {
				i += 3
			}
		case byte(w) < utf8.RuneSelf:
			if isControl[byte(w)] {
				return OtherOctets
			}
			i++
		default:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return OtherOctets
			}
			all = CleanUTF8
			i += n
		}
	}
	if hasControl(data[i:]) || !utf8.Valid(data[i:]) {
		return OtherOctets
	}
	if all == CleanASCII && !IsASCII(data[i:]) {
		all = CleanUTF8
	}
	return all
}

// isWide tells that the lowest three octets are a character. E0 and ED, behind which
// not all octets may stand (RFC 3629 section 4), are left to the library.
func isWide(w uint64) bool { return w&0xc0c0f0 == 0x8080e0 && w&0xf != 0 && w&0xf != 0xd }

// mayBeControl tells a control character in one of eight octets of ASCII, line ends and
// tabs too.
func mayBeControl(w uint64) bool {
	const low, del = ' ' * 0x0101010101010101, 0x7f * 0x0101010101010101
	d := w ^ del
	return ((w-low)&^w|(d-low/' ')&^d)&eachHigh != 0
}

func hasControl(data []byte) bool {
	for _, c := range data {
		if isControl[c] {
			return true
		}
	}
	return false
}

// IsBinary tells data that no charset can make a text of: control characters
// that no text file has, other than the NULs of UTF-16 and UTF-32.
func IsBinary(data []byte) bool {
	if Mark(data) != "" || UnmarkedUTF16(data) != "" || UnmarkedUTF32(data) != "" {
		return false
	}
	sample := data[:min(len(data), 64<<10)]
	odd, nul := 0, 0
	for i := 0; i < len(sample); i++ {
		for ; len(sample)-i >= 8 && !mayBeControl(binary.LittleEndian.Uint64(sample[i:])); i += 8 { // nearly all of it
		}
		if i == len(sample) {
			break
		}
		switch c := sample[i]; {
		case c >= 0x20 && c != 0x7f:
		case c == 0:
			nul++
		case strings.IndexByte("\t\n\r\f\v\b\x1a\x1b\x0e\x0f\x1c\x1d\x1e\x1f", c) < 0:
			odd++
		}
	}
	if nul > 0 {
		return nul > len(sample)/1000+1 || odd > 0
	}
	return odd > len(sample)/100
}
