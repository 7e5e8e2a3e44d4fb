package charset

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	// declaredBonus is how much the sender's word weighs against our guess.
	declaredBonus = 0.3
	// nearShort and nearLong are the distances below which a second reading is
	// given as well: a short text says little about its charset.
	nearShort, nearLong = 0.6, 0.25
	shortText           = 400
	sampleSize          = 64 << 10
)

// Read reads octets as Text: the likeliest reading first, then those that a
// recipient's program could choose as well. There is always at least one, always
// valid UTF-8, and without a BOM for the charsets that have one.
func Read(data []byte, declared string) []Reading { return read(data, declared, LookAt(data)) }

// ReadText is Read for data that may be no text at all: nil for what no charset can
// make a text of. seen is what LookAt told, or Unseen.
func ReadText(data []byte, declared string, seen Octets) []Reading {
	if seen == Unseen {
		seen = LookAt(data)
	}
	if seen == OtherOctets && IsBinary(data) {
		return nil
	}
	return read(data, declared, seen)
}

func read(data []byte, declared string, seen Octets) []Reading {
	if seen == CleanUTF8 && isPlain(data, declared) {
		return overStrays(withShifted([]Reading{{Text: string(data), Charset: "utf-8", Score: 2}}, data))
	}
	out := overStrays(withShifted(inAllWays(data, declared, seen), data))
	for _, r := range out {
		if seen == CleanASCII && r.Charset == "us-ascii" {
			continue
		}
		if text := withoutControls(r.Text); text != "" {
			out = append(out, Reading{Text: text, Charset: r.Charset + ", without control characters", Score: r.Score, Bad: r.Bad})
		}
	}
	return out
}

// isPlain tells clean UTF-8 that is declared as nothing else. Other charsets do not make
// valid UTF-8 by chance, but UTF-16 does.
func isPlain(data []byte, declared string) bool {
	if declared != "" && declared != "utf-8" {
		declared = Canonical(declared)
	}
	return (declared == "" || declared == "utf-8") && Mark(data) == "" && UnmarkedUTF16(data) == ""
}

// withoutControls drops what has no place in a text and is not shown, such as a NUL, an
// escape of ISO-2022 inside a number, or what colours a terminal and what is struck over on one: "" for
// a text without. Of a large text it gives the lines only in which there is any.
func withoutControls(text string) string {
	if !HasControls(text) {
		return ""
	}
	if len(text) > maxDamaged {
		var b strings.Builder
		for line := range strings.Lines(text) {
			if HasControls(line) {
				b.WriteString(line)
			}
		}
		text = b.String()
	}
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		if n := max(escape(text[i:]), terminalControl(text[i:])); n > 0 { // not seen either
			i += n - 1
		} else if text[i] == '\b' {
			_, n := utf8.DecodeLastRune(out)
			out = out[:len(out)-n]
		} else if !isControl[text[i]] {
			out = append(out, text[i])
		}
	}
	return string(out)
}

// terminalControl is the size of a control sequence of a terminal that s begins with: ESC [ 31 m
// (ECMA-48, 5.4).
func terminalControl(s string) int {
	if len(s) < 3 || s[0] != 0x1b || s[1] != '[' {
		return 0
	}
	for i := 2; i < min(len(s), 24); i++ {
		switch c := s[i]; {
		case c >= '@' && c <= '~':
			return i + 1
		case c < ' ' || c >= '@':
			return 0
		}
	}
	return 0
}

// isControl are the control characters but blanks and line ends.
var isControl = func() (t [256]bool) {
	for c := range byte(0x80) {
		t[c] = c < ' ' && (c < '\t' || c > '\r') || c == 0x7f
	}
	return t
}()

// HasControls tells a control character other than blanks and line ends. Eight octets
// are looked at together, of which hardly any are such.
func HasControls[T string | []byte](text T) bool {
	const low, del = ' ' * 0x0101010101010101, 0x7f * 0x0101010101010101
	i := 0
	for ; i+8 <= len(text); i += 8 {
		w := uint64(text[i]) | uint64(text[i+1])<<8 | uint64(text[i+2])<<16 | uint64(text[i+3])<<24 |
			uint64(text[i+4])<<32 | uint64(text[i+5])<<40 | uint64(text[i+6])<<48 | uint64(text[i+7])<<56
		if d := w ^ del; ((w-low)&^w|(d-low/' ')&^d)&eachHigh == 0 {
			continue
		}
		for k := i; k < i+8; k++ {
			if isControl[text[k]] {
				return true
			}
		}
	}
	for ; i < len(text); i++ {
		if isControl[text[i]] {
			return true
		}
	}
	return false
}

// inAllWays reads octets that are not plain.
func inAllWays(data []byte, declared string, seen Octets) []Reading {
	if cs := Mark(data); cs != "" {
		marked := As(data, cs)
		const likely = 0.5
		switch {
		case cs == "utf-8" && marked.Bad == 0, cs != "utf-8" && Score(marked.Text[:min(len(marked.Text), sampleSize)]) >= likely:
			return []Reading{marked}
		}
		// A mark in front of another Charset: both readings.
		return append([]Reading{marked}, Read(behindMarks(data), declared)...)
	}
	if cs := UnmarkedUTF32(data); cs != "" {
		return []Reading{As(data, cs)}
	}
	declared = Canonical(declared)
	if seen == CleanASCII || seen == OtherOctets && IsASCII(data) {
		return asciiReadings(data, declared)
	}
	if declared == "" || declared == "utf-8" {
		// As in isPlain; escapes make valid UTF-8 too.
		if utf8.Valid(data) && bytes.IndexByte(data, 0x1b) < 0 && UnmarkedUTF16(data) == "" {
			return []Reading{{Text: string(data), Charset: "utf-8", Score: 2}}
		}
	}
	if declared == "shift_jis" || declared == "euc-jp" {
		// In the wrong one of these two a text is hardly ever valid, and then
		// it is all half-width kana and rare kanji.
		if d := As(data, declared); d.Bad == 0 && len(data) >= shortText {
			if d.Score = Score(d.Text); d.Score > 0.8 {
				return []Reading{d}
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
		same := slices.ContainsFunc(out, func(o Reading) bool { return o.Text == d.Text })
		if !same && (d.Charset == declared || d.Bad == 0 && d.Score > 0.25 && best.Score-d.Score < near) {
			out = append(out, d)
		}
	}
	if mostly, somewhere := utf8Inside(data); mostly || somewhere {
		// Text that was cut inside a character or has a bad octet is still shown
		// as what it was.
		d := As(data, "utf-8")
		out = slices.DeleteFunc(out, func(o Reading) bool { return o.Text == d.Text })
		if out = append(out, d); mostly {
			out = append([]Reading{d}, out[:len(out)-1]...)
		}
	}
	if (best.Bad > 0 || best.Charset == western.Name) && len(data) <= maxDamaged { // characters that stand apart, the others by number
		if d := As(data, "utf-8"); (hasJapanese(d.Text) || strayInNumbers(d.Text)) && !slices.ContainsFunc(out, func(o Reading) bool { return o.Charset == d.Charset }) {
			out = append(out, d)
		}
	}
	return otherwise(data, out, best, declared)
}

// hasJapanese tells a few letters that no Latin text makes in UTF-8 by chance.
func hasJapanese(text string) bool {
	const few = 2
	n := 0
	for _, c := range text {
		if k := ClassOf(c); k == Kana || k == Common {
			if n++; n == few {
				return true
			}
		}
	}
	return false
}

// otherwise adds what programs make of damage that differ over it.
func otherwise(data []byte, out []Reading, best Reading, declared string) []Reading {
	if bytes.Contains(data, []byte("\x1b$")) {
		part, whole := damagedRuns(data)
		for _, other := range otherJIS(part) {
			out = append(out, As(other, "iso-2022-jp"))
		}
		if mixed := inRuns(part); mixed != nil {
			out = append(out, *mixed)
		}
		out[0].Rest = !whole || isJumbled(part)
	}
	if best.Bad > 0 {
		part, whole := damagedLines(data, best.Charset)
		if d := decodeByLine(part); d.Bad < best.Bad {
			out = append(out, d)
		}
		out = append(out, resynced(part, out, best.Charset, declared)...)
		out[0].Rest = out[0].Rest || !whole
	}
	if best.Bad == 0 && best.Charset != declared { // who goes by the label goes on behind what is no character
		if part, _ := damagedLines(data, declared); declared != "" && As(part, declared).Bad > 0 {
			out = append(out, resynced(part, out, declared)...)
		}
	}
	if best.Bad == 0 && len(data) <= maxDamaged {
		// Octets that all fit one charset may be lines of several.
		if d := decodeByLine(data); d.Bad == 0 && Score(d.Text) > best.Score && !slices.ContainsFunc(out, func(o Reading) bool { return o.Text == d.Text }) {
			out = append(out, d)
		}
	}
	out = append(out, mended(data, "utf-8", declared, best.Charset)...)
	if len(data) <= maxDamaged {
		if seen := withoutUnseen(data); seen != nil {
			d := As(seen, best.Charset)
			d.Charset += ", without what is not seen"
			out = append(out, d)
		}
	}
	return out
}

// candidates are all readings worth comparing, best first, scored on a sample
// and then decoded as a whole.
func candidates(data []byte, declared string) []Reading {
	sample := sampleOf(data)
	names := []string{"utf-8", "shift_jis", "euc-jp"}
	if bytes.IndexByte(data, 0x1b) >= 0 {
		names = append(names, "iso-2022-jp")
	}
	if u := UnmarkedUTF16(data); u != "" {
		names = append(names, u)
	}
	if declared != "" && !slices.Contains(names, declared) {
		names = append(names, declared)
	}
	names = append(names, "windows-1252")
	var out []Reading
	for _, name := range names {
		d := As(sample, name)
		d.Score = Score(d.Text)
		if name == "utf-8" && utf8.Valid(sample) {
			d.Score, d.Bad = 2, 0 // other charsets do not make it by chance; U+FFFD may stand in it
		}
		if strings.HasPrefix(name, "utf-16") && UnmarkedUTF16(data) == name {
			d.Score += 0.2
		}
		if name == declared && d.Bad == 0 {
			d.Score += declaredBonus
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b Reading) int { return cmp.Compare(b.Score, a.Score) })
	for i := range out {
		if len(sample) == len(data) {
			continue
		}
		if i == 0 || out[i].Charset == declared || out[0].Score-out[i].Score < nearLong {
			full := As(data, out[i].Charset)
			full.Score = out[i].Score
			out[i] = full
		}
	}
	if len(sample) < len(data) {
		out = slices.DeleteFunc(out, func(d Reading) bool {
			return d.Charset != declared && out[0].Score-d.Score >= nearLong
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
	if nl := bytes.LastIndexByte(data[start:end], '\n'); nl > sampleSize/2 && UnmarkedUTF16(data) == "" {
		end = start + nl + 1 // do not cut a character
	}
	return data[start:end]
}

// asciiReadings are those of seven-bit text, which may hide ISO-2022-JP, UTF-7,
// HZ, or UTF-16 whose octets all happen to be printable.
func asciiReadings(data []byte, declared string) []Reading {
	plain := Reading{Text: string(data), Charset: "us-ascii", Score: 1}
	out := []Reading{plain}
	add := func(name string, first bool, data []byte) {
		d := As(data, name)
		switch {
		case d.Text == plain.Text:
		case first:
			out = append([]Reading{d}, out...)
		default:
			out = append(out, d)
		}
	}
	switch {
	case bytes.IndexByte(data, 0x1b) >= 0 && bytes.ContainsAny(data, "$("):
		d := As(data, "iso-2022-jp")
		fits := d.Bad*20 < len(d.Text) || d.Bad == 0
		if add("iso-2022-jp", true, data); fits && onlyJIS(data, d.Text, declared) {
			out = out[:1] // the raw escapes are of no use to anybody
		}
		part, whole := damagedRuns(data)
		others := otherJIS(part)
		for _, other := range others {
			add("iso-2022-jp", false, other)
		}
		out[0].Rest = !whole || len(others) > 0 && isJumbled(part)
		if Shifts(declared) {
			add(declared, false, data)
		}
		if fits {
			return out
		}
	case Shifts(declared):
		add(declared, true, data)
	}
	if declared != "utf-7" && hasUTF7(data) {
		add("utf-7", false, data)
	}
	if declared != "hz-gb-2312" && bytes.Contains(data, []byte("~{")) && bytes.Contains(data, []byte("~}")) {
		add("hz-gb-2312", false, data)
	}
	if u := UnmarkedUTF16(data); u != "" && declared != u {
		add(u, bytes.IndexByte(data, 0) >= 0, data)
	}
	return out
}

// marks are the byte order marks, longer ones before those that they begin with.
var marks = [...]struct{ octets, charset string }{
	{"\xef\xbb\xbf", "utf-8"}, {"\xff\xfe\x00\x00", "utf-32le"}, {"\x00\x00\xfe\xff", "utf-32be"},
	{"\xff\xfe", "utf-16le"}, {"\xfe\xff", "utf-16be"},
}

// Mark names the charset that a byte order mark announces.
func Mark(data []byte) string {
	for _, m := range marks {
		if bytes.HasPrefix(data, []byte(m.octets)) {
			return m.charset
		}
	}
	return ""
}

// behindMarks is what stands behind the mark that data begins with. Of more marks in a row
// only the last stays: reading what is behind each took seconds for a KB of marks.
func behindMarks(data []byte) []byte {
	width := func(d []byte) int {
		for _, m := range marks {
			if bytes.HasPrefix(d, []byte(m.octets)) {
				return len(m.octets)
			}
		}
		return 0
	}
	data = data[width(data):]
	for n := width(data); n > 0 && width(data[n:]) > 0; n = width(data) {
		data = data[n:]
	}
	return data
}

// eachHigh is the high bit of each of eight octets.
const eachHigh = 0x8080808080808080

// IsASCII tells octets of seven bits only.
func IsASCII(data []byte) bool {
	for ; len(data) >= 8; data = data[8:] {
		if binary.LittleEndian.Uint64(data)&eachHigh != 0 {
			return false
		}
	}
	for _, c := range data {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
