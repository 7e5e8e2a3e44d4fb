package extract

import (
	"bytes"
	"fmt"
	"strings"
)

// isLZH takes LHA archives by the method name in their first header.
func isLZH(p *probe) string {
	return typeIf(lzhMagic(p.data), "application/x-lzh-compressed")
}

func lzhMagic(d []byte) bool {
	return len(d) > 24 && d[2] == '-' && d[3] == 'l' && (d[4] == 'h' || d[4] == 'z') && d[6] == '-' && d[20] <= 3
}

// lzhHeader is one member's header in any of the levels 0 to 3.
type lzhHeader struct {
	method       string
	packed, size int
	name         string
	body         int // where the packed data begins
	crc          uint16
}

// readLZH reads LHA archives.
//
// Not covered: the methods -lh2- and -lh3-, which no released program wrote, and
// PMarc's -pm1- and -pm2- of CP/M.
func readLZH(r *reading) error {
	var names nameList
	defer func() { r.listing(names) }()
	data := r.file.Data
	for len(data) > 0 && (data[0] != 0 || lzhMagic(data)) {
		h, err := lzhParse(data)
		if err != nil {
			return err
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		names.add(h.name)
		end := min(len(data), h.body+h.packed)
		raw := data[h.body:end]
		data = data[end:]
		if h.method == "-lhd-" {
			continue
		}
		out, err := r.lzhUnpack(h, raw)
		if err == nil && lzhChecksum(out) != h.crc {
			err = fmt.Errorf("open lzh member: %w", errMalformed)
		}
		if stop := r.memberRead(h.name, out, int64(h.size), err); stop != nil {
			return stop
		}
	}
	r.end = len(r.file.Data) - len(data)
	return nil
}

func lzhParse(d []byte) (lzhHeader, error) {
	broken := fmt.Errorf("read lzh header: %w", errMalformed)
	if !lzhMagic(d) {
		return lzhHeader{}, broken
	}
	h := lzhHeader{method: string(d[2:7]), packed: int(le32(d[7:])), size: int(le32(d[11:]))}
	var name []byte
	next := -1 // where the size of the first extension stands
	word := 2
	switch d[20] {
	case 0, 1:
		base := int(d[0]) + 2
		n := int(d[21])
		if base < 24+n || base > len(d) {
			return h, broken
		}
		name, h.crc = d[22:22+n], le16(d[22+n:])
		h.body = base
		if d[20] == 1 {
			next = base - 2
		}
	case 2:
		h.body, next, h.crc = int(le16(d)), 24, le16(d[21:])
		if d[23] == 'K' { // LHA for OS-9/68k leaves the size's own octets out of it
			h.body += 2
		}
	case 3:
		if len(d) < 32 {
			return h, broken
		}
		h.body, next, word, h.crc = int(le32(d[24:])), 28, 4, le16(d[21:])
	}
	dir, named, ok := lzhExtensions(d, next, word, &h)
	if !ok {
		return h, broken
	}
	if named != nil {
		name = named
	}
	if h.body <= 0 || h.body > len(d) || h.packed < 0 || h.size < 0 {
		return h, broken
	}
	full := append(bytes.ReplaceAll(dir, []byte{0xff}, []byte{'/'}), name...)
	h.name = strings.ReplaceAll(decodeLabel(full), `\`, "/")
	return h, nil
}

// lzhExtensions walks over the extended headers, whose sizes stand each in front
// of the next: the file's folder and name.
func lzhExtensions(d []byte, next, word int, h *lzhHeader) (dir, name []byte, ok bool) {
	for next >= 0 {
		if next+word > len(d) {
			return dir, name, false
		}
		n := int(le16(d[next:]))
		if word == 4 {
			n = int(le32(d[next:]))
		}
		at := next + word
		if n == 0 {
			break
		}
		if n < 1+word || at+n > len(d) {
			return dir, name, false
		}
		switch d[at] {
		case 1:
			name = d[at+1 : at+n-word]
		case 2:
			dir = d[at+1 : at+n-word]
		}
		if d[20] == 1 {
			h.body += n
			h.packed -= n
		}
		next = at + n - word
	}
	return dir, name, true
}

// lzhChecksum is CRC-16/ARC.
func lzhChecksum(data []byte) uint16 {
	var crc uint16
	for _, c := range data {
		crc = crc>>8 ^ lzhTable[byte(crc)^c]
	}
	return crc
}

var lzhTable = func() (t [256]uint16) {
	for i := range t {
		c := uint16(i)
		for range 8 {
			c = c>>1 ^ c&1*0xa001
		}
		t[i] = c
	}
	return t
}()

// lzhUnpack unpacks one member within the message's limits.
func (r *reading) lzhUnpack(h lzhHeader, raw []byte) ([]byte, error) {
	window, np, pbit := 0, 0, 0
	switch h.method {
	case "-lh0-", "-lz4-":
		return r.expand(bytes.NewReader(raw), int64(len(raw)))
	case "-lh1-":
		return r.expand(newLH1(raw, h.size), int64(len(raw)))
	case "-lh4-":
		window, np, pbit = 1<<12, 14, 4
	case "-lh5-":
		window, np, pbit = 1<<13, 14, 4
	case "-lh6-":
		window, np, pbit = 1<<15, 16, 5
	case "-lh7-":
		window, np, pbit = 1<<16, 17, 5
	case "-lhx-":
		window, np, pbit = 1<<19, 20, 5
	case "-lzs-":
		return r.expand(newLZS(raw, h.size), int64(len(raw)))
	case "-lz5-":
		return r.expand(newLZ5(raw, h.size), int64(len(raw)))
	default:
		return nil, fmt.Errorf("open lzh member: %w", errUnsupported)
	}
	d := &lzhDecoder{lzss: lzss{left: h.size, window: window}, in: bitReader{data: raw}, np: np, pbit: pbit}
	return r.expand(d, int64(len(raw)))
}
