package detect

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// sheet is a table that is read by columns; number is its index in the part's tables.
type sheet struct {
	*grid
	number int
}

// content examines one part; false when the context ended first.
func (x *exam) content(ctx context.Context, c *policy.Content, out *[]hit) bool {
	whole := c.Kind == policy.HeaderText || x.d.everything
	tables := c.Tables
	var seen survey
	switch {
	case whole:
		seen = full(c.Text)
	case len(tables) == 0:
		seen = x.d.gate.lines(c.Text)
		x.d.sift(c.Text, seen.marks)
	}
	if len(tables) == 0 {
		for _, s := range x.d.stretches(c.Text, seen.marks) {
			tables = append(tables, textTables(c.Text, s)...)
		}
	}
	sheets, free, ok := x.d.sheets(ctx, c.Text, tables)
	if !ok {
		return false
	}
	if len(c.Tables) > 0 && !whole {
		seen = x.d.gate.linesOf(c.Text, free)
		x.d.sift(c.Text, seen.marks)
	}
	for _, s := range sheets {
		if ctx.Err() != nil {
			return false
		}
		x.gridHits(s.grid, s.number, out)
		seen.all |= lineOwn // the gate has not seen all cells
	}
	left := seen
	for _, s := range free {
		for len(left.marks) > 0 && left.marks[0].end < s.Start {
			left.marks = left.marks[1:]
		}
		if ctx.Err() != nil || !x.stretch(ctx, c, &left, s, out) {
			return false
		}
	}
	*out = append(*out, x.d.own.find(c.Text, tables, *out, seen.all)...)
	if byStart := func(a, b hit) int { return a.start - b.start }; !slices.IsSortedFunc(*out, byStart) {
		slices.SortStableFunc(*out, byStart)
	}
	x.judge(c, *out)
	*out = x.keep(*out)
	return true
}

// sheets types the columns of the tables and tells which stretches of the text
// remain to be read as running text; false when the context ended first.
func (d *Detector) sheets(ctx context.Context, text string, tables []policy.Table) (sheets []sheet, free []policy.Span, ok bool) {
	at := 0
	for n := range tables {
		if ctx.Err() != nil {
			return nil, nil, false
		}
		span := tableSpan(&tables[n])
		if span.Start < at || span.End > len(text) || !spansInside(&tables[n], len(text)) {
			continue
		}
		g := d.readGrid(text, &tables[n])
		if g == nil {
			continue
		}
		free = append(free, policy.Span{Start: at, End: span.Start})
		at = span.End
		sheets = append(sheets, sheet{g, n})
	}
	return sheets, append(free, policy.Span{Start: at, End: len(text)}), true
}

// stretch examines a stretch of running text; false when the context ended first.
func (x *exam) stretch(ctx context.Context, c *policy.Content, seen *survey, s policy.Span, out *[]hit) bool {
	for _, r := range regions(c.Text, seen.marks, s) {
		if !r.hot && r.End-r.Start <= block && x.who(c, seen, r, s, out) {
			continue
		}
		for r.Start < r.End {
			if ctx.Err() != nil {
				return false
			}
			end := cut(c.Text, r.Start, r.End)
			x.free(c, seen, policy.Span{Start: r.Start, End: end}, s, out)
			r.Start = end
		}
	}
	return true
}

// block is how much text is folded at a time, in bytes.
const block = 1 << 20

// cut is the end of the block that begins at start: a line break near the limit.
func cut(s string, start, end int) int {
	if end-start <= block {
		return end
	}
	if n := strings.LastIndexByte(s[start:start+block], '\n'); n > block/2 {
		return start + n + 1
	}
	n := start + block
	for n > start && !utf8.RuneStart(s[n]) {
		n--
	}
	return n
}

func tableSpan(t *policy.Table) policy.Span {
	s := policy.Span{Start: -1}
	for i := range t.Rows {
		for _, c := range t.Rows[i].Cells {
			if s.Start < 0 || c.Start < s.Start {
				s.Start = c.Start
			}
			s.End = max(s.End, c.End)
		}
	}
	return s
}

// spansInside checks the cells, since they come from a parser of foreign files.
func spansInside(t *policy.Table, n int) bool {
	for i := range t.Rows {
		for _, c := range t.Rows[i].Cells {
			if c.Start < 0 || c.Start > c.End || c.End > n {
				return false
			}
		}
	}
	return true
}
