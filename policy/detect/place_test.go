package detect

import (
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestPlaceOfCells: a table that has a number is told with it and with the cell.
func TestPlaceOfCells(t *testing.T) {
	c := policy.Content{Where: "a.docx", Text: "ab\ncd", Tables: []policy.Table{
		{Number: 2, Rows: []policy.Row{{Number: 1, Cells: []policy.Span{{Start: 0, End: 1}, {Start: 1, End: 2}}},
			{Number: 5, Cells: []policy.Span{{Start: 3, End: 4}, {Start: 4, End: 5}}}}},
	}}
	in := &source{table: 0}
	for _, tt := range []struct {
		at, row int32
		number  int
		want    string
	}{
		{1, 1, 2, "a.docx / table 2 / row 1 / cell 2"}, {3, 5, 2, "a.docx / table 2 / row 5 / cell 1"},
		{4, 5, 2, "a.docx / table 2 / row 5 / cell 2"}, {4, 5, 0, "a.docx / row 5"}, {2, 1, 2, "a.docx / table 2 / row 1"},
	} {
		c.Tables[0].Number = tt.number
		var p places
		var words phrases
		h := hit{in: in, start: int(tt.at), end: int(tt.at) + 1, row: tt.row}
		for range 2 { // the second time the place is remembered
			if got := p.where(&c, &h, 0, &words); got != tt.want {
				t.Errorf("offset %d: %q, want %q", tt.at, got, tt.want)
			}
		}
	}
}
