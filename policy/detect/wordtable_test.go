package detect

import (
	"fmt"
	"strings"
	"testing"
)

func TestWordTableIsAMap(t *testing.T) {
	table, want := newWordTable(10), map[string]uint8{}
	for i := range 3000 {
		word, bits := fmt.Sprint("w", i%1000*7), uint8(1)<<(i%5)
		table.add(word, bits)
		want[word] |= bits
	}
	for i := range 7000 {
		if word := fmt.Sprint("w", i); table.get(word) != want[word] {
			t.Errorf("%s: %b, want %b", word, table.get(word), want[word])
		}
	}
	long := strings.Repeat("x", 256)
	table.add(long, 1)
	table.add("", 1)
	if table.get(long)+table.get("") != 0 || table.count != len(want) {
		t.Errorf("%d words, want %d", table.count, len(want))
	}
}
