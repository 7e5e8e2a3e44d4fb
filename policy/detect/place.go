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

func (p *places) where(c *policy.Content, h *hit, mark int, out *phrases) string {
	row := 0
	if h.in.table >= 0 {
		row = int(h.row)
	}
	if !p.known || p.mark != mark || p.row != row || mark == 0 {
		p.words, p.mark, p.row, p.known = where(c, h, mark, out), mark, row, true
	}
	return p.words
}

// where says in words where a hit stands: the part's path, the mark (page,
// sheet) and the row of a table.
func where(c *policy.Content, h *hit, mark int, out *phrases) string {
	place := c.Where
	if mark < len(c.Marks) && c.Marks[mark].Start <= h.start {
		if w := c.Marks[mark].Where; place == "" {
			place = w
		} else if w != "" {
			place += " / " + w
		}
	}
	if h.in.table < 0 || h.row <= 0 {
		return place
	}
	var buf [128]byte
	b := append(buf[:0], place...)
	if place != "" {
		b = append(b, " / "...)
	}
	return out.put(strconv.AppendInt(append(b, "row "...), int64(h.row), 10))
}
