package detect

import (
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// grid is a table whose columns are known by their header or by their cells.
type grid struct {
	text    string
	table   *policy.Table
	above   int // rows of the same table that are read by themselves
	header  int // index of the header row, -1 without
	columns []column
	// mended are the cells of rows that mend changed, by row.
	mended  map[int][]policy.Span
	reader  cellReader
	plain   policy.Span // a stretch of the text that folding leaves alone
	asked   int         // where the last cell that was asked for ends
	company bool        // a list of companies' contacts
	onSide  bool        // its rows are columns in the text
	free    *source     // of hits in columns without a type
	strayed bool        // a cell did not fit its column; it may become something else with others
	// searched tells that suspect has looked at the columns without a type.
	searched bool
}

// row are the places of the cells of row i.
func (g *grid) row(i int) []policy.Span {
	if g.mended != nil {
		if cells, ok := g.mended[i]; ok {
			return cells
		}
	}
	return g.table.Rows[i].Cells
}

// cell is a cell folded and trimmed. It is made whenever it is asked for: most
// cells of a table are looked at once or never, and most are plain already.
func (g *grid) cell(c policy.Span) string {
	s := g.text[c.Start:c.End]
	if !g.leftAlone(c) {
		s = foldCell(s)
	}
	if s != "" && s[0] > '\'' && s[len(s)-1] > '\'' {
		return s // as most are
	}
	return trimCell(s)
}

// plainReach is how far ahead of a cell is looked whether folding leaves the text
// alone, in bytes, when the cells of a row are asked for one after the other.
const plainReach = 4 << 10

// leftAlone tells that folding leaves a cell alone. Cells that follow each other are
// looked at together: a call for each cost more than the looking.
func (g *grid) leftAlone(c policy.Span) bool {
	if c.Start < g.plain.Start || c.End > g.plain.End {
		to := c.End
		if c.Start-g.asked <= len("\",\"") && c.Start >= g.asked {
			to = min(len(g.text), c.Start+plainReach)
		}
		g.plain = policy.Span{Start: c.Start, End: c.Start + plainRun(g.text[c.Start:max(to, c.End)], 0)}
	}
	g.asked = c.End
	return c.End <= g.plain.End && !g.reader.d.thorough
}

// cells are all cells of row i.
func (g *grid) cells(i int) []string {
	spans := g.row(i)
	out := make([]string, len(spans))
	for k, c := range spans {
		out[k] = g.cell(c)
	}
	return out
}

type column struct {
	kind    *kind
	header  string
	voted   bool
	generic bool // headed by a word such as "number", which says nothing
	sub     string
	agency  bool    // how a firm is reached that looks after the people in the list
	in      *source // of its hits
	kindAt  int     // which column, from 1, says in each row what the cell is; 0 for none
	// hot are the rows of cells in which the gate saw something, late what they are
	// by their check; both in columns without a type only.
	hot  []int32
	late *kind
	// strays are cells of a typed column that do not fit it.
	strays []stray
	// passed of the first cells in of pass the check; good of filled in all
	passed, of, good, filled int
}

// readGrid types the columns of t, which stands in span; nil when no column has a type,
// so that the table is read as running text.
func (d *Detector) readGrid(text string, t *policy.Table, span policy.Span) *grid {
	if len(t.Rows) < 2 {
		return nil
	}
	g := &grid{text: text, table: t, reader: cellReader{d: d}}
	g.leftAlone(policy.Span{Start: span.Start, End: min(span.End, span.Start+plainReach)}) // columns are gone down, not along
	return d.typeGrid(g)
}

// typeGrid types the columns of g.
func (d *Detector) typeGrid(g *grid) *grid {
	t := g.table
	g.header = d.findHeader(g)
	if g.header >= 0 {
		g.mend(len(t.Rows[g.header].Cells))
	}
	width := 0
	for i := range t.Rows {
		width = max(width, len(g.row(i)))
	}
	if !g.onSide && d.sideways(g) {
		if t, ok := g.turned(); ok {
			return d.typeGrid(&grid{text: g.text, table: t, reader: cellReader{d: d}, onSide: true})
		}
		return nil
	}
	g.columns = make([]column, width)
	if g.header >= 0 {
		d.nameColumns(g)
	}
	d.vote(g)
	g.company = g.company || g.header < 0 && g.ofFirms()
	g.expiryColumn()
	g.expiriesBeside()
	g.impersonal()
	g.places()
	g.bareCodes()
	g.splitPhones()
	g.kindColumns()
	for i := range g.columns {
		if k := g.columns[i].kind; k != nil && !k.silent {
			return g
		}
	}
	if g.company || g.header >= 0 && g.negative() {
		return g
	}
	if len(t.Rows) > sampleRows { // the sample may have missed what it holds
		d.suspect(g)
		for i := range g.columns {
			if g.columns[i].late != nil {
				return g
			}
		}
	}
	return nil
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
	for i := 0; i < len(g.table.Rows) && i < 10; i++ {
		row := g.cells(i)
		words, filled := d.headerWords(row)
		if words >= 1 && !aTotal[row[0]] && (words*2 >= filled || i == 0 && filled >= 3 && (g.valuesBelow() || d.headedName(row[0]))) && (filled >= 2 || len(row) == 1 && !g.widens(i)) {
			return d.lowerHeader(g, i, words, filled)
		}
	}
	if h := g.table.Header; h >= 0 && h < len(g.table.Rows) {
		row := g.cells(h)
		if _, filled := d.headerWords(row); filled > 0 && !d.anyName(row) {
			return h
		}
	}
	return -1
}

// valuesBelow tells that the first row has no digits and each of the next ones has
// some: it is the header, whatever its words.
func (g *grid) valuesBelow() bool {
	for i := range min(len(g.table.Rows), 6) {
		digits := false
		for _, s := range g.cells(i) {
			digits = digits || hasDigits(s, 2)
		}
		if digits == (i == 0) {
			return false
		}
	}
	return len(g.table.Rows) > 2
}

// headerWords counts the cells of a row: label words and filled ones; none when one of
// them is a value, so that the row is no header.
func (d *Detector) headerWords(row []string) (words, filled int) {
	for _, s := range row {
		if hasDigits(s, 4) || strings.IndexByte(s, '@') >= 0 || len(s) > 30 && utf8.RuneCountInString(s) > 30 {
			return 0, 0
		}
	}
	for _, s := range row {
		if s == "" {
			continue
		}
		filled++
		if k := d.headerKind(s); k != nil || aRoleHeader.in(lower(s)) || somebody(s) {
			words++
		}
	}
	return words, filled
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
func (d *Detector) headerKind(s string) *kind {
	low := lower(s)
	if strings.IndexByte(low, '_') >= 0 { // full_name, employee_no
		if k := d.headed(strings.ReplaceAll(low, "_", " ")); k != nil {
			return k
		}
	}
	return d.headed(low)
}

func (d *Detector) headed(low string) *kind {
	var found *kind
	d.headers.find(low, func(_ int, w *lexWord) {
		switch {
		case len(w.text) == len("姓") && len(low) > len("姓") && w.text[0] >= 0x80: // a single character means something only alone
		case w.kind == negativeLabel && found != nil && found != negativeLabel && isGeneric(w.text):
		default:
			found = w.kind
		}
	})
	return found
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
	for i, s := range g.cells(g.header) {
		if i >= len(g.columns) || s == "" {
			continue
		}
		k := d.headerKind(s)
		low := lower(s)
		if anyOf(low, []string{"会社", "企業", "取引先", "仕入先", "得意先", "納入先", "販売先", "発注先", "外注先", "supplier", "vendor", "法人", "company", "貴社", "御社", "店舗名", "organization"}) {
			firms = true
			if k == personName {
				k = nil
			}
		}
		posts = posts || anyOf(low, []string{"部署", "役職", "担当", "所属", "title", "department", "position"})
		if k == secret && anyOf(low, []string{"hash", "digest", "ハッシュ"}) {
			k = negativeLabel // what cannot be turned back opens nothing
		}
		if strings.HasSuffix(s, "〒") {
			k = postalCode // 届け先〒
		}
		if k == negativeLabel && aPaper.in(low) {
			k = nil // of any country, and each row may tell its own
		}
		g.columns[i].kind, g.columns[i].header = k, s
		if k == personName {
			g.columns[i].sub = nameColumn(low)
		}
	}
	g.partyColumn()
	g.company = firms && posts || g.lookedAfter() || g.branches() || g.atWork()
	g.dutyColumns()
	g.cardColumn()
	g.accountColumn()
	g.insuredColumns()
	g.agencyColumns()
	g.addresseeColumn()
	g.payColumns()
	g.staffNumbers()
	g.paidColumns()
	g.phonePieces()
	g.postSavings()
	g.assetColumns()
}

// voteRows is how many rows a column without a name needs to be typed by its cells.
const voteRows = 3

// vote types columns that have no header by the majority of their cells: first those that
// tell by themselves, then those that mean something beside names only.
func (d *Detector) vote(g *grid) {
	for col := range g.columns {
		c := &g.columns[col]
		c.kind = g.meant(col)
		if c.kind == nil && !g.company || c.kind == negativeLabel && isGeneric(lower(c.header)) {
			d.elect(g, col)
		}
	}
	g.splitNames()
	g.splitNumbers()
	g.splitBirths()
	for col := range g.columns {
		c := &g.columns[col]
		if (c.kind == nil || c.kind == negativeLabel) && !aShipment.in(lower(c.header)) {
			switch {
			case c.kind != nil && g.allPass(col):
				c.kind, c.voted = myNumber, true
			case g.mobiles(col):
				c.kind, c.voted = phone, true
			}
		}
		switch {
		case c.kind != nil:
		case d.birthColumn(g, col):
			c.kind, c.voted = birthDate, true
		case genderColumn(g, col):
			c.kind, c.voted = gender, true
		case d.careColumn(g, col):
			c.kind, c.voted = specialCare, true
		}
		c.generic = c.kind != nil && c.kind.silent && isGeneric(lower(c.header))
	}
}

// sampleRows bounds how many cells vote on the type of a column.
const sampleRows = 200

func (d *Detector) elect(g *grid, col int) {
	var best *kind
	bestPassed := 0
	cells := g.sample(col)
	for _, k := range d.voters {
		need := voteRows
		if k.id > 0 && k.severity >= sevOfficial {
			need = 5
		}
		if len(cells) < need {
			continue
		}
		passed := len(cells)
		for i := range cells {
			c := &cells[i]
			if k.cell == nil && k.try != nil && k.lens&c.lens == 0 {
				passed-- // no number in it is so long
			} else if m, ok := g.reader.check(k, c.text); !ok || m.points <= 0 && k.severity >= sevOfficial || m.points == ptAbroad { // nothing but its length speaks for it
				passed--
			}
			if passed*10 < len(cells)*9 {
				break
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

// voter is a cell that votes on the type of its column; lens are the numbers of digits
// that a number in it may have, as bits.
type voter struct {
	text string
	lens uint64
}

// sample are the first filled cells of a column.
func (g *grid) sample(col int) (cells []voter) {
	cells = make([]voter, 0, min(sampleRows, len(g.table.Rows)))
	g.each(col, func(_ int, s string) bool {
		cells = append(cells, voter{s, numbersIn(s)})
		return len(cells) < sampleRows
	})
	return cells
}

// electName tells whether a column without a header holds names: nearly all
// cells read like one and most are in the dictionary.
func (d *Detector) electName(g *grid, col int) bool {
	n, names, known := 0, 0, 0
	most := min(sampleRows, len(g.table.Rows)-g.header-1)
	g.each(col, func(row int, s string) bool {
		n++
		if _, ok := g.reader.name(s); !ok && row == len(g.table.Rows)-1 && aTotal[g.cell(g.row(row)[0])] {
			n--
		} else if ok {
			names++
			s = plainName(s) // 梶原 奨 様
			known += b2i(d.nameLike(s) || d.kanaPair(s))
		}
		return n < sampleRows && (n-names)*10 <= most && (n-known)*10 <= 4*most // more others are too many in any case
	})
	return n >= voteRows && names*10 >= n*9 && known*10 >= n*6
}

// each calls f for the filled data cells of a column until it returns false.
func (g *grid) each(col int, f func(row int, s string) bool) {
	for i := g.header + 1; i < len(g.table.Rows); i++ {
		row := g.row(i)
		if col >= len(row) || row[col].Start == row[col].End {
			continue
		}
		if s := g.cell(row[col]); s != "" && !f(i, s) {
			return
		}
	}
}
