package charset

import "strings"

// utf32LE and utf32BE are UTF-32 with and without a mark.
//
// Not covered: octets of mixed order, and lengths that are no multiple of four when
// it is not declared.
var (
	utf32LE = Charset{Name: "utf-32le", labels: []string{"ucs-4le"}, read: func(data []byte) string { return utf32Text(data, false) }}
	utf32BE = Charset{Name: "utf-32be", labels: []string{"utf-32", "utf32", "ucs-4", "ucs-4be", "iso-10646-ucs-4"}, read: func(data []byte) string { return utf32Text(data, true) }}
)

// UnmarkedUTF32 names the byte order of UTF-32 without a mark: all of it are groups
// of four octets, each a code point of the first three planes.
func UnmarkedUTF32(data []byte) string {
	if len(data) < 8 || len(data)%4 != 0 {
		return ""
	}
	little, big := true, true
	sample := data[:min(len(data), 4096)]
	for i := 0; i < len(sample) && (little || big); i += 4 {
		c := sample[i : i+4]
		big = big && c[0] == 0 && c[1] <= 3 && (c[2] != 0 || c[3] >= 9)
		little = little && c[3] == 0 && c[2] <= 3 && (c[1] != 0 || c[0] >= 9)
	}
	switch {
	case little && !big:
		return "utf-32le"
	case big && !little:
		return "utf-32be"
	}
	return ""
}

func utf32Text(data []byte, big bool) string {
	var b strings.Builder
	for i := 0; i+3 < len(data); i += 4 {
		hi, lo := Unit16(data[i], data[i+1], big), Unit16(data[i+2], data[i+3], big)
		if !big {
			hi, lo = lo, hi
		}
		b.WriteRune(rune(uint32(hi)<<16 | uint32(lo)))
	}
	return strings.TrimPrefix(b.String(), "\ufeff")
}
