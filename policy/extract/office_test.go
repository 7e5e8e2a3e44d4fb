package extract

import (
	"net/url"
	"strings"
	"testing"
)

const contentTypes = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`

// docxOf makes a document of the given body XML and further parts.
func docxOf(t testing.TB, body string, more ...[2]string) []byte {
	t.Helper()
	doc := `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`
	return zipOf(t, append([][2]string{{"[Content_Types].xml", contentTypes}, {"word/document.xml", doc}}, more...)...)
}

func TestDocxText(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"split runs", "<w:p><w:r><w:t>5714</w:t></w:r><w:r><w:t>3217</w:t></w:r><w:r><w:t>8533</w:t></w:r></w:p>", "571432178533"},
		{"paragraphs", "<w:p><w:r><w:t>a</w:t></w:r></w:p>\n<w:p><w:r><w:t>b</w:t></w:r></w:p>", "a\nb"},
		{"breaks", "<w:p><w:r><w:t>a</w:t><w:br/><w:t>b</w:t><w:tab/><w:t>c</w:t></w:r></w:p>", "a\nb\tc"},
		{"kept blanks", `<w:p><w:r><w:t xml:space="preserve">a </w:t></w:r><w:r><w:t xml:space="preserve"> </w:t></w:r><w:r><w:t>b</w:t></w:r></w:p>`, "a  b"},
		{"hyphen", "<w:p><w:r><w:t>080</w:t><w:noBreakHyphen/><w:t>0088</w:t></w:r></w:p>", "080-0088"},
		{"table", "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>氏名</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl>", "氏名\t\tc"},
		{"field code", `<w:p><w:r><w:t>57</w:t></w:r><w:r><w:instrText>HYPERLINK "mailto:a@x.example"</w:instrText></w:r><w:r><w:t>14</w:t></w:r></w:p>`, "5714"},
		{"fallback", "<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>x</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>x</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>", "x"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := extractFile(t, File{Name: "a.docx", Data: docxOf(t, c.body)})
			got := res.Contents[0].Text
			if m := res.Contents[0].Marks; len(m) > 1 {
				got = strings.TrimRight(got[:m[1].Start], "\n")
			}
			if got != c.want || problems(res) != "" {
				t.Errorf("got %q, want %q; %s", got, c.want, problems(res))
			}
		})
	}
}

func TestDocxHiddenAndDeletedText(t *testing.T) {
	body := `<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隠し 080-0088-3479</w:t></w:r></w:p>
<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>見える</w:t></w:r></w:p>
<w:p><w:r><w:t>12</w:t></w:r><w:del><w:r><w:delText>99</w:delText></w:r></w:del><w:r><w:t>34</w:t></w:r></w:p>`
	res := extractFile(t, File{Name: "a.docx", Data: docxOf(t, body)})
	c := res.Contents[0]
	var hidden []string
	for _, h := range c.Hidden {
		hidden = append(hidden, c.Text[h.Start:h.End])
	}
	if strings.Join(hidden, "|") != "隠し 080-0088-3479|99" {
		t.Errorf("hidden: %q", hidden)
	}
	if len(res.Contents) != 2 || !strings.Contains(res.Contents[1].Text, "1234") {
		t.Errorf("the view without hidden text: %+v", res.Contents)
	}
}

func TestDocxOtherPartsAndMembers(t *testing.T) {
	res := extractFile(t, File{Name: "a.docx", Data: docxOf(t, "<w:p><w:r><w:t>本文</w:t></w:r></w:p>",
		[2]string{"word/comments.xml", "<w:comments><w:comment><w:p><w:r><w:t>080-0088-3479</w:t></w:r></w:p></w:comment></w:comments>"},
		[2]string{"word/header1.xml", "<w:hdr><w:p><w:r><w:t>090-0051-6855</w:t></w:r></w:p></w:hdr>"},
		[2]string{"customXml/item1.xml", `<x tel="070-0083-0913">想定</x>`},
		[2]string{"word/_rels/document.xml.rels", `<Relationships><Relationship TargetMode="External" Target="mailto:a@x.example"/></Relationships>`},
		[2]string{"word/afchunk.html", "<p>020-0012-3456</p>"},
		[2]string{"word/embeddings/list.csv", "氏名,電話\n標本 拓也,060-0012-3456\n"},
	)})
	want := []string{"本文", "080-0088-3479", "090-0051-6855", "070-0083-0913", "a@x.example", "020-0012-3456", "060-0012-3456"}
	if n := hits(res, want); n != len(want) || problems(res) != "" {
		t.Errorf("%d of %d: %+v", n, len(want), res.Contents)
	}
	if m := res.Contents[0].Marks; len(m) < 3 || m[0].Where != "document" || m[1].Where != "header" || m[2].Where != "comments" {
		t.Errorf("marks %+v", m)
	}
}

// TestLinksInPercentSigns reads what a link carries in its query.
func TestLinksInPercentSigns(t *testing.T) {
	link := "https://x.example/?memo=" + url.QueryEscape("個人番号 5714-3217-8533")
	res := extractFile(t, File{Name: "a.docx", Data: docxOf(t, "<w:p><w:r><w:t>本文</w:t></w:r></w:p>",
		[2]string{"word/_rels/document.xml.rels", `<Relationships><Relationship TargetMode="External" Target="` + link + `"/></Relationships>`})})
	if hits(res, []string{"個人番号 5714-3217-8533"}) != 1 || problems(res) != "" {
		t.Errorf("%+v", res.Contents)
	}
}

func TestPartsInOtherCharsets(t *testing.T) {
	text := `<?xml version="1.0" encoding="UTF-16"?><w:document><w:p><w:r><w:t>想定 美咲</w:t></w:r></w:p></w:document>`
	data := zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"word/document.xml", string(utf16Bytes("\ufeff"+text, false))})
	if res := extractFile(t, File{Name: "a.docx", Data: data}); hits(res, []string{"想定 美咲"}) != 1 {
		t.Errorf("%+v", res.Contents)
	}
}

// xlsxOf makes a workbook; sheets are the sheetData of each.
func xlsxOf(t testing.TB, workbook, styles string, sheets ...string) []byte {
	t.Helper()
	members := [][2]string{{"[Content_Types].xml", contentTypes}, {"xl/workbook.xml", workbook}, {"xl/styles.xml", styles}}
	rels := ""
	for i, s := range sheets {
		n := string(rune('1' + i))
		rels += `<Relationship Id="rId` + n + `" Target="worksheets/sheet` + n + `.xml"/>`
		members = append(members, [2]string{"xl/worksheets/sheet" + n + ".xml", "<worksheet>" + s + "</worksheet>"})
	}
	members = append(members, [2]string{"xl/_rels/workbook.xml.rels", "<Relationships>" + rels + "</Relationships>"})
	return zipOf(t, members...)
}

func TestXlsxCellsAndHiding(t *testing.T) {
	workbook := `<workbook><sheets><sheet name="表" r:id="rId1"/><sheet name="名簿" state="veryHidden" r:id="rId2"/></sheets></workbook>`
	styles := `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="000\-0000"/><numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/></numFmts>
<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`
	first := `<dimension ref="A1:XFD1048576"/><cols><col min="3" max="3" hidden="1"/></cols><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>氏名</t></is></c><c r="B1" t="inlineStr"><is><t>生年月日</t></is></c><c r="C1" t="inlineStr"><is><t>郵便番号</t></is></c></row>
<row r="2" hidden="1"><c r="A2" t="inlineStr"><is><r><t>想定</t></r><r><t> 美咲</t></r></is></c><c r="B2" s="1"><v>31261</v></c><c r="C2" s="2"><v>600012</v></c></row>
<row r="5"><c r="A5" t="str"><v>x</v></c><c r="C5"><v>5.71432178533E+11</v></c><c r="B6" s="3"><v>31261</v></c></row></sheetData>`
	second := `<sheetData><row><c t="inlineStr"><is><t>標本 拓也</t></is></c><c><v>080</v></c></row></sheetData>`
	res := extractFile(t, File{Name: "a.xlsx", Data: xlsxOf(t, workbook, styles, first, second)})
	c := res.Contents[0]
	if got := show(c.Text, c.Tables[:1]); got != "*1[氏名][生年月日][郵便番号] 2[想定 美咲][1985/08/02][060-0012] 5[x][][571432178533][1985/08/02] ;" {
		t.Error(got)
	}
	if !c.Tables[0].Rows[1].Hidden || c.Tables[0].Rows[0].Hidden || !c.Tables[1].Hidden || c.Tables[1].Name != "名簿" {
		t.Errorf("hidden flags: %+v", c.Tables)
	}
	if len(c.Marks) < 2 || c.Marks[1].Where != `hidden sheet "名簿"` {
		t.Errorf("marks %+v", c.Marks)
	}
	var hidden []string
	for _, h := range c.Hidden {
		hidden = append(hidden, c.Text[h.Start:h.End])
	}
	if got := strings.Join(hidden, "|"); !strings.Contains(got, "郵便番号") || !strings.Contains(got, "想定 美咲") || !strings.Contains(got, "標本 拓也") {
		t.Errorf("hidden ranges: %q", hidden)
	}
}

func TestNumbersAsAPersonReadsThem(t *testing.T) {
	for raw, want := range map[string]string{
		"571432178533": "571432178533", "5.71432178533E+11": "571432178533", "571432178533.0": "571432178533", "0.5": "0.5",
		"1E+400000000": "1E+400000000", "1.5e-3": "0.0015", "x.e": "x.e",
	} {
		if got := plainNumber(raw); got != want {
			t.Errorf("%s is %s, want %s", raw, got, want)
		}
	}
	for _, c := range []struct{ code, raw, want string }{
		{"0000000", "600012", "0600012"}, {`000"-"0000`, "600012", "060-0012"}, {"0", "5", "5"}, {"General", "5", "5"},
		{"000-0000-0000", "8000883479", "080-0088-3479"}, {"0000", "123456", "123456"},
	} {
		if got := styleOf(164, c.code).format(c.raw, false); got != c.want {
			t.Errorf("%s in %q is %s, want %s", c.raw, c.code, got, c.want)
		}
	}
	if got := excelDate(1, false) + excelDate(61, false) + excelDate(0.5+31261, false) + excelDate(0, true); got != "1900/01/011900/03/011985/08/02 12:00:001904/01/01" {
		t.Error(got)
	}
}

func TestODSHiddenSheetAndDisguisedNumber(t *testing.T) {
	content := `<office:document-content><office:automatic-styles><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style></office:automatic-styles>
<office:body><table:table table:name="見" table:style-name="ta1"><table:table-row><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell office:value-type="float" office:value="571432178533"><text:p>5.71E+11</text:p></table:table-cell></table:table-row></table:table>
<table:table table:name="隠" table:style-name="ta2"><table:table-row table:visibility="collapse"><table:table-cell><text:p>想定 美咲</text:p></table:table-cell><table:table-cell><text:p>x<office:annotation><text:p>080-0088-3479</text:p></office:annotation>y</text:p></table:table-cell></table:table-row></table:table></office:body></office:document-content>`
	data := zipOf(t, [2]string{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"}, [2]string{"content.xml", content}, [2]string{"META-INF/manifest.xml", "<x/>"})
	c := extractFile(t, File{Name: "a.ods", Data: data}).Contents[0]
	if got := show(c.Text, c.Tables); got != "1[a][5.71E+11 571432178533] ; 1[想定 美咲][xy] ;" {
		t.Error(got)
	}
	if !c.Tables[1].Hidden || !c.Tables[1].Rows[0].Hidden || c.Tables[0].Hidden {
		t.Errorf("%+v", c.Tables)
	}
	if !strings.Contains(c.Text, "080-0088-3479") {
		t.Error("the annotation is lost")
	}
}

func TestHiddenSlide(t *testing.T) {
	data := zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"ppt/presentation.xml", "<p/>"},
		[2]string{"ppt/slides/slide10.xml", `<p:sld><a:p><a:r><a:t>ten</a:t></a:r></a:p></p:sld>`},
		[2]string{"ppt/slides/slide2.xml", `<p:sld show="0"><a:p><a:r><a:t>隠し</a:t></a:r></a:p></p:sld>`})
	c := extractFile(t, File{Name: "a.pptx", Data: data}).Contents[0]
	if len(c.Marks) < 2 || c.Marks[0].Where != "slide 2" || c.Marks[1].Where != "slide 10" || len(c.Hidden) != 1 || c.Text[c.Hidden[0].Start:c.Hidden[0].End] != "隠し" {
		t.Errorf("%+v", c)
	}
}
