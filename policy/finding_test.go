package policy

import (
	"strings"
	"testing"
)

// TestMasker masks many values one after another: each like Mask, none touched
// by a later one.
func TestMasker(t *testing.T) {
	values := []string{"", "a", "山", "1234 5678-9012", "佐藤 花子", "サトウハナコ", "\u3000\u3000\u3000あ", "\x00\x01\x02\x03", strings.Repeat("長", 400), "tab\there"}
	want := []string{"", "*", "*", "1234 ****-****", "佐* **", "サト****", "****", "****", "長長長長" + strings.Repeat("*", 396), "ta******"}
	var k Masker
	var got []Masked
	for range 300 {
		for _, v := range values {
			got = append(got, k.Mask(v))
		}
	}
	for i, m := range got {
		if n := i % len(values); m.String() != want[n] || Mask(values[n]) != m {
			t.Fatalf("%q: %q, want %q", values[n], m, want[n])
		}
	}
}
