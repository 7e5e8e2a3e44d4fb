package detect

import "testing"

// TestSalaryCells holds what a cell of a column of pay may look like.
func TestSalaryCells(t *testing.T) {
	for cell, want := range map[string]bool{
		"305万": true, "約305万": true, "税込412,000円": true, "87,700 EUR": true, "USD 95,500": true, "\\622,240-": true,
		"約": false, "EUR": false, "要相談": false, "87,700 EUR gross": false,
	} {
		if _, ok := salary.cell(cell); ok != want {
			t.Errorf("%s: %t, want %t", cell, ok, want)
		}
	}
}
