package detect

import "slices"

// beginnings are the first six bytes of whatever begins with a character of a text, as
// bits at their hash. Most words that a finder looks for are in hardly any text: one
// look tells it so, where going through the text again for each took a quarter of the
// time of reading it.
type beginnings struct {
	bits  [64]uint64
	known bool
}

// beginningOf is how much of a word is noted, in bytes: two kana or kanji.
const beginningOf = 6

// mostNoted is for how long a text, in bytes, there is room: a longer one has them all.
const mostNoted = 8 << 10

func (b *beginnings) note(low string) {
	if len(low) > mostNoted {
		return
	}
	b.known = true
	for i := 0; i+beginningOf <= len(low); i++ {
		x := loadShort(low[i:])
		if x&0xc0 == 0x80 {
			continue // within a character
		}
		h := beginHash(x)
		b.bits[h>>6] |= 1 << (h & 63)
		if x&0xc0c0f0 == 0x8080e0 { // the other two bytes of kana and kanji
			i += 2
		}
	}
}

// beginBits is a hash of the first six of eight bytes, the first one lowest; its highest
// bits are the best.
func beginBits(x uint64) uint64 { return x << 16 * packHash }

func beginHash(x uint64) uint64 { return beginBits(x) >> 52 }

// loadShort is load of a text that may have less than eight bytes.
func loadShort(s string) uint64 {
	if len(s) >= 8 {
		return load(s)
	}
	var b [8]byte
	copy(b[:], s)
	return load(string(b[:]))
}

// may tells whether one of some words in lower case, of six bytes or more, may stand in
// the text; read must have run, else it tells that it may.
func (v *view) may(words ...string) bool {
	return !v.begins.known || slices.ContainsFunc(words, func(w string) bool {
		h := beginHash(loadShort(w))
		return v.begins.bits[h>>6]>>(h&63)&1 != 0
	})
}

// each calls f with the places of a word of six bytes or more in the text.
func (v *view) each(word string, f func(int)) {
	if v.may(word) {
		eachIndex(v.s, word, f)
	}
}
