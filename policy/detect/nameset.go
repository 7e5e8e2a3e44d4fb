package detect

// nameSet is a set of short words of kana and kanji: a word of up to four
// characters, or of seven kana, is packed into one number and looked up in a
// table of numbers; the few others stand in a map.
type nameSet struct {
	// begins and ends are the characters that words begin and end with, as bits:
	// most questions are answered by them.
	begins, ends [1 << 10]uint64
	// some has a bit for each word at its hash, eight for each slot: it stays in the
	// processor's cache, as the slots do not.
	some  numbers
	slots numbers
	shift uint8
	more  map[string]bool
}

// pack is the number of a word, 0 when it has none: only characters of three
// bytes are packed.
func pack(s string) uint64 {
	for i := 0; i < len(s); i += 3 {
		if s[i]>>4 != 0xe {
			return 0
		}
	}
	switch len(s) {
	case 3:
		return wide(s, 0)
	case 6:
		return wide(s, 0)<<16 | wide(s, 3)
	case 9:
		return wide(s, 0)<<32 | wide(s, 3)<<16 | wide(s, 6)
	case 12:
		return wide(s, 0)<<48 | wide(s, 3)<<32 | wide(s, 6)<<16 | wide(s, 9)
	case 15, 18, 21:
		var k uint64
		for i := 0; i < len(s); i += 3 {
			r := wide(s, i)
			if r>>8 != 0x30 {
				return 0
			}
			k = k<<8 | r&0xff
		}
		return 1<<56 | k
	}
	return 0
}

// wide is the character of three bytes at i.
func wide(s string, i int) uint64 {
	return uint64(s[i]&15)<<12 | uint64(s[i+1]&63)<<6 | uint64(s[i+2]&63)
}

// wideAt tells a whole character of three bytes at i.
func wideAt(s string, i int) bool { return i+2 < len(s) && s[i]>>4 == 0xe }

const packHash = 0x9e3779b97f4a7c15

func (t *nameSet) has(s string) bool {
	if len(s) >= 3 && s[0]>>4 == 0xe && s[len(s)-3]>>4 == 0xe {
		first, last := wide(s, 0), wide(s, len(s)-3)
		if t.begins[first>>6]&(1<<(first&63)) == 0 || t.ends[last>>6]&(1<<(last&63)) == 0 {
			return len(t.more) > 0 && len(s) > 12 && t.more[s]
		}
	}
	k := pack(s)
	if k == 0 {
		return len(s) > 0 && len(s) <= 64 && t.more[s]
	}
	return t.hasKey(k)
}

// hasKey is has for a word that is packed.
func (t *nameSet) hasKey(k uint64) bool {
	if bit := k * packHash >> (t.shift - 3); t.some.at(bit>>6)>>(bit&63)&1 == 0 {
		return false
	}
	for i := k * packHash >> t.shift; ; i = (i + 1) & (t.slots.len() - 1) {
		switch t.slots.at(i) {
		case k:
			return true
		case 0:
			return false
		}
	}
}

// lengths are the lengths in bytes, as bits, of the words of up to four
// characters that s begins with: those of has, looked up together.
func (t *nameSet) lengths(s string) (found uint64) {
	if len(s) < 3 || !isWide(s[0]) || t.begins[wide(s, 0)>>6]&(1<<(wide(s, 0)&63)) == 0 {
		return t.rareLengths(s)
	}
	key := uint64(0)
	for i := 0; i < 12 && i+3 <= len(s) && i < len(s); i += 3 {
		if s[i]>>4 != 0xe {
			if s[i] >= 0xc0 {
				return t.rareLengths(s)
			}
			break
		}
		last := wide(s, i)
		key = key<<16 | last
		if t.ends[last>>6]&(1<<(last&63)) != 0 && t.hasKey(key) {
			found |= 1 << (i + 3)
		}
	}
	return found
}

// rareLengths is lengths for words with characters that are not packed.
func (t *nameSet) rareLengths(s string) (found uint64) {
	for i, n := 0, 0; i < len(s) && n < 4; n++ {
		_, w := nextRune(s[i:])
		if i += w; t.has(s[:i]) {
			found |= 1 << i
		}
	}
	return found
}

// mayBegin and mayEnd tell whether a word may begin or end with a character of
// three bytes, written in its common form or not.
func (t *nameSet) mayBegin(r uint64) bool { return t.begins[r>>6]&(1<<(r&63)) != 0 || variantForm(r) }
func (t *nameSet) mayEnd(r uint64) bool   { return t.ends[r>>6]&(1<<(r&63)) != 0 || variantForm(r) }

// variantForm tells variant forms of kanji.
func variantForm(r uint64) bool { return isVariant[r>>3]&(1<<(r&7)) != 0 }

// each calls f with the first and the last character of every word that is not
// kana alone.
func (t *nameSet) each(f func(first, last uint16)) {
	for i := range t.slots.len() {
		k := t.slots.at(i)
		if k == 0 || k>>56 == 1 {
			continue
		}
		last := uint16(k)
		for k > 0xffff {
			k >>= 16
		}
		f(uint16(k), last)
	}
}

// eachTail calls f with the last two characters of every word that has two.
func (t *nameSet) eachTail(f func(a, b uint16)) {
	for i := range t.slots.len() {
		switch k := t.slots.at(i); {
		case k>>56 == 1:
			f(uint16(0x3000|k>>8&0xff), uint16(0x3000|k&0xff))
		case k > 0xffff:
			f(uint16(k>>16), uint16(k))
		}
	}
	for w := range t.more {
		b, n := lastRune(w)
		a, _ := lastRune(w[:len(w)-n])
		f(uint16(a), uint16(b))
	}
}
