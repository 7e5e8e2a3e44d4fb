package detect

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// sheet is a table that is read by columns: number is its index in the part's
// tables, span where it stands.
type sheet struct {
	*grid
	number    int
	span      policy.Span
	ascending bool // its cells follow each other
}

// layout says how a text is read: tables by columns, what lies between them as
// running text.
type layout struct {
	sheets []sheet
	free   []policy.Span
	at     int // up to where it is laid out
}

// content examines one part; false when the context ended first.
func (x *exam) content(ctx context.Context, c *policy.Content, out *[]hit) bool {
	whole := c.Kind == policy.HeaderText || x.d.everything
	if whole && !x.d.everything && x.addressHeader(c, out) {
		*out = append(*out, x.d.own.find(c.Text, nil, *out, ^lineFlag(0))...)
		*out = x.conclude(c, *out)
		return true
	}
	tables := c.Tables
	left := mostCells
	if len(tables) == 0 && !whole {
		tables = table.Leading(c.Text, &left) // which spares the gate the way through them
	}
	var l layout
	if !x.d.lay(ctx, c.Text, tables, 0, &l) {
		return false
	}
	var seen survey
	if whole {
		seen = full(c.Text)
	} else {
		seen = x.d.gate.linesOf(c.Text, append(l.free, policy.Span{Start: l.at, End: len(c.Text)}))
		x.d.sift(c.Text, seen.marks)
	}
	if n := len(tables); len(c.Tables) == 0 {
		tables = append(tables, x.d.textTables(c.Text, &seen, &left)...)
		if !x.d.lay(ctx, c.Text, tables, n, &l) {
			return false
		}
	}
	l.free = append(l.free, policy.Span{Start: l.at, End: len(c.Text)})
	if !x.read(ctx, c, &l, &seen, out) {
		return false
	}
	*out = append(*out, x.d.own.find(c.Text, tables, *out, seen.all)...)
	*out = x.conclude(c, *out)
	return true
}

// inOrder sorts hits by their start; most are in order.
func inOrder(hits []hit) {
	for i := 1; i < len(hits); i++ {
		if hits[i].start < hits[i-1].start {
			slices.SortStableFunc(hits, func(a, b hit) int { return a.start - b.start })
			return
		}
	}
}

// read examines what was laid out; false when the context ended first.
func (x *exam) read(ctx context.Context, c *policy.Content, l *layout, seen *survey, out *[]hit) bool {
	for _, s := range l.sheets {
		if ctx.Err() != nil {
			return false
		}
		if labelWords(c.Text[s.span.Start:s.span.End]) { // the gate has not seen all cells
			seen.all |= lineOwn
		}
		x.gridHits(s.grid, s.number, x.flow.begin(&s, *out, seen), out)
	}
	left := *seen
	for _, s := range l.free {
		for len(left.marks) > 0 && left.marks[0].end < s.Start {
			left.marks = left.marks[1:]
		}
		if ctx.Err() != nil || !x.stretch(ctx, c, &left, s, out) {
			return false
		}
	}
	return true
}

// lay types the columns of the tables from number n on; those that have types are
// read by columns. It returns false when the context ended first.
func (d *Detector) lay(ctx context.Context, text string, tables []policy.Table, n int, l *layout) bool {
	for ; n < len(tables); n++ {
		if ctx.Err() != nil {
			return false
		}
		span, ascending, inside := bounds(&tables[n], len(text))
		if span.Start < l.at || !inside {
			continue
		}
		parts, first := d.stacked(text, &tables[n])
		for i, t := range parts {
			if len(parts) > 1 {
				span, _, _ = bounds(t, len(text))
				ascending = false // rows of one person may stand in several parts
			}
			if g := d.readGrid(text, t, span); g != nil && span.Start >= l.at {
				g.above = first[i]
				l.free = append(l.free, policy.Span{Start: l.at, End: span.Start})
				l.sheets, l.at = append(l.sheets, sheet{g, n, span, ascending && !g.onSide}), span.End
			}
		}
	}
	return true
}

// stretch examines a stretch of running text; false when the context ended first.
func (x *exam) stretch(ctx context.Context, c *policy.Content, seen *survey, s policy.Span, out *[]hit) bool {
	x.zoned.fold("", 0)
	all := regions(c.Text, seen.marks, s)
	for i, r := range all {
		x.ahead = all[i+1:]
		if !r.hot && r.End-r.Start <= block && x.who(c, seen, r, s, out) {
			continue
		}
		for r.Start < r.End {
			if ctx.Err() != nil {
				return false
			}
			end := cut(c.Text, r.Start, r.End)
			x.free(c, seen, r.from, policy.Span{Start: r.Start, End: end}, s, out)
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
