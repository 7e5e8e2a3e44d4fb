package detect

import "testing"

// Somebody whom nothing but a sentence tells for a person is not told, until something else
// in the text is anybody's.
func TestMentionedInPassing(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"次回の講座では、郵便の父といわれる前島密を取り上げます。", ""},
		{"上映会の作品は、三船敏郎が主演した一本に決まりました。", ""},
		{"次回の講座では、郵便の父といわれる前島密さんを取り上げます。090-1234-5678", "前島密 090-1234-5678"},
		{"三船敏郎の携帯は090-1234-5678です。", "三船敏郎 090-1234-5678"},
	} {
		if got := valuesOf(t, c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

// A field of names is read although no dictionary has the family name, whatever else its line
// holds; what is no given name behind a blank makes nobody of a field.
func TestStrangersInFields(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"氏名：水主 絵里奈", "水主 絵里奈"},
		{"利用者名　花ケ崎 トミ", "花ケ崎 トミ"},
		{"患者氏名　水主　太郎\n病室 302", "水主　太郎"},
		{"氏名 山手 公園", ""},
		{"氏名　住所 電話", ""},
		{"利用者 登録 手順", ""},
	} {
		if got := valuesOf(t, c.text); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
