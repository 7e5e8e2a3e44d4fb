package detect

import (
	"strings"
	"testing"
)

// TestExpiryNearCards holds days that something is due on apart from expiry dates of cards.
func TestExpiryNearCards(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"ダウンロードの期限：11/30\n", ""},
		{"提出期限 12/25 必着\n", ""},
		{"カード番号 4111 1111 1111 1129 有効期限 08/29\n", "credit_card=4111 1111 1111 1129 card_expiry=08/29"},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
