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

// tiffUnits are how many octets a value of each type takes (TIFF 6.0 section 2).
var tiffUnits = [...]uint64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// tiffFile finds out where a TIFF ends.
type tiffFile struct {
	data  []byte
	order binary.ByteOrder
	end   int
	// left is how many octets of directories and lists may still be gone through: each
	// stands in the file once, but in files that are made to keep readers busy.
	left int
}

// tiffEnd is behind the last directory, value and strip or tile (TIFF 6.0 section 2); 0 when
// one of these is not in the file.
func tiffEnd(d []byte, order binary.ByteOrder) int {
	if len(d) < 8 {
		return 0
	}
	t := tiffFile{data: d, order: order, end: 8, left: 2 * len(d)}
	for next, ok := uint64(order.Uint32(d[4:])), true; next != 0; {
		if next, ok = t.directory(next); !ok {
			return 0
		}
	}
	return t.end
}

// part is a part of the file that something in it points to; false when it is not there.
func (t *tiffFile) part(at, n uint64) ([]byte, bool) {
	if at > uint64(len(t.data)) || n > uint64(len(t.data))-at {
		return nil, false
	}
	t.end = max(t.end, int(at+n))
	return t.data[at : at+n], true
}

// directory goes through what a directory points to, and tells where the next one is.
func (t *tiffFile) directory(at uint64) (next uint64, ok bool) {
	count, ok := t.part(at, 2)
	if !ok {
		return 0, false
	}
	entries := 12 * uint64(t.order.Uint16(count))
	d, ok := t.part(at+2, entries+4)
	if t.left -= len(d); !ok || t.left < 0 {
		return 0, false
	}
	var starts, sizes tiffList
	for e := d[:entries]; len(e) > 0; e = e[12:] {
		unit, n := tiffUnits[min(len(tiffUnits)-1, int(t.order.Uint16(e[2:])))], uint64(t.order.Uint32(e[4:]))
		value := e[8:12]
		if unit*n > 4 {
			if value, ok = t.part(uint64(t.order.Uint32(value)), unit*n); !ok {
				return 0, false
			}
		}
		switch list := (tiffList{value[:min(unit*n, uint64(len(value)))], unit}); t.order.Uint16(e) {
		case 273, 324: // where strips and tiles are
			starts = list
		case 279, 325: // and how large
			sizes = list
		}
	}
	return uint64(t.order.Uint32(d[entries:])), t.strips(starts, sizes)
}

// tiffList are numbers of two or four octets.
type tiffList struct {
	data []byte
	unit uint64
}

// strips goes through the strips or tiles of a picture.
func (t *tiffFile) strips(starts, sizes tiffList) bool {
	if t.left -= len(starts.data) + len(sizes.data); t.left < 0 {
		return false
	}
	for len(starts.data) > 0 && len(sizes.data) > 0 {
		at, known := t.number(&starts)
		n, sized := t.number(&sizes)
		if !known || !sized {
			return false
		}
		if _, ok := t.part(at, n); !ok {
			return false
		}
	}
	return true
}

// number takes the first number off a list.
func (t *tiffFile) number(l *tiffList) (n uint64, ok bool) {
	if l.unit != 2 && l.unit != 4 || uint64(len(l.data)) < l.unit {
		return 0, false
	}
	if n = uint64(t.order.Uint16(l.data)); l.unit == 4 {
		n = uint64(t.order.Uint32(l.data))
	}
	l.data = l.data[l.unit:]
	return n, true
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
