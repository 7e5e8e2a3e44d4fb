package extract

import (
	"fmt"
	"slices"
)

// lzxFrame is how many octets a frame unpacks to: the bits are aligned behind each, and
// calls are translated in it.
const lzxFrame = 32 << 10

// lzxMain is the number of codes in front of the matches' in the main tree, lzxLengths
// those of the tree of lengths.
const lzxMain, lzxLengths = 256, 249

// lzxDecoder unpacks LZX (MS-PATCH 2; the notes on CAB and WIM): LZ77 under Huffman codes,
// whose lengths are told as differences from those of the block before.
type lzxDecoder struct {
	// wim is the variation of WIM: short sizes of blocks, calls always translated.
	wim    bool
	slots  int
	window int

	raw []byte    // the packed octets of this frame
	in  bitReader // the same, each pair of octets turned round

	started   bool
	calls     int // what addresses of calls are counted to, 0 for none
	kind      int
	blockLeft int
	blockSize int
	repeats   [3]int

	mainLengths, lengthLengths []int
	mainTree, lengthTree       huffman
	aligned                    huffman

	out   []byte // the end of what was unpacked
	taken int    // how much of that was given
	total int    // how much was given in all
}

// newLZX is a decoder with a window of so many bits, 15 to 21.
func newLZX(bits int, wim bool) (*lzxDecoder, bool) {
	if bits < 15 || bits > 21 {
		return nil, false
	}
	slots := [...]int{30, 32, 34, 36, 38, 42, 50}[bits-15]
	d := &lzxDecoder{wim: wim, slots: slots, window: 1 << bits, repeats: [3]int{1, 1, 1}}
	d.mainLengths, d.lengthLengths = make([]int, lzxMain+8*slots), make([]int, lzxLengths)
	if wim {
		d.started, d.calls = true, 12_000_000
	}
	return d, true
}

var errLZX = fmt.Errorf("unpack lzx: %w", errMalformed)

// frame unpacks the next frame, which has so many octets, and gives them.
func (d *lzxDecoder) frame(packed []byte, size int) ([]byte, error) {
	d.raw = packed
	turned := slices.Clone(packed)
	for i := 0; i+1 < len(turned); i += 2 {
		turned[i], turned[i+1] = turned[i+1], turned[i]
	}
	d.in = bitReader{data: turned}
	if !d.started {
		d.started = true
		if d.in.bits(1) == 1 {
			d.calls = d.in.bits(16) << 16
			d.calls |= d.in.bits(16)
		}
	}
	if len(d.out) > 4*d.window {
		drop := len(d.out) - d.window
		d.out, d.taken = append(d.out[:0], d.out[drop:]...), d.taken-drop
		if d.taken < 0 {
			return nil, errLZX
		}
	}
	from := d.taken
	for len(d.out) < from+size {
		if d.blockLeft == 0 {
			if d.kind == 3 && d.blockSize&1 == 1 && d.in.pos > 0 {
				d.in.pos += 8
			}
			if err := d.header(); err != nil {
				return d.out[from:], err
			}
		}
		at := len(d.out)
		if err := d.some(min(d.blockLeft, from+size-at)); err != nil {
			return d.out[from:], err
		}
		d.blockLeft -= len(d.out) - at
		if d.blockLeft < 0 || d.in.past() {
			return d.out[from:], errLZX
		}
	}
	out := slices.Clone(d.out[from : from+size])
	d.translate(out, d.total)
	d.taken, d.total = from+size, d.total+size
	return out, nil
}

// header reads what stands in front of a block.
func (d *lzxDecoder) header() error {
	d.kind = d.in.bits(3)
	switch {
	case !d.wim:
		d.blockSize = d.in.bits(8) << 16
		d.blockSize |= d.in.bits(16)
	case d.in.bits(1) == 1:
		d.blockSize = lzxFrame
	default:
		if d.blockSize = d.in.bits(16); d.window > lzxFrame {
			d.blockSize = d.blockSize<<8 | d.in.bits(8)
		}
	}
	d.blockLeft = d.blockSize
	ok := d.blockSize > 0
	switch d.kind {
	case 1, 2:
		if d.kind == 2 {
			lengths := make([]int, 8)
			for i := range lengths {
				lengths[i] = d.in.bits(3)
			}
			d.aligned, ok = newHuffman(lengths)
		}
		ok = ok && d.lengths(d.mainLengths[:lzxMain]) && d.lengths(d.mainLengths[lzxMain:]) && d.lengths(d.lengthLengths)
		if ok {
			d.mainTree, ok = newHuffman(d.mainLengths)
		}
		if ok {
			d.lengthTree, ok = newHuffman(d.lengthLengths)
		}
	case 3:
		at := (d.in.pos/16 + 1) * 2 // one to sixteen bits are passed over
		if ok = ok && at+12 <= len(d.raw); ok {
			for i := range d.repeats {
				d.repeats[i] = int(le32(d.raw[at+4*i:]))
			}
			d.in.pos = 8 * (at + 12)
		}
	default:
		ok = false
	}
	if !ok || d.in.past() {
		return errLZX
	}
	return nil
}

// lengths reads the lengths of codes as differences from those that are there.
func (d *lzxDecoder) lengths(out []int) bool {
	pre := make([]int, 20)
	for i := range pre {
		pre[i] = d.in.bits(4)
	}
	tree, ok := newHuffman(pre)
	for i := 0; ok && i < len(out); {
		c, n := tree.decode(&d.in), 1
		switch c {
		case -1:
			return false
		case 17:
			n = 4 + d.in.bits(4)
		case 18:
			n = 20 + d.in.bits(5)
		case 19:
			n = 4 + d.in.bits(1)
			if c = tree.decode(&d.in); c < 0 || c > 16 {
				return false
			}
		}
		value := 0
		if c <= 16 {
			value = (out[i] - c + 17) % 17
		}
		for ; n > 0 && i < len(out); n-- {
			out[i] = value
			i++
		}
		ok = !d.in.past()
	}
	return ok
}

// some unpacks octets of the block; a match may go beyond the number that was asked for.
func (d *lzxDecoder) some(n int) error {
	if d.kind == 3 {
		at := d.in.pos / 8
		if at+n > len(d.raw) {
			return errLZX
		}
		d.out = append(d.out, d.raw[at:at+n]...)
		d.in.pos += 8 * n
		return nil
	}
	for end := len(d.out) + n; len(d.out) < end; {
		c := d.mainTree.decode(&d.in)
		if c < 0 || d.in.past() {
			return errLZX
		}
		if c < lzxMain {
			d.out = append(d.out, byte(c))
			continue
		}
		length := c & 7
		if length == 7 {
			l := d.lengthTree.decode(&d.in)
			if l < 0 {
				return errLZX
			}
			length += l
		}
		from := len(d.out) - d.offset((c-lzxMain)>>3)
		if from < 0 || from >= len(d.out) || len(d.out)-from > d.window {
			return errLZX
		}
		for range length + 2 {
			d.out = append(d.out, d.out[from])
			from++
		}
	}
	return nil
}

// offset is how far back a match of a slot begins.
func (d *lzxDecoder) offset(slot int) int {
	if slot < 3 {
		d.repeats[0], d.repeats[slot] = d.repeats[slot], d.repeats[0]
		return d.repeats[0]
	}
	extra, base := 17, (slot-34)<<17
	switch {
	case slot < 4:
		extra, base = 0, slot
	case slot < 36:
		extra = slot/2 - 1
		base = (2 + slot&1) << extra
	}
	var more int
	if d.kind == 2 && extra >= 3 {
		more = d.in.bits(extra-3)<<3 + max(0, d.aligned.decode(&d.in))
	} else {
		more = d.in.bits(extra)
	}
	d.repeats = [3]int{base + more - 2, d.repeats[0], d.repeats[1]}
	return d.repeats[0]
}

// translate undoes what the packer did to the addresses of calls in programs.
func (d *lzxDecoder) translate(out []byte, from int) {
	if d.calls == 0 || from >= 1<<30 {
		return
	}
	if d.wim {
		from = 0
	}
	for i := 0; i+10 < len(out); i++ {
		if out[i] != 0xe8 {
			continue
		}
		at, to := from+i, int(int32(le32(out[i+1:])))
		if to >= -at && to < d.calls {
			if to >= 0 {
				to -= at
			} else {
				to += d.calls
			}
			out[i+1], out[i+2], out[i+3], out[i+4] = byte(to), byte(to>>8), byte(to>>16), byte(to>>24)
		}
		i += 4
	}
}
