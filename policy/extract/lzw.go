package extract

import (
	"fmt"
	"io"
)

// isCompress takes the output of compress(1).
func isCompress(p *probe) string { return typeIf(p.at(0, "\x1f\x9d"), "application/x-compress") }

// readCompress reads .Z files.
func readCompress(r *reading) error {
	d, err := newLZW(r.file.Data)
	if err != nil {
		return err
	}
	return r.unpacked("", d)
}

// lzwDecoder undoes the LZW of compress(1): codes of 9 bits that grow to the
// number in the header, in groups of eight codes.
type lzwDecoder struct {
	in      []byte
	bit     int // the next bit of in
	maxBits int
	block   bool // code 256 empties the table
	width   int
	start   int // the bit at which codes of this width began
	prefix  []uint16
	suffix  []byte
	last    int // the code before, -1 at the beginning
	first   byte
	out     []byte
}

const lzwClear = 256

func newLZW(data []byte) (*lzwDecoder, error) {
	if len(data) < 3 || data[2]&0x60 != 0 || data[2]&0x1f < 9 || data[2]&0x1f > 16 {
		return nil, fmt.Errorf("open compress: %w", errMalformed)
	}
	d := &lzwDecoder{in: data[3:], maxBits: int(data[2] & 0x1f), block: data[2]&0x80 != 0}
	d.reset()
	return d, nil
}

func (d *lzwDecoder) reset() {
	d.width, d.last, d.start = 9, -1, d.bit
	d.prefix, d.suffix = d.prefix[:0], d.suffix[:0]
}

// base is the first code of a string of several octets.
func (d *lzwDecoder) base() int {
	if d.block {
		return 257
	}
	return 256
}

// Read gives the next octets; what comes after the last whole code is padding.
func (d *lzwDecoder) Read(p []byte) (int, error) {
	for len(d.out) == 0 {
		code := d.code()
		if code < 0 {
			return 0, io.EOF
		}
		if code == lzwClear && d.block {
			d.align()
			d.reset()
			continue
		}
		if err := d.expand(code); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.out)
	d.out = d.out[n:]
	return n, nil
}

// code reads one code, -1 at the end.
func (d *lzwDecoder) code() int {
	if next := d.base() + len(d.prefix); next >= 1<<d.width && d.width < d.maxBits {
		d.align()
		d.width++
		d.start = d.bit
	}
	if d.bit+d.width > 8*len(d.in) {
		return -1
	}
	code := 0
	for i := range d.width {
		at := d.bit + i
		code |= int(d.in[at>>3]>>(at&7)&1) << i
	}
	d.bit += d.width
	return code
}

// align skips the rest of a group of eight codes.
func (d *lzwDecoder) align() {
	group := 8 * d.width
	if rest := (d.bit - d.start) % group; rest != 0 {
		d.bit += group - rest
	}
}

// expand writes a code's string and adds a new one to the table.
func (d *lzwDecoder) expand(code int) error {
	base := d.base()
	known := base + len(d.prefix)
	if code > known || code == known && d.last < 0 || code >= 256 && code < base {
		return fmt.Errorf("unpack compress: %w", errMalformed)
	}
	at := code
	var rev []byte
	if code == known { // the string that is being made: the last one and its first octet
		rev = append(rev, d.first)
		at = d.last
	}
	for at >= base {
		rev = append(rev, d.suffix[at-base])
		at = int(d.prefix[at-base])
	}
	d.first = byte(at)
	rev = append(rev, d.first)
	if d.last >= 0 && known < 1<<d.maxBits {
		d.prefix = append(d.prefix, uint16(d.last))
		d.suffix = append(d.suffix, d.first)
	}
	d.last = code
	d.out = make([]byte, len(rev))
	for i, c := range rev {
		d.out[len(rev)-1-i] = c
	}
	return nil
}
