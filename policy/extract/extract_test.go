package extract

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// seed is a sample, which may be kept packed to save space.
func seed(t testing.TB, name string) []byte {
	t.Helper()
	if _, err := os.Stat(filepath.Join("testdata", name)); err == nil {
		return testdata(t, name)
	}
	zr, err := gzip.NewReader(bytes.NewReader(testdata(t, name+".gz")))
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func testdataIndex(t testing.TB) []sample {
	t.Helper()
	return readIndex(t, filepath.Join("testdata", "INDEX.tsv"))
}

func extractFile(t testing.TB, f File) Result {
	t.Helper()
	if f.Path == "" {
		f.Path = "0"
	}
	res := testExtractor().Extract(context.Background(), f)
	checkResult(t, res)
	return res
}

// TestSamples asserts the index word for word, but for what has no reader yet.
func TestSamples(t *testing.T) {
	unread := map[string]policy.Problem{
		"zip_nested_1000_levels_bomb.zip": policy.TooDeep,
	}
	for _, s := range testdataIndex(t) {
		t.Run(s.file, func(t *testing.T) {
			res := extractFile(t, File{Name: s.file, Data: seed(t, s.file)})
			if got := wholeEncryption(res); got != s.encrypted {
				t.Errorf("encrypted %s, want %s", got, s.encrypted)
			}
			if want, ok := unread[s.file]; ok {
				if !slices.ContainsFunc(res.Parts, func(p policy.Part) bool { return p.Problem == want }) {
					t.Errorf("no part says %s: %s", want, problems(res))
				}
				return
			}
			if s.encrypted == "yes" {
				return
			}
			if n := hits(res, s.strings); n < len(s.strings) {
				t.Errorf("found %d of %d strings; problems: %s", n, len(s.strings), problems(res))
			}
			if p := problems(res); p != "" && !strings.HasSuffix(s.file, "bomb.zip") {
				t.Errorf("problems: %s", p)
			}
		})
	}
}

func TestTrueTypeWinsOverNames(t *testing.T) {
	for name, want := range map[string]string{
		"docx_plain.docx": typeDocx, "xlsx_inline_strings_plain.xlsx": typeXlsx, "odp_plain.odp": "application/vnd.oasis.opendocument.presentation",
		"zip_nested_3_levels_plain.zip": "application/zip", "csv_cp932_plain.csv": "text/csv", "xls_password_rc4.xls": "",
		"html_meta_shiftjis_plain.html": "text/html", "cab_mszip_plain.cab": "application/vnd.ms-cab-compressed",
		"eml_with_csv_plain.eml": "message/rfc822", "xlsx_password_agile.xlsx": "application/x-office-encrypted",
	} {
		if want == "" {
			continue
		}
		res := extractFile(t, File{Name: "photo.png", DeclaredType: "image/png", Data: seed(t, name)})
		if got := res.Parts[0].Type; got != want {
			t.Errorf("%s called photo.png: %s, want %s", name, got, want)
		}
	}
}

func TestUnknownBytesAreSweptAndSaySo(t *testing.T) {
	data := append(bytes.Repeat([]byte{0, 1, 2, 0xfe}, 40), "電話 080-0088-3479 想定 美咲さん"...)
	data = append(data, 0, 0, 1, 1)
	res := extractFile(t, File{Name: "x.bin", Data: data})
	p := res.Parts[0]
	if p.Problem != policy.Unsupported || !p.Swept {
		t.Errorf("part says %+v", p)
	}
	if hits(res, []string{"080-0088-3479", "想定 美咲"}) != 2 || res.Contents[0].Kind != policy.SweptText {
		t.Errorf("swept: %+v", res.Contents)
	}
}

func TestPlainTextIsTheFileItself(t *testing.T) {
	for _, text := range []string{"", "a\r\nb\n\nc", "  想定 美咲\t\r\n", "氏名：標本\u200b拓也\n", "\n"} {
		res := extractFile(t, File{Name: "a.txt", Data: []byte(text)})
		if len(res.Contents) != 1 || res.Contents[0].Text != text || res.Parts[0].Problem != "" {
			t.Errorf("%q came out as %+v, %s", text, res.Contents, problems(res))
		}
	}
}

// A file that is called a mail and is all body is no mail inside itself.
func TestMailWithoutAHeaderIsItsBody(t *testing.T) {
	x := testExtractor()
	x.Mail = func(_ context.Context, f File) ([]File, []policy.Part) {
		return []File{{Path: f.Path + "/1", Data: f.Data, DeclaredType: "text/plain", Kind: policy.BodyText}}, nil
	}
	res := x.Extract(t.Context(), File{Path: "1", Name: "a.eml", Attachment: true, Data: []byte("氏名 想定 美咲")})
	for _, p := range res.Parts {
		if p.Problem != policy.NoProblem {
			t.Errorf("%s: %s", p.Path, p.Problem)
		}
	}
}

func TestDeadlineIsAProblem(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	res := testExtractor().Extract(ctx, File{Path: "0", Data: []byte("x")})
	if res.Parts[0].Problem != policy.TimedOut {
		t.Errorf("problem %q", res.Parts[0].Problem)
	}
}

func TestPanicOfAParserIsUnreadable(t *testing.T) {
	if err := guard(func() error { panic("想定") }); problemOf(err) != policy.Unreadable || strings.Contains(err.Error(), "想定") {
		t.Errorf("got %v", err)
	}
}

func TestNestedMailKeepsPathsAndWords(t *testing.T) {
	res := extractFile(t, File{Name: "a.eml", Data: testdata(t, "eml_nested_rfc822_zip_plain.eml")})
	for _, p := range res.Parts {
		if p.Name == "list.xlsx" {
			if p.Path != "0/2/1/2/1/2" || p.Where != "a.eml / 転送.eml / 名簿.zip / list.xlsx" {
				t.Errorf("path %s, where %s", p.Path, p.Where)
			}
			return
		}
	}
	t.Error("list.xlsx was not reached")
}

func TestWithoutMailOpenerMailIsUnsupported(t *testing.T) {
	x := &Extractor{Limits: policy.DefaultLimits()}
	res := x.Extract(context.Background(), File{Path: "0", Data: testdata(t, "eml_with_csv_plain.eml")})
	if res.Parts[0].Problem != policy.Unsupported || len(res.Contents) == 0 {
		t.Errorf("%+v", res.Parts)
	}
}

func TestHeaderBlockIsPlainText(t *testing.T) {
	block := "Received: from a\r\nMessage-ID: <1@x>\r\nSubject: 名簿\r\n"
	res := extractFile(t, File{Path: "0/h", Kind: policy.HeaderText, Data: []byte(block)})
	if len(res.Contents) != 1 || res.Contents[0].Text != block || res.Contents[0].Kind != policy.HeaderText {
		t.Errorf("%+v", res)
	}
}

func TestFormatsHaveDifferentNames(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range Formats() {
		if seen[f.Name] || f.is == nil || f.read == nil {
			t.Errorf("format %q", f.Name)
		}
		seen[f.Name] = true
	}
}

func TestBinaryIsNotText(t *testing.T) {
	if !charset.IsBinary(testdata(t, "zip_aes256.zip")) || charset.IsBinary([]byte("plain\ttext\r\n")) {
		t.Error("binary and text are mixed up")
	}
}

func encode(t testing.TB, e encoding.Encoding, s string) []byte {
	t.Helper()
	out, err := e.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func utf16Bytes(s string, big bool) []byte {
	var out []byte
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			out = binary.BigEndian.AppendUint16(out, u)
		} else {
			out = binary.LittleEndian.AppendUint16(out, u)
		}
	}
	return out
}
