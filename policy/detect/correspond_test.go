package detect

import (
	"strings"
	"testing"
)

// TestCorrespondence holds the ways in which people who work together address, greet and
// sign; nobody in them is private, however the mail is laid out.
func TestCorrespondence(t *testing.T) {
	for _, text := range []string{
		"佐野さん、おはようございます。堀内です。\n\n資料をお送りします。\n\n（港工業・堀内）\n",
		"佐野さん　こんにちは、堀内です。\n\n資料をお送りします。\n",
		"佐野さん\n\nおつかれさまです。堀内です。\n\n資料の件、堀内までお知らせください。\n",
		"佐野課長\n\nご無沙汰しております。港工業の堀内です。\n\n資料をお送りします。\n",
		"佐野 花子様\n\n先日はお打ち合わせのお時間をいただきありがとうございました。港工業の堀内です。\n\n資料をお送りします。\n",
		"To: 佐野さん、田中さん\n\n堀内です。\n\n堀内さんの分も合わせて送ります。\n",
		"各位\n\nおはようございます、総務部の堀内です。\n\n佐野 花子（総務部）が伺います。\n",
		"資料をお送りします。\n\n∴‥∵‥∴‥∵‥∴\n堀内 一郎（Ichiro Horiuchi）\n株式会社港工業／お客様相談室\n☎ 06-3408-1522\n✉ horiuchi@minato.example\n",
		"資料をお送りします。\n\n★☆★☆★☆★☆\n堀内 一郎（ほりうち いちろう）\n株式会社港工業 営業部\nTEL 06-3408-1522\n★☆★☆★☆★☆\n",
		"資料をお送りします。\n\nーーーーーーーーーー\n堀内 一郎\n株式会社港工業 営業部\nTEL 06-3408-1522\nーーーーーーーーーー\n",
		"資料をお送りします。\n\n・・・・・・・・・・\n株式会社港工業\n堀内 一郎\n06-3408-1522 / horiuchi@minato.example\n",
		"資料をお送りします。\n\n****　株式会社港工業　****\nお客様相談室　堀内 一郎　080-8721-7628（社用携帯）\nhoriuchi@minato.example\n",
		"資料をお送りします。\n\n◇◆ 株式会社港工業 ◆◇\n営業部　堀内 一郎\n直通 06-3408-1522\n",
		"資料をお送りします。\n\n株式会社港工業 営業部 堀内 一郎\nTEL 06-3408-1522 Mail horiuchi@minato.example\n",
		"打合せの議事録です。\n\n出席者：\n港工業株式会社　堀内 一郎様、佐野 花子様\n弊社　田中、高橋\n\n次回は来月です。\n",
		"打合せの議事録です。\n\n参加者\n　港工業　堀内部長、佐野様\n　当社　　田中、高橋（記）\n",
		"新製品説明会のご案内\n\n講師：港工業株式会社 技術部 堀内 一郎 氏\n申込先：事務局 佐野（06-3408-1522）\n",
		"納品書\n\n港工業株式会社 御中\nご担当 堀内 一郎様\n納品先 港工業株式会社 本社倉庫\n担当 佐野 花子\nTEL 06-3408-1522\n",
		"[TICKET-2041] 回線の障害\n担当者: 堀内 一郎（株式会社港工業 運用部）\n起票者: 佐野（システム課）\n対応しました。\n",
		"港工業ニュース 5月号\n\n編集：広報部 堀内 一郎\nお問い合わせ：広報部 06-3408-1522 press@minato.example\n",
		"> 佐野様\n>\n> お世話になっております。港工業の堀内です。\n> 資料を拝見しました。\n\n承知しました。\n",
		"取引先の木村拓建設様と田中誠一税理士法人様向けの見積です。会場は木村拓建設隣です。\n",
		"Hi Tom,\n\nGood morning. Kate here.\n\nPlease find the slides attached.\n\nBest,\nKate\n",
	} {
		for _, v := range privateValues(text, detectText(t, text)) {
			t.Errorf("%q: %s", text, v)
		}
	}
}

// TestNoCorrespondence holds what reads much the same and tells of private people.
func TestNoCorrespondence(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"お客様：こんにちは。会員の佐野 花子です。\n担当：はい、承ります。\n", "person_name=佐野 花子"},
		{"購入者\n★☆★☆★☆★☆\n佐野 花子様\n生年月日 1985/02/03\n携帯 090-1234-5678\n★☆★☆★☆★☆\n", "person_name=佐野 花子 birth_date=1985/02/03 phone=090-1234-5678"},
		{"お申込みの内容です。\n〃\n佐野 花子様 090-1234-5678\n", "person_name=佐野 花子 phone=090-1234-5678"},
		{"審査番号 118819635669、マイナンバー 118819635669、佐野 花子様の分です。\n", "my_number=118819635669 person_name=佐野 花子"},
		{"製品の裏にある12桁の番号（例：118819635669）をお知らせください。佐野 花子様の件です。\n", "person_name=佐野 花子"},
		{"佐野 花子様の普通口座 9279574（港銀行 大通支店）、折り返しは 090(6273)2719 です。\n", "person_name=佐野 花子 bank_account=9279574 phone=090(6273)2719"},
		{"Naomi Fitzgerald, passport TK4512345, the room code is JP6066984.\n", "person_name=Naomi Fitzgerald passport_jp=TK4512345"},
		{"氏名,合否,出身\n辻 律,合,桜台中\n堀 稔,否,北中\n森下 太郎,合,桜台中\n", "person_name=辻 律 person_name=堀 稔 person_name=森下 太郎"},
	} {
		r := detectText(t, c.text)
		if got := strings.Join(privateValues(c.text, r), " "); got != c.want {
			t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// TestPeopleFromAbroad counts those whom a text calls by names in katakana or Latin letters,
// which are most often readings of others.
func TestPeopleFromAbroad(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
	}{
		{"先日面談したロドリゴ・ペレイラさん（PEREIRA, Rodrigo）と、同室の張 麗華さんの件です。連絡はペレイラさんの携帯 080-5870-4431 へ。\n", 2},
		{"ご出席は佐野 花子さん、堀 稔さんの2名、ご欠席はグエン・ヴァン・ミンさんです。\n", 3},
		{"◎ アフマド・ファウジ様（Ahmad Fauzi）　1989/3/11生\n◎ 榊 真理様　電話 080-5838-7410\n", 2},
		{"イヴァン・ペトロフ様宛の封筒に今泉博之様の控えが入っていました。ペトロフ様にはお電話しました。\n", 2},
		{"We invite Sanjay Thapa (date of birth: 2 Dec 1961). The host is our retired adviser Tsuji Yataro, holder of passport No. NR7870172. Sanjay Thapa can be reached at sanjay-1961@mail.example.\n", 2},
		{"フリガナ　サノ　ハナコ\n氏名　佐野 花子\n生年月日 1985/02/03\n", 1},
		{"佐野 花子（Hanako Sano）様、生年月日 1985/02/03、サノ ハナコ 様でご登録です。\n", 1},
		{"佐野 花子（SANO HANAKO）様のカードの名義は HANAKO SANO です。\n", 1},
	} {
		if r := detectText(t, c.text); r.People.High != c.want {
			t.Errorf("%q: %d people, want %d: %v", c.text, r.People.High, c.want, values(c.text, r))
		}
	}
}
