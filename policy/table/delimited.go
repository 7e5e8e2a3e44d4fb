package table

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// delimiters in the order of preference.
const delimiters = "\t|,;"

// Whole reads a text that is one table, with this delimiter. more is told of the
// cells of each row before it is taken, and ends the table when it says no. The rows lie
// in the room.
func Whole(text, delim string, room *Room, more func(cells int) bool) policy.Table {
	t := policy.Table{Rows: parseRows(text, delim, room, more)}
	t.Header = Header(text, t.Rows)
	return t
}

// lineCount is how often each delimiter stands in a line outside quotes.
type lineCount struct {
	count [len(delimiters)]int
	blank bool
}

// delimiterAt is the place of an octet in delimiters, from 1; 0 for any other.
var delimiterAt = makeDelimiters()

const isQuote = uint8(len(delimiters) + 1)

func makeDelimiters() (t [256]uint8) {
	for i := range len(delimiters) {
		t[delimiters[i]] = uint8(i + 1)
	}
	t['"'] = isQuote
	return t
}

func countLines(text string) []lineCount {
	var out []lineCount
	for line := range strings.Lines(text) {
		l := lineCount{blank: strings.TrimSpace(line) == ""}
		quoted := false
		for i := range len(line) {
			switch d := delimiterAt[line[i]]; {
			case d == 0: // nearly all of it
			case d == isQuote:
				quoted = !quoted
			case !quoted:
				l.count[d-1]++
			}
		}
		out = append(out, l)
	}
	return out
}

// Delimiter is the delimiter when nearly all lines of a text of unknown kind hold it
// equally often, else "".
func Delimiter(text string) string {
	head := text[:min(len(text), 32<<10)]
	if nl := strings.LastIndexByte(head, '\n'); nl > 0 {
		head = head[:nl+1]
	}
	lines := 0
	var seen [len(delimiters)]map[int]int
	for _, l := range countLines(head) {
		if l.blank {
			continue
		}
		lines++
		for d, n := range l.count {
			if n == 0 {
				continue
			}
			if seen[d] == nil {
				seen[d] = map[int]int{}
			}
			seen[d][n]++
		}
	}
	for d := range len(delimiters) {
		for n, times := range seen[d] {
			if (n > 1 || d < 2) && times >= 2 && times*10 >= lines*8 {
				return delimiters[d : d+1]
			}
		}
	}
	return ""
}

// oddDelimiters part the columns of files that were made not to look like tables,
// or by programs that know better than commas.
var oddDelimiters = []string{"^", "~", "\x1f", "¦", "，", "；", "｜", "／", "#"}

// OddDelimiter is one that nobody expects and that nearly all lines of a text hold
// equally often, at least twice where nobody says that the text is a table; else "".
func OddDelimiter(text string, whole bool) string {
	head := text[:min(len(text), 8<<10)]
	least := 2
	if whole {
		least = 1
	}
	for _, delim := range oddDelimiters {
		if strings.Count(head, delim) < 2*least {
			continue
		}
		lines, seen := 0, map[int]int{}
		for line := range strings.FieldsFuncSeq(head, isRowEnd) {
			if strings.TrimSpace(line) != "" {
				lines++
				seen[strings.Count(line, delim)]++
			}
		}
		for n, times := range seen {
			if n >= least && times >= 2 && times*10 >= lines*8 {
				return delim
			}
		}
	}
	return ""
}

// isRowEnd tells a line's end, or the separator that ASCII has for records.
func isRowEnd(c rune) bool { return c == '\n' || c == 0x1e }

// CommonDelimiter is the delimiter that stands in most lines of what is known to be
// a table, "" without any.
func CommonDelimiter(text string) string {
	var lines [len(delimiters)]int
	head := text[:min(len(text), 4<<10)]
	if strings.IndexByte(head, '"') < 0 { // most
		for line := range strings.Lines(head) {
			for d := range lines {
				if i := strings.IndexByte(line, delimiters[d]); i >= 0 && (delimiters[d] != ',' || parts(line, i)) {
					lines[d]++
				}
			}
		}
	} else {
		for _, l := range countLines(head) {
			for d, n := range l.count {
				if n > 0 {
					lines[d]++
				}
			}
		}
	}
	best, most := "", 0
	for d, n := range lines {
		if n > most {
			most, best = n, delimiters[d:d+1]
		}
	}
	return best
}

// parts tells that a line, with its first comma at i, has one that parts cells, and not the
// thousands of a sum as in 50,000円.
func parts(line string, i int) bool {
	digit := func(k int) bool { return k >= 0 && k < len(line) && line[k]-'0' < 10 }
	for ; i < len(line); i++ {
		if line[i] == ',' && !(digit(i-1) && digit(i+1) && digit(i+2) && digit(i+3) && !digit(i+4)) {
			return true
		}
	}
	return false
}

// parseRows reads delimited lines (RFC 4180, with any delimiter, quoted line ends,
// and without complaint about ragged rows).
func parseRows(text, delim string, room *Room, more func(cells int) bool) []policy.Row {
	// One piece of the right size: a list that grows is held twice while it does.
	rows := room.forRows(min(strings.Count(text, "\n")+1, 1<<20))
	p := rowParser{text: text, delim: delim, room: room, end: -1, records: strings.IndexByte(text, 0x1e) >= 0}
	if p.simple = len(delim) == 1 && !p.records && strings.IndexByte(text, '"') < 0; p.simple {
		room.marks.begin(text, delim[0], '\n')
	}
	for number := 1; p.pos < len(text); number++ {
		p.begin()
		if p.simple {
			p.line()
		} else {
			for p.cell() {
			}
		}
		cells := p.row()
		if !more(len(cells)) {
			return rows
		}
		if delim == "|" {
			cells = trimPipes(text, cells)
		}
		if len(cells) > 1 || len(cells) == 1 && cells[0].End > cells[0].Start {
			rows = append(rows, policy.Row{Number: number, Cells: cells})
		}
	}
	return rows
}

// rowParser walks through delimited text.
type rowParser struct {
	text    string
	pos     int
	delim   string
	end     int  // of the row that holds pos; of an earlier one when it lies before pos
	records bool // rows may end with the separator that ASCII has for records
	broken  bool // a quote was never closed: quotes mean nothing any more
	simple  bool // rows are lines, and nothing is quoted

	room  *Room
	cells []policy.Span // of the row
	slab  []policy.Span // a piece of the room
}

// begin begins a row.
func (p *rowParser) begin() {
	if cap(p.slab)-len(p.slab) < 16 {
		p.slab = p.room.forCells()
	}
	p.cells = p.slab[len(p.slab):]
}

// row is the row that was begun.
func (p *rowParser) row() []policy.Span {
	if n := len(p.cells); n <= cap(p.slab)-len(p.slab) { // else they were moved
		p.slab = p.slab[:len(p.slab)+n]
	}
	return p.cells[:len(p.cells):len(p.cells)]
}

// line reads a row that is a line without quotes, as nearly all are.
func (p *rowParser) line() {
	for from, m := p.pos, &p.room.marks; ; {
		at := len(p.text)
		if m.next < m.n || m.more() {
			at = m.from + int(m.at[m.next])
			m.next++
		}
		p.cells = append(p.cells, p.trimmed(from, at))
		if from = at + 1; at == len(p.text) || p.text[at] == '\n' {
			p.pos = from
			return
		}
	}
}

// trimmed is a cell without the blanks around it.
func (p *rowParser) trimmed(from, to int) policy.Span {
	t := p.text
	for from < to && (t[from] == ' ' || t[from] == '\t') {
		from++
	}
	for to > from && (t[to-1] == ' ' || t[to-1] == '\r' || t[to-1] == '\t') {
		to--
	}
	return policy.Span{Start: from, End: to}
}

// cell reads the next cell without its quotes and blanks; false at a row's end.
func (p *rowParser) cell() bool {
	t := p.text
	for p.pos < len(t) && (t[p.pos] == ' ' || t[p.pos] == '\t' && p.delim != "\t") {
		p.pos++
	}
	span := policy.Span{Start: p.pos, End: -1}
	if p.pos < len(t) && t[p.pos] == '"' && !p.broken {
		if end := closingQuote(t, p.pos+1); end >= 0 {
			span = policy.Span{Start: p.pos + 1, End: end}
			p.pos = end + 1
		} else {
			p.broken = true
		}
	}
	if p.end < p.pos {
		p.end = p.rowEnd()
	}
	end, next, goesOn := p.end, p.end+1, false
	if i := strings.Index(t[p.pos:p.end], p.delim); i >= 0 {
		end, next, goesOn = p.pos+i, p.pos+i+len(p.delim), true
	}
	if span.End < 0 {
		span = p.trimmed(span.Start, end)
	}
	p.pos = next
	p.cells = append(p.cells, span)
	return goesOn
}

// rowEnd is where the row ends that holds pos.
func (p *rowParser) rowEnd() int {
	end := len(p.text)
	if n := strings.IndexByte(p.text[p.pos:], '\n'); n >= 0 {
		end = p.pos + n
	}
	if p.records {
		if n := strings.IndexByte(p.text[p.pos:end], 0x1e); n >= 0 {
			end = p.pos + n
		}
	}
	return end
}

// closingQuote is where a quoted cell ends, -1 when it never does.
func closingQuote(t string, from int) int {
	for i := from; ; {
		q := strings.IndexByte(t[i:], '"')
		if q < 0 {
			return -1
		}
		i += q
		if i+1 < len(t) && t[i+1] == '"' {
			i += 2
			continue
		}
		return i
	}
}

// trimPipes drops the empty cells outside a Markdown row's first and last bar,
// and the whole of a rule line.
func trimPipes(text string, cells []policy.Span) []policy.Span {
	if len(cells) > 0 && cells[0].End == cells[0].Start {
		cells = cells[1:]
	}
	if n := len(cells); n > 0 && cells[n-1].End == cells[n-1].Start {
		cells = cells[:n-1]
	}
	for _, c := range cells {
		if strings.Trim(text[c.Start:c.End], "-: ") != "" || c.End == c.Start {
			return cells
		}
	}
	return nil
}
