package table

import "math/bits"

// marksRoom is how many places are noted at a time. A block of 64 octets has as many at
// most, and the kernel writes up to seven behind the last one.
const marksRoom = 1024

// marks are the places of two octets in a text, from left to right: what parts cells, and
// what ends rows. They are looked for far ahead of the row that is read: two calls for each cell
// were half of what reading a CSV of short cells cost, and a look at eight octets at a time
// still two thirds of that.
type marks struct {
	text    string
	a, b    byte
	read    int // how far it was looked
	from    int // where the look began that found at
	next, n int // the next one in at, and how many are in it
	at      [marksRoom]uint32
}

// begin makes it ready for a text.
func (m *marks) begin(text string, a, b byte) {
	m.text, m.a, m.b, m.read, m.from, m.next, m.n = text, a, b, 0, 0, 0, 0
}

// more looks for the next places when all that were found are taken; false behind the last one.
func (m *marks) more() bool {
	for m.next == m.n {
		if m.read == len(m.text) {
			return false
		}
		m.look()
	}
	return true
}

// look notes the next places.
func (m *marks) look() {
	m.from, m.next = m.read, 0
	n := 0
	if n, m.n = marksAhead(m.text[m.from:], m.a, m.b, &m.at); n > 0 {
		m.read += n
		return
	}
	s := m.text[m.from:]
	s = s[:min(len(s), marksRoom)]
	i, as, bs := 0, uint64(m.a)*eachOne, uint64(m.b)*eachOne
	for ; i+8 <= len(s); i += 8 {
		w := load(s[i:])
		x, y := w^as, w^bs
		// In an octet behind one that matches this may say too much.
		for found := ((x-eachOne)&^x | (y-eachOne)&^y) & eachHigh; found != 0; found &= found - 1 {
			m.note(s, i+bits.TrailingZeros64(found)>>3)
		}
	}
	for ; i < len(s); i++ {
		m.note(s, i)
	}
	m.read += len(s)
}

// note notes the place i if one of the two stands there.
func (m *marks) note(s string, i int) {
	if s[i] == m.a || s[i] == m.b {
		m.at[m.n] = uint32(i)
		m.n++
	}
}

// Eight octets at a time.
const (
	eachOne  = 0x0101010101010101
	eachHigh = 0x8080808080808080
)

// load reads eight octets.
func load(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}
