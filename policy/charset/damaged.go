package charset

import (
	"bytes"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// maxDamaged is how much of a text is read in the ways in which programs differ over
// damage, in octets. Of a larger one these are the lines that are damaged.
const maxDamaged = 1 << 20

// damagedLines are the lines that do not belong to the charset; all of a small text.
// whole is false when there is more damage than may be looked at.
func damagedLines(data []byte, name string) (part []byte, whole bool) {
	if len(data) <= maxDamaged {
		return data, true
	}
	for line := range bytes.Lines(data) {
		if IsASCII(line) || As(line, name).Bad == 0 {
			continue
		}
		if len(part)+len(line) > maxDamaged {
			return part, false
		}
		part = append(part, line...)
	}
	return part, true
}

// damagedRuns is damagedLines for the runs between the escapes of ISO-2022-JP.
func damagedRuns(data []byte) (part []byte, whole bool) {
	if len(data) <= maxDamaged {
		return data, true
	}
	whole = true
	eachRun(data, func(esc, run []byte, double bool) {
		damaged := double && bytes.ContainsFunc(run, func(r rune) bool { return r >= utf8.RuneSelf || !isJIS(byte(r)) }) ||
			double && len(run)%2 == 1 || !double && (!IsASCII(run) || HasControls(run))
		switch {
		case !damaged:
		case len(part)+len(esc)+len(run) > maxDamaged:
			whole = false
		default:
			part = append(append(append(part, esc...), run...), "\x1b(B\n"...)
		}
	})
	return part, whole
}

// mended are the readings of programs that drop control characters and escapes before
// they decode, where one stood inside a character.
func mended(data []byte, charsets ...string) []Reading {
	if !HasControls(data) || IsASCII(data) || UnmarkedUTF16(data) != "" {
		return nil
	}
	var out []Reading
	part, plain := linesWithControls(data)
	for i, name := range charsets {
		if name == "" || slices.Contains(charsets[:i], name) {
			continue
		}
		d := As(plain, name)
		if d.Bad < As(part, name).Bad {
			d.Charset += ", without controls at first"
			out = append(out, d)
		}
	}
	return out
}

// linesWithControls are the lines with a control character in them, all of a small text
// and so many of a large one as may be looked at, and the same without these characters.
func linesWithControls(data []byte) (part, plain []byte) {
	part = data
	if len(data) > maxDamaged {
		part = nil
		for line := range bytes.Lines(data) {
			if HasControls(line) && len(part)+len(line) <= maxDamaged {
				part = append(part, line...)
			}
		}
	}
	return part, WithoutControls(part)
}

// WithoutControls drops control characters and the escapes of ISO-2022.
func WithoutControls(data []byte) []byte {
	plain := make([]byte, 0, len(data))
	for i := 0; i < len(data); i++ {
		switch n := escape(data[i:]); {
		case n > 0:
			i += n - 1
		case !isControl[data[i]]:
			plain = append(plain, data[i])
		}
	}
	return plain
}

// withoutUnseen drops what stands between two octets of ASCII and is not seen by who
// reads it in UTF-8 or as Latin letters: soft hyphens, spaces of any width, what parts
// lines, controls. A number may be parted by them. nil when there are none.
func withoutUnseen(data []byte) []byte {
	var out []byte
	last := 0
	for i := 0; i < len(data); {
		n := 0
		if i == 0 || data[i-1] < 0x80 {
			for n < len(data)-i && unseen(data[i+n:]) > 0 {
				n += unseen(data[i+n:])
			}
		}
		if n > 0 && (i+n == len(data) || data[i+n] < 0x80) {
			out = append(out, data[last:i]...)
			last = i + n
		}
		i += max(n, 1)
	}
	if last == 0 {
		return nil
	}
	return append(out, data[last:]...)
}

// overStrays adds the lines of damaged readings in which what is no character stands in a
// number: without it, and with a blank in its place. Programs show a box there, a blank,
// or nothing, and whoever reads it reads on.
func overStrays(known []Reading) []Reading {
	out := known
	for _, r := range known {
		if !hasStrays(r) {
			continue
		}
		var b strings.Builder
		for line := range strings.Lines(r.Text) {
			if b.Len() < maxDamaged && strings.ContainsFunc(line, isStray) && strayInNumber(line) {
				writeOver(&b, line, "")
				writeOver(&b, line, " ")
			}
		}
		if b.Len() > 0 {
			out = append(out, Reading{Text: b.String(), Charset: r.Charset + ", over strays", Score: r.Score})
		}
	}
	return out
}

// isStray tells what is no character: what stands for octets without one, controls of
// eight bits, which come of text that is read in a wrong charset, and characters for private
// use, which are octets without a character to who reads no UTF-8.
func isStray(c rune) bool {
	return c == utf8.RuneError || c >= 0x80 && c < 0xa0 || c >= 0xe000 && c < 0xf900
}

// hasStrays tells a reading with strays; that controls of eight bits are meant, only a text
// in UTF-8 says. Of what is for private use there the first two thirds begin with an octet
// that nothing else has.
func hasStrays(r Reading) bool {
	if r.Charset == "utf-8" {
		return strings.Contains(r.Text, "\ufffd") || strings.IndexByte(r.Text, 0xee) >= 0
	}
	return strings.ContainsFunc(r.Text, isStray)
}

// maxStray is how many letters stand with a stray for one character at most, such as a wide
// blank in UTF-8 that is read as Shift_JIS.
const maxStray = 4

// strayRun is the length of what a text begins with when that is no ASCII, and whether there
// is a stray in it that may stand for one character.
func strayRun(text string) (n int, stray bool) {
	letters := 0
	for i, c := range text {
		if c < utf8.RuneSelf || c >= '０' && c <= '９' || c == '\u3000' {
			return i, stray && letters <= maxStray
		}
		letters++
		stray = stray || isStray(c)
	}
	return len(text), stray && letters <= maxStray
}

// writeOver writes a line with something else in place of its strays.
func writeOver(b *strings.Builder, line, instead string) {
	for line != "" {
		n, stray := strayRun(line)
		switch {
		case n == 0:
			_, n = utf8.DecodeRuneInString(line)
			b.WriteString(line[:n])
		case stray:
			b.WriteString(instead)
		default:
			for _, c := range line[:n] {
				if isStray(c) {
					b.WriteString(instead)
				} else {
					b.WriteRune(c)
				}
			}
		}
		line = line[n:]
	}
}

// strayInNumbers is strayInNumber for any line of a text.
func strayInNumbers(text string) bool {
	for line := range strings.Lines(text) {
		if strings.Contains(line, "\ufffd") && strayInNumber(line) {
			return true
		}
	}
	return false
}

// strayInNumber tells what is no character between two digits, blanks and signs of phone and
// card numbers on the way.
func strayInNumber(line string) bool {
	const signs = "\u3000 \t-./()+"
	found, digit := false, false
	for line != "" {
		n, stray := strayRun(line)
		if n > 0 {
			if found = stray && digit; !found {
				digit = false
			}
			line = line[n:]
			continue
		}
		c, size := utf8.DecodeRuneInString(line)
		switch {
		case c >= '0' && c <= '9', c >= '０' && c <= '９':
			if found {
				return true
			}
			digit = true
		case !strings.ContainsRune(signs, c):
			found, digit = false, false
		}
		line = line[size:]
	}
	return false
}

// unseen is the length of such a character, or of a blank.
func unseen(data []byte) int {
	switch {
	case data[0] < 0x80:
		return 0
	case data[0] == 0xa0, data[0] == 0xad:
		return 1
	}
	c, n := utf8.DecodeRune(data)
	if n > 1 && (unicode.IsSpace(c) || unicode.In(c, unicode.C, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) || c == '\u2800') {
		return n
	}
	return 0
}

// resynced are the readings of programs that go on elsewhere behind an octet which
// does not belong: one octet on, or two.
func resynced(data []byte, known []Reading, charsets ...string) []Reading {
	var out []Reading
	for _, name := range charsets {
		if name != "shift_jis" && name != "euc-jp" {
			continue
		}
		for step := 1; step <= 2; step++ {
			d := Reading{Text: doubleText(data, name == "shift_jis", step), Charset: name}
			same := func(o Reading) bool { return o.Text == d.Text }
			if !slices.ContainsFunc(known, same) && !slices.ContainsFunc(out, same) {
				d.Charset += [...]string{", one octet on", ", two octets on"}[step-1]
				out = append(out, d)
			}
		}
	}
	return out
}

// doubleText decodes a double-byte charset; behind what is no character it goes on
// so many octets later.
func doubleText(data []byte, sjis bool, step int) string {
	table := eucJPTable()
	if sjis {
		table = shiftJISTable()
	}
	var b strings.Builder
	for i := 0; i < len(data); {
		c := data[i]
		switch {
		case c < 0x80:
			b.WriteByte(c)
			i++
		case sjis && c >= 0xa1 && c <= 0xdf:
			b.WriteRune(rune(c) + 0xff61 - 0xa1)
			i++
		case i+1 < len(data) && table[int(c)<<8|int(data[i+1])] != 0:
			b.WriteRune(rune(table[int(c)<<8|int(data[i+1])]))
			i += 2
		default:
			b.WriteRune('\ufffd')
			i += step
		}
	}
	return b.String()
}

// decodeByLine reads every line in the charset that suits it, for files that
// were put together from several.
func decodeByLine(data []byte) Reading {
	d := Reading{Charset: "by line"}
	var b strings.Builder
	for line := range bytes.Lines(data) {
		if IsASCII(line) && bytes.IndexByte(line, 0x1b) < 0 {
			b.Write(line)
			continue
		}
		best := likeliest(line)
		d.Bad += best.Bad
		b.WriteString(best.Text)
	}
	d.Text = b.String()
	return d
}

// likeliest reads a few octets in the charset that suits them.
func likeliest(data []byte) Reading {
	best := As(data, "utf-8")
	if best.Bad == 0 {
		return best
	}
	for _, name := range []string{"shift_jis", "euc-jp", "iso-2022-jp"} {
		o := As(data, name)
		o.Score = Score(o.Text)
		if best.Charset == "utf-8" || o.Score > best.Score {
			best = o
		}
	}
	return best
}

// DoubleByte is the table of a double-byte charset, "shift_jis" or "euc-jp": a
// character of the basic plane for two octets, 0 where there is none. It is built
// once.
func DoubleByte(name string) *[1 << 16]uint16 {
	if name == shiftJIS.Name {
		return shiftJISTable()
	}
	return eucJPTable()
}

func buildTable(e encoding.Encoding) *[1 << 16]uint16 {
	t := new([1 << 16]uint16)
	dec := e.NewDecoder()
	for lead := 0x81; lead <= 0xfe; lead++ {
		for trail := 0x40; trail <= 0xfe; trail++ {
			s, err := dec.String(string([]byte{byte(lead), byte(trail)}))
			r := []rune(s)
			if err == nil && len(r) == 1 && r[0] != utf8.RuneError && r[0] < 1<<16 && ClassOf(r[0]) != Odd {
				t[lead<<8|trail] = uint16(r[0])
			}
		}
	}
	return t
}
