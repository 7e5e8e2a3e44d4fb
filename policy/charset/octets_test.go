package charset

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"
)

// slowly is what LookAt finds.
func slowly(b []byte) Octets {
	switch {
	case !utf8.Valid(b) || HasControls(b):
		return OtherOctets
	case IsASCII(b):
		return CleanASCII
	}
	return CleanUTF8
}

// Every octet, and before it some that matter, at every place of short texts of kana,
// letters, accents and an emoji.
func TestOctetsAreSeenAtEveryPlace(t *testing.T) {
	for _, text := range []string{"お世話になりますabc資料", "abcdefghij資料klmnop", "ab😀世\u00e9cd", "ああああああああ", "abcdefghijklmnopqrstuvwxyz"} {
		for at := range len(text) - 1 {
			b := []byte(text)
			for c := range 256 {
				for _, d := range []byte{0, 'a', 0x7f, 0x80, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc3, 0xe0, 0xe3, 0xed, 0xef, 0xf0, 0xff, b[at+1]} {
					b[at], b[at+1] = byte(c), d
					if got := LookAt(b); got != slowly(b) {
						t.Fatalf("%q: %v", b, got)
					}
				}
				copy(b, text)
			}
		}
	}
}

// The same in texts of several blocks, of which each character begins in one and ends in
// the next.
func TestOctetsAreSeenAcrossBlocks(t *testing.T) {
	for shift := range 33 {
		text := strings.Repeat("a", shift) + strings.Repeat("資料é😀をお送り", 5)
		for at := range len(text) {
			b := []byte(text)
			for c := range 256 {
				b[at] = byte(c)
				if got := LookAt(b); got != slowly(b) {
					t.Fatalf("%q: %v", b, got)
				}
				if got := LookAt(b[:at+1]); got != slowly(b[:at+1]) {
					t.Fatalf("%q: %v", b[:at+1], got)
				}
			}
		}
	}
}

func FuzzOctets(f *testing.F) {
	f.Add([]byte("お世話に\xed\xa0\x80なります"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if got := LookAt(data); got != slowly(data) {
			t.Errorf("%q: %v", data, got)
		}
	})
}

func BenchmarkOctets(b *testing.B) {
	text := bytes.Repeat([]byte("資料をお送りいたしますのでご確認ください。Please find the report.\n"), 1000)
	for _, way := range []struct {
		name string
		is   func([]byte) bool
	}{{"ours", func(b []byte) bool { return LookAt(b) == CleanUTF8 }}, {"library's valid alone", utf8.Valid}} {
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

// Control characters count wherever they stand among eight octets.
func TestControlsAreSeenAtEveryPlace(t *testing.T) {
	for at := range 24 {
		for c := range 256 {
			b := bytes.Repeat([]byte("a"), 24)
			b[at] = byte(c)
			want := c < 0x20 && bytes.IndexByte([]byte("\t\n\r\f\v\b\x1a\x1b\x0e\x0f\x1c\x1d\x1e\x1f"), byte(c)) < 0 && c != 0 || c == 0x7f
			if got := IsBinary(b); got != want {
				t.Errorf("%#x at %d: %v", c, at, got)
			}
		}
	}
}
