package extract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// placeOfWord says where a word stands that is in the result: the mark in front of it, its
// table's number, its row and its cell.
func placeOfWord(res Result, word string) string {
	for _, c := range res.Contents {
		at := strings.Index(c.Text, word)
		if at < 0 {
			continue
		}
		place := ""
		for _, m := range c.Marks {
			if m.Start <= at {
				place = m.Where
			}
		}
		for _, t := range c.Tables {
			for _, row := range t.Rows {
				for i, cell := range row.Cells {
					if cell.Start <= at && at < cell.End {
						return fmt.Sprintf("%s, table %d, row %d, cell %d", place, t.Number, row.Number, i+1)
					}
				}
			}
		}
		return place
	}
	return "nowhere"
}

// TestPlacesInTables: rows count as the program that made the file shows them, sheets
// have their names, and tables of a text their number.
func TestPlacesInTables(t *testing.T) {
	for _, tt := range []struct{ file, word, want string }{
		{"made/places.ods", "090-0012-3401", `sheet "名簿", table 0, row 13, cell 2`},
		{"made/places.ods", "080-0012-3888", `hidden sheet "隠し"`},
		{"made/places.xml", "090-0012-3401", `sheet "名簿", table 0, row 13, cell 2`},
		{"made/tables.docx", "090-0012-3401", "document, table 2, row 2, cell 2"},
		{"made/tables.doc", "090-0012-3401", "document, table 2, row 2, cell 2"},
		{"made/tables.doc", "3-4", "document, table 1, row 5, cell 4"},
		{"made/pandoc.rtf", "090-0012-3401", ", table 1, row 2, cell 2"},
	} {
		data := seed(t, tt.file)
		res := extractFile(t, File{Name: tt.file, Data: data})
		if got := placeOfWord(res, tt.word); got != tt.want {
			t.Errorf("%s: %s stands in %q, want %q", tt.file, tt.word, got, tt.want)
		}
	}
}

func TestTablesOfRTF(t *testing.T) {
	const cell, end = `\pard\intbl `, `\cell `
	nested := `{\rtf1 x\par \trowd\cellx1\cellx2 ` + cell + "a1" + end + `\pard\intbl\itap2 n1\nestcell n2\nestcell{\*\nesttableprops\trowd\nestrow}` +
		`\pard\intbl b1` + end + `\row \pard y\par \trowd ` + cell + "c1" + end + cell + "c2" + end + `\row ` + cell + end + cell + "d2" + end + `\row}`
	res := extractFile(t, File{Name: "a.rtf", Data: []byte(nested)})
	for word, want := range map[string]string{
		"a1": ", table 1, row 1, cell 1", "n2": ", table 2, row 1, cell 2", "b1": ", table 1, row 1, cell 2", "y": "",
		"c2": ", table 3, row 1, cell 2", "d2": ", table 3, row 2, cell 2",
	} {
		if got := placeOfWord(res, word); got != want {
			t.Errorf("%s stands in %q, want %q", word, got, want)
		}
	}
}

// A sheet of one cell that is said to be hidden behind its end hides itself, not the sheet before.
func TestHiddenSheetOfOneCell(t *testing.T) {
	const book = `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">` +
		`<Worksheet ss:Name="a"><Table><Row><Cell><Data>seen1</Data></Cell><Cell><Data>seen2</Data></Cell></Row></Table></Worksheet>` +
		`<Worksheet ss:Name="b"><Table><Row ss:Index="7"><Cell><Data>hidden</Data></Cell></Row></Table><WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions></Worksheet></Workbook>`
	res := extractFile(t, File{Name: "a.xml", Data: []byte(book)})
	c := res.Contents[0]
	if got := placeOfWord(res, "hidden"); got != `hidden sheet "b"` {
		t.Errorf("the hidden cell stands in %q", got)
	}
	if len(c.Hidden) != 1 || c.Text[c.Hidden[0].Start:c.Hidden[0].End] != "hidden" {
		t.Errorf("hidden are %v of %q", c.Hidden, c.Text)
	}
}

// TestTextAsOutlines: a drawing that may show letters as shapes is never read without
// a problem, and one of few shapes or with text of its own is.
func TestTextAsOutlines(t *testing.T) {
	svg := func(inner string) []byte {
		return []byte(`<svg xmlns="http://www.w3.org/2000/svg">` + inner + `</svg>`)
	}
	page := func(inner string) []byte {
		return zipOf(t, [2]string{"[Content_Types].xml", "<Types/>"}, [2]string{"Documents/1/Pages/1.fpage", "<FixedPage>" + inner + "</FixedPage>"})
	}
	shapes := strings.Repeat(`<path d="M0 0L1 1"/>`, someShapes)
	figures := strings.Repeat(`<Path Data="M 0,0 L 1,1"/>`, someShapes)
	text := strings.Repeat("This drawing says what it shows. ", 4)
	for _, tt := range []struct {
		name string
		data []byte
		want policy.Problem
	}{
		{"letters.svg", svg(shapes), policy.Unsupported},
		{"logo.svg", svg(shapes[:40*20]), policy.NoProblem},
		{"chart.svg", svg(shapes + "<text>" + text + "</text>"), policy.NoProblem},
		{"letters.xps", page(figures), policy.Unsupported},
		{"text.xps", page(figures + `<Glyphs OriginY="1" UnicodeString="` + text + `"/>`), policy.NoProblem},
		{"page.ps", []byte("%!PS-Adobe-3.0\n/F findfont setfont (text) show\n"), policy.Unsupported},
	} {
		if got := extractFile(t, File{Name: tt.name, Data: tt.data}).Parts[0].Problem; got != tt.want {
			t.Errorf("%s: problem %q, want %q", tt.name, got, tt.want)
		}
	}
	x := testExtractor()
	x.OCR = nil
	res := x.Extract(t.Context(), File{Path: "0", Name: "outlines.pdf", Data: seed(t, "made/outlines.pdf")})
	if got := res.Parts[0].Problem; got != policy.Unsupported {
		t.Errorf("outlines.pdf: problem %q", got)
	}
}

func TestGlyphsOfFixedPages(t *testing.T) {
	page := `<FixedPage><Glyphs OriginY="10" UnicodeString="想定 "/><Glyphs OriginY="10" UnicodeString="美咲"/><Glyphs OriginY="20" UnicodeString="{}090-0012-3401"/></FixedPage>`
	data := zipOf(t, [2]string{"[Content_Types].xml", "<Types/>"}, [2]string{"Documents/1/Pages/3.fpage", page})
	res := extractFile(t, File{Name: "a.oxps", Data: data})
	if got := res.Contents[0].Text; !strings.HasPrefix(got, "想定 美咲\n090-0012-3401") {
		t.Errorf("text %q", got)
	}
	if got := placeOfWord(res, "090"); got != "page 3" {
		t.Errorf("stands in %q", got)
	}
}

func TestStringsOfPostScript(t *testing.T) {
	const program = "%!PS\n% (no) string\n[(0)-250(90)10(-0012-3401)] TJ\n(a\\(b\\)\\101 (c)) show\n"
	if got, want := shownStrings(program), "090-0012-3401\na(b)A (c)\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzPostScript(f *testing.F) {
	f.Add([]byte("%!PS\n[(0)-250(90)] TJ (a\\(b\\)\\101 (c)) show"))
	f.Add([]byte("\xc5\xd0\xd3\xc6(a)"))
	fuzzFormat(f, "postscript")
}

func FuzzCPIO(f *testing.F) {
	f.Add([]byte("07070100000001000081A400000000000000000000000100000000000000020000000000000000000000000000000000000002000000" + "00a\x00\x00\x00hi\x00\x00"))
	f.Add(seed(f, "made/odc.cpio"))
	fuzzFormat(f, "cpio")
}

func FuzzAR(f *testing.F) {
	f.Add([]byte("!<arch>\n//              0           0     0     0       4         `\nab/\n/0              0           0     0     644     2         `\nhi"))
	fuzzFormat(f, "ar")
}

func FuzzRPM(f *testing.F) { fuzzFormat(f, "rpm", "made/meibo.rpm") }

// TestIndexOfNamedProperties: Outlook keeps an index whose entries are called like
// properties, among them like the RTF body.
func TestIndexOfNamedProperties(t *testing.T) {
	data := testdata(t, "msg_outlook_unicode_plain.msg")
	entry, rtf := utf16Bytes("00020102", false), utf16Bytes("10090102", false)
	if bytes.Count(data, entry) != 1 {
		t.Fatal("the sample has no such entry")
	}
	res := extractFile(t, File{Name: "a.msg", Data: bytes.Replace(data, entry, rtf, 1)})
	for _, p := range res.Parts {
		if p.Problem != policy.NoProblem || p.Name == "RTF body" {
			t.Errorf("%s: problem %q", p.Name, p.Problem)
		}
	}
}
