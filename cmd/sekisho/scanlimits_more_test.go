package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/extract"
)

// grey is a picture without anything on it.
func grey(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// coloured is a picture of one colour, which takes four octets a pixel.
func coloured(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&b, image.NewRGBA(image.Rect(0, 0, side, side))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// speckled is a picture in which a reader finds no end of marks.
func speckled(t *testing.T, side int) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, side, side))
	rnd := rand.NewChaCha8([32]byte{})
	_, _ = rnd.Read(m.Pix)
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// samePages ends a PDF with pages that share their content, object 4, and resources.
func samePages(b *strings.Builder, pages int, resources string) {
	kids := ""
	for i := range pages {
		fmt.Fprintf(b, "%d 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources%s/Contents 4 0 R>>endobj\n", 10+i, resources)
		kids += fmt.Sprintf("%d 0 R ", 10+i)
	}
	fmt.Fprintf(b, "2 0 obj<</Type/Pages/Count %d/Kids[%s]>>endobj\ntrailer<</Root 1 0 R>>\n%%%%EOF\n", pages, kids)
}

// scannedPages is a PDF that has nothing but a picture on each page.
func scannedPages(pages int) []byte {
	const side = 40
	var b strings.Builder
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n")
	fmt.Fprintf(&b, "3 0 obj<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8/Length %d>>stream\n%s\nendstream endobj\n",
		side, side, side*side, strings.Repeat("\xff", side*side))
	b.WriteString("4 0 obj<</Length 29>>stream\n500 0 0 500 0 0 cm /X Do      \nendstream endobj\n")
	samePages(&b, pages, "<</XObject<</X 3 0 R>>>>")
	return []byte(b.String())
}

// densePages is a PDF of pages that share their content: a thousand lines each.
func densePages(pages int) []byte {
	var text, b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&text, "BT /F1 6 Tf %d %d Td (line %d of the page) Tj ET\n", 20+70*(i%8), 780-6*(i/8), i)
	}
	b.WriteString("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n3 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n")
	fmt.Fprintf(&b, "4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n", text.Len(), text.String())
	samePages(&b, pages, "<</Font<</F1 3 0 R>>>>")
	return []byte(b.String())
}

// packedText is text of that many octets that packs to about a tenth.
func packedText(t *testing.T, size int) []byte {
	t.Helper()
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; size > 0; i++ {
		n, err := fmt.Fprintf(z, "word %x other words of this line\n", i*7919)
		if err != nil {
			t.Fatal(err)
		}
		size -= n
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Limits that take time to hit, a picture, or more than one setting: each with what
// makes it the one that is hit.
func TestLimitsOfTimePicturesAndWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	p := newProgram(t, "127.0.0.1:1", "")
	base, err := os.ReadFile(p.configFile)
	if err != nil {
		t.Fatal(err)
	}
	_, missing := extract.FindTesseract(context.Background())
	wordy := strings.Repeat("a line with words in it, then another one\n", 400_000)
	for _, c := range []struct {
		name, settings, file string
		data                 []byte
		want                 string // "" for none
		ocr                  bool
	}{
		{"ratio that is allowed", "limits: {scan: {ratio: 2000, ratio_from: 1KiB}}", "a.zip", zipped(t, strings.Repeat("a", 1<<20), "a.txt"), "", false},
		{"ratio", "limits: {scan: {ratio: 20, ratio_from: 1KiB}}", "a.zip", zipped(t, strings.Repeat("a", 1<<20), "a.txt"), "too_large", false},
		{"pdf_time", "limits: {scan: {pdf_time: 1s}}", "dense.pdf", densePages(1500), "timeout", false},
		{"pixels that are allowed", "limits: {scan: {pixels: 10000, ocr_time: 60s}}", "a.png", grey(t, 100, 100), "", true},
		{"pixels", "limits: {scan: {pixels: 9999}}", "a.png", grey(t, 100, 100), "too_large", true},
		{"ocr_pages that are allowed", "limits: {scan: {ocr_pages: 2, ocr_time: 60s}}", "two.pdf", scannedPages(2), "", true},
		{"ocr_pages", "limits: {scan: {ocr_pages: 1}}", "two.pdf", scannedPages(2), "too_large", true},
		{"ocr_time", "limits: {scan: {ocr_time: 1s}}", "marks.png", speckled(t, 2500), "timeout", true},
		{"service_time", "workers: {service_time: 1s}", "marks.png", speckled(t, 2500), "timeout", true},
		{"ocr.memory that is enough", "limits: {scan: {ocr_time: 60s}}\nocr: {memory: 1GiB}", "wide.png", coloured(t, 5000), "", true},
		{"ocr.memory", "ocr: {memory: 256MiB}", "wide.png", coloured(t, 5000), "unsupported", true},
		{"workers.deadline", "workers: {deadline: 100ms}", "long.txt", []byte(wordy), "timeout", false},
		{"workers.cpu", "workers: {cpu: 1s}", "digits.txt", []byte(strings.Repeat("1 ", 12<<20)), "timeout", false},
		{"workers.memory", "workers: {memory: 128MiB}", "text.gz", packedText(t, 50<<20), "too_large", false},
		{"workers.heavy_cpu", "workers: {cpu: 1s, heavy_cpu: 1s}", "dense.pdf", densePages(1500), "timeout", false},
		{"workers.heavy_memory", "workers: {memory: 128MiB, heavy_memory: 256MiB}", "q.pdf", pdfOfStream(strings.Repeat("q ", 5_000_000)), "too_large", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.ocr && missing != nil {
				t.Skip("skipped:", missing)
			}
			file := filepath.Join(p.dir, c.file)
			if err := os.WriteFile(file, c.data, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p.configFile, []byte(string(base)+c.settings+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			all := scanProblems(t, p, file)
			got := all[c.file]
			if c.want == "" && len(got) > 0 || c.want != "" && !got[c.want] {
				t.Errorf("%s: problems %v, want %q; all: %v", c.settings, got, c.want, all)
			}
		})
	}
}

// pdfOfStream is a page with that content.
func pdfOfStream(content string) []byte {
	return fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n"+
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>endobj\n4 0 obj<</Length %d>>stream\n%s\nendstream endobj\n"+
		"trailer<</Root 1 0 R>>\n%%%%EOF\n", len(content), content)
}
