package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// pdfMaker writes small PDF files.
type pdfMaker struct{ objects []string }

func (m *pdfMaker) add(format string, args ...any) int {
	m.objects = append(m.objects, fmt.Sprintf(format, args...))
	return len(m.objects)
}

func (m *pdfMaker) stream(dict, data string) int {
	return m.add("<<%s/Length %d>>stream\n%s\nendstream", dict, len(data), data)
}

// bytes writes the file; catalog is its root's entries.
func (m *pdfMaker) bytes(catalog, trailer string) []byte {
	root := m.add("<</Type/Catalog%s>>", catalog)
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n")
	at := make([]int, len(m.objects))
	for i, o := range m.objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root %d 0 R%s>>\nstartxref\n%d\n%%%%EOF", len(at)+1, root, trailer, xref)
	return b.Bytes()
}

// textAt draws text in 10 point Helvetica.
func textAt(x, y int, s string) string {
	return fmt.Sprintf("BT /F1 10 Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n", x, y, s)
}

// pdfOf makes a document whose pages show the given contents; extra is put into
// each page's dictionary.
func pdfOf(extra string, pages ...string) []byte { return pdfIn(&pdfMaker{}, "", extra, pages...) }

func pdfIn(m *pdfMaker, catalog, extra string, pages ...string) []byte {
	font := m.add("<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>")
	tree := len(m.objects) + 2*len(pages) + 1
	var kids strings.Builder
	for _, p := range pages {
		content := m.stream("", p)
		page := m.add("<</Type/Page/Parent %d 0 R/MediaBox[0 0 600 800]/Contents %d 0 R/Resources<</Font<</F1 %d 0 R>>>>%s>>", tree, content, font, extra)
		fmt.Fprintf(&kids, "%d 0 R ", page)
	}
	m.add("<</Type/Pages/Count %d/Kids[%s]>>", len(pages), kids.String())
	return m.bytes(fmt.Sprintf("/Pages %d 0 R%s", tree, catalog), "")
}

// cells are the texts of a table's cells, row by row.
func cells(c policy.Content, t policy.Table) [][]string {
	var out [][]string
	for _, row := range t.Rows {
		var texts []string
		for _, cell := range row.Cells {
			texts = append(texts, c.Text[cell.Start:cell.End])
		}
		out = append(out, texts)
	}
	return out
}

func TestPDFPagesAreMarked(t *testing.T) {
	res := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", textAt(50, 700, "first 080-0088-3479"), textAt(50, 700, "second 571432178533"))})
	c := res.Contents[0]
	if len(c.Marks) < 2 || c.Marks[0].Where != "page 1" || c.Marks[1].Where != "page 2" {
		t.Fatalf("marks %+v", c.Marks)
	}
	if at := strings.Index(c.Text, "second"); at < c.Marks[1].Start || strings.Index(c.Text, "first") >= c.Marks[1].Start {
		t.Errorf("the mark of page 2 is at %d, its text at %d", c.Marks[1].Start, at)
	}
	if problems(res) != "" {
		t.Error(problems(res))
	}
}

// The list goes on over the page, has a cell of two lines, and a title above it.
func TestPDFColumnsAreATable(t *testing.T) {
	row := func(y int, texts ...string) string {
		var b strings.Builder
		for i, s := range texts {
			if s != "" {
				b.WriteString(textAt(50+i*130, y, s))
			}
		}
		return b.String()
	}
	first := textAt(50, 750, "List of members of the year") + row(700, "Name", "Phone", "My Number", "Address") +
		row(680, "Aoki Ken", "080-0088-3479", "571432178", "Tokyo 1-2") + row(668, "", "", "533", "East") +
		row(648, "Baba Rie", "070-0083-0913", "602680832374", "Osaka 3")
	second := row(700, "Chiba Go", "090-0051-6855", "073815055044", "Nara 9") + row(680, "Doi Mai", "090-0032-7636", "361853142002", "Kobe 1")
	res := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", first, second)})
	c := res.Contents[0]
	if len(c.Tables) != 1 {
		t.Fatalf("%d tables in %q", len(c.Tables), c.Text)
	}
	got := fmt.Sprint(cells(c, c.Tables[0]))
	want := "[[Name Phone My Number Address] [Aoki Ken 080-0088-3479 571432178533 Tokyo 1-2 East] [Baba Rie 070-0083-0913 602680832374 Osaka 3] " +
		"[Chiba Go 090-0051-6855 073815055044 Nara 9] [Doi Mai 090-0032-7636 361853142002 Kobe 1]]"
	if got != want || c.Tables[0].Header != 0 {
		t.Errorf("header %d, got %s", c.Tables[0].Header, got)
	}
	if !strings.HasPrefix(c.Text, "List of members of the year\n") {
		t.Errorf("text %q", c.Text)
	}
}

// Columns of running text are no table, and their lines are not mixed.
func TestPDFTwoColumnTextIsNoTable(t *testing.T) {
	var b strings.Builder
	for i := range 8 {
		b.WriteString(textAt(50, 700-12*i, fmt.Sprintf("left column goes on and on for line %d", i)))
	}
	for i := range 8 {
		b.WriteString(textAt(320, 700-12*i, fmt.Sprintf("right column has its own text at line %d", i)))
	}
	c := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", b.String())}).Contents[0]
	if len(c.Tables) != 0 || strings.Index(c.Text, "right column") < strings.Index(c.Text, "left column goes on and on for line 7") {
		t.Errorf("%d tables, text %q", len(c.Tables), c.Text)
	}
}

func TestPDFNumbersBrokenOverLinesAreJoined(t *testing.T) {
	page := textAt(50, 700, "My Number of the above is as follows 5714321") + textAt(50, 688, "78533 and that is all there is")
	res := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", page)})
	for _, c := range res.Contents {
		if strings.Contains(c.Text, "571432178533") {
			return
		}
	}
	t.Errorf("the number is in two pieces: %+v", res.Contents)
}

func TestPDFFormsAndAnnotationsAreRead(t *testing.T) {
	m := &pdfMaker{}
	file := m.stream("/Type/EmbeddedFile", "氏名,電話\n想定 美咲,080-0088-3479\n")
	spec := m.add("<</Type/Filespec/F(list.csv)/UF(list.csv)/EF<</F %d 0 R>>>>", file)
	parent := m.add("<</FT/Tx/T(number)/V(571432178533)>>")
	field := m.add("<</Type/Annot/Subtype/Widget/Parent %d 0 R/Rect[50 600 200 620]>>", parent)
	note := m.add("<</Type/Annot/Subtype/FreeText/Rect[50 500 200 520]/Contents(note 070-0083-0913)>>")
	secret := m.add("<</Type/Annot/Subtype/Text/F 2/Rect[50 400 60 410]/Contents(secret 090-0051-6855)>>")
	link := m.add("<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(mailto:misaki@example.jp)>>>>")
	pin := m.add("<</Type/Annot/Subtype/FileAttachment/Rect[0 0 9 9]/FS %d 0 R>>", spec)
	data := pdfIn(m, fmt.Sprintf("/AcroForm<</Fields[%d 0 R]>>", parent),
		fmt.Sprintf("/Annots[%d 0 R %d 0 R %d 0 R %d 0 R %d 0 R]", field, note, secret, link, pin), textAt(50, 700, "A form to fill in, page one"))
	res := extractFile(t, File{Name: "a.pdf", Data: data})
	if n := hits(res, []string{"number: 571432178533", "070-0083-0913", "090-0051-6855", "misaki@example.jp", "想定 美咲"}); n != 5 {
		t.Errorf("found %d of 5: %+v", n, res.Contents)
	}
	c := res.Contents[0]
	hidden := ""
	for _, h := range c.Hidden {
		hidden += c.Text[h.Start:h.End]
	}
	if !strings.Contains(hidden, "090-0051-6855") || strings.Contains(hidden, "070-0083-0913") {
		t.Errorf("hidden is %q", hidden)
	}
	if p := res.Parts[len(res.Parts)-1]; p.Name != "list.csv" || p.Where != "a.pdf / list.csv" {
		t.Errorf("embedded file %+v", p)
	}
}

func TestPDFPasswords(t *testing.T) {
	data := seed(t, "pdf_user_password_rc4_128.pdf")
	for password, want := range map[string]int{"himitsu1": 1, "wrong": 0} {
		s := testExtractor().NewSession()
		s.Passwords = []string{"other", password}
		res := s.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: data})
		if n := hits(res, []string{"571432178533"}); n != want || res.Parts[0].Encrypted != policy.Encrypted {
			t.Errorf("%s: %d hits, %+v", password, n, res.Parts[0])
		}
		for _, c := range res.Contents {
			if !c.Encrypted {
				t.Errorf("%s: the text does not say that it was encrypted", password)
			}
		}
	}
	cert := "%PDF-1.7\n1 0 obj<</Filter/Adobe.PubSec/V 4>>endobj trailer<</Encrypt 1 0 R>>"
	if p := extractFile(t, File{Data: []byte(cert)}).Parts[0]; p.Encrypted != policy.Encrypted {
		t.Error("a certificate handler counts as open")
	}
}

func TestPDFScansNeedOCR(t *testing.T) {
	m := &pdfMaker{}
	picture := m.stream("/Type/XObject/Subtype/Image/Width 2/Height 2/ColorSpace/DeviceGray/BitsPerComponent 8", "\x00\xff\xff\x00")
	data := pdfIn(m, "", fmt.Sprintf("/Resources<</XObject<</I %d 0 R>>>>", picture), "q 300 0 0 300 50 400 cm /I Do Q")
	if res := extractFile(t, File{Name: "a.pdf", Data: data}); res.Parts[0].Problem != policy.Unsupported && testOCR() == nil {
		t.Errorf("a scan without OCR: %+v", res.Parts[0])
	}
	x := testExtractor()
	x.OCR = func(_ context.Context, picture []byte) (string, error) {
		if !bytes.HasPrefix(picture, []byte("\x89PNG")) {
			t.Errorf("the picture begins %q", picture[:8])
		}
		return strings.Repeat("想定 美咲 架空商事 総務部\n", 10), nil
	}
	res := x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: data})
	checkResult(t, res)
	if hits(res, []string{"想定 美咲"}) != 1 || problems(res) != "" {
		t.Errorf("%+v", res)
	}
	x.OCR = func(context.Context, []byte) (string, error) { return "", errors.New("broken") }
	if res := x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: data}); res.Parts[0].Problem != policy.Unsupported {
		t.Errorf("a scan that could not be read: %+v", res.Parts[0])
	}
}

func TestPDFLimits(t *testing.T) {
	pages := make([]string, policy.DefaultLimits().PDFPages+1)
	for i := range pages {
		pages[i] = " "
	}
	pages[0] = textAt(50, 700, "this is 080-0088-3479 on page one")
	res := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", pages...)})
	if res.Parts[0].Problem != policy.TooLarge || hits(res, []string{"080-0088-3479"}) != 1 {
		t.Errorf("too many pages: %+v", res.Parts[0])
	}
	x := testExtractor()
	x.Limits.TextBytes = 100
	res = x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: pdfOf("", textAt(50, 700, strings.Repeat("word ", 100)))})
	if res.Parts[0].Problem != policy.TooLarge {
		t.Errorf("too much text: %+v", res.Parts[0])
	}
	x = testExtractor()
	x.Limits.MemberBytes = 10
	res = x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: seed(t, "pdf_with_embedded_csv_plain.pdf")})
	if !hasProblem(res, policy.TooLarge) {
		t.Errorf("too large a file inside: %s", problems(res))
	}
}

func TestPDFEndsAtTheDeadline(t *testing.T) {
	ctx, cancel := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancel()
	var busy strings.Builder
	for range 20000 {
		busy.WriteString(textAt(50, 700, "080-0088-3479"))
	}
	err := testPDF().use(ctx.Err, func(p *pdfInstance) error {
		r := &reading{ctx: ctx, s: testExtractor().NewSession(), file: File{Path: "0", Data: pdfOf("", busy.String())}, res: &Result{Parts: make([]policy.Part, 1)}}
		d := &pdfDocument{r: r, p: p, known: map[string]bool{}}
		if err := d.open(ctx); err != nil {
			return err
		}
		return d.read(ctx)
	})
	if problemOf(err) != policy.TimedOut {
		t.Errorf("got %v", err)
	}
	if res := extractFile(t, File{Name: "a.pdf", Data: pdfOf("", textAt(50, 700, "after that 080-0088-3479"))}); hits(res, []string{"080-0088-3479"}) != 1 {
		t.Error("the engine is of no use after a deadline")
	}
}

func TestPDFWithoutAnEngineIsSweptAndUnsupported(t *testing.T) {
	engine := NewPDFEngine("")
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	for _, e := range []*PDFEngine{nil, engine} {
		x := testExtractor()
		x.PDF = e
		res := x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: pdfOf("", textAt(50, 700, "080-0088-3479"))})
		if res.Parts[0].Problem != policy.Unsupported || hits(res, []string{"080-0088-3479"}) != 1 {
			t.Errorf("%+v", res)
		}
	}
}

func TestPDFEngineKeepsItsCache(t *testing.T) {
	dir := t.TempDir()
	engine := NewPDFEngine(dir)
	if err := engine.Warm(); err != nil {
		t.Fatal(err)
	}
	if err := engine.Close(); err != nil {
		t.Fatal(err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) == 0 {
		t.Errorf("nothing was kept (%v)", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := NewPDFEngine(file).Warm(); !errors.Is(err, errEngine) {
		t.Errorf("a cache that is a file gives %v", err)
	}
}

func TestPlainTextUndoesRadicalsAndWidths(t *testing.T) {
	for in, want := range map[string]string{
		"\u2f47本 太郎": "日本 太郎", "\u2ed1\u2fd5": "長龠", "\u2ed8木 \u2ec4田": "青木 西田", "０８０−": "080−", "ｱｵｷ": "アオキ", "plain": "plain",
		"\u2eef馬": "竜馬", "\u2ea0": "民", "\u2ef2井": "亀井",
	} {
		if got := plainText(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
	if n := len([]rune(cjkRadicals)); n != 0x2ef3-0x2e80+1 {
		t.Errorf("%d radicals", n)
	}
}

func TestGarbledText(t *testing.T) {
	for in, want := range map[string]bool{"\x01\x02\x03 ab": true, "\ue000\ue001漢字": true, "漢字 abc": false, "": false, "abcdefg\x01": false,
		"€•‚ƒ„ 496512360730": true, "ÄÅÇÉ 496512360730 ÑÖ": true, // fonts that number their characters
		"Ä Å Ö ä å ö é, 100 €": false, "€ 12,50 … †": false,
		"Où est l’hôtel où naïve Œuvre à été, ça va? Übergröße für €": false} {
		if isGarbled(in) != want {
			t.Errorf("%q: %v", in, !want)
		}
	}
}

func FuzzPDFPages(f *testing.F) {
	for _, name := range []string{"pdf_90ms_rksj_noembed_plain.pdf", "pdf_with_embedded_csv_plain.pdf"} {
		f.Add(seed(f, name))
	}
	f.Add(pdfOf("", textAt(50, 700, "a")+textAt(200, 700, "b"), textAt(50, 700, "c")))
	// The engine is there before the first input: under the fuzzer compiling it may take more
	// than the ten seconds of wall clock after which an input counts as hanging.
	checkResult(f, testExtractor().Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: pdfOf("", "x")}))
	f.Fuzz(func(t *testing.T, data []byte) {
		res := testExtractor().Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: data})
		checkResult(t, res)
		if len(res.Contents) == 0 && res.Parts[0].Problem == "" && res.Parts[0].Encrypted == "" && len(data) > 0 {
			t.Error("nothing was read and nothing said")
		}
	})
}

// One stream under several names is read once; a file that is listed and pinned, or
// that cannot be read, is told once.
func TestPDFEmbeddedFileUnderManyNames(t *testing.T) {
	m := &pdfMaker{}
	stream := m.stream("/Type/EmbeddedFile", "090-0051-6855,list")
	spec := func(name string, of int) int {
		return m.add("<</Type/Filespec/F(%s)/UF(%[1]s)/EF<</F %d 0 R>>>>", name, of)
	}
	a, b, lost := spec("a.csv", stream), spec("b.csv", stream), spec("lost.csv", 999)
	pin := func(of int) int {
		return m.add("<</Type/Annot/Subtype/FileAttachment/Rect[0 0 10 10]/FS %d 0 R>>", of)
	}
	pins := fmt.Sprintf("/Annots[%d 0 R %d 0 R]", pin(b), pin(lost))
	names := fmt.Sprintf("/Names<</EmbeddedFiles<</Names[(a)%d 0 R(b)%d 0 R(c)%d 0 R]>>>>", a, b, lost)
	res := extractFile(t, File{Name: "x.pdf", Data: pdfIn(m, names, pins, textAt(50, 700, "two files"))})
	told, read := map[string]int{}, 0
	for _, p := range res.Parts {
		told[p.Name]++
	}
	for _, c := range res.Contents {
		read += strings.Count(c.Text, "090-0051-6855")
	}
	if told["a.csv"] != 1 || told["b.csv"] != 1 || told["lost.csv"] > 1 || read != 1 {
		t.Errorf("parts %v, read %d times", told, read)
	}
}

// What is filled into a form stands beside what the page calls the field, whatever the
// field's own name is.
func TestPDFFormFieldsStandOnThePage(t *testing.T) {
	m := &pdfMaker{}
	field := func(flags int, name, value, rect string) int {
		return m.add("<</Type/Annot/Subtype/Widget/FT/Tx/F %d/T(%s)/V(%s)/Rect[%s]>>", flags, name, value, rect)
	}
	a, b := field(4, "f1", "123456789018", "150 695 350 715"), field(2, "f2", "unseen", "150 645 350 665")
	list := fmt.Sprintf("[%d 0 R %d 0 R]", a, b)
	res := extractFile(t, File{Name: "x.pdf", Data: pdfIn(m, "/AcroForm<</Fields"+list+">>", "/Annots"+list, textAt(50, 700, "My Number")+textAt(50, 650, "Memo"))})
	if text := res.Contents[0].Text; !strings.HasPrefix(text, "My Number\t123456789018\n") || strings.Contains(text, "Memo\tunseen") {
		t.Errorf("the page says %q", text)
	}
}
