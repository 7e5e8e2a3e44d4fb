package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// blankTables finds tables whose columns are set apart by blanks only, as printed
// lists and mails have them: a line of labels that blanks part, and lines below it
// that are parted likewise. Only marked lines are asked whether they are such a
// heading. A cell belongs to the heading above it by its place in the line, with wide
// characters counted double.
func (d *Detector) blankTables(text string, marks []lineMark) []policy.Table {
	var out []policy.Table
	done := 0
	for i := range marks {
		m := &marks[i]
		if m.start < done || m.flags&lineCells != 0 || m.end-m.start > longestHeading || !d.blankHeading(text[m.start:m.end]) {
			continue
		}
		t, end := d.blankRows(text, m)
		if len(t.Rows) >= 3 {
			out, done = append(out, t), end
		}
	}
	return out
}

// longestHeading is how long the heading of such a table may be, in bytes.
const longestHeading = 400

// blankHeading tells that a line consists of two labels or more with blanks between
// them and no values.
func (d *Detector) blankHeading(line string) bool {
	if strings.HasSuffix(line, "。") || strings.HasSuffix(line, "。\r") || strings.IndexByte(line, ':') >= 0 {
		return false // most lines
	}
	if strings.Contains(line, "。") || strings.Contains(line, "：") || !strings.Contains(line, "  ") && !strings.Contains(line, "\u3000") || hasDigits(line, 4) {
		return false
	}
	cells := blankCells(strings.TrimRight(line, "\r"), 0, true)
	if len(cells) < 2 || len(cells) > 40 || len(cells) == 2 && len(blankCells(strings.TrimRight(line, "\r"), 0, false)) < 2 {
		return false
	}
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = trimCell(foldCell(line[c.Start:c.End]))
		if utf8.RuneCountInString(words[i]) > 14 && words[i][0] >= 0x80 {
			return false
		}
	}
	n, _, values := d.headerWords(words)
	return n >= 2 && n*10 >= len(words)*5 && values == 0 && !d.anyName(words)
}

// blankRows reads the rows below the heading m, and tells where they end.
func (d *Detector) blankRows(text string, m *lineMark) (policy.Table, int) {
	head := strings.TrimRight(text[m.start:m.end], "\r")
	cells := blankCells(head, m.start, true)
	t := policy.Table{Header: 0, Rows: []policy.Row{{Number: 1, Cells: cells}}}
	at := make([]int, len(cells))
	for i, c := range cells {
		at[i] = columnsWide(text[m.start:c.Start])
	}
	end := m.end
	for next := end + 1; next < len(text); {
		stop := len(text)
		if n := strings.IndexByte(text[next:], '\n'); n >= 0 {
			stop = next + n
		}
		line := strings.TrimRight(text[next:stop], "\r")
		if ruler(line) && len(t.Rows) == 1 {
			next = stop + 1
			continue
		}
		row := blankCells(line, next, false)
		if len(row) < len(at) {
			if row = cutUnder(line, next, row, at); len(row) < len(at) {
				row = d.cutSingle(text, line, next, row, len(at))
			}
		}
		if len(row) < 2 || len(line) > longestHeading {
			break
		}
		t.Rows = append(t.Rows, policy.Row{Number: len(t.Rows) + 1, Cells: alignCells(text, next, row, at)})
		end, next = stop, stop+1
	}
	return t, end
}

// cutUnder cuts cells once more at single blanks behind which a heading's column
// begins: values as long as their column leave no room for two.
func cutUnder(line string, base int, row []policy.Span, at []int) []policy.Span {
	var out []policy.Span
	for _, c := range row {
		start := c.Start
		for i := c.Start; i < c.End; i++ {
			w := 0
			if line[i-base] == ' ' {
				w = 1
			} else if strings.HasPrefix(line[i-base:], "\u3000") {
				w = len("\u3000")
			}
			if w > 0 && i > start && slices.Contains(at, columnsWide(line[:i+w-base])) {
				out = append(out, policy.Span{Start: start, End: i})
				start = i + w
			}
		}
		out = append(out, policy.Span{Start: start, End: c.End})
	}
	return out
}

// cutSingle cuts a line at single wide blanks when that makes as many cells as there
// are headings, with the two halves of names left together.
func (d *Detector) cutSingle(text, line string, base int, row []policy.Span, want int) []policy.Span {
	cells := blankCells(line, base, true)
	for len(cells) > want {
		k := -1
		for i := 0; i+1 < len(cells) && k < 0; i++ {
			if d.nameLike(trimCell(foldCell(text[cells[i].Start:cells[i+1].End]))) {
				k = i
			}
		}
		if k < 0 {
			return row
		}
		cells[k].End = cells[k+1].End
		cells = slices.Delete(cells, k+1, k+2)
	}
	if len(cells) < want {
		return row
	}
	return cells
}

// alignCells puts the cells of a line that begins at start under the headings at the
// given columns.
func alignCells(text string, start int, row []policy.Span, at []int) []policy.Span {
	if len(row) == len(at) {
		return row
	}
	out := make([]policy.Span, len(at))
	for i := range out {
		out[i] = policy.Span{Start: row[0].Start, End: row[0].Start}
	}
	last := -1
	for _, c := range row {
		x, best := columnsWide(text[start:c.Start]), last+1
		for k := last + 1; k < len(at); k++ {
			if abs(at[k]-x) < abs(at[min(best, len(at)-1)]-x) {
				best = k
			}
		}
		if best >= len(at) { // more cells than headings: the last one takes them
			out[len(at)-1].End = c.End
			continue
		}
		for k := last + 1; k < best; k++ {
			out[k] = policy.Span{Start: c.Start, End: c.Start}
		}
		out[best], last = c, best
	}
	for k := last + 1; k < len(out); k++ {
		out[k] = policy.Span{Start: row[len(row)-1].End, End: row[len(row)-1].End}
	}
	return out
}

// blankCells cuts a line at runs of two blanks or more; base is where it begins. A
// heading is cut at single wide blanks too.
func blankCells(line string, base int, heading bool) []policy.Span {
	var out []policy.Span
	start, gap, blanks := -1, 0, 0
	for i := 0; i <= len(line); {
		w := 0
		switch {
		case i == len(line):
		case line[i] == ' ':
			w = 1
		case strings.HasPrefix(line[i:], "\u3000"):
			w = len("\u3000")
		}
		if w > 0 {
			if blanks == 0 {
				gap = i
			}
			blanks += 1 + b2i(w > 1 && heading)
			i += w
			continue
		}
		if start >= 0 && (blanks >= 2 || i == len(line)) {
			end := i
			if blanks > 0 {
				end = gap
			}
			out = append(out, policy.Span{Start: base + start, End: base + end})
			start = -1
		}
		if i == len(line) {
			break
		}
		if start < 0 {
			start = i
		}
		blanks = 0
		_, n := utf8.DecodeRuneInString(line[i:])
		i += n
	}
	return out
}

// columnsWide is how many columns s takes on paper.
func columnsWide(s string) (n int) {
	for _, r := range s {
		n += 1 + b2i(r >= 0x1100 && r < 0xff61 && (r < 0x2000 || r > 0x2e7f) || r >= 0xffe0)
	}
	return n
}

// inPlace puts tables in the order in which they stand in the text.
func inPlace(tables []policy.Table) {
	slices.SortStableFunc(tables, func(a, b policy.Table) int {
		return a.Rows[0].Cells[0].Start - b.Rows[0].Cells[0].Start
	})
}
