package table

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// uprights are the box characters (Unicode block Box Drawing) that part the columns of
// a drawn table; in UTF-8 each is three octets, of which the first two are these.
var uprights = []string{"│", "┃", "┆", "┇", "┊", "┋", "║"}

// upright is the box character that a line begins with behind blanks, "" for none.
func upright(line string) string {
	line = strings.TrimLeft(line, " \t\u3000")
	if !strings.HasPrefix(line, "\xe2\x94") && !strings.HasPrefix(line, "\xe2\x95") {
		return "" // nearly all lines
	}
	for _, u := range uprights {
		if strings.HasPrefix(line, u) {
			return u
		}
	}
	return ""
}

// isFrame tells a line of a drawn table that holds no cells: ├──┼──┤.
func isFrame(line string) bool {
	line = strings.TrimSpace(line)
	if !strings.HasPrefix(line, "\xe2\x94") && !strings.HasPrefix(line, "\xe2\x95") {
		return false
	}
	for _, r := range line {
		if r != ' ' && r != '\u3000' && (r < 0x2500 || r > 0x257f) {
			return false
		}
	}
	return upright(line) == "" || strings.ContainsAny(line, "─━═┄┅┈┉")
}

// Drawn is the table drawn with box characters of which line is a row: the lines above
// it, down to floor, and below it that begin with the same character belong to it. Rows
// are numbered from 1 at the place first, where the table begins; end is where it ends.
// Without rows it is none.
func Drawn(text string, line policy.Span, floor int, left *int) (t policy.Table, first, end int) {
	bar := upright(text[line.Start:line.End])
	if bar == "" {
		return policy.Table{}, line.Start, line.End
	}
	first = line.Start
	for first > floor {
		from := max(floor, strings.LastIndexByte(text[:first-1], '\n')+1)
		if above := text[from:first]; upright(above) != bar && !isFrame(above) {
			break
		}
		first = from
	}
	end = first
	for number, at := 1, first; at < len(text); number++ {
		stop := len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			stop = at + n
		}
		switch row := text[at:stop]; {
		case isFrame(row):
		case upright(row) != bar || len(row) > longestRow:
			stop = -1
		default:
			cells := drawnCells(row, at, bar)
			if *left -= len(cells); *left < 0 {
				stop = -1
			} else if len(cells) > 1 {
				t.Rows = append(t.Rows, policy.Row{Number: number, Cells: cells})
			}
		}
		if stop < 0 {
			break
		}
		end, at = stop, stop+1
	}
	t.Header = Header(text, t.Rows)
	return t, first, max(end, line.End)
}

// drawnCells are the cells of a row between its first and its last upright.
func drawnCells(row string, base int, bar string) []policy.Span {
	var out []policy.Span
	at := strings.Index(row, bar) + len(bar)
	for {
		n := strings.Index(row[at:], bar)
		cell := row[at:]
		if n >= 0 {
			cell = cell[:n]
		} else if strings.Trim(cell, " \t\r\u3000") == "" {
			return out
		}
		inner := strings.TrimLeft(cell, " \t\u3000")
		from := base + at + len(cell) - len(inner)
		out = append(out, policy.Span{Start: from, End: from + len(strings.TrimRight(inner, " \t\r\u3000"))})
		if n < 0 {
			return out
		}
		at += n + len(bar)
	}
}
