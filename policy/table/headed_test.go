package table

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestBlanksIn compares the look for blanks at eight octets a time with the plain one,
// and so the one near both ends of a line.
func TestBlanksIn(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"a", "あ", "0", "。", "い", "漢", " ", "a ", "\u3000", "  "}
	blank, early := 0, 0
	for range 20000 {
		var b strings.Builder
		few := 6 + r.IntN(len(pieces)-6+1)
		for range r.IntN(90) {
			b.WriteString(pieces[r.IntN(few)])
		}
		line := b.String()
		want := strings.Contains(line, "  ") || strings.Contains(line, "\u3000")
		if blanksIn(line) != want {
			t.Fatalf("blanksIn(%q) is %v", line, !want)
		}
		if want {
			blank++
		}
		if got := blanksEarly(line); got && !want {
			t.Fatalf("blanksEarly(%q) where there are none", line)
		} else if len(line) <= longestLabel && got != want {
			t.Fatalf("blanksEarly(%q) is %v", line, got)
		} else if got && len(line) > longestLabel {
			early++
		}
	}
	if blank < 2000 || early < 500 {
		t.Errorf("only %d lines with blanks, %d of them long", blank, early)
	}
}

// TestBlanksEarly takes the longest names of columns at both ends.
func TestBlanksEarly(t *testing.T) {
	label := strings.Repeat("漢", longestLabel/3)
	for _, gap := range []string{"\u3000", "  "} {
		if line := label + gap + strings.Repeat("字", 200) + gap + label; !blanksEarly(line) {
			t.Errorf("%q: blanks are not seen", line)
		}
	}
	if blanksEarly(label + "字字\u3000" + label) {
		t.Error("a name longer than any is taken for one")
	}
}
