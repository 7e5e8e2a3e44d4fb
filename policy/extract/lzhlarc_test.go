package extract

import (
	"io"
	"strings"
	"testing"
)

// bitString packs "0" and "1" into octets, most significant first.
func bitString(s string) []byte {
	s = strings.ReplaceAll(s, " ", "")
	out := make([]byte, (len(s)+7)/8)
	for i, c := range s {
		if c == '1' {
			out[i/8] |= 0x80 >> (i % 8)
		}
	}
	return out
}

// Both methods count places from the start of a ring that is written from near its
// end: the first octet that was put is at 2031 of 2048, and at 4078 of 4096.
func TestLArcMethods(t *testing.T) {
	for name, c := range map[string]struct {
		d    *larcDecoder
		want string
	}{
		"lzs: a, b, four from a, three blanks": {newLZS(bitString("1 01100001 1 01100010 0 11111101111 0010 0 00000000000 0001"), 9), "ababab   "},
		"lz5: a, b, four from a, what the ring begins with": {
			newLZ5([]byte{0b00000011, 'a', 'b', 0xee, 0xf1, 0x9f, 0x42, 0, 0}, 11), "ababab" + strings.Repeat("[", 5)},
	} {
		got, err := io.ReadAll(c.d)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
	if _, err := io.ReadAll(newLZS(nil, 1<<20)); err == nil {
		t.Error("data that ends too early is no error")
	}
}
