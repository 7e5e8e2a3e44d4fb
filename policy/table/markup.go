package table

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// Markup is the table of an HTML source that somebody pasted as text, of which line is a
// row or part of one: its cells are what stands between the tags td and th. The lines above
// it, down to floor, and below it belong to it as long as they go on with tags of tables.
// Rows are numbered from 1 at the place first, where the table begins; end is where it
// ends. Without rows it is none.
func Markup(text string, line policy.Span, floor int, left *int) (t policy.Table, first, end int) {
	if !tableTag(text[line.Start:line.End]) {
		return policy.Table{}, line.Start, line.End
	}
	first = line.Start
	for first > floor {
		from := max(floor, strings.LastIndexByte(text[:first-1], '\n')+1)
		if !tableTag(text[from : first-1]) {
			break
		}
		first = from
	}
	t.Header, end = -1, first
	var row []policy.Span
	number, counted, cell := 1, first, -1 // where the open cell begins
	flush := func() {
		if len(row) > 0 {
			t.Rows, row = append(t.Rows, policy.Row{Number: number, Cells: row}), nil
		}
	}
	for at := first; ; {
		n := strings.IndexByte(text[at:], '<')
		if n < 0 || cell < 0 && strings.TrimSpace(text[at:at+n]) != "" {
			break
		}
		open := at + n
		n = strings.IndexByte(text[open:min(len(text), open+longestTag)], '>')
		if n < 0 {
			break
		}
		at = open + n + 1
		switch name := tagName(text[open:at]); name {
		case "tr", "/tr", "/table":
			flush()
			number += strings.Count(text[counted:open], "\n")
			counted, cell = open, -1
		case "td", "th":
			cell = at
		case "/td", "/th":
			if cell >= 0 {
				row, cell = append(row, policy.Span{Start: cell, End: open}), -1
				*left--
			}
		}
		if end = at; *left < 0 || tagName(text[open:at]) == "/table" {
			break
		}
	}
	flush()
	return t, first, max(end, line.End)
}

// longestTag is how long a tag may be, in octets, with its attributes.
const longestTag = 400

// mayTag tells quickly whether a line may begin with a tag of tables.
func mayTag(line string) bool {
	line = strings.TrimLeft(line, " \t")
	if len(line) < len("<tr>") || line[0] != '<' {
		return false
	}
	return line[1]|0x20 == 't' || line[1] == '/' && line[2]|0x20 == 't'
}

// tableTag tells a line that begins with a tag of tables.
func tableTag(line string) bool {
	line = strings.TrimLeft(line, " \t")
	if line == "" || line[0] != '<' {
		return false // most lines
	}
	n := strings.IndexByte(line, '>')
	if n < 0 {
		return false
	}
	switch strings.TrimPrefix(tagName(line[:n+1]), "/") {
	case "table", "thead", "tbody", "tfoot", "tr", "td", "th":
		return true
	}
	return false
}

// tagName is the name of a tag in lower case, with the stroke of one that closes.
func tagName(tag string) string {
	tag = strings.Trim(tag, "<>")
	if i := strings.IndexAny(tag, " \t\r\n"); i >= 0 {
		tag = tag[:i]
	}
	return strings.ToLower(tag)
}
