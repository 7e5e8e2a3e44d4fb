package extract

import (
	"fmt"
	"strings"
	"testing"
)

const people = "[[氏名 電話] [想定 美咲 080-0088-3479] [標本 拓也 070-0083-0913]]"

// officeTable is a table in the element names of one of the office formats.
func officeTable(table, row, cell, open, end string) string {
	var b strings.Builder
	b.WriteString("<" + table + ">")
	for _, r := range [][]string{{"氏名", "電話"}, {"想定 美咲", "080-0088-3479"}, {"標本 拓也", "070-0083-0913"}} {
		b.WriteString("<" + row + ">")
		for _, c := range r {
			b.WriteString("<" + cell + ">" + open + c + end + "</" + cell + ">")
		}
		b.WriteString("</" + row + ">")
	}
	b.WriteString("</" + table + ">")
	return b.String()
}

func pptxWith(t testing.TB, slides ...string) []byte {
	members := [][2]string{{"[Content_Types].xml", "<Types/>"}}
	for i, s := range slides {
		members = append(members, [2]string{fmt.Sprintf("ppt/slides/slide%d.xml", i+1), s})
	}
	return zipOf(t, members...)
}

func xlsxWith(t testing.TB, name, state, rows string) []byte {
	return zipOf(t, [2]string{"[Content_Types].xml", "<Types/>"},
		[2]string{"xl/workbook.xml", `<workbook><sheets><sheet name="` + name + `" state="` + state + `" r:id="r1"/></sheets></workbook>`},
		[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`},
		[2]string{"xl/worksheets/sheet1.xml", `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`})
}

const sheetRows = `<row r="1"><c t="inlineStr"><is><t>氏名</t></is></c><c t="inlineStr"><is><t>電話</t></is></c></row>` +
	`<row r="2"><c t="inlineStr"><is><t>想定 美咲</t></is></c><c t="inlineStr"><is><t>080-0088-3479</t></is></c></row>` +
	`<row r="17" hidden="1"><c t="inlineStr"><is><t>標本 拓也</t></is></c><c t="inlineStr"><is><t>070-0083-0913</t></is></c></row>`

func TestTablesStayTables(t *testing.T) {
	slide := `<p:sld xmlns:p="p" xmlns:a="a"><a:t>表</a:t>` + officeTable("a:tbl", "a:tr", "a:tc", "<a:txBody><a:p><a:r><a:t>", "</a:t></a:r></a:p></a:txBody>") + `</p:sld>`
	for name, data := range map[string][]byte{
		"comma.csv":  []byte("氏名,電話\n想定 美咲,080-0088-3479\n標本 拓也,070-0083-0913\n"),
		"tab.tsv":    []byte("氏名\t電話\n想定 美咲\t080-0088-3479\n標本 拓也\t070-0083-0913\n"),
		"semi.csv":   []byte("氏名;電話\n想定 美咲;080-0088-3479\n標本 拓也;070-0083-0913\n"),
		"pipe.dat":   []byte("氏名|電話\n想定 美咲|080-0088-3479\n標本 拓也|070-0083-0913\n"),
		"page.html":  []byte("<p>名簿</p>" + officeTable("table", "tr", "td", "", "")),
		"word.docx":  docxOf(t, officeTable("w:tbl", "w:tr", "w:tc", "<w:p><w:r><w:t>", "</w:t></w:r></w:p>")),
		"slide.pptx": pptxWith(t, slide),
		"sheet.xlsx": xlsxWith(t, "名簿", "visible", sheetRows),
	} {
		res := extractFile(t, File{Name: name, Data: data})
		c := res.Contents[0]
		if len(c.Tables) != 1 {
			t.Errorf("%s: %d tables in %q", name, len(c.Tables), c.Text)
			continue
		}
		if got := fmt.Sprint(cells(c, c.Tables[0])); got != people || c.Tables[0].Header != 0 {
			t.Errorf("%s: header %d, %s", name, c.Tables[0].Header, got)
		}
	}
}

func TestHiddenRowsAndSheetsAreKeptAsAFact(t *testing.T) {
	res := extractFile(t, File{Name: "a.xlsx", Data: xlsxWith(t, "名簿", "visible", sheetRows)})
	table := res.Contents[0].Tables[0]
	if table.Hidden || table.Rows[1].Hidden || !table.Rows[2].Hidden || table.Rows[2].Number != 17 {
		t.Errorf("%+v", table)
	}
	res = extractFile(t, File{Name: "a.xlsx", Data: xlsxWith(t, "裏", "veryHidden", sheetRows)})
	if table := res.Contents[0].Tables[0]; !table.Hidden || !table.Rows[1].Hidden || table.Name != "裏" {
		t.Errorf("%+v", table)
	}
}

// placeOf is where a person would look for a text: the part in words, the mark
// and the table's row.
func placeOf(res Result, want string) string {
	for _, c := range res.Contents {
		at := strings.Index(c.Text, want)
		if at < 0 {
			continue
		}
		place := c.Where
		for i, m := range c.Marks {
			if m.Start <= at && (i+1 == len(c.Marks) || c.Marks[i+1].Start > at) {
				place += " / " + m.Where
			}
		}
		for _, table := range c.Tables {
			for _, row := range table.Rows {
				for _, cell := range row.Cells {
					if cell.Start <= at && at < cell.End {
						return fmt.Sprintf("%s / row %d", place, row.Number)
					}
				}
			}
		}
		return place
	}
	return "nowhere"
}

func TestPlacesReadAsAPersonWouldSayThem(t *testing.T) {
	slides := pptxWith(t, `<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:t>表紙</a:t></a:p></p:sld>`, `<p:sld xmlns:p="p" xmlns:a="a"><a:p><a:t>070-0083-0913</a:t></a:p></p:sld>`)
	members := zipOf(t, [2]string{"list.xlsx", string(xlsxWith(t, "名簿", "visible", sheetRows))}, [2]string{"deck.pptx", string(slides)})
	pdf := pdfOf("", textAt(50, 700, "the first page says nothing"), textAt(50, 700, "Phone 070-0083-0913 is here"))
	for _, tc := range []struct {
		file File
		text string
		want string
	}{
		{File{Name: "members.zip", Data: members}, "標本 拓也", `members.zip / list.xlsx / sheet "名簿" / row 17`},
		{File{Name: "deck.pptx", Data: slides}, "070-0083-0913", "deck.pptx / slide 2"},
		{File{Name: "a.pdf", Data: pdf}, "070-0083-0913", "a.pdf / page 2"},
		{File{Name: "名簿.csv", Data: []byte("氏名,電話\n想定 美咲,080-0088-3479\n")}, "想定", "名簿.csv / row 2"},
		{File{Name: "outer.zip", Data: zipOf(t, [2]string{"inner/a.zip", string(zipOf(t, [2]string{"a.txt", "080-0088-3479"}))})}, "080-0088-3479", "outer.zip / inner/a.zip / a.txt"},
		{File{Name: "a.xlsb", Data: xlsbOf(t, rowRecord(8, 0)+brt(brtCellSt, 0, 0, "想定 美咲")+brt(brtCellSt, 1, 0, "電話"))}, "想定", `a.xlsb / sheet "名簿" / row 9`},
	} {
		if got := placeOf(extractFile(t, tc.file), tc.text); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.file.Name, got, tc.want)
		}
	}
	for _, p := range extractFile(t, File{Name: "members.zip", Data: members}).Parts {
		if p.View == "" && !strings.HasPrefix(p.Where, "members.zip") {
			t.Errorf("part without a place: %+v", p)
		}
	}
}
