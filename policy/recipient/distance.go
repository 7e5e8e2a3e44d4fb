package recipient

import (
	_ "embed"
	"strings"

	"golang.org/x/text/unicode/norm"
)

//go:embed doppelganger.txt
var doppelgangerText string

// doppelgangers is compiled once from the embedded list.
var doppelgangers = readDoppelgangers(doppelgangerText)

// confusable folds letters that look like Latin ones, after NFKC has folded
// width (a small part of Unicode's confusables.txt: what registries sell).
var confusable = strings.NewReplacer(
	// Cyrillic
	"а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "ё", "e", "һ", "h", "і", "i", "ї", "i", "ј", "j", "к", "k", "ӏ", "l",
	"м", "m", "п", "n", "о", "o", "р", "p", "ԛ", "q", "г", "r", "ѕ", "s", "т", "t", "ц", "u", "ѵ", "v", "ԝ", "w", "х", "x", "у", "y",
	// Greek
	"α", "a", "β", "b", "ε", "e", "η", "n", "ι", "i", "κ", "k", "μ", "m", "ν", "v", "ο", "o", "ρ", "p", "σ", "o", "τ", "t", "υ", "u", "χ", "x", "ω", "w", "γ", "y",
	// Latin letters of their own
	"ı", "i", "ł", "l", "ø", "o", "đ", "d", "ħ", "h", "ß", "b", "ɡ", "g", "ɑ", "a", "ɩ", "i", "ʟ", "l", "ʀ", "r", "ꜱ", "s", "æ", "ae", "œ", "oe",
	// Armenian
	"օ", "o", "ս", "u", "հ", "h", "զ", "q", "ց", "g",
	// kana and punctuation that pass for a letter or a hyphen
	"ー", "-", "‐", "-", "‑", "-", "–", "-", "۔", ".", "。", ".",
)

// twins folds ASCII letters and pairs that are read as one another.
var twins = strings.NewReplacer("rn", "m", "vv", "w", "cl", "d", "0", "o", "1", "l", "i", "l", "5", "s")

// skeleton is what a name looks like: equal skeletons look equal (UTS #39
// section 4, with a table of our own).
func skeleton(name string) string {
	s := strings.ToLower(norm.NFKC.String(name))
	s = confusable.Replace(s)
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		if r < 0x300 || r > 0x36f { // combining marks
			b.WriteRune(r)
		}
	}
	return twins.Replace(confusable.Replace(b.String()))
}

// Costs of a slip of the finger or the ear. Whatever is not listed costs 1.
const (
	costTwin     = 0.2  // rn for m, 0 for o
	costPunct    = 0.4  // a hyphen
	costSwap     = 0.5  // two neighbours exchanged
	costDouble   = 0.5  // a letter typed twice, or once instead of twice
	costEar      = 0.5  // l for r
	costNear     = 0.6  // the next key
	costVowel    = 0.55 // another vowel
	costNearMiss = 0.55 // one too many, next to a key that was meant
	costOmit     = 0.65 // a letter left out, or one too many
)

// keyRows are the neighbours on a keyboard (QWERTY, which Japan uses too).
var keyRows = [...]string{"1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm"}

// typingDistance is the cheapest way from known to typed by slips (Damerau's
// optimal string alignment with weights).
func typingDistance(typed, known string) float64 {
	a, b := typed, known
	if len(a) > 64 || len(b) > 64 {
		return 64 // no label is that long (RFC 1035 section 2.3.4)
	}
	var rows [3][65]float64
	var extraA, extraB [64]float64
	for i := range len(a) {
		extraA[i] = extraCost(a, i)
	}
	for j := range len(b) {
		extraB[j] = extraCost(b, j)
	}
	prev2, prev, cur := &rows[0], &rows[1], &rows[2]
	for j := 1; j <= len(b); j++ {
		prev[j] = prev[j-1] + extraB[j-1]
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = prev[0] + extraA[i-1]
		for j := 1; j <= len(b); j++ {
			x, y := a[i-1], b[j-1]
			d := prev[j-1]
			if x != y {
				d += changeCosts[x&0x7f][y&0x7f]
			}
			d = min(d, prev[j]+extraA[i-1], cur[j-1]+extraB[j-1])
			if i > 1 && j > 1 && x == b[j-2] && a[i-2] == y && x != y {
				d = min(d, prev2[j-2]+costSwap)
			}
			if isPair(a, i, y) {
				d = min(d, prev2[j-1]+costTwin)
			}
			if isPair(b, j, x) {
				d = min(d, prev[j-2]+costTwin)
			}
			cur[j] = d
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}

// isPair tells two letters of s, ending at n, that are read as the one letter.
func isPair(s string, n int, one byte) bool {
	if n < 2 {
		return false
	}
	x, y := s[n-2], s[n-1]
	switch one {
	case 'm':
		return x == 'r' && y == 'n'
	case 'w':
		return x == 'v' && y == 'v'
	case 'd':
		return x == 'c' && y == 'l'
	}
	return false
}

// changeCosts is compiled once: the price of one ASCII letter for another.
var changeCosts = compileCosts()

func compileCosts() *[128][128]float64 {
	var t [128][128]float64
	for a := range t {
		for b := range t[a] {
			t[a][b] = changeCost(byte(a), byte(b))
		}
	}
	return &t
}

// extraCost is the price of s[i] having no partner in the other name.
func extraCost(s string, i int) float64 {
	c := s[i]
	switch {
	case c == '-':
		return costPunct
	case c >= '0' && c <= '9':
		return 1 // a number makes another host, not a slip
	case i > 0 && s[i-1] == c || i+1 < len(s) && s[i+1] == c:
		return costDouble
	case i > 0 && near(s[i-1], c) || i+1 < len(s) && near(s[i+1], c):
		return costNearMiss
	}
	return costOmit
}

func changeCost(a, b byte) float64 {
	switch {
	case a == b:
		return 0
	case twinLetters(a, b):
		return costTwin
	case a == 'l' && b == 'r' || a == 'r' && b == 'l':
		return costEar
	case near(a, b):
		return costNear
	case isPlainVowel(a) && isPlainVowel(b):
		return costVowel
	}
	return 1
}

func isPlainVowel(c byte) bool { return strings.IndexByte("aiueo", c) >= 0 }

func twinLetters(a, b byte) bool {
	for _, set := range [...]string{"0o", "1li", "5s", "2z", "8b", "gq9"} {
		if strings.IndexByte(set, a) >= 0 && strings.IndexByte(set, b) >= 0 {
			return true
		}
	}
	return false
}

// near tells keys that touch, counting a column to either side in the row above
// and below, since hands differ in how far off they are.
func near(a, b byte) bool {
	ra, ia := keyOf(a)
	rb, ib := keyOf(b)
	return ia >= 0 && ib >= 0 && a != b && abs(ra-rb) <= 1 && abs(ia-ib) <= 1
}

func keyOf(c byte) (row, column int) {
	for r, keys := range keyRows {
		if i := strings.IndexByte(keys, c); i >= 0 {
			return r, i
		}
	}
	return 0, -1
}
