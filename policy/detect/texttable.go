package detect

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// textTables finds tables written as text in a range of it: neighbouring lines with the same
// separator (tab, bar, semicolon, comma) the same number of times. Quotes around
// cells are understood; a cell does not go over the end of its line.
func textTables(whole string, in policy.Span) []policy.Table {
	var out []policy.Table
	var room []policy.Span
	for at := in.Start; at < in.End; {
		var t policy.Table
		if t, at = tableAt(whole[:in.End], at, &room); len(t.Rows) >= 2 {
			out = append(out, t)
		}
	}
	return out
}

// tableAt is the table that begins with the line at start, without rows when none
// does, and where the line behind it begins. Cells are put into room.
func tableAt(text string, start int, room *[]policy.Span) (policy.Table, int) {
	t := policy.Table{Header: -1}
	var sep byte
	width := 0
	for start < len(text) {
		end, next := len(text), len(text)
		if n := strings.IndexByte(text[start:], '\n'); n >= 0 {
			end, next = start+n, start+n+1
		}
		line := strings.TrimSuffix(text[start:end], "\r")
		s := lineSeparator(line)
		if s == 0 {
			if sep == 0 {
				start = next
			}
			break
		}
		var cells []policy.Span
		*room, cells = splitCells(*room, line, start, s)
		if sep != 0 && (s != sep || abs(len(cells)-width) > ragged) {
			break
		}
		if sep == 0 {
			sep, width = s, len(cells)
		}
		t.Rows = append(t.Rows, policy.Row{Number: len(t.Rows) + 1, Cells: cells})
		start = next
	}
	return t, start
}

// A text that begins with so many lines of so many cells each is a table.
const (
	leadingLines = 8
	leadingCells = 3
)

// leadingTable is the table that a text begins with. Its cells are read as such,
// which spares the gate the way through them.
func leadingTable(text string) []policy.Table {
	at := 0
	for range leadingLines {
		n := strings.IndexByte(text[at:], '\n')
		if n < 0 {
			return nil
		}
		line := text[at : at+n]
		s := lineSeparator(line)
		if s == 0 || strings.Count(line, string(rune(s))) < leadingCells-1 {
			return nil
		}
		at += n + 1
	}
	var room []policy.Span
	if t, _ := tableAt(text, 0, &room); len(t.Rows) >= leadingLines {
		return []policy.Table{t}
	}
	return nil
}

// ragged is how many cells a row may have more or less than the first one:
// amounts such as 541,000 are often written without quotes.
const ragged = 4

// lineSeparator guesses what separates the cells of a line, 0 when it is prose.
// What stands in quotes does not count, nor does a comma that parts thousands;
// a comma with a space behind it belongs to a sentence.
func lineSeparator(line string) byte {
	if len(line) == 0 || len(line) > 4096 {
		return 0
	}
	var tabs, bars, semicolons, commas int
	quoted := false
	for i := range len(line) {
		c := line[i]
		if c == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		switch c {
		case '\t':
			tabs++
		case '|':
			bars++
		case ';':
			semicolons++
		case ',':
			if i+1 < len(line) && line[i+1] == ' ' {
				commas -= len(line)
			} else if i == 0 || !isDigit(line[i-1]) || span(line[i+1:], isDigit, 4) != 3 {
				commas++
			}
		}
	}
	switch {
	case tabs > 0:
		return '\t'
	case bars >= 2:
		return '|'
	case semicolons >= 2:
		return ';'
	case commas >= 1:
		return ','
	}
	return 0
}

// slabCells is how many cells are given room at a time.
const slabCells = 1024

// splitCells cuts a line into cells, which it puts behind those of the slab;
// offsets are those of the text.
func splitCells(slab []policy.Span, line string, base int, sep byte) (rest, cells []policy.Span) {
	if cap(slab)-len(slab) < 64 {
		slab = make([]policy.Span, 0, slabCells)
	}
	out := slab[len(slab):]
	start, quoted := 0, false
	for i := 0; i <= len(line); i++ {
		switch {
		case i == len(line) || line[i] == sep && !quoted:
			out = append(out, policy.Span{Start: base + start, End: base + i})
			start = i + 1
		case line[i] == '"':
			quoted = !quoted
		}
	}
	if quoted { // a stray quote: cut at every separator
		out = out[:0]
		start = 0
		for i := 0; i <= len(line); i++ {
			if i == len(line) || line[i] == sep {
				out = append(out, policy.Span{Start: base + start, End: base + i})
				start = i + 1
			}
		}
	}
	if len(out) > cap(slab)-len(slab) { // it was moved
		return slab, out
	}
	return slab[:len(slab)+len(out)], out[:len(out):len(out)]
}
