package detect

import (
	"slices"
	"strings"
	"testing"
)

// TestOnDuty holds who is at work by what a sentence has them do and by how Western mails
// greet and end, and private people who are named nearly so.
func TestOnDuty(t *testing.T) {
	for text, want := range map[string]string{
		// colleagues
		"・稲垣 小百合様は糖尿病で通院中、面談の日程は上村さんが調整します。":           "person_name=稲垣 小百合 special_care=糖尿病",
		"妻の個人番号は 123456789018 です。\n\n西山さん、電子申請お願いします。": "my_number=123456789018",
		"添乗の瀬名波さんは空港カウンター前で待機してください。":                  "",
		"写真の年代の確認は阿曽さんが図書館で行います。":                      "",
		"夜勤の柏木さんが施錠を確認します。":                            "",
		"入院中の柏木さんが家族と話し合っています。":                        "special_care=入院中 person_name=柏木",
		"患者の柏木さんがうつ病の治療を続けています。":                       "person_name=柏木 special_care=うつ病",
		// the end of a mail in one line
		"不良品の件、ご確認ください。\n\n受入検査　宮坂　0266-23-5170":     "",
		"内覧は9/6 13時でお願いします。\nアズマ不動産　菅沼　052-841-0067": "",
		"荷物が届きません。\n宮坂　花子　0266-23-5170":              "person_name=宮坂　花子 phone=0266-23-5170",
		"企画展は9月末まで、観覧は無料です。電話 0184-38-2005":          "",
		"登録の電話を 0184-38-2005 に変えてください。森下 律":          "phone=0184-38-2005 person_name=森下 律",
		// mails in Western languages
		"Hi Ms. Castellano, the meeting for Dominic Freitas is on Monday; his date of birth is 3 May 2014.": "person_name=Dominic Freitas birth_date=3 May 2014",
		"Her SSN is 219-09-9999.\nRegards,\nNuria Costa, RR. HH.":                                           "us_ssn=219-09-9999",
		"Jarrod Wakefield, TFN 123 456 782, has moved.\n\nLachlan Dean\nPeople Services":                    "person_name=Jarrod Wakefield au_tfn=123 456 782",
		"Questions: Bonnie Ferraro, Returns, 1-800-555-0142":                                                "",
		"Please refund Bonnie Ferraro, SSN 219-09-9999.":                                                    "person_name=Bonnie Ferraro us_ssn=219-09-9999",
		// families
		"FAX送信表\n送信先　中央法律事務所 御中（03-3502-8871）\n被相続人：大庭 源一郎（1933年6月2日生）\n相続人①：大庭 恵（静岡県掛川市大池2874）": "person_name=大庭 源一郎 birth_date=1933年6月2日 person_name=大庭 恵 address=静岡県掛川市大池2874",
		"搬送先は市内の病院、家族（妻 外川 妙子さん 055-972-4481）に連絡済み":                                              "person_name=外川 妙子 phone=055-972-4481",
		"石動と申しますが、先日引っ越しまして、会員の登録を 0123-27-6615 に変えたい":                                           "person_name=石動 phone=0123-27-6615",
		"弊社、石動工業と申しますが、見積書の件でご連絡しました。":                                                           "",
	} {
		r := detectText(t, text+"\n")
		if got := ofPrivate(text+"\n", r); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

// ofPrivate lists the findings that are no business contact's.
func ofPrivate(text string, r Result) string {
	return strings.Join(slices.DeleteFunc(values(text, r), func(s string) bool { return strings.HasPrefix(s, "business_contact=") }), " ")
}

// TestPayAndCareToldOtherwise holds pay as lists of changes and people abroad write it, codes that
// were set, names of travellers, and members of a family by what they are.
func TestPayAndCareToldOtherwise(t *testing.T) {
	for text, want := range map[string]string{
		"9月分から変更になる人だけ送ります。\n我妻 理恵　231,000円 → 243,000円（昇格）\n丸毛 俊輔　305,000円 → 298,000円（役職離任）\n森下さん　住宅手当 20,000円 打ち切り": "person_name=我妻 理恵 salary=231,000円 salary=243,000円 person_name=丸毛 俊輔 salary=305,000円 salary=298,000円 person_name=森下 salary=20,000円",
		"価格改定のお知らせ\n上質 用紙　1,200円 → 1,350円（改定）":                                                                "",
		"Frau Jana Vogt, geboren 17.02.1994, Brutto 4.150 € monatlich.":                                       "person_name=Jana Vogt birth_date=17.02.1994 salary=4.150 €",
		"personnummer 811218-9876, lön 34 500 kr":                                                             "se_personnummer=811218-9876 salary=34 500 kr",
		"Bradley Kostos, TFN 123 456 782, started 31/8, $29.85/hr":                                            "person_name=Bradley Kostos au_tfn=123 456 782 salary=$29.85",
		"Parking costs $4.50/hr and the basic plan $12.00 a seat.":                                            "",
		"Der Preis beträgt brutto 4.150 € zuzüglich Versand.":                                                 "",
		"給与：月給 215,000円～262,000円（夜勤手当 6,500円/回×4回を含む）で募集":                                                     "",
		"森下 律様が暗証番号をお忘れで来店。窓口で 7041 に設定し直しました。":                                                               "person_name=森下 律 pin=7041",
		"暗証番号の桁数を 4 に変更し、試行を 5 回までに設定しました。":                                                                   "",
		"1) HIRAYAMA/NAOKO MS  旅券 TZ6031080  有効 2031.05.12  1971.11.08":                                       "person_name=HIRAYAMA/NAOKO passport_jp=TZ6031080 birth_date=1971.11.08",
		"READ/WRITE MODE and INPUT/OUTPUT MS ACCESS":                                                          "",
		"越野 秀雄様の世帯\n・長男：統合失調症で通院中":                                                                            "person_name=越野 秀雄 special_care=統合失調症",
		"He was moved to the stroke unit by the transport team of the diabetes clinic.":                       "",
		"資産番号,機種,シリアル,設置場所,利用者\nNB-1,LIFEBOOK,R4X1,本社,大槻\nNB-2,LIFEBOOK,R4X2,本社,久富\nNB-3,LIFEBOOK,R4X3,本社,森下": "",
	} {
		r := detectText(t, text+"\n")
		if got := ofPrivate(text+"\n", r); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
