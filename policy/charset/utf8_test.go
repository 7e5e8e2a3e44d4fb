package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// Every octet, and before it some that matter, at every place of short texts of kana,
// letters, accents and an emoji.
func TestIsUTF8IsTheLibrarysValid(t *testing.T) {
	for _, text := range []string{"お世話になりますabc資料", "abcdefghij資料klmnop", "ab😀世\u00e9cd", "ああああああああ"} {
		for at := range len(text) - 1 {
			b := []byte(text)
			for c := range 256 {
				for _, d := range []byte{0, 'a', 0x7f, 0x80, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc3, 0xe0, 0xe3, 0xed, 0xef, 0xf0, 0xff, b[at+1]} {
					b[at], b[at+1] = byte(c), d
					if got := isUTF8(b); got != utf8.Valid(b) {
						t.Fatalf("%q: %v", b, got)
					}
				}
				copy(b, text)
			}
		}
	}
}

func FuzzIsUTF8(f *testing.F) {
	f.Add([]byte("お世話に\xed\xa0\x80なります"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := isUTF8(data); got != utf8.Valid(data) {
			t.Errorf("%q: %v", data, got)
		}
	})
}

func BenchmarkIsUTF8(b *testing.B) {
	text := bytes.Repeat([]byte("資料をお送りいたしますのでご確認ください。Please find the report.\n"), 1000)
	for _, way := range []struct {
		name string
		is   func([]byte) bool
	}{{"ours", isUTF8}, {"library", utf8.Valid}} {
		b.Run(way.name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				if !way.is(text) {
					b.Fatal("not valid")
				}
			}
		})
	}
}

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
