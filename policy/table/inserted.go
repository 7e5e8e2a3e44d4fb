package table

import (
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// createReach is how far above its rows the columns of a table may be named (CREATE
// TABLE), in octets.
const createReach = 8 << 10

// Inserted is the table of the rows that INSERT statements of SQL put into one table, one
// row a line or many. The first statement begins with the line, or with one above it when
// the line and those between are rows in brackets. The columns are
// named by the statement or by a CREATE TABLE above it, not below floor, else by nothing.
// Rows are numbered from 1 at the place first, where the table begins; end is where it
// ends. Without rows it is none.
func Inserted(text string, line policy.Span, floor int, left *int) (t policy.Table, first, end int) {
	from := line.Start
	for from > floor && from < line.End && text[from] == '(' {
		from = max(floor, strings.LastIndexByte(text[:from-1], '\n')+1)
	}
	s := statement{text: text, at: from}
	if !s.head() {
		return policy.Table{}, line.Start, line.End
	}
	t.Header, first, end = -1, from, line.End
	name, columns := s.name, s.columns
	if columns == nil {
		columns = s.created(name, floor)
	}
	if columns != nil {
		t.Rows, t.Header = append(t.Rows, policy.Row{Cells: columns}), 0
		first = min(first, columns[0].Start)
	}
	for {
		for {
			cells, ok := s.row()
			if *left -= len(cells); !ok || *left < 0 {
				break
			}
			t.Rows = append(t.Rows, policy.Row{Cells: cells})
			end = s.at
			if !s.skip(",") {
				break
			}
		}
		next := s
		next.skip(";")
		if !next.head() || next.name != name || len(next.columns) != len(s.columns) || *left < 0 {
			break
		}
		s = next
	}
	number, at := 1, first
	for i := range t.Rows {
		from := t.Rows[i].Cells[0].Start
		number += strings.Count(text[at:from], "\n")
		t.Rows[i].Number, at = number, from
	}
	return t, first, end
}

// statement is a place in a text in SQL, and what the last INSERT up to there said.
type statement struct {
	text    string
	at      int
	name    string
	columns []policy.Span
}

// blanks goes on behind blanks and line ends.
func (s *statement) blanks() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

// skip goes on behind a word or mark, in any case of letters.
func (s *statement) skip(word string) bool {
	s.blanks()
	if end := s.at + len(word); end <= len(s.text) && strings.EqualFold(s.text[s.at:end], word) {
		s.at = end
		return true
	}
	return false
}

// head reads INSERT INTO name [(columns)] VALUES.
func (s *statement) head() bool {
	if !s.skip("insert") || !s.skip("into") && !s.skip("ignore into") {
		return false
	}
	s.blanks()
	n := strings.IndexAny(s.text[s.at:min(len(s.text), s.at+200)], " (\t\r\n")
	if n <= 0 {
		return false
	}
	s.name, s.columns = s.text[s.at:s.at+n], nil
	s.at += n
	if s.skip("values") {
		return true
	}
	var ok bool
	if s.columns, ok = s.row(); !ok || len(s.columns) == 0 {
		return false
	}
	return s.skip("values")
}

// created are the columns that a CREATE TABLE of that name above the statement names.
func (s *statement) created(name string, floor int) []policy.Span {
	from := max(floor, s.at-createReach)
	above := strings.ToLower(s.text[from:s.at])
	i := strings.LastIndex(above, "create table")
	if i < 0 || len(above) != s.at-from { // a letter that is longer in lower case
		return nil
	}
	open := strings.IndexByte(above[i:], '(')
	if open < 0 || !sameTable(strings.TrimPrefix(strings.TrimSpace(above[i+len("create table"):i+open]), "if not exists "), name) {
		return nil
	}
	c := statement{text: s.text[:s.at], at: from + i + open}
	columns, ok := c.row()
	if !ok {
		return nil
	}
	var out []policy.Span
	for _, col := range columns {
		said := s.text[col.Start:col.End]
		if n := strings.IndexAny(said, " \t\r\n"); n > 0 {
			said = said[:n]
		}
		switch strings.ToUpper(said) {
		case "PRIMARY", "KEY", "UNIQUE", "CONSTRAINT", "FOREIGN", "INDEX", "CHECK":
			continue
		}
		out = append(out, unquoted(s.text, policy.Span{Start: col.Start, End: col.Start + len(said)}))
	}
	return out
}

// sameTable tells that two names are those of one table: `t`, db.t.
func sameTable(a, b string) bool {
	const marks = "`\"[] "
	a, b = a[strings.LastIndexByte(a, '.')+1:], b[strings.LastIndexByte(b, '.')+1:]
	return strings.EqualFold(strings.Trim(a, marks), strings.Trim(b, marks))
}

// row reads values in brackets.
func (s *statement) row() (cells []policy.Span, ok bool) {
	if !s.skip("(") {
		return nil, false
	}
	s.blanks()
	from, depth := s.at, 0
	for i := s.at; i < len(s.text) && i-s.at < longestRow; i++ {
		switch c := s.text[i]; c {
		case '\'', '"', '`':
			if i = quoteEnd(s.text, i); i < 0 {
				return nil, false
			}
		case '(':
			depth++
		case ',', ')':
			if depth == 0 {
				cells = append(cells, unquoted(s.text, policy.Span{Start: from, End: i}))
				from = i + 1
				if c == ')' {
					s.at = i + 1
					return cells, true
				}
			} else if c == ')' {
				depth--
			}
		}
	}
	return nil, false
}

// quoteEnd is where what is quoted from i on ends, -1 when it goes on over more than a
// row; a quote in it is doubled or has a backslash before it.
func quoteEnd(s string, i int) int {
	for k := i + 1; k < min(len(s), i+longestRow); k++ {
		switch s[k] {
		case '\\':
			k++
		case s[i]:
			if k+1 < len(s) && s[k+1] == s[i] {
				k++
				continue
			}
			return k
		}
	}
	return -1
}

// unquoted is a value without the blanks and quotes around it.
func unquoted(text string, c policy.Span) policy.Span {
	s := text[c.Start:c.End]
	inner := strings.TrimLeft(s, " \t\r\n")
	c.Start += len(s) - len(inner)
	inner = strings.TrimRight(inner, " \t\r\n")
	c.End = c.Start + len(inner)
	if (strings.HasPrefix(inner, "N'") || strings.HasPrefix(inner, "E'")) && len(inner) > 2 {
		c.Start++
		inner = inner[1:]
	}
	if n := len(inner); n >= 2 && slices.Contains([]string{"''", "\"\"", "``", "[]"}, inner[:1]+inner[n-1:]) {
		c.Start, c.End = c.Start+1, c.End-1
	} else if strings.EqualFold(inner, "null") {
		c.End = c.Start
	}
	return c
}
