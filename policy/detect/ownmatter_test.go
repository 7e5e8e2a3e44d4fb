package detect

import (
	"strings"
	"testing"
)

// TestOwnMatter holds illnesses of the writer and of relatives apart from what is said to
// everybody, people on duty with their own mobiles apart from those at desks, and examples of
// how a form is filled in apart from forms.
func TestOwnMatter(t *testing.T) {
	for _, c := range []struct {
		text  string
		types string // of private findings that must be there, none for a clean text
	}{
		{"私事で恐縮ですが、先月の検査で大腸がんが見つかり、来月より手術のためお休みをいただきます。\n", "special_care"},
		{"父が脳梗塞で倒れ、急ぎ帰省します。\n", "special_care"},
		{"my GP says it is pernicious anaemia and I'll be off until Friday.\n", "special_care"},
		{"父の日特集：高血圧が気になるお父さんへ減塩ギフト\n", ""},
		{"認知症サポーター講座に父と参加しました。勉強になりました。\n", ""},
		{"Our GP practice offers asthma clinics on Tuesdays. No appointment needed.\n", ""},
		{"日付,当直,当直の連絡先\n11/23(月),樫山 健吾,090-3381-2204\n11/24(火),小柳 恵,080-5571-0093\n11/25(水),根本 拓也,070-4432-1187\n", "person_name phone person_name phone person_name phone"},
		{"日付,当番,内線\n11/23,樫山 健吾,2231\n11/24,小柳 恵,2250\n11/25,根本 拓也,2262\n", ""},
		{"【記入例】\n氏名：山田太郎\n住所：東京都千代田区丸の内1-1-1\n電話：03-1234-5678\n", ""},
		{"在留カードの番号\nカード番号 DY 41538532 FD\n", "residence_card"},
	} {
		var got []string
		for _, v := range privateValues(c.text, detectText(t, c.text)) {
			kind, _, _ := strings.Cut(v, "=")
			got = append(got, kind)
		}
		if strings.Join(got, " ") != c.types {
			t.Errorf("%q: got %v, want %q", c.text, got, c.types)
		}
	}
}
