package detect

import "math/bits"

// plainRun is the end of what folding leaves alone from i on: ASCII, kana and
// most kanji. It goes by what the next eight bytes begin with.
func plainRun(s string, i int) int {
	for len(s)-i >= 8 {
		x := load(s[i:])
		if x&0x80 == 0 { // ASCII
			cr := x ^ '\r'*ones
			other := (x | (cr-ones)&^cr) & high
			n := bits.TrailingZeros64(other) >> 3
			if i += n; n == 0 {
				return i
			}
			continue
		}
		y := bits.ReverseBytes64(x)
		a, b := wideNumbers(y)
		switch {
		case y>>60 != 0xe || a < '、':
			return i
		case isPlain[a] == 0:
			if !plainHere(s, i) {
				return i
			}
			i += 3
		case y&leadMask == leadMarks && isPlain[b] != 0:
			i += 6
		default:
			i += 3
		}
	}
	for i < len(s) {
		switch c := s[i]; {
		case c < 0x80 && c != '\r':
			i++
		case c < 0xe3 || c > 0xe9 || i+2 >= len(s) || isPlain[wide(s, i)] == 0 && !plainHere(s, i):
			return i
		default:
			i += 3
		}
	}
	return i
}

// plainHere tells that folding leaves the character at i alone because of what
// stands beside it.
func plainHere(s string, i int) bool {
	return wide(s, i) == 'ー' && i >= 3 && s[i-3] == 0xe3 && s[i-2] >= 0x81 || loneDigit(s, i)
}

// isPlain has a one for the characters that folding leaves alone wherever they
// stand: kana, 、。 and kanji that are no variants and no digits.
var isPlain = func() (plain [1 << 16]uint8) {
	set := func(from, to int) {
		for r := from; r <= to; r++ {
			if variants[rune(r)] == 0 && kanjiDigit(rune(r)) < 0 {
				plain[r] = 1
			}
		}
	}
	set('、', '。')
	set(0x3041, 0x30fb)
	set(0x4000, 0x9fff)
	return plain
}()

// loneDigit tells a kanji digit that is none of a number: what stands on both sides
// of it ends one. Names of people and places are full of them.
func loneDigit(s string, i int) bool {
	r := rune(wide(s, i))
	return kanjiDigit(r) >= 0 && (i == 0 || endsNumber(s[:i])) && (i+3 == len(s) || beginsNone(s[i+3:]))
}

// endsNumber and beginsNone tell that no number in kanji goes on over the end or the
// start of s; they know ASCII and plain characters of three bytes.
func endsNumber(s string) bool {
	if n := len(s); s[n-1] >= 0x80 {
		return n >= 3 && beginsNone(s[n-3:])
	}
	return beginsNone(s[len(s)-1:])
}

func beginsNone(s string) bool {
	switch c := s[0]; {
	case c < 0x80:
		return c != '-' && c != ' '
	case c < 0xe3 || c > 0xe9 || len(s) < 3 || c == 0xe3 && s[1] < 0x81:
		return false
	}
	r := rune(wide(s, 0))
	return r != 'ー' && kanjiDigit(r) < 0
}
