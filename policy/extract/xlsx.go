package extract

import (
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// workbook writes the sheets of a SpreadsheetML package (ECMA-376 part 1, 18)
// as tables, in the order of the workbook. The sheets' own dimension is ignored.
//
// Not covered: results of formulas that the program did not save, and number
// formats other than dates and leading zeros.
func (o *officeReader) workbook() {
	f := o.z.find("xl/workbook.xml")
	if f == nil {
		return
	}
	x := newXMLScanner(o.get(f))
	targets := o.sheetTargets("xl/_rels/workbook.xml.rels")
	book := xlsxBook{o: o}
	book.strings = o.sharedStrings()
	book.styles = o.numberStyles()
	for x.next() {
		if x.kind != xmlStart {
			continue
		}
		switch x.name {
		case "workbookPr":
			book.date1904 = x.attr("date1904") != "" && isTrue(x.attr("date1904"))
		case "sheet":
			target := targets[x.attr("id")]
			sheet := o.z.find(target)
			if sheet == nil || o.done[sheet] {
				continue
			}
			hidden := x.attr("state") != "" && x.attr("state") != "visible"
			name := x.attr("name")
			o.scan(sheet, func(x *xmlScanner) { book.sheet(x, name, hidden) })
		case "fileSharing":
			o.b.note(x.attr("userName"))
		case "definedName":
			o.b.note(strings.Join([]string{x.attr("name"), x.attr("comment"), joinLiterals(x.peekText())}, " "))
		}
	}
	book.others()
}

// others writes the sheets that no entry of the workbook leads to; no program
// shows them.
func (k *xlsxBook) others() {
	o := k.o
	for _, f := range o.sorted() {
		dir, name := path.Split(strings.ToLower(f.Name))
		if o.done[f] || dir != "xl/worksheets/" && dir != "xl/macrosheets/" || path.Ext(name) != ".xml" {
			continue
		}
		o.scan(f, func(x *xmlScanner) { k.sheet(x, strings.TrimSuffix(name, ".xml"), true) })
	}
}

// joinLiterals joins the texts of a formula that only a "&" parts.
func joinLiterals(formula string) string { return formulaJoin.ReplaceAllString(formula, "") }

var formulaJoin = regexp.MustCompile(`"\s*&\s*"`)

// sheetTargets maps relationship ids of the workbook to member names.
func (o *officeReader) sheetTargets(rels string) map[string]string {
	out := map[string]string{}
	f := o.z.find(rels)
	if f == nil {
		return out
	}
	x := newXMLScanner(o.get(f))
	for x.next() {
		if x.kind != xmlStart || x.name != "Relationship" {
			continue
		}
		target := strings.ReplaceAll(x.attr("Target"), `\`, "/")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join("xl", target)
		}
		out[x.attr("Id")] = target
	}
	return out
}

// sharedStrings reads the string table; phonetic guides follow their word.
func (o *officeReader) sharedStrings() *stringTable {
	out := &stringTable{left: o.r.s.x.Limits.TextBytes}
	if f := o.z.find("xl/sharedStrings.xml"); f != nil {
		o.scan(f, func(x *xmlScanner) {
			if !out.read(x) {
				o.fail(errTooLarge)
			}
		})
	}
	return out
}

// stringTable is a workbook's strings one behind another, and where each ends: a
// string of its own for each would need three times the memory.
type stringTable struct {
	text strings.Builder
	ends []uint32
	left int64 // how many octets more are kept
}

// at is the string of an index, "" outside.
func (t *stringTable) at(i int) string {
	if i < 0 || i >= len(t.ends) {
		return ""
	}
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.text.String()[start:t.ends[i]]
}

// end ends the string that was written to text; false when no more are kept.
func (t *stringTable) end() bool {
	if t.text.Len() > math.MaxInt32 {
		return false
	}
	start := 0
	if n := len(t.ends); n > 0 {
		start = int(t.ends[n-1])
	}
	t.ends = append(t.ends, uint32(t.text.Len()))
	// An entry costs more than its text.
	t.left -= int64(t.text.Len()-start) + 16
	return t.left >= 0
}

// read reads a table; false when it holds more than is kept.
func (t *stringTable) read(x *xmlScanner) bool {
	inText := false
	for x.next() {
		switch {
		case x.kind == xmlText && inText:
			t.text.WriteString(excelText(x.text))
		case x.kind == xmlStart && x.name == "t":
			inText = !x.closed
		case x.kind == xmlStart && x.name == "rPh":
			t.text.WriteByte(' ')
		case x.kind == xmlEnd && x.name == "t":
			inText = false
		case x.name == "si" && (x.kind == xmlEnd || x.kind == xmlStart && x.closed):
			if !t.end() {
				return false
			}
		}
	}
	return t.end() // what was cut off in its middle is one too
}

// xlsxBook is what the sheets of one workbook share.
type xlsxBook struct {
	o        *officeReader
	strings  *stringTable
	styles   []numberStyle
	date1904 bool
}

// colRange is a range of hidden columns, from 1.
type colRange struct{ from, to int }

// xlsxCell is the cell being read.
type xlsxCell struct {
	kind   string
	style  int
	col    int
	value  strings.Builder
	inText bool
	open   bool
}

// xlsxSheet is one sheet being read.
type xlsxSheet struct {
	book      *xlsxBook
	b         *builder
	cols      []colRange
	cell      xlsxCell
	hidden    bool
	rowHidden bool
	at        int // the column written last
}

// sheet writes one sheet; cells that are not there leave no gap in the text but
// an empty cell in the table when a later one of the row is.
func (k *xlsxBook) sheet(x *xmlScanner, name string, hidden bool) {
	s := &xlsxSheet{book: k, b: k.o.b, hidden: hidden}
	s.begin(name)
	for x.next() && !s.b.full {
		switch x.kind {
		case xmlText:
			if s.cell.inText {
				s.cell.value.WriteString(excelText(x.text))
			}
		case xmlStart:
			s.start(x)
		case xmlEnd:
			s.end(x.name)
		}
	}
	s.finish()
}

func (s *xlsxSheet) begin(name string) {
	s.b.markSheet(name, s.hidden)
	if s.hidden {
		s.b.hide(true)
	}
	s.b.beginTable(name, s.hidden)
}

func (s *xlsxSheet) finish() {
	s.b.endTable()
	for s.b.hiding > 0 {
		s.b.hide(false)
	}
}

func (s *xlsxSheet) beginRow(number int, hidden bool) {
	s.endRow()
	s.rowHidden = hidden
	s.b.beginRow(number, s.rowHidden || s.hidden)
	if s.rowHidden {
		s.b.hide(true)
	}
	s.at = 0
}

func (s *xlsxSheet) start(x *xmlScanner) {
	switch x.name {
	case "col":
		if h := x.attr("hidden"); h != "" && isTrue(h) || x.attr("width") == "0" {
			s.cols = append(s.cols, colRange{atoi(x.attr("min")), atoi(x.attr("max"))})
		}
	case "row":
		h := x.attr("hidden")
		s.beginRow(max(0, atoi(x.attr("r"))), h != "" && isTrue(h) || x.attr("ht") == "0")
	case "c":
		s.cell = xlsxCell{kind: x.attr("t"), style: atoi(x.attr("s")), col: columnOf(x.attr("r"), s.at+1), open: !x.closed}
	case "v", "t":
		s.cell.inText = s.cell.open && !x.closed
	case "f":
		s.cell.inText = false
		if formula := joinLiterals(x.peekText()); carriesData(formula) {
			s.b.note(formula)
		}
	case "oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter":
		s.b.note(headCodes.ReplaceAllString(x.peekText(), ""))
	case "formula", "formula1", "formula2":
		s.b.note(x.peekText())
	default:
		s.attributes(x)
	}
}

// headCodes are what sets the looks of a sheet's heads and feet (ISO/IEC 29500-1, 18.3.1.46).
var headCodes = regexp.MustCompile(`&(?:[LCRPNDTZFGABIUSXYEOH]|"[^"]*"|K[0-9A-F]{6}|K[0-9]{2}[+-][0-9]{3}|[0-9]{1,2})`)

// attributes keeps what elements beside the cells carry: prompts and messages of
// rules for input, filters, scenarios, what links show.
func (s *xlsxSheet) attributes(x *xmlScanner) {
	for _, a := range x.attrs {
		if a.name == "ref" || a.name == "sqref" || strings.HasPrefix(a.name, "xmlns") {
			continue
		}
		if v := unescapeXML(a.value); carriesData(v) && !guidOrDate.MatchString(v) {
			s.b.note(v)
		}
	}
}

func (s *xlsxSheet) end(name string) {
	switch name {
	case "v", "t":
		s.cell.inText = false
	case "c":
		s.endCell()
	case "row":
		s.endRow()
	}
}

func (s *xlsxSheet) endRow() {
	if s.rowHidden {
		s.b.hide(false)
		s.rowHidden = false
	}
	s.b.endRow()
}

// endCell writes the cell that was read.
func (s *xlsxSheet) endCell() {
	c := &s.cell
	if !c.open {
		return
	}
	c.open = false
	text := s.book.value(c)
	if text == "" {
		return
	}
	for s.at++; s.at < c.col && c.col-s.at < 64; s.at++ {
		s.b.beginCell()
	}
	s.b.beginCell()
	hidden := c.style >= 0 && c.style < len(s.book.styles) && s.book.styles[c.style].unseen || slices.ContainsFunc(s.cols, func(h colRange) bool { return c.col >= h.from && c.col <= h.to })
	if hidden {
		s.b.hide(true)
	}
	s.b.write(text)
	if hidden {
		s.b.hide(false)
	}
	s.b.endCell()
	s.at = c.col
}

func (k *xlsxBook) value(c *xlsxCell) string {
	raw := c.value.String()
	switch c.kind {
	case "s":
		return k.strings.at(atoi(strings.TrimSpace(raw)))
	case "inlineStr", "str", "e", "d":
		return raw
	case "b":
		return raw
	}
	if raw == "" {
		return ""
	}
	style := numberStyle{}
	if c.style >= 0 && c.style < len(k.styles) {
		style = k.styles[c.style]
	}
	return style.format(raw, k.date1904)
}

// columnOf is the column number of "BC17", or the next one when it is not said.
func columnOf(ref string, next int) int {
	n := 0
	for i := range len(ref) {
		c := ref[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		n = n*26 + int(c-'a') + 1
		if n > 1<<14 {
			return next
		}
	}
	if n < next {
		return next
	}
	return n
}

// peekText is the text right after a start tag.
func (x *xmlScanner) peekText() string {
	rest := x.doc[x.pos:]
	if i := strings.IndexByte(rest, '<'); i >= 0 {
		return unescapeXML(rest[:i])
	}
	return ""
}

var excelEscape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// excelText undoes _xHHHH_, as which Excel writes characters that XML may not hold and reads
// any (ISO/IEC 29500-1, 22.4.2.4).
func excelText(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return excelEscape.ReplaceAllStringFunc(s, func(e string) string {
		c, _ := strconv.ParseUint(e[2:6], 16, 16)
		if c < ' ' && c != '\t' && c != '\n' {
			return " "
		}
		return string(rune(c))
	})
}
