package detect

import (
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestPayOfPeople asks for what people are paid or want in rows, lists and notes, and for what
// else is told by the month or paid at once.
func TestPayOfPeople(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"a list with accounts", "収穫バイトの振込先\n1 岩下 実　青森銀行弘前支店 普通 2048817 イワシタ ミノル　68,400円\n2 ファム・ティ・ラン　みちのく銀行 城東支店 普通 1190634　72,000円\n箱代は別で請求します\n", []string{"68,400円", "72,000円"}},
		{"refunds", "バイトのお客様 返金の振込先\n1 岩下 実　青森銀行弘前支店 普通 2048817 イワシタ ミノル　68,400円\n", nil},
		{"a wish by the month", "履歴書\n氏名　岩下 宗一郎\n電話　090-2816-4471\n希望　月28万円以上\n", []string{"28万円"}},
		{"a wish by the hour", "岩下 ひかるさん　1992年8月8日　070-6613-8825\n・時給1,400円以上希望\n", []string{"1,400円"}},
		{"a part of it", "岩下 友里さん\n基本給は268,400円×6/7.75で計算。\n", []string{"268,400円"}},
		{"a product", "岩下様\n新しいがん保険「みらい」、診断一時金100万円、通院日額5,000円\n", nil},
		{"India", "Name: Anita Sharma\nDate of birth: 11 Feb 1989\nCTC agreed: INR 18,40,000\n", []string{"INR 18,40,000"}},
		{"an offer", "Candidate: John Smith\nPhone: +1 (312) 555-0176\nCurrent base: $128,000\n", []string{"$128,000"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ofType("salary", c.text, detectText(t, c.text)); !slices.Equal(got, c.want) {
				t.Errorf("pay %q", got)
			}
		})
	}
}

// TestPaidColumns asks for pay and staff codes in a list that an account is paid by, and for
// what people pay who rent.
func TestPaidColumns(t *testing.T) {
	table := func(text string) []string {
		c := contentOf(labelled{Kind: "attachment_csv", Text: text})
		r := New(Options{}).Detect(t.Context(), []policy.Content{c}, Context{})
		return append(ofType("employee_id", text, r), ofType("salary", text, r)...)
	}
	if got := table("コード,氏名,銀行,支店,口座,支払額\nH0911,岩下 千秋,北越,見附,0287714,148200\nH0926,桑名 敦,第四,燕,1450093,203650\n"); !slices.Equal(got, []string{"H0911", "H0926", "148200", "203650"}) {
		t.Errorf("a payroll: %q", got)
	}
	if got := table("区画,契約者,車種,連絡先,月額\n1,岩下 剛,フィット,090-2503-7716,5500\n2,桑名 敦,ワゴン,097-543-6628,6500\n"); len(got) > 0 {
		t.Errorf("a car park: %q", got)
	}
}

// TestFamiliesOfNoList asks for names whose family no dictionary has, and for words that stand
// like one.
func TestFamiliesOfNoList(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"国保の喪失届、飛騨野 茂さんの分です。住所は岐阜市長住町7-3のまま。", []string{"飛騨野 茂"}},
		{"受付様\n10月末で退会します。会員番号 004417、鍬形 智明です。", []string{"鍬形 智明"}},
		{"手続き 鍬形 正幸 基礎年金番号3105-447920\n", []string{"鍬形 正幸"}},
		{"お届け：〒770-0834 徳島市元町1-15-3　阿波野 麻里様\n返金を急いでほしいそうです。阿波野は090-1234-5679まで", []string{"阿波野 麻里", "阿波野"}},
		{"5年2組鍬形 新さんが靴を隠された件。090-1234-5679", []string{"鍬形 新"}},
		{"12월 입사자 남궁서연 님의 정보입니다.\n주민등록번호: 940312-2022375\n", []string{"남궁서연"}},
		{"민원 접수: 제갈민호 고객님, 휴대폰 010-4471-8036. 확인 바랍니다.", []string{"제갈민호"}},
		{"客户投诉记录：司徒婉仪女士要求退还保费。联系电话+86 186 2155 0943", []string{"司徒婉仪"}},
		{"普通 3381906 ゴミブチ アキラ\n常陽銀行", []string{"ゴミブチ アキラ"}},
		{"本日 実は在庫が足りません。090-1234-5679", nil},
		{"今月 光が丘店は休みです。会議室 望は空いています。090-1234-5679", nil},
	} {
		if got := ofType("person_name", c.text, detectText(t, c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q: names %q", c.text, got)
		}
	}
}

// TestPlacesAbroad asks for addresses behind the names of fields of other countries.
func TestPlacesAbroad(t *testing.T) {
	for _, c := range [][2]string{
		{"남궁서연 님의 정보입니다.\n연락처: 010-9924-5518\n주소: 경기도 성남시 분당구 정자일로 95, 1204호\n", "경기도 성남시 분당구 정자일로 95, 1204호"},
		{"Cliente: Carlos Gómez Ruiz. Domicilio: calle Almansa 41, 28040 Madrid. Correo: c.gomez@example.net", "calle Almansa 41, 28040 Madrid"},
		{"司徒婉仪女士，手机+86 139 1055 0172，住址：上海市浦东新区锦绣路1399弄12号602室。", "上海市浦东新区锦绣路1399弄12号602室"},
	} {
		if got := ofType("address", c[0], detectText(t, c[0])); !slices.Contains(got, c[1]) {
			t.Errorf("%q: addresses %q", c[0], got)
		}
	}
}
