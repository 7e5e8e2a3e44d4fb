package extract

import (
	"cmp"
	"slices"
	"strings"
)

// Lines that share columns become tables, so that a list of people in a PDF
// reaches the detectors as rows and cells. Measures are multiples of the
// character's height.
const (
	// tableReach is how far below a row the next one may stand.
	tableReach = 3.5
	// overflow is how far a cell's text may reach into the next cell.
	overflow = 1.2
	// closeLine is the widest pitch of lines inside one cell.
	closeLine = 1.8
	// maxColumns bounds the work: no table for people has more.
	maxColumns = 200
)

// column is where the cells of one column stand.
type column struct{ x0, x1 float64 }

// block is a run of lines: a table when it has columns.
type block struct {
	lines   []line
	columns []column
}

// blocksOf parts a page into tables and the lines between them. Lines belong to
// one table as long as the same columns go down through all of them.
func blocksOf(lines []line) []block {
	var out []block
	for i := 0; i < len(lines); {
		n, columns := tableAt(lines[i:])
		if columns != nil {
			out = append(out, block{lines: lines[i : i+n], columns: columns})
		} else if last := len(out) - 1; last >= 0 && out[last].columns == nil {
			out[last].lines = append(out[last].lines, lines[i:i+n]...)
		} else {
			out = append(out, block{lines: slices.Clone(lines[i : i+n])})
		}
		i += n
	}
	return out
}

// tableAt tells how many lines from the first on belong together, and the columns
// when those are a table.
func tableAt(lines []line) (int, []column) {
	if !lines[0].wide {
		return 1, nil
	}
	var columns []column
	n, wide, lastWide := 0, 0, 0
	for n < len(lines) {
		l := lines[n]
		if n > 0 && lines[n-1].y-l.y > tableReach*max(l.size, lines[n-1].size) {
			break
		}
		grown, ok := growColumns(columns, l.pieces)
		if !ok {
			break
		}
		columns = grown
		n++
		if l.wide {
			wide++
		}
		if len(l.pieces) > 1 {
			lastWide = n
		}
	}
	// A line of one piece behind the last row is text below the table, unless it is
	// the second line of a cell.
	for n > lastWide && lines[n-2].y-lines[n-1].y > closeLine*lines[n-1].size {
		n--
	}
	switch {
	case wide < 2 || len(columns) < 2 || len(columns) > maxColumns:
		return 1, nil
	case isProse(lines[:n], columns):
		return n, nil
	}
	return n, columns
}

// growColumns fits a line's pieces into the columns and adds the columns that are
// new; false when the line is not of the table: a piece lies over two columns, or
// two pieces in one. A piece ends at the latest where the next of its line begins,
// and the last one may flow over an empty cell.
func growColumns(columns []column, pieces []piece) ([]column, bool) {
	if len(pieces) > maxColumns || len(columns) > maxColumns {
		return nil, false
	}
	out := slices.Clone(columns)
	used := map[int]bool{}
	for i, p := range pieces {
		if i+1 < len(pieces) {
			p.x1 = max(p.x0, min(p.x1, pieces[i+1].x0))
		}
		at, touched := touchedColumns(columns, p)
		if touched == 2 && len(pieces) > 2 && p.x0 > columns[at].x0-0.5*p.size && p.x0 < columns[at].x0+0.5*p.size {
			p.x1, touched = columns[at].x1, 1
		}
		switch {
		case touched > 1 || touched == 1 && used[at]:
			return nil, false
		case touched == 1:
			used[at] = true
			out[at] = column{min(out[at].x0, p.x0), max(out[at].x1, p.x1)}
		default:
			out = append(out, column{p.x0, p.x1})
		}
	}
	slices.SortFunc(out, func(a, b column) int { return cmp.Compare(a.x0, b.x0) })
	for i := range len(out) - 1 { // text that overflows does not widen its column
		out[i].x1 = min(out[i].x1, max(out[i].x0+1, out[i+1].x0))
	}
	return out, true
}

// touchedColumns is the first column that a piece really lies in, and how many
// there are; a little overflow does not count.
func touchedColumns(columns []column, p piece) (first, touched int) {
	for i, c := range columns {
		shared := min(p.x1, c.x1) - max(p.x0, c.x0)
		if shared <= 0 || shared < overflow*p.size && shared < 0.5*(p.x1-p.x0) && shared < 0.5*(c.x1-c.x0) {
			continue
		}
		if touched++; touched == 1 {
			first = i
		}
	}
	return first, touched
}

// isProse tells two or three columns of running text: nearly all lines are full.
func isProse(lines []line, columns []column) bool {
	if len(columns) > 3 || len(lines) < 4 {
		return false
	}
	full, all := 0, 0
	for _, l := range lines {
		for _, p := range l.pieces {
			c := columns[columnAt(columns, p)]
			all++
			if width := c.x1 - c.x0; p.x1-p.x0 > 0.85*width && width > 12*p.size {
				full++
			}
		}
	}
	return full*10 >= all*6
}

// columnAt is the column that shares the most with a piece.
func columnAt(columns []column, p piece) int {
	best, most := 0, -1e9
	for i, c := range columns {
		if shared := min(p.x1, c.x1) - max(p.x0, c.x0); shared > most {
			best, most = i, shared
		}
	}
	return best
}

// rows are the cells of a table, one slice a row. Lines whose cells go on with
// those of the line above join its row.
func (t block) rows() [][]string {
	limit, twoPitches := t.cellPitch()
	var out [][]string
	start := 0
	for i, l := range t.lines {
		if i == 0 || !t.continues(i, start, limit, twoPitches) {
			out = append(out, make([]string, len(t.columns)))
			start = i
		}
		row := out[len(out)-1]
		for _, p := range l.pieces {
			cell := &row[columnAt(t.columns, p)]
			*cell = gluedText(*cell, p.text)
		}
	}
	return out
}

// continues tells that line i goes on with the cells of the row that began at
// start: it overlaps the line above in height, or stands close below it and lacks
// a cell that the row's first line has. Where rows are no further apart than the
// lines of a cell, it must lack its first cell and one more, since a first column
// alone is empty where it names a group of rows.
func (t block) continues(i, start int, limit float64, twoPitches bool) bool {
	above, l := t.lines[i-1], t.lines[i]
	pitch := (above.y - l.y) / max(above.size, l.size)
	if pitch < 0.75 {
		return true
	}
	if pitch > limit || len(l.pieces) >= len(t.lines[start].pieces) {
		return false
	}
	missing := len(t.lines[start].pieces) - len(l.pieces)
	return twoPitches || missing >= 2 && columnAt(t.columns, l.pieces[0]) > 0
}

// cellPitch is the pitch up to which lines may be of one cell, and whether the
// table's rows stand clearly further apart than that.
func (t block) cellPitch() (float64, bool) {
	var pitches []float64
	for i := 1; i < len(t.lines); i++ {
		pitches = append(pitches, (t.lines[i-1].y-t.lines[i].y)/max(t.lines[i-1].size, t.lines[i].size))
	}
	slices.Sort(pitches)
	// The widest step between two neighbours, with some on both sides of it.
	at, step := 0, 1.12
	for i := 1; i+2 < len(pitches); i++ {
		if pitches[i] > 0.75 && pitches[i+1]/pitches[i] > step {
			at, step = i, pitches[i+1]/pitches[i]
		}
	}
	if at == 0 || pitches[at] > closeLine {
		return closeLine, false
	}
	return (pitches[at] + pitches[at+1]) / 2, true
}

// gluedText puts the second line of a cell behind the first.
func gluedText(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	if sameScript(a, b) {
		return a + b
	}
	return a + " " + b
}

// pageWriter writes pages. The table at the end of one page stays open, since the
// next page often goes on with it and does not repeat its header.
type pageWriter struct {
	b    *builder
	open []column
	// form tells that fields of a form are among the characters: they were not drawn with
	// the text, so that only their places tell what they belong to.
	form bool
}

// page writes the text of one page. A page without tables is written as the engine
// reads it, which keeps columns of running text apart.
func (w *pageWriter) page(glyphs []glyph, pieces []piece) {
	var blocks []block
	if isUpright(glyphs) {
		blocks = blocksOf(linesOf(pieces))
	}
	if !(w.form && len(blocks) > 0) && !slices.ContainsFunc(blocks, func(t block) bool { return t.columns != nil }) {
		w.end()
		w.b.sep('\n')
		text := streamText(glyphs)
		if 3*strings.Count(text, "\n") > len(glyphs) {
			text = downText(glyphs)
		}
		w.b.write(strings.TrimSpace(plainText(text)))
		return
	}
	for _, t := range blocks {
		if t.columns != nil {
			w.table(t)
			continue
		}
		for _, l := range t.lines {
			for i, p := range l.pieces {
				if w.b.sep('\n'); i > 0 {
					w.b.pend = '\t'
				}
				w.b.write(p.text)
			}
		}
	}
}

// end closes the table that is open.
func (w *pageWriter) end() {
	if w.open != nil {
		w.open = nil
		w.b.endTable()
	}
}

func (w *pageWriter) table(t block) {
	size := t.lines[0].size
	same := slices.EqualFunc(w.open, t.columns, func(a, b column) bool {
		return min(a.x1, b.x1) > max(a.x0, b.x0) && max(a.x0-b.x0, b.x0-a.x0) < 2*size
	})
	if !same || w.open == nil {
		w.end()
		w.b.beginTable("", false)
	}
	w.open = t.columns
	for _, row := range t.rows() {
		w.b.beginRow(0, false)
		for len(row) > 0 && row[len(row)-1] == "" {
			row = row[:len(row)-1]
		}
		for _, cell := range row {
			w.b.beginCell()
			w.b.write(cell)
			w.b.endCell()
		}
	}
	w.b.endRow()
}
