package mime

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// What is looked at eight octets at a time is what one would find one by one: every
// octet at every place among letters, and beside every other octet.
func TestEightOctetsAtATime(t *testing.T) {
	check := func(b []byte) {
		letters, ascii := true, true
		for _, c := range b {
			letters = letters && base64Value[c] < b64Blank
			ascii = ascii && c < 0x80
		}
		if got := areLetters(binary.LittleEndian.Uint64(b)); got != letters {
			t.Errorf("areLetters(%q) is %v", b, got)
		}
		if got := isASCII(b); got != ascii {
			t.Errorf("isASCII(%q) is %v", b, got)
		}
	}
	for _, fill := range []byte("AZaz09+/") {
		for at := range 8 {
			b := bytes.Repeat([]byte{fill}, 8)
			for c := range 256 {
				b[at] = byte(c)
				check(b)
				next := bytes.Clone(b)
				for d := range 256 {
					next[(at+1)%8] = byte(d)
					check(next)
				}
			}
		}
	}
}
