package extract

import (
	"bytes"
	"testing"
)

// Control characters count wherever they stand among eight octets.
func TestControlsAreSeenAtEveryPlace(t *testing.T) {
	for at := range 24 {
		for c := range 256 {
			b := bytes.Repeat([]byte("a"), 24)
			b[at] = byte(c)
			want := c < 0x20 && bytes.IndexByte([]byte("\t\n\r\f\v\b\x1a\x1b\x0e\x0f\x1c\x1d\x1e\x1f"), byte(c)) < 0 && c != 0 || c == 0x7f
			if got := looksBinary(b); got != want {
				t.Errorf("%#x at %d: %v", c, at, got)
			}
		}
	}
}
