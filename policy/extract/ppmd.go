package extract

import (
	"bytes"
	"fmt"
	"io"
)

// ppmdMemory bounds the memory of one model. A stream may ask for 256 MiB; where it does
// and comes to need more than this, it is too large.
const ppmdMemory = 64 << 20

// ppmdReader undoes method 98 of zip (APPNOTE 5.10): PPMd of variant I, revision 1, with a
// range coder.
type ppmdReader struct {
	model *ppmdModel
	src   *bytes.Reader
	code  uint32
	low   uint32
	rng   uint32
	over  int // octets that were read behind the end
	err   error
}

// newPPMD opens a packed member; size is the unpacked size, -1 when unknown.
func newPPMD(raw []byte, size int64) (io.Reader, error) {
	if len(raw) < 6 {
		return nil, fmt.Errorf("open zip member: %w", errMalformed)
	}
	head := uint32(le16(raw))
	order, asked, method := head&15+1, (head>>4&0xff+1)<<20, head>>12
	if order < 2 || method > 1 {
		return nil, fmt.Errorf("open zip member: %w", errUnsupported)
	}
	// What a member needs grows with its size; a model larger than that is never filled.
	memory := min(asked, ppmdMemory)
	if size >= 0 {
		memory = uint32(min(int64(memory), 1<<20+size*64*int64(order+2)))
	}
	p := &ppmdReader{src: bytes.NewReader(raw[2:]), rng: 0xffffffff}
	p.model = newPPMDModel(order, memory, method == 1)
	p.model.short = memory < asked
	for range 4 {
		p.code = p.code<<8 | p.next()
	}
	return p, nil
}

// Read decodes symbol by symbol. Behind the end mark, and where the packed octets end, it
// ends.
func (p *ppmdReader) Read(b []byte) (n int, err error) {
	for n < len(b) && p.err == nil {
		symbol := p.symbol()
		switch {
		case symbol == ppmdEnd:
			p.err = io.EOF
		case symbol == ppmdBroken, p.over > 8:
			p.err = fmt.Errorf("unpack zip member: %w", errMalformed)
		case p.model.full:
			p.err = fmt.Errorf("unpack zip member: %w", errTooLarge)
		default:
			b[n] = byte(symbol)
			n++
		}
	}
	if n > 0 {
		return n, nil
	}
	return 0, p.err
}

func (p *ppmdReader) next() uint32 {
	c, err := p.src.ReadByte()
	if err != nil {
		p.over++
	}
	return uint32(c)
}

// threshold is the place of the code in a range of so many parts.
func (p *ppmdReader) threshold(total uint32) uint32 {
	if p.rng /= max(total, 1); p.rng == 0 {
		return 0xffffffff // no range has so many parts
	}
	return p.code / p.rng
}

func (p *ppmdReader) decode(start, size uint32) {
	start *= p.rng
	p.low += start
	p.code -= start
	p.rng *= size
	const top, bottom = 1 << 24, 1 << 15
	for {
		if p.low^(p.low+p.rng) >= top {
			if p.rng >= bottom {
				return
			}
			p.rng = -p.low & (bottom - 1)
		}
		p.code = p.code<<8 | p.next()
		p.rng <<= 8
		p.low <<= 8
	}
}

const (
	ppmdEnd    = -1
	ppmdBroken = -2
)

// symbol decodes one octet.
func (p *ppmdReader) symbol() int {
	m := p.model
	h := m.heap
	var masked [256]bool
	if n := m.stats(m.min); n != 0 {
		s := h.u32(m.min + 4)
		count, high := p.threshold(m.summ(m.min)), m.freq(s)
		if count < high {
			p.decode(0, high)
			m.found = s
			symbol := h.m[s]
			m.updateFirst()
			return int(symbol)
		}
		m.prevSuccess = 0
		for range n {
			s += ppmdState
			high += m.freq(s)
			if high > count {
				p.decode(high-m.freq(s), m.freq(s))
				m.found = s
				symbol := h.m[s]
				m.updateOther()
				return int(symbol)
			}
		}
		if count >= m.summ(m.min) {
			return ppmdBroken
		}
		p.decode(high, m.summ(m.min)-high)
		for range n + 1 {
			masked[h.m[s]] = true
			s -= ppmdState
		}
	} else {
		prob := m.binary()
		s := m.min + 2
		p.rng >>= 14
		mean := (uint32(*prob) + 1<<5) >> 7
		if p.code/p.rng < uint32(*prob) {
			p.decode(0, uint32(*prob))
			*prob += uint16(1<<7 - mean)
			m.found = s
			symbol := h.m[s]
			m.updateBinary()
			return int(symbol)
		}
		p.decode(uint32(*prob), 1<<14-uint32(*prob))
		*prob -= uint16(mean)
		m.initEsc = ppmdEscapes[*prob>>10]
		masked[h.m[s]] = true
		m.prevSuccess = 0
	}
	return p.escaped(&masked)
}

// escaped decodes a symbol in the shorter contexts.
func (p *ppmdReader) escaped(masked *[256]bool) int {
	m := p.model
	h := m.heap
	var rest [256]uint32
	for {
		before := m.stats(m.min)
		for {
			m.orderFall++
			suffix := h.u32(m.min + 8)
			if suffix == 0 {
				return ppmdEnd
			}
			m.min = suffix
			if m.stats(m.min) != before {
				break
			}
		}
		high, n := uint32(0), 0
		for s, end := h.u32(m.min+4), h.u32(m.min+4)+(m.stats(m.min)+1)*ppmdState; s < end; s += ppmdState {
			if !masked[h.m[s]] {
				high += m.freq(s)
				rest[n] = s
				n++
			}
		}
		see, escape := m.escapeFreq(before)
		sum := escape + high
		count := p.threshold(sum)
		if count < high {
			at := uint32(0)
			for _, s := range rest[:n] {
				if at += m.freq(s); at <= count {
					continue
				}
				p.decode(at-m.freq(s), m.freq(s))
				see.update()
				m.found = s
				symbol := h.m[s]
				m.updateEscaped()
				return int(symbol)
			}
		}
		if count >= sum {
			return ppmdBroken
		}
		p.decode(high, sum-high)
		see.summ += uint16(sum)
		for _, s := range rest[:n] {
			masked[h.m[s]] = true
		}
	}
}
