package extract

import (
	"fmt"
	"io"
)

// bitReader hands out bits, most significant first; past the end they are 0.
type bitReader struct {
	data []byte
	pos  int // in bits
}

func (b *bitReader) bits(n int) int {
	v := 0
	for range n {
		v <<= 1
		if i := b.pos >> 3; i < len(b.data) {
			v |= int(b.data[i]>>(7-b.pos&7)) & 1
		}
		b.pos++
	}
	return v
}

// past tells that more was read than there is.
func (b *bitReader) past() bool { return b.pos > 8*len(b.data)+64 }

// huffman is a canonical code, the codes of each length in symbol order.
type huffman struct {
	count   [17]int
	symbols []int
	only    int // the single symbol of an empty code, -1 without
}

func newHuffman(lengths []int) (huffman, bool) {
	h := huffman{only: -1}
	for _, n := range lengths {
		if n < 0 || n > 16 {
			return h, false
		}
		h.count[n]++
	}
	h.count[0] = 0
	left := 1
	for n := 1; n <= 16; n++ {
		left = left<<1 - h.count[n]
		if left < 0 {
			return h, false
		}
	}
	for n := 1; n <= 16; n++ {
		for s, l := range lengths {
			if l == n {
				h.symbols = append(h.symbols, s)
			}
		}
	}
	return h, true
}

func (h *huffman) decode(b *bitReader) int {
	if h.only >= 0 {
		return h.only
	}
	code, first, index := 0, 0, 0
	for n := 1; n <= 16; n++ {
		code |= b.bits(1)
		if count := h.count[n]; code-first < count {
			return h.symbols[index+code-first]
		} else {
			index += count
			first = (first + count) << 1
			code <<= 1
		}
	}
	return -1
}

// lzss is what all methods of LZH unpack into.
type lzss struct {
	left   int // octets still to come
	window int
	out    []byte // the last window of output and what Read has not taken
	taken  int
}

// read hands out unpacked octets, of which more makes some at a time.
func (w *lzss) read(p []byte, more func() error) (int, error) {
	for w.taken == len(w.out) {
		if w.left <= 0 {
			return 0, io.EOF
		}
		if len(w.out) > 2*w.window {
			w.out = append(w.out[:0], w.out[len(w.out)-w.window:]...)
			w.taken = len(w.out)
		}
		if err := more(); err != nil {
			return 0, err
		}
	}
	n := copy(p, w.out[w.taken:])
	w.taken += n
	return n, nil
}

func (w *lzss) put(b byte) {
	w.out = append(w.out, b)
	w.left--
}

// repeat puts n octets again, the first of which stands so many places behind the
// last one.
func (w *lzss) repeat(place, n int) {
	for ; n > 0 && w.left > 0; n-- {
		b := byte(' ') // what the window holds before the start
		if from := len(w.out) - place - 1; from >= 0 {
			b = w.out[from]
		}
		w.put(b)
	}
}

// lzhDecoder unpacks -lh4- to -lh7-: blocks of LZSS symbols under Huffman codes
// that each block brings along.
type lzhDecoder struct {
	lzss
	in         bitReader
	np, pbit   int
	block      int
	chars, pos huffman
}

const (
	lzhNT = 19
	lzhNC = 510
)

// Read hands out unpacked octets.
func (d *lzhDecoder) Read(p []byte) (int, error) { return d.read(p, d.fill) }

// fill unpacks some kilobytes more.
func (d *lzhDecoder) fill() error {
	for want := len(d.out) + 4096; len(d.out) < want && d.left > 0; {
		if err := d.symbol(); err != nil {
			return err
		}
	}
	return nil
}

func (d *lzhDecoder) symbol() error {
	broken := fmt.Errorf("unpack lzh: %w", errMalformed)
	if d.block == 0 {
		if d.block = d.in.bits(16); d.block == 0 || !d.tables() {
			return broken
		}
	}
	d.block--
	c := d.chars.decode(&d.in)
	if c < 0 || d.in.past() {
		return broken
	}
	if c < 256 {
		d.put(byte(c))
		return nil
	}
	p := d.pos.decode(&d.in)
	if p < 0 {
		return broken
	}
	if p > 1 {
		p = 1<<(p-1) + d.in.bits(p-1)
	}
	d.repeat(p, c-256+3)
	return nil
}

// tables reads the codes of a block.
func (d *lzhDecoder) tables() bool {
	temp, ok := d.lengths(lzhNT, 5, 3)
	if !ok || !d.charTable(temp) {
		return false
	}
	d.pos, ok = d.lengths(d.np, d.pbit, -1)
	return ok
}

// lengths reads a code whose lengths are written in unary beyond 6.
func (d *lzhDecoder) lengths(symbols, bits, special int) (huffman, bool) {
	n := d.in.bits(bits)
	if n == 0 {
		return huffman{only: d.in.bits(bits)}, true
	}
	if n > symbols {
		return huffman{}, false
	}
	out := make([]int, symbols)
	for i := 0; i < n; {
		c := d.in.bits(3)
		if c == 7 {
			for d.in.bits(1) == 1 {
				if c++; c > 16 {
					return huffman{}, false
				}
			}
		}
		out[i] = c
		if i++; i == special {
			i += d.in.bits(2)
		}
	}
	return newHuffman(out)
}

// charTable reads the code of literals and lengths under the temporary code.
func (d *lzhDecoder) charTable(temp huffman) bool {
	n := d.in.bits(9)
	if n == 0 {
		d.chars = huffman{only: d.in.bits(9)}
		return true
	}
	if n > lzhNC {
		return false
	}
	out := make([]int, lzhNC)
	for i := 0; i < n; {
		switch c := temp.decode(&d.in); {
		case c < 0:
			return false
		case c == 0:
			i++
		case c == 1:
			i += d.in.bits(4) + 3
		case c == 2:
			i += d.in.bits(9) + 20
		default:
			out[i] = c - 2
			i++
		}
	}
	var ok bool
	d.chars, ok = newHuffman(out)
	return ok
}
