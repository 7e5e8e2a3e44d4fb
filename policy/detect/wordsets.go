package detect

import "math/bits"

// wordsIn tells which sets of words have one in a text, as bits.
type wordsIn uint64

// wordSets looks for the words of many sets in one pass over a text: a line is asked
// about a dozen of them, and going over it for each took most of the time. What it tells
// of a set is what anyWord tells.
type wordSets struct {
	// firsts are the bytes that words begin with, letters the first three of those in
	// ASCII (lettersKey), begins all beginnings (lexKey), as bits; heads are those of words
	// of less than beginningOf bytes, long hashes of the first ones of the others.
	firsts  [4]uint64
	letters [1 << 9]uint64
	begins  [1 << 10]uint64
	heads   [1 << 10]uint64
	long    [1 << (setBits - 6)]uint64
	// lists are the words by the hash, headLists those by their beginning.
	lists, headLists [setLists][]setWord
}

// setWord is a word and the sets that have it.
type setWord struct {
	text string
	sets wordsIn
}

const (
	setBits  = 15
	setLists = 1024
)

// listedSet is a set with its words.
type listedSet struct {
	set   wordsIn
	words []string
}

func newWordSets(all ...listedSet) *wordSets {
	t := &wordSets{}
	for _, s := range all {
		t.add(s.set, s.words...)
	}
	return t
}

// add puts words into a set.
func (t *wordSets) add(set wordsIn, words ...string) {
	for _, w := range words {
		k := lexKey(w, 0)
		t.firsts[w[0]>>6] |= 1 << (w[0] & 63)
		t.begins[k>>6] |= 1 << (k & 63)
		if w[0] < 0x80 {
			t.addLetters(w)
		}
		list := &t.headLists[k%setLists]
		if len(w) >= beginningOf {
			h := beginBits(loadShort(w))
			t.long[h>>(64-setBits)>>6] |= 1 << (h >> (64 - setBits) & 63)
			list = &t.lists[h>>(64-setBits)%setLists]
		} else {
			t.heads[k>>6] |= 1 << (k & 63)
		}
		*list = append(*list, setWord{w, set})
	}
}

// addLetters notes how a word begins; one of two letters goes on in any way.
func (t *wordSets) addLetters(w string) {
	for c := range byte(32) {
		if len(w) > 2 {
			c = w[2]
		}
		k := lettersKey(w[0], w[1], c)
		t.letters[k>>6] |= 1 << (k & 63)
	}
}

// lettersKey tells words in ASCII by three bytes.
func lettersKey(a, b, c byte) uint16 { return uint16(a&31)<<10 | uint16(b&31)<<5 | uint16(c&31) }

// in is the sets of which a word stands anywhere in s.
func (t *wordSets) in(s string) (found wordsIn) {
	for i := 0; i+2 < len(s) || i+1 < len(s) && s[i] < 0xe0; {
		if c := s[i]; c < 0xe0 {
			if t.firsts[c>>6]>>(c&63)&1 == 0 {
				i++
				continue
			}
			if i+2 < len(s) {
				if k := lettersKey(s[i], s[i+1], s[i+2]); t.letters[k>>6]>>(k&63)&1 == 0 && c < 0x80 {
					i++
					continue
				}
			}
		} else if len(s)-i >= 8 {
			if x := bits.ReverseBytes64(load(s[i:])); x&leadMask == leadMarks { // kana and kanji go by two
				h, k := wideNumbers(x)
				if (t.begins[h>>6]>>(h&63)|t.begins[k>>6]>>(k&63))&1 == 0 {
					i += 6
					continue
				}
			}
		}
		if k := lexKey(s, i); t.begins[k>>6]>>(k&63)&1 != 0 {
			h := beginBits(loadShort(s[i:])) >> (64 - setBits)
			if t.long[h>>6]>>(h&63)&1 != 0 {
				found |= setsAt(t.lists[h%setLists], s[i:], found)
			}
			if t.heads[k>>6]>>(k&63)&1 != 0 {
				found |= setsAt(t.headLists[k%setLists], s[i:], found)
			}
		}
		i += 1 + 2*b2i(s[i] >= 0xe0)
	}
	return found
}

// setsAt is the sets of those words of a list that s begins with; what is found already
// is not asked about.
func setsAt(list []setWord, s string, found wordsIn) (sets wordsIn) {
	for k := range list {
		w := &list[k]
		if w.sets&^(found|sets) != 0 && len(s) >= len(w.text) && s[:len(w.text)] == w.text {
			sets |= w.sets
		}
	}
	return sets
}
