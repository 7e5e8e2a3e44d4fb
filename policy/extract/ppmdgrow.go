package extract

// find is the state of the symbol in a context of several.
func (m *ppmdModel) find(ctx uint32, symbol byte) uint32 {
	s := m.heap.u32(ctx + 4)
	for m.symbol(s) != symbol {
		s += ppmdState
	}
	return s
}

// update adds the symbol that was found to all contexts between the longest one that knows
// it and the longest one there is.
func (m *ppmdModel) update() {
	h := m.heap
	found := m.found
	next, freq, symbol := m.successor(found), m.freq(found), m.symbol(found)
	s := uint32(0)
	if freq < ppmdMostFreq/4 && m.suffix(m.min) != 0 {
		s = m.countShorter(symbol)
	}
	c := m.max
	if m.orderFall == 0 && next != 0 {
		cs := m.createSuccessors(true, s, m.min)
		if cs == 0 {
			m.setSuccessor(m.found, 0)
			m.restore(c)
			return
		}
		m.setSuccessor(m.found, cs)
		m.max = cs
		return
	}
	h.m[h.text] = symbol
	h.text++
	successor := h.text
	if h.text >= h.start {
		m.restore(c)
		return
	}
	switch {
	case next == 0:
		next = m.reduceOrder(s, m.min)
	case next < h.start:
		next = m.createSuccessors(false, s, m.min)
	}
	if next == 0 {
		m.restore(c)
		return
	}
	if m.orderFall--; m.orderFall == 0 {
		successor = next
		h.text -= b2u(m.max != m.min)
	}
	n := m.stats(m.min)
	others := m.summ(m.min) - n - freq
	for ; c != m.min; c = m.suffix(c) {
		if !m.add(c, n, others, freq, symbol, successor) {
			m.restore(c)
			return
		}
	}
	m.max, m.min = next, next
}

// countShorter counts the symbol in the next shorter context, and answers its state there.
func (m *ppmdModel) countShorter(symbol byte) uint32 {
	h, c := m.heap, m.suffix(m.min)
	if m.stats(c) == 0 {
		s := c + 2
		if f := m.freq(s); f < 32 {
			m.setFreq(s, f+1)
		}
		return s
	}
	s := m.find(c, symbol)
	if s != h.u32(c+4) && m.freq(s) >= m.freq(s-ppmdState) {
		m.swap(s, s-ppmdState)
		s -= ppmdState
	}
	if f := m.freq(s); f < ppmdMostFreq-9 {
		m.setFreq(s, f+2)
		h.put16(c+2, m.summ(c)+2)
	}
	return s
}

// add adds a symbol to a context; false when there is no memory for it. n, others and freq
// are of the context that knows it.
func (m *ppmdModel) add(c, n, others, freq uint32, symbol byte, successor uint32) bool {
	h := m.heap
	have := m.stats(c)
	if have != 0 {
		if have&1 != 0 { // its list is full
			units := (have + 1) >> 1
			if i := h.sizeOf(units); i != h.sizeOf(units+1) {
				to := h.alloc(i + 1)
				if to == 0 {
					return false
				}
				from := h.u32(c + 4)
				h.copyUnits(to, from, units)
				h.insert(from, i)
				h.put32(c+4, to)
			}
		}
		h.put16(c+2, m.summ(c)+b2u(3*have+1 < n))
	} else {
		list := h.alloc(0)
		if list == 0 {
			return false
		}
		m.copyState(list, c+2)
		h.put32(c+4, list)
		f := m.freq(list)
		if f < ppmdMostFreq/4-1 {
			f <<= 1
		} else {
			f = ppmdMostFreq - 4
		}
		m.setFreq(list, f)
		h.put16(c+2, f+m.initEsc+b2u(n > 2))
	}
	sum := m.summ(c)
	cf, sf := 2*freq*(sum+6), others+sum
	if cf < 6*sf {
		cf = 1 + b2u(cf > sf) + b2u(cf >= 4*sf)
		h.put16(c+2, sum+4)
	} else {
		cf = 4 + b2u(cf > 9*sf) + b2u(cf > 12*sf) + b2u(cf > 15*sf)
		h.put16(c+2, sum+cf)
	}
	s := h.u32(c+4) + (have+1)*ppmdState
	m.setSuccessor(s, successor)
	h.m[s], h.m[s+1] = symbol, byte(cf)
	h.m[c+1] |= letterFlag(symbol)
	h.m[c] = byte(have + 1)
	return true
}

// createSuccessors makes the contexts that the symbol leads to; 0 without memory.
func (m *ppmdModel) createSuccessors(skip bool, s1, c uint32) uint32 {
	h := m.heap
	up, symbol := m.successor(m.found), m.symbol(m.found)
	var list [17]uint32
	n := 0
	if !skip {
		list[0], n = m.found, 1
	}
	for m.suffix(c) != 0 {
		c = m.suffix(c)
		s := s1
		switch {
		case s != 0:
			s1 = 0
		case m.stats(c) != 0:
			s = m.find(c, symbol)
			if f := m.freq(s); f < ppmdMostFreq-9 {
				m.setFreq(s, f+1)
				h.put16(c+2, m.summ(c)+1)
			}
		default:
			s = c + 2
			f := m.freq(s)
			m.setFreq(s, f+b2u(m.stats(m.suffix(c)) == 0 && f < 24))
		}
		if successor := m.successor(s); successor != up {
			c = successor
			if n == 0 {
				return c
			}
			break
		}
		list[n] = s
		n++
	}
	var one [ppmdState]byte
	one[0] = h.m[up]
	one[1] = m.freqBehind(c, one[0])
	up++
	one[2], one[3], one[4], one[5] = byte(up), byte(up>>8), byte(up>>16), byte(up>>24)
	flags := letterFlag(symbol)<<1 + letterFlag(one[0])
	for n--; n >= 0; n-- {
		child := h.allocContext()
		if child == 0 {
			return 0
		}
		h.m[child], h.m[child+1] = 0, flags
		m.putState(child+2, one)
		h.put32(child+8, c)
		m.setSuccessor(list[n], child)
		c = child
	}
	return c
}

// freqBehind is the frequency that a symbol begins with behind a context.
func (m *ppmdModel) freqBehind(c uint32, symbol byte) byte {
	if m.stats(c) == 0 {
		return byte(m.freq(c + 2))
	}
	cf := m.freq(m.find(c, symbol)) - 1
	s0 := m.summ(c) - m.stats(c) - cf
	switch {
	case 2*cf <= s0:
		return byte(1 + b2u(5*cf > s0))
	case s0 == 0:
		return ppmdMostFreq
	}
	return byte(1 + (cf+2*s0-3)/s0)
}

// reduceOrder makes the contexts that know the symbol lead to the text; 0 without memory.
func (m *ppmdModel) reduceOrder(s1, c uint32) uint32 {
	h := m.heap
	c1, up, symbol := c, h.text, m.symbol(m.found)
	m.setSuccessor(m.found, up)
	m.orderFall++
	s := uint32(0)
	for {
		if s1 != 0 {
			c = m.suffix(c)
			s, s1 = s1, 0
		} else {
			if m.suffix(c) == 0 {
				return c
			}
			c = m.suffix(c)
			if m.stats(c) != 0 {
				s = m.find(c, symbol)
				if f := m.freq(s); f < ppmdMostFreq-9 {
					m.setFreq(s, f+2)
					h.put16(c+2, m.summ(c)+2)
				}
			} else {
				s = c + 2
				f := m.freq(s)
				m.setFreq(s, f+b2u(f < 32))
			}
		}
		if m.successor(s) != 0 {
			break
		}
		m.setSuccessor(s, up)
		m.orderFall++
	}
	if m.successor(s) <= up {
		kept := m.found
		m.found = s
		m.setSuccessor(s, m.createSuccessors(false, 0, c))
		m.found = kept
	}
	if m.orderFall == 1 && c1 == m.max {
		m.setSuccessor(m.found, m.successor(s))
		h.text--
	}
	return m.successor(s)
}

// refresh halves the frequencies of a context, where scale is 1, and counts anew.
func (m *ppmdModel) refresh(ctx, units, scale uint32) {
	h, n := m.heap, m.stats(ctx)
	s := h.shrink(h.u32(ctx+4), units, (n+2)>>1)
	h.put32(ctx+4, s)
	flags := h.m[ctx+1]&byte(0x10+4*scale) + letterFlag(h.m[s])
	escape := m.summ(ctx) - m.freq(s)
	m.setFreq(s, (m.freq(s)+scale)>>scale)
	sum := m.freq(s)
	for range n {
		s += ppmdState
		escape -= m.freq(s)
		m.setFreq(s, (m.freq(s)+scale)>>scale)
		sum += m.freq(s)
		flags |= letterFlag(h.m[s])
	}
	h.put16(ctx+2, sum+(escape+scale)>>scale)
	h.m[ctx+1] = flags
}

// single makes a context of one symbol of one whose list holds no other any more.
func (m *ppmdModel) single(c, list uint32) {
	h := m.heap
	t := m.state(list)
	h.m[c+1] = h.m[c+1]&0x10 + letterFlag(t[0])
	t[1] = (t[1] + 11) >> 3
	m.putState(c+2, t)
}

// restore undoes the half-done update up to the context, and makes room.
func (m *ppmdModel) restore(c1 uint32) {
	h := m.heap
	if m.full = m.full || m.short; m.full {
		return // the packer's model would have gone on
	}
	h.text = ppmdBase
	c := m.max
	for ; c != c1; c = m.suffix(c) {
		if h.m[c]--; h.m[c] == 0 {
			list := h.u32(c + 4)
			m.single(c, list)
			h.freeUnit(list)
		} else {
			m.refresh(c, (m.stats(c)+3)>>1, 0)
		}
	}
	for ; c != m.min; c = m.suffix(c) {
		if m.stats(c) == 0 {
			f := m.freq(c + 2)
			m.setFreq(c+2, f-f>>1)
			continue
		}
		h.put16(c+2, m.summ(c)+4)
		if m.summ(c) > 128+4*m.stats(c) {
			m.refresh(c, (m.stats(c)+2)>>1, 1)
		}
	}
	if !m.cut || h.used() < h.size()>>1 {
		m.restart()
		return
	}
	for m.suffix(m.max) != 0 {
		m.max = m.suffix(m.max)
	}
	for more := true; more; more = h.used() > 3*(h.size()>>2) {
		m.cutOff(m.max, 0)
		h.expandText()
	}
	h.glue, m.orderFall = 0, m.order
}

// cutOff drops what is longer than the order and leads to text that is gone; 0 when
// nothing of the context is left.
func (m *ppmdModel) cutOff(ctx, order uint32) uint32 {
	h := m.heap
	shorten := func(s uint32) {
		if order < m.order {
			m.setSuccessor(s, m.cutOff(m.successor(s), order+1))
		} else {
			m.setSuccessor(s, 0)
		}
	}
	n := m.stats(ctx)
	if n == 0 {
		s := ctx + 2
		if m.successor(s) >= h.start {
			if shorten(s); m.successor(s) != 0 || order <= 9 {
				return ctx
			}
		}
		h.freeUnit(ctx)
		return 0
	}
	units := (n + 2) >> 1
	list := h.moveUp(h.u32(ctx+4), units)
	h.put32(ctx+4, list)
	left := int(n)
	for i := int(n); i >= 0; i-- {
		s := list + uint32(i)*ppmdState
		if m.successor(s) >= h.start {
			shorten(s)
			continue
		}
		m.setSuccessor(s, 0)
		m.swap(s, list+uint32(left)*ppmdState)
		left--
	}
	if left == int(n) || order == 0 {
		return ctx
	}
	switch {
	case left < 0:
		h.insert(list, h.sizeOf(units))
		h.freeUnit(ctx)
		return 0
	case left == 0:
		h.m[ctx] = 0
		m.single(ctx, list)
		h.insert(list, h.sizeOf(units))
	default:
		h.m[ctx] = byte(left)
		m.refresh(ctx, units, b2u(m.summ(ctx) > 16*uint32(left)))
	}
	return ctx
}
