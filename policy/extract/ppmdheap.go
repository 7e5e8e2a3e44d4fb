package extract

// The memory of a PPMd model is one stretch of octets, because the order in which it
// runs out is part of the format: then the model is cut down or begun again. References
// are offsets into it, 0 is none.
//
// A unit is 12 octets: a context (count of its symbols less one, flags, sum of their
// frequencies, their list, the shorter context), two states (symbol, frequency,
// successor), or the head of a free block (stamp, next, units).
const (
	ppmdUnit    = 12
	ppmdState   = 6
	ppmdSizes   = 38 // sizes of blocks: 1 to 4 units, 6 to 12, 15 to 24, 28 to 128
	ppmdFree    = 0xffffffff
	ppmdMost    = 128 // units of the largest block
	ppmdBase    = 4   // where the memory begins
	ppmdReglues = 1 << 13
)

type ppmdHeap struct {
	m []byte
	// text grows from the beginning, units from both sides of the gap between low and high.
	text, start, low, high uint32
	free                   [ppmdSizes]uint32
	stamps                 [ppmdSizes]uint32
	glue                   uint32
	units                  [ppmdSizes]uint32 // of a block of each size
	index                  [ppmdMost]uint8   // the size of a block of so many units, less one
}

func newPPMDHeap(size uint32) *ppmdHeap {
	h := &ppmdHeap{m: make([]byte, ppmdBase+size+ppmdUnit)}
	k := uint32(0)
	for i := range h.units {
		step := uint32(4)
		if i < 12 {
			step = uint32(i)>>2 + 1
		}
		for range step {
			h.index[k] = uint8(i)
			k++
		}
		h.units[i] = k
	}
	return h
}

func (h *ppmdHeap) size() uint32 { return uint32(len(h.m)) - ppmdBase - ppmdUnit }

func (h *ppmdHeap) reset() {
	h.free, h.stamps, h.glue = [ppmdSizes]uint32{}, [ppmdSizes]uint32{}, 0
	h.text = ppmdBase
	h.high = h.text + h.size()
	h.start = h.high - h.size()/8/ppmdUnit*7*ppmdUnit
	h.low = h.start
}

func (h *ppmdHeap) u16(at uint32) uint32 { return uint32(le16(h.m[at:])) }
func (h *ppmdHeap) u32(at uint32) uint32 { return le32(h.m[at:]) }

func (h *ppmdHeap) put16(at, v uint32) {
	h.m[at], h.m[at+1] = byte(v), byte(v>>8)
}

func (h *ppmdHeap) put32(at, v uint32) {
	h.m[at], h.m[at+1], h.m[at+2], h.m[at+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
}

func (h *ppmdHeap) sizeOf(units uint32) int { return int(h.index[units-1]) }

// insert adds a block to the free ones of its size.
func (h *ppmdHeap) insert(at uint32, i int) {
	h.put32(at, ppmdFree)
	h.put32(at+4, h.free[i])
	h.put32(at+8, h.units[i])
	h.free[i] = at
	h.stamps[i]++
}

func (h *ppmdHeap) remove(i int) uint32 {
	at := h.free[i]
	h.free[i] = h.u32(at + 4)
	h.stamps[i]--
	return at
}

// insertUnits adds a stretch of units, as one block or two.
func (h *ppmdHeap) insertUnits(at, n uint32) {
	i := h.sizeOf(n)
	if h.units[i] != n {
		i--
		k := h.units[i]
		h.insert(at+k*ppmdUnit, int(n-k-1))
	}
	h.insert(at, i)
}

// split makes a block smaller and frees the rest.
func (h *ppmdHeap) split(at uint32, from, to int) {
	h.insertUnits(at+h.units[to]*ppmdUnit, h.units[from]-h.units[to])
}

// glueFree joins free blocks that are neighbours.
func (h *ppmdHeap) glueFree() {
	h.glue = ppmdReglues
	h.stamps = [ppmdSizes]uint32{}
	if h.low != h.high {
		h.put32(h.low, 0)
	}
	head, last := uint32(0), uint32(0)
	for i := range h.free {
		next := h.free[i]
		h.free[i] = 0
		for next != 0 {
			node := next
			if h.u32(node+8) != 0 {
				if last == 0 {
					head = node
				} else {
					h.put32(last+4, node)
				}
				last = node
				for {
					n := h.u32(node + 8)
					other := node + n*ppmdUnit
					more := h.u32(other + 8)
					if h.u32(other) != ppmdFree || more == 0 {
						break
					}
					h.put32(node+8, n+more)
					h.put32(other+8, 0)
				}
			}
			next = h.u32(node + 4)
		}
	}
	if last != 0 {
		h.put32(last+4, 0)
	}
	for head != 0 {
		node, n := head, h.u32(head+8)
		head = h.u32(head + 4)
		if n == 0 {
			continue
		}
		for ; n > ppmdMost; n -= ppmdMost {
			h.insert(node, ppmdSizes-1)
			node += ppmdMost * ppmdUnit
		}
		h.insertUnits(node, n)
	}
}

// alloc is a block of the size, 0 when there is none.
func (h *ppmdHeap) alloc(i int) uint32 {
	if h.free[i] != 0 {
		return h.remove(i)
	}
	if n := h.units[i] * ppmdUnit; n <= h.high-h.low {
		at := h.low
		h.low += n
		return at
	}
	return h.allocRare(i)
}

// allocContext is one unit from the upper side of the gap.
func (h *ppmdHeap) allocContext() uint32 {
	switch {
	case h.high != h.low:
		h.high -= ppmdUnit
		return h.high
	case h.free[0] != 0:
		return h.remove(0)
	}
	return h.allocRare(0)
}

func (h *ppmdHeap) allocRare(i int) uint32 {
	if h.glue == 0 {
		h.glueFree()
		if h.free[i] != 0 {
			return h.remove(i)
		}
	}
	for k := i + 1; k < ppmdSizes; k++ {
		if h.free[k] != 0 {
			at := h.remove(k)
			h.split(at, k, i)
			return at
		}
	}
	h.glue--
	if n := h.units[i] * ppmdUnit; h.start-h.text > n {
		h.start -= n
		return h.start
	}
	return 0
}

func (h *ppmdHeap) copyUnits(to, from, n uint32) {
	copy(h.m[to:to+n*ppmdUnit], h.m[from:from+n*ppmdUnit])
}

// shrink moves or cuts a block that holds less than before.
func (h *ppmdHeap) shrink(at, before, n uint32) uint32 {
	i0, i1 := h.sizeOf(before), h.sizeOf(n)
	if i0 == i1 {
		return at
	}
	if h.free[i1] != 0 {
		to := h.remove(i1)
		h.copyUnits(to, at, n)
		h.insert(at, i0)
		return to
	}
	h.split(at, i0, i1)
	return at
}

// freeUnit frees one unit, by moving the border where it lies there.
func (h *ppmdHeap) freeUnit(at uint32) {
	if at != h.start {
		h.insert(at, 0)
		return
	}
	h.start += ppmdUnit
}

// moveUp moves a block away from the border to the text.
func (h *ppmdHeap) moveUp(at, n uint32) uint32 {
	i := h.sizeOf(n)
	if at > h.start+16<<10 || at > h.free[i] {
		return at
	}
	to := h.remove(i)
	h.copyUnits(to, at, n)
	if at != h.start {
		h.insert(at, i)
	} else {
		h.start += h.units[i] * ppmdUnit
	}
	return to
}

// expandText gives the free blocks at the border to the text.
func (h *ppmdHeap) expandText() {
	var count [ppmdSizes]uint32
	if h.low != h.high {
		h.put32(h.low, 0)
	}
	node := h.start
	for h.u32(node) == ppmdFree {
		h.put32(node, 0)
		n := h.u32(node + 8)
		count[h.sizeOf(n)]++
		node += n * ppmdUnit
	}
	h.start = node
	for i := range h.free {
		at := uint32(0) // the node in front, 0 for the head
		for count[i] != 0 {
			node := h.free[i]
			if at != 0 {
				node = h.u32(at + 4)
			}
			for h.u32(node) == 0 {
				next := h.u32(node + 4)
				if at == 0 {
					h.free[i] = next
				} else {
					h.put32(at+4, next)
				}
				node = next
				h.stamps[i]--
				if count[i]--; count[i] == 0 {
					break
				}
			}
			at = node
		}
	}
}

// used is how much of the memory is in use.
func (h *ppmdHeap) used() uint32 {
	n := uint32(0)
	for i := range h.stamps {
		n += h.stamps[i] * h.units[i]
	}
	return h.size() - (h.high - h.low) - (h.start - h.text) - n*ppmdUnit
}
