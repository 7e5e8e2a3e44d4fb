package detect

import (
	"strings"
	"testing"
)

// TestAskedContacts holds telephones, mailboxes, buildings and people that a mail names so
// that its readers call, copy, visit or read of them, and private ones that stand alike.
func TestAskedContacts(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"call if it does not open", "件名: 資料\n港工業株式会社の堀です。\nzipのPWは xk93Twe! です。開けない場合はお電話ください（0256-73-6752）。\n", "secret=xk93Twe!"},
		{"call if it changes", "港工業株式会社\n山手営業所の堀です。\n明日の点検先です。\n10:00　佐野 花子様　富山県富山市桜町3-23-16\n変更があれば080-1234-4405まで連絡ください。\n", "person_name=佐野 花子 address=富山県富山市桜町3-23-16"},
		{"a parent gives hers", "佐野 花子の母です。\n何かあれば080-1234-4405までお願いします。\n", "person_name=佐野 花子 phone=080-1234-4405"},
		{"a caller's", "佐野 花子様より、住所変更のお電話がありました。\nご連絡は0256-73-6752まで。\n", "person_name=佐野 花子 phone=0256-73-6752"},
		{"who is in charge", "内見のご予約は担当 箕輪（06-6345-0179）まで\n", ""},
		{"a house for everybody", "急患の方は市の休日夜間診療所（0475-50-0199）へお電話ください。\n山手写真館　0224-55-0163\n", ""},
		{"where we come", "お世話になっております。港工業の堀です。\n来週、弊社の辻と2名でお伺いいたします。受付は富山県富山市桜町3-23-16の1階でよろしいでしょうか。\n", ""},
		{"where papers go", "【応募方法】履歴書を郵送（〒930-0001 富山県富山市桜町3-23-16 採用係）\n", ""},
		{"a customer's home", "受付：堀\n届け先は佐野 花子様、富山県富山市桜町3-23-16です。\n", "person_name=佐野 花子 address=富山県富山市桜町3-23-16"},
		{"between firms", "港工業株式会社 設備課 辻様\n\nお世話になっております。山手空調の堀です。\n現調に立ち会ってくださった井口様にもよろしくお伝えください。\n", ""},
		{"whom to copy", "I'm out of the office on Monday, so please copy Megan Coleman (coleman.megan@minato.example). Her SSN is not in the file.\n", ""},
		{"an extension", "Invoices go to Omar Hughes, extension 318.\n", ""},
		{"a private mailbox", "Please contact Megan Coleman (megan.coleman84@gmail.com), who lives at 14 King Street, Leeds LS2 7EQ.\n", "person_name=Megan Coleman email=megan.coleman84@gmail.com address=14 King Street, Leeds LS2 7EQ"},
		{"a desk", "Apply at careers@minato.example or call (415) 555-0170 and ask for HR.\n", ""},
		{"long ago", "The mill was founded in 1854 by Samuel Whitlock and his brother.\nIn 1911 Marie Curie won her second Nobel Prize.\n", ""},
		{"in a story", "件名: 脚本\n主人公の春日井 湊（17）が転校してくる場面を直しました。相棒役の戸倉 楓は母子家庭という設定です。\n", ""},
		{"everybody", "件名: セミナー\n産業医の長谷川先生が話します。\n糖尿病が気になる方もぜひどうぞ。\n", ""},
		{"a trade", "件名: 工房通信\n今月のおすすめはまな板。職人の寺内さんが一枚ずつ仕上げました。\n", ""},
		{"a firm abroad", "Deliver to: Hughes Pumps A/S, Goods In, Industrivej 14\n", ""},
		{"advertised pay", "件名: 原稿\n月給25万円から、年齢は問いません。\n", ""},
		{"a firm's account", "Pay to: Fernhill Studio Ltd, sort code 20-00-00\nIBAN GB33BUKB20201555555555\n", ""},
		{"no date, no number", "電話は 090-0000-0000、生年月日は 1900/01/01 とします。\n", ""},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}
