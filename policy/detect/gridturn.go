package detect

import (
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

// Some tables have one person to a column: the labels stand in the first cell of each
// row. They are read by columns as well, once they are turned.

// sideways tells a form: the first cell of most rows is a label for the second.
// Such a table reads best line by line.
func (d *Detector) sideways(g *grid) bool {
	if g.loginForm() {
		return true
	}
	rows, named := 0, 0
	kinds := map[*kind]bool{}
	margin := g.margin()
	for i := 0; i < len(g.table.Rows) && rows < sampleRows; i++ {
		row := g.row(i)[min(margin, len(g.row(i))):]
		if i == g.table.Header || len(row) < 2 || row[0].Start == row[0].End {
			continue
		}
		label := g.cell(row[0])
		if label == "" {
			continue
		}
		rows++
		if k := d.headerKind(label); k != nil && !hasDigits(label, 3) {
			named++
			kinds[k] = true
		}
	}
	return rows > 0 && len(kinds) >= 2 && named*10 >= rows*6
}

// margin is how many columns on the left are empty: a sheet often begins at B2.
func (g *grid) margin() int {
	margin := mostTurned
	for i := 0; i < len(g.table.Rows) && margin > 0; i++ {
		row := g.row(i)
		n := 0
		for n < len(row) && row[n].Start == row[n].End {
			n++
		}
		if n < len(row) {
			margin = min(margin, n)
		}
	}
	return margin
}

// loginForm tells a form of two columns in which the line of a password, or the name of
// a wireless network, stands among others.
func (g *grid) loginForm() bool {
	for i := 0; i < len(g.table.Rows) && i < mostTurned; i++ {
		if g.wide(i) {
			continue
		}
		cells := slices.DeleteFunc(g.cells(i), func(s string) bool { return s == "" })
		if len(cells) != 2 {
			continue
		}
		if label := lower(cells[0]); label == "ssid" {
			return true
		} else if k := g.reader.d.headerKind(label); k == secret {
			_, told := secret.cell(cells[1])
			return told
		}
	}
	return false
}

// wide tells a row in which more than two cells begin with a letter, a digit or a kanji, so
// that it is no line of such a form.
func (g *grid) wide(i int) bool {
	filled := 0
	for _, c := range g.row(i) {
		if c.Start < c.End {
			b := g.text[c.Start]
			filled += b2i(isLetter(b) || isDigit(b) || b >= 0xe4 && b <= 0xe9)
		}
	}
	return filled > 2
}

// turned is the table with its columns as rows, false when it is no table of people
// side by side: a form of two columns reads best line by line.
func (g *grid) turned() (*policy.Table, bool) {
	width, same, margin := 0, 0, g.margin()
	for i := range g.table.Rows {
		width = max(width, len(g.row(i))-margin)
	}
	if width < 3 || width > mostTurned || len(g.table.Rows) > mostTurned {
		return nil, false
	}
	out := policy.Table{Header: -1, Rows: make([]policy.Row, width)}
	for i := range g.table.Rows {
		row := g.row(i)[min(margin, len(g.row(i))):]
		same += b2i(len(row) == width && g.values(row[1:]))
		for k := range width {
			var c policy.Span
			if k < len(row) {
				c = row[k]
			}
			out.Rows[k].Number = g.table.Rows[i].Number
			out.Rows[k].Cells = append(out.Rows[k].Cells, c)
		}
	}
	for k := range out.Rows {
		out.Rows[k].Number = g.table.Rows[0].Number
	}
	return &out, same*10 >= len(g.table.Rows)*7
}

// mostTurned is how many rows and columns a table may have that is turned.
const mostTurned = 64

// values tells that none of the cells is a label.
func (g *grid) values(cells []policy.Span) bool {
	for _, c := range cells {
		s := g.cell(c)
		if k := g.reader.d.headerKind(s); k != nil && !k.silent && !hasDigits(s, 1) {
			return false
		}
	}
	return true
}

// byRecord puts the hits of turned tables, which stand in the text one line after the
// other, in the order of the people they belong to.
func byRecord(hits []hit) []hit {
	if !slices.ContainsFunc(hits, func(h hit) bool { return h.in.turned }) {
		return hits
	}
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, func(a, b hit) int {
		switch {
		case a.in.turned != b.in.turned:
			return b2i(a.in.turned) - b2i(b.in.turned)
		case !a.in.turned:
			return 0
		case a.in.table != b.in.table:
			return a.in.table - b.in.table
		}
		return int(a.record - b.record)
	})
	return hits
}
