package detect

import "math/bits"

// hashTable leads from hashes to numbers; 0 stands for what is not in it. It
// holds what it is given once more in each slot, so that counting ten thousand
// people allocates a few times only.
type hashTable struct {
	slots []hashSlot
	count int
}

type hashSlot struct{ key, value uint64 }

// expect makes room for n more.
func (t *hashTable) expect(n int) {
	if size := slotsFor(len(t.slots), t.count, n); size > 0 {
		t.resize(size)
	}
}

func (t *hashTable) resize(n int) {
	old := t.slots
	t.slots, t.count = make([]hashSlot, n), 0
	for _, s := range old {
		if s.key != 0 {
			t.put(s.key, s.value)
		}
	}
}

func (t *hashTable) get(key uint64) uint64 {
	if len(t.slots) == 0 {
		return 0
	}
	return t.seek(key).value
}

// seek is the slot of a key, or the empty one where it would be.
func (t *hashTable) seek(key uint64) *hashSlot {
	key |= 1 << 63 // no key is 0
	for i := key; ; i++ {
		if s := &t.slots[i&uint64(len(t.slots)-1)]; s.key == key || s.key == 0 {
			return s
		}
	}
}

// room makes room for n more keys, so that slots stay where they are until then.
func (t *hashTable) room(n int) {
	for (t.count+n)*5 > len(t.slots)*4 {
		t.resize(max(16, 2*len(t.slots)))
	}
}

func (t *hashTable) put(key, value uint64) {
	t.room(1)
	t.slot(key).value = value
}

// slot is the slot of a key, which it puts in; there must be room.
func (t *hashTable) slot(key uint64) *hashSlot {
	s := t.seek(key)
	if s.key == 0 {
		s.key = key | 1<<63
		t.count++
	}
	return s
}

// hashSet holds hashes.
type hashSet struct {
	slots []uint64
	count int
}

// expect makes room for n more.
func (t *hashSet) expect(n int) {
	if size := slotsFor(len(t.slots), t.count, n); size > 0 {
		t.resize(size)
	}
}

func (t *hashSet) resize(n int) {
	old := t.slots
	t.slots, t.count = make([]uint64, n), 0
	for _, k := range old {
		if k != 0 {
			t.add(k)
		}
	}
}

// add puts a hash in and tells whether it is new.
func (t *hashSet) add(key uint64) bool {
	if (t.count+1)*5 > len(t.slots)*4 {
		t.resize(max(16, 2*len(t.slots)))
	}
	key |= 1 << 63 // no key is 0
	for i := key; ; i++ {
		switch s := &t.slots[i&uint64(len(t.slots)-1)]; *s {
		case key:
			return false
		case 0:
			*s = key
			t.count++
			return true
		}
	}
}

// valueCount counts different values. It keeps a few to look at together: a table of people
// has values of ten types in each row, whose sets push each other out of the processor's
// cache when they are asked in turns.
type valueCount struct {
	set   hashSet
	noted []uint64
}

// notedValues is how many values are looked at together.
const notedValues = 512

// note takes the hash of a value.
func (c *valueCount) note(value uint64) {
	if len(c.noted) == notedValues {
		c.different()
	}
	c.noted = append(c.noted, value)
}

// different is how many there were.
func (c *valueCount) different() int {
	for _, v := range c.noted {
		c.set.add(v)
	}
	c.noted = c.noted[:0]
	return c.set.count
}

// slotsFor is how many slots a table needs that has some, of which count are taken,
// for n more; 0 when those that it has are enough.
func slotsFor(slots, count, n int) int {
	if want := (count + n) * 5 / 4; want >= slots && n > 0 {
		return 1 << bits.Len(uint(want))
	}
	return 0
}

// combine makes one hash of two numbers.
func combine(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a^0x9e3779b97f4a7c15, b^0xd1b54a32d192ed03)
	return hi ^ lo
}
