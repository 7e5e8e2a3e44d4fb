package extract

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/width"

	"github.com/sekisho-mail/sekisho/policy"
)

// Limits of a table whose columns are lined up by blanks.
const (
	alignedRows  = 3   // so few lines may stand below each other by chance
	alignedMost  = 64  // cells in a row
	alignedWidth = 500 // octets in a line, beyond which it is prose
)

// alignedCell is one cell and where it stands on a screen whose wide characters take
// two places.
type alignedCell struct {
	span   policy.Span
	x0, x1 int
}

// alignedTables finds tables whose columns are lined up by blanks, outside of the
// tables that were found already; least is how many cells a line has. Lines belong together when each of their cells
// stands below one of the line above and there are as many; a line with fewer may
// leave cells empty.
//
// Not covered: columns with one blank between them, and lists of two lines.
func alignedTables(text string, least int, found []policy.Table, more func() bool) []policy.Table {
	if !strings.Contains(text, "  ") && !strings.Contains(text, "\u3000\u3000") {
		return found
	}
	var out []policy.Table
	var rows []policy.Row
	var columns []alignedCell
	flush := func() {
		if len(rows) >= alignedRows && len(columns) >= least {
			out = append(out, policy.Table{Rows: rows, Header: headerRow(text, rows)})
		}
		rows, columns = nil, nil
	}
	at := 0
	for number := 1; at < len(text); number++ {
		end := len(text)
		if nl := strings.IndexByte(text[at:], '\n'); nl >= 0 {
			end = at + nl
		}
		cells := alignedCells(text, at, end)
		if len(cells) < 2 || inTable(found, at) {
			flush()
			at = end + 1
			continue
		}
		row, ok := alignedRow(cells, &columns)
		if !ok {
			flush()
			columns = cells
			row, _ = alignedRow(cells, &columns)
		}
		for range row {
			if !more() {
				flush()
				return inOrder(append(found, out...))
			}
		}
		rows = append(rows, policy.Row{Number: number, Cells: row})
		at = end + 1
	}
	flush()
	return inOrder(append(found, out...))
}

func inOrder(tables []policy.Table) []policy.Table {
	slices.SortFunc(tables, func(a, b policy.Table) int { return cmp.Compare(tableStart(a), tableStart(b)) })
	return tables
}

func tableStart(t policy.Table) int {
	if len(t.Rows) == 0 || len(t.Rows[0].Cells) == 0 {
		return 0
	}
	return t.Rows[0].Cells[0].Start
}

// inTable tells that a line belongs to one of the tables.
func inTable(tables []policy.Table, at int) bool {
	for _, t := range tables {
		if len(t.Rows) == 0 {
			continue
		}
		last := t.Rows[len(t.Rows)-1].Cells
		if len(last) > 0 && at >= tableStart(t)-4 && at <= last[len(last)-1].End {
			return true
		}
	}
	return false
}

// alignedCells splits a line at two blanks and more. One wide blank stands between
// the two names of a person.
func alignedCells(text string, from, to int) []alignedCell {
	if to-from > alignedWidth {
		return nil
	}
	var out []alignedCell
	x, blanks := 0, 2
	for i := from; i < to && len(out) <= alignedMost; {
		r, n := utf8.DecodeRuneInString(text[i:to])
		w := 1
		if r >= 0x80 {
			if k := width.LookupRune(r).Kind(); k == width.EastAsianWide || k == width.EastAsianFullwidth || k == width.EastAsianAmbiguous {
				w = 2
			}
		}
		switch {
		case r == ' ' || r == '\u3000' || r == '\r':
			blanks++
		case r == '\t':
			return nil // tabs part the cells of such a line
		case blanks >= 2:
			out = append(out, alignedCell{policy.Span{Start: i, End: i + n}, x, x + w})
			blanks = 0
		default:
			out[len(out)-1].span.End, out[len(out)-1].x1 = i+n, x+w
			blanks = 0
		}
		i += n
		x += w
	}
	if len(out) > alignedMost {
		return nil
	}
	return out
}

// alignedRow puts a line's cells into the columns, which grow by them; false when the
// line is not of that table. The first line makes the columns.
func alignedRow(cells []alignedCell, columns *[]alignedCell) ([]policy.Span, bool) {
	if *columns == nil {
		*columns = cells
	}
	old := *columns
	if len(cells) > len(old) {
		return nil, false
	}
	row := make([]policy.Span, len(old))
	grown := slices.Clone(old)
	k := 0
	for i := range old {
		row[i] = policy.Span{Start: cells[min(k, len(cells)-1)].span.Start}
		row[i].End = row[i].Start
		if k == len(cells) || cells[k].x0 >= old[i].x1 || cells[k].x1 <= old[i].x0 {
			continue
		}
		row[i] = cells[k].span
		grown[i].x0, grown[i].x1 = min(old[i].x0, cells[k].x0), max(old[i].x1, cells[k].x1)
		if i > 0 && grown[i].x0 < grown[i-1].x1 || i+1 < len(old) && grown[i].x1 > old[i+1].x0 {
			return nil, false
		}
		k++
	}
	if k < len(cells) || k < 2 {
		return nil, false
	}
	*columns = grown
	return row, true
}
