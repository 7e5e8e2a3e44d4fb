package extract

var (
	ppmdEscapes   = [16]uint32{25, 14, 9, 7, 5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 2}
	ppmdFirstEscs = [8]uint32{0x3cdd, 0x1f3f, 0x59bf, 0x48f3, 0x64a1, 0x5abc, 0x6632, 0x6051}
)

// Frequencies are halved above ppmdMostFreq; a context with a capital or any letter above
// '@' in it, or behind it, has a flag.
const (
	ppmdMostFreq = 124
	ppmdLetter   = 0x40
)

// ppmdSee estimates how often a symbol is none of those of its context.
type ppmdSee struct {
	summ         uint16
	shift, count uint8
}

func (s *ppmdSee) update() {
	if s.shift < 7 {
		if s.count--; s.count == 0 {
			s.summ <<= 1
			s.count = uint8(3 << s.shift)
			s.shift++
		}
	}
}

// ppmdModel is what both sides know of the text so far (D. Shkarin, PPMd variant I).
type ppmdModel struct {
	heap  *ppmdHeap
	order uint32
	// cut tells that the model is cut down where the memory is used up, else it begins anew.
	cut bool
	// short tells that there is less memory than the packer had; full that it was needed.
	short, full bool

	min, max, found                 uint32
	orderFall, initEsc, prevSuccess uint32
	runLength, initRun              int32

	bsIndex [256]uint8
	index   [260]uint8
	see     [24][32]ppmdSee
	dummy   ppmdSee
	bin     [25][64]uint16
}

func newPPMDModel(order, memory uint32, cut bool) *ppmdModel {
	m := &ppmdModel{heap: newPPMDHeap(memory), order: order, cut: cut, dummy: ppmdSee{shift: 7, count: 64}}
	for i := range m.bsIndex {
		switch {
		case i < 2:
			m.bsIndex[i] = uint8(2 * i)
		case i < 11:
			m.bsIndex[i] = 4
		default:
			m.bsIndex[i] = 6
		}
	}
	n, k := uint8(5), 1
	for i := range m.index {
		if i < 5 {
			m.index[i] = uint8(i)
			continue
		}
		m.index[i] = n
		if k--; k == 0 {
			n++
			k = int(n) - 4
		}
	}
	m.restart()
	return m
}

func (m *ppmdModel) stats(ctx uint32) uint32   { return uint32(m.heap.m[ctx]) }
func (m *ppmdModel) summ(ctx uint32) uint32    { return m.heap.u16(ctx + 2) }
func (m *ppmdModel) suffix(ctx uint32) uint32  { return m.heap.u32(ctx + 8) }
func (m *ppmdModel) freq(s uint32) uint32      { return uint32(m.heap.m[s+1]) }
func (m *ppmdModel) setFreq(s, v uint32)       { m.heap.m[s+1] = byte(v) }
func (m *ppmdModel) successor(s uint32) uint32 { return m.heap.u32(s + 2) }
func (m *ppmdModel) setSuccessor(s, v uint32)  { m.heap.put32(s+2, v) }
func (m *ppmdModel) symbol(s uint32) byte      { return m.heap.m[s] }
func (m *ppmdModel) copyState(to, from uint32) {
	copy(m.heap.m[to:to+ppmdState], m.heap.m[from:from+ppmdState])
}

func (m *ppmdModel) state(s uint32) (out [ppmdState]byte) {
	copy(out[:], m.heap.m[s:])
	return out
}

func (m *ppmdModel) putState(s uint32, v [ppmdState]byte) { copy(m.heap.m[s:], v[:]) }

func (m *ppmdModel) swap(a, b uint32) {
	t := m.state(a)
	m.copyState(a, b)
	m.putState(b, t)
}

// letterFlag is the flag of a symbol that may be a letter.
func letterFlag(symbol byte) byte { return byte(b2u(symbol >= ppmdLetter)) << 3 }

func b2u(b bool) uint32 {
	if b {
		return 1
	}
	return 0
}

// restart forgets everything.
func (m *ppmdModel) restart() {
	h := m.heap
	h.reset()
	m.orderFall = m.order
	m.initRun = -int32(min(m.order, 12)) - 1
	m.runLength, m.prevSuccess = m.initRun, 0
	h.high -= ppmdUnit
	m.min, m.max = h.high, h.high
	m.found = h.low
	h.low += 128 * ppmdUnit
	root := h.m[m.min : m.min+ppmdUnit]
	clear(root)
	root[0] = 255
	h.put16(m.min+2, 256+1)
	h.put32(m.min+4, m.found)
	for i := range uint32(256) {
		s := m.found + i*ppmdState
		h.m[s], h.m[s+1] = byte(i), 1
		m.setSuccessor(s, 0)
	}
	i := 0
	for n := range m.bin {
		for int(m.index[i]) == n {
			i++
		}
		for k := range m.bin[n] {
			m.bin[n][k] = uint16(1<<14 - ppmdFirstEscs[k%8]/uint32(i+1))
		}
	}
	i = 0
	for n := range m.see {
		for int(m.index[i+3]) == n+3 {
			i++
		}
		for k := range m.see[n] {
			m.see[n][k] = ppmdSee{summ: uint16((2*i + 5) << 3), shift: 3, count: 7}
		}
	}
}

// binary is the probability of the only symbol of a context.
func (m *ppmdModel) binary() *uint16 {
	one := m.min + 2
	col := uint32(m.bsIndex[m.stats(m.suffix(m.min))]) + m.prevSuccess + uint32(m.heap.m[m.min+1]) + uint32(m.runLength>>26)&0x20
	return &m.bin[m.index[m.freq(one)-1]][col]
}

// escapeFreq is how often a symbol is none of the context's.
func (m *ppmdModel) escapeFreq(masked uint32) (*ppmdSee, uint32) {
	n := m.stats(m.min)
	if n == 255 {
		return &m.dummy, 1
	}
	k := b2u(m.summ(m.min) > 11*(n+1)) + 2*b2u(2*n < m.stats(m.suffix(m.min))+masked) + uint32(m.heap.m[m.min+1])
	see := &m.see[m.index[n+2]-3][k]
	r := see.summ >> see.shift
	see.summ -= r
	return see, max(uint32(r), 1)
}

func (m *ppmdModel) nextContext() {
	if c := m.successor(m.found); m.orderFall == 0 && c >= m.heap.start {
		m.min, m.max = c, c
		return
	}
	m.update()
	m.min = m.max
}

// updateFirst counts the symbol that stands first in its context.
func (m *ppmdModel) updateFirst() {
	m.prevSuccess = b2u(2*m.freq(m.found) >= m.summ(m.min))
	m.runLength += int32(m.prevSuccess)
	m.count()
	m.nextContext()
}

// updateOther counts another one, which may move to the front.
func (m *ppmdModel) updateOther() {
	s := m.found
	m.setFreq(s, m.freq(s)+4)
	m.heap.put16(m.min+2, m.summ(m.min)+4)
	if m.freq(s) > m.freq(s-ppmdState) {
		m.swap(s, s-ppmdState)
		m.found = s - ppmdState
		if m.freq(m.found) > ppmdMostFreq {
			m.rescale()
		}
	}
	m.nextContext()
}

// updateEscaped counts one that was found in a shorter context.
func (m *ppmdModel) updateEscaped() {
	m.count()
	m.runLength = m.initRun
	m.update()
	m.min = m.max
}

func (m *ppmdModel) updateBinary() {
	if f := m.freq(m.found); f < 196 {
		m.setFreq(m.found, f+1)
	}
	m.prevSuccess = 1
	m.runLength++
	m.nextContext()
}

// count adds one to the symbol that was found, which is four.
func (m *ppmdModel) count() {
	m.heap.put16(m.min+2, m.summ(m.min)+4)
	f := m.freq(m.found) + 4
	m.setFreq(m.found, f)
	if f > ppmdMostFreq {
		m.rescale()
	}
}

// rescale halves the frequencies of a context and drops what comes to none.
func (m *ppmdModel) rescale() {
	h, ctx := m.heap, m.min
	list := h.u32(ctx + 4)
	s, t := m.found, m.state(m.found)
	for ; s != list; s -= ppmdState {
		m.copyState(s, s-ppmdState)
	}
	m.putState(s, t)
	escape := m.summ(ctx) - m.freq(s)
	adder := b2u(m.orderFall != 0)
	m.setFreq(s, (m.freq(s)+4+adder)>>1)
	sum := m.freq(s)
	n := m.stats(ctx)
	for range n {
		s += ppmdState
		escape -= m.freq(s)
		m.setFreq(s, (m.freq(s)+adder)>>1)
		sum += m.freq(s)
		if m.freq(s) > m.freq(s-ppmdState) {
			at, t := s, m.state(s)
			for {
				m.copyState(at, at-ppmdState)
				if at -= ppmdState; at == list || uint32(t[1]) <= m.freq(at-ppmdState) {
					break
				}
			}
			m.putState(at, t)
		}
	}
	if m.freq(s) == 0 {
		dropped := uint32(0)
		for m.freq(s) == 0 {
			dropped++
			s -= ppmdState
		}
		escape += dropped
		h.m[ctx] = byte(n - dropped)
		if n == dropped {
			m.alone(ctx, list, n, escape)
			return
		}
		if before, now := (n+2)>>1, (n-dropped+2)>>1; before != now {
			h.put32(ctx+4, h.shrink(list, before, now))
		}
		flags := h.m[ctx+1] &^ 8
		for s, end := h.u32(ctx+4), h.u32(ctx+4)+(n-dropped+1)*ppmdState; s < end; s += ppmdState {
			flags |= letterFlag(h.m[s])
		}
		h.m[ctx+1] = flags
	}
	h.put16(ctx+2, sum+escape-escape>>1)
	h.m[ctx+1] |= 4
	m.found = h.u32(ctx + 4)
}

// alone makes a context of one symbol of one that had n+1.
func (m *ppmdModel) alone(ctx, list, n, escape uint32) {
	h, t := m.heap, m.state(list)
	t[1] = byte(min((2*uint32(t[1])+escape-1)/max(escape, 1), ppmdMostFreq/3))
	h.insert(list, h.sizeOf((n+2)>>1))
	h.m[ctx+1] = h.m[ctx+1]&0x10 + letterFlag(t[0])
	m.found = ctx + 2
	m.putState(m.found, t)
}
