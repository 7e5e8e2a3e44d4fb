package extract

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestLongListsAreReadAsFarAsMemoryGoes: a list that is too large for the memory is read
// up to a whole row, says so, and leaves none of the rest as running text.
func TestLongListsAreReadAsFarAsMemoryGoes(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("氏名,電話番号\n")
	for i := range 2000 {
		fmt.Fprintf(&csv, "想定 美咲,080-00%02d-%04d\n", i%100, i)
	}
	rows := func(memory int64) (n int, problem policy.Problem, text string) {
		x := testExtractor()
		x.Limits.Memory = memory
		res := x.Extract(t.Context(), File{Path: "0", Name: "list.csv", Data: []byte(csv.String())})
		c := res.Contents[0]
		for _, row := range c.Tables[0].Rows {
			if cells := row.Cells; len(cells) != 2 || cells[1].End > len(c.Text) {
				t.Fatalf("row %d is not whole", row.Number)
			}
		}
		return len(c.Tables[0].Rows), res.Parts[0].Problem, c.Text
	}
	if n, problem, text := rows(0); n != 2001 || problem != policy.NoProblem || text != csv.String() {
		t.Errorf("without a bound: %d rows, problem %q", n, problem)
	}
	whole := int64(textCost*csv.Len() + 2*2001*cellCost)
	if n, problem, _ := rows(whole); n != 2001 || problem != policy.NoProblem {
		t.Errorf("with just enough: %d rows, problem %q", n, problem)
	}
	n, problem, text := rows(whole - 1000*2*cellCost)
	if n < 995 || n > 1005 || problem != policy.TooLarge || strings.Count(text, "\n") != n-1 {
		t.Errorf("with half: %d rows, problem %q, %d lines", n, problem, strings.Count(text, "\n"))
	}
}
