package detect

// wordsIn tells which sets of words have one in a text, as bits.
type wordsIn uint64

// wordSets looks for the words of many sets in one pass over a text: a line is asked
// about a dozen of them, and going over it for each took most of the time. What it tells
// of a set is what anyWord tells.
type wordSets struct {
	// heads are the beginnings (lexKey) of words of less than beginningOf bytes, long
	// hashes of the first ones of the others, as bits.
	heads [1 << 10]uint64
	long  [1 << (setBits - 6)]uint64
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
	setLists = 256
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
		list := &t.headLists[lexKey(w, 0)%setLists]
		if len(w) >= beginningOf {
			h := beginBits(loadShort(w))
			t.long[h>>(64-setBits)>>6] |= 1 << (h >> (64 - setBits) & 63)
			list = &t.lists[h>>(64-setBits)%setLists]
		} else {
			h := lexKey(w, 0)
			t.heads[h>>6] |= 1 << (h & 63)
		}
		*list = append(*list, setWord{w, set})
	}
}

// in is the sets of which a word stands anywhere in s.
func (t *wordSets) in(s string) (found wordsIn) {
	for i := 0; i+2 < len(s) || i+1 < len(s) && s[i] < 0xe0; {
		h := beginBits(loadShort(s[i:])) >> (64 - setBits)
		if t.long[h>>6]>>(h&63)&1 != 0 {
			found |= setsAt(t.lists[h%setLists], s[i:], found)
		}
		k := lexKey(s, i)
		if t.heads[k>>6]>>(k&63)&1 != 0 {
			found |= setsAt(t.headLists[k%setLists], s[i:], found)
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
