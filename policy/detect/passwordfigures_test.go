package detect

import (
	"strings"
	"testing"
)

// TestPasswordOfFigures holds passwords that are figures alone, or stand behind a sentence
// that announces them, and numbers that are none.
func TestPasswordOfFigures(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"皆さま\n\n共有フォルダのIDは guest、パスワードは 83915527 です。\n", "secret=83915527"},
		{"閲覧用パスワードをご連絡いたします：Kx7pQm2w\n", "secret=Kx7pQm2w"},
		{"帳票のパスワードを【60417733】に設定しました。\n", "secret=60417733"},
		{"パスワードは 12 文字です。\n", ""},
		{"パスワードの有効期限は 20261231 です。\n", ""},
		{"パスワードは 90 日ごとに変えてください。\n", ""},
		{"パスワードについてのご質問はこちらへ：内線 3321\n", ""},
	} {
		if got := strings.Join(privateValues(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%q: got %q, want %q", c.text, got, c.want)
		}
	}
}
