package extract

import (
	"encoding/base64"
	"strings"
	"sync"
	"unicode"
	"unicode/utf16"

	"golang.org/x/text/encoding/japanese"
)

// The classes of characters that tell one charset from another.
const (
	classOdd      = iota // not assigned, private, or never in Japanese text
	classRare            // kanji of level 2 and beyond
	classCommon          // kanji of JIS X 0208 level 1
	classKana            // kana and Japanese punctuation
	classHalfKana        // half-width katakana
	classWide            // full-width letters, digits and symbols
	classASCII           // printable ASCII, tab and line ends
	classForeign         // letters of other scripts
)

// classWeight is what one character of a class adds to a text's score.
var classWeight = [...]float64{-2, 0.3, 0.9, 1, 0.35, 0.7, 0, 0.1}

// classes is the class of every character of the basic plane, worked out from
// the level that its EUC-JP code stands for (JIS X 0208 rows 16 to 47 are level 1).
var classes = sync.OnceValue(func() *[1 << 16]uint8 {
	t := new([1 << 16]uint8)
	dec := japanese.EUCJP.NewDecoder()
	for row := 0xa1; row <= 0xfe; row++ {
		for cell := 0xa1; cell <= 0xfe; cell++ {
			s, err := dec.String(string([]byte{byte(row), byte(cell)}))
			r := []rune(s)
			if err != nil || len(r) != 1 || r[0] == 0xfffd || r[0] > 0xffff {
				continue
			}
			switch {
			case row >= 0xb0 && row <= 0xcf:
				t[r[0]] = classCommon
			case row >= 0xd0:
				t[r[0]] = classRare
			case row == 0xa4 || row == 0xa5:
				t[r[0]] = classKana
			default:
				t[r[0]] = classWide
			}
		}
	}
	for r := range rune(1 << 16) {
		switch {
		case r >= 0x20 && r < 0x7f || r == '\t' || r == '\n' || r == '\r':
			t[r] = classASCII
		case r >= 0xff61 && r <= 0xff9f:
			t[r] = classHalfKana
		case strings.ContainsRune("、。・ー「」『』（）　々〆", r):
			t[r] = classKana
		case t[r] == classOdd && unicode.Is(unicode.Han, r):
			t[r] = classRare
		case t[r] == classOdd && (unicode.IsLetter(r) || r >= 0xa1 && r < 0x100):
			t[r] = classForeign
		case t[r] == classOdd && r >= 0x2000 && r < 0x2e80 && unicode.IsPrint(r):
			t[r] = classWide
		}
	}
	return t
})

func classOf(r rune) uint8 {
	if r < 0 || r >= 1<<16 {
		if unicode.IsPrint(r) {
			return classRare // emoji and rare kanji
		}
		return classOdd
	}
	return classes()[r]
}

// scoreText is the mean weight of the characters that are not ASCII.
func scoreText(s string) float64 {
	sum, n := 0.0, 0
	for _, r := range s {
		c := classOf(r)
		if c == classASCII {
			continue
		}
		w := classWeight[c]
		if r == 0xfffd {
			w = -3
		}
		sum += w
		n++
	}
	if n == 0 {
		return 1
	}
	return sum / float64(n)
}

// likelyUTF16 names the byte order in which the data reads as text in 16-bit
// units without a BOM, or "".
func likelyUTF16(data []byte) string {
	n := min(len(data), 4096) &^ 1
	if n < 4 {
		return ""
	}
	table := classes()
	best, name := 0, ""
	for _, big := range []bool{false, true} {
		sure, odd, sum := 0, 0, 0
		for i := 0; i < n && odd*50 <= n/2; i += 2 {
			u := unit16(data[i], data[i+1], big)
			switch c := table[u]; {
			case c == classASCII, c == classKana:
				sure++
				sum += 2
			case c == classCommon || c == classWide || c == classHalfKana:
				sum++
			case c == classOdd && !utf16.IsSurrogate(rune(u)):
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

// hasUTF7 tells that a shifted run of RFC 2152 stands in the text which decodes
// to Japanese.
func hasUTF7(data []byte) bool {
	if !strings.Contains(string(data[:min(len(data), 1<<20)]), "+") {
		return false
	}
	japanese := 0
	for _, r := range utf7Text(data[:min(len(data), 1<<20)]) {
		switch classOf(r) {
		case classKana, classCommon, classHalfKana, classWide:
			japanese++
		}
	}
	return japanese >= 2
}

// utf7Text undoes RFC 2152; runs that are not UTF-16 in base 64 stay as they are.
func utf7Text(data []byte) string {
	var b strings.Builder
	s := string(data)
	for {
		i := strings.IndexByte(s, '+')
		if i < 0 {
			b.WriteString(s)
			return valid(b.String())
		}
		b.WriteString(s[:i])
		s = s[i+1:]
		end := 0
		for end < len(s) && isBase64(s[end]) {
			end++
		}
		run := s[:end]
		text, ok := utf7Run(run)
		switch {
		case run == "" && strings.HasPrefix(s, "-"):
			b.WriteByte('+')
			s = s[1:]
			continue
		case !ok:
			b.WriteByte('+')
			b.WriteString(run)
			if start := utf7Start(run); start != "" {
				b.WriteString(" " + start) // the run was broken behind it
			}
			s = s[end:]
			continue
		}
		b.WriteString(text)
		s = strings.TrimPrefix(s[end:], "-")
	}
}

// utf7Start gives the Japanese that a broken run begins with, at least three letters.
func utf7Start(run string) string {
	if len(run)%4 == 1 {
		run = run[:len(run)-1]
	}
	raw, _ := base64.RawStdEncoding.DecodeString(run)
	text := []rune(utf16Text(raw[:len(raw)&^1], true))
	n := 0
	for n < len(text) && (unicode.In(text[n], unicode.Han, unicode.Hiragana, unicode.Katakana) || text[n] >= 0x3000 && text[n] <= 0x30ff) {
		n++
	}
	if n < 3 {
		return ""
	}
	return string(text[:n])
}

func utf7Run(run string) (string, bool) {
	raw, err := base64.RawStdEncoding.DecodeString(run)
	if err != nil || len(raw) < 2 || len(run)*6%16 >= 6 {
		return "", false // more padding bits than RFC 2152 allows
	}
	text := utf16Text(raw[:len(raw)&^1], true)
	for _, r := range text {
		if r == 0xfffd || !unicode.IsPrint(r) && !unicode.IsSpace(r) {
			return "", false
		}
	}
	return text, true
}

func isBase64(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}
