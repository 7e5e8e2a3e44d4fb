package extract

import (
	"bytes"
	"encoding/binary"
)

// fewBytes is how much may stand behind a file's end without being told, when it
// is neither text nor a format that is known.
const fewBytes = 512

// behind reads what stands behind a file's own end, where its programs do not
// look and any other program does: text, or a file of its own. Padding is nothing.
//
// Not covered: formats whose files do not say where they end (EMF, Access, ...).
func (r *reading) behind(end int) {
	data := r.file.Data
	if end <= 0 || end >= len(data) || r.ended {
		return
	}
	r.ended = true
	rest := data[end:]
	if rest = bytes.TrimLeft(rest, "\x00\t\n\r\x1a "); len(bytes.TrimRight(rest, "\x00")) == 0 {
		return
	}
	if len(rest) <= fewBytes && !sensible(rest, r.s.formats) && !carriesData(sweepText(rest)) {
		return
	}
	if err := r.s.budget.entry(); err != nil {
		r.fail(err)
		return
	}
	r.child(File{Name: "trailing bytes", Data: rest, Attachment: r.file.Attachment})
}

// oleEnd is where a compound file ends: behind the last sector that its allocation
// table has in use (MS-CFB 2.3); 0 when the table has sectors beyond the header's
// list, as in files over 7 MB.
func oleEnd(d []byte) int {
	if len(d) < 512 || string(d[:8]) != oleMagic {
		return 0
	}
	shift, tables := uint(le16(d[30:])), int(le32(d[44:]))
	if shift != 9 && shift != 12 || tables > 109 {
		return 0
	}
	last := -1
	for i := range tables {
		at := (int(le32(d[76+4*i:])) + 1) << shift
		if at < 0 || at+1<<shift > len(d) {
			return 0
		}
		for k := range 1 << shift / 4 {
			if le32(d[at+4*k:]) != 0xffffffff {
				last = i<<shift/4 + k
			}
		}
	}
	return (last + 2) << shift
}

// rarEnd is where a RAR archive ends: behind its end block, or the last block; 0
// when its headers are encrypted.
func rarEnd(d []byte) int {
	if bytes.HasPrefix(d, []byte("Rar!\x1a\x07\x01\x00")) {
		return rar5End(d)
	}
	for at := 7; at+7 <= len(d); {
		kind, flags, size := d[at+2], le16(d[at+3:]), int(le16(d[at+5:]))
		if size < 7 || kind == 0x73 && flags&0x80 != 0 {
			return 0
		}
		if kind != 0x73 && flags&0x8000 != 0 && at+11 <= len(d) {
			size += int(le32(d[at+7:]))
			if (kind == 0x74 || kind == 0x7a) && flags&0x100 != 0 && at+36 <= len(d) {
				size += int(le32(d[at+32:])) << 32
			}
		}
		if at += size; kind == 0x7b {
			return at
		}
	}
	return len(d)
}

func rar5End(d []byte) int {
	for at := 8; at+7 <= len(d); {
		pos := at + 4
		number := func() int {
			v, n := binary.Uvarint(d[min(pos, len(d)):])
			pos += max(n, 1)
			return int(v & (1<<62 - 1))
		}
		size := number()
		next := pos + size
		kind, flags := number(), number()
		if flags&1 != 0 {
			number()
		}
		if flags&2 != 0 {
			next += number()
		}
		if kind == 4 || size <= 0 || next <= at {
			return 0
		}
		if at = next; kind == 5 {
			return at
		}
	}
	return len(d)
}

// sevenEnd is where a 7z archive ends: behind its header, which stands last.
func sevenEnd(d []byte) int {
	if len(d) < 32 {
		return 0
	}
	end := 32 + binary.LittleEndian.Uint64(d[12:]) + binary.LittleEndian.Uint64(d[20:])
	return int(min(end, uint64(len(d))))
}

// pdfEnd is where a document ends: behind the last mark of an end.
func pdfEnd(d []byte) int {
	const mark = "%%EOF"
	if at := bytes.LastIndex(d, []byte(mark)); at >= 0 {
		return at + len(mark)
	}
	return 0
}
