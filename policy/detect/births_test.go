package detect

import (
	"slices"
	"testing"
)

// TestBornWithoutLabel asks for dates of birth that nothing names, beside whom they belong to.
func TestBornWithoutLabel(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"財布に診察券。山本 敏江、昭12.11.5とある。交番に届けるね", []string{"昭12.11.5"}},
		{"保育課\n伊礼 蒼　R5.6.15　保護者 伊礼 真由", []string{"R5.6.15"}},
		{"山本 スミ江さん、保険者番号271130、記号：3 番号：0284417。S21.6.6。資格喪失日を教えてください。", []string{"S21.6.6"}},
		{"山本 敏江さんは昭和54年4月1日から勤めています。", nil},
		{"製品 S51.2.14 の在庫を山本 敏江さんに聞きました。", nil},
	} {
		if got := ofType("birth_date", c.text, detectText(t, c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q: born %q", c.text, got)
		}
	}
}

// TestNumbersListed asks for My Numbers that pass the check of parcels too, or stand before a year.
func TestNumbersListed(t *testing.T) {
	text := "山本 哲夫　　2478 7932 8336　S51.2.14\n妻 山本 ひとみ　9366 9691 6450　S53.9.1\n子 山本 岳　1060 2927 1723　1999年6月25日生\n"
	if got := ofType("my_number", text, detectText(t, text)); len(got) != 3 {
		t.Errorf("finds %q", got)
	}
}

// TestTravellersBySlashes asks for passports beside spellings and dates although nothing speaks
// of passports.
func TestTravellersBySlashes(t *testing.T) {
	text := "瑞慶覧 実 / ZUKERAN MINORU / TZ3048815 / 1968.12.30\n"
	r := detectText(t, text)
	if got := append(ofType("passport_jp", text, r), ofType("birth_date", text, r)...); !slices.Equal(got, []string{"TZ3048815", "1968.12.30"}) {
		t.Errorf("finds %q", got)
	}
	text = "カード払い 4582-6970-5656-3472　注文 1件"
	if got := ofType("credit_card", text, detectText(t, text)); len(got) != 1 {
		t.Errorf("card %q", got)
	}
}
