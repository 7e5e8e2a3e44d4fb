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

// A sum that becomes another is pay behind a name and a staff number, and a price behind a name alone.
func TestPayRises(t *testing.T) {
	d := usual()
	for text, want := range map[string]int{
		"佐野 花子（104882）現 382,000円 → 401,000円、評価A\n": 2,
		"佐野 花子様　会席 12,000円 → 14,000円\n":            0,
	} {
		var v view
		v.fold(text, 0)
		d.readLow(&v)
		got := 0
		payRows(d, &v, func(c candidate) { got += b2i(c.kind == salary) })
		if got != want {
			t.Errorf("%s has %d amounts of pay, want %d", text, got, want)
		}
	}
}
