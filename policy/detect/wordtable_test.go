package detect

import (
	"fmt"
	"strings"
	"testing"
)

func TestWordTableIsAMap(t *testing.T) {
	want := map[string]uint8{strings.Repeat("x", 256): 1, "": 1}
	for i := range 3000 {
		want[strings.Repeat("w", i%20)+fmt.Sprint(i%1000*7)] |= uint8(1) << (i % 5)
	}
	r := tables(wordTables(want))
	table := r.wordTable()
	for i := range 7000 {
		if word := strings.Repeat("w", i%20) + fmt.Sprint(i); table.get(word) != want[word] {
			t.Errorf("%s: %b, want %b", word, table.get(word), want[word])
		}
	}
	if table.get(strings.Repeat("x", 256))+table.get("") != 0 {
		t.Error("a word that is none is in it")
	}
}
