package extract

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// picture is a PNG with one dark corner, by which a turn shows.
func picture(t testing.TB, w, h int) []byte {
	img := image.NewGray(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	img.SetGray(0, 0, color.Gray{})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPicturesAreTurnedUntilTheyRead(t *testing.T) {
	turns := 0
	x := testExtractor()
	x.OCR = func(_ context.Context, data []byte) (string, error) {
		turns++
		img, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			return "", err
		}
		// Upright when the dark corner is the lower left one, after three quarters.
		if r, _, _, _ := img.At(img.Bounds().Min.X, img.Bounds().Max.Y-1).RGBA(); r == 0 {
			return strings.Repeat("想定 美咲 080-0088-3479\n", 10), nil
		}
		return "| . ~", nil
	}
	res := x.Extract(context.Background(), File{Path: "0", Name: "a.png", Data: picture(t, 30, 20)})
	checkResult(t, res)
	if hits(res, []string{"想定 美咲"}) != 1 || problems(res) != "0:unsupported" || turns != 4 {
		t.Errorf("%d turns, %+v", turns, res)
	}
}

func TestPicturesWithoutOCRAreUnsupported(t *testing.T) {
	x := testExtractor()
	x.OCR = nil
	for _, ocr := range []OCR{nil, func(context.Context, []byte) (string, error) { return "", errors.New("broken") }} {
		x.OCR = ocr
		if res := x.Extract(context.Background(), File{Path: "0", Name: "a.png", Data: picture(t, 3, 3)}); res.Parts[0].Problem != policy.Unsupported {
			t.Errorf("%+v", res.Parts[0])
		}
	}
}

func TestHugePicturesAreNotDecoded(t *testing.T) {
	data := picture(t, 8, 8)
	binary.BigEndian.PutUint32(data[16:], 50_000)
	binary.BigEndian.PutUint32(data[20:], 50_000)
	crc := crc32.ChecksumIEEE(data[12:29])
	binary.BigEndian.PutUint32(data[29:], crc)
	x := testExtractor()
	x.OCR = func(context.Context, []byte) (string, error) { t.Error("the picture was read"); return "", nil }
	if res := x.Extract(context.Background(), File{Path: "0", Name: "a.png", Data: data}); res.Parts[0].Problem != policy.TooLarge {
		t.Errorf("%+v", res.Parts[0])
	}
}

// Words that were read leave a picture without a problem, numbers and codes do not.
func TestPicturesOfNumbersAndCodesStayUnread(t *testing.T) {
	for text, want := range map[string]policy.Problem{
		"お問い合わせは営業部まで": "", "第3回 総会 2026": "", "電話 080-0088-3479": policy.Unsupported,
		"1234 5678 9018": policy.Unsupported, "O8O-OO88-3479 l2345": policy.Unsupported,
	} {
		x := testExtractor()
		x.OCR = func(context.Context, []byte) (string, error) { return text, nil }
		if res := x.Extract(context.Background(), File{Path: "0", Name: "a.png", Data: picture(t, 30, 20)}); res.Parts[0].Problem != want {
			t.Errorf("%s: %q, want %q", text, res.Parts[0].Problem, want)
		}
	}
	code := image.NewGray(image.Rect(0, 0, 250, 250))
	for i := range code.Pix {
		code.Pix[i] = 255
	}
	for _, at := range []image.Point{{20, 20}, {180, 20}, {20, 180}} { // finder patterns of 7 x 7 modules
		for y := range 49 {
			for x := range 49 {
				mx, my := x/7, y/7
				ring := max(abs(mx-3), abs(my-3))
				if ring != 2 {
					code.SetGray(at.X+x, at.Y+y, color.Gray{})
				}
			}
		}
	}
	if !holdsCode(code) {
		t.Error("the code is not seen")
	}
	if holdsCode(image.NewGray(image.Rect(0, 0, 250, 250))) {
		t.Error("a code in black")
	}
}

func TestQuarterTurn(t *testing.T) {
	src := image.NewGray(image.Rect(0, 0, 3, 2))
	copy(src.Pix, []byte{1, 2, 3, 4, 5, 6})
	if got := quarterTurn(src); !bytes.Equal(got.Pix, []byte{4, 1, 5, 2, 6, 3}) || got.Stride != 2 {
		t.Errorf("got %v", got.Pix)
	}
}

// A program of that name stands in for tesseract.
func TestTesseractIsFoundAndRun(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	if _, err := FindTesseract(context.Background()); !errors.Is(err, ErrNoTesseract) {
		t.Fatalf("nothing installed: %v", err)
	}
	write := func(languages string) {
		script := "#!/bin/sh\ncase \"$1\" in\n--version) echo 'tesseract 5.3.0'; echo ' leptonica';;\n--list-langs) echo 'List:'; echo '" + languages + "';;\n*) echo \"$@\"; exec /bin/cat;;\nesac\n"
		if err := os.WriteFile(filepath.Join(dir, "tesseract"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write("fra")
	if _, err := FindTesseract(context.Background()); !errors.Is(err, ErrNoTesseract) {
		t.Fatalf("no language of use: %v", err)
	}
	write("jpn eng")
	tess, err := FindTesseract(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if tess.Version != "tesseract 5.3.0" {
		t.Errorf("version %q", tess.Version)
	}
	if got := strings.Join(tess.Args(), " "); got != "stdin stdout -l jpn+eng --psm 6 tsv" {
		t.Errorf("arguments %q", got)
	}
}

func TestRecogniseKeepsLinesAndDropsGrain(t *testing.T) {
	table := "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n" +
		"1\t1\t0\t0\t0\t0\t0\t0\t9\t9\t-1\t\n" +
		"5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t92.5\t氏\n5\t1\t1\t1\t1\t2\t10\t0\t9\t9\t90\t名\n5\t1\t1\t1\t1\t3\t30\t0\t9\t9\t80\tSotei\n" +
		"5\t1\t1\t1\t2\t1\t0\t0\t9\t9\t12\t|~\n5\t1\t1\t1\t3\t1\t0\t0\t9\t9\t96\t080-0088-3479\n"
	got := recognise(table)
	if want := "氏名 Sotei\n080-0088-3479"; got.text != want || got.sure < 10 || got.sure > 20 {
		t.Errorf("got %+v, want %q", got, want)
	}
}

// The samples are read only where tesseract is installed.
func TestPictureSamples(t *testing.T) {
	if testOCR() == nil {
		t.Skip("tesseract is not installed")
	}
	const name = "../../../shared/samples/attachments/png_text_image_plain.png"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skip("no samples here")
	}
	if res := extractFile(t, File{Name: "a.png", Data: data}); hits(res, []string{"想定 美咲"}) != 1 || res.Parts[0].Problem != policy.Unsupported {
		t.Errorf("%+v", res)
	}
}

func TestTikaIsTheLastResort(t *testing.T) {
	unknown := []byte("\x00\x01\x02OPAQUE\xff\xfe\x00" + strings.Repeat("\x00\x7f", 100))
	for _, tc := range []struct {
		name, body string
		status     int
		problem    policy.Problem
		encrypted  policy.Encryption
		hits       int
	}{
		{"read", `[{"X-TIKA:content":"\n想定 美咲 080-0088-3479"},{"X-TIKA:content":"571432178533"}]`, 200, "", "", 2},
		{"encrypted", "", 422, "", policy.Encrypted, 0},
		{"encrypted inside", `[{"X-TIKA:EXCEPTION:embedded_exception":"org.apache.tika.exception.EncryptedDocumentException: x"}]`, 200, "", policy.Encrypted, 0},
		{"broken inside", `[{"X-TIKA:content":"a"},{"X-TIKA:EXCEPTION:embedded_exception":"x"}]`, 200, policy.Unsupported, "", 0},
		{"server broken", "", 500, policy.Unsupported, "", 0},
		{"no JSON", "<html>", 200, policy.Unsupported, "", 0},
		{"nothing found", `[{}]`, 200, policy.Unsupported, "", 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPut || r.URL.Path != "/rmeta/text" {
				t.Errorf("%s: %s %s", tc.name, r.Method, r.URL.Path)
			}
			w.WriteHeader(tc.status)
			_, _ = w.Write([]byte(tc.body))
		}))
		x := testExtractor()
		x.Tika = NewTika(server.Client(), server.URL+"/")
		res := x.Extract(context.Background(), File{Path: "0", Name: "a.xyz", Data: unknown})
		server.Close()
		p := res.Parts[0]
		if p.Problem != tc.problem || p.Encrypted != tc.encrypted || hits(res, []string{"想定 美咲", "571432178533"}) != tc.hits {
			t.Errorf("%s: %+v", tc.name, res)
		}
	}
}

// Tika is asked for nothing that is read here.
func TestTikaIsNotAskedForKnownFormats(t *testing.T) {
	x := testExtractor()
	x.Tika = func(context.Context, string, []byte) (string, error) { t.Error("asked"); return "", nil }
	for _, name := range []string{"csv_utf8_plain.csv", "docx_plain.docx", "zip_nested_3_levels_plain.zip", "rar5_header_encrypted.rar"} {
		x.Extract(context.Background(), File{Path: "0", Name: name, Data: seed(t, name)})
	}
}
