package detect

import (
	"context"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// myNumbersIn counts the Individual Numbers in the contents of one mail, of which the first
// is its header.
func myNumbersIn(t *testing.T, texts ...string) int {
	t.Helper()
	var parts []policy.Content
	for i, s := range texts {
		c := policy.Content{Part: string(rune('0' + i)), Text: s, Kind: policy.BodyText}
		if i == 0 {
			c.Kind = policy.HeaderText
		}
		parts = append(parts, c)
	}
	n := 0
	for _, f := range usual().Detect(context.Background(), parts, Context{}).Findings {
		n += b2i(f.Type == "my_number")
	}
	return n
}

func TestNumberApartFromItsLabel(t *testing.T) {
	for name, texts := range map[string][]string{
		"subject and body":           {"Subject: 個人番号\n", "お世話になっております。\n\n983690060268\n"},
		"subject and body, grouped":  {"Subject: 個人番号のご連絡\n", "9836 9006 0268\n"},
		"halves":                     {"Subject: 個人番号 983690\n", "060268\n"},
		"file":                       {"Subject: x\n", "添付は山田の個人番号です。\n", "983690060268\n"},
		"three parts":                {"Subject: x\n", "個人番号は\n", "9836\n", "9006\n", "0268\n"},
		"what a style sheet shows":   {"Subject: x\n", "個人番号：\n", `#a::before{content:"983690060268"}`},
		"in the same text, far away": {"Subject: x\n", "個人番号：\n" + strings.Repeat("資料を送付します。\n", 20) + "983690060268\n"},
	} {
		if n := myNumbersIn(t, texts...); n != 1 {
			t.Errorf("%s: %d found", name, n)
		}
	}
	for name, texts := range map[string][]string{
		"a parcel's number":       {"Subject: マイナンバーのご案内\n", "603751966403\n"},
		"wrong check digit":       {"Subject: 個人番号\n", "983690060267\n"},
		"card":                    {"Subject: マイナンバーカードのご案内\n", "983690060268\n"},
		"a list of numbers":       {"Subject: 個人番号\n", "983690060268\n735468487454\n396401757229\n955627995563\n"},
		"in a sentence":           {"Subject: 個人番号\n", "受付は983690060268です\n"},
		"no label":                {"Subject: x\n", "983690060268\n"},
		"label in passing, above": {"Subject: x\n", "個人番号の提出は不要です。\nよろしくお願いします。\n983690060268\n"},
	} {
		if n := myNumbersIn(t, texts...); n != 0 {
			t.Errorf("%s: %d found", name, n)
		}
	}
}

func TestNumberSetApart(t *testing.T) {
	for _, s := range []string{
		"個人番号：9,8,3,6,9,0,0,6,0,2,6,8", "個人番号 [9][8][3][6][9][0][0][6][0][2][6][8]", "個人番号：「98」「36」「90」「06」「02」「68」",
		"個人番号：983-690-060-268", "個人番号：98 36 90 06 02 68", "個人番号：**9****8****3****6****9****0****0****6****0****2****6****8**",
		"個人番号：No983690060268", "個人番号：983690060268X", "個人番号：983690060268.00", "mynumber=983690060268&x=1", "個人番号：\n| 9836\n| 9006\n| 0268", "個人番号：\n\n9836\n\n9006\n\n0268",
		"個人番号：\n・9836\n・9006\n・0268", "個人番号：\nyamada> 9836\nyamada> 9006\nyamada> 0268", "個人番号：\x1b[31m9836\x1b[0m\x1b[32m9006\x1b[0m\x1b[33m0268\x1b[0m",
	} {
		if n := myNumbersIn(t, "", "お世話になっております。\n"+s+"\n"); n != 1 {
			t.Errorf("%q: %d found", s, n)
		}
	}
	for _, s := range []string{
		"マイナンバー関連 983,690,060,268円", "個人番号：983-690-060-268-111", "個人番号：983690060267X", "個人番号の受付は 983 690 060 268 番", "個人番号\n98\n36\n90\n06\n02\n68\n71\n12",
	} {
		if n := myNumbersIn(t, "", "お世話になっております。\n"+s+"\n"); n != 0 {
			t.Errorf("%q: %d found", s, n)
		}
	}
}
