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

// spelled are the words that a table writes with a cell for each character, each with the
// cell before it, one a line. Empty cells between are left out.
//
// Not covered: words from top to bottom.
func spelled(text string, tables []policy.Table) string {
	var out, word strings.Builder
	found := 0
	for _, t := range tables {
		for _, row := range t.Rows {
			if len(row.Cells) < leastSpelled {
				continue
			}
			label, chars := "", 0
			word.Reset()
			end := func() {
				if chars >= leastSpelled && found < maxSpelled {
					found++
					out.WriteString(label + " " + word.String() + "\n")
				}
				if chars > 0 {
					label, chars = word.String(), 0
					word.Reset()
				}
			}
			for _, c := range row.Cells {
				cell := text[c.Start:c.End]
				if len(cell) > utf8.UTFMax || cell != "" && utf8.RuneCountInString(cell) > 1 {
					end()
					label = cell
				} else if cell != "" {
					word.WriteString(cell)
					chars++
				}
			}
			end()
		}
	}
	return out.String()
}
