package table

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// Words tells what stands in cells.
type Words interface {
	// Heading tells that the cells are labels, and none of them a value.
	Heading(cells []string) bool
	// Name tells a person's name, written with a blank between its parts.
	Name(cell string) bool
}

// longestHeading is how long a line of such a table may be, in octets.
const longestHeading = 400

// Headed is the table whose columns are set apart by blanks only, as printed lists and
// mails have them, below the line head when that is a heading: labels that blanks
// part, and lines below it that are parted likewise. The heading is row 1. Without rows
// it is none. A cell belongs to the heading above it by its place
// in the line, with wide characters counted double. end is where the last row ends.
func Headed(text string, head policy.Span, words Words, left *int) (t policy.Table, end int) {
	if head.End-head.Start > longestHeading || !isHeading(strings.TrimRight(text[head.Start:head.End], "\r"), words) {
		return policy.Table{}, head.End
	}
	return rowsBelow(text, head, words, left)
}

// MayHead tells quickly whether a line may be the heading of such a table: blanks stand
// near both its ends, and it is no sentence.
func MayHead(line string) bool {
	if len(line) > longestHeading {
		return false
	}
	line = strings.TrimRight(line, "\r")
	return blanksEarly(line) && !strings.HasSuffix(line, "。") && strings.IndexByte(line, ':') < 0 && !strings.Contains(line, "。")
}

// isHeading tells that a line consists of two labels or more with blanks between
// them and no values.
func isHeading(line string, words Words) bool {
	if !blanksEarly(line) || strings.HasSuffix(line, "。") || strings.IndexByte(line, ':') >= 0 {
		return false // most lines
	}
	if strings.Contains(line, "。") || strings.Contains(line, "：") || !strings.Contains(line, "  ") && !strings.Contains(line, "\u3000") {
		return false
	}
	values := 0
	for i := range len(line) {
		if isDigit(line[i]) {
			values++
		}
	}
	if values >= 4 {
		return false
	}
	cells := blankCells(line, 0, true)
	if len(cells) < 2 || len(cells) > 40 || len(cells) == 2 && len(blankCells(line, 0, false)) < 2 {
		return false
	}
	said := make([]string, len(cells))
	for i, c := range cells {
		said[i] = line[c.Start:c.End]
	}
	return words.Heading(said)
}

// longestLabel is how long the name of a column may be, in octets.
const longestLabel = 90

// blanksEarly tells that blanks that part cells stand near both ends of a line, as the
// names of the first and the last column are no longer than that.
func blanksEarly(line string) bool {
	const reach = longestLabel + len("\u3000")
	if len(line) <= reach {
		return blanksIn(line)
	}
	return blanksIn(line[:reach]) && blanksIn(line[len(line)-reach:])
}

// blanksIn tells that a wide blank stands in a line or two others side by side, or
// something that looks like it: most lines have none, and are told so at eight octets a
// time.
func blanksIn(line string) bool {
	for i := 0; i+2 <= len(line); i += 7 {
		var x uint64
		if len(line)-i >= 8 {
			x = load(line[i:])
		} else {
			for k := len(line) - 1; k >= i; k-- {
				x = x<<8 | uint64(line[k])
			}
		}
		// octets that are a blank's, or end a wide one (e3 80 80): two of a kind in a row
		y, z := x^' '*eachOne, x^0x80*eachOne
		y, z = (y-eachOne)&^y, (z-eachOne)&^z
		if (y&(y>>8)|z&(z>>8))&eachHigh != 0 {
			return true
		}
	}
	return false
}

// rowsBelow reads the rows below a heading, and tells where they end.
func rowsBelow(text string, heading policy.Span, words Words, left *int) (policy.Table, int) {
	head := strings.TrimRight(text[heading.Start:heading.End], "\r")
	cells := blankCells(head, heading.Start, true)
	t := policy.Table{Header: 0, Rows: []policy.Row{{Number: 1, Cells: cells}}}
	at := make([]int, len(cells))
	for i, c := range cells {
		at[i] = columnsWide(text[heading.Start:c.Start])
	}
	line, end := 1, heading.End
	for next := end + 1; next < len(text); {
		line++
		stop := len(text)
		if n := strings.IndexByte(text[next:], '\n'); n >= 0 {
			stop = next + n
		}
		below := strings.TrimRight(text[next:stop], "\r")
		if isRuler(below) && len(t.Rows) == 1 {
			next = stop + 1
			continue
		}
		row := blankCells(below, next, false)
		if len(row) < len(at) {
			if row = cutUnder(below, next, row, at); len(row) < len(at) {
				row = cutSingle(text, below, next, row, len(at), words)
			}
		}
		if *left -= len(at); len(row) < 2 || len(below) > longestHeading || *left < 0 {
			break
		}
		t.Rows = append(t.Rows, policy.Row{Number: line, Cells: alignCells(text, next, row, at)})
		end, next = stop, stop+1
	}
	return t, end
}

// isRuler tells a line that was drawn with characters.
func isRuler(line string) bool {
	line = strings.TrimSpace(line)
	return len(line) >= 2 && strings.Trim(line, " +-=*_~:.━─═") == ""
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
func cutSingle(text, line string, base int, row []policy.Span, want int, words Words) []policy.Span {
	cells := blankCells(line, base, true)
	for len(cells) > want {
		k := -1
		for i := 0; i+1 < len(cells) && k < 0; i++ {
			if words.Name(text[cells[i].Start:cells[i+1].End]) {
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
			if distance(at[k], x) < distance(at[min(best, len(at)-1)], x) {
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
			if blanks++; w > 1 && heading {
				blanks++
			}
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

func distance(a, b int) int { return max(a-b, b-a) }

// columnsWide is how many columns s takes on paper.
func columnsWide(s string) (n int) {
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is how many columns a character takes on Japanese paper (UAX 11): wide,
// full-width and ambiguous ones take two.
func runeWidth(r rune) int {
	if r >= 0x1100 && r < 0xff61 && (r < 0x2000 || r > 0x2e7f) || r >= 0xffe0 {
		return 2
	}
	return 1
}
