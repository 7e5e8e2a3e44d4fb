package detect

import "testing"

// TestMyNumberInNames: the name of a file or of a link's parameter labels its number; a
// number in any other link or name is an identifier.
func TestMyNumberInNames(t *testing.T) {
	for _, c := range []struct {
		text string
		want bool
	}{
		{"マイナンバー_571432178533.pdf を送ります", true},
		{"マイナンバー_571432178533_佐藤花子.txt", true},
		{"https://hr.example.jp/form?mynumber=571432178533&name=x", true},
		{"https://hr.example.jp/form?order=571432178533&name=mynumber", false},
		{"item_571432178533_a.jpg", false},
		{"マイナンバー制度の資料 https://e.example/doc/571432178533", false},
	} {
		found := false
		for _, f := range detectText(t, c.text).Findings {
			found = found || f.Type == "my_number"
		}
		if found != c.want {
			t.Errorf("%q: found %v", c.text, found)
		}
	}
}

// TestCardsInLinks: a parameter that says card labels its number.
func TestCardsInLinks(t *testing.T) {
	for text, want := range map[string]bool{
		"https://pay.example.jp/?card=4539578763621486":              true,
		"https://pay.example.jp/a?id=1&card_number=4539578763621486": true,
		"https://pay.example.jp/?discard=4539578763621486":           false,
		"https://pay.example.jp/item/4539578763621486":               false,
	} {
		found := false
		for _, f := range detectText(t, text).Findings {
			found = found || f.Type == "credit_card"
		}
		if found != want {
			t.Errorf("%q: found %v", text, found)
		}
	}
}
