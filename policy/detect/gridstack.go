package detect

import (
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

// Some tables are several below each other: two lists in one sheet, or a form whose
// headings stand above what is filled in, line after line. Each has its own header.

// stacked gives the tables that t consists of, most often t alone, and for each how many
// rows count before its own: none in a form whose rows are one person's.
func (d *Detector) stacked(text string, t *policy.Table) (parts []*policy.Table, first []int) {
	g := &grid{text: text, table: t, reader: cellReader{d: d}}
	begun := 0
	for i := 2; i+1 < len(t.Rows); i++ {
		if i-begun < 2 || !d.headsAnew(g, i) {
			continue
		}
		if begun == 0 {
			g.header = d.findHeader(g)
			if g.header < 0 || g.header+1 >= i || d.sideways(g) {
				break
			}
		}
		parts, first = append(parts, below(t, begun, i)), append(first, begun)
		begun = i
	}
	if begun == 0 {
		return []*policy.Table{t}, []int{0}
	}
	parts, first = append(parts, below(t, begun, len(t.Rows))), append(first, begun)
	if !slices.ContainsFunc(parts, severalRows) { // a form of one person
		clear(first)
	}
	return parts, first
}

// severalRows tells that more than one row stands below the first.
func severalRows(t *policy.Table) bool {
	n := 0
	for i := range t.Rows {
		n += b2i(!emptyRow(t.Rows[i].Cells))
	}
	return n > 2
}

// below is the table of some of the rows of t.
func below(t *policy.Table, from, to int) *policy.Table {
	part := *t
	part.Rows = t.Rows[from:to]
	if from > 0 {
		part.Header = -1
	}
	return &part
}

// headsAnew tells that row i holds labels and nothing else, others than the first row has
// in their places, with values below. Most rows are let go by the digit of an early cell.
func (d *Detector) headsAnew(g *grid, i int) bool {
	filled, same := 0, 0
	for k, c := range g.row(i) {
		s := g.text[c.Start:c.End]
		if s == "" {
			continue
		}
		if len(s) > 48 || hasDigits(s, 1) {
			return false
		}
		if s = g.cell(c); s == "" {
			continue
		}
		if d.headerKind(s) == nil {
			return false
		}
		filled++
		if top := g.row(0); k < len(top) && g.cell(top[k]) == s {
			same++
		}
	}
	return filled >= 2 && same < filled && g.values(g.row(i+1)) && !emptyRow(g.row(i+1))
}

// emptyRow tells a row of empty cells.
func emptyRow(cells []policy.Span) bool {
	for _, c := range cells {
		if c.Start < c.End {
			return false
		}
	}
	return true
}
