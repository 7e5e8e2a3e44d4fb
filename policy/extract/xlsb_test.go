package extract

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf16"
)

// brt is one record of a binary workbook.
func brt(typ int, parts ...any) string {
	var data []byte
	for _, p := range parts {
		switch v := p.(type) {
		case string:
			units := utf16.Encode([]rune(v))
			data = binary.LittleEndian.AppendUint32(data, uint32(len(units)))
			for _, u := range units {
				data = binary.LittleEndian.AppendUint16(data, u)
			}
		case int:
			data = binary.LittleEndian.AppendUint32(data, uint32(v))
		case float64:
			data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
		case byte:
			data = append(data, v)
		case uint16:
			data = binary.LittleEndian.AppendUint16(data, v)
		}
	}
	head := []byte{byte(typ)}
	if typ > 127 {
		head = []byte{byte(typ&0x7f | 0x80), byte(typ >> 7)}
	}
	n := len(data)
	for ; n > 127; n >>= 7 {
		head = append(head, byte(n&0x7f|0x80))
	}
	return string(append(append(head, byte(n)), data...))
}

func rowRecord(row int, flags byte) string {
	return brt(brtRowHdr, row, 0, uint16(0), byte(0), flags)
}

func xlsbOf(t testing.TB, sheet string) []byte {
	styles := brt(brtFmt, uint16(164), "000-0000-0000") + brt(brtCellXFs, 2) + brt(brtXF, uint16(0), uint16(0)) +
		brt(brtXF, uint16(0), uint16(164)) + brt(brtCellXFsEnd)
	return zipOf(t,
		[2]string{"[Content_Types].xml", "<Types/>"},
		[2]string{"xl/workbook.bin", brt(brtWbProp, 0) + brt(brtBundleSh, 0, 1, "rId1", "名簿") + brt(brtBundleSh, 2, 2, "rId2", "裏")},
		[2]string{"xl/_rels/workbook.bin.rels", `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.bin"/><Relationship Id="rId2" Target="worksheets/sheet2.bin"/></Relationships>`},
		[2]string{"xl/sharedStrings.bin", brt(brtSSTItem, byte(0), "氏名") + brt(brtSSTItem, byte(0), "想定 美咲")},
		[2]string{"xl/styles.bin", styles},
		[2]string{"xl/comments1.bin", brt(brtCommentText, byte(0), "連絡先 070-0083-0913")},
		[2]string{"xl/worksheets/sheet1.bin", sheet},
		[2]string{"xl/worksheets/sheet2.bin", rowRecord(0, 0) + brt(brtCellSt, 0, 0, "標本 拓也")})
}

func TestXLSBSheetsAreTables(t *testing.T) {
	sheet := rowRecord(0, 0) + brt(brtCellIsst, 0, 0, 0) + brt(brtCellSt, 1, 0, "電話") + brt(brtCellSt, 2, 0, "番号") +
		rowRecord(1, 0) + brt(brtCellIsst, 0, 0, 1) + brt(brtCellReal, 1, 1, 8000883479.0) + brt(brtCellReal, 2, 0, 571432178533.0) +
		rowRecord(4, 0x10) + brt(brtCellSt, 0, 0, "虚構 花子") + brt(brtCellRk, 2, 0, 1234<<2|2)
	res := extractFile(t, File{Name: "a.xlsb", Data: xlsbOf(t, sheet)})
	if res.Parts[0].Type != typeXlsb || problems(res) != "" {
		t.Errorf("%s, problems %s", res.Parts[0].Type, problems(res))
	}
	c := res.Contents[0]
	if got := fmt.Sprint(cells(c, c.Tables[0])); got != "[[氏名 電話 番号] [想定 美咲 080-0088-3479 571432178533] [虚構 花子  1234]]" {
		t.Errorf("got %s", got)
	}
	table := c.Tables[0]
	if table.Name != "名簿" || table.Header != 0 || table.Rows[2].Number != 5 || !table.Rows[2].Hidden || table.Rows[1].Hidden {
		t.Errorf("%+v", table)
	}
	if c.Marks[0].Where != `sheet "名簿"` || !strings.Contains(c.Text, "070-0083-0913") {
		t.Errorf("marks %+v text %q", c.Marks, c.Text)
	}
	hidden := ""
	for _, h := range c.Hidden {
		hidden += c.Text[h.Start:h.End]
	}
	if !strings.Contains(hidden, "標本 拓也") || !strings.Contains(hidden, "虚構 花子") || strings.Contains(hidden, "想定") {
		t.Errorf("hidden: %q", hidden)
	}
}

func TestXLSBThatBreaksOffIsMalformed(t *testing.T) {
	sheet := rowRecord(0, 0) + brt(brtCellSt, 0, 0, "想定 美咲") + "\x07\x50ab"
	res := extractFile(t, File{Name: "a.xlsb", Data: xlsbOf(t, sheet)})
	if res.Parts[0].Problem != "malformed" || hits(res, []string{"想定 美咲"}) != 1 {
		t.Errorf("%+v", res)
	}
}

// A workbook's XML is read in windows: nothing may be lost where they meet.
func TestLargeSheetIsReadAsAStream(t *testing.T) {
	var sheet strings.Builder
	sheet.WriteString(`<?xml version="1.0" encoding="UTF-8"?><worksheet><sheetData>`)
	rows := 40000
	for i := range rows {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d" t="inlineStr"><is><t>想定&#32;美咲%d</t></is></c><c r="B%d"><v>%d</v></c></row>`, i+1, i+1, i, i+1, 100000+i)
	}
	sheet.WriteString("</sheetData></worksheet>")
	if sheet.Len() < 4*xmlWindow {
		t.Fatal("too small to tell")
	}
	data := zipOf(t, [2]string{"[Content_Types].xml", "<Types/>"},
		[2]string{"xl/workbook.xml", `<workbook><sheets><sheet name="s" r:id="r1"/></sheets></workbook>`},
		[2]string{"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>`},
		[2]string{"xl/worksheets/sheet1.xml", sheet.String()})
	res := extractFile(t, File{Name: "a.xlsx", Data: data})
	c := res.Contents[0]
	if problems(res) != "" || len(c.Tables) != 1 || len(c.Tables[0].Rows) != rows {
		t.Fatalf("problems %q, %d tables", problems(res), len(c.Tables))
	}
	for i, row := range cells(c, c.Tables[0]) {
		if want := fmt.Sprintf("[想定 美咲%d %d]", i, 100000+i); fmt.Sprint(row) != want {
			t.Fatalf("row %d is %v", i, row)
		}
	}
}

func FuzzXLSB(f *testing.F) {
	f.Add([]byte(rowRecord(0, 0) + brt(brtCellSt, 0, 0, "氏名") + brt(brtCellRk, 2, 0, 7) + brt(brtColInfo, 0, 1, 2, 3, uint16(1))))
	f.Fuzz(func(t *testing.T, sheet []byte) {
		if len(sheet) < 1<<16 {
			extractFile(t, File{Name: "a.xlsb", Data: xlsbOf(t, string(sheet))})
		}
	})
}
