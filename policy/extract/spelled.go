package extract

import (
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// Forms have a box for each digit of a number, and a sheet or table that is one has a cell
// for each.

// leastSpelled is how many cells in a row make a word when each has one character: a
// telephone number has ten, and a customer's number may have seven.
const leastSpelled = 7

// maxSpelled bounds the words of one file.
const maxSpelled = 1000

// spelledOut adds what the tables of a text write with a cell for each character.
func (r *reading) spelledOut(view string, c policy.Content) {
	if words := spelled(c.Text, c.Tables); words != "" {
		kept, err := r.clip(words)
		r.fail(err)
		r.content(strings.TrimSpace(view+" spelled out"), policy.Content{Text: kept})
	}
}

// maxAbove is how long a line, or the one cell of a row, may be that heads what is spelled
// out below it, in octets.
const maxAbove = 60

// spelled are the words that a table writes with a cell for each character, from left to
// right or, in a table of one column, from top to bottom, each with what heads it, one a line:
// the cell before it, else the row above or the line above the table. Empty cells between are
// left out. Numbers of three groups of four and their hyphens are told too.
func spelled(text string, tables []policy.Table) string {
	s := speller{text: text}
	for _, t := range tables {
		if len(t.Rows) == 0 || len(t.Rows[0].Cells) == 0 {
			continue
		}
		s.above = lineAbove(text, t.Rows[0].Cells[0].Start)
		if column := onlyColumn(t); column != nil {
			s.row(column)
			continue
		}
		for _, row := range t.Rows {
			s.row(row.Cells)
		}
	}
	return s.out.String()
}

// onlyColumn are the cells of a table of one column, nil of others.
func onlyColumn(t policy.Table) []policy.Span {
	if len(t.Rows) < leastSpelled || len(t.Rows) > maxSpelled {
		return nil
	}
	var out []policy.Span
	for _, row := range t.Rows {
		if len(row.Cells) != 1 {
			return nil
		}
		out = append(out, row.Cells[0])
	}
	return out
}

// lineAbove is the last line of text before at that is not blank, "" for a long one.
func lineAbove(text string, at int) string {
	head := strings.TrimSpace(text[max(0, min(at, len(text))-2*maxAbove):min(at, len(text))])
	head = head[strings.LastIndexByte(head, '\n')+1:]
	if len(head) > maxAbove {
		return ""
	}
	return head
}

// speller reads rows; above is what heads the next one.
type speller struct {
	text      string
	out, word strings.Builder
	above     string
	chars     int
	label     string
	groups    []string
	found     int
}

func (s *speller) row(cells []policy.Span) {
	if s.nothing(cells) {
		return
	}
	s.label, s.chars, s.groups = s.above, 0, s.groups[:0]
	s.word.Reset()
	long := 0
	for _, c := range cells {
		cell := trimmed(s.text[c.Start:c.End])
		switch {
		case cell == "":
		case len(cell) == 4 && onlyDigits(cell) == cell:
			s.end()
			s.groups = append(s.groups, cell)
		case len(s.groups) > 0 && strings.Trim(cell, "-－‐ー") == "":
		case len(cell) > utf8.UTFMax || utf8.RuneCountInString(cell) > 1:
			s.end()
			s.grouped()
			s.label = cell
			long++
		default:
			s.grouped()
			s.word.WriteString(cell)
			s.chars++
		}
	}
	only := s.label
	if s.chars > 0 && s.chars < leastSpelled {
		only = s.word.String() // a heading with a cell for each character
	}
	s.end()
	s.grouped()
	if long <= 1 && len(only) <= maxAbove {
		s.above = only
	}
}

// end tells the word that ends here.
func (s *speller) end() {
	if s.chars >= leastSpelled {
		s.tell(s.word.String())
	}
	if s.chars > 0 {
		s.label, s.chars = s.word.String(), 0
		s.word.Reset()
	}
}

// nothing tells a row in which too few cells are short enough to be a part of a number, as
// most rows of lists are, and which is no heading either.
func (s *speller) nothing(cells []policy.Span) bool {
	long, short := 0, 0
	for _, c := range cells {
		cell := s.text[c.Start:c.End]
		if n := len(cell); n > 2*utf8.UTFMax && cell[0] > ' ' && cell[n-1] > ' ' && !strings.HasPrefix(cell, "　") && !strings.HasSuffix(cell, "　") {
			long++
		} else if n == 1 || n == 4 || n > 4 && (cell[0] <= ' ' || cell[n-1] <= ' ') || n > 1 && n < 4 && utf8.RuneCountInString(cell) == 1 || strings.Contains(cell, "　") {
			short++
		} else if n > 0 {
			long++
		}
		if long > 1 && len(cells)-long < 3 { // whatever the others are
			return true
		}
	}
	return long > 1 && short < 3
}

// trimmed is a cell without blanks around it, which nearly all are already.
func trimmed(cell string) string {
	first, _ := utf8.DecodeRuneInString(cell)
	last, _ := utf8.DecodeLastRuneInString(cell)
	if blankRune(first) || blankRune(last) {
		return strings.TrimSpace(cell)
	}
	return cell
}

// blankRune tells characters that may be blanks.
func blankRune(r rune) bool {
	return r <= ' ' || r == 0x85 || r == 0xa0 || r == 0x1680 || r >= 0x2000 && r <= 0x205f || r == '　'
}

// grouped tells the groups of four digits that end here.
func (s *speller) grouped() {
	if len(s.groups) == 3 {
		s.tell(strings.Join(s.groups, " "))
	}
	s.groups = s.groups[:0]
}

func (s *speller) tell(word string) {
	if s.found < maxSpelled {
		s.found++
		s.out.WriteString(s.label + " " + word + "\n")
	}
}
