package detect

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestBeginningsAreAllNoted asks a text for each word that begins in it, its last ones too,
// and for some that do not.
func TestBeginningsAreAllNoted(t *testing.T) {
	v := newView("月額は412,300円、Paid PER MONTH 昭和三十四年\n\"sei\":\"堀\"", 0)
	if !v.may("賃金は") {
		t.Error("a text that was not read may hold anything")
	}
	usual().read(v)
	for i := range v.low {
		if word := v.low[i:min(len(v.low), i+beginningOf)]; utf8.RuneStart(word[0]) && len(word) == beginningOf && !v.may("平成", word) {
			t.Errorf("%q is not noted", word)
		}
	}
	if v.may("平成", "賃金は", "大正") {
		t.Error("all words may stand in the text")
	}
	long := newView(strings.Repeat("会議の資料。", mostNoted/18+1), 0)
	if usual().read(long); !long.may("平成") {
		t.Error("a long text is not noted and may hold anything")
	}
}

// TestPlacesShareTheirZones reads names and numbers above, in and below a signature, whose windows
// meet: the zones are those of the whole text.
func TestPlacesShareTheirZones(t *testing.T) {
	text := "お世話になっております。株式会社ミナトの中村です。\n山田太郎様の件でご連絡いたします。\n" + strings.Repeat("資料をお送りします。\n", 12) +
		"--\n株式会社ミナト 営業部 中村 健一\nTEL 03-5550-1234\nnakamura@minato.example\n" + strings.Repeat("\n資料をお送りしました。", 12) + "\n鈴木花子様にもお伝えください。090-1234-5678\n"
	whole := New(Options{})
	whole.everything = true
	if diff, _ := gateDiffers(usual(), whole, policy.Content{Part: "1", Text: text, Kind: policy.BodyText}); len(diff) > 0 {
		t.Error(strings.Join(diff, " | "))
	}
}

// TestIndexWord compares indexWord with strings.Index in texts of few characters.
func TestIndexWord(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	chars := []string{"で", "す", "。", "す。", "あ", "は", "a", "の", "部", "\xe3", "\x81"}
	text := func(n int) (s string) {
		for range r.IntN(n) {
			s += chars[r.IntN(len(chars))]
		}
		return s
	}
	for range 20000 {
		s, word := text(30), text(4)
		if got, want := indexWord(s, word), strings.Index(s, word); got != want {
			t.Fatalf("%q in %q at %d, want %d", word, s, got, want)
		}
	}
}
