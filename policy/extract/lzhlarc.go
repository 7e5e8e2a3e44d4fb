package extract

import (
	"fmt"
	"io"
)

// larcDecoder unpacks -lzs- and -lz5-, the methods of LArc, whose archives LHA
// reads. Both repeat what stands at a place of a ring, counted from its start,
// and have no code of variable length.
type larcDecoder struct {
	in    bitReader
	ring  []byte
	at    int // where the next octet goes
	left  int
	out   []byte
	taken int
	more  func()
}

// newLZS undoes -lzs-: a bit tells a literal from a copy.
func newLZS(raw []byte, size int) *larcDecoder {
	d := &larcDecoder{in: bitReader{data: raw}, ring: make([]byte, 2048), at: 2048 - 17, left: size}
	for i := range d.ring {
		d.ring[i] = ' '
	}
	d.more = func() {
		if d.in.bits(1) == 1 {
			d.put(byte(d.in.bits(8)))
			return
		}
		place := d.in.bits(11)
		d.repeat(place, d.in.bits(4)+2)
	}
	return d
}

// newLZ5 undoes -lz5-: an octet tells literals from copies for the next eight. Its
// ring begins with what texts and tables are likely to repeat.
func newLZ5(raw []byte, size int) *larcDecoder {
	ring := make([]byte, 0, 4096)
	for i := range 256 {
		for range 13 {
			ring = append(ring, byte(i))
		}
	}
	for i := range 256 {
		ring = append(ring, byte(i))
	}
	for i := range 256 {
		ring = append(ring, byte(255-i))
	}
	ring = append(ring, make([]byte, 128)...)
	for range 110 {
		ring = append(ring, ' ')
	}
	d := &larcDecoder{in: bitReader{data: raw}, ring: append(ring, make([]byte, 18)...), at: 4096 - 18, left: size}
	d.more = func() {
		flags := d.in.bits(8)
		for i := range 8 {
			if flags>>i&1 == 1 {
				d.put(byte(d.in.bits(8)))
				continue
			}
			low, high := d.in.bits(8), d.in.bits(8)
			d.repeat(low|high&0xf0<<4, high&15+3)
		}
	}
	return d
}

// Read hands out unpacked octets.
func (d *larcDecoder) Read(p []byte) (int, error) {
	if d.taken == len(d.out) {
		if d.left <= 0 {
			return 0, io.EOF
		}
		d.out, d.taken = d.out[:0], 0
		for len(d.out) < 4096 && d.left > 0 {
			if d.in.past() {
				return 0, fmt.Errorf("unpack lzh: %w", errMalformed)
			}
			d.more()
		}
	}
	n := copy(p, d.out[d.taken:])
	d.taken += n
	return n, nil
}

func (d *larcDecoder) put(b byte) {
	if d.left > 0 {
		d.out = append(d.out, b)
		d.left--
	}
	d.ring[d.at] = b
	d.at = (d.at + 1) % len(d.ring)
}

func (d *larcDecoder) repeat(place, n int) {
	for i := range n {
		d.put(d.ring[(place+i)%len(d.ring)])
	}
}
