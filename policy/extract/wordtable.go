package extract

import (
	"cmp"
	"slices"
	"sort"
	"strings"
)

// Properties of paragraphs (MS-DOC 2.6.2).
const (
	sprmInTable = 0x2416
	sprmRowEnd  = 0x2417
)

// wordPara is a stretch of the stream that is a paragraph in a table; rowEnd tells the
// mark behind a row's last cell.
type wordPara struct {
	start, end int
	rowEnd     bool
}

// tableParas are the paragraphs in tables (MS-DOC 2.8.6 PlcBtePapx, 2.9.174 PapxFkp).
// Broken lists give what was read of them.
//
// Not covered: tables in cells, whose text is their cell's.
func tableParas(main, table []byte) []wordPara {
	at, size := int(le32(main[0x102:])), int(le32(main[0x106:]))
	if at < 0 || size < 12 || at+size > len(table) {
		return nil
	}
	plc := table[at : at+size]
	n := (len(plc) - 4) / 8
	var out []wordPara
	for i := range n {
		from := int(le32(plc[4*(n+1)+4*i:])&0x3fffff) * wordPage
		if from+wordPage > len(main) {
			break
		}
		page := main[from : from+wordPage]
		paras := int(page[wordPage-1])
		if 4*(paras+1)+13*paras >= wordPage {
			break
		}
		for k := range paras {
			in, rowEnd := paraInTable(page, 2*int(page[4*(paras+1)+13*k]))
			p := wordPara{int(le32(page[4*k:])), int(le32(page[4*k+4:])), rowEnd}
			if in && p.start < p.end {
				out = append(out, p)
			}
		}
	}
	slices.SortFunc(out, func(a, b wordPara) int { return cmp.Compare(a.start, b.start) })
	return out
}

// paraInTable goes through the properties of a paragraph at an offset of its page.
func paraInTable(page []byte, off int) (in, rowEnd bool) {
	if off == 0 || off+2 >= wordPage {
		return false, false
	}
	size, at := 2*int(page[off])-1, off+1
	if page[off] == 0 {
		size, at = 2*int(page[off+1]), off+2
	}
	if size < 2 || at+size > wordPage {
		return false, false
	}
	for d := page[at+2 : at+size]; len(d) > 2; { // behind the style's number
		sprm, operand := le16(d), d[2:]
		n := [8]int{1, 1, 2, 4, 2, 2, 0, 3}[sprm>>13]
		switch {
		case n == 0 && sprm == 0xd608 && len(operand) > 1: // a table's columns
			n = 1 + int(le16(operand))
		case n == 0:
			n = 1 + int(operand[0])
		}
		if n > len(operand) {
			break
		}
		switch sprm {
		case sprmInTable:
			in = operand[0] == 1
		case sprmRowEnd:
			rowEnd = operand[0] == 1
		}
		d = operand[n:]
	}
	return in, rowEnd
}

// standing tells in which kind of paragraph an offset of the stream stands, and up to where
// that is so.
func (w *wordText) standing(from, end int) (p wordPara, in bool, until int) {
	i := sort.Search(len(w.paras), func(i int) bool { return w.paras[i].end > from })
	switch {
	case i == len(w.paras):
		return p, false, end
	case w.paras[i].start > from:
		return p, false, min(end, w.paras[i].start)
	}
	return w.paras[i], true, min(end, w.paras[i].end)
}

// inTable writes the text of a paragraph in a table: each mark of a cell ends one.
func (w *wordText) inTable(text string, rowEnd bool) {
	if rowEnd {
		w.b.endRow()
		w.last = 0
		return
	}
	for more := true; more && !w.b.full; {
		var cell string
		cell, text, more = strings.Cut(text, "\x07")
		if cell == "" && !more {
			return
		}
		w.openCell()
		w.add(cell)
		if more {
			w.b.endCell()
		}
	}
	w.last = 0
}

// openCell opens what is to be open around a cell's text.
func (w *wordText) openCell() {
	if w.b.table() == nil {
		w.b.beginNumbered("", false)
	}
	if !w.b.table().inRow {
		w.b.beginRow(0, false)
	}
	if !w.b.table().inCell {
		w.b.beginCell()
	}
}
