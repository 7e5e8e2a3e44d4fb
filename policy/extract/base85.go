package extract

import (
	"encoding/base64"
	"strings"
	"unicode/utf8"
)

// alphabet85 is one of the ways in which four octets are written with five of 85 characters.
type alphabet85 struct {
	value [256]int8
	// zeros is what stands for four zeros, 0 for nothing.
	zeros byte
}

func newAlphabet85(digits string, zeros byte) *alphabet85 {
	a := &alphabet85{zeros: zeros}
	for i := range a.value {
		a.value[i] = -1
	}
	for i := range len(digits) {
		a.value[digits[i]] = int8(i)
	}
	return a
}

// alphabets85 are Ascii85 (btoa, PostScript), RFC 1924 (git, Python) and Z85 (ZeroMQ).
var alphabets85 = []*alphabet85{
	newAlphabet85("!\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstu", 'z'),
	gitAlphabet,
	newAlphabet85("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#", 0),
}

var gitAlphabet = newAlphabet85("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~", 0)

// decode gives nothing for what is none of the alphabet. A last group of fewer characters
// stands for one octet less than it has.
func (a *alphabet85) decode(s string) []byte {
	out := make([]byte, 0, len(s)/5*4+4)
	v, n := uint64(0), 0
	flush := func(keep int) bool {
		out = append(out, []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}[:keep]...)
		fits := v < 1<<32
		v, n = 0, 0
		return fits
	}
	for i := range len(s) {
		d := a.value[s[i]]
		switch {
		case s[i] == '\n' || s[i] == '\r':
			continue
		case d < 0 && s[i] == a.zeros && a.zeros != 0 && n == 0:
			out = append(out, 0, 0, 0, 0)
			continue
		case d < 0:
			return nil
		}
		v = v*85 + uint64(d)
		if n++; n == 5 && !flush(4) {
			return nil
		}
	}
	if n == 0 {
		return out
	}
	if n == 1 {
		return nil
	}
	keep := n - 1
	for ; n < 5; n++ {
		v = v*85 + 84
	}
	if !flush(keep) {
		return nil
	}
	return out
}

// least85 is how many characters a block must have: forty octets.
const least85 = 50

// blocks85 gives what stands in a text in one of these alphabets without a mark that says so:
// words, and lines of one word, long enough, with signs that base64 does not have. Nothing but text comes out of a
// row of such characters by chance.
func blocks85(text string, take func(data []byte) bool) {
	if !hasRun(text, least85, &isGraphic) {
		return
	}
	var block strings.Builder
	flush := func() bool {
		s := block.String()
		block.Reset()
		if len(s) < least85 || strings.Trim(s, base64Alphabet+"\n") == "" {
			return true
		}
		if s = strings.TrimSuffix(strings.TrimPrefix(s, "<~"), "~>"); len(s) < least85 {
			return true
		}
		for _, a := range alphabets85 {
			if !textInside(a.decode(s[:25])) {
				continue
			}
			if data := a.decode(s); textInside(data) {
				return take(data)
			}
		}
		return true
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		long := len(line) >= least85
		if (long || block.Len() > 0) && !strings.ContainsAny(line, " \t") {
			block.WriteString(line) // of which only the last may be short
			if long {
				continue
			}
		}
		if block.Len() > 0 && !flush() {
			return
		}
		if !long {
			continue
		}
		for word := range strings.FieldsSeq(line) {
			if len(word) < least85 || word[0] >= utf8.RuneSelf {
				continue
			}
			if block.WriteString(word); !flush() {
				return
			}
		}
	}
	flush()
}

// isGraphic are the octets of printable ASCII but for the blank.
var isGraphic = octetSet(func(c byte) bool { return c > ' ' && c < 0x7f })

// textInside tells UTF-8 without controls, whose last character may be cut off.
func textInside(data []byte) bool {
	data = whole(data)
	if len(data) < 16 || !utf8.Valid(data) {
		return false
	}
	for _, c := range data {
		if c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

// gitBinary gives the files that the binary patches in a text hold: each line has its length in front, and
// the whole is compressed. Patches that only tell what changes ("delta") need the file they change.
func gitBinary(text string) (out []File) {
	const mark = "GIT binary patch\nliteral "
	if !strings.Contains(text, mark[:len("GIT binary patch")]) {
		return nil
	}
	text = strings.ReplaceAll(text, "patch\r\n", "patch\n")
	for range maxSpelled {
		_, rest, ok := strings.Cut(text, mark)
		if !ok {
			return out
		}
		text = rest
		_, rest, _ = strings.Cut(rest, "\n") // the size
		var data []byte
		for line := range strings.Lines(rest) {
			line = strings.TrimRight(line, "\r\n")
			n := gitLength(line)
			if n == 0 {
				break
			}
			d := gitAlphabet.decode(line[1:])
			if len(d) < n {
				break
			}
			data = append(data, d[:n]...)
		}
		if isZlib(newProbe(&File{Data: data})) != "" {
			out = append(out, File{Name: "binary patch", Data: data})
		}
	}
	return out
}

// gitLength is how many octets a line of a binary patch has, 0 for none.
func gitLength(line string) int {
	switch {
	case len(line) < 6 || len(line)%5 != 1:
		return 0
	case line[0] >= 'A' && line[0] <= 'Z':
		return int(line[0]-'A') + 1
	case line[0] >= 'a' && line[0] <= 'z':
		return int(line[0]-'a') + 27
	}
	return 0
}

// xxAlphabet is that of xxencode, which is base64 with other signs for the same values.
const xxAlphabet = "+-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

var xxEncoding = base64.NewEncoding(xxAlphabet).WithPadding(base64.NoPadding)

// xxDecode reads the lines of an xxencoded file up to its end; nil for what is none.
func xxDecode(body string) (out []byte) {
	for line := range strings.Lines(body) {
		line = strings.TrimRight(line, "\r\n ")
		if line == "+" || line == "end" || line == "" {
			return out
		}
		n := strings.IndexByte(xxAlphabet, line[0])
		data, err := xxEncoding.DecodeString(line[1 : 1+(len(line)-1)/4*4])
		if err != nil || n < 0 || len(data) < n {
			return nil
		}
		out = append(out, data[:n]...)
	}
	return nil
}
