package detect

import (
	"strings"
	"testing"
)

// TestGateSeesEveryWord puts every keyword behind texts of all lengths, since the
// pass goes eight bytes at a time, in lower and in upper case, and at the end of
// the text.
func TestGateSeesEveryWord(t *testing.T) {
	g := New(Options{}).gate
	seen := 0
	for _, list := range g.lists {
		for _, w := range list {
			if w.flag&lineHonorific != 0 || len(w.text) == len("男") && w.flag&lineHot != 0 {
				continue // need a name, or the edges of a field
			}
			for n := range 18 {
				filler := strings.Repeat("xy ", 6)[18-n:]
				for _, word := range []string{w.text, upperASCII(w.text)} {
					for _, tail := range []string{"", " ", " and more words behind it"} {
						text := filler + " " + word + tail
						if s := g.lines(text); s.all&w.flag&^lineToken == 0 {
							t.Fatalf("%q is not seen in %q", w.text, text)
						}
					}
				}
			}
			seen++
		}
	}
	if seen < 300 {
		t.Errorf("only %d keywords", seen)
	}
}

// TestGateStopsAtNames checks the places that the pass notes in a long line.
func TestGateStopsAtNames(t *testing.T) {
	g := New(Options{}).gate
	for _, c := range []struct {
		text string
		want bool
	}{
		{"先日の会議では佐藤様から新しい資料をいただきましたので共有します", true},
		{"先日の会議では高橋健太郎が新しい資料を説明しましたので共有します", true},
		{"先日の会議では高橋健太郎(総務)と新しい資料を見ましたので共有します", true},
		{"先日の会議では鈴木　花子と新しい資料を見ましたので共有します", true},
		{"先日の会議では鈴木 花子と新しい資料を見ましたので共有します", true},
		{"先日の会議では新しい製品の仕様について説明しましたので共有します", false},
		{"先日の会議では東京仕様について説明しましたので共有します", false},
		{"ご担当者の氏名と様式をお送りしますので記入して返送してください", false},
	} {
		if s := g.lines(c.text); (len(s.places) > 0) != c.want {
			t.Errorf("%s: %d places", c.text, len(s.places))
		}
	}
}

func upperASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			r -= 'a' - 'A'
		}
		return r
	}, s)
}
