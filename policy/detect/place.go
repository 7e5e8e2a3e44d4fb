package detect

import (
	"strconv"

	"github.com/sekisho-mail/sekisho/policy"
)

// places remembers the last place, since many hits stand in one row.
type places struct {
	mark, row int
	words     string
	known     bool
}

func (p *places) where(c *policy.Content, h *hit, mark int) string {
	row := 0
	if h.table >= 0 {
		row = h.row
	}
	if !p.known || p.mark != mark || p.row != row || mark == 0 {
		p.words, p.mark, p.row, p.known = where(c, h, mark), mark, row, true
	}
	return p.words
}

// where says in words where a hit stands: the part's path, the mark (page,
// sheet) and the row of a table.
func where(c *policy.Content, h *hit, mark int) string {
	out := c.Where
	if mark < len(c.Marks) && c.Marks[mark].Start <= h.start {
		out = join(out, c.Marks[mark].Where)
	}
	if h.table >= 0 && h.row > 0 {
		out = join(out, "row "+strconv.Itoa(h.row))
	}
	return out
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + " / " + b
}
