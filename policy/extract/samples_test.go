package extract

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/sekisho-mail/sekisho/policy"
)

// sample is one line of a samples index.
type sample struct {
	file, format, encrypted string
	strings                 []string
	note                    string
}

func readIndex(t testing.TB, name string) []sample {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Skip("no samples here")
	}
	var out []sample
	for i, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 4 {
			continue
		}
		s := sample{file: f[0], format: f[1], encrypted: f[2]}
		for _, v := range strings.Split(f[3], "|") {
			if v = strings.TrimSpace(v); v != "" {
				s.strings = append(s.strings, v)
			}
		}
		if len(f) > 4 {
			s.note = f[4]
		}
		out = append(out, s)
	}
	return out
}

// squeezed is all text of a result without blanks, for searching.
func squeezed(res Result) string {
	var b strings.Builder
	for _, c := range res.Contents {
		for _, r := range c.Text {
			if !unicode.IsSpace(r) {
				b.WriteRune(r)
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func hits(res Result, want []string) int {
	all := squeezed(res)
	n := 0
	for _, w := range want {
		if strings.Contains(all, strings.Join(strings.Fields(w), "")) {
			n++
		}
	}
	return n
}

// wholeEncryption is what the parts of a file say together.
func wholeEncryption(res Result) string {
	enc, open := 0, 0
	for _, p := range res.Parts {
		switch {
		case p.Encrypted == policy.PartlyEncrypted:
			return "partial"
		case p.Encrypted == policy.Encrypted:
			enc++
		default:
			open++
		}
	}
	if enc > 0 {
		return "yes"
	}
	return "no"
}

func problems(res Result) string {
	var out []string
	for _, p := range res.Parts {
		if p.Problem != "" {
			out = append(out, p.Path+":"+string(p.Problem))
		}
	}
	return strings.Join(out, " ")
}

func testExtractor() *Extractor {
	limits := policy.DefaultLimits()
	limits.PDFTime = 5 * time.Minute // the machine may be busy
	return &Extractor{Limits: limits, Mail: openTestMail, PDF: testPDF(), OCR: testOCR()}
}

// The engine is compiled once for all tests; OCR is there when tesseract is.
var (
	testPDF = sync.OnceValue(func() *PDFEngine { return NewPDFEngine("") })
	testOCR = sync.OnceValue(func() OCR {
		if t, err := FindTesseract(context.Background()); err == nil {
			return func(ctx context.Context, picture []byte) (string, error) {
				c := exec.CommandContext(ctx, t.Path, t.Args()...)
				c.Env, c.Stdin = t.Env(), bytes.NewReader(picture)
				out, err := c.Output()
				return string(out), err
			}
		}
		return nil
	})
)

func TestSamplesFolder(t *testing.T) {
	if testing.Short() {
		t.Skip("reads the whole folder in one goroutine; not under -short")
	}
	const dir = "../../../shared/samples/attachments"
	right, total := 0, 0
	for _, s := range readIndex(t, filepath.Join(dir, "INDEX.tsv")) {
		data, err := os.ReadFile(filepath.Join(dir, s.file))
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		res := testExtractor().Extract(context.Background(), File{Path: "0", Name: s.file, Data: data})
		took := time.Since(began)
		checkResult(t, res)
		n, enc := hits(res, s.strings), wholeEncryption(res)
		ok := enc == s.encrypted && (n == len(s.strings) || s.encrypted == "yes" || s.encrypted == "partial" && n > 0) || problems(res) != "" && n < len(s.strings)
		total++
		mark := "MISS"
		if enc == s.encrypted && (n == len(s.strings) || s.encrypted != "no") {
			right++
			mark = "ok"
		}
		t.Logf("%-4s %-52s %-10s want %-7s got %-7s %d/%d %s %s\n", mark, s.file, res.Parts[0].Type, s.encrypted, enc, n, len(s.strings), problems(res), took.Round(time.Millisecond))
		if !ok {
			t.Errorf("%s: neither read nor called a problem", s.file)
		}
	}
	t.Logf("%d of %d\n", right, total)
}

// checkResult asserts what holds for every result.
func checkResult(t testing.TB, res Result) {
	t.Helper()
	parts := map[string]bool{}
	for _, p := range res.Parts {
		parts[p.Path+"\x00"+p.View] = true
	}
	for _, c := range res.Contents {
		if !parts[c.Part+"\x00"+c.View] {
			t.Errorf("content of unknown part %q view %q", c.Part, c.View)
		}
		if strings.ToValidUTF8(c.Text, "") != c.Text {
			t.Errorf("text of %s is not UTF-8", c.Part)
		}
		in := func(s policy.Span) bool { return s.Start >= 0 && s.Start <= s.End && s.End <= len(c.Text) }
		for _, h := range c.Hidden {
			if !in(h) {
				t.Errorf("hidden range %v outside the text of %s", h, c.Part)
			}
		}
		for _, m := range c.Marks {
			if m.Start < 0 || m.Start > len(c.Text) {
				t.Errorf("mark %v outside the text of %s", m, c.Part)
			}
		}
		for _, table := range c.Tables {
			if table.Header >= len(table.Rows) {
				t.Errorf("header %d of %d rows", table.Header, len(table.Rows))
			}
			for _, row := range table.Rows {
				for _, cell := range row.Cells {
					if !in(cell) {
						t.Fatalf("cell %v outside the text of %s (%d)", cell, c.Part, len(c.Text))
					}
				}
			}
		}
	}
}
