package extract

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// builder writes the one text of a file with its structure. Breaks are asked for
// and written only before the next text, so that runs of a word that was cut
// into pieces come out glued and blanks never pile up.
type builder struct {
	r      *reading
	view   string // "" for the first reading of the file
	text   []byte
	c      policy.Content
	pend   byte
	tables []openTable
	// numbered counts the tables of a document whose tables have a number.
	numbered int
	// closed is where the table stands that was closed last, kept whether it counts as one.
	closed policy.Span
	kept   bool
	// hiding counts the hidden elements around this place, hiddenAt is where the
	// outermost began.
	hiding, hiddenAt int
	// glued tells that hidden text stands inside a visible word.
	glued bool
	// notes are texts that belong to the file but would break its runs: comments,
	// attributes, scripts. They follow after the text.
	notes []string
	seen  map[string]bool
	// beside are such texts that a reader sees: footnotes, comments, page headers.
	beside []string
	full   bool
}

// openTable is a table being written; tables nest.
type openTable struct {
	policy.Table
	inRow, inCell bool
	start         int
	row           int // the number of the last row
}

func newBuilder(r *reading) *builder { return &builder{r: r, seen: map[string]bool{}} }

// sep asks for a break before the next text; a stronger one wins: blank, tab,
// line end.
func (b *builder) sep(c byte) {
	rank := func(c byte) int { return strings.IndexByte("\x00 \t\n", c) }
	if rank(c) > rank(b.pend) {
		b.pend = c
	}
}

// flush writes the break that was asked for.
func (b *builder) flush() {
	if t := b.table(); t != nil && t.inCell && t.start == len(b.text) {
		b.pend = 0 // a cell begins with its text
	}
	if b.pend != 0 && len(b.text) > 0 {
		b.put(string(b.pend))
	}
	b.pend = 0
}

// put appends as far as the budget allows.
func (b *builder) put(s string) {
	if b.full {
		return
	}
	n := b.r.s.budget.takeText(len(s))
	if n < len(s) {
		b.full = true
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
	}
	b.text = append(b.text, s[:n]...)
}

// write adds text as it stands.
func (b *builder) write(s string) {
	if s == "" {
		return
	}
	b.flush()
	b.put(valid(s))
}

// note keeps a text for the end of the file, once.
func (b *builder) note(s string) {
	if s = b.fresh(s); s != "" {
		b.notes = append(b.notes, s)
	}
}

// noteSeen keeps a text that a reader sees.
func (b *builder) noteSeen(s string) {
	if s = b.fresh(s); s != "" {
		b.beside = append(b.beside, s)
	}
}

// fresh is a text without blanks around it, "" when it was kept already.
func (b *builder) fresh(s string) string {
	s = strings.TrimSpace(valid(s))
	if s == "" || b.seen[s] {
		return ""
	}
	b.seen[s] = true
	return s
}

// hide begins or ends hidden text; calls nest.
func (b *builder) hide(on bool) {
	switch {
	case on:
		if b.hiding++; b.hiding == 1 {
			if b.pend == 0 && len(b.text) > 0 && !isBreak(b.text[len(b.text)-1]) {
				b.glued = true
			}
			b.flush()
			b.hiddenAt = len(b.text)
		}
	case b.hiding > 0:
		if b.hiding--; b.hiding == 0 && len(b.text) > b.hiddenAt {
			b.c.Hidden = append(b.c.Hidden, policy.Span{Start: b.hiddenAt, End: len(b.text)})
		}
	}
}

func isBreak(c byte) bool { return c == ' ' || c == '\t' || c == '\n' }

// mark names the text from here on.
func (b *builder) mark(where string) {
	b.sep('\n')
	b.flush()
	b.c.Marks = append(b.c.Marks, policy.Mark{Start: len(b.text), Where: where})
}

// markSheet is the mark of a sheet.
func (b *builder) markSheet(name string, hidden bool) {
	kind := "sheet "
	if hidden {
		kind = "hidden sheet "
	}
	b.mark(kind + strconv.Quote(valid(name)))
	if carriesData(name) {
		b.noteSeen(name) // tabs are read too
	}
}

func (b *builder) beginTable(name string, hidden bool) {
	b.sep('\n')
	b.tables = append(b.tables, openTable{Table: policy.Table{Name: valid(name), Header: -1, Hidden: hidden}})
}

// beginNumbered is beginTable in a document where a person would count the tables.
func (b *builder) beginNumbered(name string, hidden bool) {
	b.beginTable(name, hidden)
	b.numbered++
	b.table().Number = b.numbered
}

func (b *builder) table() *openTable {
	if len(b.tables) == 0 {
		return nil
	}
	return &b.tables[len(b.tables)-1]
}

// beginRow starts a row; number 0 counts on from the row before.
func (b *builder) beginRow(number int, hidden bool) {
	t := b.table()
	if t == nil {
		return
	}
	b.endRow()
	if number == 0 {
		number = t.row + 1
	}
	t.row = number
	b.sep('\n')
	t.Rows = append(t.Rows, policy.Row{Number: number, Hidden: hidden})
	t.inRow = true
}

// repeatRow tells that the row that was begun last stands for n rows.
func (b *builder) repeatRow(n int) {
	if t := b.table(); t != nil && n > 1 {
		t.row += min(n, 1<<24) - 1
	}
}

func (b *builder) endRow() {
	if t := b.table(); t != nil && t.inRow {
		b.endCell()
		t.inRow = false
		b.pend = '\n'
	}
}

func (b *builder) beginCell() {
	t := b.table()
	if t == nil || !t.inRow {
		return
	}
	b.endCell()
	if len(t.Rows[len(t.Rows)-1].Cells) > 0 {
		b.pend = '\t'
	}
	b.flush()
	t.inCell, t.start = true, len(b.text)
	if !b.r.s.budget.takeCells(1) {
		b.full = true
	}
}

func (b *builder) endCell() {
	t := b.table()
	if t == nil || !t.inCell {
		return
	}
	t.inCell = false
	row := &t.Rows[len(t.Rows)-1]
	if !b.full {
		row.Cells = append(row.Cells, policy.Span{Start: t.start, End: len(b.text)})
	}
	b.pend = '\t'
}

// endTable closes the innermost table; one of a single cell is no table.
func (b *builder) endTable() {
	t := b.table()
	if t == nil {
		return
	}
	b.endRow()
	b.tables = b.tables[:len(b.tables)-1]
	b.pend = '\n'
	rows := t.Rows[:0]
	cells := 0
	for _, row := range t.Rows {
		if len(row.Cells) > 0 {
			rows = append(rows, row)
			cells += len(row.Cells)
		}
	}
	if b.closed, b.kept = (policy.Span{}), cells >= 2; cells > 0 {
		last := rows[len(rows)-1].Cells
		b.closed = policy.Span{Start: rows[0].Cells[0].Start, End: last[len(last)-1].End}
	}
	if !b.kept {
		return
	}
	t.Rows = rows
	b.c.Tables = append(b.c.Tables, t.Table)
}

// finish adds the notes and gives the content to the reading. Where hidden text
// stood inside words, the text without it is a further view.
func (b *builder) finish() error {
	for b.table() != nil {
		b.endTable()
	}
	for b.hiding > 0 {
		b.hide(false)
	}
	if len(b.beside) > 0 {
		b.mark("notes and comments")
		b.put(strings.Join(b.beside, "\n"))
	}
	if len(b.notes) > 0 {
		b.mark("notes and attributes")
		start := len(b.text)
		b.put(strings.Join(b.notes, "\n"))
		b.c.Hidden = append(b.c.Hidden, policy.Span{Start: start, End: len(b.text)})
	}
	b.c.Text = string(b.text)
	if !b.glued {
		b.text = nil // twice the text of a large file is much
	}
	for i := range b.c.Tables {
		if t := &b.c.Tables[i]; t.Header < 0 {
			t.Header = table.Header(b.c.Text, t.Rows)
		}
	}
	b.c.Hidden = sortSpans(b.c.Hidden)
	b.r.content(b.view, b.c)
	b.r.spelledOut(b.view, b.c)
	if b.glued && !b.full {
		b.r.content(strings.TrimSpace(b.view+" without hidden text"), policy.Content{Text: b.visible()})
	}
	if turned := leftToRight(b.c.Text); turned != b.c.Text {
		b.r.content(strings.TrimSpace(b.view+" as displayed"), policy.Content{Text: turned})
	}
	if b.full {
		return fmt.Errorf("keep text: %w", errTooLarge)
	}
	return nil
}

// sortSpans orders spans and joins those that overlap.
func sortSpans(spans []policy.Span) []policy.Span {
	slices.SortStableFunc(spans, func(a, b policy.Span) int { return cmp.Compare(a.Start, b.Start) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Start < out[n-1].End {
			out[n-1].End = max(out[n-1].End, s.End)
			continue
		}
		out = append(out, s)
	}
	return out
}

// hideLastTable hides the table that was closed last: some formats say so behind it.
func (b *builder) hideLastTable() {
	if m := len(b.c.Marks); m > 0 && strings.HasPrefix(b.c.Marks[m-1].Where, "sheet ") {
		b.c.Marks[m-1].Where = "hidden " + b.c.Marks[m-1].Where
	}
	if b.closed.End > b.closed.Start {
		b.c.Hidden = append(b.c.Hidden, b.closed)
	}
	if !b.kept {
		return
	}
	t := &b.c.Tables[len(b.c.Tables)-1]
	t.Hidden = true
	for i := range t.Rows {
		t.Rows[i].Hidden = true
	}
}

func (b *builder) visible() string {
	var out []byte
	at := 0
	for _, h := range b.c.Hidden {
		out = append(out, b.text[at:h.Start]...)
		at = h.End
	}
	return string(append(out, b.text[at:]...))
}
