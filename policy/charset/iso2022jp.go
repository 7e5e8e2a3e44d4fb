package charset

import (
	"bytes"

	"golang.org/x/text/encoding/japanese"
)

// iso2022JP is ISO-2022-JP (RFC 1468) as mail programs write it: with the characters
// of NEC and IBM, half-width kana by escape (ESC ( I), by SO and SI or with the eighth
// bit (code pages 50220 to 50222), and JIS X 0212. Its escapes are seen without a
// declaration.
//
// Not covered: JIS X 0213 (ISO-2022-JP-3, -2004); the Chinese, Korean and Greek
// characters of ISO-2022-JP-2.
var iso2022JP = Charset{Name: "iso-2022-jp", labels: []string{"iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "iso-2022-jp-2004",
	"cp50220", "cp50221", "cp50222", "jis", "iso2022jp", "iso2022-jp", "iso-2022-jp-ext", "jis7", "jis8", "csiso2022jp2"},
	read: func(data []byte) string { return decoded(japanese.ISO2022JP, withKana(data)) }}

// withKana writes the half-width kana that are shifted to by SO, or have the eighth
// bit, with the escape that the decoder knows, and goes back behind them.
func withKana(data []byte) []byte {
	if bytes.IndexByte(data, 0x0e) < 0 && IsASCII(data) {
		return data
	}
	const kana = "\x1b(I"
	out := make([]byte, 0, len(data)+16)
	before := "\x1b(B" // the escape that holds outside of kana
	shifted, inKana := false, false
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == 0x1b:
			if n := escape(data[i:]); n > 0 {
				before = string(data[i : i+n])
				inKana = false
				out = append(out, before...)
				i += n - 1
				continue
			}
		case c == 0x0e:
			shifted = true
			continue
		case c == 0x0f:
			shifted = false
			continue
		}
		// In a run of double octets an eighth bit is damage, see jisAcrossLines.
		single := before[1] == '('
		if isKana := c > ' ' && (shifted && c < 0x60 || single && c >= 0xa1 && c <= 0xdf); isKana != inKana {
			inKana = isKana
			if out = append(out, before...); isKana {
				out = append(out[:len(out)-len(before)], kana...)
			}
		}
		if inKana {
			c &= 0x7f
		}
		out = append(out, c)
	}
	return out
}

// escape is the length of the escape sequence at the beginning of b, or 0.
func escape(b []byte) int {
	for _, e := range [...]string{"\x1b(B", "\x1b(J", "\x1b(I", "\x1b$@", "\x1b$B", "\x1b$(D"} {
		if bytes.HasPrefix(b, []byte(e)) {
			return len(e)
		}
	}
	return 0
}

// jisAcrossLines takes line ends and eighth bits out of runs of two-octet
// characters: some programs read on over them, others fall back to ASCII (RFC
// 1468 wants an escape before every line end). nil when there are none.
func jisAcrossLines(data []byte) []byte {
	out := make([]byte, 0, len(data))
	double, changed := false, false
	for i := range data {
		c := data[i]
		if c == 0x1b && i+1 < len(data) {
			double = data[i+1] == '$'
		}
		switch {
		case !double:
			out = append(out, c)
		case c != '\r' && c != '\n':
			changed = changed || c >= 0x80
			out = append(out, c&0x7f)
		}
	}
	if len(out) == len(data) && !changed {
		return nil
	}
	return out
}

// jisInPairs takes what stands in a run of two-octet characters two by two, line ends
// too, as some programs do; what is no character becomes a question mark. nil when
// there are no line ends in such a run.
func jisInPairs(data []byte) []byte {
	out := make([]byte, 0, len(data))
	double, changed := false, false
	for i := 0; i < len(data); i++ {
		if n := escape(data[i:]); n > 0 {
			double = data[i+1] == '$'
			out = append(out, data[i:i+n]...)
			i += n - 1
			continue
		}
		if !double || i+1 == len(data) {
			out = append(out, data[i])
			continue
		}
		pair := data[i : i+2]
		if pair[0] < '!' || pair[1] < '!' {
			pair, changed = []byte("!)"), true
		}
		out = append(out, pair...)
		i++
	}
	if !changed {
		return nil
	}
	return out
}
