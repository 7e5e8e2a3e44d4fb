package extract

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/url"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"

	"github.com/sekisho-mail/sekisho/policy"
)

// inUTF16 is s in UTF-16LE.
func inUTF16(s string) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		out = binary.LittleEndian.AppendUint16(out, u)
	}
	return out
}

// TestHardToFindTexts has places that ordinary programs write to and that were passed over
// in files made by SheetJS, LibreOffice, Gnumeric, zstd, lz4 and draw.io, and some like them.
func TestHardToFindTexts(t *testing.T) {
	const want = "マイナンバー: 571432178533"
	var drawing bytes.Buffer
	fw, _ := flate.NewWriter(&drawing, 9)
	fmt.Fprint(fw, url.PathEscape(`<mxGraphModel><root><mxCell id="2" value="`+want+`"/></root></mxGraphModel>`))
	fw.Close()
	skipped := binary.LittleEndian.AppendUint32([]byte("\x53\x2a\x4d\x18"), uint32(len(want)))
	var octets []string
	for _, c := range append(inUTF16(want), 0, 0) {
		octets = append(octets, fmt.Sprintf("%02x", c))
	}
	sheet := `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData/><headerFooter><firstFooter>&amp;C&amp;"Arial,Bold"マイナンバー: 57143217&amp;B8533</firstFooter></headerFooter></worksheet>`
	comment := `<comments xmlns="x"><commentList><comment ref="A1"><text><r><t>マイナンバー</t></r><r><t>: 571432178533</t></r></text><a xmlns:xdr="y"><xdr:from><xdr:col>1</xdr:col><xdr:colOff>23</xdr:colOff></xdr:from></a></comment></commentList></comments>`
	cases := []struct {
		name string
		data []byte
		want string
	}{
		{"a.reg", []byte("Windows Registry Editor Version 5.00\r\n\"m\"=hex(2):" + strings.Join(octets[:20], ",") + ",\\\r\n  " + strings.Join(octets[20:], ",") + "\r\n"), want},
		{"a.zst", append(append(bytes.Clone(packed(t, "お知らせ", func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) })), skipped...), want...), want},
		{"a.json", []byte(`{"body":"{\"\\u500b\\u4eba\\u756a\\u53f7\": \"571432178533\"}"}`), `個人番号": "571432178533`},
		{"a.xml", []byte(`<!DOCTYPE r [<!ENTITY a "571432"><!ENTITY b "178533">]><r>マイナンバー: &a;&b;</r>`), want},
		{"a.drawio", []byte(`<mxfile><diagram id="a">` + base64.StdEncoding.EncodeToString(drawing.Bytes()) + `</diagram></mxfile>`), want},
		{"a.txt", []byte("https://e.example/?q=" + url.QueryEscape(want)), want},
		{"a.ics", []byte("BEGIN:VCALENDAR\r\nDESCRIPTION;ALTREP=\"data:text/html;base64," + base64.StdEncoding.EncodeToString([]byte(want)) + "\":x\r\nEND:VCALENDAR\r\n"), want},
		{"a.md", []byte("![x](data:text/plain;base64," + base64.StdEncoding.EncodeToString([]byte(want)) + ")"), want},
		{"b.xlsx", zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"xl/workbook.xml", "<workbook/>"}, [2]string{"xl/worksheets/sheet1.xml", sheet}), want},
		{"c.xlsx", zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"xl/workbook.xml", "<workbook/>"}, [2]string{"xl/comments1.xml", comment}), want + "\n"},
	}
	for _, c := range cases {
		res := extractFile(t, File{Name: c.name, Data: c.data})
		found := false
		for _, content := range res.Contents {
			found = found || strings.Contains(content.Text+"\n", c.want)
		}
		if !found {
			t.Errorf("%s: %q is in none of %d texts; %s", c.name, c.want, len(res.Contents), problems(res))
		}
	}
}

func TestGnumericCellsAreATable(t *testing.T) {
	cell := func(row, col int, s string) string {
		return fmt.Sprintf("\n<gnm:Cell Row=\"%d\" Col=\"%d\" ValueType=\"60\">%s</gnm:Cell>", row, col, s)
	}
	book := `<?xml version="1.0"?><gnm:Workbook xmlns:gnm="http://www.gnumeric.org/v10.dtd"><gnm:Sheets><gnm:Sheet Visibility="GNM_SHEET_VISIBILITY_HIDDEN"><gnm:Name>名簿</gnm:Name><gnm:Cells>` +
		cell(0, 0, "氏名") + cell(0, 1, "電話番号") + cell(1, 1, "080-0088-3479") + cell(2, 0, "標本 拓也") + `</gnm:Cells></gnm:Sheet></gnm:Sheets></gnm:Workbook>`
	res := extractFile(t, File{Name: "a.gnumeric", Data: []byte(book)})
	tables := res.Contents[0].Tables
	if len(tables) != 1 || len(tables[0].Rows) != 3 || !tables[0].Hidden || tables[0].Name != "名簿" || len(tables[0].Rows[1].Cells) != 2 {
		t.Fatalf("tables: %+v", tables)
	}
}

// TestShortCellsOfXLSB reads cells that leave out their column (MS-XLSB 2.4.722 to 2.4.731),
// as SheetJS writes them.
func TestShortCellsOfXLSB(t *testing.T) {
	record := func(typ byte, data []byte) []byte { return append([]byte{typ, byte(len(data))}, data...) }
	text := func(s string) []byte {
		return append(binary.LittleEndian.AppendUint32(make([]byte, 4), uint32(len([]rune(s)))), inUTF16(s)...)
	}
	sheet := record(brtRowHdr, make([]byte, 25))
	cell := append([]byte{0, 0, 0, 0, 0, 0, 0, 0}, text("氏名")[4:]...)
	sheet = append(sheet, record(brtCellSt, cell)...)
	sheet = append(sheet, record(brtShortSt, text("個人番号"))...)
	bundle := append(make([]byte, 4), append(text("rId1"), text("名簿")[4:]...)...)
	book := append([]byte{0x9c, 1, byte(len(bundle))}, bundle...)
	rels := `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Target="worksheets/sheet1.bin"/></Relationships>`
	res := extractFile(t, File{Name: "a.xlsb", Data: zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"xl/workbook.bin", string(book)},
		[2]string{"xl/_rels/workbook.bin.rels", rels}, [2]string{"xl/worksheets/sheet1.bin", string(sheet)})})
	if got := res.Contents[0].Text; !strings.Contains(got, "氏名\t個人番号") {
		t.Errorf("got %q; %s", got, problems(res))
	}
}

// TestOrdinaryFilesHaveNoProblem: settings of a printer as Windows writes them, a list of
// translated words in YAML, and the outlines of a drawing are nothing that hides something.
func TestOrdinaryFilesHaveNoProblem(t *testing.T) {
	mode := make([]byte, 220+64)
	copy(mode, inUTF16("Microsoft Print to PDF"))
	binary.LittleEndian.PutUint16(mode[64:], 0x401)
	binary.LittleEndian.PutUint16(mode[68:], 220)
	binary.LittleEndian.PutUint16(mode[70:], 64)
	mode = mode[:220]
	mode = append(mode, inUTF16("{084F01FA-E634-4D77-83EE-07481")...)
	mode = append(mode, make([]byte, 4)...)
	path := strings.Repeat("1-10v-682l-1-10-1-10-2-9-4-9-4-9-5-8-5-7-7-7-7-7-7-5-8-5-9-4", 3)
	for _, f := range []File{
		{Name: "a.xlsx", Data: zipOf(t, [2]string{"[Content_Types].xml", contentTypes}, [2]string{"xl/workbook.xml", "<workbook/>"}, [2]string{"xl/printerSettings/printerSettings1.bin", string(mode)})},
		{Name: "uk.yaml", Data: []byte("Abstract: Анотація\nCc: копія\nDate: Дата\nTo: до\n" + strings.Repeat("Chapter: Розділ\n", 9))},
		{Name: "a.txt", Data: []byte("d=" + path)},
	} {
		res := extractFile(t, f)
		if p := problems(res); p != "" || len(res.Parts) != 1 {
			t.Errorf("%s: %s, %d parts", f.Name, p, len(res.Parts))
		}
	}
}

// Letters of a drawing that are outlines used by their font's number are no picture, however
// few they are.
func TestLettersByUseInSVG(t *testing.T) {
	svg := func(id string, n int) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">` + strings.Repeat(`<use xlink:href="#`+id+`" x="20" y="50"/>`, n) + `</svg>`)
	}
	for _, c := range []struct {
		id   string
		n    int
		want policy.Problem
	}{
		{"glyph0-1", 16, policy.Unsupported}, {"marker", 16, ""}, {"tile", 3 * someShapes, ""},
		{`a"/><use xlink:href="#b`, someShapes / 2, policy.Unsupported},
	} {
		if got := extractFile(t, File{Name: "a.svg", Data: svg(c.id, c.n)}).Parts[0].Problem; got != c.want {
			t.Errorf("%s: problem %q, want %q", c.id, got, c.want)
		}
	}
}
