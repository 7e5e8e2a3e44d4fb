package extract

import (
	"strings"
	"testing"
)

func TestNumbersWithACellForEachDigitAreRead(t *testing.T) {
	const digits = "4\t9\t2\t0\t1\t5\t3\t7\t8\t6\t4\t6"
	for name, text := range map[string]string{
		"label in front":   "a\tb\n個人番号\t" + digits + "\n",
		"empty cells":      "a\tb\n個人番号\t\t" + strings.ReplaceAll(digits, "0\t", "0\t\t") + "\n",
		"label in letters": "a\tb\n個\t人\t番\t号\tで\tす\tか\tx y\t" + digits + "\n",
	} {
		res := extractFile(t, File{Name: "a.tsv", Data: []byte(text)})
		if hits(res, []string{"492015378646"}) != 1 {
			t.Errorf("%s: not found in %v", name, res.Contents)
		}
	}
	if res := extractFile(t, File{Name: "a.tsv", Data: []byte("a\tb\tc\td\te\tf\tg\n1\t2\t3\tx y\t4\t5\t6\n")}); len(res.Contents) != 1+1 {
		t.Errorf("a table of short cells: %v", res.Contents)
	}
}
