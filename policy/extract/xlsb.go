package extract

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// Records of the binary workbook (MS-XLSB 2.3).
const (
	brtRowHdr      = 0
	brtCellBlank   = 1
	brtCellRk      = 2
	brtCellBool    = 4
	brtCellReal    = 5
	brtCellSt      = 6
	brtCellIsst    = 7
	brtFmlaString  = 8
	brtFmlaNum     = 9
	brtFmlaBool    = 10
	brtShortRk     = 13
	brtShortReal   = 16
	brtShortSt     = 17
	brtShortIsst   = 18
	brtSSTItem     = 19
	brtFmt         = 44
	brtXF          = 47
	brtColInfo     = 60
	brtCellRString = 62
	brtWbProp      = 153
	brtBundleSh    = 156
	brtCellXFs     = 617
	brtCellXFsEnd  = 618
	brtCommentText = 637
)

// maxBiff12 bounds one record that is read; longer ones are skipped.
const maxBiff12 = 1 << 20

// biff12 reads records one by one from a stream.
type biff12 struct {
	in   *bufio.Reader
	typ  int
	data []byte
	err  error
}

// next moves to the next record; false at the end, with err when it came early.
func (b *biff12) next() bool {
	typ, err := b.number(2)
	if err != nil {
		if !errors.Is(err, io.EOF) {
			b.err = err
		}
		return false
	}
	size, err := b.number(4)
	if err == nil && size > maxBiff12 {
		_, err = b.in.Discard(size)
		size = 0
	}
	b.typ, b.data = typ, slices.Grow(b.data[:0], size)[:size]
	if err == nil {
		_, err = io.ReadFull(b.in, b.data)
	}
	if err != nil {
		b.err = errors.Join(errMalformed, err)
		return false
	}
	return true
}

// number reads a number of 7 bits an octet; types keep the upper bit of their
// first octet out as well (2.1.4).
func (b *biff12) number(octets int) (int, error) {
	n := 0
	for i := range octets {
		c, err := b.in.ReadByte()
		if err != nil {
			if i > 0 {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		n |= int(c&0x7f) << (7 * i)
		if c < 0x80 {
			break
		}
	}
	return n, nil
}

// wide reads a string with its length in front (2.5.168) at the offset, and where
// it ends.
func (b *biff12) wide(at int) (string, int) {
	if at+4 > len(b.data) {
		return "", at
	}
	n := int(le32(b.data[at:]))
	if n == 0xffffffff || n > (len(b.data)-at-4)/2 {
		return "", at + 4
	}
	return charset.UTF16(b.data[at+4:at+4+2*n], false), at + 4 + 2*n
}

func (b *biff12) u32(at int) int {
	if at+4 > len(b.data) {
		return 0
	}
	return int(le32(b.data[at:]))
}

// records runs over the records of a member.
func (o *officeReader) records(f *zip.File, each func(*biff12)) {
	if f == nil {
		return
	}
	o.done[f] = true
	src, err := o.r.openMember(o.z, f)
	if err != nil {
		o.fail(err)
		return
	}
	defer src.Close()
	b := &biff12{in: bufio.NewReaderSize(src, 64<<10)}
	for b.next() && !o.b.full {
		each(b)
	}
	if b.err != nil {
		o.fail(b.err)
	}
}

// binaryWorkbook writes the sheets of an .xlsb package as workbook does those of
// an .xlsx one.
//
// Not covered: pivot caches and what else is no cell, other than by the sweep.
func (o *officeReader) binaryWorkbook() {
	targets := o.sheetTargets("xl/_rels/workbook.bin.rels")
	book := xlsxBook{o: o, strings: &stringTable{left: o.r.s.x.Limits.TextBytes}}
	full := false
	o.records(o.z.find("xl/sharedStrings.bin"), func(b *biff12) {
		if b.typ != brtSSTItem || full {
			return
		}
		s, _ := b.wide(1)
		book.strings.text.WriteString(s)
		if full = !book.strings.end(); full {
			o.fail(errTooLarge)
		}
	})
	book.styles = o.binaryStyles()
	o.records(o.z.find("xl/workbook.bin"), func(b *biff12) {
		switch b.typ {
		case brtWbProp:
			book.date1904 = b.u32(0)&1 != 0
		case brtBundleSh:
			id, at := b.wide(8)
			name, _ := b.wide(at)
			if f := o.z.find(targets[id]); f != nil && !o.done[f] {
				book.binarySheet(f, name, b.u32(0) != 0)
			}
		default:
			o.aside(b.data)
		}
	})
	for _, f := range o.z.members {
		if o.done[f] || !strings.HasPrefix(f.Name, "xl/") || path.Ext(f.Name) != ".bin" || strings.Contains(f.Name, "vbaProject") ||
			strings.Contains(f.Name, "embeddings/") || strings.Contains(f.Name, "printerSettings") {
			continue
		}
		o.records(f, func(b *biff12) {
			if b.typ == brtCommentText {
				s, _ := b.wide(1)
				o.b.note(s)
			} else {
				o.aside(b.data)
			}
		})
	}
}

// aside keeps the texts of a record that shows in no cell.
func (o *officeReader) aside(data []byte) {
	if s := sweepText(data); carriesData(s) {
		o.b.note(s)
	}
}

func (o *officeReader) binaryStyles() []numberStyle {
	var out []numberStyle
	custom := map[int]string{}
	inCells := false
	o.records(o.z.find("xl/styles.bin"), func(b *biff12) {
		switch {
		case b.typ == brtFmt && len(b.data) >= 2:
			custom[int(le16(b.data))], _ = b.wide(2)
		case b.typ == brtCellXFs, b.typ == brtCellXFsEnd:
			inCells = b.typ == brtCellXFs
		case b.typ == brtXF && inCells && len(b.data) >= 4:
			id := int(le16(b.data[2:]))
			out = append(out, styleOf(id, custom[id]))
		}
	})
	return out
}

func (k *xlsxBook) binarySheet(f *zip.File, name string, hidden bool) {
	s := &xlsxSheet{book: k, b: k.o.b, hidden: hidden}
	s.begin(name)
	k.o.records(f, func(b *biff12) {
		switch {
		case b.typ == brtRowHdr && len(b.data) >= 12:
			s.beginRow(b.u32(0)+1, b.data[11]&0x10 != 0)
		case b.typ == brtColInfo && len(b.data) >= 18:
			if b.data[16]&1 != 0 {
				s.cols = append(s.cols, colRange{b.u32(0) + 1, b.u32(4) + 1})
			}
		case len(b.data) > 8 || b.typ >= brtShortRk && b.typ <= brtShortIsst:
			s.binaryCell(b)
			switch {
			case b.typ >= brtShortRk && b.typ <= brtShortIsst:
			case b.typ < brtCellBlank || b.typ > brtFmlaNum:
				k.o.aside(b.data)
			case b.typ == brtFmlaNum && len(b.data) > 16: // a text in its formula
				k.o.aside(b.data[16:])
			}
		}
	})
	s.finish()
}

// binaryCell hands one cell on in the form of an .xlsx cell.
func (s *xlsxSheet) binaryCell(b *biff12) {
	kind, value := "n", ""
	if typ := longCell(b.typ); typ != b.typ {
		if len(b.data) < 8 {
			return
		}
		b.typ = typ
		b.data = slices.Insert(b.data, 0, 0, 0, 0, 0)
		binary.LittleEndian.PutUint32(b.data, uint32(s.at))
	}
	switch b.typ {
	case brtCellRk:
		value = floatText(rkValue(uint32(b.u32(8))))
	case brtCellReal, brtFmlaNum:
		if len(b.data) < 16 {
			return
		}
		value = floatText(math.Float64frombits(binary.LittleEndian.Uint64(b.data[8:])))
	case brtCellSt, brtFmlaString:
		kind = "str"
		value, _ = b.wide(8)
	case brtCellRString:
		kind = "str"
		value, _ = b.wide(9)
	case brtCellIsst:
		kind, value = "s", strconv.Itoa(b.u32(8))
	case brtCellBool, brtFmlaBool:
		kind, value = "b", strconv.Itoa(int(b.data[8]))
	default:
		return
	}
	col := b.u32(0) + 1
	if col <= s.at || col > 1<<14 {
		col = s.at + 1
	}
	s.cell = xlsxCell{kind: kind, style: b.u32(4) & 0xffffff, col: col, open: true}
	s.cell.value.WriteString(value)
	s.endCell()
}

// longCell is the type of the record that says the same as a short one, which leaves out
// its column: the one behind the cell before it.
func longCell(typ int) int {
	switch typ {
	case brtShortRk:
		return brtCellRk
	case brtShortReal:
		return brtCellReal
	case brtShortSt:
		return brtCellSt
	case brtShortIsst:
		return brtCellIsst
	}
	return typ
}

// floatText is a number with all its digits and no exponent, "" for none.
func floatText(v float64) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
