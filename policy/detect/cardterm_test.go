package detect

import (
	"slices"
	"strings"
	"testing"
)

// TestExpiryOfCards holds the days by which something else ends, with cards of other kinds
// and with figures around, and the expiry dates of payment cards in the same words.
func TestExpiryOfCards(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"マイナンバーカードの写しを提出してください。\n・提出期限 12/11（金）\n・番号は12桁です。\n", nil},
		{"研修の受講期限は11/30です。\n受講率：営業本部 81%、製造本部 93%、管理本部 100%\n内線3318、2026年12月10日\n", nil},
		{"貸出カードをお持ちください。『近江の城』返却期限 10/30\n電話 077-526-4600\n", nil},
		{"お見積りの有効期限 12/18、納期 6週間\n合計 3,245,000円 型番 W1500-D600-H800\n", nil},
		{"ポイントカードの有効期限 10/28 を過ぎると失効します。会員番号 2210 4471\n", nil},
		{"入館カードの更新の申込期限：11/27\n申込先は総務（内線 2210）\n", nil},
		{"賞味期限 11/25 の商品を下げてください。JANコード 4901234567894\n", nil},
		{"クレジットカードの支払期限 11/27、お引落し日 12/10\n", nil},
		{"回答期限: 12/24\nSDカード 32GB 20枚、型番 4410-2276-8890\n", nil},
		{"カード番号は 4556 7375 8689 9855、有効期限 08/29 です。\n", []string{"08/29"}},
		{"4556-7375-8689-9855\n期限 04/29\n", []string{"04/29"}},
		{"クレジットカードの期限: 11/2028 で更新します。\n", []string{"11/2028"}},
		{"VISAカード 4556737586899855 （使用期限 02/30）\n", []string{"02/30"}},
		{"マイナンバーカードではなくクレジットカードでした。有効期限 10/30\n", []string{"10/30"}},
	} {
		got := ofType("card_expiry", c.text, detectText(t, c.text))
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// ofType are the values of one type that a result has.
func ofType(name, text string, r Result) (out []string) {
	for _, v := range values(text, r) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			out = append(out, value)
		}
	}
	return out
}
