package detect

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestGateSeesEveryWord puts every keyword behind texts of all lengths, since the
// pass goes eight bytes at a time, in lower and in upper case, and at the end of
// the text.
func TestGateSeesEveryWord(t *testing.T) {
	g := usual().gate
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
	g := usual().gate
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

// TestGateSeesWordsInKana puts every keyword in kana and kanji behind texts of all
// lengths, since the pass goes two characters at a time and the last ones singly.
func TestGateSeesWordsInKana(t *testing.T) {
	g := usual().gate
	seen := 0
	for _, list := range g.lists {
		for _, w := range list {
			if w.text[0] < 0xe3 || w.flag&lineHonorific != 0 || len(w.text) == len("炎") {
				continue // need a name, the edges of a field, or the name of an illness
			}
			for n := range 5 {
				for _, tail := range []string{"", "。", "です。", " (1)"} {
					text := strings.Repeat("ね", n) + w.text + tail
					if s := g.lines(text); s.all&w.flag == 0 {
						t.Fatalf("%q is not seen in %q", w.text, text)
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

// TestGateNotesManyStops has more stops in one run of kana and kanji than the pass
// notes at a time, of three sorts.
func TestGateNotesManyStops(t *testing.T) {
	const n = 3 * stopRoom
	text := strings.Repeat("佐藤様と、高橋健太郎が、鈴木\u3000花子と", n)
	places := usual().gate.lines(text).places
	if len(places) != 3*n {
		t.Fatalf("%d places instead of %d", len(places), 3*n)
	}
	if !slices.IsSortedFunc(places, func(a, b namePlace) int { return int(a.at - b.at) }) {
		t.Error("places are not in order")
	}
}

// TestCountLongTexts counts in texts of all lengths around what is added up at once.
func TestCountLongTexts(t *testing.T) {
	text := strings.Repeat("aé関𠮷", 900)
	for n := 0; n < 300; n++ {
		for _, s := range []string{text[:n], text[n:], text[:len(text)-n]} {
			if s = strings.ToValidUTF8(s, ""); countRunes(s) != utf8.RuneCountInString(s) {
				t.Fatalf("%d characters instead of %d in %d bytes", countRunes(s), utf8.RuneCountInString(s), len(s))
			}
		}
	}
}

// TestLexiconFindsAll finds every word alone, at the end of the text and before others.
func TestLexiconFindsAll(t *testing.T) {
	x := usual().words
	for _, list := range x.lists {
		for _, w := range list {
			for _, text := range []string{w.text, w.text + " ", w.text + "。", "ね" + w.text} {
				found := false
				x.find(text, func(_ int, got *lexWord) {
					found = found || got.text == w.text || strings.HasPrefix(got.text, w.text) || strings.HasPrefix(w.text, got.text)
				})
				if !found {
					t.Errorf("%q is not found in %q", w.text, text)
				}
			}
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
