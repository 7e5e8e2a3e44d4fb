package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// mostCells bounds the cells of all tables in one running text; what is beyond them
// is read as text.
const mostCells = 1 << 20

// textTables finds the tables in a running text, in order. Only marked lines are asked
// about, so that a text without anything costs nothing; left is how many cells may be
// taken.
func (d *Detector) textTables(text string, seen *survey, left *int) []policy.Table {
	marks := seen.marks
	out := d.markedTables(text, seen, left)
	var taken []policy.Span
	for i := range out {
		span, _, _ := bounds(&out[i], len(text))
		taken = append(taken, span)
	}
	number := lineNumber{known: seen.numbered}
	for i := 0; i < len(marks); {
		for len(taken) > 0 && taken[0].End <= marks[i].start {
			taken = taken[1:]
		}
		follows := func(k int) bool {
			return k < len(marks) && (marks[k].n == marks[k-1].n+1 || marks[k].n == marks[k-1].n+2 && blank(text[marks[k-1].end:marks[k].start])) && marks[k].flags&lineCells != 0 && (len(taken) == 0 || marks[k].end <= taken[0].Start)
		}
		if marks[i].flags&lineCells == 0 || !follows(i+1) || len(taken) > 0 && marks[i].end > taken[0].Start {
			i++ // no row, one by itself, or one of a table that is marked as one
			continue
		}
		k, record := i+1, records(text[marks[i].start:marks[i].end])
		for follows(k) && records(text[marks[k].start:marks[k].end]) == record {
			k++
		}
		rows := marks[i:k]
		i = k
		in := policy.Span{Start: rows[0].start, End: min(len(text), rows[len(rows)-1].end+1)}
		if len(rows) >= 2 && !record && (len(d.own.Exact) > 0 || d.tableHot(text, rows)) {
			out = append(out, withoutRules(text, table.InLines(text, in, number.at(text, &rows[0], in.Start), left))...)
		}
	}
	out = append(out, d.headedTables(text, seen, left)...)
	slices.SortStableFunc(out, func(a, b policy.Table) int { return startOf(&a) - startOf(&b) })
	return out
}

// blank tells that nothing stands between two lines but an empty one, which does not end a
// table: lists are grouped so.
func blank(between string) bool {
	for i := range len(between) {
		if between[i] != '\n' && between[i] != '\r' {
			return false
		}
	}
	return true
}

// withoutRules takes the second row out of tables in which it only parts the header from
// the rest, as Markdown does: |---|:--|.
func withoutRules(text string, tables []policy.Table) []policy.Table {
	for i := range tables {
		t := &tables[i]
		if len(t.Rows) > 2 && !slices.ContainsFunc(t.Rows[1].Cells, func(c policy.Span) bool {
			s := strings.Trim(text[c.Start:c.End], " ")
			return s == "" && c.Start > 0 && text[c.Start-1] != '|' || strings.Trim(s, "-:=") != ""
		}) {
			t.Rows = slices.Delete(t.Rows, 1, 2)
		}
	}
	return tables
}

// records tells a line that is a record in JSON. Commas part its fields too, but what each
// field is stands in it, not above it.
func records(line string) bool {
	for line != "" && (line[0] == ' ' || line[0] == '\t') {
		line = line[1:]
	}
	if line == "" || line[0] != '{' {
		return false // nearly all
	}
	return strings.HasPrefix(line, `{"`) && strings.HasSuffix(strings.TrimRight(line, " \t\r,"), "}") && strings.Contains(line, `":`)
}

func startOf(t *policy.Table) int { return t.Rows[0].Cells[0].Start }

// markedTables are those that marks of their own begin: box characters, ticks, INSERT, tags.
func (d *Detector) markedTables(text string, seen *survey, left *int) []policy.Table {
	var out []policy.Table
	number := lineNumber{known: seen.numbered}
	done := 0
	for i := range seen.marks {
		m := &seen.marks[i]
		if m.flags&lineDrawn == 0 || m.start < done || m.start == m.end {
			continue
		}
		line := policy.Span{Start: m.start, End: m.end}
		var t policy.Table
		first, end := m.start, m.start
		switch c := text[m.start]; {
		case c|0x20 == 'i' || c == '(':
			t, first, end = table.Inserted(text, line, done, left)
		case c == '<' || c == '\t' || c == ' ' && strings.HasPrefix(strings.TrimLeft(text[m.start:m.end], " "), "<"):
			t, first, end = table.Markup(text, line, done, left)
		case c == ' ' || c >= 0xc3 && c <= 0xef:
			if t, first, end = table.Drawn(text, line, done, left); len(t.Rows) == 0 {
				if t, first, end = table.Ticked(text, line, done, left); !d.namesTicked(text, t.Rows) {
					t.Rows = nil
				}
			}
		}
		if done = max(done, end); len(t.Rows) < 2 { // what was no table is not looked at again
			continue
		}
		for n, k := number.at(text, m, first)-1, 0; k < len(t.Rows); k++ {
			t.Rows[k].Number += n
		}
		out = append(out, t)
	}
	return out
}

// namesTicked tells that most rows of a list of lines with a mark before them are names
// that the dictionary knows: other such lines are fields of a form, or what is to do.
func (d *Detector) namesTicked(text string, rows []policy.Row) bool {
	known, other := 0, 0
	for _, row := range rows {
		if d.nameLike(trimCell(foldCell(text[row.Cells[1].Start:row.Cells[1].End]))) {
			known++
		} else if other++; other > 3 && other > known {
			return false
		}
	}
	return known*10 >= len(rows)*6
}

// lineNumber counts the lines of a text on the way through it, unless the gate did.
type lineNumber struct {
	known bool
	to, n int
}

// at is the number, from 1, of the line that begins at start, at m or above it; it must
// not lie before the last one.
func (l *lineNumber) at(text string, m *lineMark, start int) int {
	if l.known {
		return m.n - strings.Count(text[min(start, m.start):m.start], "\n") + 1
	}
	l.n += strings.Count(text[l.to:start], "\n")
	l.to = start
	return l.n + 1
}

// headedTables are those whose columns are set apart by blanks below a line of labels.
func (d *Detector) headedTables(text string, seen *survey, left *int) []policy.Table {
	var out []policy.Table
	number := lineNumber{known: seen.numbered}
	done := 0
	for i := range seen.marks {
		m := &seen.marks[i]
		if m.start < done || m.flags&lineCells != 0 || m.flags&lineBlanks == 0 {
			continue
		}
		t, end := table.Headed(text, policy.Span{Start: m.start, End: m.end}, cellWords{d}, left)
		if len(t.Rows) < 3 {
			continue
		}
		for n, k := number.at(text, m, m.start)-1, 0; k < len(t.Rows); k++ {
			t.Rows[k].Number += n
		}
		out, done = append(out, t), end
	}
	return out
}

// cellWords is what a Detector knows of words in cells.
type cellWords struct{ d *Detector }

// Heading tells that at least half of the cells, and two, are labels, and no two of them a name.
func (w cellWords) Heading(cells []string) bool {
	words := make([]string, len(cells))
	for i, c := range cells {
		words[i] = trimCell(foldCell(c))
		if utf8.RuneCountInString(words[i]) > 14 && words[i][0] >= 0x80 {
			return false
		}
	}
	for i := range len(words) - 1 { // the two halves of a name behind a label: 氏  名 辻 律
		if pair := words[i] + words[i+1]; w.d.splitName(pair).end == len(pair) && w.d.headerKind(words[i]) == nil && w.d.headerKind(words[i+1]) == nil {
			return false
		}
	}
	n, _ := w.d.headerWords(words)
	return n >= 2 && n*10 >= len(words)*5 && !w.d.anyName(words)
}

// Name tells a name that the dictionary knows.
func (w cellWords) Name(cell string) bool { return w.d.nameLike(trimCell(foldCell(cell))) }
