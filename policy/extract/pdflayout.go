package extract

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
)

// A page's text lies about as glyphs with places. What follows puts them into
// lines, and lines that share columns into tables, so that a list of people in a
// PDF reaches the detectors as rows and cells.
//
// All measures are multiples of the character's height (em). A gap that no blank
// fills and that is wider than wordGap parts two cells if the lines around agree;
// columnGap is what only a table has.
const (
	wordGap    = 0.35
	columnGap  = 0.9
	sameLine   = 0.4
	nextLine   = 1.5
	tableReach = 3.5
)

// span is one piece of a line between gaps.
type span struct {
	x0, x1, size float64
	text         string
}

// line is what stands on one baseline, from left to right.
type line struct {
	y, size float64
	spans   []span
	// wide tells that a gap of a table's width parts two spans.
	wide bool
}

// linesOf puts glyphs into lines from top to bottom; false when the page is not
// written from left to right (vertical or turned text), so that lines mean nothing.
func linesOf(glyphs []glyph) ([]line, bool) {
	var placed []glyph
	down := 0
	for i, c := range glyphs {
		if c.made || c.size <= 0 {
			continue
		}
		if n := len(placed); n > 0 && !glyphs[i-1].made {
			if last := placed[n-1]; math.Abs(c.y-last.y) > 0.5*c.size && math.Abs(c.x0-last.x0) < 0.5*c.size {
				down++
			}
		}
		placed = append(placed, c)
	}
	if len(placed) == 0 || down*3 > len(placed) {
		return nil, false
	}
	slices.SortStableFunc(placed, func(a, b glyph) int { return cmp.Compare(b.y, a.y) })
	var out []line
	for from := 0; from < len(placed); {
		to := from + 1
		for to < len(placed) && placed[from].y-placed[to].y <= sameLine*max(placed[from].size, placed[to].size) {
			to++
		}
		if l, ok := lineOf(placed[from:to]); ok {
			out = append(out, l)
		}
		from = to
	}
	return out, true
}

// lineOf cuts one line into its spans.
func lineOf(glyphs []glyph) (line, bool) {
	slices.SortStableFunc(glyphs, func(a, b glyph) int { return cmp.Compare(a.x0, b.x0) })
	l := line{y: glyphs[0].y}
	var b strings.Builder
	var at span
	var last glyph
	blanks := 0.0
	flush := func() {
		if at.text = plainText(strings.TrimSpace(b.String())); at.text != "" {
			if n := len(l.spans); n > 0 && at.x0-l.spans[n-1].x1 >= columnGap*at.size {
				l.wide = true
			}
			l.spans = append(l.spans, at)
			l.size = max(l.size, at.size)
		}
		b.Reset()
	}
	for _, c := range glyphs {
		if unicode.IsSpace(c.r) {
			blanks += c.x1 - c.x0
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			last.x1 = max(last.x1, c.x1)
			continue
		}
		if last.r == c.r && math.Abs(c.x0-last.x0) < 0.2*c.size {
			continue // drawn twice to look bold
		}
		gap := c.x0 - last.x1
		switch {
		case b.Len() > 0 && (gap > wordGap*c.size || blanks > 2.5*c.size):
			flush()
			at = span{x0: c.x0, size: c.size}
		case b.Len() == 0:
			at = span{x0: c.x0, size: c.size}
		case gap > 0.2*c.size:
			b.WriteByte(' ')
		}
		b.WriteRune(c.r)
		at.x1, last, blanks = c.x1, c, 0
	}
	flush()
	return l, len(l.spans) > 0
}

// block is a run of lines: a table when it has columns.
type block struct {
	lines   []line
	columns []span
}

// blocksOf parts a page into tables and the lines between them. Lines belong to
// one table as long as gaps run down through all of them.
func blocksOf(lines []line) []block {
	var out []block
	for i := 0; i < len(lines); {
		n, columns := tableAt(lines[i:])
		if n == 0 {
			if last := len(out) - 1; last >= 0 && out[last].columns == nil {
				out[last].lines = append(out[last].lines, lines[i])
			} else {
				out = append(out, block{lines: lines[i : i+1 : i+1]})
			}
			i++
			continue
		}
		out = append(out, block{lines: lines[i : i+n], columns: columns})
		i += n
	}
	return out
}

// tableAt tells how many lines from the first on make a table; 0 for none.
func tableAt(lines []line) (int, []span) {
	if !lines[0].wide {
		return 0, nil
	}
	columns := slices.Clone(lines[0].spans)
	n, wide := 1, 1
	for n < len(lines) && n < 4096 {
		l := lines[n]
		if lines[n-1].y-l.y > tableReach*max(l.size, lines[n-1].size) {
			break
		}
		merged := mergeColumns(columns, l.spans)
		if len(merged) < len(columns) || len(merged) < 2 {
			break
		}
		if l.wide {
			wide++
		}
		columns = merged
		n++
	}
	for n > 1 && len(lines[n-1].spans) == 1 && !continues(lines[n-2], lines[n-1], columns) {
		n-- // a heading below the table
	}
	if wide < 2 || isProse(lines[:n], columns) {
		return 0, nil
	}
	return n, columns
}

// mergeColumns adds a line's spans to the columns. Spans that touch two columns
// make them one.
func mergeColumns(columns, spans []span) []span {
	all := append(slices.Clone(columns), spans...)
	slices.SortFunc(all, func(a, b span) int { return cmp.Compare(a.x0, b.x0) })
	out := all[:1]
	for _, s := range all[1:] {
		last := &out[len(out)-1]
		if s.x0 < last.x1 {
			last.x1, last.size = max(last.x1, s.x1), max(last.size, s.size)
			continue
		}
		out = append(out, s)
	}
	return out
}

// isProse tells two columns of running text: nearly all their lines are full.
func isProse(lines []line, columns []span) bool {
	if len(columns) > 3 || len(lines) < 4 {
		return false
	}
	full, all := 0, 0
	for _, l := range lines {
		for _, s := range l.spans {
			c := columns[columnAt(columns, s)]
			all++
			if s.x1-s.x0 > 0.85*(c.x1-c.x0) && c.x1-c.x0 > 12*s.size {
				full++
			}
		}
	}
	return full*10 >= all*6
}

// columnAt is the column in which a span stands.
func columnAt(columns []span, s span) int {
	i, _ := slices.BinarySearchFunc(columns, s.x0, func(c span, x float64) int { return cmp.Compare(c.x1, x) })
	return min(i, len(columns)-1)
}

// continues tells that a line goes on with the cells of the one above: they
// overlap in height, or it stands close below, is without a first cell and mostly
// empty.
func continues(above, l line, columns []span) bool {
	size := max(above.size, l.size)
	switch pitch := above.y - l.y; {
	case pitch < 0.8*size:
		return true
	case pitch > nextLine*size:
		return false
	}
	return columnAt(columns, l.spans[0]) > 0 && len(l.spans)*2 <= len(columns)
}

// rows are the cells of a table, one slice a row.
func (t block) rows() [][]string {
	var out [][]string
	for i, l := range t.lines {
		if i == 0 || !continues(t.lines[i-1], l, t.columns) {
			out = append(out, make([]string, len(t.columns)))
		}
		row := out[len(out)-1]
		for _, s := range l.spans {
			cell := &row[columnAt(t.columns, s)]
			*cell = gluedText(*cell, s.text)
		}
	}
	return out
}

// gluedText puts the second line of a cell behind the first.
func gluedText(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	last, first := []rune(a), []rune(b)
	if joins(last[len(last)-1], first[0]) {
		return a + b
	}
	return a + " " + b
}

// text is a line of running text.
func (l line) text() string {
	parts := make([]string, len(l.spans))
	for i, s := range l.spans {
		parts[i] = s.text
	}
	return strings.Join(parts, "\t")
}

// writePage writes the text of one page. A page without tables is written as the
// engine reads it, which keeps columns of running text apart.
func writePage(b *builder, glyphs []glyph) {
	lines, upright := linesOf(glyphs)
	blocks := blocksOf(lines)
	if !upright || !slices.ContainsFunc(blocks, func(t block) bool { return t.columns != nil }) {
		b.sep('\n')
		b.write(strings.TrimSpace(plainText(streamText(glyphs))))
		return
	}
	for _, t := range blocks {
		if t.columns == nil {
			for _, l := range t.lines {
				b.sep('\n')
				b.write(l.text())
			}
			continue
		}
		b.beginTable("", false)
		for _, row := range t.rows() {
			b.beginRow(0, false)
			for len(row) > 0 && row[len(row)-1] == "" {
				row = row[:len(row)-1]
			}
			for _, cell := range row {
				b.beginCell()
				b.write(cell)
				b.endCell()
			}
		}
		b.endTable()
	}
}
