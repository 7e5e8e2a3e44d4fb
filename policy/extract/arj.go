package extract

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

const arjMagic = "\x60\xea"

// isARJ takes archives by their first header, whose checksum must fit: the mark has
// two octets only.
func isARJ(p *probe) string {
	_, ok := arjAt(p.data, 0)
	return typeIf(ok, "application/x-arj")
}

// arjMember is one header and the octets behind it.
type arjMember struct {
	flags, method, kind, modifier byte
	size                          int
	sum                           uint32
	name, comment                 string
	raw                           []byte
	next                          int
}

// Flags and kinds of ARJ headers (ARJ 2.8 technical information).
const (
	arjGarbled = 1
	arjMain    = 2 // the archive's own header
	arjFolder  = 3
)

// arjAt reads the header at an offset; false at the end and for anything else.
func arjAt(d []byte, at int) (m arjMember, ok bool) {
	if at < 0 || at+4 > len(d) || string(d[at:at+2]) != arjMagic {
		return m, false
	}
	n := int(le16(d[at+2:]))
	if n < 30 || n > 2600 || at+4+n+6 > len(d) {
		return m, false
	}
	h := d[at+4 : at+4+n]
	if le32(d[at+4+n:]) != crc32.ChecksumIEEE(h) || int(h[0]) < 30 || int(h[0]) > n {
		return m, false
	}
	m = arjMember{flags: h[4], method: h[5], kind: h[6], modifier: h[7], size: int(le32(h[16:])), sum: le32(h[20:])}
	pos := int(h[0])
	name, _ := cString(h, &pos)
	comment, _ := cString(h, &pos)
	m.name, m.comment = decodeLabel([]byte(name)), decodeLabel([]byte(comment))
	m.next = at + 4 + n + 4
	for m.next+2 <= len(d) { // extended headers
		size := int(le16(d[m.next:]))
		m.next += 2
		if size == 0 {
			break
		}
		m.next += size + 4
	}
	if m.kind != arjMain {
		packed := int(le32(h[12:]))
		from := min(m.next, len(d))
		m.raw = d[from:min(len(d), from+packed)]
		m.next = from + packed
	}
	return m, true
}

// readARJ reads archives of all five methods, garbled ones with a known password.
//
// Not covered: GOST encryption, and further volumes.
func readARJ(r *reading) error {
	d := r.file.Data
	var names nameList
	var failure error
	locked, open := 0, 0
	for at := 0; ; {
		m, ok := arjAt(d, at)
		if !ok {
			if failure == nil && (at+4 > len(d) || string(d[at:at+2]) != arjMagic || le16(d[at+2:]) != 0) {
				failure = fmt.Errorf("read arj: %w", errMalformed)
			}
			r.end = at + 4
			break
		}
		at = m.next
		names.add(m.name, m.comment)
		if m.kind == arjMain || m.kind == arjFolder {
			continue
		}
		if failure = r.s.budget.entry(); failure != nil {
			break
		}
		if m.flags&arjGarbled != 0 {
			locked++
			r.arjLocked(m)
			continue
		}
		open++
		data, err := r.arjUnpack(m, m.raw)
		if failure = r.memberRead(m.name, data, int64(m.size), err); failure != nil {
			break
		}
	}
	r.members(locked, open)
	r.listing(names)
	return failure
}

// arjUnpack unpacks one member within the message's limits.
func (r *reading) arjUnpack(m arjMember, raw []byte) ([]byte, error) {
	switch m.method {
	case 0:
		return r.expand(bytes.NewReader(raw), int64(len(raw)))
	case 1, 2, 3: // LZH with a window of its own
		return r.expand(&lzhDecoder{lzss: lzss{left: m.size, window: 26 << 10}, in: bitReader{data: raw}, np: 17, pbit: 5}, int64(len(raw)))
	case 4:
		return r.expand(&arjFastest{lzss: lzss{left: m.size, window: 26 << 10}, in: bitReader{data: raw}}, int64(len(raw)))
	}
	return nil, fmt.Errorf("open arj member: %w", errUnsupported)
}

// arjLocked tries the passwords on a garbled member; the checksum tells.
func (r *reading) arjLocked(m arjMember) {
	for _, password := range r.passwords()[1:] {
		if password == "" {
			continue
		}
		raw := slices.Clone(m.raw)
		for i := range raw {
			raw[i] ^= password[i%len(password)] + m.modifier
		}
		if data, err := r.arjUnpack(m, raw); err == nil && crc32.ChecksumIEEE(data) == m.sum {
			r.child(File{Name: m.name, Data: data, Attachment: r.file.Attachment, Encrypted: true})
			return
		}
	}
	r.unread(m.name, int64(m.size), policy.Encrypted, nil)
}

// arjFastest unpacks method 4: lengths and places in a fixed code.
type arjFastest struct {
	lzss
	in bitReader
}

// Read hands out unpacked octets.
func (d *arjFastest) Read(p []byte) (int, error) { return d.read(p, d.fill) }

func (d *arjFastest) fill() error {
	for want := len(d.out) + 4096; len(d.out) < want && d.left > 0; {
		n := d.number(0, 7)
		if d.in.past() {
			return fmt.Errorf("unpack arj: %w", errMalformed)
		}
		if n == 0 {
			d.put(byte(d.in.bits(8)))
			continue
		}
		d.repeat(d.number(9, 13), n-1+3)
	}
	return nil
}

// number reads as many bits as the ones in front say, from least to most.
func (d *arjFastest) number(least, most int) int {
	base, width := 0, least
	for ; width < most && d.in.bits(1) == 1; width++ {
		base += 1 << width
	}
	return base + d.in.bits(width)
}
