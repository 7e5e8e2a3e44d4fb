package detect

import (
	"strings"
	"testing"
)

// TestNamesakes holds public people, and those of stories and of times past, who are nobody
// private, and people called alike, of whom the text tells something private, gives a field, or
// to whom it is written.
func TestNamesakes(t *testing.T) {
	for text, want := range map[string]string{
		"夏目漱石の作品を読みました。\n":                                  "",
		"宮沢賢治氏の記念館の見学は来週です。\n":                              "",
		"The talk is about Albert Einstein and his time.\n": "",
		"大森忠平は天保11年（1840年）に生まれ、帰国後に岡本正吉に仕えた。\n次回は浅野良平を取り上げます。\n": "",
		"創業1840年の店です。佐野 花子さん（1991年5月3日生）が帰国しました。\n":              "person_name=佐野 花子 birth_date=1991年5月3日",
		"展覧会のご案内「岡本と大森　忠平を描く」\n会期：12月5日\n":                       "",
		"展覧会のご案内「大森 忠平」様（1991年5月3日生）\n":                          "person_name=大森 忠平 birth_date=1991年5月3日",
		"夏目漱石、090-1234-5678 へ連絡ください。\n":                          "person_name=夏目漱石 phone=090-1234-5678",
		"夏目漱石の件です。\n\n電話は 090-1234-5678 です。\n":                   "person_name=夏目漱石 phone=090-1234-5678",
		"夏目漱石の件です。045-334-9981 におります。\n":                         "person_name=夏目漱石 phone=045-334-9981",
		"夏目漱石（1991年5月3日生）に返金しました。\n":                             "person_name=夏目漱石 birth_date=1991年5月3日",
		"夏目漱石のマイナンバーは 1234-5678-9018 です。\n":                      "person_name=夏目漱石 my_number=1234-5678-9018",
		"夏目漱石\n神奈川県横浜市中区山下町3-22-7\n":                             "person_name=夏目漱石 address=神奈川県横浜市中区山下町3-22-7",
		"夏目漱石さんが糖尿病で入院しました。\n":                                   "person_name=夏目漱石 special_care=糖尿病",
		"氏名 夏目漱石\n": "person_name=夏目漱石",
		"参加者\n夏目漱石\n葛飾北斎\n以上です。\n":                                   "person_name=夏目漱石 person_name=葛飾北斎",
		"番号,氏名\n1,夏目漱石\n2,宮沢賢治\n":                                    "person_name=夏目漱石 person_name=宮沢賢治",
		"Please call Albert Einstein on 07700 900123.\n":             "person_name=Albert Einstein phone=07700 900123",
		"創業1895年の店の佐野 花子さんへ連絡してください。電話 090-1234-5678。\n":             "person_name=佐野 花子 phone=090-1234-5678",
		"小説の会の件。「水曜会」の佐野 花子 045-334-9981\n":                          "person_name=佐野 花子 phone=045-334-9981",
		"Our tenant Megan Coleman lives in a house built in 1895.\n": "person_name=Megan Coleman",
	} {
		if got := strings.Join(privateValues(text, detectText(t, text)), " "); got != want {
			t.Errorf("%s got %s\nwant %s", text, got, want)
		}
	}
}

// TestFirmsNumbers holds telephones in the mails of firms that are a relative's, a customer's or
// somebody's at home.
func TestFirmsNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"港介護サービスの堀です。\n何かあれば 045-334-9981 へご連絡ください。\n":     "",
		"港介護サービスの堀です。\n何かあれば娘の携帯 090-1234-5678 へ連絡ください。\n": "phone=090-1234-5678",
		"お知らせします。\n佐野の自宅は 045-334-9981 です。\n":              "phone=045-334-9981",
		"港不動産株式会社 御中\n\n隣の佐野様の犬が夜に吠えます。\n森より\n":            "person_name=佐野",
	} {
		if got := strings.Join(privateValues(text, detectText(t, text)), " "); got != want {
			t.Errorf("%s got %s\nwant %s", text, got, want)
		}
	}
}
