package charset

import (
	"strings"
	"testing"
)

func TestControlCharactersAreFoundAtEveryPlace(t *testing.T) {
	for c := range 256 {
		for at := range 20 {
			b := []byte("氏名 \t\r\n\v\f abcdefghij")
			b[min(at, len(b)-1)] = byte(c)
			if got, want := HasControls(b), c < ' ' && !strings.ContainsRune("\t\n\v\f\r", rune(c)) || c == 0x7f; got != want {
				t.Errorf("%#x at %d: %v", c, at, got)
			}
		}
	}
	if all := Read([]byte("1234 567\x008\x7f"), ""); all[len(all)-1].Text != "1234 5678" {
		t.Errorf("got %+v", all)
	}
}
