package extract

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// TestLongWords holds the search from behind against splitting the whole line.
func TestLongWords(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 3))
	found := 0
	for range 5000 {
		b := make([]byte, rnd.IntN(400))
		odd := 1 + rnd.IntN(200)
		for i := range b {
			if b[i] = "AZaz09+/-_AZaz09+/-_AZaz09+/-_="[rnd.IntN(31)]; rnd.IntN(odd) == 0 {
				b[i] = " .\xe3\x81\x82"[rnd.IntN(5)]
			}
		}
		line := string(b)
		var want []string
		for _, word := range strings.FieldsFunc(line, func(c rune) bool { return c >= 0x80 || !isBlockChar(byte(c)) }) {
			if word = word[strings.LastIndexByte(strings.TrimRight(word, "="), '=')+1:]; len(word) >= minBlock {
				want = append(want, word)
			}
		}
		if got := appendBlocks(nil, line); !slices.Equal(got, want) {
			t.Fatalf("%q: got %q, want %q", line, got, want)
		}
		found += len(want)
	}
	if found == 0 {
		t.Error("there was no long word")
	}
}
