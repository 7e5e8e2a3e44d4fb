package detect

import (
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestWhoActsForACompany has people who are told once to act for a company, by greeting,
// signature, title or department; none of them is private anywhere in the text.
func TestWhoActsForACompany(t *testing.T) {
	for _, text := range []string{
		"港工業株式会社\n田中様\n\nお世話になっております。\n先日の打合せで田中様より、納期のご相談がありました。\n",
		"お世話になっております。株式会社港の佐野です。\n\n資料をお送りします。\n\n佐野 花子 携帯090-1234-5678\n",
		"来週、御社佐野様と弊社の者で現地を確認させてください。\n",
		"議題1は木村 一郎（経理）より説明があった。\n",
		"For media enquiries please contact Helen Fry, Head of Communications.\n",
		"I have looped in Sophie Lambert from our procurement team.\nShe can be reached on +44 20 7946 0123.\n",
		"(Cc: 高橋さん)\n\n佐野さん\nお疲れ様です。\n資料を送ります。\n",
		"確認しました。\n\n* * * * * * * *\n港村連絡室\n担当：佐野\n023-455-2415\n* * * * * * * *\n",
		"株式会社港 お客様窓口の佐野 花子と申します。\n",
		"当店（代表：佐野 花子）は配達を始めます。\n",
	} {
		for _, f := range detectText(t, text).Findings {
			if f.Type != "business_contact" {
				t.Errorf("%q: %v", text, f)
			}
		}
	}
}

// TestToldOfPeople has a value for each way of writing, and beside most of them one like it
// that is nobody's.
func TestToldOfPeople(t *testing.T) {
	for _, c := range []struct{ text, kind, value string }{
		{"求人サイトを拝見してご連絡しました、田中 花子と申します。\n連絡先は090-1234-5678です。\n", "person_name", "田中 花子"},
		{"サイトで203号室の募集を見た佐野と申します。入居を考えています。\n", "person_name", "佐野"},
		{"学生支援課の佐野と申します。説明会の件です。\n", "person_name", ""},
		{"店頭で佐野と名乗る男性から、返金の要求がありました。\n", "person_name", "佐野"},
		{"田中一郎（旧姓：佐野）の手続きです。\n", "person_name", "佐野"},
		{"転入する渡邉旬（わたなべ しゅん）さんの書類が届きました。\n", "person_name", "渡邉旬"},
		{"ふりがな　　たなかはなこ\n", "person_name", "たなかはなこ"},
		{"宛名は 佐　野　　花　子 様 です。\n", "person_name", "佐　野　　花　子"},
		{"営業二課 田中 一郎（社員番号 A20417）を減給とする。\n", "person_name", "田中 一郎"},
		{"田中 一郎さんの新しい住所は、桜ヶ丘3丁目12番5号です。\n", "address", "桜ヶ丘3丁目12番5号"},
		{"工事は桜ヶ丘3丁目12番付近で行います。\n", "address", ""},
		{"回覧の順\n1 田中 一郎（緑台2-14-3）\n", "address", "緑台2-14-3"},
		{"品番は緑色2-14-3です。\n", "address", ""},
		{"田中一郎さんは卵アレルギーがあります。\n", "special_care", "卵アレルギー"},
		{"田中一郎さん（在日三世）から相談がありました。\n", "special_care", "在日三世"},
		{"Bethany Cole is off with severe depression.\n", "special_care", "severe depression"},
		{"IDとPWは tanaka / Qx82-hana です。\n", "secret", "Qx82-hana"},
		{"Please use \"BlueHeron77\" to unlock the spreadsheet.\n", "secret", "BlueHeron77"},
		{"パスワードは別途お送りします。ファイル名は report_2026Q1_v3.xlsx です。\n", "secret", ""},
		{"こちらで開きます：m9Wq-55Lz\n", "secret", "m9Wq-55Lz"},
		{"田中一郎さんの時給を1,150円から1,200円に上げてください。\n", "salary", "1,150円"},
		{"時給1,150円から1,200円の求人です。\n", "salary", ""},
		{"田中 一郎 様\n給与を次のとおり改定します。\n改定前　312,000円\n", "salary", "312,000円"},
		{"暗証番号を忘れたとお電話があり、「9302」に再設定しました。\n", "pin", "9302"},
		{"2019年4月28日生まれ、男の子です。\n", "gender", "男"},
		{"田中一郎様の免許証の写しを頂きました。\n番号は 309012345620 です。\n", "driver_license", "309012345620"},
	} {
		r := detectText(t, c.text)
		got := slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			return string(f.Type) == c.kind && (c.value == "" || strings.Contains(string([]rune(c.text)[f.Place.Start:f.Place.End]), c.value))
		})
		if got != (c.value != "") {
			t.Errorf("%q: %s %q: %v", c.text, c.kind, c.value, r.Findings)
		}
	}
}

// TestColumnsOfStaff has columns whose headers say little by themselves.
func TestColumnsOfStaff(t *testing.T) {
	for _, c := range []struct{ text, kind, value string }{
		{"社員,番号,有休残\n田中 一郎,M7001,12\n佐野 花子,M7002,8\n", "employee_id", "M7001"},
		{"Employee,Base,Bonus\nHannah Whitlock,58400,6000\nTom Reed,49750,3500\n", "salary", "6000"},
		{"商品名,Base,Bonus\n石鹸,58400,6000\n香水,49750,3500\n", "salary", ""},
		{"EMP_CD,SHIMEI,SEX,KIHONKYU\nN-9151,田中　一郎,1,537000\nN-2781,佐野　花子,2,472000\n", "gender", "1"},
		{"No,社員名,管理番号\n1,田中 一郎,123456789018\n2,佐野 花子,102938475617\n3,高橋 健,564738291027\n4,鈴木 恵,918273645036\n5,林 明,192837465040\n", "my_number", "102938475617"},
		{"No,品名,管理番号\n1,石鹸,123456789018\n2,香水,102938475617\n3,歯磨,564738291027\n4,洗剤,918273645036\n5,布巾,192837465040\n", "my_number", ""},
		{"| 都道府県 | 男性 | 女性 |\n| --- | --- | --- |\n| 青森県 | 723 | 521 |\n| 長野県 | 409 | 153 |\n| 大分県 | 827 | 714 |\n", "address", ""},
	} {
		r := detectText(t, c.text)
		got := slices.ContainsFunc(r.Findings, func(f policy.Finding) bool {
			return string(f.Type) == c.kind && (c.value == "" || string([]rune(c.text)[f.Place.Start:f.Place.End]) == c.value)
		})
		if got != (c.value != "") {
			t.Errorf("%q: %s %q: %v", c.text, c.kind, c.value, r.Findings)
		}
	}
}
