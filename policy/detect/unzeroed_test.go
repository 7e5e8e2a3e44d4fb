package detect

import (
	"context"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestNoughtsDropped reads the telephones and Individual Numbers of sheets that took them for
// figures, below their headings only.
func TestNoughtsDropped(t *testing.T) {
	for name, c := range map[string]struct {
		text, typ string
		n         int
	}{
		"mobiles":             {"氏名,電話番号\n標本 拓也,8012345678\n想定 美咲,9023456789\n例示 大輔,7034567890\n", "phone", 3},
		"fixed lines":         {"氏名,TEL\n標本 拓也,312345678\n想定 美咲,663456789\n例示 大輔,523456789\n", "phone", 3},
		"extensions":          {"氏名,電話番号\n標本 拓也,1234\n想定 美咲,2345\n例示 大輔,3456\n", "phone", 0},
		"figures":             {"氏名,数量\n標本 拓也,8012345678\n想定 美咲,9023456789\n例示 大輔,7034567890\n", "phone", 0},
		"individual numbers":  {"社員番号,個人番号\n1001," + unpadded("01234567890") + "\n1002," + unpadded("00234567891") + "\n1003," + unpadded("03456789012") + "\n", "my_number", 3},
		"with a wrong figure": {"社員番号,個人番号\n1001," + wrong("01234567890") + "\n1002," + wrong("00234567891") + "\n1003," + wrong("03456789012") + "\n", "my_number", 0},
	} {
		res := usual().Detect(context.Background(), []policy.Content{{Part: "1", Text: c.text, Tables: tablesIn(c.text)}}, Context{})
		got := 0
		for _, f := range res.Findings {
			if f.Type == c.typ {
				got += max(1, f.Count)
			}
		}
		if got != c.n {
			t.Errorf("%s: %d of %s, want %d: %+v", name, got, c.typ, c.n, res.Findings)
		}
	}
}

// unpadded is an Individual Number of these eleven digits as a figure.
func unpadded(digits string) string {
	for c := byte('0'); c <= '9'; c++ {
		if whole := digits + string(c); myNumberCheck(whole) {
			for whole[0] == '0' {
				whole = whole[1:]
			}
			return whole
		}
	}
	return ""
}

// wrong is unpadded with another digit at its end.
func wrong(digits string) string {
	s := unpadded(digits)
	return s[:len(s)-1] + string('0'+(s[len(s)-1]-'0'+1)%10)
}
