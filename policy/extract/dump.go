package extract

import (
	"bytes"
	"encoding/ascii85"
	"encoding/base32"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// dumps gives what stands in a text as a dump: lines of an address and of octets in hex as
// xxd, hexdump and od -t x1 write them, Intel HEX and Motorola S-records.
//
// Not covered: dumps in octal, and with lines left out for repetition.
//
// They are handed over one by one until take says that it is enough: a text of 20 MB may
// hold a million.
func dumps(text string, formats []Format, take func(data []byte) bool) {
	var data []byte
	flush := func() bool {
		d := data
		data = nil
		if len(d) < minBlock/2 {
			return true
		}
		if !sensible(whole(d), formats) { // in words of the other byte order, as hexdump writes them
			d = swapped(d)
		}
		return !sensible(whole(d), formats) || take(d)
	}
	lines := text
	if !mayHoldBlock(text, minBlock/2) {
		lines = ""
	}
	for line := range strings.Lines(lines) {
		if mayBeDump(line) {
			if octets := dumpLine(strings.TrimSpace(line)); octets != nil {
				data = append(data, octets...)
				continue
			}
		}
		if len(data) > 0 && !flush() {
			return
		}
	}
	if !flush() {
		return
	}
	for _, d := range commaHex(text) {
		d = bytes.TrimRight(d, "\x00")
		d = append(d, make([]byte, len(d)%2)...) // UTF-16 ends in two zeros
		if sensible(d, formats) && !take(d) {
			return
		}
	}
}

// marked85 gives what stands in a text as Ascii85 between its marks.
func marked85(text string, formats []Format, take func(data []byte) bool) {
	for rest := text; ; {
		_, after, ok := strings.Cut(rest, "<~")
		inside, tail, closed := strings.Cut(after, "~>")
		if !ok || !closed {
			return
		}
		rest = tail
		plain := make([]byte, 4*len(inside)+4)
		if n, _, err := ascii85.Decode(plain, []byte(inside), true); err == nil && sensible(plain[:n], formats) && !take(plain[:n]) {
			return
		}
	}
}

// swapped has the two octets of each word the other way round.
func swapped(data []byte) []byte {
	out := bytes.Clone(data)
	for i := 0; i+1 < len(out); i += 2 {
		out[i], out[i+1] = out[i+1], out[i]
	}
	return out
}

// leastNumbers is how many numbers in a row are taken for octets or characters, maxNumbers how
// many octets of such a row are looked at.
const (
	leastNumbers = 16
	maxNumbers   = 256 << 10
)

// numberRows gives what the rows of decimal numbers in a text say, and those of zeros and ones:
// octets where all are, else characters.
func numberRows(text string, formats []Format, take func(data []byte) bool) {
	const least = leastNumbers * 3
	if !hasRun(text, least, &inNumbers) {
		return
	}
	for i := 0; i < len(text); {
		if !inNumbers[text[i]] {
			i++
			continue
		}
		end := i
		for end < len(text) && inNumbers[text[end]] {
			end++
		}
		if end-i >= least {
			if data := numberedText(text[i:min(end, i+maxNumbers)]); data != nil && sensible(data, formats) && !take(data) {
				return
			}
		}
		i = end
	}
}

// inNumbers are the octets that rows of numbers are written with.
var inNumbers = octetSet(func(c byte) bool { return c >= '0' && c <= '9' || strings.IndexByte(" ,\n\r\t", c) >= 0 })

// numberedText is the text that a row of numbers stands for, nil where the first of them say
// that it is none.
func numberedText(row string) []byte {
	octets, runes := []byte{}, []byte{}
	n := 0
	for word := range strings.FieldsFuncSeq(row, func(r rune) bool { return r < '0' || r > '9' }) {
		base := 10
		if len(word) == 8 && strings.Trim(word, "01") == "" {
			base = 2
		}
		v, err := strconv.ParseUint(word, base, 21)
		if err != nil || v < ' ' && v != '\n' && v != '\r' && v != '\t' || v >= 256 && charset.ClassOf(rune(v)) == charset.Odd {
			if n < leastNumbers {
				return nil
			}
			break
		}
		n++
		if runes = utf8.AppendRune(runes, rune(v)); v < 256 && len(octets) == n-1 {
			octets = append(octets, byte(v))
		}
	}
	switch {
	case n < leastNumbers:
		return nil
	case len(octets) == n:
		return octets
	}
	return runes
}

// marksHex tells a text with the word or with as many 0x as a list has. The letter x is rare
// in most, so it is what is looked for.
func marksHex(text string) bool {
	for at, n := 0, 0; ; {
		i := strings.IndexByte(text[at:], 'x')
		if i < 0 {
			return false
		}
		at += i + 1
		left := text[:at]
		if strings.HasSuffix(left, "0x") {
			n++
		}
		if n >= minBlock/4 || strings.HasSuffix(left, "hex") {
			return true
		}
	}
}

// commaHex gives the lists of octets in hex with commas between, as files of the registry
// (hex:4d,00,…, lines that go on behind a backslash) and sources in C (0x4d, 0x00) have them.
func commaHex(text string) [][]byte {
	if !marksHex(text) {
		return nil
	}
	var out [][]byte
	for at := 0; len(out) < maxSpelled; {
		i := strings.IndexByte(text[at:], ',')
		if i < 0 {
			break
		}
		i += at
		at = i + 1
		if i < 2 || !isHex(text[i-1]) || !isHex(text[i-2]) {
			continue
		}
		var data []byte
		for k := i - 2; k+2 <= len(text) && isHex(text[k]) && isHex(text[k+1]); {
			c, _ := strconv.ParseUint(text[k:k+2], 16, 8)
			data = append(data, byte(c))
			if k += 2; k >= len(text) || text[k] != ',' {
				break
			}
			k++
			at = k
			k += span(text[k:], " \t\r\n\\")
			if strings.HasPrefix(text[k:], "0x") {
				k += len("0x")
			}
		}
		if len(data) >= minBlock/4 {
			out = append(out, data)
		}
	}
	return out
}

// span is how many octets of the set begin s.
func span(s, set string) int {
	n := 0
	for n < len(s) && strings.IndexByte(set, s[n]) >= 0 {
		n++
	}
	return n
}

// addressed is a line of a dump: an address, then octets one by one or in groups.
var addressed = regexp.MustCompile(`^(?:0x)?[0-9A-Fa-f]{4,16}:?\s+((?:[0-9A-Fa-f]{2}[ \-]{0,3})+)`)

// mayBeDump tells by its first character that a line may be one of a dump.
func mayBeDump(line string) bool {
	c := line[0]
	return isHex(c) || c == ':' || c == 'S' || beginsBlank(line)
}

// beginsAddress spares addressed lines of other kinds, such as "Date: ".
func beginsAddress(line string) bool {
	digits := strings.TrimPrefix(line, "0x")
	return len(digits) > 4 && isHex(digits[0]) && isHex(digits[1]) && isHex(digits[2]) && isHex(digits[3])
}

// dumpLine is the octets of one line, nil for a line that is none of a dump.
func dumpLine(line string) []byte {
	if len(line) < 10 || len(line) > 400 {
		return nil
	}
	switch {
	case line[0] == ':' && len(line)%2 == 1: // Intel HEX: length, address, type, data, sum
		if d, err := hex.DecodeString(line[1:]); err == nil && len(d) == int(d[0])+5 && d[3] == 0 {
			return d[4 : len(d)-1]
		}
	case line[0] == 'S' && line[1] >= '1' && line[1] <= '3': // S-record: length, address, data, sum
		at := int(line[1]-'0') + 2
		if d, err := hex.DecodeString(line[2:]); err == nil && len(d) == int(d[0])+1 && len(d) > at {
			return d[at : len(d)-1]
		}
	case beginsAddress(line):
		m := addressed.FindStringSubmatch(line)
		if m == nil || !strings.ContainsAny(m[1], " -") {
			return nil
		}
		octets, gap := m[1], "   "
		if strings.HasSuffix(strings.Fields(line)[0], ":") {
			gap = "  " // xxd
		}
		if end := strings.Index(octets, gap); end > 0 { // what follows is the text column
			octets = octets[:end]
		}
		if d, err := hex.DecodeString(strings.NewReplacer(" ", "", "-", "").Replace(octets)); err == nil {
			return d
		}
	}
	return nil
}

// decodeBase32 gives nothing for what is no base32 (RFC 4648, 6), which people and other
// programs write without its padding, in small letters and on many lines.
func decodeBase32(block string) []byte {
	digits := make([]byte, 0, min(len(block), 1<<10)) // a long text is seldom base32 for a whole KiB
	for _, c := range []byte(block) {
		switch {
		case c >= 'a' && c <= 'z':
			digits = append(digits, c-'a'+'A')
		case c >= 'A' && c <= 'Z', c >= '2' && c <= '7':
			digits = append(digits, c)
		case c == '=', c == ' ', c == '\t', c == '\r', c == '\n':
		default:
			return nil
		}
	}
	n, err := base32.StdEncoding.WithPadding(base32.NoPadding).Decode(digits, digits)
	if err != nil {
		return nil
	}
	return digits[:n]
}

// numberList is a list of numbers of at most five digits, as scripts keep octets and
// characters in.
var numberList = regexp.MustCompile(`(?:\b(?:\d{1,5}|0x[0-9A-Fa-f]{1,4})\s*,\s*){7,}(?:\d{1,5}|0x[0-9A-Fa-f]{1,4})\b`)

// numbered gives each list of numbers in a script as octets, when all are, and as text.
func numbered(script string, formats []Format) (octets [][]byte, texts []string) {
	if strings.Count(script, ",") < 7 {
		return nil, nil
	}
	for _, list := range numberList.FindAllString(script, maxLiterals) {
		var data []byte
		var text strings.Builder
		for n := range strings.SplitSeq(list, ",") {
			v, err := strconv.ParseUint(strings.TrimSpace(n), 0, 17)
			if err != nil {
				if v, err = strconv.ParseUint(strings.TrimSpace(n), 10, 17); err != nil { // 08 is no octal
					break
				}
			}
			text.WriteRune(rune(v))
			if v < 256 {
				data = append(data, byte(v))
			}
		}
		if len(data) == strings.Count(list, ",")+1 && sensible(data, formats) {
			octets = append(octets, data)
		} else {
			texts = append(texts, text.String())
		}
	}
	return octets, texts
}
