package extract

import (
	"bytes"
	"encoding/binary"
	"regexp"
)

// fewBytes is how much may stand behind a file's end without being told, when it
// is neither text nor a format that is known.
const fewBytes = 512

// behind reads what stands behind a file's own end, where its programs do not
// look and any other program does: text, or a file of its own. What is neither leaves
// its problem. Padding is nothing. It is done here for every format whose reader
// says where the file ends (reading.end).
//
// Not covered: formats whose files do not say where they end (brotli, compress, PostScript,
// Access, encryption programs other than OpenPGP and CMS, RAR with encrypted names, ...).
func (r *reading) behind(end int) {
	data := r.file.Data
	if end <= 0 || end >= len(data) || r.ended {
		return
	}
	r.ended = true
	r.loose("trailing bytes", data[end:])
}

// loose reads octets that the file's format has no use for, where they are more than
// padding or a few.
func (r *reading) loose(name string, rest []byte) {
	if rest = bytes.TrimLeft(rest, "\x00\t\n\r\x1a "); len(bytes.TrimRight(rest, "\x00")) == 0 || bytes.Count(rest, rest[:1]) == len(rest) {
		return
	}
	if len(rest) <= fewBytes && !sensible(rest, r.s.formats) && !carriesData(sweepText(rest)) {
		return
	}
	if err := r.s.budget.entry(); err != nil {
		r.fail(err)
		return
	}
	r.child(File{Name: name, Data: rest, Attachment: r.file.Attachment, Hidden: name == "bytes between members"})
}

// oleEnd is where a compound file ends (MS-CFB 2): behind the last sector that any of its
// chains goes through. Some programs fill the allocation table up with what is not there.
func oleEnd(d []byte) int {
	if len(d) < 512 || string(d[:8]) != oleMagic {
		return 0
	}
	shift := uint(le16(d[30:]))
	if shift != 9 && shift != 12 {
		return 0
	}
	o := oleSectors{data: d, shift: shift, left: len(d)>>shift + 1}
	for i := range 109 {
		o.table(le32(d[76+4*i:]))
	}
	per := 1<<shift/4 - 1
	for at, left := le32(d[68:]), min(le32(d[72:]), uint32(o.left/per+1)); left > 0 && o.sector(at) != nil; left-- {
		list := o.sector(at)
		o.use(at)
		for i := range per {
			o.table(le32(list[4*i:]))
		}
		at = le32(list[4*per:])
	}
	o.chain(le32(d[60:]), nil) // of the small streams' sectors
	mini := le32(d[56:])
	o.chain(le32(d[48:]), func(folder []byte) {
		for ; len(folder) >= 128; folder = folder[128:] {
			if kind, size := folder[66], le32(folder[120:]); kind == 5 || kind == 2 && size >= mini {
				o.starts = append(o.starts, le32(folder[116:]))
			}
		}
	})
	for _, at := range o.starts {
		o.chain(at, nil)
	}
	return o.end
}

// oleSectors are the sectors of a compound file.
type oleSectors struct {
	data   []byte
	shift  uint
	tables []uint32 // where the sectors of the allocation table are
	starts []uint32 // of the large streams
	end    int
	left   int // how many sectors may still be walked over: chains may be rings
}

// sector is a sector's octets, the last one as far as it goes filled up; nil when it is not there.
func (o *oleSectors) sector(n uint32) []byte {
	at := (int(n) + 1) << o.shift
	if n > 0xfffffffa || at >= len(o.data) {
		return nil
	}
	if s := o.data[at:min(len(o.data), at+1<<o.shift)]; len(s) == 1<<o.shift {
		return s
	}
	return append(bytes.Clone(o.data[at:]), make([]byte, at+1<<o.shift-len(o.data))...)
}

func (o *oleSectors) use(n uint32) { o.end = max(o.end, (int(n)+2)<<o.shift) }

func (o *oleSectors) table(n uint32) {
	if o.sector(n) != nil {
		o.tables = append(o.tables, n)
		o.use(n)
	}
}

// chain goes through the sectors of a stream.
func (o *oleSectors) chain(n uint32, each func([]byte)) {
	for o.left >= 0 && o.sector(n) != nil {
		o.left--
		o.use(n)
		if each != nil {
			each(o.sector(n))
		}
		per := uint32(1) << o.shift / 4
		if int(n/per) >= len(o.tables) {
			return
		}
		n = le32(o.sector(o.tables[n/per])[n%per*4:])
	}
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

// pdfEnd is where a document ends: behind the last mark of an end, or in front of another
// document that stands behind the first one's.
func pdfEnd(d []byte) int {
	const mark = "%%EOF"
	if at := pdfBehind.FindIndex(d); at != nil {
		return at[0] + len(mark)
	}
	if at := bytes.LastIndex(d, []byte(mark)); at >= 0 {
		return at + len(mark)
	}
	return 0
}

var pdfBehind = regexp.MustCompile(`%%EOF\s*%PDF-1`)
