package charset

import (
	"bytes"
	"strings"

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

// inRuns reads every run between two escapes by itself: those of two-octet characters
// as ISO-2022-JP, all others as what they look like. A text that was put together from
// several is read so. nil when there are no other octets than those of ISO-2022-JP.
func inRuns(data []byte) *Reading {
	if IsASCII(data) {
		return nil
	}
	d := Reading{Charset: "by escape"}
	var b strings.Builder
	eachRun(data, func(esc, run []byte, double bool) {
		part := Reading{Text: string(run)}
		switch {
		case len(esc) > 0 && (double || IsASCII(run)):
			part = As(append(append([]byte{}, esc...), run...), "iso-2022-jp")
		case !IsASCII(run):
			part = likeliest(run)
		}
		d.Bad += part.Bad
		b.WriteString(part.Text)
	})
	d.Text = b.String()
	return &d
}

// withoutShifts drops SO and SI, as programs do that do not know them; nil when there
// are none.
func withoutShifts(data []byte) []byte {
	if bytes.IndexByte(data, 0x0e) < 0 && bytes.IndexByte(data, 0x0f) < 0 {
		return nil
	}
	return bytes.Map(func(r rune) rune {
		if r == 0x0e || r == 0x0f {
			return -1
		}
		return r
	}, data)
}

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
func escape[T string | []byte](b T) int {
	if len(b) < 3 || b[0] != 0x1b {
		return 0
	}
	switch string(b[:3]) {
	case "\x1b(B", "\x1b(J", "\x1b(I", "\x1b$@", "\x1b$B":
		return 3
	case "\x1b$(":
		if len(b) > 3 && b[3] == 'D' {
			return 4
		}
	}
	return 0
}

// knownEscapes writes escapes that nobody knows, or that are cut off, as programs take
// them that go by their first signs: for a return to ASCII, for Japanese, or for nothing.
// nil when all are known.
func knownEscapes(data []byte) []byte {
	out := make([]byte, 0, len(data)+16)
	changed := false
	for i := 0; i < len(data); i++ {
		n := escape(data[i:])
		switch {
		case data[i] != 0x1b:
			out = append(out, data[i])
			continue
		case n > 0:
			out = append(out, data[i:i+n]...)
		default:
			var as string
			as, n = oddEscape(data[i:])
			out, changed = append(out, as...), true
		}
		i += n - 1
	}
	if !changed {
		return nil
	}
	return out
}

// oddEscape is what stands for an unknown escape, and its length (ECMA-35 section 13.2:
// signs between 2/0 and 2/15 in front of a final one). What is no letter is text behind
// an escape that was cut off.
func oddEscape(b []byte) (as string, n int) {
	n = 1
	for n < len(b) && n < 4 && (b[n] == '(' || b[n] == ')' || b[n] == '$' || b[n] == '&' || b[n] == '%' || b[n] == '.') {
		n++
	}
	signs := b[1:n]
	if n < len(b) && len(signs) > 0 && (b[n] >= '@' && b[n] <= 'Z') {
		n++
	}
	switch {
	case len(signs) > 0 && signs[0] == '(':
		return "\x1b(B", n
	case len(signs) > 0 && signs[0] == '$':
		return "\x1b$B", n
	}
	return "", n
}

// jisAcrossLines takes line ends, blanks, controls and eighth bits out of runs of
// two-octet characters: some programs read on over them, others fall back to ASCII (RFC
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
		case c > ' ' && c != 0x7f, c == 0x1b:
			changed = changed || c >= 0x80
			out = append(out, c&0x7f)
		}
	}
	if len(out) == len(data) && !changed {
		return nil
	}
	return out
}

// withoutSupplement takes JIS X 0212 for JIS X 0208, as programs do that do not know it; nil
// when nothing shifts to it.
func withoutSupplement(data []byte) []byte {
	if !bytes.Contains(data, []byte("\x1b$(D")) {
		return nil
	}
	return bytes.ReplaceAll(data, []byte("\x1b$(D"), []byte("\x1b$B"))
}

// otherJIS are the octets of ISO-2022-JP as programs take them that differ over
// damage.
func otherJIS(data []byte) [][]byte {
	var out [][]byte
	for _, way := range []func([]byte) []byte{knownEscapes, jisAcrossLines, jisInPairs, jisEveryPhase, withoutShifts, withoutSupplement} {
		if other := way(data); other != nil {
			out = append(out, other)
		}
	}
	return out
}

// jisInPairs takes what stands in a run of two-octet characters two by two, line ends
// too, as some programs do; what is no character becomes a question mark. nil when
// there are no line ends in such a run.
func jisInPairs(data []byte) []byte {
	out := make([]byte, 0, len(data))
	changed := false
	eachRun(data, func(esc, run []byte, double bool) {
		out = append(out, esc...)
		for ; double && len(run) >= 2; run = run[2:] {
			pair := run[:2]
			if !isJIS(pair[0]) || !isJIS(pair[1]) {
				pair, changed = []byte("!)"), true
			}
			out = append(out, pair...)
		}
		out = append(out, run...)
	})
	if !changed {
		return nil
	}
	return out
}

// jisEveryPhase takes each stretch of octets that could be characters from its first
// and from its second one, in the runs in which anything is wrong: wherever a program
// goes on behind what is no character, it reads one of the two. nil when nothing is
// wrong.
func jisEveryPhase(data []byte) []byte {
	const double, single = "\x1b$B", "\x1b(B\n"
	out := make([]byte, 0, 2*len(data))
	damaged := false
	eachRun(data, func(esc, run []byte, isDouble bool) {
		if !isDouble || !outOfStep(run) {
			out = append(append(out, esc...), run...)
			return
		}
		damaged = true
		for stretch := range bytes.FieldsFuncSeq(run, func(r rune) bool { return r >= 0x80 || !isJIS(byte(r)) }) {
			for phase := range 2 {
				part := stretch[phase:]
				out = append(append(append(out, double...), part[:len(part)&^1]...), single...)
			}
		}
	})
	if !damaged {
		return nil
	}
	return out
}

// outOfStep tells a run in which programs part: half a character, or other octets than
// those of characters and line ends.
func outOfStep(run []byte) bool {
	n := 0
	for _, c := range run {
		switch {
		case isJIS(c):
			n++
		case c != '\r' && c != '\n' || n%2 == 1:
			return true
		}
	}
	return n%2 == 1
}

// isJumbled tells ISO-2022-JP with more than one thing wrong: runs of two-octet characters
// with other octets inside or with half a character at the end, and escapes that are cut off
// beside them. Programs differ over where each run ends, and what follows goes by that.
func isJumbled(data []byte) bool {
	const most = 1
	torn, cut := 0, 0
	eachRun(data, func(_, run []byte, double bool) {
		if i := bytes.IndexByte(run, 0x1b); i >= 0 {
			if as, _ := oddEscape(run[i:]); as == "" {
				cut++
			}
			run = run[:i]
		}
		if double && isTorn(run) {
			torn++
		}
	})
	return torn > 0 && torn+cut > most
}

// isTorn tells a run with octets in it that are in no text of seven bits, or with half a
// character at its end. A relay that breaks long lines tears none.
func isTorn(run []byte) bool {
	n := 0
	for _, c := range run {
		switch {
		case isJIS(c):
			n++
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return true
		}
	}
	return n%2 == 1 && bytes.IndexByte(run, '\n') < 0
}

// onlyJIS tells text with escapes that no program shows as ASCII: it is declared so, or
// nothing is declared and it reads as Japanese, with no number in it that one escape
// alone would hide.
func onlyJIS(data []byte, text, declared string) bool {
	if declared != "" && declared != "iso-2022-jp" || declared == "" && Score(text) < 0.8 {
		return false
	}
	numbers := false
	eachRun(data, func(_, run []byte, double bool) {
		numbers = numbers || double && (hasDigits(run, 6) || bytes.Contains(run, []byte("&#")))
	})
	return !numbers
}

// hasDigits tells so many digits in a row.
func hasDigits(b []byte, least int) bool {
	n := 0
	for _, c := range b {
		if n++; c < '0' || c > '9' {
			n = 0
		}
		if n == least {
			return true
		}
	}
	return false
}

// isJIS tells an octet of a two-octet character.
func isJIS(c byte) bool { return c > ' ' && c < 0x7f }

// eachRun calls f for every run of octets with the escape in front of it; double
// tells that it holds two-octet characters.
func eachRun(data []byte, f func(esc, run []byte, double bool)) {
	var esc []byte
	start := 0
	for i := 0; i < len(data); i++ {
		n := 0
		if data[i] == 0x1b {
			n = escape(data[i:])
		}
		if n == 0 {
			continue
		}
		f(esc, data[start:i], len(esc) > 1 && esc[1] == '$')
		esc, start = data[i:i+n], i+n
		i += n - 1
	}
	f(esc, data[start:], len(esc) > 1 && esc[1] == '$')
}

// IsTornJIS tells ISO-2022-JP in which a run of two-octet characters has other octets in it or
// half a character at its end, or in which an escape is none of those that programs know.
func IsTornJIS(data []byte) bool {
	torn := false
	eachRun(data, func(esc, run []byte, double bool) {
		torn = torn || bytes.IndexByte(run, 0x1b) >= 0 || len(esc) > 3 || double && isTorn(run)
	})
	return torn
}
