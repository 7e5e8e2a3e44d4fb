package detect

import "math/bits"

// wordTable has bits for words. It is two pieces of the program file, where a map
// has a pointer for every word.
type wordTable struct {
	text  string  // all words, one behind the other
	slots numbers // wordSlots at their hashes
}

// wordSlot is a word's place in the text in 32 bits, its length and its bits in eight
// each, and 16 of its hash, so that other words are hardly ever compared. Length 0 is
// a free slot.
type wordSlot uint64

func (s wordSlot) length() int { return int(s >> 32 & 0xff) }

// get is a word's bits, 0 when it is not in the table. Words of more than 255 octets
// are no names.
func (t *wordTable) get(word string) uint8 {
	if word == "" || len(word) > 255 {
		return 0
	}
	hash := wordHash(word)
	for i := hash; ; i++ {
		s := wordSlot(t.slots.at(i & (t.slots.len() - 1)))
		if s.length() == 0 {
			return 0
		}
		if uint16(s>>48) == uint16(hash>>48) && s.length() == len(word) && t.text[uint32(s):][:len(word)] == word {
			return uint8(s >> 40)
		}
	}
}

// wordHash is the same in every process, since the tables are made beforehand.
func wordHash(word string) uint64 {
	h := uint64(len(word))
	for ; len(word) >= 8; word = word[8:] {
		h = scatter(h ^ load(word))
	}
	for i := range len(word) {
		h = h<<8 ^ h>>56 ^ uint64(word[i])
	}
	return scatter(h)
}

func scatter(h uint64) uint64 {
	hi, lo := bits.Mul64(h^packHash, 0xd1b54a32d192ed03)
	return hi ^ lo
}
