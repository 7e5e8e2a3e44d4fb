package detect

import (
	"slices"
	"strings"
	"testing"
)

// TestWaysOfTellingPeople tries ways of telling people that no label goes with, and what
// only looks like them; all people are invented.
func TestWaysOfTellingPeople(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"CHEN MINGZHE / M / 1991-05-20\n", "person_name=CHEN MINGZHE gender=M birth_date=1991-05-20"},
		{"患者の情報です。\n田宮　明　殿（女、1990.2.11）\n", "person_name=田宮　明 gender=女 birth_date=1990.2.11"},
		{"在庫 / M / 2024-06-01\n", ""},
		{"氏名（漢字）黄 佳蓉\n", "person_name=黄 佳蓉"},
		{"次の番号です。\n4321 ← 我那覇純一さんの控え\n", "person_name=我那覇純一"},
		{"お届け先　名嘉眞純一様\n", "person_name=名嘉眞純一"},
		{"We act for BATU ERDENEBILEG. The file is closed.\n", "person_name=BATU ERDENEBILEG"},
		{"We act for NORTHERN PACKAGING LTD. The file is closed.\n", ""},
		{"振込先　かもめ銀行 港支店　普通 3684632　シヤ）アサギリ\n", ""},
		{"自治会費は 北斗信用金庫 南出張所 普通 8922751 ミドリチヨウジチカイ へ。\n", ""},
		{"NI no: AB 123456 C\n", "uk_nino=AB 123456 C"},
		{"居民身分証番号は 110105 19491231 002X です。\n", "cn_id=110105 19491231 002X"},
		{"今日は暖くんがお休みです。\n", "person_name=暖"},
	} {
		text := c.text + "電話 090-1122-3344\n" // without a number near it the gate passes such a line by
		got := slices.DeleteFunc(privateValues(text, detectText(t, text)), func(s string) bool { return strings.HasPrefix(s, "phone") })
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s got %s\nwant %s", c.text, s, c.want)
		}
	}
}
