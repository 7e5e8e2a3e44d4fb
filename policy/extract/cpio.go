package extract

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strconv"
)

// isCPIO takes the archives of cpio: new ASCII with and without a checksum, old ASCII,
// and binary of either byte order.
func isCPIO(p *probe) string {
	const typ = "application/x-cpio"
	switch {
	case p.at(0, "070701"), p.at(0, "070702"), p.at(0, "070707"):
		_, err := nextCPIO(p.data)
		return typeIf(err == nil, typ)
	case p.at(0, "\xc7\x71"), p.at(0, "\x71\xc7"):
		m, err := nextCPIO(p.data)
		return typeIf(err == nil && m.mode&0o170000 != 0, typ) // two octets are little
	}
	return ""
}

// cpioMember is one file of an archive; next is where the one behind it begins.
type cpioMember struct {
	name string
	mode int64
	data []byte
	next int
}

// nextCPIO reads the member that data begins with.
func nextCPIO(data []byte) (m cpioMember, err error) {
	var head, name, size int
	pad := 1
	switch {
	case len(data) < 26:
		return m, fmt.Errorf("read cpio: %w", errMalformed)
	case data[0] != '0':
		var order binary.ByteOrder = binary.LittleEndian
		if data[0] == 0x71 {
			order = binary.BigEndian
		}
		head, pad, m.mode = 26, 2, int64(order.Uint16(data[6:]))
		name, size = int(order.Uint16(data[20:])), int(order.Uint16(data[22:]))<<16|int(order.Uint16(data[24:]))
	case bytes.HasPrefix(data, []byte("070707")):
		head = 76
		f := digits(data, 8, 18, 24, 59, 65, 76)
		m.mode, name, size = f[0], int(f[2]), int(f[3])
	default:
		head, pad = 110, 4
		f := digits(data, 16, 14, 22, 54, 62, 94, 102)
		m.mode, size, name = f[0], int(f[2]), int(f[4])
	}
	up := func(n int) int { return (n + pad - 1) / pad * pad }
	start := up(head + name)
	if name < 1 || size < 0 || head+name > len(data) || start > len(data) || size > len(data)-start {
		return m, fmt.Errorf("read cpio: %w", errMalformed)
	}
	m.name = decodeLabel(bytes.TrimRight(data[head:head+name], "\x00"))
	m.data, m.next = data[start:start+size], min(len(data), up(start+size))
	return m, nil
}

// digits are the numbers between the cuts, -1 for what is none.
func digits(data []byte, base int, cuts ...int) []int64 {
	out := make([]int64, len(cuts)-1)
	for i := range out {
		out[i] = -1
		if cuts[i+1] <= len(data) {
			if n, err := strconv.ParseInt(string(data[cuts[i]:cuts[i+1]]), base, 33); err == nil {
				out[i] = n
			}
		}
	}
	return out
}

// readCPIO reads every regular file of an archive; where a link leads to counts as a name.
//
// Not covered: checksums.
func readCPIO(r *reading) error {
	var names nameList
	defer func() { r.listing(names) }()
	d := r.file.Data
	for at := 0; at < len(d); {
		m, err := nextCPIO(d[at:])
		if err != nil {
			return err
		}
		at += m.next
		if m.name == "TRAILER!!!" {
			r.end = at
			return nil
		}
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		names.add(m.name)
		switch m.mode & 0o170000 {
		case 0o120000:
			names.add(decodeLabel(m.data))
			continue
		case 0o100000, 0:
		default:
			if len(m.data) == 0 {
				continue
			}
		}
		data, err := r.expand(bytes.NewReader(m.data), int64(len(m.data)))
		if stop := r.memberRead(m.name, data, int64(len(m.data)), err); stop != nil {
			return stop
		}
	}
	return fmt.Errorf("read cpio: %w", errMalformed) // no end
}
