package extract

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestBesideTheContent reads what stands where programs do not look, and what they read
// although its names are not as they should be.
func TestBesideTheContent(t *testing.T) {
	const secret = "個人番号 571432178533"
	var extra bytes.Buffer
	zw := zip.NewWriter(&extra)
	field := append(binary.LittleEndian.AppendUint16([]byte{0x77, 0x77}, uint16(len(secret))), secret...)
	if _, err := zw.CreateHeader(&zip.FileHeader{Name: "a", Extra: field}); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	skipped := append(binary.LittleEndian.AppendUint32([]byte("\x50\x2a\x4d\x18"), uint32(len(secret))), secret...)
	sheet := xlsxWith(t, "a", "", `<row r="1"><c t="inlineStr"><is><t>個人</t></is></c><c t="inlineStr"><is><r><t>5714</t></r><r><t>32178533</t></r></is></c></row>`)
	slashes := bytes.ReplaceAll(sheet, []byte("xl/worksheets/sheet1.xml"), []byte(`xl\worksheets\sheet1.xml`))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"extra field":      {extra.Bytes(), "571432178533"},
		"skippable frame":  {append(skipped, enc.EncodeAll([]byte("hello"), nil)...), "571432178533"},
		"backslashes":      {slashes, "個人\t571432178533"},
		"no content types": {bytes.ReplaceAll(sheet, []byte("[Content_Types].xml"), []byte("[Content_Tapes].xml")), "個人\t571432178533"},
		"behind a picture": {append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"), testdata(t, "7z_lzma2_plain.7z")...), "571432178533"},
	} {
		if res := extractFile(t, File{Name: "a.bin", Data: c.data}); hits(res, []string{c.want}) != 1 {
			t.Errorf("%s: not found in %+v", name, res.Contents)
		}
	}
	if res := extractFile(t, File{Name: "a.7z", Data: append([]byte("7z\xbc\xaf\x27\x1c\x00\x04\x8d\x9b\xd5\x0f"), make([]byte, 20)...)}); problems(res) != "" {
		t.Errorf("an archive of nothing: %s", problems(res))
	}
}

// TestLinesOfJSON leaves a file of JSON lines the text that it is: it has as many commas a
// line as a table.
func TestLinesOfJSON(t *testing.T) {
	line := `{"氏名": "想定 美咲", "電話": "080-0012-3456", "個人番号": "571432178533"}` + "\n"
	res := extractFile(t, File{Name: "a.jsonl", Data: []byte(strings.Repeat(line, 5))})
	if len(res.Contents[0].Tables) != 0 || res.Parts[0].Type == "text/csv" {
		t.Errorf("%s with %d tables", res.Parts[0].Type, len(res.Contents[0].Tables))
	}
}

// TestDeletedRows reads the rows that a database no longer shows, and those of a log that
// came without its database.
func TestDeletedRows(t *testing.T) {
	res := extractFile(t, File{Name: "a.db", Data: testdata(t, filepath.Join("made", "deleted.db"))})
	seen, hidden := numbersIn(res)
	if got := strings.Join(hidden, " "); len(seen) != 16 || !strings.Contains(got, "7003") || !strings.Contains(got, "7004") {
		t.Errorf("seen %v, hidden %v", seen, hidden)
	}
	res = extractFile(t, File{Name: "a.db-wal", Data: testdata(t, filepath.Join("made", "log.db-wal"))})
	if seen, _ := numbersIn(res); strings.Join(seen, " ") != "7001 7002 7003" || !hasProblem(res, policy.Unsupported) || len(res.Contents[0].Tables) != 1 {
		t.Errorf("log: seen %v, %s", seen, problems(res))
	}
}

func FuzzSQLiteLog(f *testing.F) {
	f.Add(testdata(f, filepath.Join("made", "log.db-wal")))
	fuzzFormat(f, "sqlite log")
}

// TestGlyphsOneByOne puts a table together that was drawn one character at a time, as
// wkhtmltopdf does it: the digits of a column stand below each other in every row.
func TestGlyphsOneByOne(t *testing.T) {
	var glyphs []glyph
	obj := uint32(0)
	for row := range 6 {
		x := 0.0
		for _, cell := range []string{"氏名", fmt.Sprintf("080-0012-345%d", row), "571432178533"} {
			for _, r := range cell {
				obj++
				width := 5.0
				if r > 0xff {
					width = 10
				}
				glyphs = append(glyphs, glyph{r: r, x0: x, x1: x + width, y: float64(-14 * row), size: 10, obj: obj})
				x += width
			}
			x += 20
		}
	}
	for _, l := range linesOf(piecesOf(glyphs)) {
		if len(l.pieces) != 3 || l.pieces[2].text != "571432178533" {
			t.Fatalf("%+v", l.pieces)
		}
	}
	down := []glyph{{r: '個', x1: 10, y: 30, size: 10}, {r: '人', x1: 10, y: 20, size: 10}, {r: '5', x1: 5, y: 10, size: 10}, {r: '左', x0: -20, x1: -10, y: 30, size: 10}}
	if got := downText(down); got != "個人5\n左" {
		t.Errorf("%q", got)
	}
	if !isGarbled("ÿýÿý^[[{[[Ý_ñüû wîýSïu{~~Õ ÿýÿý^[[{[[Ý_") || isGarbled("if (a[i] == '{') { return b[j] | 1; } // naïve Žižek ÿ") {
		t.Error("text of broken fonts is not told")
	}
}

// TestNetpbm takes a white picture for a picture, and a line of text with the same beginning
// for none.
func TestNetpbm(t *testing.T) {
	white := append([]byte("P6\n# made\n20 10\n255\n"), bytes.Repeat([]byte{0xff}, 600)...)
	if res := extractFile(t, File{Name: "a.ppm", Data: white}); !hasProblem(res, policy.Unsupported) {
		t.Errorf("%+v", res.Parts)
	}
	for _, text := range []string{"P6 is the plan, 20 people", "P1 1 1\n氏名,電話\n山田 太郎,080-0012-3456\n", "P5 120 3 pieces"} {
		if res := extractFile(t, File{Name: "a.txt", Data: []byte(text)}); problems(res) != "" {
			t.Errorf("%+v", res.Parts)
		}
	}
}

func FuzzPNM(f *testing.F) { f.Add([]byte("P5 2 2 255 abcd")); fuzzFormat(f, "pnm") }
