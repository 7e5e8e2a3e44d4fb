package detect

import (
	"strings"
	"testing"
)

// TestWordsBeside holds values that the words in their line and the lines around it tell apart: days that something is
// due on and dates of cards, sums and security codes, accounts of firms and of people.
func TestWordsBeside(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"ダウンロードの期限：11/30\n", ""},
		{"提出期限 12/25 必着\n", ""},
		{"カード番号 4111 1111 1111 1129 有効期限 08/29\n", "credit_card=4111 1111 1111 1129 card_expiry=08/29"},
		{"カード番号 4111 1111 1111 1129\nCVV　626\n予約番号 受付-99401 金額 272,168円\n", "credit_card=4111 1111 1111 1129 card_cvv=626"},
		{"カード番号 4111 1111 1111 1129\nCVV　626\n予約番号 7282291　金額　¥329,386\n", "credit_card=4111 1111 1111 1129 card_cvv=626"},
		{"ご請求金額 ¥38,313,058\n振込先 あけぼの銀行 本店営業部 当座 2091755 名義 キョウ）ミドリリュウツウ\n", ""},
		{"請求額 591,433円\n振込先 しおかぜ銀行 本店 普通 8031411　口座名義 ホテルシオミ\n", ""},
		{"請求額 591,433円\n振込先 しおかぜ銀行 本店 普通 8031411　口座名義 サトウ ハナコ\n", "bank_account=8031411 person_name=サトウ ハナコ"},
		{"ご請求額　¥70,670\n振込先　あおぞら台銀行　本店　普通　4142769\n口座名義　学校法人若葉台学園\n", ""},
		{"基礎年金番号の重複調査です。\n佐野 花子様については、3007-136604 のほかに 4514-500041 の記録があります。\n", "person_name=佐野 花子 basic_pension_number=3007-136604 basic_pension_number=4514-500041"},
		{"部品の重複調査です。\n佐野 花子様については、3007-136604 のほかに 4514-500041 の記録があります。\n", "person_name=佐野 花子"},
		{"点呼時に確認しました。\n佐野 花子　大型二種　第8272 5748 4310号\n", "person_name=佐野 花子 driver_license=8272 5748 4310"},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
