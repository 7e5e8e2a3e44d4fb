package extract

import (
	"fmt"
	"io"
)

// deflate64 unpacks Deflate64 ("enhanced deflate", APPNOTE 4.4.5 method 9):
// deflate (RFC 1951) with a window of 64 KiB, two more distance codes, and a
// length code 285 that carries sixteen extra bits.
type deflate64 struct {
	in    []byte
	pos   int // in bits
	out   []byte
	taken int
	last  bool
	// In a block: stored octets left, or the two codes.
	stored    int
	open      bool
	lit, dist lsbHuffman
}

const deflate64Window = 64 << 10

func newDeflate64(in []byte) *deflate64 { return &deflate64{in: in} }

func (d *deflate64) bits(n int) int {
	v := 0
	for i := range n {
		if at := d.pos >> 3; at < len(d.in) {
			v |= int(d.in[at]>>(d.pos&7)&1) << i
		}
		d.pos++
	}
	return v
}

// lsbHuffman is a canonical code whose bits come first bit first.
type lsbHuffman struct {
	count   [16]int
	symbols []int
}

func newLSBHuffman(lengths []int) lsbHuffman {
	var h lsbHuffman
	for n := 1; n < 16; n++ {
		for s, l := range lengths {
			if l == n {
				h.count[n]++
				h.symbols = append(h.symbols, s)
			}
		}
	}
	return h
}

func (d *deflate64) symbol(h *lsbHuffman) int {
	code, first, index := 0, 0, 0
	for n := 1; n < 16; n++ {
		code |= d.bits(1)
		count := h.count[n]
		if code-first < count {
			if at := index + code - first; at >= 0 && at < len(h.symbols) {
				return h.symbols[at]
			}
			return -1
		}
		index += count
		first = (first + count) << 1
		code <<= 1
	}
	return -1
}

// Read hands out unpacked octets.
func (d *deflate64) Read(p []byte) (int, error) {
	for d.taken == len(d.out) {
		if d.last && !d.open {
			return 0, io.EOF
		}
		if len(d.out) > 2*deflate64Window {
			d.out = append(d.out[:0], d.out[len(d.out)-deflate64Window:]...)
			d.taken = len(d.out)
		}
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.out[d.taken:])
	d.taken += n
	return n, nil
}

func (d *deflate64) fill() error {
	broken := fmt.Errorf("unpack deflate64: %w", errMalformed)
	if d.pos > 8*len(d.in) {
		return broken
	}
	if !d.open {
		return d.header()
	}
	for range 4096 {
		if d.stored > 0 {
			if d.pos>>3 >= len(d.in) {
				return broken
			}
			d.out = append(d.out, byte(d.bits(8)))
			if d.stored--; d.stored == 0 {
				d.open = false
				return nil
			}
			continue
		}
		s := d.symbol(&d.lit)
		switch {
		case s < 0 || s > 285 || d.pos > 8*len(d.in):
			return broken
		case s < 256:
			d.out = append(d.out, byte(s))
		case s == 256:
			d.open = false
			return nil
		default:
			if !d.copy(s) {
				return broken
			}
		}
	}
	return nil
}

// header reads the start of a block.
func (d *deflate64) header() error {
	broken := fmt.Errorf("unpack deflate64: %w", errMalformed)
	d.last = d.bits(1) == 1
	d.open = true
	switch d.bits(2) {
	case 0:
		d.pos = (d.pos + 7) &^ 7
		d.stored = d.bits(16)
		if d.bits(16) != d.stored^0xffff {
			return broken
		}
		d.open = d.stored > 0
	case 1:
		lengths := make([]int, 288)
		for i := range lengths {
			switch {
			case i < 144:
				lengths[i] = 8
			case i < 256:
				lengths[i] = 9
			case i < 280:
				lengths[i] = 7
			default:
				lengths[i] = 8
			}
		}
		dist := make([]int, 32)
		for i := range dist {
			dist[i] = 5
		}
		d.lit, d.dist = newLSBHuffman(lengths), newLSBHuffman(dist)
	case 2:
		if !d.dynamic() {
			return broken
		}
	default:
		return broken
	}
	return nil
}

// deflateOrder is the order of the code length codes (RFC 1951, 3.2.7).
const deflateOrder = "\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"

func (d *deflate64) dynamic() bool {
	nlit, ndist, ncode := d.bits(5)+257, d.bits(5)+1, d.bits(4)+4
	codes := make([]int, 19)
	for i := range ncode {
		codes[deflateOrder[i]] = d.bits(3)
	}
	h := newLSBHuffman(codes)
	lengths := make([]int, nlit+ndist)
	for i := 0; i < len(lengths); {
		s := d.symbol(&h)
		repeat, value := 0, 0
		switch {
		case s < 0 || d.pos > 8*len(d.in):
			return false
		case s < 16:
			lengths[i] = s
			i++
			continue
		case s == 16:
			if i == 0 {
				return false
			}
			repeat, value = 3+d.bits(2), lengths[i-1]
		case s == 17:
			repeat = 3 + d.bits(3)
		default:
			repeat = 11 + d.bits(7)
		}
		for ; repeat > 0 && i < len(lengths); repeat-- {
			lengths[i] = value
			i++
		}
	}
	d.lit, d.dist = newLSBHuffman(lengths[:nlit]), newLSBHuffman(lengths[nlit:])
	return true
}

// copy repeats what was written before, for a length symbol.
func (d *deflate64) copy(s int) bool {
	length := 3 // symbol 285: the base of its sixteen bits
	switch {
	case s == 285:
		length += d.bits(16)
	case s < 265:
		length = s - 257 + 3
	default:
		extra := (s - 261) / 4
		length = 3 + (4+(s-265)%4)<<extra + d.bits(extra)
	}
	c := d.symbol(&d.dist)
	if c < 0 {
		return false
	}
	dist := c + 1
	if c >= 4 {
		extra := c/2 - 1
		dist = 1 + (2+c%2)<<extra + d.bits(extra)
	}
	if dist > len(d.out) {
		return false
	}
	for range length {
		d.out = append(d.out, d.out[len(d.out)-dist])
	}
	return true
}
