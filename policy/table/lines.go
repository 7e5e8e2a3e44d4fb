package table

import (
	"math/bits"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// InLines finds tables written as text in a range of it: neighbouring lines with the
// same separator (tab, bar, semicolon, comma) about the same number of times. Quotes
// around cells are understood; a cell does not go over the end of its line. line is
// the number of the first line of the range, from 1; left is how many cells may still
// be taken, beyond which lines are no rows.
func InLines(text string, in policy.Span, line int, left *int) []policy.Table {
	var out []policy.Table
	w := splitter{line: line, left: left}
	for at := in.Start; at < in.End; {
		var t policy.Table
		if t, at = w.tableAt(text[:in.End], at); len(t.Rows) >= 2 {
			out = append(out, t)
		}
	}
	return out
}

// tableAt is the table that begins with the line at start, without rows when none
// does, and where the line behind it begins.
func (w *splitter) tableAt(text string, start int) (policy.Table, int) {
	t := policy.Table{Header: -1}
	if w.rows > 0 {
		t.Rows = make([]policy.Row, 0, w.rows)
	}
	var sep byte
	width := 0
	for start < len(text) {
		end, next := len(text), len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end, next = start+n, start+n+1
		}
		line := strings.TrimSuffix(text[start:end], "\r")
		if line == "" && sep != 0 && next < len(text) && w.goesOn(text[next:], sep, width) {
			start = next
			w.line++
			continue
		}
		w.find(text[start:], len(line))
		s := w.separator(line)
		if *w.left -= w.n + 1; *w.left < 0 {
			s = 0
		}
		if s == 0 {
			if sep == 0 {
				start = next
				w.line++
			}
			break
		}
		cells := w.split(line, start, s)
		if more := len(cells) - width; sep != 0 && (s != sep || more > ragged || more < -ragged) {
			break
		}
		if sep == 0 {
			sep, width = s, len(cells)
		}
		t.Rows = append(t.Rows, policy.Row{Number: w.line, Cells: cells})
		start = next
		w.line++
	}
	return t, start
}

// goesOn tells that the line at the start of text, behind an empty one, is another row of a
// table of that separator and width: it has as many cells, and figures, as no header has.
func (w *splitter) goesOn(text string, sep byte, width int) bool {
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimSuffix(line, "\r")
	digits := 0
	for i := range len(line) {
		if c := line[i]; c >= '0' && c <= '9' {
			if digits++; digits == rowDigits {
				break
			}
		}
	}
	if digits < rowDigits {
		return false
	}
	w.find(text, len(line))
	return w.separator(line) == sep && len(w.split(line, 0, sep)) == width
}

// rowDigits is how many digits tell a row from a header.
const rowDigits = 4

// A text that begins with so many lines of so many cells each is a table.
const (
	leadingLines = 8
	leadingCells = 3
)

// Leading is the table that a text begins with, when it is a long one.
func Leading(text string, left *int) []policy.Table {
	if n := strings.IndexByte(text, '\n'); n < 0 || !mayHaveCells(text[:n]) {
		return nil // nearly all mails; the reader's room is not even cleared
	}
	return readLeading(text, left)
}

// mayHaveCells tells a line in which some separator stands often enough.
func mayHaveCells(line string) bool {
	return strings.Count(line, ",") >= leadingCells-1 || strings.Count(line, "\t") >= leadingCells-1 ||
		strings.Count(line, ";") >= leadingCells-1 || strings.Count(line, "|") >= leadingCells-1
}

func readLeading(text string, left *int) []policy.Table {
	at := 0
	w := splitter{line: 1, left: left}
	for range leadingLines {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return nil
		}
		line := text[at : at+n]
		w.find(text[at:], n)
		s := w.separator(line)
		if s == 0 || strings.Count(line, string(rune(s))) < leadingCells-1 {
			return nil
		}
		at += n + 1
	}
	w.rows = min(len(text)/at*leadingLines+leadingLines, mostExpected)
	if t, _ := w.tableAt(text, 0); len(t.Rows) >= leadingLines {
		return []policy.Table{t}
	}
	return nil
}

// mostExpected is for how many rows room is taken before they are seen.
const mostExpected = 16 << 10

// ragged is how many cells a row may have more or less than the first one:
// amounts such as 541,000 are often written without quotes.
const ragged = 4

// longestRow is how long a line may be, in bytes, that is a row.
const longestRow = 4096

// splitter splits lines into cells. The places in a line of what may part cells
// or quote them are looked for once, many bytes at a time: a step for each byte
// made a third of what splitting cost, one for eight of them still a quarter.
type splitter struct {
	line int                    // number of the next line
	left *int                   // cells that may still be taken
	n    int                    // marks of the line
	at   [longestRow + 8]uint16 // a kernel notes up to three behind the last one
	rows int                    // how many the table is expected to have, 0 when nobody knows
	room []policy.Span          // for cells of further lines
	slab int                    // how many cells the last room was for
}

// isMark are the separators and the quote.
var isMark = [256]bool{'\t': true, ',': true, ';': true, '|': true, '"': true}

// mayBeMarks has the highest bit set in each byte of x that is a mark, and perhaps
// in the one behind it.
func mayBeMarks(x uint64) uint64 {
	zero := func(y uint64) uint64 { return (y - eachOne) &^ y }
	return (zero(x^'\t'*eachOne) | zero(x^','*eachOne) | zero(x^';'*eachOne) | zero(x^'|'*eachOne) | zero(x^'"'*eachOne)) & eachHigh
}

// find notes the marks of the line that text begins with and that is so long; none of
// one that is too long for a row.
func (w *splitter) find(text string, length int) {
	w.n = 0
	if length > longestRow {
		return
	}
	line := text[:length]
	i, n := cellsAhead(text, length, &w.at)
	w.n = n
	for ; i+8 <= len(line); i += 8 {
		for x := mayBeMarks(load(line[i:])); x != 0; x &= x - 1 {
			if at := i + bits.TrailingZeros64(x)>>3; isMark[line[at]] {
				w.at[w.n] = uint16(at)
				w.n++
			}
		}
	}
	for ; i < len(line); i++ {
		if isMark[line[i]] {
			w.at[w.n] = uint16(i)
			w.n++
		}
	}
}

// separator guesses what separates the cells of a line, 0 when it is prose.
// What stands in quotes does not count, nor does a comma that parts thousands;
// a comma with a space behind it belongs to a sentence.
func (w *splitter) separator(line string) byte {
	var tabs, bars, semicolons, commas int
	quoted := false
	for _, at := range w.at[:w.n] {
		i := int(at)
		switch c := line[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == ',':
			if i+1 < len(line) && line[i+1] == ' ' && !dateComma(line, i) {
				commas -= len(line)
			} else if line[min(i+1, len(line)-1)] != ' ' && (i == 0 || !isDigit(line[i-1]) || digits(line[i+1:], 4) != 3) {
				commas++
			}
		case c == '\t':
			tabs++
		case c == '|':
			bars++
		default:
			semicolons++
		}
	}
	switch {
	case tabs > 0:
		return '\t'
	case bars >= 1:
		return '|'
	case semicolons >= 2:
		return ';'
	case commas >= 1:
		return ','
	}
	return 0
}

// dateComma tells the comma of a date that is written without quotes: May 28, 1986.
func dateComma(line string, i int) bool {
	if i < 5 || i+6 > len(line) || line[i+1] != ' ' || digits(line[i+2:], 5) != 4 || !isDigit(line[i-1]) {
		return false
	}
	day := i - 1
	if isDigit(line[day-1]) {
		day--
	}
	word := strings.TrimRight(line[:day], " .-")
	from := len(word)
	for from > 0 && word[from-1]|0x20 >= 'a' && word[from-1]|0x20 <= 'z' {
		from--
	}
	if word = word[from:]; len(word) < 3 || len(word) > len("September") {
		return false
	}
	month := strings.Index(months, strings.ToLower(word[:3]))
	return month >= 0 && month%3 == 0
}

const months = "janfebmaraprmayjunjulaugsepoctnovdec"

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// digits is how many digits s begins with, up to a limit.
func digits(s string, limit int) int {
	n := 0
	for n < len(s) && n < limit && isDigit(s[n]) {
		n++
	}
	return n
}

// slabCells is how many cells are given room at a time, at first and at most: most
// tables in a letter have a few rows, and room for a thousand cells took longer to
// clear than they to read.
const (
	slabCellsFirst = 32
	slabCells      = 1024
)

// split cuts a line into cells; offsets are those of the text.
func (w *splitter) split(line string, base int, sep byte) []policy.Span {
	if cap(w.room)-len(w.room) < w.n+1 {
		w.slab = min(max(4*w.slab, slabCellsFirst), slabCells)
		w.room = make([]policy.Span, 0, max(w.slab, w.n+1))
	}
	quotes := true
	for {
		out, quoted, start := w.room[len(w.room):], false, base
		for _, at := range w.at[:w.n] {
			switch c := line[at]; {
			case c == sep && !quoted:
				if c == ',' && dateComma(line, int(at)) {
					continue
				}
				out = append(out, policy.Span{Start: start, End: base + int(at)})
				start = base + int(at) + 1
			case c == '"':
				quoted = quotes && !quoted
			}
		}
		if quoted { // a stray quote: cut at every separator
			quotes = false
			continue
		}
		out = append(out, policy.Span{Start: start, End: base + len(line)})
		w.room = w.room[:len(w.room)+len(out)]
		return out[:len(out):len(out)]
	}
}
