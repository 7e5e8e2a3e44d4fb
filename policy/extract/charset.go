package extract

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// decoded is one reading of bytes as text.
type decoded struct {
	text    string
	charset string
	// score says how much it looks like somebody's text, about 1 for Japanese.
	score float64
	// bad counts characters that could not be decoded.
	bad int
}

const (
	// declaredBonus is how much the sender's word weighs against our guess.
	declaredBonus = 0.3
	// nearShort and nearLong are the distances below which a second reading is
	// given as well: a short text says little about its charset.
	nearShort, nearLong = 0.6, 0.25
	shortText           = 400
	sampleSize          = 64 << 10
)

// decode reads bytes as text: the likeliest reading first, then those that a
// recipient's program could choose as well. There is always at least one, always
// valid UTF-8, and without a BOM for the charsets that have one.
//
// Not covered: ISO-2022-KR, EBCDIC, and Chinese and Korean charsets that are not
// declared.
func decode(data []byte, declared string) []decoded {
	if cs := bomOf(data); cs != "" {
		marked := decodeAs(data, cs)
		if cs != "utf-8" || marked.bad == 0 {
			return []decoded{marked}
		}
		// A mark in front of another charset: both readings.
		return append([]decoded{marked}, decode(data[3:], declared)...)
	}
	if cs := likelyUTF32(data); cs != "" {
		return []decoded{decodeAs(data, cs)}
	}
	declared = canonical(declared)
	if isASCII(data) {
		return asciiReadings(data, declared)
	}
	if declared == "" || declared == "utf-8" {
		// Other charsets do not make valid UTF-8 by chance, but escapes and
		// UTF-16 do.
		if utf8.Valid(data) && bytes.IndexByte(data, 0x1b) < 0 && likelyUTF16(data) == "" {
			return []decoded{{text: string(data), charset: "utf-8", score: 2}}
		}
	}
	if declared == "shift_jis" || declared == "euc-jp" {
		// In the wrong one of these two a text is hardly ever valid, and then
		// it is all half-width kana and rare kanji.
		if d := decodeAs(data, declared); d.bad == 0 && len(data) >= shortText {
			if d.score = scoreText(d.text); d.score > 0.8 {
				return []decoded{d}
			}
		}
	}
	all := candidates(data, declared)
	best := all[0]
	near := nearLong
	if len(data) < shortText {
		near = nearShort
	}
	out := all[:1]
	for _, d := range all[1:] {
		same := slices.ContainsFunc(out, func(o decoded) bool { return o.text == d.text })
		if !same && (d.charset == declared || d.bad == 0 && d.score > 0.25 && best.score-d.score < near) {
			out = append(out, d)
		}
	}
	if mostlyUTF8(data) {
		// Text that was cut inside a character or has a bad octet is still shown
		// as what it was.
		d := decodeAs(data, "utf-8")
		out = slices.DeleteFunc(out, func(o decoded) bool { return o.text == d.text })
		out = append([]decoded{d}, out...)
	}
	if bytes.Contains(data, []byte("\x1b$")) {
		if joined := jisAcrossLines(data); joined != nil {
			out = append(out, decodeAs(joined, "iso-2022-jp"))
		}
	}
	if best.bad > 0 {
		if d := decodeByLine(data); d.bad < best.bad {
			out = append(out, d)
		}
		out = append(out, resynced(data, out, best.charset, declared)...)
	}
	return out
}

// resynced are the readings of programs that go on elsewhere behind an octet which
// does not belong: one octet on, or two.
func resynced(data []byte, known []decoded, charsets ...string) []decoded {
	var out []decoded
	for _, name := range charsets {
		if name != "shift_jis" && name != "euc-jp" {
			continue
		}
		for step := 1; step <= 2; step++ {
			d := decoded{text: doubleText(data, name == "shift_jis", step), charset: name}
			same := func(o decoded) bool { return o.text == d.text }
			if !slices.ContainsFunc(known, same) && !slices.ContainsFunc(out, same) {
				d.charset += [...]string{", one octet on", ", two octets on"}[step-1]
				out = append(out, d)
			}
		}
	}
	return out
}

// doubleText decodes a double-byte charset; behind what is no character it goes on
// so many octets later.
func doubleText(data []byte, sjis bool, step int) string {
	table := eucTable()
	if sjis {
		table = sjisTable()
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

// mostlyUTF8 tells text with whole characters of three octets and more, which no
// other charset makes by chance, and not many more octets that fit nothing.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		switch {
		case n > 2:
			good++
		case r == utf8.RuneError && n == 1:
			bad++
		}
		data = data[n:]
	}
	return bad > 0 && good >= 2 && good*2 >= bad
}

// candidates are all readings worth comparing, best first, scored on a sample
// and then decoded as a whole.
func candidates(data []byte, declared string) []decoded {
	sample := sampleOf(data)
	names := []string{"utf-8", "shift_jis", "euc-jp"}
	if bytes.IndexByte(data, 0x1b) >= 0 {
		names = append(names, "iso-2022-jp")
	}
	if u := likelyUTF16(data); u != "" {
		names = append(names, u)
	}
	if declared != "" && !slices.Contains(names, declared) {
		names = append(names, declared)
	}
	names = append(names, "windows-1252")
	var out []decoded
	for _, name := range names {
		d := decodeAs(sample, name)
		d.score = scoreText(d.text)
		if name == "utf-8" && d.bad == 0 {
			d.score = 2 // other charsets do not make valid UTF-8 by chance
		}
		if strings.HasPrefix(name, "utf-16") && likelyUTF16(data) == name {
			d.score += 0.2
		}
		if name == declared && d.bad == 0 {
			d.score += declaredBonus
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b decoded) int { return cmp.Compare(b.score, a.score) })
	for i := range out {
		if len(sample) == len(data) {
			continue
		}
		if i == 0 || out[i].charset == declared || out[0].score-out[i].score < nearLong {
			full := decodeAs(data, out[i].charset)
			full.score = out[i].score
			out[i] = full
		}
	}
	if len(sample) < len(data) {
		out = slices.DeleteFunc(out, func(d decoded) bool {
			return d.charset != declared && out[0].score-d.score >= nearLong
		})
	}
	return out
}

// sampleOf is a window from the first octet that is not plain ASCII, so that a
// long English head does not hide a Japanese tail.
func sampleOf(data []byte) []byte {
	if len(data) <= sampleSize {
		return data
	}
	start := bytes.IndexFunc(data, func(r rune) bool { return r >= 0x80 || r == 0x1b || r == 0 })
	start = max(0, start) &^ 1 // UTF-16 stays in step
	end := min(len(data), start+sampleSize)
	if nl := bytes.LastIndexByte(data[start:end], '\n'); nl > sampleSize/2 && likelyUTF16(data) == "" {
		end = start + nl + 1 // do not cut a character
	}
	return data[start:end]
}

// asciiReadings are those of seven-bit text, which may hide ISO-2022-JP, UTF-7,
// HZ, or UTF-16 whose octets all happen to be printable.
func asciiReadings(data []byte, declared string) []decoded {
	plain := decoded{text: string(data), charset: "us-ascii", score: 1}
	out := []decoded{plain}
	add := func(name string, first bool, data []byte) {
		d := decodeAs(data, name)
		switch {
		case d.text == plain.text:
		case first:
			out = append([]decoded{d}, out...)
		default:
			out = append(out, d)
		}
	}
	switch {
	case bytes.IndexByte(data, 0x1b) >= 0 && bytes.ContainsAny(data, "$("):
		// The raw escapes are of no use to anybody: one reading.
		if d := decodeAs(data, "iso-2022-jp"); d.bad == 0 || d.bad*20 < len(d.text) {
			out[0] = d
			if joined := jisAcrossLines(data); joined != nil {
				add("iso-2022-jp", false, joined)
			}
			return out
		}
		add("iso-2022-jp", true, data)
	case declared == "utf-7":
		add("utf-7", true, data)
	case declared == "hz-gb-2312":
		add("hz-gb-2312", true, data)
	case declared == "utf-16le" || declared == "utf-16be":
		add(declared, true, data)
	}
	if declared != "utf-7" && hasUTF7(data) {
		add("utf-7", false, data)
	}
	if declared != "hz-gb-2312" && bytes.Contains(data, []byte("~{")) && bytes.Contains(data, []byte("~}")) {
		add("hz-gb-2312", false, data)
	}
	if u := likelyUTF16(data); u != "" && declared != u {
		add(u, bytes.IndexByte(data, 0) >= 0, data)
	}
	return out
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

// decodeByLine reads every line in the charset that suits it, for files that
// were put together from several.
func decodeByLine(data []byte) decoded {
	d := decoded{charset: "by line"}
	var b strings.Builder
	for line := range bytes.Lines(data) {
		if isASCII(line) && bytes.IndexByte(line, 0x1b) < 0 {
			b.Write(line)
			continue
		}
		best := decodeAs(line, "utf-8")
		if best.bad > 0 {
			for _, name := range []string{"shift_jis", "euc-jp", "iso-2022-jp"} {
				o := decodeAs(line, name)
				o.score = scoreText(o.text)
				if best.charset == "utf-8" || o.score > best.score {
					best = o
				}
			}
		}
		d.bad += best.bad
		b.WriteString(best.text)
	}
	d.text = b.String()
	return d
}

// decodeAs reads bytes in one charset; what does not belong to it becomes U+FFFD.
func decodeAs(data []byte, name string) decoded {
	d := decoded{charset: name}
	switch name {
	case "utf-8", "us-ascii":
		data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
		d.text = validCounting(data)
	case "utf-16le", "utf-16be":
		d.text = utf16Text(data, name == "utf-16be")
	case "utf-32le", "utf-32be":
		d.text = utf32Text(data, name == "utf-32be")
	case "utf-7":
		d.text = utf7Text(data)
	default:
		out, err := encodingOf(name).NewDecoder().Bytes(data)
		d.text = validCounting(out)
		if err != nil {
			d.bad++
		}
	}
	d.bad += strings.Count(d.text, "\ufffd")
	return d
}

// validCounting replaces each bad octet by itself, so that they can be counted.
func validCounting(data []byte) string {
	if utf8.Valid(data) {
		return string(data)
	}
	return string([]rune(string(data)))
}

func encodingOf(name string) encoding.Encoding {
	switch name {
	case "shift_jis":
		return japanese.ShiftJIS
	case "euc-jp":
		return japanese.EUCJP
	case "iso-2022-jp":
		return japanese.ISO2022JP
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	}
	if e, err := htmlindex.Get(name); err == nil && e != encoding.Replacement {
		return e
	}
	return charmap.Windows1252
}

// canonical turns a declared label into one of the names used here; an unknown
// one is no claim at all.
func canonical(label string) string {
	label = strings.ToLower(strings.Trim(strings.TrimSpace(label), `"'`))
	switch label {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968":
		return ""
	case "cp932", "ms932", "windows-932", "mskanji", "sjis", "x-ms-cp932", "windows-31j", "shift-jis":
		return "shift_jis"
	case "iso-2022-jp-1", "iso-2022-jp-2", "iso-2022-jp-3", "iso-2022-jp-ms", "iso-2022-jp-2004", "cp50220", "cp50221", "cp50222", "jis":
		return "iso-2022-jp"
	case "eucjp", "euc_jp", "eucjp-ms", "eucjp-win", "cp51932", "x-euc":
		return "euc-jp"
	case "utf-7", "unicode-1-1-utf-7", "x-unicode-2-0-utf-7", "utf7":
		return "utf-7"
	case "utf-16", "utf16", "ucs-2", "iso-10646-ucs-2":
		return "utf-16be" // RFC 2781 section 4.3; a BOM has been seen before
	case "hz-gb-2312", "hz":
		return "hz-gb-2312"
	case "utf-32", "utf-32be", "ucs-4":
		return "utf-32be"
	case "utf-32le":
		return "utf-32le"
	}
	if e, err := htmlindex.Get(label); err == nil && e != encoding.Replacement {
		if name, err := htmlindex.Name(e); err == nil {
			return name
		}
	}
	return ""
}

func isASCII(data []byte) bool {
	for _, c := range data {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func hasBOM(data []byte) bool { return bomOf(data) != "" }

// bomOf names the charset that a byte order mark announces.
func bomOf(data []byte) string {
	for _, b := range []struct{ mark, name string }{
		{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe\x00\x00", "utf-32le"}, {"\x00\x00\xfe\xff", "utf-32be"},
		{"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"},
	} {
		if bytes.HasPrefix(data, []byte(b.mark)) {
			return b.name
		}
	}
	return ""
}

func utf16Text(data []byte, big bool) string {
	units := make([]uint16, 0, len(data)/2)
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, unit16(data[i], data[i+1], big))
	}
	text := string(utf16.Decode(units))
	if len(data)%2 == 1 {
		text += "\ufffd"
	}
	return strings.TrimPrefix(text, "\ufeff")
}

func unit16(a, b byte, big bool) uint16 {
	if big {
		return uint16(a)<<8 | uint16(b)
	}
	return uint16(b)<<8 | uint16(a)
}

// likelyUTF32 names the byte order of UTF-32 without a mark: all of it are groups
// of four octets, each a code point of the first three planes.
func likelyUTF32(data []byte) string {
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
		hi, lo := unit16(data[i], data[i+1], big), unit16(data[i+2], data[i+3], big)
		if !big {
			hi, lo = lo, hi
		}
		b.WriteRune(rune(uint32(hi)<<16 | uint32(lo)))
	}
	return strings.TrimPrefix(b.String(), "\ufeff")
}
