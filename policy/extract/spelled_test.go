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

// A page shows the heading above a table of digits, or a canvas them one after the other.
func TestNumbersInPiecesAreReadWithTheirHeading(t *testing.T) {
	cells := func(open, shut string) string {
		var b strings.Builder
		for _, c := range "492015378646" {
			b.WriteString(open + string(c) + shut)
		}
		return b.String()
	}
	for name, page := range map[string]string{
		"line above":         "<p>個人番号：<table><tr>" + cells("<td>", "</td>") + "</tr></table>",
		"row above":          "<table><tr><th colspan=12>個人番号：</th></tr><tr>" + cells("<td>", "</td>") + "</tr></table>",
		"heading in cells":   "<table><tr><th>個</th><th>人</th><th>番</th><th>号</th><th>：</th></tr><tr>" + cells("<td>", "</td>") + "</tr></table>",
		"one column":         "<table><tr><th>個人番号：</th></tr>" + cells("<tr><td>", "</td></tr>") + "</table>",
		"groups":             "<table><tr><td>個人番号：</td><td>4920</td><td>1537</td><td>8646</td></tr></table>",
		"groups and hyphens": "<table><tr><td>個人番号：</td><td>4920</td><td>-</td><td>1537</td><td>-</td><td>8646</td></tr></table>",
		"canvas":             `<script>c.fillText("個人番号：",1,1);` + cells(`c.fillText("`, `",1,9);`) + "</script>",
		"canvas, groups":     `<script>c.fillText("個人番号：",1,1);c.fillText("4920",1,2);c.fillText("1537",1,3);c.fillText("8646",1,4)</script>`,
		"list of digits":     `<script>document.write("個人番号："+[4,9,2,0,1,5,3,7,8,6,4,6].join(""))</script>`,
		"a number added":     `<script>var l="個人番号：";document.write(l+492015378646)</script>`,
	} {
		res := extractFile(t, File{Name: "a.html", Data: []byte("<!DOCTYPE html><html><body>" + page + "</body></html>")})
		found := false
		for _, c := range res.Contents {
			text := strings.ReplaceAll(strings.ReplaceAll(c.Text, " ", ""), "\n", "")
			found = found || strings.Contains(text, "個人番号：492015378646")
		}
		if !found {
			t.Errorf("%s: not found in %v", name, res.Contents)
		}
	}
}

func TestRulesOfAStyleSheetTurnText(t *testing.T) {
	for name, page := range map[string]string{
		"class": "<style>.r{unicode-bidi:bidi-override;direction:rtl}</style><p>個人番号 <span class=r>646873510294</span>",
		"name":  "<style>#r{direction: rtl; unicode-bidi: isolate-override}</style><p>個人番号 <span id=r>646873510294</span>",
	} {
		res := extractFile(t, File{Name: "a.html", Data: []byte("<!DOCTYPE html><html>" + page + "</html>")})
		if hits(res, []string{"492015378646"}) != 1 {
			t.Errorf("%s: not found in %v", name, res.Contents)
		}
	}
	for _, page := range []string{
		`<p>個人番号 49201537<span style="position:absolute;left:-9999px">1</span>8646`, `<p>個人番号 49201537<font color="#ffffff">x</font>8646`,
		`<p>個人番号 49201537<span style="color:rgb(255, 255, 255)">x</span>8646`,
	} {
		res := extractFile(t, File{Name: "a.html", Data: []byte("<!DOCTYPE html><html>" + page + "</html>")})
		if hits(res, []string{"492015378646"}) != 1 {
			t.Errorf("%s: not found in %v", page, res.Contents)
		}
	}
}
