package detect

import (
	"context"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestSaidInProse has a sentence for each way of telling something that needed a
// rule of its own, and one beside it that must stay clean.
func TestSaidInProse(t *testing.T) {
	d := usual()
	for _, c := range []struct{ text, kind, value string }{
		{"後任には、広島支社から東海林紗菜が着任します。", "business_contact", "東海林紗菜"},
		{"息子の小鳥遊リサさんが来週から海外へ行きます。", "person_name", "小鳥遊リサ"},
		{"運転者の柴田みゆきさんが右折しようとした。", "person_name", "柴田みゆき"},
		{"担当外ですが、智久さんへお渡しください。", "person_name", "智久"},
		{"来月入社のグエン・ティ・ランさんの社宅の件です。", "person_name", "グエン・ティ・ラン"},
		{"Aoife Byrne raised a grievance about the rota.", "person_name", "Aoife Byrne"},
		{"関数定義の公開に使える角括弧です。所有権は移りません。", "person_name", ""},
		{"本日様子を見に出かけたが、東京様式の町家は少ない。", "person_name", ""},
		{"各務翠さんは少年時代に鑑別所に入っていました。", "special_care", "鑑別所"},
		{"昨年の刑法犯認知件数は8,214件で、詐欺の検挙率は41％でした。", "special_care", ""},
		{"Basic認証: demo29 / owhj-nw38-lj5R", "secret", "owhj-nw38-lj5R"},
		{`{"client_secret":"f40b5a94873b2d4fc722c13b7051f307"}`, "secret", "f40b5a94873b2d4fc722c13b7051f307"},
		{"API_KEY=<your-api-key>\nSECRET_KEY=${SECRET_KEY}", "secret", ""},
		{"ミーティングID：812 3344 5566\nパスコード：482913", "pin", ""},
		{"職員番号 A-1023（真鍋律）の社員No.SH-6261", "employee_id", "SH-6261"},
		{"氏名：真鍋 律\n生年月日：昭和48年(1973年)9月10日", "birth_date", "昭和48年(1973年)9月10日"},
		{"员工姓名：赵敏\n手机：080-1234-5678", "person_name", "赵敏"},
	} {
		r := d.Detect(context.Background(), []policy.Content{{Part: "1", Text: c.text, Kind: policy.FileText}}, Context{})
		found := slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			value := string([]rune(c.text)[f.Place.Start:f.Place.End])
			return string(f.Type) == c.kind && (c.value == "" || len(value) >= len(c.value) && value[:len(c.value)] == c.value)
		})
		if found != (c.value != "") {
			t.Errorf("%q: %s %q: %v", c.text, c.kind, c.value, r.Findings)
		}
	}
}

// TestGivenModel weighs given names that no dictionary has and other words.
func TestGivenModel(t *testing.T) {
	dict := loadDictionary()
	for w, want := range map[string]bool{"瑛璃": true, "惺斗": true, "陽哉": true, "まり恵": true, "みゆき": true, "出力": false, "機関": false, "商店": false, "など": false, "製作所": false} {
		if got := dict.isGiven(w, false); got != want {
			t.Errorf("%s: %v, score %d", w, got, dict.model.score(w))
		}
	}
}
