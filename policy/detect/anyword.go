package detect

import (
	"math/bits"
	"slices"
)

// anyWord tells whether one of many words stands in a short text: a bit set of
// the beginnings of the words says where it is worth looking, a hash of the
// beginning which words may stand there.
type anyWord struct {
	heads charBits
	// firsts are the bytes that words begin with, as bits; wide tells that none of
	// them is ASCII.
	firsts [4]uint64
	wide   bool
	lists  [anyWordLists][]string
	// third has, for each list, a bit for the low six bits of the byte that goes on in a
	// word of it (goesOn): most places that begin right go on wrong.
	third [anyWordLists]uint64
}

const anyWordLists = 32

// charBits are some tens of characters, as bits: of a hundred others one or two pass for
// one of them. There are a hundred such sets, and each has a kilobyte, not eight.
type charBits [1 << 7]uint64

func (c *charBits) add(k uint16) { c[k>>6&127] |= 1 << (k & 63) }

// bit is 1 for a character that may be one of them.
func (c *charBits) bit(k uint16) uint64 { return c[k>>6&127] >> (k & 63) & 1 }

func newAnyWord(words ...string) *anyWord {
	a := &anyWord{wide: true}
	for _, w := range words {
		h := lexKey(w, 0)
		a.firsts[w[0]>>6] |= 1 << (w[0] & 63)
		a.wide = a.wide && w[0] >= 0x80
		a.heads.add(h)
		a.lists[h%anyWordLists] = append(a.lists[h%anyWordLists], w)
		if k := goesOn(w[0]); k < len(w) {
			a.third[h%anyWordLists] |= 1 << (w[k] & 63)
		} else {
			a.third[h%anyWordLists] = ^uint64(0)
		}
	}
	return a
}

// words are all words.
func (a *anyWord) words() []string { return slices.Concat(a.lists[:]...) }

// in tells whether a word stands anywhere in s.
func (a *anyWord) in(s string) bool { return a.next(s, 0) >= 0 }

// next is where the next word stands in s, from i on, -1 for none.
func (a *anyWord) next(s string, i int) int {
	for i+2 < len(s) || i+1 < len(s) && s[i] < 0xe0 {
		if c := s[i]; c < 0xe0 {
			if a.firsts[c>>6]>>(c&63)&1 == 0 {
				i++
				for a.wide && len(s)-i >= 8 && load(s[i:])&high == 0 {
					i += 8
				}
				continue
			}
		} else if len(s)-i >= 8 {
			if x := bits.ReverseBytes64(load(s[i:])); x&leadMask == leadMarks { // kana and kanji go by two
				h, k := wideNumbers(x)
				if a.heads.bit(h)|a.heads.bit(k) == 0 {
					i += 6
					continue
				}
			}
		}
		h := lexKey(s, i)
		if a.heads.bit(h) != 0 && a.starts(s[i:], h) {
			return i
		}
		i += 1 + 2*b2i(s[i] >= 0xe0)
	}
	return -1
}

// begins tells whether s begins with one of the words.
func (a *anyWord) begins(s string) bool {
	if len(s) < 2 || len(s) < 3 && s[0] >= 0xe0 {
		return false
	}
	h := lexKey(s, 0)
	return a.heads.bit(h) != 0 && a.starts(s, h)
}

// starts tells that one of the words that begin like s, which h tells, stands there.
func (a *anyWord) starts(s string, h uint16) bool {
	return a.third[h%anyWordLists]>>(s[min(goesOn(s[0]), len(s)-1)]&63)&1 != 0 && hasAnyPrefix(s, a.lists[h%anyWordLists])
}

// aCompany tells words of companies and other organisations.
var aCompany = newAnyWord(companyWords...)
