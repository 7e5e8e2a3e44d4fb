package extract

import (
	"path"
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
	targets := o.sheetTargets()
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
			book.sheet(o.get(sheet), x.attr("name"), hidden)
		case "definedName":
			o.b.note(x.attr("name"))
		}
	}
}

// sheetTargets maps relationship ids of the workbook to member names.
func (o *officeReader) sheetTargets() map[string]string {
	out := map[string]string{}
	f := o.z.find("xl/_rels/workbook.xml.rels")
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
func (o *officeReader) sharedStrings() []string {
	f := o.z.find("xl/sharedStrings.xml")
	if f == nil {
		return nil
	}
	var out []string
	var b strings.Builder
	x := newXMLScanner(o.get(f))
	inText := false
	for x.next() {
		switch {
		case x.kind == xmlText && inText:
			b.WriteString(x.text)
		case x.kind == xmlStart && x.name == "t":
			inText = !x.closed
		case x.kind == xmlStart && x.name == "rPh":
			b.WriteByte(' ')
		case x.kind == xmlStart && x.name == "si" && x.closed:
			out = append(out, "")
		case x.kind == xmlEnd && x.name == "t":
			inText = false
		case x.kind == xmlEnd && x.name == "si":
			out = append(out, b.String())
			b.Reset()
		}
	}
	return out
}

// xlsxBook is what the sheets of one workbook share.
type xlsxBook struct {
	o        *officeReader
	strings  []string
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

// sheet writes one sheet; cells that are not there leave no gap in the text but
// an empty cell in the table when a later one of the row is.
func (k *xlsxBook) sheet(data []byte, name string, hidden bool) {
	b := k.o.b
	b.markSheet(name)
	if hidden {
		b.hide(true)
	}
	b.beginTable(name, hidden)
	var cols []colRange
	var c xlsxCell
	rowHidden := false
	at := 0
	x := newXMLScanner(data)
	for x.next() && !b.full {
		switch {
		case x.kind == xmlText:
			if c.inText {
				c.value.WriteString(x.text)
			}
		case x.kind == xmlStart:
			switch x.name {
			case "col":
				if h := x.attr("hidden"); h != "" && isTrue(h) {
					cols = append(cols, colRange{atoi(x.attr("min")), atoi(x.attr("max"))})
				}
			case "row":
				if h := x.attr("hidden"); rowHidden {
					b.hide(false)
					rowHidden = h != "" && isTrue(h)
				} else {
					rowHidden = h != "" && isTrue(h)
				}
				b.beginRow(max(0, atoi(x.attr("r"))), rowHidden || hidden)
				if rowHidden {
					b.hide(true)
				}
				at = 0
			case "c":
				c = xlsxCell{kind: x.attr("t"), style: atoi(x.attr("s")), col: columnOf(x.attr("r"), at+1), open: !x.closed}
			case "v", "t":
				c.inText = c.open && !x.closed
			case "oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter", "f", "formula1":
				c.inText = false
				if text := x.peekText(); x.name[0] != 'f' || len(x.name) > 1 || carriesData(text) {
					b.note(text)
				}
			default:
				if x.name == "hyperlink" || x.name == "dataValidation" {
					b.note(x.attr("tooltip"))
					b.note(x.attr("prompt"))
				}
			}
		case x.kind == xmlEnd:
			switch x.name {
			case "v", "t":
				c.inText = false
			case "c":
				at = k.cell(&c, at, cols)
			case "row":
				if rowHidden {
					b.hide(false)
					rowHidden = false
				}
				b.endRow()
			}
		}
	}
	b.endTable()
	for b.hiding > 0 {
		b.hide(false)
	}
}

// cell writes one cell and gives back its column.
func (k *xlsxBook) cell(c *xlsxCell, at int, cols []colRange) int {
	if !c.open {
		return at
	}
	c.open = false
	text := k.value(c)
	if text == "" {
		return at
	}
	b := k.o.b
	for at++; at < c.col && c.col-at < 64; at++ {
		b.beginCell()
	}
	b.beginCell()
	hidden := false
	for _, h := range cols {
		hidden = hidden || c.col >= h.from && c.col <= h.to
	}
	if hidden {
		b.hide(true)
	}
	b.write(text)
	if hidden {
		b.hide(false)
	}
	b.endCell()
	return c.col
}

func (k *xlsxBook) value(c *xlsxCell) string {
	raw := c.value.String()
	switch c.kind {
	case "s":
		if i := atoi(strings.TrimSpace(raw)); i >= 0 && i < len(k.strings) {
			return k.strings[i]
		}
		return ""
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
