package detect

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// hostile are pieces that, repeated, make a detector slow that looks back or
// ahead without a bound.
var hostile = []string{"1 ", "1-", "1\n", "1.", "12 34-", "1234 5678 9018 ", "a@", "@", "a@b.c ", "記号1番号2", "パスワードは", "password: ", "://",
	"a://b:c@d ", "eyJ", "eyJa.", "-----BEGIN PRIVATE KEY-----", "東京都港区", "東京都港区芝1-1-1 ", "様", "田中", "田中 太郎 ", "がん", "うつ病 さん。",
	"男 ", "1,2\n", "AKIA", "AKIAIOSFODNN7EXAMPLE ", "1", "DE12 ", "S60.", "(", "http://1", "社員番号 ", "基本給 ", "個人番号 ", "個人番号\n", "-----\n",
	"マイナンバー 123456789018 ", "090-1234-5678 ", "タナカ タロウ ", "Taro Yamada ", "昭和60年3月12日 ", "a\t", "|1|2", "12/34 ", "secret_access_key ",
	"4111 1111 1111 1111 / 02/28 / 123 ", "山田太郎が", "P<JPN", "ネットバンキング パスワード:Ab3#x ", "MSIP_Label_", "〒", "---\n", "名前:", "> ", "一二三", "\"a,b\n"}

// TestHostileTextEnds would run into the test's time limit if any of these cost
// more than time in proportion to its length.
func TestHostileTextEnds(t *testing.T) {
	oneGoroutine(t)
	d := usual()
	for _, piece := range hostile {
		text := strings.Repeat(piece, 1+40_000/len(piece))
		if r := detectWith(d, text); r.People.High > len(text) {
			t.Errorf("%q: %+v", piece, r.People)
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for _, piece := range hostile {
		b.Run(piece, func(b *testing.B) {
			text := strings.Repeat(piece, 1+1_000_000/len(piece))
			d := usual()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				detectWith(d, text)
			}
		})
	}
}

// A field of thousands of addresses on one line is not copied for each of them.
func TestLongFieldIsNotCopiedForEachAddress(t *testing.T) {
	var to strings.Builder
	to.WriteString("To: ")
	for i := range 3000 {
		fmt.Fprintf(&to, "\"a%d\" <a%[1]d@example.com>, ", i)
	}
	d := usual()
	c := []policy.Content{{Part: "0/h", Text: to.String(), Kind: policy.HeaderText}}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	d.Detect(context.Background(), c, Context{})
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > uint64(200*to.Len()) {
		t.Errorf("%d octets took %d of memory", to.Len(), used)
	}
}
