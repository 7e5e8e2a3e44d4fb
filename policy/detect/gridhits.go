package detect

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// gridHits turns the cells of typed columns into hits and reads the others as
// running text. With flows the rows are told at once as long as that may be.
func (x *exam) gridHits(g *grid, number int, flows bool, out *[]hit) {
	for i := range g.columns {
		c := &g.columns[i]
		c.in = &source{table: number, label: c.header, turned: g.onSide, agency: c.agency}
		if c.voted || c.kind == nil {
			c.in.label = ""
		}
	}
	g.free = &source{table: number, turned: g.onSide}
	if !g.searched {
		x.d.suspect(g)
	}
	if !flows {
		*out = slices.Grow(*out, g.typed()*len(g.table.Rows))
	}
	telling := g.telling()
	for i := g.header + 1; i < len(g.table.Rows) && len(telling) > 0; i++ {
		row := g.row(i)
		if g.totalRow(row) {
			continue
		}
		first := len(*out)
		for _, col := range telling {
			if col >= len(row) {
				break
			}
			if row[col].Start < row[col].End {
				x.gridCell(g, i, row, col, out)
			}
		}
		hits := (*out)[first:]
		recordPoints(hits)
		if !flows {
			continue
		}
		if flows = x.flow.row(g, hits); flows {
			*out = (*out)[:first]
		} else {
			*out = slices.Grow(*out, g.typed()*(len(g.table.Rows)-i))
		}
	}
	for i := range g.columns {
		c := &g.columns[i]
		c.in.passed, c.in.of = c.good, c.filled
		x.reread(g, i, out)
	}
	x.flow.end()
}

// telling are the columns that may tell something: not those of things, and those without
// a type only when the gate saw something in them. A table of figures has none.
func (g *grid) telling() (cols []int) {
	for i := range g.columns {
		c := &g.columns[i]
		if free := c.kind == nil || c.generic; free && c.kindAt == 0 && len(c.hot) == 0 || !free && c.kind.silent && c.kind != memberID {
			continue
		}
		cols = append(cols, i)
	}
	return cols
}

// gridCell turns the filled cell of row i in a column into a hit.
func (x *exam) gridCell(g *grid, i int, row []policy.Span, col int, out *[]hit) {
	c := &g.columns[col]
	if c.kind == nil || c.generic {
		x.freeCell(g, i, col, row[col], out)
		return
	}
	if c.kind.silent && c.kind != memberID {
		return
	}
	span := row[col]
	s := g.cell(span)
	if s == "" {
		return
	}
	m, ok := g.reader.check(c.kind, s)
	if !ok && !c.voted {
		m, ok = g.reader.figure(c.kind, s)
	}
	c.filled++
	c.good += b2i(ok)
	if !ok {
		if joined, last, good := x.joinCells(g, row, col); good {
			m, span.End = joined, row[last].End
			c.good++
		} else {
			x.misfit(g, i, col, span, s, out)
			return
		}
	}
	if c.sub != "" {
		m.subtype = c.sub
	}
	if c.voted {
		m.points, m.why = m.points+ptVote, m.why|whyVote
	} else {
		m.points, m.why = m.points+ptColumn, m.why|whyColumn
	}
	g.hit(i, c.kind, c.in, span, m, out)
	if c.kind == address {
		x.codeBefore(g, i, span, out)
	}
}

// misfit reads a cell that does not fit its column: a typing error, or another
// value.
func (x *exam) misfit(g *grid, i, col int, span policy.Span, s string, out *[]hit) {
	c, at := &g.columns[col], len(*out)
	many := digitsIn(s) >= strayDigits
	switch {
	case g.typo(col, s):
		m := match{norm: s, subtype: c.sub, points: ptColumn, why: whyBadCheck | whyColumn}
		if c.voted {
			m.points, m.why = ptVote, whyBadCheck|whyVote
		}
		g.hit(i, c.kind, c.in, span, m, out)
	case many, strings.IndexByte(s, '@') > 0: // a telephone number or a mail address, as people like
		x.readCell(g, i, span, out)
	}
	if many {
		g.strayed = true
		c.strays = append(c.strays, stray{int32(i), int32(at), int32(len(*out) - at)})
	}
}

// hit appends what was found in a cell of row i.
func (g *grid) hit(i int, k *kind, in *source, span policy.Span, m match, out *[]hit) {
	*out = append(*out, hit{kind: k, in: in, start: span.Start, end: span.End, norm: m.norm, subtype: m.subtype, points: m.points,
		why: m.why | whyTable, business: (g.company || in.agency) && businessKind(k), row: int32(g.table.Rows[i].Number), record: int32(g.above + i)})
	if h := &(*out)[len(*out)-1]; h.start < h.end && (g.text[h.start] <= '\'' || g.text[h.end-1] <= '\'') {
		trimSpan(g.text, h)
	}
}

// trimSpan takes blanks and quotes off the ends of a cell.
func trimSpan(text string, h *hit) {
	for h.start < h.end && text[h.start] <= '\'' && strings.IndexByte(" \t\r\n\"'", text[h.start]) >= 0 {
		h.start++
	}
	for h.end > h.start && text[h.end-1] <= '\'' && strings.IndexByte(" \t\r\n\"'", text[h.end-1]) >= 0 {
		h.end--
	}
}

// typo tells a value whose check digit is wrong in a column where four of five
// are right: a typing error is somebody's number all the same.
func (g *grid) typo(col int, s string) bool {
	c := &g.columns[col]
	if c.kind.try == nil || c.kind.lens == 0 {
		return false
	}
	n := digitsIn(s)
	if n >= 64 || c.kind.lens&(1<<n) == 0 {
		return false
	}
	if c.of == 0 { // asked for the first time
		g.each(col, func(_ int, s string) bool {
			_, ok := g.reader.check(c.kind, s)
			c.of++
			c.passed += b2i(ok)
			return c.of < sampleRows
		})
	}
	return c.of >= 5 && c.passed*5 >= c.of*4
}

// joinCells reads a number that is spread over the cells to the right.
func (x *exam) joinCells(g *grid, row []policy.Span, col int) (match, int, bool) {
	c := &g.columns[col]
	if c.kind.try == nil && c.kind != birthDate {
		return match{}, 0, false
	}
	joined := g.cell(row[col])
	if !shortDigits(joined) {
		return match{}, 0, false
	}
	for k := col + 1; k < len(row) && k < col+16; k++ {
		next := g.cell(row[k])
		if other := g.columns[k].kind; other != nil && other != c.kind && !g.columns[k].voted && !other.silent || !shortDigits(next) {
			return match{}, 0, false
		}
		joined += "-" + next
		if m, ok := g.reader.check(c.kind, joined); ok {
			m.start, m.end = 0, 0
			return m, k, true
		}
	}
	return match{}, 0, false
}

func shortDigits(s string) bool {
	if s == "" || len(s) > 6 {
		return false
	}
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// readable tells that something may stand in a cell by itself: a number, a mail
// address, or some words.
func readable(s string) bool {
	return len(s) >= 16 || len(s) >= 4 && (hasDigits(s, 7) || strings.IndexByte(s, '@') >= 0)
}

// recordPoints adds points for other personal data in the same row; of more than
// two the number does not matter.
func recordPoints(row []hit) {
	var seen [3]*kind
	n := 0
	for i := range row {
		if k := row[i].kind; row[i].points >= likely && recordKind(k) && k != seen[0] && k != seen[1] {
			seen[n] = k
			if n++; n == len(seen) {
				break
			}
		}
	}
	for i := range row {
		k := row[i].kind
		if others := n - b2i(k == seen[0] || k == seen[1] || k == seen[2]); others > 0 {
			row[i].points += min(2, float64(others)) * ptRecord
			row[i].why |= whyRecord
		}
	}
}
