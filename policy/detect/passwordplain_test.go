package detect

import (
	"slices"
	"testing"
)

// TestPasswordsInPassing asks for what is told in passing to open something, and not for the
// names of networks and of who logs in beside it.
func TestPasswordsInPassing(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"キーボックス、今日から KB-40 に変えました。番号は7719。オートロックはC2580で開きます。", []string{"7719", "C2580"}},
		{"図面のzip、解凍は Genba_0916 でどうぞ", []string{"Genba_0916"}},
		{"管理者のパスワードは今週から Hokuto#2027winter になっています。ログインIDは前と同じく kanri01 です。", []string{"Hokuto#2027winter"}},
		{"Wi-Fi変わりました。SSID: hq-guest / PW: kaede-2231-momiji です", []string{"kaede-2231-momiji"}},
		{"休憩室のSSIDは kyukei-2F です。", nil},
		{"金庫の型番は7719。", nil},
	} {
		if got := ofType("secret", c.text, detectText(t, c.text)); !slices.Equal(got, c.want) {
			t.Errorf("%q: secrets %q", c.text, got)
		}
	}
	for kind, text := range map[string]string{
		"pin":                  "岩下 照代様のキャッシュカード、仮の番号 8206 を設定しました。",
		"resident_record_code": "住民票コードの件\n岩下 佳乃　S47.12.8\nコード 30418826751\n",
	} {
		if got := ofType(kind, text, detectText(t, text)); len(got) != 1 {
			t.Errorf("%q: %s %q", text, kind, got)
		}
	}
}
