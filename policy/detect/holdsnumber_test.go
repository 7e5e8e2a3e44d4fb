package detect

import (
	"slices"
	"strings"
	"testing"
)

// TestHeldNumbers has names that no dictionary holds beside numbers that one person has, and
// numbers that look like one person's and are nobody's.
func TestHeldNumbers(t *testing.T) {
	for _, c := range []struct {
		text string
		want string // private findings that must be there, none for a clean text
	}{
		{"Cards to renew in May\n\nOyelaran Tunde - card no. KB10293847QT, expires 4 May 2027\n", "person_name=Oyelaran Tunde residence_card=KB10293847QT"},
		{"更新の対象\n\nSHRESTHA BIKASH　カード番号 LM48291037PR　電話 080-1234-5678\n", "person_name=SHRESTHA BIKASH residence_card=LM48291037PR phone=080-1234-5678"},
		{"Batteries to renew in May\n\nSpare battery - card no. KB10293847QT, expires 4 May 2027\n", ""},
		{"基板の交換\n\n予備基板　カード番号 LM48291037PR　棚 3-2\n", ""},
		{"在留資格の確認\n氏名　PARK SEOJUN（パク・ソジュン）\n国籍　韓国\n", "person_name=PARK SEOJUN person_name=パク・ソジュン"},
		{"在留資格の確認\n氏名　TAN WEI MING\n国籍　シンガポール\n", "person_name=TAN WEI MING"},
		{"Flights\n\nFor Liang Meiqi: ID card 110101199003072316, seat 4A.\n", "person_name=Liang Meiqi cn_id=110101199003072316"},
		{"Settlement\n\nWorker Kang Taeyang, RRN 900101-1234568.\n", "person_name=Kang Taeyang kr_rrn=900101-1234568"},
		{"Settlement\n\nReddy Suresh\nAadhaar: 234123412346\n", "person_name=Reddy Suresh in_aadhaar=234123412346"},
		{"Settlement\n\nPersonal Details\nAadhaar: 234123412346\n", "in_aadhaar=234123412346"},
		{"Reader Tomoko Nishida would like to hear from us.\n", "person_name=Tomoko Nishida"},
		{"Send the parcel to\nTomoko Nishida\n2-9-14 Kanda, Chiyoda-ku, Tokyo 101-0047\nMobile 080-1234-5678\n", "person_name=Tomoko Nishida address=2-9-14 Kanda, Chiyoda-ku, Tokyo postal_code=101-0047 phone=080-1234-5678"},
		{"RFQ 3621-2237-7449\n\nPlease quote for 300 pieces.\n", ""},
		{"Gate pass number: 6289-2855-9578\n\nVisitors sign in at the lodge. Dr. Imogen Vance hosts them.\n", ""},
		{"Re: 番号\n\n正しくは次のとおりです。\n樫山健吾\n351416787392\n", "person_name=樫山健吾 my_number=351416787392"},
		{"お荷物の番号\n\n届け先と伝票です。\n樫山健吾\n351416787392\n", ""},
		{"30817 の樫山 健吾です。結婚しましたので、氏名変更の届を出します。\n", "employee_id=30817 person_name=樫山 健吾"},
		{"30817 の部品です。在庫を確認します。\n", ""},
		{"社員番号K4410 樫山 健吾の賞与を540,000円に、K5120 小柳 恵の賞与を610,000円に直します。\n", "employee_id=K4410 person_name=樫山 健吾 salary=540,000円 employee_id=K5120 person_name=小柳 恵 salary=610,000円"},
		{"樫山 健吾さん　20-4417　マイナンバーは 351416787392 です。\n", "person_name=樫山 健吾 employee_id=20-4417 my_number=351416787392"},
		{"被保険者の照会\n記号国ぬ41番号50817\n", "insured_symbol_number=記号国ぬ41番号50817"},
		{"昭和41年8月10日生まれ、女性として登録済みの樫山 恵さん。\n", "birth_date=昭和41年8月10日 gender=女 person_name=樫山 恵"},
		{"昭和41年8月10日発売、女性に人気の香水です。\n", ""},
		{"Caller Imogen Vance, 07700 900345, asked about the study.\n", "person_name=Imogen Vance phone=07700 900345"},
		{"Customer Service Desk, 020 7946 0142, is open until six.\n", ""},
		{"Main Gate Reader - card no. AB12345678CD\n", ""},
		{"商品名前　BIG SALE\n", ""},
		{"Stock code, 07700 900345, was counted again.\n", ""},
		{"We called back on 07700 900345 in the evening.\n", "phone=07700 900345"},
		{"お名前の読みは「たかぎゆきお」とのことです。\n", "person_name=たかぎゆきお"},
		{"商品の読みは「たかぎゆきお」とのことです。\n", ""},
		{"Customer Tomomi Ohno would like a callback.\n", "person_name=Tomomi Ohno"},
		{"樫山 健吾さん　M4417　マイナンバーは 351416787392 です。\n", "person_name=樫山 健吾 employee_id=M4417 my_number=351416787392"},
		{"会場は駅前、森ビルの隣です。新郎新婦様の席もあります。\n", ""},
		{"User name,Access key ID\nreports-bot,AKIAIOSFODNN7EXAMPLE\n", "secret=AKIAIOSFODNN7EXAMPLE"},
		{"パスワードの管理\nパスワードマネージャーの手引はhttps://files.example/docs/kTq81Zx?key=884201から。\n", ""},
	} {
		r := detectText(t, c.text)
		got, want := privateValues(c.text, r), strings.Split(c.want, " ")
		got = strings.Fields(strings.Join(got, " "))
		if c.want == "" {
			want = nil
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q\n got %v\nwant %v", c.text, got, want)
		}
	}
}

// TestCareOfSomebody has illnesses, crimes and what befell people, in lists and short notes,
// and the papers, offices and devices that belong to such matters and say nothing of anybody.
func TestCareOfSomebody(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"社員番号E41123　樫山　健吾　2026年9月受診　気管支喘息\n", "気管支喘息"},
		{"樫山健吾さんの配慮事項です。\n・小児喘息があるため、長距離走は見学\n", "小児喘息"},
		{"患者：樫山 健吾様　61歳\n内容：抗HIV薬を内服中のため併用薬を変更。\n", "抗HIV薬"},
		{"樫山 健吾様：MRSA陽性、個室で対応。\n", "MRSA陽性"},
		{"被保険者 樫山 健吾（1971年3月22日）　胃がんで胃全摘術を受け入院30日\n", "胃がん"},
		{"被保険者 樫山 健吾（1971年3月22日）　うつ病により通院90日\n", "うつ病"},
		{"Applicant Vincent Norton (born 1973-08-17): served a prison sentence for theft until 2019.\n", "prison sentence"},
		{"候補者 樫山 健吾 氏の件です。\n元配偶者から暴力（DV）の被害を受けていたとのことです。\n", "から暴力"},
		{"樫山 健吾さんの主治医から診断書が届きました。\n双極性障害で服薬を続けています。\n", "双極性障害"},
		{"樫山 健吾さん（44歳）を保護観察所から紹介されました。\n", ""},
		{"樫山 健吾様、人工透析装置（型式 NK-220）の見積をお送りします。\n", ""},
		{"樫山 健吾様、うつ病の基礎知識を学ぶ研修のお知らせです。\n", ""},
		{"労働災害速報\n1 被災者 樫山 健吾（26歳）社員番号 J0931\n2 傷病 右示指末節骨骨折、休業見込み4週間\n", "右示指末節骨骨折"},
		{"利用者名　花ケ崎 トミ\n課題　パーキンソン病で歩行が不安定\n", "パーキンソン病"},
		{"会員の樫山 健吾です。椎間板ヘルニアの手術を受けることになり、休会したいです。\n", "椎間板"},
		{"Insured Vincent Norton\nSays he slipped. Fractured left wrist, surgery scheduled.\n", "Fractured"},
		{"- Walter Norton, son arrested last week\n", "arrested"},
		{"The father, Craig Norton, attends a methadone clinic.\n", "methadone"},
		{"氏名,携帯番号,備考\n樫山 健吾,090-2214-7783,\n辻 律子,080-1993-4410,椎間板ヘルニアの手術歴\n", "椎間板ヘルニア"},
		{"ストレスチェックの結果、高ストレスと判定された社員には本人の申出により産業医面談を行います。\n", ""},
		{"目的：高齢2型糖尿病患者における食後血糖の変動を検討した。\n方法：外来患者214名（平均74.1歳）を対象とした。\n", ""},
		{"MRSA陽性率の統計を樫山様へ送りました。院内の調査です。\n", ""},
	} {
		r := detectText(t, c.text)
		var got []string
		for _, v := range privateValues(c.text, r) {
			if care, ok := strings.CutPrefix(v, "special_care="); ok {
				got = append(got, care)
			}
		}
		if all := strings.Join(got, " "); c.want == "" && all != "" || !strings.Contains(all, c.want) || strings.HasPrefix(all, "診断書") {
			t.Errorf("%q\n got %q\nwant %q", c.text, all, c.want)
		}
	}
}
