package extract

import (
	"bytes"
	"encoding/binary"
)

func tiffOrder(d []byte) binary.ByteOrder {
	switch {
	case bytes.HasPrefix(d, []byte("II*\x00")):
		return binary.LittleEndian
	case bytes.HasPrefix(d, []byte("MM\x00*")):
		return binary.BigEndian
	}
	return nil
}

// tiffEnd is behind the last directory, value and strip or tile (TIFF 6.0 section 2); 0 when
// one of these is not in the file.
func tiffEnd(d []byte, order binary.ByteOrder) int {
	end := 8
	put := func(at, n uint64) bool { // the octets are there
		if at > uint64(len(d)) || n > uint64(len(d))-at {
			return false
		}
		end = max(end, int(at+n))
		return true
	}
	if len(d) < 8 {
		return 0
	}
	next := uint64(order.Uint32(d[4:]))
	for range 1000 {
		if next == 0 {
			return end
		}
		if !put(next, 2) {
			return 0
		}
		n := uint64(order.Uint16(d[next:]))
		if !put(next, 2+12*n+4) {
			return 0
		}
		var starts, sizes []uint64
		for e := d[next+2 : next+2+12*n]; len(e) > 0; e = e[12:] {
			tag, unit, count := order.Uint16(e), uint64([]int{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}[min(13, order.Uint16(e[2:]))]), uint64(order.Uint32(e[4:]))
			value := e[8:12]
			if unit*count > 4 {
				at := uint64(order.Uint32(value))
				if !put(at, unit*count) {
					return 0
				}
				value = d[at : at+unit*count]
			}
			switch tag {
			case 273, 324, 279, 325: // where strips and tiles are, and how large
				var list []uint64
				for ; len(value) >= int(unit) && uint64(len(list)) < count; value = value[unit:] {
					if unit == 2 {
						list = append(list, uint64(order.Uint16(value)))
					} else if unit == 4 {
						list = append(list, uint64(order.Uint32(value)))
					} else {
						return 0
					}
				}
				if tag == 273 || tag == 324 {
					starts = list
				} else {
					sizes = list
				}
			}
		}
		for i := range min(len(starts), len(sizes)) {
			if !put(starts[i], sizes[i]) {
				return 0
			}
		}
		next = uint64(order.Uint32(d[next+2+12*n:]))
	}
	return 0
}

// gifEnd is behind the trailer (GIF89a 27); 0 without one.
func gifEnd(d []byte) int {
	table := func(flags byte) int { return int(flags>>7) * 3 << (flags&7 + 1) }
	if len(d) < 13 {
		return 0
	}
	for at := 13 + table(d[10]); at < len(d); {
		switch d[at] {
		case 0x3b:
			return at + 1
		case 0x21:
			at += 2
		case 0x2c:
			if at+10 > len(d) {
				return 0
			}
			at += 11 + table(d[at+9])
		default:
			return 0
		}
		for at < len(d) && d[at] != 0 {
			at += 1 + int(d[at])
		}
		at++
	}
	return 0
}

// pictureEnd is where a PNG or JPEG ends; 0 when that is not known.
func pictureEnd(d []byte) int {
	r := &reading{}
	switch {
	case bytes.HasPrefix(d, []byte("\x89PNG")):
		return min(len(d), bytes.Index(d, []byte("IEND"))+8)
	case bytes.HasPrefix(d, []byte("\xff\xd8")):
		jpegNotes(r, d)
	}
	return r.end
}
