package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// ticks are the marks that lists of who comes have at the start of their lines, by the
// first octet of which others can be told without looking further.
var ticks = []rune("○◯×✕✖△▲●◎✓✔☑☐□■・･")

// MayMark tells quickly, by its first octets, whether a line may be one of a table that
// Drawn, Ticked, Inserted or Markup finds.
func MayMark(line string) bool {
	if line == "" {
		return false
	}
	switch c := line[0]; c {
	case 'i', 'I', '(', 0xc3, 0xe2, 0xef:
		return true
	case '<', '\t':
		return mayTag(line)
	case ' ':
		return upright(line) != "" || mayTag(line)
	case 0xe3: // a blank before the mark, or ・
		return strings.HasPrefix(line, "\u3000") || strings.HasPrefix(line, "・")
	}
	return false
}

// leastTicked and longestTicked are how many lines such a list has at least, and how long
// what stands behind a mark may be, in octets.
const (
	leastTicked   = 3
	longestTicked = 48
)

// Ticked is the list of which line is a row: lines that begin with a mark and hold a word
// or two behind it, with or without something in brackets. The lines above it, down to
// floor, and below it belong to it. Its columns are the mark, the words, the brackets. Rows
// are numbered from 1 at the place first, where the list begins; end is where it ends.
// Without rows it is none.
func Ticked(text string, line policy.Span, floor int, left *int) (t policy.Table, first, end int) {
	if ticked(text, line) == nil {
		return policy.Table{}, line.Start, line.End
	}
	first = line.Start
	for first > floor {
		from := max(floor, strings.LastIndexByte(text[:first-1], '\n')+1)
		if ticked(text, policy.Span{Start: from, End: first - 1}) == nil {
			break
		}
		first = from
	}
	t.Header, end = -1, line.End
	for number, at := 1, first; at < len(text); number++ {
		stop := len(text)
		if n := strings.IndexByte(text[at:], '\n'); n >= 0 {
			stop = at + n
		}
		cells := ticked(text, policy.Span{Start: at, End: stop})
		if *left -= len(cells); cells == nil || *left < 0 {
			break
		}
		t.Rows = append(t.Rows, policy.Row{Number: number, Cells: cells})
		end, at = stop, stop+1
	}
	if len(t.Rows) < leastTicked {
		t.Rows = nil
	}
	return t, first, max(end, line.End)
}

// ticked are the cells of a line that begins with a mark, nil of any other.
func ticked(text string, line policy.Span) []policy.Span {
	s := strings.TrimRight(text[line.Start:line.End], " \t\r\u3000")
	if s == "" || s[0] < 0x80 || len(s) > longestTicked+len("（10名）") {
		return nil // most lines
	}
	r, w := utf8.DecodeRuneInString(s)
	if !slices.Contains(ticks, r) {
		return nil
	}
	words := strings.TrimLeft(s[w:], " \t\u3000")
	from := line.Start + len(s) - len(words)
	note := ""
	if i := strings.IndexAny(words, "(（"); i > 0 {
		words, note = words[:i], words[i:]
	}
	words = strings.TrimRight(words, " \t\u3000")
	if len(words) < len("東一") || len(words) > longestTicked || strings.ContainsAny(words, "。、：:，,;@") ||
		note != "" && !strings.HasSuffix(note, ")") && !strings.HasSuffix(note, "）") {
		return nil
	}
	cells := []policy.Span{{Start: line.Start, End: line.Start + w}, {Start: from, End: from + len(words)}}
	if note != "" {
		end := line.Start + len(s)
		cells = append(cells, policy.Span{Start: end - len(note), End: end})
	}
	return cells
}
