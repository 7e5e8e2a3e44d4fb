package extract

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestHTMLText(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"cells", "<table><tr><th>氏名<th>電話<tr><td>想定 美咲</td><td>080-0088-3479</td></tr></table>", "氏名\t電話\n想定 美咲\t080-0088-3479"},
		{"split by tags", "<p><b>57</b><i>14</i><span>32</span></p>", "571432"},
		{"split by comments", "57<!-- x -->14", "5714"},
		{"entities", "&#x60f3;&#23450;&nbsp;&amp;", "想定\u00a0&"},
		{"blocks", "<div>a</div><div>b</div>c<br>d<p>e", "a\nb\nc\nd\ne"},
		{"blanks", "a \n\t b", "a b"},
		{"pre", "<pre>a\n  b</pre>", "a\n  b"},
		{"unclosed", "<div><b>a", "a"},
		{"cell of paragraphs", "<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a\nb\tc"},
		{"iframe", "<div>a<iframe><b>inner</b></iframe></div>", "a\ninner"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := extractFile(t, File{DeclaredType: "text/html", Data: []byte(c.page)})
			got, _, _ := strings.Cut(res.Contents[0].Text, "\nnotes")
			text := got
			if m := res.Contents[0].Marks; len(m) > 0 {
				text = strings.TrimRight(got[:m[0].Start], "\n")
			}
			if text != c.want {
				t.Errorf("got %q, want %q", text, c.want)
			}
		})
	}
}

func TestHTMLKeepsWhatIsNotShown(t *testing.T) {
	page := `<body><p>見える</p><p style="display:none">隠し 080-0088-3479</p><!-- 注釈 090-0051-6855 -->
<img alt="写真 070-0083-0913"><a href="mailto:a%40x.example">x</a><script>var t="050-0012-3456"</script>
<input value="060-0012-3456"><p style="color:#ffffff;font-size:1px">白 020-0012-3456</p></body>`
	res := extractFile(t, File{Name: "a.html", Data: []byte(page)})
	want := []string{"080-0088-3479", "090-0051-6855", "070-0083-0913", "050-0012-3456", "060-0012-3456", "020-0012-3456", "a@x.example"}
	if n := hits(res, want); n != len(want) {
		t.Errorf("%d of %d: %q", n, len(want), res.Contents[0].Text)
	}
	c := res.Contents[0]
	for _, number := range want {
		at := strings.Index(c.Text, number)
		hidden := false
		for _, h := range c.Hidden {
			hidden = hidden || at >= h.Start && at < h.End
		}
		if !hidden {
			t.Errorf("%s does not count as hidden", number)
		}
	}
	if at := strings.Index(c.Text, "見える"); at < 0 || len(c.Hidden) > 0 && c.Hidden[0].Start <= at {
		t.Error("visible text counts as hidden")
	}
}

func TestHiddenTextInsideAWordGivesASecondView(t *testing.T) {
	res := extractFile(t, File{Name: "a.html", Data: []byte(`<p>5714<span style="display:none">xyz</span>32178533</p>`)})
	if hits(res, []string{"571432178533"}) != 1 || hits(res, []string{"5714xyz32178533"}) != 1 {
		t.Errorf("%+v", res.Contents)
	}
}

func TestDataURIsAreFiles(t *testing.T) {
	page := `<a href="data:text/csv;charset=utf-8;base64,5rCP5ZCNLOmbu+ipsQrmg7Plrpog576O5ZKyLDA4MC0wMDg4LTM0NzkK">x</a>
<img src='data:text/plain,%E6%A8%99%E6%9C%AC%20%E6%8B%93%E4%B9%9F'>`
	res := extractFile(t, File{Name: "a.html", Data: []byte(page)})
	if hits(res, []string{"想定 美咲", "標本 拓也"}) != 2 || len(res.Parts) != 3 || res.Parts[1].Type != "text/csv" {
		t.Errorf("%+v", res.Parts)
	}
}

func TestHTMLCharsetOfMetaAndHeader(t *testing.T) {
	page := `<html><head><meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS"></head><body>想定 美咲</body></html>`
	for _, declared := range []string{"", "shift_jis", "utf-8"} {
		res := extractFile(t, File{DeclaredType: "text/html", Charset: declared, Data: encode(t, japanese.ShiftJIS, page)})
		if hits(res, []string{"想定 美咲"}) != 1 {
			t.Errorf("declared %q: %+v", declared, res.Contents)
		}
	}
}

func TestHTMLTables(t *testing.T) {
	page := "<table><tr><td>氏名</td><td>電話</td></tr><tr><td>想定 美咲</td><td>080-0088-3479</td></tr></table>"
	c := extractFile(t, File{Name: "a.html", Data: []byte(page)}).Contents[0]
	if got := show(c.Text, c.Tables); got != "*1[氏名][電話] 2[想定 美咲][080-0088-3479] ;" {
		t.Error(got)
	}
}

// What a browser takes for a tag or shows with its tags, programs show that only cut out
// what looks like one.
func TestHTMLKeepsWhatOnlySomeTakeForATag(t *testing.T) {
	for page, want := range map[string][]string{
		"<p title=\"&#27663;&#21517;</p>\n080-0088-3479 ":             {"氏名", "080-0088-3479"},
		"<p title='<b>&#27663;名</b> 080-0088-<i>3479":                 {"氏名", "080-0088-3479"},
		"<p 氏名 080-0088-3479":                                         {"氏名", "080-0088-3479"},
		"<!-- 氏<b>&#21517;</b> 080-0088-3479":                         {"氏名", "080-0088-3479"},
		"<textarea>氏<!-- x -->&#21517; 080-<wbr>0088-3479</textarea>": {"氏名", "080-0088-3479"},
		"<xmp>&#27663;名 080-0088-<x y>3479</xmp>":                     {"氏名", "080-0088-3479"},
		"<title>&amp;#27663;名 080-<b>0088-3479</title>":               {"氏名", "080-0088-3479"},
		"<style>&#27663;名 080-0088-3479</style>":                      {"氏名"},
		"<script>var x = '&#27663;名 080-0088-3479'</script>":          {"氏名"},
		"<img alt='氏<wbr>名 080-0088-<wbr>3479'>":                      {"氏名", "080-0088-3479"},
		"<!DOCTYPE 氏名 080-0088-3479>x":                                {"氏名", "080-0088-3479"},
		"x</p 氏名 080-0088-3479>":                                      {"氏名", "080-0088-3479"},
		"<!-- &#27663;名 -->":                                          {"氏名"},
		"<![CDATA[氏名":                                                 {"氏名"},
		"&#27663;<\f\n21---->名 080-<!-- -->0088-< b>3479":             {"氏名", "080-0088-3479"},
	} {
		res := extractFile(t, File{DeclaredType: "text/html", Data: []byte(page)})
		if n := hits(res, want); n != len(want) {
			t.Errorf("%s: %d of %q in %q", page, n, want, res.Contents[0].Text)
		}
	}
}

// XML has characters by number too, whoever shows it.
func TestCharactersByNumberInXML(t *testing.T) {
	const text = "<a>&#27663;&#21517;</a> 080&nbsp;0088"
	for _, f := range []File{{DeclaredType: "text/xml", Data: []byte(text)}, {Name: "x.htm", Data: []byte("&#27663;&#21517;")}, {Name: "x.html", DeclaredType: "text/plain", Kind: policy.FileText, Data: []byte("Subject: x\nContent-Type: text/plain\n\n氏<!-- -->名")}, {Name: "x.svg", DeclaredType: "text/plain", Kind: policy.FileText, Data: []byte("x &#27663;&#21517; </p>")}, {DeclaredType: "image/svg+xml", Kind: policy.BodyText, Data: []byte(text)},
		{DeclaredType: "text/html", Kind: policy.BodyText, Data: []byte(text + strings.Repeat("\x00\x01\xe0\x80\x04\x10", 40))}} {
		res := extractFile(t, f)
		all := ""
		for _, c := range res.Contents {
			all += c.Text
		}
		if !strings.Contains(all, "氏名") {
			t.Errorf("%+v: %q", f, all)
		}
	}
}
