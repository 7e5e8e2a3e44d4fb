package detect

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// mend joins the pieces of amounts that were cut at their commas, in rows that
// have more cells than the header: 312,500,28,000 are two amounts below two headers.
func (g *grid) mend(width int) {
	for i := range g.table.Rows {
		row := g.table.Rows[i].Cells
		if len(row) <= width {
			continue
		}
		joined := g.joinAmounts(row, width, 2)
		if len(joined) > width { // there are millions
			joined = g.joinAmounts(row, width, len(row))
		}
		if len(joined) < len(row) {
			if g.mended == nil {
				g.mended = map[int][]policy.Span{}
			}
			g.mended[i] = joined
		}
	}
}

// joinAmounts joins up to most pieces each of the amounts in a row until it has no
// more than width cells.
func (g *grid) joinAmounts(row []policy.Span, width, most int) []policy.Span {
	row = slices.Clone(row)
	pieces := 1
	for k := 0; len(row) > width && k+1 < len(row); {
		if pieces == most || !thousands(g.cell(row[k]), g.cell(row[k+1])) {
			k, pieces = k+1, 1
			continue
		}
		row[k].End = row[k+1].End
		row = slices.Delete(row, k+1, k+2)
		pieces++
	}
	return row
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
