package detect

import (
	"sort"
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
		if h.in.table < len(c.Tables) && c.Tables[h.in.table].Number > 0 {
			p.known = false // told to the cell
		}
	}
	if !p.known || p.mark != mark || p.row != row || mark == 0 {
		p.words, p.mark, p.row, p.known = where(c, h, mark, out), mark, row, true
	}
	return p.words
}

// where says in words where a hit stands: the part's path, the mark (page,
// sheet) and the row of a table; in documents whose tables are counted also the
// table's number and the cell.
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
	cell := 0
	if h.in.table < len(c.Tables) {
		if t := &c.Tables[h.in.table]; t.Number > 0 {
			b = append(strconv.AppendInt(append(b, "table "...), int64(t.Number), 10), " / "...)
			cell = cellOf(t, h.start)
		}
	}
	b = strconv.AppendInt(append(b, "row "...), int64(h.row), 10)
	if cell > 0 {
		b = strconv.AppendInt(append(b, " / cell "...), int64(cell), 10)
	}
	return out.put(b)
}

// cellOf is which cell of its row holds the offset, from 1; 0 for none.
func cellOf(t *policy.Table, at int) int {
	i := sort.Search(len(t.Rows), func(i int) bool { return t.Rows[i].Cells[0].Start > at }) - 1
	if i < 0 {
		return 0
	}
	for k, c := range t.Rows[i].Cells {
		if at >= c.Start && at < c.End {
			return k + 1
		}
	}
	return 0
}
