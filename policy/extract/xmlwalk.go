package extract

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// xmlWalker writes the text of any office XML part: WordprocessingML, drawing
// and presentation parts, OpenDocument, SpreadsheetML 2003 and unknown ones. It
// glues runs, breaks at paragraphs and keeps tables, by the elements' local
// names alone.
//
// Not covered: numbering and generated text, and white text on a slide.
type xmlWalker struct {
	b *builder
	// attrs keeps attribute values that can carry data.
	attrs bool
	// apart breaks after every element: lists of properties, unknown XML.
	apart bool
	// named writes an element's name in front of its text: forms whose fields are XML of
	// their own.
	named bool
	// paras counts open OpenDocument paragraphs, in which blanks between
	// elements are text; name is the element that was opened last.
	paras int
	name  string
	// veils are what hides text; run tells that the run's properties go on.
	veils *veils
	// columns are those of the table that are hidden, column is the next one.
	columns     []colRange
	column, all int
	// divert collects text that must not break the run it stands in.
	divert  strings.Builder
	diverts int
	seen    bool // what is diverted is a note that a reader sees
	// body is what an OpenDocument file is: text, spreadsheet, presentation, drawing;
	// pages counts its slides or pages. sheet is the name of a SpreadsheetML sheet.
	body  string
	pages int
	sheet string
	// gnumeric tells its files, in which veiled says that the sheet is hidden.
	gnumeric, veiled bool
	// drawn counts the outlines of a drawing; y is the height of the last glyphs of XPS.
	drawn  int
	used   string // what was drawn last by the name of an outline
	y      string
	number string
	cellAt int
	// slide tells that boxes are kept; boxAt is where the text of the open one begins.
	slide bool
	boxes []slideBox
	boxAt int
}

// diverted elements stand inside a paragraph but are not part of its line.
const diverted = " annotation note Fallback instrText delInstrText tracked-changes "

func (w *xmlWalker) walk(x *xmlScanner) {
	if w.veils == nil {
		w.veils = newVeils(w.b)
	}
	for x.next() && !w.b.full {
		switch x.kind {
		case xmlText:
			w.text(x.text)
		case xmlComment:
			w.b.note(x.text)
		case xmlStart:
			w.start(x)
			if x.closed {
				w.end(x)
			}
		case xmlEnd:
			w.end(x)
		}
	}
	w.veils.cut(0)
	for w.b.table() != nil {
		w.b.endTable()
	}
	w.endDivert()
}

// text drops the blanks between elements that indent a document.
func (w *xmlWalker) text(s string) {
	if strings.Trim(s, " \t\r\n") == "" && w.name != "t" && w.name != "delText" && w.paras == 0 {
		return
	}
	if w.diverts > 0 {
		w.divert.WriteString(s)
		return
	}
	if w.name == "Visible" && (s == "SheetHidden" || s == "SheetVeryHidden") {
		w.b.hideLastTable()
		return
	}
	if w.gnumeric && w.name == "Name" && w.b.table() == nil {
		w.sheet = s
	}
	if w.named && w.name != "" {
		w.b.write(w.name)
		w.b.sep(' ')
	}
	w.b.write(s)
}

func (w *xmlWalker) start(x *xmlScanner) {
	w.keep(x)
	w.name = x.name
	w.label(x)
	if x.prefix == "text" && (x.name == "p" || x.name == "h") {
		w.paras++
	}
	if strings.Contains(diverted, " "+x.name+" ") {
		if w.diverts++; w.diverts == 1 {
			w.seen = x.name == "annotation" || x.name == "note"
		}
		return
	}
	if w.diverts > 0 {
		return
	}
	w.veils.start(x)
	switch x.name {
	case "tbl", "table", "Table":
		if x.prefix != "" || x.name == "Table" {
			w.beginTable(x)
		}
	case "spreadsheet", "presentation", "drawing":
		if x.prefix == "office" {
			w.body = x.name
		}
	case "Worksheet":
		w.sheet = x.attr("Name")
	case "page", "notes":
		w.page(x)
	case "path", "polyline", "polygon", "Path":
		w.drawn++
	case "use":
		w.use(x.attr("href"))
	case "Glyphs":
		w.glyphs(x)
	case "table-column", "Column":
		w.hiddenColumn(x)
	case "sp":
		w.beginBox()
	case "tr", "table-row", "Row":
		hidden := x.attr("visibility") != "" && x.attr("visibility") != "visible" || x.attr("Hidden") == "1"
		if hidden {
			w.veils.hide(x.name)
		}
		w.b.beginRow(max(0, int(number(x.attr("Index")))), w.b.hiding > 0)
		w.b.repeatRow(int(number(x.attr("number-rows-repeated"))))
		w.column = 0
	case "Sheet", "Cells": // Gnumeric, which has no rows
		w.gnumericSheet(x)
	case "tc", "table-cell", "covered-table-cell", "Cell":
		w.beginCell(x)
	case "br", "cr", "line-break":
		w.b.sep('\n')
	case "tab":
		w.b.sep('\t')
	case "s":
		w.b.sep(' ')
	case "noBreakHyphen":
		w.b.write("-")
	case "sym": // a letter of a font of symbols (ISO/IEC 29500-1, 17.3.3.30)
		if c, err := strconv.ParseUint(x.attr("char"), 16, 16); err == nil && c > 0xf020 && c < 0xf07f {
			w.b.write(string(rune(c - 0xf000)))
		}
	case "rt", "rubyBase":
		w.b.sep(' ')
	case "del", "moveFrom":
		w.b.hide(true)
	}
}

func (w *xmlWalker) beginCell(x *xmlScanner) {
	if row := x.attr("Row"); row != "" {
		w.gnumericCell(int(number(row)), int(number(x.attr("Col"))))
		return
	}
	w.b.beginCell()
	w.cellColumn(x)
	w.number, w.cellAt = "", len(w.b.text)
	if x.attr("value-type") != "string" {
		w.number = x.attr("value")
	}
}

func (w *xmlWalker) gnumericSheet(x *xmlScanner) {
	if x.name == "Sheet" {
		w.veiled = strings.HasSuffix(x.attr("Visibility"), "HIDDEN")
		return
	}
	w.b.markSheet(w.sheet, w.veiled)
	w.b.beginTable(w.sheet, w.veiled)
}

// gnumericCell begins a cell that says itself where it stands, counted from 0.
func (w *xmlWalker) gnumericCell(row, col int) {
	if t := w.b.table(); t != nil && t.row != row+1 {
		w.b.beginRow(row+1, false)
		w.column = 0
	}
	for ; w.column < min(col, 1<<8); w.column++ {
		w.b.beginCell()
	}
	w.b.beginCell()
	w.column++
}

// beginTable begins a sheet with its name, or a table of a text with its number.
func (w *xmlWalker) beginTable(x *xmlScanner) {
	w.columns, w.all = nil, 0
	name, hidden := x.attr("name"), w.b.hiding > 0
	switch {
	case w.b.table() != nil, w.body == "presentation", w.body == "drawing", x.prefix == "a":
		w.b.beginTable(name, hidden)
	case x.name == "Table":
		w.b.markSheet(w.sheet, hidden)
		w.b.beginTable(w.sheet, hidden)
	case w.body == "spreadsheet":
		w.b.markSheet(name, hidden)
		w.b.beginTable(name, hidden)
	default:
		w.b.beginNumbered(name, hidden)
	}
}

// page marks a slide of OpenDocument, its notes, or a page of a drawing.
func (w *xmlWalker) page(x *xmlScanner) {
	kind := "slide "
	switch {
	case w.body != "presentation" && w.body != "drawing":
		return
	case x.name == "page" && x.prefix == "draw":
		w.pages++
		if w.body == "drawing" {
			kind = "page "
		}
	case x.name == "notes" && x.prefix == "presentation" && w.pages > 0:
		kind = "notes of slide "
	default:
		return
	}
	w.b.mark(kind + strconv.Itoa(w.pages))
}

// glyphs writes a piece of text of a fixed page (ECMA-388 12.1.3), pieces of one height
// on one line.
func (w *xmlWalker) glyphs(x *xmlScanner) {
	s := strings.TrimPrefix(unescapeXML(x.attr("UnicodeString")), "{}")
	if y := x.attr("OriginY"); y != w.y {
		w.y = y
		w.b.sep('\n')
	}
	w.b.write(s)
	if s == "" && x.attr("Indices") != "" {
		w.drawn++ // letters by the font's own numbers
	}
}

// someShapes is how many outlines a drawing without text has that may be letters.
const someShapes = 60

// use counts an outline that is drawn by its name.
func (w *xmlWalker) use(href string) {
	switch {
	case strings.HasPrefix(href, "#glyph"), strings.HasPrefix(href, "#font"):
		w.drawn += 5 // a letter, as cairo and MuPDF name them, is no part of a picture
	case href != w.used: // the same again and again is a pattern
		w.drawn++
		w.used = href
	}
}

// outlined tells a drawing, or what was written of one from an offset on, that shows next
// to no text of its own and so many shapes that these may be letters.
func (w *xmlWalker) outlined(from int) bool {
	return w.drawn >= someShapes && len(withoutBlanks(string(w.b.text[from:]))) < 3*fewChars
}

// label writes a property's name in front of its value.
func (w *xmlWalker) label(x *xmlScanner) {
	if w.apart && (x.name == "property" || x.name == "user-defined") {
		w.b.write(x.attr("name"))
		w.b.sep(' ')
	}
}

func (w *xmlWalker) end(x *xmlScanner) {
	w.name = ""
	if x.prefix == "text" && (x.name == "p" || x.name == "h") {
		w.paras = max(0, w.paras-1)
	}
	if w.apart && x.name != "tspan" && x.name != "Glyphs" || x.prefix == "c" || x.prefix == "xdr" || x.name == "text" && x.prefix == "" { // in a drawing a piece of a line; values of charts, anchors, a comment
		w.b.sep('\n')
	}
	if strings.Contains(diverted, " "+x.name+" ") {
		if w.diverts = max(0, w.diverts-1); w.diverts == 0 {
			w.endDivert()
		}
		return
	}
	if w.diverts > 0 {
		if x.name == "p" {
			w.divert.WriteByte('\n')
		}
		return
	}
	defer w.veils.end(x.name)
	switch x.name {
	case "p", "h", "si", "comment", "list-item", "title", "Data", "div", "textbox", "oc", "nc": // the last ones are a cell before and after a change
		w.b.sep('\n')
	case "tc", "table-cell", "covered-table-cell", "Cell":
		w.endNumber()
		w.b.endCell()
	case "tr", "table-row", "Row":
		w.b.endRow()
	case "tbl", "table", "Table", "Cells":
		if x.prefix != "" || x.name == "Table" {
			w.b.endTable()
		}
	case "del", "moveFrom":
		w.b.hide(false)
	case "sp":
		if w.slide {
			w.endBox()
		}
	}
}

// hiddenColumn notes a column that is hidden (OpenDocument, SpreadsheetML 2003).
func (w *xmlWalker) hiddenColumn(x *xmlScanner) {
	if i := int(number(x.attr("Index"))); i > 0 {
		w.all = i - 1
	}
	n := max(1, int(number(x.attr("number-columns-repeated"))), 1+int(number(x.attr("Span"))))
	v := x.attr("visibility")
	if (v != "" && v != "visible" || x.attr("Hidden") == "1") && len(w.columns) < 1000 {
		w.columns = append(w.columns, colRange{w.all, w.all + n - 1})
	}
	w.all += n
}

// cellColumn hides a cell in a hidden column.
func (w *xmlWalker) cellColumn(x *xmlScanner) {
	if i := int(number(x.attr("Index"))); i > 0 {
		w.column = i - 1
	}
	if slices.ContainsFunc(w.columns, func(h colRange) bool { return w.column >= h.from && w.column <= h.to }) {
		w.veils.hide(x.name)
	}
	w.column += max(1, int(number(x.attr("number-columns-repeated"))))
}

// endNumber writes an OpenDocument cell's value where its display hides digits.
func (w *xmlWalker) endNumber() {
	if w.number == "" || w.b.full {
		return
	}
	shown := string(w.b.text[min(w.cellAt, len(w.b.text)):])
	if shown == "" || strings.Contains(shown, "#") || strings.Contains(shown, "E+") {
		w.b.pend = ' '
		w.b.write(plainNumber(w.number))
	}
	w.number = ""
}

// endDivert keeps what was diverted unless the text says the same.
func (w *xmlWalker) endDivert() {
	s := strings.TrimSpace(w.divert.String())
	w.divert.Reset()
	if s != "" && !strings.Contains(string(w.b.text[max(0, len(w.b.text)-4<<10):]), s) {
		if w.seen && w.b.hiding == 0 {
			w.b.noteSeen(s)
		} else {
			w.b.note(s)
		}
	}
}

var (
	guidOrDate = regexp.MustCompile(`^(\{?[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}\}?|\d{4}-\d\d-\d\dT[\d:.]+Z?)$`)
	fontNames  = " rFonts latin ea cs font sym font-face text-properties charset altName lsdException "
)

// keep keeps the attributes that somebody may have written.
func (w *xmlWalker) keep(x *xmlScanner) {
	if w.attrs || x.name == "hyperlink" || x.name == "a" || x.name == "docVar" {
		w.keepAttrs(x)
	} else {
		w.keepNumbers(x)
	}
}

// keepAttrs keeps alternative texts, links and whatever else can carry data.
func (w *xmlWalker) keepAttrs(x *xmlScanner) {
	if strings.Contains(fontNames, " "+x.name+" ") {
		return
	}
	together := ""
	for _, a := range x.attrs {
		if strings.HasPrefix(a.name, "xmlns") {
			continue
		}
		v := unescapeXML(a.value)
		switch a.name {
		case "descr", "alt", "tooltip", "instr", "string-value", "href", "v":
			if len(v) <= 1 || a.name == "v" && !carriesData(v) {
				continue
			}
		case "style-name", "font-name", "display-name", "schemaLocation":
			continue
		default:
			if !carriesData(v) || guidOrDate.MatchString(v) {
				continue
			}
		}
		if v = strings.TrimSpace(v); strings.Contains(together, v) {
			continue
		}
		if together != "" { // what one element says is of one thing
			together += "\t"
		}
		together += v
	}
	w.b.note(together)
}

// keepNumbers keeps those attributes of a part with settings that hold many digits: no
// setting does, other than identifiers.
func (w *xmlWalker) keepNumbers(x *xmlScanner) {
	if x.name == "panose1" || strings.Contains(fontNames, " "+x.name+" ") {
		return
	}
	for _, a := range x.attrs {
		if len(a.value) >= 10 && digitsIn(a.value) >= 10 && !guidOrDate.MatchString(a.value) && !strings.HasPrefix(a.name, "xmlns") {
			w.b.note(unescapeXML(a.value))
		}
	}
}

// isXML takes XML files that no other format takes.
func isXML(p *probe) string {
	if p.file.Kind != policy.FileText || !p.begins("<") {
		return ""
	}
	head := p.head()
	switch {
	case strings.Contains(head, "<svg"):
		return "image/svg+xml"
	case strings.HasPrefix(head, "<?xml"), strings.HasPrefix(head, "<office:document"),
		p.named(".xml", ".fods", ".fodt", ".fodp"):
		return "text/xml"
	}
	return ""
}

const gnumericNS = "http://www.gnumeric.org/"

// readXML writes the text of an office document in a single XML file. Any other
// XML is text as well: then its source is the part's text and what the walker
// makes of it a further view.
func readXML(r *reading) error {
	b := newBuilder(r)
	head := r.probe.head()
	office := strings.Contains(head, "urn:oasis:names:tc:opendocument") || strings.Contains(head, "schemas-microsoft-com:office") ||
		strings.Contains(head, "schemas.microsoft.com/office") || strings.Contains(head, gnumericNS)
	w := xmlWalker{b: b, attrs: true, apart: !office, gnumeric: strings.Contains(head, gnumericNS)}
	w.walk(newXMLScanner(r.file.Data))
	if office {
		if err := b.finish(); err != nil {
			return err
		}
		return r.inline(b.c.Text)
	}
	err := readText(r)
	if err == nil && w.outlined(0) {
		err = fmt.Errorf("read drawing: %w", errUncertain)
	}
	text, stop := r.clip(expandEntities(string(b.text), r.file.Data) + "\n" + strings.Join(b.notes, "\n"))
	r.content("xml text", policy.Content{Text: text})
	if err == nil {
		err = stop
	}
	return err
}
