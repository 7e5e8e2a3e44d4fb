package mime

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
)

// transfer is a content transfer encoding.
type transfer byte

const (
	identity transfer = iota
	quotedPrintable
	base64Encoding
	uuencoded
	quotedPrintableLoose  // an equals sign that escapes nothing means nothing
	quotedPrintableToEnd  // the same with all that stands in front of the line end
	quotedPrintableJoined // soft line breaks are taken out first
	quotedPrintableHalf   // any two octets behind an equals sign are a number
)

// What programs do with base64 that is not as it should be, besides base64Encoding.
const (
	cleanOnly transfer = 1 << (iota + 4) // lines with junk in them mean nothing; of quoted-printable: octets of eight bits
	urlSafe                              // - and _ are letters (RFC 4648 section 5)
	unpadded                             // padding means nothing
	byLine                               // a group does not go on in the next line

	// beforeFooter ends the body in front of a footer, see footerAt.
	beforeFooter transfer = 1 << 3

	allHabits = cleanOnly | urlSafe | unpadded | byLine | beforeFooter
)

// view names a reading that is not the usual one.
func (e transfer) view() string {
	switch e {
	case base64Encoding:
		return ViewJunkToo
	case quotedPrintableLoose:
		return ViewSoftBreak
	case quotedPrintableJoined:
		return ViewSoftBreak + " first"
	case quotedPrintableToEnd:
		return ViewSoftBreak + " to the line end"
	case quotedPrintableHalf:
		return ViewHalfEscape
	}
	var names []string
	for _, h := range [...]struct {
		is   transfer
		view string
	}{{cleanOnly, ViewClean}, {urlSafe, ViewURLSafe}, {unpadded, ViewUnpadded}, {byLine, ViewByLine}} {
		if e&h.is != 0 {
			names = append(names, h.view)
		}
	}
	return strings.Join(names, ", ")
}

// parseEncoding reads a Content-Transfer-Encoding value. known is false for a
// value that programs read in different ways; enc is then our best guess.
func parseEncoding(v string) (enc transfer, known bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	switch v {
	case "", "7bit", "8bit", "binary":
		return identity, true
	case "base64":
		return base64Encoding, true
	case "quoted-printable":
		return quotedPrintable, true
	case "x-uuencode", "x-uue", "uuencode", "uue":
		return uuencoded, true
	}
	bare := strings.NewReplacer("-", "", "_", "", "\"", "", " ", "").Replace(v)
	switch {
	case strings.Contains(bare, "base64"):
		return base64Encoding, false
	case strings.Contains(bare, "quotedprintable"):
		return quotedPrintable, false
	case strings.HasPrefix(bare, "7bit"), strings.HasPrefix(bare, "8bit"), strings.HasPrefix(bare, "binary"):
		return identity, true
	}
	return identity, false
}

// usualEncoding knows a value as nearly every program writes it.
func usualEncoding(v []byte) (enc transfer, usual bool) {
	switch string(v) {
	case "", "7bit", "8bit":
		return identity, true
	case "base64":
		return base64Encoding, true
	case "quoted-printable":
		return quotedPrintable, true
	}
	return identity, false
}

func (e transfer) decode(raw []byte) []byte {
	if e&urlSafe != 0 {
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("-"), []byte("+")), []byte("_"), []byte("/"))
	}
	if e&beforeFooter != 0 {
		raw = raw[:footerAt(raw)]
	}
	switch {
	case e&cleanOnly == 0:
	case e&^allHabits == quotedPrintable:
		raw = sevenBits(raw)
	default:
		raw = cleanLines(raw)
	}
	switch e &^ allHabits {
	case base64Encoding:
		if e&byLine != 0 {
			out := make([]byte, 0, len(raw)/4*3+3)
			for line := range bytes.Lines(raw) {
				out = appendBase64(out, line, true)
			}
			return out
		}
		return decodeBase64(raw, e&unpadded == 0)
	case quotedPrintable:
		return decodeQP(raw)
	case quotedPrintableLoose:
		return decodeQP(withoutStray(raw))
	case quotedPrintableJoined:
		return decodeQP(joined(raw))
	case quotedPrintableHalf:
		return decodeQP(halfEscapes(raw))
	case quotedPrintableToEnd:
		return decodeQP(joinSoftBreaks(raw))
	case uuencoded:
		if _, data, _, _ := firstUU(raw); data != nil {
			return data
		}
	}
	return raw
}

// base64Value maps a letter to its six bits; 64 blank, 65 '=', 66 junk.
var base64Value = makeBase64Table()

const (
	b64Blank = 64
	b64Pad   = 65
	b64Junk  = 66
)

func makeBase64Table() (t [256]byte) {
	for i := range t {
		t[i] = b64Junk
	}
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[c] = byte(i)
	}
	t[' '], t['\t'], t['\r'], t['\n'], t['='] = b64Blank, b64Blank, b64Blank, b64Blank, b64Pad
	return t
}

// decodeBase64 skips what is not in the alphabet. With padded it starts afresh
// behind padding, since concatenated blocks occur.
func decodeBase64(raw []byte, padded bool) []byte {
	return appendBase64(make([]byte, 0, len(raw)/4*3+3), raw, padded)
}

// appendBase64 writes behind what it has read, so out may be the start of raw.
func appendBase64(out, raw []byte, padded bool) []byte {
	out = slices.Grow(out, len(raw)/4*3+3)
	var acc uint32
	bits := 0
	for i := 0; i < len(raw); i++ {
		if bits == 0 { // nearly all of it is groups of four
			var n int
			out, n = appendGroups(out, raw[i:])
			if i += n; i == len(raw) {
				break
			}
		}
		v := base64Value[raw[i]]
		if v < 64 {
			acc = acc<<6 | uint32(v)
			bits += 6
			if bits == 24 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
				acc, bits = 0, 0
			}
			continue
		}
		if v == b64Pad && padded {
			out = flush64(out, acc, bits)
			acc, bits = 0, 0
		}
	}
	if bits == 6 { // a letter too many; some programs show what it begins
		return append(out, byte(acc<<2))
	}
	return flush64(out, acc, bits)
}

// overBase64 decodes a body over itself. It is clean when it has nothing but letters,
// blanks, whole line ends, and padding at its end that fills the last group.
func overBase64(raw []byte) (out []byte, clean bool) {
	out = raw[:0]
	var acc uint32
	bits, pad := 0, false
	last := 0 // letters and padding of the last group
	for i := 0; i < len(raw); i++ {
		if bits == 0 && !pad {
			var n int
			out, n = appendGroups(out, raw[i:])
			if i += n; i == len(raw) {
				break
			}
		}
		c := raw[i]
		switch v := base64Value[c]; {
		case v == b64Junk, c == '\r' && (i+1 == len(raw) || raw[i+1] != '\n'):
			return nil, false
		case v == b64Pad:
			last += bits/6 + 1
			out, pad = flush64(out, acc, bits), true
			acc, bits = 0, 0
		case v == b64Blank:
		case pad:
			return nil, false
		default:
			acc = acc<<6 | uint32(v)
			if bits += 6; bits == 24 {
				out = append(out, byte(acc>>16), byte(acc>>8), byte(acc))
				acc, bits = 0, 0
			}
		}
	}
	return flush64(out, acc, bits), (last+bits/6)%4 == 0
}

// groupValue are the letters' bits at their places in a group of four.
var groupValue = makeGroupTables()

const notALetter = 1 << 31

func makeGroupTables() (t [4][256]uint32) {
	for c, v := range base64Value {
		for k := range t {
			t[k][c] = notALetter
			if v < 64 {
				t[k][c] = uint32(v) << (18 - 6*k)
			}
		}
	}
	return t
}

// appendGroups decodes as many whole groups of four letters as there are side by
// side, with line ends between them where there is a kernel, and tells how many octets
// these were. There is room for them behind out.
func appendGroups(out, raw []byte) ([]byte, int) {
	n := len(out)
	out = out[:cap(out)]
	i, wrote := base64Lines(out[n:], raw)
	n += wrote
	// Two groups at once, with one store. It writes two octets too many, over what was
	// read already where out is the start of raw.
	for ; len(raw)-i >= 8 && len(out)-n >= 8; i, n = i+8, n+6 {
		group := raw[i : i+8 : i+8]
		v := groupValue[0][group[0]] | groupValue[1][group[1]] | groupValue[2][group[2]] | groupValue[3][group[3]]
		w := groupValue[0][group[4]] | groupValue[1][group[5]] | groupValue[2][group[6]] | groupValue[3][group[7]]
		if (v|w)&notALetter != 0 {
			break
		}
		binary.BigEndian.PutUint64(out[n:n+8:n+8], uint64(v)<<40|uint64(w)<<16)
	}
	for ; len(raw)-i >= 4 && len(out)-n >= 3; i, n = i+4, n+3 {
		group := raw[i : i+4 : i+4]
		v := groupValue[0][group[0]] | groupValue[1][group[1]] | groupValue[2][group[2]] | groupValue[3][group[3]]
		if v&notALetter != 0 {
			break
		}
		to := out[n : n+3 : n+3]
		to[0], to[1], to[2] = byte(v>>16), byte(v>>8), byte(v)
	}
	return out[:n], i
}

func flush64(out []byte, acc uint32, bits int) []byte {
	switch bits {
	case 12:
		out = append(out, byte(acc>>4))
	case 18:
		out = append(out, byte(acc>>10), byte(acc>>2))
	}
	return out
}

// base64Class is 1 for junk and 0 for what base64 is made of.
var base64Class = makeBase64Classes()

func makeBase64Classes() (t [256]byte) {
	for c, v := range base64Value {
		if v == b64Junk {
			t[c] = 1
		}
	}
	return t
}

// Eight octets at a time.
const (
	eachOne  = 0x0101010101010101
	eachHigh = 0x8080808080808080
)

// areLetters tells eight letters of base64 without looking at them one by one. An
// addition carries into an octet's high bit when the octet is large enough.
func areLetters(w uint64) bool {
	low := w | 0x20*eachOne // in small letters
	letter := (low + (0x80-'a')*eachOne) &^ (low + (0x80-'z'-1)*eachOne)
	digit := (w + (0x80-'/')*eachOne) &^ (w + (0x80-'9'-1)*eachOne) // and the slash before them
	plus := ^(w ^ '+'*eachOne + 0x7f*eachOne)
	return w&eachHigh == 0 && (letter|digit|plus)&eachHigh == eachHigh
}

// cleanBase64 tells a body of letters and blanks, with padding at its end only.
func cleanBase64(raw []byte) bool {
	var seen byte // classes of octets
	rest := raw
	for ; len(rest) >= 8; rest = rest[8:] {
		w := binary.LittleEndian.Uint64(rest)
		if areLetters(w) { // all but the line ends
			continue
		}
		seen |= base64Class[byte(w)] | base64Class[byte(w>>8)] | base64Class[byte(w>>16)] | base64Class[byte(w>>24)]
		seen |= base64Class[byte(w>>32)] | base64Class[byte(w>>40)] | base64Class[byte(w>>48)] | base64Class[byte(w>>56)]
	}
	for _, c := range rest {
		seen |= base64Class[c]
	}
	if seen != 0 {
		return false
	}
	pad := bytes.IndexByte(raw, '=')
	if pad < 0 {
		return true
	}
	for _, c := range raw[pad:] {
		if base64Value[c] < b64Blank {
			return false
		}
	}
	return true
}

// base64Trouble looks over a base64 body: lines with junk in them (text, such
// as the footer of a mailing list), and letters behind the padding.
func base64Trouble(raw []byte) (junk []byte, afterPad bool) {
	if cleanBase64(raw) {
		return nil, false
	}
	pad := false
	for len(raw) > 0 {
		line := raw
		if n := bytes.IndexByte(raw, '\n'); n >= 0 {
			line = raw[:n+1]
		}
		raw = raw[len(line):]
		bad, late, here := false, false, false // here: padding stands in this line
		for _, c := range line {
			switch base64Value[c] {
			default:
				if pad {
					late = true
				}
			case b64Blank:
			case b64Pad:
				pad, here = true, true
			case b64Junk:
				bad = true
			}
		}
		if bad {
			junk = append(junk, line...)
		}
		afterPad = afterPad || late && (here || !bad)
	}
	return junk, afterPad
}

// footerBytes is how much text may stand behind a base64 body to be called its footer.
const footerBytes = 16 << 10

// footerAt is where the footer of a mailing list begins behind a base64 body that is
// clean otherwise: with the first line that has junk in it or letters behind the padding,
// or with the lines of words in front of that. It is the length of a body without one.
func footerAt(raw []byte) int {
	from := max(0, len(raw)-footerBytes)
	at, pad := len(raw), bytes.IndexByte(raw[:from], '=') >= 0
	for end := from; end < len(raw); {
		start := end
		end += len(raw[start:])
		if n := bytes.IndexByte(raw[start:], '\n'); n >= 0 {
			end = start + n + 1
		}
		junk, late := false, false
		for _, c := range raw[start:end] {
			v := base64Value[c]
			junk = junk || v == b64Junk
			late = late || pad && v < b64Blank
			pad = pad || v == b64Pad
		}
		if junk || late {
			at = start
			break
		}
	}
	if at == len(raw) || at < len(raw)/2 || !cleanBase64(raw[:at]) {
		return len(raw)
	}
	for at > from { // words, and empty lines
		start := bytes.LastIndexByte(raw[:at-1], '\n') + 1
		if line := bytes.TrimSpace(raw[start:at]); start <= from || len(line) > 0 && bytes.IndexByte(line, ' ') < 0 {
			break
		}
		at = start
	}
	return at
}

// isUneven tells a body that ends inside a group of four, with padding counted as
// letters.
func isUneven(raw []byte) bool {
	n := len(raw)
	for _, blank := range [...]string{"\n", "\r", " ", "\t"} {
		n -= bytes.Count(raw, []byte(blank))
	}
	return n%4 != 0
}

// cleanLines leaves out the lines with junk in them.
func cleanLines(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for line := range bytes.Lines(raw) {
		var junk byte
		for _, c := range line {
			junk |= base64Class[c]
		}
		if junk == 0 {
			out = append(out, line...)
		}
	}
	return out
}

// decodeQP reads quoted-printable (RFC 2045 section 6.7) as mail programs do:
// what is no valid escape stays as it is, blanks at line ends are dropped.
func decodeQP(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for len(raw) > 0 {
		line, end := raw, []byte(nil)
		if n := bytes.IndexByte(raw, '\n'); n >= 0 {
			line, end = raw[:n], raw[n:n+1]
			if n > 0 && raw[n-1] == '\r' {
				line, end = raw[:n-1], raw[n-1:n+1]
			}
		}
		raw = raw[len(line)+len(end):]
		line = bytes.TrimRight(line, " \t\r") // a doubled CR too
		soft := len(line) > 0 && line[len(line)-1] == '='
		if soft {
			line = line[:len(line)-1]
		}
		for i := 0; i < len(line); i++ {
			if line[i] == '=' && i+2 < len(line) && unhex(line[i+1]) >= 0 && unhex(line[i+2]) >= 0 {
				out = append(out, byte(unhex(line[i+1])<<4|unhex(line[i+2])))
				i += 2
				continue
			}
			out = append(out, line[i])
		}
		if !soft {
			out = append(out, end...)
		}
	}
	return out
}
