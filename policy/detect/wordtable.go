package detect

import "hash/maphash"

// wordTable has bits for words. It is made of three pieces without a pointer, where
// a map has one for every word: the collector needs not look at 60,000 names each
// time it runs, and they take half the memory.
type wordTable struct {
	seed  maphash.Seed
	text  []byte // all words, one behind the other
	slots []wordSlot
	count int
}

// wordSlot is a word's place in the text; length 0 is a free slot.
type wordSlot struct {
	from   uint32
	length uint8
	bits   uint8
	tag    uint16 // of the hash, so that other words are hardly ever compared
}

// newWordTable has room for so many words, and grows.
func newWordTable(room int) *wordTable {
	n := 8
	for n < 2*room {
		n *= 2
	}
	return &wordTable{seed: maphash.MakeSeed(), slots: make([]wordSlot, n)}
}

// find is the slot of a word, or the free one where it belongs.
func (t *wordTable) find(hash uint64, word string) *wordSlot {
	for i := int(hash); ; i++ {
		s := &t.slots[i&(len(t.slots)-1)]
		if s.length == 0 || s.tag == uint16(hash>>48) && int(s.length) == len(word) && string(t.text[s.from:int(s.from)+len(word)]) == word {
			return s
		}
	}
}

// get is a word's bits, 0 when it is not in the table.
func (t *wordTable) get(word string) uint8 {
	if word == "" || len(word) > 255 {
		return 0
	}
	return t.find(maphash.String(t.seed, word), word).bits
}

// add gives a word more bits. Words of more than 255 octets are no names.
func (t *wordTable) add(word string, bits uint8) {
	if word == "" || len(word) > 255 {
		return
	}
	if 4*t.count >= 3*len(t.slots) {
		t.grow()
	}
	hash := maphash.String(t.seed, word)
	s := t.find(hash, word)
	if s.length == 0 {
		*s = wordSlot{from: uint32(len(t.text)), length: uint8(len(word)), tag: uint16(hash >> 48)}
		t.text = append(t.text, word...)
		t.count++
	}
	s.bits |= bits
}

func (t *wordTable) grow() {
	old := t.slots
	t.slots = make([]wordSlot, 2*len(old))
	for _, s := range old {
		if s.length > 0 {
			word := string(t.text[s.from : int(s.from)+int(s.length)])
			*t.find(maphash.String(t.seed, word), word) = s
		}
	}
}
