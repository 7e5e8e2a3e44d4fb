package detect

import (
	"context"
	"slices"
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
		"個人番号：\n・9836\n・9006\n・0268", "個人番号：\nyamada> 9836\nyamada> 9006\nyamada> 0268", "個人番号：\\fB9\\fP\\fB8\\fP\\fB3\\fP\\fB6\\fP \\fB9\\fP\\fB0\\fP\\fB0\\fP\\fB6\\fP \\fB0\\fP\\fB2\\fP\\fB6\\fP\\fB8\\fP です",
		"個人番号： [b]9[/b][b]8[/b][b]3[/b][b]6[/b][b]9[/b][b]0[/b][b]0[/b][b]6[/b][b]0[/b][b]2[/b][b]6[/b][b]8[/b]",
		"個人番号：\x1b[31m9836\x1b[0m\x1b[32m9006\x1b[0m\x1b[33m0268\x1b[0m",
	} {
		if n := myNumbersIn(t, "", "お世話になっております。\n"+s+"\n"); n != 1 {
			t.Errorf("%q: %d found", s, n)
		}
	}
	for _, s := range []string{
		"個人番号：2a9a8a3a6a9a0a0a6a0a2a6a8", "個人番号の表 <b>9</b><i>8</i><b>3</b><i>6</i><b>9</b><i>0</i><b>0</b><i>6</i><b>0</b><i>2</i><b>6</b><i>8</i>",
		"マイナンバー関連 983,690,060,268円", "個人番号：983-690-060-268-111", "個人番号：983690060267X", "個人番号の受付は 983 690 060 268 番", "個人番号\n98\n36\n90\n06\n02\n68\n71\n12",
	} {
		if n := myNumbersIn(t, "", "お世話になっております。\n"+s+"\n"); n != 0 {
			t.Errorf("%q: %d found", s, n)
		}
	}
}

// TestCardSetApart holds cards whose digits stand apart, and rows of figures behind the same words.
func TestCardSetApart(t *testing.T) {
	const number = "4539578763621486"
	isCard := func(f policy.Finding) bool { return f.Type == "credit_card" }
	each := func(before, after, between string) string {
		return before + strings.Join(strings.Split(number, ""), after+between+before) + after
	}
	for _, s := range []string{
		each("", "", "."), each("", "", ", "), each("[", "]", ""), each("【", "】", ""), each("", "", "・"), each("**", "**", ""), each("<b>", "</b>", ""),
		each("\\textbf{", "}", ""), "\n> 4539\n> 5787\n> 6362\n> 1486", "4539 → 5787 → 6362 → 1486", each("", "\u20e3", ""), each("", "\u3164", ""),
	} {
		if r := detectText(t, "カード番号: "+s+" です\n"); !slices.ContainsFunc(r.Findings, isCard) {
			t.Errorf("%q: %d findings", s, len(r.Findings))
		}
	}
	for _, s := range []string{each("", "", ", ") + ", 7, 8", "4539 → 5787 → 6362 → 1487", "4111 → 1111 → 1111 → 1111", "の件数 " + each("", "", ", ")} {
		if r := detectText(t, "カード番号: "+s+"\n"); slices.ContainsFunc(r.Findings, isCard) {
			t.Errorf("%q: %d findings", s, len(r.Findings))
		}
	}
}

// TestDigitsOfOtherScripts holds numbers in the digits of other scripts and in odd dresses.
func TestDigitsOfOtherScripts(t *testing.T) {
	for _, zero := range []rune{0x966, 0x9e6, 0xbe6, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810, 0x1fbf0, 0x660, 0xff10, 0x1d7ce} {
		n := strings.Map(func(r rune) rune { return r - '0' + zero }, "983690060268")
		if got := myNumbersIn(t, "", "個人番号: "+n+" です\n"); got != 1 {
			t.Errorf("%s: %d found", n, got)
		}
	}
	for zero, n := range map[rune]string{0: "⒐⒏⒊⒍⒐🄀🄀⒍🄀⒉⒍⒏", 1: "🄊🄉🄄🄇🄊🄁🄁🄇🄁🄃🄇🄉", 2: "➈➇➂➅➈🄋🄋➅🄋➁➅➇", 3: "9\u03368\u03363\u03366\u03369\u03360\u03360\u03366\u03360\u03362\u03366\u03368"} {
		if got := myNumbersIn(t, "", "個人番号: "+n+" です\n"); got != 1 {
			t.Errorf("%d, %s: %d found", zero, n, got)
		}
	}
}
