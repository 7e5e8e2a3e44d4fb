package charset

import (
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/encoding/japanese"
)

// Class tells characters that Japanese text is made of from those that a wrong
// charset makes of it.
type Class uint8

// The classes of characters that tell one charset from another.
const (
	Odd      Class = iota // not assigned, private, or never in Japanese text
	Rare                  // kanji of level 2 and beyond
	Common                // kanji of JIS X 0208 level 1
	Kana                  // kana and Japanese punctuation
	HalfKana              // half-width katakana
	Wide                  // full-width letters, digits and symbols
	ASCII                 // printable ASCII, tab and line ends
	Foreign               // letters of other scripts
)

// Weight is what one character of the class adds to a text's score.
func (c Class) Weight() float64 { return weights[c] }

var weights = [...]float64{-2, 0.3, 0.9, 1, 0.35, 0.7, 0, 0.1}

// Classes is the class of every character of the basic plane, worked out from
// the level that its EUC-JP code stands for (JIS X 0208 rows 16 to 47 are level 1); it
// is built once. The caller must not change it.
func Classes() *[1 << 16]Class { return classes() }

var classes = sync.OnceValue(func() *[1 << 16]Class {
	t := new([1 << 16]Class)
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
				t[r[0]] = Common
			case row >= 0xd0:
				t[r[0]] = Rare
			case row == 0xa4 || row == 0xa5:
				t[r[0]] = Kana
			default:
				t[r[0]] = Wide
			}
		}
	}
	for r := range rune(1 << 16) {
		switch {
		case r >= 0x20 && r < 0x7f || r == '\t' || r == '\n' || r == '\r':
			t[r] = ASCII
		case r >= 0xff61 && r <= 0xff9f:
			t[r] = HalfKana
		case strings.ContainsRune("、。・ー「」『』（）　々〆", r):
			t[r] = Kana
		case t[r] == Odd && unicode.Is(unicode.Han, r):
			t[r] = Rare
		case t[r] == Odd && (unicode.IsLetter(r) || r >= 0xa1 && r < 0x100):
			t[r] = Foreign
		case t[r] == Odd && r >= 0x2000 && r < 0x2e80 && unicode.IsPrint(r):
			t[r] = Wide
		}
	}
	return t
})

// ClassOf is the class of any character.
func ClassOf(r rune) Class {
	if r < 0 || r >= 1<<16 {
		if unicode.IsPrint(r) {
			return Rare // emoji and rare kanji
		}
		return Odd
	}
	return Classes()[r]
}

// Score is the mean weight of the characters that are not ASCII.
func Score(s string) float64 {
	sum, n := 0.0, 0
	for _, r := range s {
		c := ClassOf(r)
		if c == ASCII {
			continue
		}
		w := c.Weight()
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
