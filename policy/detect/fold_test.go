package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestFoldVariants checks forms of characters that look like their common form, so
// that an editor may have taken one for the other.
func TestFoldVariants(t *testing.T) {
	for in, want := range map[string]string{
		"\ufa19谷 \ufa1b子": "神谷 福子", "\uf9dc \ufa4f \ufa1e \ufa1a": "隆 祐 羽 祥", "髙\ufa11": "高崎", "\u2f80神福": "\u2f80神福",
	} {
		if got, _ := fold(in); got != want {
			t.Errorf("%q: %q instead of %q", in, got, want)
		}
	}
	for r, k := range variants {
		if r == k {
			t.Errorf("%c stands for itself", r)
		}
	}
}

// TestPlainRun compares what is said to need no folding with what folding does,
// with numbers in kanji cut in all ways.
func TestPlainRun(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	pieces := []string{"一", "二", "三", "五", "七", "八", "〇", "-", "ー", "－", " ", "\u3000", "丁", "ね", "ア", "a", "1", "・", "、", "髙", "邉", ",", "\r", "番"}
	for range 50000 {
		var b strings.Builder
		for range 1 + r.IntN(14) {
			b.WriteString(pieces[r.IntN(len(pieces))])
			if r.IntN(3) == 0 {
				b.WriteString("三")
			}
		}
		s := b.String()
		n := plainRun(s, 0)
		if got := foldCell(s); !strings.HasPrefix(got, s[:n]) {
			t.Fatalf("%q: %d bytes are plain, folded it is %q", s, n, got)
		}
		if slow := slowFold(s); foldCell(s) != slow {
			t.Fatalf("%q: %q, one by one %q", s, foldCell(s), slow)
		}
	}
}

// slowFold folds every character by itself.
func slowFold(s string) string {
	f := folder{src: s, bare: true}
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\r':
			if i+1 >= len(s) || s[i+1] != '\n' {
				f.put('\n', i)
			}
			i++
		case s[i] < 0x80:
			f.copy(i, i+1)
			i++
		default:
			n := 1
			for i+n < len(s) && s[i+n]&0xc0 == 0x80 {
				n++
			}
			i = f.wide([]rune(s[i : i+n])[0], i, n)
		}
	}
	return f.out.String()
}
