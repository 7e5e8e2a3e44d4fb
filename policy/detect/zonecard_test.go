package detect

import (
	"strings"
	"testing"
)

// TestCards holds that business cards and signatures without a ruler are business,
// and records of people are not.
func TestCards(t *testing.T) {
	for _, c := range []struct {
		name, text string
		private    string // what is reported as private, in order
	}{
		{"signature right below the last sentence", "資料をお送りします。\n合同会社ひばり　業務課\n課長　佐野 花子（さの はなこ）\nTel:011-233-4405　E-mail:h-sano@hibari.example\n", ""},
		{"company, title, name and address", "お渡しした名刺のとおりです。\n\n合同会社ひばり\n代表取締役　佐野 花子\n〒192-0046 東京都八王子市明神町4-2-1\nTel: 042-233-4405 | Fax: 042-233-4406\n\nでは、よろしくお願いします。\n", ""},
		{"two lines with bars", "よろしくお願いします。\n\n佐野花子 | 業務課 | 合同会社ひばり\nh-sano@hibari.example | 011-233-4405\n", ""},
		{"behind the mark of RFC 3676", "Thanks for the call.\n\n-- \nImogen Whitaker, Larkfield AG\ni.whitaker@larkfield.example · +44 1632 960123\n", ""},
		{"one line behind a ruler", "取り急ぎご連絡まで。\n\n----\n佐野（佐野 花子 / h-sano@hibari.example / 080-2334-4405）\n", ""},
		{"one line behind a ruler, with a private mailbox", "当選された方です。\n\n----\n佐野（佐野 花子 / h-sano@gmail.com / 080-2334-4405）\n", "佐野 花子 h-sano@gmail.com 080-2334-4405"},
		{"one line between rulers", "当選された方です。\n----\n佐野 花子様 h-sano@hibari.example 080-2334-4405\n----\n景品は来週発送します。\n", "佐野 花子 h-sano@hibari.example 080-2334-4405"},
		{"the name twice above the company", "ご確認ください。\n\n佐野 花子 / Hanako SANO\n業務課, 合同会社ひばり\nTel +81-11-233-4405\nMail h-sano@hibari.example\n", ""},
		{"thanks and name in one line", "件名: 次回\n\n佐野様　いつもお力添えありがとうございます。木村です。\n\n次回は金曜です。\n", ""},
		{"quoted writer of a company", "> 株式会社ひばりの佐野です。\n> TEL 011-233-4405\n> h-sano@hibari.example\n\nありがとうございます。\n", ""},
		{"a copy in brackets", "(佐野先生、CC: 関係者)\n\nお世話になっております。\n", ""},
		{"record with an employer", "申込者 佐野 花子\n勤務先 合同会社ひばり 業務課\n電話 090-1234-4405\n", "佐野 花子 090-1234-4405"},
		{"members of a department with their mobiles", "業務課の緊急連絡先\n佐野 花子 090-1234-4405\n森 一郎 090-1234-4406\n", "佐野 花子 090-1234-4405 森 一郎 090-1234-4406"},
		{"somebody below the office", "合同会社ひばり 業務課\n森 一郎様 090-1234-4406\n東京都八王子市明神町4-2-1\n", "森 一郎様 090-1234-4406 東京都八王子市明神町4-2-1"},
		{"a house that no word calls one", "いつもありがとうございます。\n連盟事務局の佐野です。\n雨のときは中止です。\n\nどうぞよろしくお願い申し上げます。\n連盟事務局\n佐野（サノ）\n0564-24-7952\n", ""},
		{"all in one line behind the mark of RFC 3676", "Thanks for the call.\n\n-- \nImogen Whitaker | Claims Handler | i.whitaker@larkfield.example | +44 1632 960123\n", ""},
		{"who writes, to the right below the house", "合同会社ひばり\n佐野 様\n　　　　　　　　　　　　山手住宅株式会社\n　　　　　　　　　　　　森 一郎\n　　　　　　　　　　　　TEL 011-233-4405\n注文請書 1通をお送りします。\n", ""},
		{"parts side by side behind the last word", "Build 11.6 passes.\n\nSincerely,\n\nImogen Whitaker | Head of Operations | imogen.whitaker@larkfield-staffing.example\n", ""},
		{"a lawyer who speaks", "要配慮個人情報（病歴、犯罪の経歴など）の取扱いを、弁護士の佐野先生にお話しいただきます。\n", ""},
		{"an office that moves", "弊社岡山支店は12月1日より移転いたします。\n新住所：〒700-0901 岡山県岡山市北区本町1-15-7\n", ""},
		{"somebody who moves", "引っ越しました。\n佐野 花子\n新住所：〒700-0901 岡山県岡山市北区本町1-15-7\n", "佐野 花子 700-0901 岡山県岡山市北区本町1-15-7"},
		{"where questions go", "お見積書をお送りします。\nご不明な点は048-462-9771までお問い合わせください。\n", ""},
		{"whom to call meanwhile", "合同会社ひばりの佐野と申します。\n1月4日まで休業いたします。急ぎのご用件は090-6999-9381（佐野）までお願いいたします。\n", ""},
		{"where a contract goes back to", "契約書を2部お送りしました。1部をご返送ください。\n返送先：〒709-1212　岡山県岡山市南区奥迫川2-12-16　佐野宛\n", ""},
		{"questions in English", "We ask for the SSN only once. Questions to h.sano@larkfield-clinic.example.\n", ""},
		{"somebody to be called back", "会員の佐野 花子様からお電話がありました。折り返しは090-6999-9381までお願いします。\n", "佐野 花子 090-6999-9381"},
		{"whom the press asks", "合同会社ひばりの森です。\nリリースを配信しました。\nお問い合わせ：広報 佐野 花子（077-367-4722）\n", ""},
		{"whoever takes over", "お世話になっております。合同会社ひばりの森です。\nこのたび弊社の担当が森から佐野 花子に変わります。\n前職では購買におりました。\n", ""},
		{"who dealt with it", "相談者 森 一郎 090-1234-4406\n対応 佐野 花子\n", "森 一郎 090-1234-4406"},
	} {
		r := detectText(t, c.text)
		var got []string
		for _, v := range privateValues(c.text, r) {
			_, v, _ = strings.Cut(v, "=")
			got = append(got, strings.TrimSuffix(v, "様"))
		}
		if s, want := strings.Join(got, " "), strings.ReplaceAll(c.private, "様", ""); s != want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, s, want)
		}
	}
}
