package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestNumbersIn looks for a value that a column's vote would leave out by its numbers
// of digits although its check takes it.
func TestNumbersIn(t *testing.T) {
	if got, want := numbersIn("03-1234 5678x9"), lengths(2, 4, 6, 8, 10, 1, 5, 9, 11); got != want {
		t.Errorf("groups of 2, 4, 4 and 1 digits make %b, not %b", got, want)
	}
	if got := numbersIn(strings.Repeat("9", 200)); got != 0 {
		t.Errorf("200 digits in a row make %b", got)
	}
	d := usual()
	reader := cellReader{d: d}
	r := rand.New(rand.NewPCG(3, 9))
	g := newGen(23)
	passed := 0
	for range 4000 {
		s := g.pick(g.myNumber(), g.mobile(), g.num(7), g.num(3)+"-"+g.num(4), g.num(9), g.num(10), g.num(12), g.num(16))
		switch at := r.IntN(len(s)); r.IntN(4) {
		case 0:
			s = s[:at] + g.pick("-", " ", ".", "/", "(", ", ", "・", "  ", "x") + s[at:]
		case 1:
			s = g.pick("No ", "T", "+81-", "1.") + s
		}
		for _, k := range d.voters {
			if k.cell != nil || k.try == nil {
				continue
			}
			if _, ok := reader.check(k, s); ok {
				if passed++; k.lens&numbersIn(s) == 0 {
					t.Errorf("%q is a value of %s, and no number in it is so long", s, k.name)
				}
			}
		}
	}
	if passed < 1000 {
		t.Errorf("only %d cells pass a check", passed)
	}
}
