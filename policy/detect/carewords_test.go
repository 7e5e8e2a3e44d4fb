package detect

import "testing"

// TestCarePlain asks for illness and injury said in plain words and in other languages, and for
// goods, products and what is going round told as such.
func TestCarePlain(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"岩下 直子さんは左足を骨折したそうです。", true},
		{"お骨折りいただきありがとうございます。岩下 直子さんにもお伝えください。", false},
		{"被災者　岩下 義明\nけが　左手中指の切断、緊急手術", true},
		{"岩下 節子さんは肝臓が悪くて食事制限があります。", true},
		{"岩下 節子さんは麻しん抗体価不足でした。", true},
		{"岩下 直子様 090-7194-2856\n首のむち打ちで通院中です。保険会社には連絡しました", true},
		{"岩下 直子様　医療保険 12/15満期　昨年狭心症の手術", true},
		{"岩下 直子様　がん保険 12/15満期　", false},
		{"岩下 カツさんが補聴器の電池を買いに来ました。", false},
		{"模試の結果。岩下 航くん偏差値58、志望校B判定。", false},
		{"うがい手洗いをお願いします。岩下さん、胃腸炎がはやる時期です。", false},
		{"Jonas Weber hatte im Mai einen Bandscheibenvorfall.", true},
		{"Frau Anna Weber ist schwanger.", true},
		{"Madame Claire Durand est suivie pour une sclérose en plaques.", true},
		{"El paciente Carlos Gómez sufre depresión.", true},
		{"王女士的父亲确诊肺癌，希望尽快处理。", true},
		{"김민수 님은 우울증으로 입원 중입니다.", true},
		{"Die Krankenkasse informiert über Diabetes und Depressionen.", false},
		{"公司组织糖尿病预防讲座，欢迎参加。", false},
	} {
		if got := len(ofType("special_care", c.text, detectText(t, c.text))) > 0; got != c.want {
			t.Errorf("%q: special care %v", c.text, got)
		}
	}
}

// TestCareSpecific asks for the illness, not for where it is treated.
func TestCareSpecific(t *testing.T) {
	text := "岩下 智樹さんは心療内科で適応障害と診断されたとのこと。"
	for _, f := range ofType("special_care", text, detectText(t, text)) {
		if f != "適応障害" {
			t.Errorf("finds %q", f)
		}
	}
}
