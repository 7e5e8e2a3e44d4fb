package detect

import (
	"strconv"

	"github.com/sekisho-mail/sekisho/policy"
)

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
