package detect

import (
	"strings"
	"testing"
)

// TestUnknownFamilies holds names in lists and fields whose family name no dictionary has, or that are
// written in two scripts, and words that look like them.
func TestUnknownFamilies(t *testing.T) {
	for text, want := range map[string]string{
		"窓口メモ\n水主 ヨシ様、口座 普通 3017752（港支店）\n":                                                   "person_name=水主 ヨシ bank_account=3017752",
		"学級日誌\n・水主 朔、今日も保健室。\n・佐野 花子（1991年5月3日生）の父から電話。\n":                                    "person_name=水主 朔 person_name=佐野 花子 birth_date=1991年5月3日",
		"・水主 朔、今日も保健室。\n・作品展は明日です。\n":                                                         "",
		"氏名,電話番号\nPhilip 河東,048-685-2270\n辻 律子,0285-22-9045\n":                                "person_name=Philip 河東 phone=048-685-2270 person_name=辻 律子 phone=0285-22-9045",
		"ゆうちょ返金\n\n佐野 花子　10190-44820931\n辻 律子　14070-3361281\n堀 健一　12320-19904411\n":           "person_name=佐野 花子 bank_account=10190-44820931 person_name=辻 律子 bank_account=14070-3361281 person_name=堀 健一 bank_account=12320-19904411",
		"三者面談日程（3年B組）\n18:00　佐野 恵　（保護者 佐野 葵）\n15:15　辻 律子　（保護者 辻 健一）\n教室は北校舎2階です。\n":           "person_name=佐野 恵 person_name=佐野 葵 person_name=辻 律子 person_name=辻 健一",
		"Amelia Norton called to pay invoice 3948795591. Card 4526677450094356, exp 09/31.\n": "person_name=Amelia Norton credit_card=4526677450094356 card_expiry=09/31",
		"Attached is invoice 3948795591 for the gift card 4526677450094356.\n":                "",
		"招へい者に KIM MINJUN さん（1983-01-11）を追加。旅券番号 TK0346432\n":                                 "person_name=KIM MINJUN birth_date=1983-01-11 passport_jp=TK0346432",
		"候補者　佐野 恵　（19620421生）\n・連絡先 080-5087-1723／sano_ke@post.example.com\n":                 "person_name=佐野 恵 birth_date=19620421 phone=080-5087-1723 email=sano_ke@post.example.com",
		"外来患者214名（平均74.1歳）を調べた。\n候補者（新任）\n":                                                   "",
	} {
		if got := strings.Join(privateValues(text, detectText(t, text)), " "); got != want {
			t.Errorf("%s got %s\nwant %s", text, got, want)
		}
	}
}

// Who is named in another column by a former name is one person; the guardian of a child is another.
func TestPeopleInColumns(t *testing.T) {
	for text, want := range map[string]int{
		"氏名,旧姓,電話番号\n佐野 花子,古橋,0296-33-1187\n辻 律子,須長,0276-74-6632\n":                                           2,
		"student,dob,guardian\nAmelia Norton,2015-04-11,Joel Norton\nIsla Coleman,2015-08-02,Fiona Coleman\n": 4,
	} {
		if got := detectText(t, text).People.High; got != want {
			t.Errorf("%s: %d people, want %d", text, got, want)
		}
	}
}
