package detect

import (
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// grid is a table whose columns are known by their header or by their cells.
type grid struct {
	text    string
	table   *policy.Table
	header  int // index of the header row, -1 without
	columns []column
	cells   [][]string // folded and trimmed, by row and column
	spans   [][]policy.Span
	company bool // a list of companies' contacts
}

type column struct {
	kind   *kind
	header string
	voted  bool
	sub    string
	// passed of the first cells in of pass the check; good of filled in all
	passed, of   int
	good, filled int
}

// readGrid types the columns of t; nil when no column has a type, so that the
// table is read as running text.
func (d *Detector) readGrid(text string, t *policy.Table) *grid {
	if len(t.Rows) < 2 {
		return nil
	}
	g := &grid{text: text, table: t}
	g.fill()
	g.header = d.findHeader(g)
	if g.header >= 0 {
		g.mend(len(g.cells[g.header]))
	}
	width := 0
	for _, row := range g.cells {
		width = max(width, len(row))
	}
	if d.sideways(g) {
		return nil
	}
	g.columns = make([]column, width)
	if g.header >= 0 {
		d.nameColumns(g)
	}
	d.vote(g)
	for i := range g.columns {
		if k := g.columns[i].kind; k != nil && !k.silent {
			return g
		}
	}
	if g.header >= 0 && g.negative() {
		return g
	}
	return nil
}

// sideways tells a form: the first cell of most rows is a label for the second.
// Such a table reads best line by line.
func (d *Detector) sideways(g *grid) bool {
	rows, named := 0, 0
	kinds := map[*kind]bool{}
	for i, row := range g.cells {
		if i == g.table.Header || len(row) < 2 || row[0] == "" {
			continue
		}
		rows++
		if k, _ := d.headerKind(row[0]); k != nil && !hasDigits(row[0], 3) {
			named++
			kinds[k] = true
		}
	}
	return rows > 0 && len(kinds) >= 2 && named*10 >= rows*6
}

// fill folds and trims the cells.
func (g *grid) fill() {
	g.cells = make([][]string, len(g.table.Rows))
	g.spans = make([][]policy.Span, len(g.table.Rows))
	total := 0
	for i := range g.table.Rows {
		total += len(g.table.Rows[i].Cells)
	}
	slab := make([]string, total)
	for i := range g.table.Rows {
		spans := g.table.Rows[i].Cells
		row := slab[:len(spans):len(spans)]
		slab = slab[len(spans):]
		for k, c := range spans {
			row[k] = trimCell(foldCell(g.text[c.Start:c.End]))
		}
		g.cells[i], g.spans[i] = row, spans
	}
}

// trimCell takes blanks and quotes off the ends of a cell.
func trimCell(s string) string {
	for s != "" && cellMargin(s[0]) {
		s = s[1:]
	}
	for s != "" && cellMargin(s[len(s)-1]) {
		s = s[:len(s)-1]
	}
	return s
}

func cellMargin(c byte) bool {
	return c == ' ' || c == '\t' || c == '\n' || c == '"' || c == '\''
}

// mend joins the pieces of amounts that were cut at their commas, in rows that
// have more cells than the header.
func (g *grid) mend(width int) {
	for i, row := range g.cells {
		for k := 0; len(row) > width && k+1 < len(row); k++ {
			if !thousands(row[k], row[k+1]) {
				continue
			}
			if i == 0 || &g.spans[i][0] == &g.table.Rows[i].Cells[0] {
				g.spans[i] = slices.Clone(g.spans[i])
			}
			row[k] += "," + row[k+1]
			g.spans[i][k].End = g.spans[i][k+1].End
			row = slices.Delete(row, k+1, k+2)
			g.spans[i] = slices.Delete(g.spans[i], k+1, k+2)
			k--
		}
		g.cells[i] = row
	}
}

// thousands tells that a and b are the two sides of a comma in an amount.
func thousands(a, b string) bool {
	i := len(a)
	for i > 0 && isDigit(a[i-1]) {
		i--
	}
	last := a[i:]
	head := a[:i]
	if n := len(last); n == 0 || n > 3 || head != "" && !strings.HasSuffix(head, ",") && head != "¥" && head != "\\" && head != "$" && head != "£" && head != "€" {
		return false
	}
	return len(b) >= 3 && isDigit(b[0]) && isDigit(b[1]) && isDigit(b[2]) && (len(b) == 3 || !isDigit(b[3]))
}

// negative tells that the header speaks of things, not of people.
func (g *grid) negative() bool {
	n := 0
	for i := range g.columns {
		if k := g.columns[i].kind; k != nil && k.silent {
			if n++; k == negativeLabel && !isGeneric(lower(g.columns[i].header)) {
				return true
			}
		}
	}
	return n >= 2 || n == len(g.columns)
}

// findHeader is the row that names the columns: the first of the first ten whose
// cells are label words without values, else the given one when it has no values.
func (d *Detector) findHeader(g *grid) int {
	for i := 0; i < len(g.cells) && i < 10; i++ {
		words, filled, values := d.headerWords(g.cells[i])
		if values == 0 && words >= 1 && (words*2 >= filled || i == 0 && filled >= 3 && g.valuesBelow()) && (filled >= 2 || len(g.cells[i]) == 1) {
			return i
		}
	}
	if h := g.table.Header; h >= 0 && h < len(g.cells) {
		if _, filled, values := d.headerWords(g.cells[h]); values == 0 && filled > 0 && !d.anyName(g.cells[h]) {
			return h
		}
	}
	return -1
}

// valuesBelow tells that the first row has no digits and each of the next ones has
// some: it is the header, whatever its words.
func (g *grid) valuesBelow() bool {
	for i, row := range g.cells[:min(len(g.cells), 6)] {
		digits := false
		for _, s := range row {
			digits = digits || hasDigits(s, 2)
		}
		if digits == (i == 0) {
			return false
		}
	}
	return len(g.cells) > 2
}

// headerWords counts the cells of a row: label words, filled ones, values.
func (d *Detector) headerWords(row []string) (words, filled, values int) {
	for _, s := range row {
		if s == "" {
			continue
		}
		filled++
		if hasDigits(s, 4) || strings.ContainsRune(s, '@') || utf8.RuneCountInString(s) > 30 {
			values++
		} else if k, _ := d.headerKind(s); k != nil {
			words++
		}
	}
	return words, filled, values
}

// anyName tells that a cell of the row is a person's name: such a row is data.
func (d *Detector) anyName(row []string) bool {
	for _, s := range row {
		if s != "" && d.nameLike(s) {
			return true
		}
	}
	return false
}

// headerKind is the kind that a header names; the last word of several decides,
// and words like "number" only when nothing else is there.
func (d *Detector) headerKind(s string) (*kind, string) {
	var found *kind
	d.headers.find(lower(s), func(_ int, w *lexWord) {
		switch {
		case len(w.text) == len("姓") && len(s) > len("姓") && w.text[0] >= 0x80: // a single character means something only alone
		case w.kind == negativeLabel && found != nil && found != negativeLabel && isGeneric(w.text):
		default:
			found = w.kind
		}
	})
	return found, s
}

func isGeneric(w string) bool {
	switch w {
	case "番号", "コード", "no", "no.", "id", "ref":
		return true
	}
	return false
}

func (d *Detector) nameColumns(g *grid) {
	var firms, posts bool
	for i, s := range g.cells[g.header] {
		if i >= len(g.columns) || s == "" {
			continue
		}
		k, word := d.headerKind(s)
		low := lower(s)
		if anyOf(low, []string{"会社", "企業", "取引先", "法人", "company", "貴社", "御社", "店舗名", "organization"}) {
			firms = true
			if k == personName {
				k = nil
			}
		}
		posts = posts || anyOf(low, []string{"部署", "役職", "担当", "所属", "title", "department", "position"})
		g.columns[i].kind, g.columns[i].header = k, word
		if k == personName {
			g.columns[i].sub = nameColumn(low)
		}
	}
	g.company = firms && posts
}

// nameColumn refines a column of names: reading, family or given name.
func nameColumn(low string) string {
	switch {
	case anyOf(low, []string{"カナ", "フリガナ", "ふりがな", "よみ", "読み", "セイ", "メイ", "kana"}):
		return "kana"
	case low == "姓" || low == "氏" || strings.Contains(low, "last") || strings.Contains(low, "surname") || strings.Contains(low, "family") || strings.HasSuffix(low, "(姓)"):
		return "family"
	case low == "名" || strings.Contains(low, "first") || strings.Contains(low, "given") || strings.HasSuffix(low, "(名)"):
		return "given"
	}
	return ""
}

// voteRows is how many rows a column without a name needs to be typed by its cells.
const voteRows = 3

// vote types columns that have no header by the majority of their cells, and
// counts how many of the first cells of each typed column pass.
func (d *Detector) vote(g *grid) {
	for col := range g.columns {
		c := &g.columns[col]
		if c.kind == nil && !g.company || c.kind == negativeLabel && isGeneric(lower(c.header)) {
			d.elect(g, col)
		}
		switch {
		case c.kind != nil:
		case d.birthColumn(g, col):
			c.kind, c.voted = birthDate, true
		case genderColumn(g, col):
			c.kind, c.voted = gender, true
		}
		if c.kind == nil || c.kind.silent {
			continue
		}
		c.passed, c.of = 0, 0
		g.each(col, func(_ int, s string) { // a sample; gridHits counts all
			if c.of >= sampleRows {
				return
			}
			c.of++
			if _, ok := d.cell(c.kind, s); ok {
				c.passed++
			}
		})
	}
}

// sampleRows bounds how many cells vote on the type of a column.
const sampleRows = 200

func (d *Detector) elect(g *grid, col int) {
	var best *kind
	bestPassed := 0
	cells, most := g.sample(col)
	for _, k := range d.kinds {
		if !k.vote || k.cell == nil && k.try != nil && bits.TrailingZeros64(k.lens) > most {
			continue
		}
		need := voteRows
		if k.id > 0 && k.severity >= sevOfficial {
			need = 5
		}
		if len(cells) < need {
			continue
		}
		passed := len(cells)
		for _, s := range cells {
			if _, ok := d.cell(k, s); !ok {
				if passed--; passed*10 < len(cells)*9 {
					break
				}
			}
		}
		if passed*10 >= len(cells)*9 && passed > bestPassed {
			best, bestPassed = k, passed
		}
	}
	if best == nil && d.electName(g, col) {
		best = personName
	}
	if best != nil {
		g.columns[col].kind, g.columns[col].voted = best, true
	}
}

// sample are the first filled cells of a column, and the most digits in one.
func (g *grid) sample(col int) (cells []string, digits int) {
	for i := g.header + 1; i < len(g.cells) && len(cells) < sampleRows; i++ {
		if col >= len(g.cells[i]) || g.cells[i][col] == "" {
			continue
		}
		s := g.cells[i][col]
		n := 0
		for k := range len(s) {
			n += b2i(isDigit(s[k]))
		}
		cells, digits = append(cells, s), max(digits, n)
	}
	return cells, digits
}

// electName tells whether a column without a header holds names: nearly all
// cells read like one and most are in the dictionary.
func (d *Detector) electName(g *grid, col int) bool {
	n, names, known := 0, 0, 0
	g.each(col, func(_ int, s string) {
		if n >= sampleRows {
			return
		}
		n++
		if _, ok := d.cellName(s); !ok {
			return
		}
		names++
		if d.nameLike(s) {
			known++
		}
	})
	return n >= voteRows && names*10 >= n*9 && known*10 >= n*6
}

// each calls f for every filled data cell of a column.
func (g *grid) each(col int, f func(row int, s string)) {
	for i := g.header + 1; i < len(g.cells); i++ {
		if col < len(g.cells[i]) && g.cells[i][col] != "" {
			f(i, g.cells[i][col])
		}
	}
}
