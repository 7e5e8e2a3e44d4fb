package extract

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

func isXLS(p *probe) string {
	return typeIf(p.ole().has("Workbook") || p.ole().has("Book"), "application/vnd.ms-excel")
}

// readXLS reads the sheets of a BIFF5 or BIFF8 workbook (MS-XLS) as tables, and
// sweeps the other streams.
//
// Not covered: pivot caches other than by the sweep, and books that XOR obfuscation hides, which
// count as encrypted.
func readXLS(r *reading) error {
	o := r.probe.ole()
	f := o.stream("Workbook")
	if f == nil {
		f = o.stream("Book")
	}
	data, err := r.stream(f)
	if err != nil {
		return err
	}
	if err := r.biff(data); err != nil {
		return err
	}
	return r.embedded(o, func(name string) bool { return name == "Workbook" || name == "Book" })
}

// BIFF record types (MS-XLS 2.3).
const (
	biffFormula = 0x06
	biffEOF     = 0x0a
	biffHeader  = 0x14
	biffFooter  = 0x15
	biffName    = 0x18
	biffNote    = 0x1c
	biffDate    = 0x22
	biffExtName = 0x23
	biffPass    = 0x2f
	biffCont    = 0x3c
	biffPage    = 0x42
	biffCached  = 0x5a
	biffColInfo = 0x7d
	biffSheet   = 0x85
	biffMulRK   = 0xbd
	biffRString = 0xd6
	biffXF      = 0xe0
	biffSST     = 0xfc
	biffLabelS  = 0xfd
	biffSupBook = 0x1ae
	biffRule    = 0x1b1
	biffTXO     = 0x1b6
	biffHLink   = 0x1b8
	biffValid   = 0x1be
	biffNumber  = 0x203
	biffLabel   = 0x204
	biffString  = 0x207
	biffRow     = 0x208
	biffRK      = 0x27e
	biffFormat  = 0x41e
	biffBOF     = 0x809
	biffSeries  = 0x100d
)

// biffRecord is one record; more holds the CONTINUE records behind it.
type biffRecord struct {
	id   uint16
	data []byte
	more [][]byte
	next int
}

// biffAt reads the record at an offset; false at the end or in broken data.
func biffAt(data []byte, at int) (biffRecord, bool) {
	rec, ok := biffOne(data, at)
	if !ok {
		return rec, false
	}
	for {
		c, ok := biffOne(data, rec.next)
		if !ok || c.id != biffCont {
			return rec, true
		}
		rec.more = append(rec.more, c.data)
		rec.next = c.next
	}
}

func biffOne(data []byte, at int) (biffRecord, bool) {
	if at < 0 || at+4 > len(data) {
		return biffRecord{}, false
	}
	n := int(le16(data[at+2:]))
	end := min(at+4+n, len(data))
	return biffRecord{id: le16(data[at:]), data: data[at+4 : end], next: end}, true
}

// biffBook is what the sheets of one workbook share.
type biffBook struct {
	r        *reading
	data     []byte
	open     bool // data was decrypted
	wide     bool // BIFF8: strings carry their own width
	codepage string
	sheets   []biffSheetRef
	strings  []string
	formats  map[int]string
	styles   []numberStyle
	date1904 bool
	notes    []string // what no cell shows
}

type biffSheetRef struct {
	at     int
	name   string
	hidden bool
}

// biff reads one workbook stream.
func (r *reading) biff(data []byte) error {
	k := &biffBook{r: r, data: data, formats: map[int]string{}}
	first, ok := biffOne(data, 0)
	if !ok || first.id != biffBOF {
		return fmt.Errorf("read workbook: %w", errMalformed)
	}
	k.wide = le16(first.data) >= 0x600
	for at := 0; ; {
		rec, ok := biffAt(data, at)
		if !ok || rec.id == biffEOF {
			break
		}
		if rec.id == biffPass && !k.open {
			plain, known := r.openWorkbook(data, rec.data)
			if known || plain == nil {
				r.encrypted(policy.Encrypted)
			}
			if plain == nil {
				return nil
			}
			r.file.Encrypted = r.file.Encrypted || known
			k.data, k.open, data = plain, true, plain
		}
		k.global(rec)
		at = rec.next
	}
	b := newBuilder(r)
	done := map[int]bool{}
	for _, s := range k.sheets {
		if err := r.ctx.Err(); err != nil {
			r.fail(err)
			break
		}
		if !done[s.at] { // two names for one sheet
			done[s.at] = true
			k.sheet(b, s)
		}
	}
	for _, n := range k.notes {
		b.note(n)
	}
	return b.finish()
}

// openWorkbook tries the passwords; known tells that it was not the default one.
func (r *reading) openWorkbook(data, pass []byte) (plain []byte, known bool) {
	for i, password := range r.passwords() {
		if plain, err := biffDecrypt(data, pass, password); err == nil {
			return plain, i > 0
		}
	}
	return nil, false
}

func (k *biffBook) global(rec biffRecord) {
	d := rec.data
	switch {
	case rec.id == biffPage && len(d) >= 2:
		if le16(d) == 932 {
			k.codepage = "shift_jis"
		}
	case rec.id == biffDate && len(d) >= 2:
		k.date1904 = le16(d) == 1
	case rec.id == biffSheet && len(d) >= 8:
		name := ""
		if k.wide {
			name = biffChars(d[8:], int(d[6]), d[7]&1 != 0)
		} else {
			name = k.narrow(d[7:min(len(d), 7+int(d[6]))])
		}
		k.sheets = append(k.sheets, biffSheetRef{at: int(le32(d)), name: name, hidden: d[4]&3 != 0})
	case rec.id == biffSST && len(d) >= 8:
		k.strings = readSST(rec)
	case rec.id == biffFormat && len(d) >= 5 && k.wide:
		code := biffChars(d[5:], int(le16(d[2:])), d[4]&1 != 0)
		if k.formats[int(le16(d))] = code; holdsNumber(code) {
			k.notes = append(k.notes, code)
		}
	case rec.id == biffXF && len(d) >= 4:
		id := int(le16(d[2:]))
		k.styles = append(k.styles, styleOf(id, k.formats[id]))
	default:
		k.aside(rec)
	}
}

// aside keeps the texts of records that show in no cell: names, rules for input and
// looks, notes' authors, charts' labels, and what was copied from other books.
func (k *biffBook) aside(rec biffRecord) {
	switch rec.id {
	case biffName, biffNote, biffExtName, biffCached, biffSupBook, biffRule, biffValid, biffSeries:
		if s := sweepText(rec.data); carriesData(s) {
			k.notes = append(k.notes, s)
		}
	}
}

// literals joins the texts in a formula (MS-XLS 2.5.198.89 PtgStr).
func (k *biffBook) literals(d []byte) {
	const ptgStr = 0x17
	var all strings.Builder
	for i := 0; i+3 < len(d); i++ {
		n, wide := int(d[i+1]), d[i+2]&1 != 0
		if size := n << (d[i+2] & 1); d[i] == ptgStr && d[i+2] <= 1 && n > 0 && i+3+size <= len(d) {
			all.WriteString(biffChars(d[i+3:], n, wide))
			i += 2 + size
		}
	}
	if s := all.String(); carriesData(s) {
		k.notes = append(k.notes, s)
	}
}

// narrow decodes a string of BIFF5.
func (k *biffBook) narrow(raw []byte) string {
	if k.codepage != "" {
		return charset.As(raw, k.codepage).Text
	}
	return decodeLabel(raw)
}

// biffChars decodes n characters of one or two octets each.
func biffChars(d []byte, n int, wide bool) string {
	if wide {
		return charset.UTF16(d[:min(len(d), 2*n)&^1], false)
	}
	var b strings.Builder
	for _, c := range d[:min(len(d), n)] {
		b.WriteRune(rune(c))
	}
	return b.String()
}

// text is an XLUnicodeString, or a counted string of BIFF5.
func (k *biffBook) text(d []byte) string {
	if len(d) < 3 {
		return ""
	}
	n := int(le16(d))
	if !k.wide {
		return k.narrow(d[2:min(len(d), 2+n)])
	}
	at := 3
	if d[2]&8 != 0 {
		at += 2
	}
	if d[2]&4 != 0 {
		at += 4
	}
	return biffChars(d[min(at, len(d)):], n, d[2]&1 != 0)
}

// biffCell is one cell before it is put in order.
type biffCell struct {
	row, col int
	text     string
}

// sheet collects the cells of a substream, orders them and writes them.
func (k *biffBook) sheet(b *builder, ref biffSheetRef) {
	var cells []biffCell
	hiddenRows := map[int]bool{}
	var cols []colRange
	var notes []string
	add := func(d []byte, text string) {
		if len(d) >= 4 && text != "" && !b.full {
			cells = append(cells, biffCell{int(le16(d)), int(le16(d[2:])), text})
			b.full = len(cells) > k.r.s.budget.limits.Cells
		}
	}
	depth := 0
	for at := ref.at; ; {
		rec, ok := biffAt(k.data, at)
		if !ok {
			break
		}
		at = rec.next
		d := rec.data
		switch rec.id {
		case biffBOF:
			depth++
		case biffEOF:
			depth--
		case biffRow:
			if len(d) >= 14 && d[12]&0x20 != 0 {
				hiddenRows[int(le16(d))] = true
			}
		case biffColInfo:
			if len(d) >= 10 && d[8]&1 != 0 {
				cols = append(cols, colRange{int(le16(d)), int(le16(d[2:]))})
			}
		case biffHeader, biffFooter:
			notes = append(notes, k.text(d))
		case biffHLink:
			notes = append(notes, strings.Fields(sweepText(d))...)
		case biffTXO:
			if len(rec.more) > 0 && len(rec.more[0]) > 1 {
				notes = append(notes, biffChars(rec.more[0][1:], len(rec.more[0]), rec.more[0][0]&1 != 0))
			}
		case biffString:
			if n := len(cells); n > 0 && cells[n-1].text == "\x00" {
				cells[n-1].text = k.text(d)
			}
		default:
			if depth > 1 { // a chart keeps copies of its cells
				k.cell(rec, func(_ []byte, text string) {
					if carriesData(text) {
						notes = append(notes, text)
					}
				})
			} else {
				k.cell(rec, add)
			}
			k.aside(rec)
		}
		if depth <= 0 {
			break
		}
	}
	slices.SortStableFunc(cells, func(a, b biffCell) int { return cmp.Or(cmp.Compare(a.row, b.row), cmp.Compare(a.col, b.col)) })
	b.markSheet(ref.name, ref.hidden)
	writeCells(b, ref.name, ref.hidden, cells, hiddenRows, cols)
	k.notes = append(k.notes, notes...)
}

// cell reads one record that holds cells.
func (k *biffBook) cell(rec biffRecord, add func([]byte, string)) {
	d := rec.data
	if len(d) < 6 {
		return
	}
	style := le16(d[4:])
	switch rec.id {
	case biffLabelS:
		if i := le32(d[6:]); len(d) >= 10 && int(i) < len(k.strings) {
			add(d, k.strings[i])
		}
	case biffLabel, biffRString:
		add(d, k.text(d[6:]))
	case biffNumber:
		if len(d) >= 14 {
			add(d, k.number(math.Float64frombits(binary.LittleEndian.Uint64(d[6:])), style))
		}
	case biffFormula:
		if len(d) < 14 {
			return
		}
		if len(d) > 22 && k.wide {
			k.literals(d[22:])
		}
		if d[12] == 0xff && d[13] == 0xff {
			if d[6] == 0 {
				add(d, "\x00") // the text follows in a STRING record
			}
			return
		}
		add(d, k.number(math.Float64frombits(binary.LittleEndian.Uint64(d[6:])), style))
	case biffRK:
		if len(d) >= 10 {
			add(d, k.number(rkValue(le32(d[6:])), style))
		}
	case biffMulRK:
		head := []byte{d[0], d[1], d[2], d[3]}
		for i := 4; i+6 <= len(d)-2; i += 6 {
			add(head, k.number(rkValue(le32(d[i+2:])), le16(d[i:])))
			binary.LittleEndian.PutUint16(head[2:], le16(head[2:])+1)
		}
	}
}

func (k *biffBook) number(v float64, style uint16) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return ""
	}
	s := numberStyle{}
	if int(style) < len(k.styles) {
		s = k.styles[style]
	}
	return s.format(strconv.FormatFloat(v, 'f', -1, 64), k.date1904)
}

// rkValue unpacks an RK number (MS-XLS 2.5.217).
func rkValue(rk uint32) float64 {
	var v float64
	if rk&2 != 0 {
		v = float64(int32(rk) >> 2)
	} else {
		v = math.Float64frombits(uint64(rk&^3) << 32)
	}
	if rk&1 != 0 {
		v /= 100
	}
	return v
}

// writeCells writes ordered cells as a table.
func writeCells(b *builder, name string, hidden bool, cells []biffCell, hiddenRows map[int]bool, cols []colRange) {
	if hidden {
		b.hide(true)
	}
	b.beginTable(name, hidden)
	row, at := -1, 0
	for _, c := range cells {
		if c.text == "\x00" {
			continue
		}
		if c.row != row {
			row, at = c.row, 0
			b.beginRow(row+1, hidden || hiddenRows[row])
		}
		for ; at < c.col && c.col-at < 64; at++ {
			b.beginCell()
		}
		b.beginCell()
		veiled := hiddenRows[row] || slices.ContainsFunc(cols, func(h colRange) bool { return c.col >= h.from && c.col <= h.to })
		if veiled {
			b.hide(true)
		}
		b.write(c.text)
		if veiled {
			b.hide(false)
		}
		b.endCell()
		at = c.col + 1
	}
	b.endTable()
	if hidden {
		b.hide(false)
	}
}
