package detect

import (
	"strings"
	"testing"
)

// Somebody whom nothing but a sentence tells for a person is not told, until something else
// in the text is anybody's.
func TestMentionedInPassing(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"次回の講座では、郵便の父といわれる前島密を取り上げます。", ""},
		{"上映会の作品は、三船敏郎が主演した一本に決まりました。", ""},
		{"次回の講座では、郵便の父といわれる前島密さんを取り上げます。090-1234-5678", "前島密 090-1234-5678"},
		{"三船敏郎の携帯は090-1234-5678です。", "三船敏郎 090-1234-5678"},
	} {
		if got := strings.Join(valuesAlone(c.text, detectText(t, c.text)), " "); got != c.want {
			t.Errorf("%s\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}
