package charset

import (
	"bytes"
	"strings"
	"unicode/utf16"
)

// utf16LE and utf16BE are UTF-16 (RFC 2781) with and without a mark; without one the
// order of the octets is declared or found out. "utf-16" alone is big-endian (section
// 4.3) where no mark says otherwise.
//
// Not covered: text without any kana, ASCII or line ends, when it is not declared.
var (
	utf16LE = Charset{Name: "utf-16le", labels: []string{"ucs-2le", "unicode"}, read: func(data []byte) string { return UTF16(data, false) }}
	utf16BE = Charset{Name: "utf-16be", labels: []string{"utf-16", "utf16", "ucs-2", "ucs-2be", "iso-10646-ucs-2"},
		read: func(data []byte) string { return UTF16(data, true) }}
)

// UTF16 reads units of 16 bits; a mark at the beginning is left out, half a unit at
// the end and half a pair become U+FFFD.
func UTF16(data []byte, big bool) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, Unit16(data[i], data[i+1], big))
	}
	text := string(utf16.Decode(units))
	if len(data)%2 == 1 {
		if c := data[len(data)-1]; !big && c > ' ' && c < 0x7f { // some programs fill it up
			text += string(rune(c))
		}
		text += "\ufffd"
	}
	return strings.TrimPrefix(text, "\ufeff")
}

// Unit16 is one unit of 16 bits.
func Unit16(a, b byte, big bool) uint16 {
	if big {
		return uint16(a)<<8 | uint16(b)
	}
	return uint16(b)<<8 | uint16(a)
}

// UnmarkedUTF16 names the byte order in which the data reads as text in 16-bit
// units without a BOM, or "".
func UnmarkedUTF16(data []byte) string {
	n := min(len(data), 4096) &^ 1
	if n < 4 {
		return ""
	}
	// What makes it sure below has 00, 30 or FF as its high octet.
	high := bytes.Count(data[:n], []byte{0}) + bytes.Count(data[:n], []byte{0x30}) + bytes.Count(data[:n], []byte{0xff})
	if high*4 < n/2 {
		return ""
	}
	table := Classes()
	best, name := 0, ""
	for _, big := range []bool{false, true} {
		sure, odd, sum := 0, 0, 0
		for i := 0; i < n && odd*50 <= n/2; i += 2 {
			u := Unit16(data[i], data[i+1], big)
			switch c := table[u]; {
			case c == ASCII, c == Kana:
				sure++
				sum += 2
			case c == Common || c == Wide || c == HalfKana:
				sum++
			case c == Odd && !utf16.IsSurrogate(rune(u)):
				odd++
			}
		}
		// A third of a real text is kana, ASCII or line ends; two ASCII letters
		// side by side make a kanji in either order, so kanji prove nothing.
		if units := n / 2; odd*50 <= units && sure*4 >= units && sum > best {
			best, name = sum, "utf-16le"
			if big {
				name = "utf-16be"
			}
		}
	}
	return name
}
