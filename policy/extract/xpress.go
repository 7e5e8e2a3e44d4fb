package extract

import "fmt"

// xpress unpacks one chunk of LZ77 with Huffman codes (MS-XCA 2.2), which WIM calls XPRESS.
func xpress(packed []byte, size int) ([]byte, error) {
	broken := fmt.Errorf("unpack xpress: %w", errMalformed)
	if len(packed) < 260 {
		return nil, broken
	}
	lengths := make([]int, 512)
	for i, c := range packed[:256] {
		lengths[2*i], lengths[2*i+1] = int(c&15), int(c>>4)
	}
	tree, ok := newHuffman(lengths)
	if !ok {
		return nil, broken
	}
	x := xpressBits{data: packed[256:]}
	x.next = uint32(x.word())<<16 | uint32(x.word())
	x.extra = 16
	out := make([]byte, 0, size)
	for len(out) < size {
		c := x.decode(&tree)
		if c < 0 || x.at > len(x.data)+8 {
			return out, broken
		}
		if c < 256 {
			out = append(out, byte(c))
			continue
		}
		length, bits := c&15, c>>4&15
		if length == 15 {
			if length = 15 + x.octet(); length == 270 {
				if length = int(x.word()); length == 0 {
					length = int(x.word()) | int(x.word())<<16
				}
			}
		}
		from := len(out) - (1<<bits + x.bits(bits))
		if from < 0 {
			return out, broken
		}
		for n := length + 3; n > 0 && len(out) < size; n-- {
			out = append(out, out[from])
			from++
		}
	}
	return out, nil
}

// xpressBits are the bits of a chunk in words of 16, with the octets of long matches among
// them at the place that the words have reached.
type xpressBits struct {
	data  []byte
	at    int
	next  uint32
	extra int
}

func (x *xpressBits) octet() int {
	x.at++
	if x.at > len(x.data) {
		return 0
	}
	return int(x.data[x.at-1])
}

func (x *xpressBits) word() uint16 { return uint16(x.octet()) | uint16(x.octet())<<8 }

func (x *xpressBits) bits(n int) int {
	v := int(uint64(x.next) >> (32 - n))
	x.next <<= n
	if x.extra -= n; x.extra < 0 {
		x.next |= uint32(x.word()) << -x.extra
		x.extra += 16
	}
	return v
}

func (x *xpressBits) decode(h *huffman) int {
	ahead := bitReader{data: []byte{byte(x.next >> 24), byte(x.next >> 16), byte(x.next >> 8), byte(x.next)}}
	c := h.decode(&ahead)
	x.bits(min(ahead.pos, 16))
	return c
}
