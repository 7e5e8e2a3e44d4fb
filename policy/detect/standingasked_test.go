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
		{"guests in general", "※乳アレルギーのお客様には豆乳で代用\n", ""},
		{"who may be in a trial", "対象：18歳以上の2型糖尿病患者 120例\n除外基準：妊娠中の者、悪性腫瘍の既往\n治験責任医師：国立中央病院 古賀 直樹\n", ""},
		{"shares", "性別：男性 48%、女性 50%、無回答 2%\n", ""},
		{"a number of examples", "Use made-up data, e.g. name Jane Doe, SSN 123-45-6789.\n", ""},
		{"a manual", "電話応対マニュアル\n「田中様でいらっしゃいますね。少々お待ちくださいませ」\n", ""},
		{"a novel", "課題図書\n「三四郎」の里見美禰子について感想を書いてきてください。\n", ""},
		{"a title in English", "Subject: Audit\nHost: plant manager Gail Sutter. Lunch in the canteen.\n", ""},
		{"a home in brackets", "件名: 会員カード\nお疲れ様です。\n訪問先の佐野 花子様（富山県富山市桜町3-23-16）から電話がありました。\n", "person_name=佐野 花子 address=富山県富山市桜町3-23-16"},
		{"not of the office that calls", "年金事務所から佐野 花子様の記録照合の電話がありました。手帳の番号は5750704344です。\n", "person_name=佐野 花子 basic_pension_number=5750704344"},
		{"a room", "502の佐野 花子です。602の方の足音がひどいです。電話は080-1234-4405です。\n", "person_name=佐野 花子 phone=080-1234-4405"},
		{"a customer in English", "Hello,\nI have moved, please send the next parcel to 55 Birch Avenue, Madison, WI 53704.\n\nThank you\nJulia Hayes\n(608) 555-0131\n", "address=55 Birch Avenue, Madison, WI 53704 person_name=Julia Hayes phone=608) 555-0131"},
		{"kin", "同居人　佐野 花子（配偶者、1997-07-02）\n", "person_name=佐野 花子 birth_date=1997-07-02"},
		{"a colleague's number", "11月4日、倉庫で佐野 花子さん（K-3877）が夜勤から外れます。\n", "person_name=佐野 花子 employee_id=K-3877"},
		{"pay in English", "Megan Coleman accepted. Her package is around $118,000.\n", "person_name=Megan Coleman salary=$118,000"},
		{"the insured's account", "佐野 花子様から請求書が届きました。入院中とのことです。\nお振込先：東央銀行 駅前支店 普通 3314087\n", "person_name=佐野 花子 bank_account=3314087"},
		{"proposed for a board", "定時株主総会\n候補者：佐野 花子（再任）、辻 律子（再任・社外）、堀 健一（新任）ほか2名\n", ""},
		{"a department's telephone", "公開講座の申込開始 2月1日　生涯学習課 019-621-6000\n", ""},
		{"of a firm in a field", "点検会社：港防災（点検資格者 堀）　緊急 018-863-5509\n", ""},
		{"whom to ask for", "落とし物の財布に佐野 花子さん（1991年5月3日生）の免許証がありました。\nわかる方は 0744-22-0110 の堀さんまで\n", "person_name=佐野 花子 birth_date=1991年5月3日"},
		{"an adjuster", "Megan Coleman, SSN 620-44-7839.\nAdjuster Colleen Vance\n", "person_name=Megan Coleman us_ssn=620-44-7839"},
		{"who signs below of others", "Subject: two arrived\n\nMegan Coleman: SSN 620-44-7839\nPlease delete this mail after entry.\nDerek Holm\n", "person_name=Megan Coleman us_ssn=620-44-7839"},
		{"who writes of himself", "Subject: my card\n\nMy SSN is 620-44-7839 and I live in Leeds.\nPlease delete this mail after entry.\nDerek Holm\n", "us_ssn=620-44-7839 person_name=Derek Holm"},
		{"whom it is written to", "堀さん　昨日の落とし物の持ち主がわかりました。佐野 花子さん、富山県富山市桜町3-23-16の方です。\n", "person_name=佐野 花子 address=富山県富山市桜町3-23-16"},
		{"a physician below a date", "患者氏名　佐野 花子\n傷病名　尋常性乾癬\n令和8年11月20日　医師 堀 健一\n", "person_name=佐野 花子 special_care=尋常性乾癬"},
		{"a customer's bank", "口座振替できなかった方\n\n佐野 花子　残高不足　港信用金庫 本町支店 普通0087415\n辻 律子　口座解約　電話済 0566-76-3029\n", "person_name=佐野 花子 bank_account=0087415 person_name=辻 律子 phone=0566-76-3029"},
		{"a writer's own staff number", "人事ご担当者さま\n\n製造二課の佐野 花子です（社員番号T-30418）。\n扶養に入れてください。\n", "person_name=佐野 花子 employee_id=T-30418"},
		{"a customer with a greeting", "お世話になります。先日キャンセルした佐野です。\n返金先は港銀行の本町支店、普通で1730846です。\n", "person_name=佐野 bank_account=1730846"},
		{"behind what befell the writer", "課長おつかれさまです。お休みください。昨日流産してしまい今も病院です。また連絡します。佐野 花子\n", "special_care=流産し person_name=佐野 花子"},
		{"a customer who is quoted", "お世話になります。\n返金先は港銀行 本町支店 普通1730846です。\n\n> 2026/11/18 14:02 港ホテル 予約係 <yoyaku@minato.example>:\n> 佐野 花子様\n> このたびはご予約のキャンセルを承りました。\n", "bank_account=1730846 person_name=佐野 花子"},
		{"a list of a group", "Prayer list (please keep inside the group)\n- Megan Coleman, son arrested last week\n- Julia Hayes, DOB 3 March 1971\n", "person_name=Megan Coleman special_care=arrested last week person_name=Julia Hayes birth_date=3 March 1971"},
		{"reached in brackets", "The tenant, Megan Coleman, can be reached at (802) 555-0146.\n", "person_name=Megan Coleman phone=802) 555-0146"},
		{"a price that becomes another", "佐野 花子様　会席 12,000円 → 14,000円\n", "person_name=佐野 花子"},
		{"pay in euros", "Debrief: Megan Coleman - strong on SQL. Currently on €62,000, wants €70,000.\n", "person_name=Megan Coleman salary=€62,000 salary=€70,000"},
		{"pay beside the market's", "Megan Coleman has $98,000, and $98,000 is slightly under the market.\n", "person_name=Megan Coleman salary=$98,000"},
		{"who wrote a version", "改訂履歴\n佐野 花子（2019-03-02）初版\n", "person_name=佐野 花子"},
		{"no date, no number", "電話は 090-0000-0000、生年月日は 1900/01/01 とします。\n", ""},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// A number of noughts is a telephone among others in a list: as an odd cell it would have all rows
// behind it kept until the end, twice the time and memory of a long list.
func TestNoughtsInAList(t *testing.T) {
	text, mobiles := "氏名,電話番号\n辻 律,090-0000-0000\n堀 稔,080-2345-6789\n森 花子,090-0000-0002\n辻 花子,090-0000-0003\n堀 律,090-0000-0004\n森 稔,090-0000-0005\n", 0
	for _, f := range detectText(t, text).Findings {
		mobiles += b2i(f.Subtype == "mobile")
	}
	if mobiles != 6 {
		t.Errorf("%d mobile telephones, want 6", mobiles)
	}
}
