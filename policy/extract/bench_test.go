package extract

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy"
)

func BenchmarkBody(b *testing.B) {
	text := strings.Repeat("お世話になっております。会議の件、承知いたしました。よろしくお願いいたします。\r\n", 40)
	for name, f := range map[string]File{
		"utf-8":       {Charset: "utf-8", Data: []byte(text)},
		"iso-2022-jp": {Charset: "iso-2022-jp", Data: encode(b, japanese.ISO2022JP, text)},
		"shift_jis":   {Charset: "shift_jis", Data: encode(b, japanese.ShiftJIS, text)},
		"html":        {Charset: "utf-8", DeclaredType: "text/html", Data: []byte("<html><body><p>" + strings.ReplaceAll(text, "\r\n", "</p><p>") + "</p></body></html>")},
	} {
		f.Path, f.Kind = "1", policy.BodyText
		if f.DeclaredType == "" {
			f.DeclaredType = "text/plain"
		}
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(f.Data)))
			b.ReportAllocs()
			for b.Loop() {
				testExtractor().Extract(context.Background(), f)
			}
		})
	}
}

// BenchmarkFormats reads one sample of each format, the large sheet and the long
// PDF among them. MB/s is of the file as it travels.
func BenchmarkFormats(b *testing.B) {
	const dir = "../../../shared/samples/attachments/"
	for _, name := range []string{
		"csv_cp932_plain.csv", "csv_utf8_plain.csv", "html_plain_utf8.html", "txt_iso2022jp_plain.txt", "ics_plain.ics", "vcf_v21_shiftjis_qp_plain.vcf",
		"docx_plain.docx", "pptx_plain.pptx", "xlsx_large_25000x8_shared_plain.xlsx", "odt_plain.odt", "ods_plain.ods", "odp_plain.odp",
		"doc_word97_plain.doc", "xls_biff8_plain.xls", "ppt_97_plain.ppt", "rtf_plain.rtf",
		"pdf_plain_table_multipage.pdf", "pdf_90ms_rksj_noembed_plain.pdf", "pdf_plain_embedded_cid_tounicode.pdf",
		"zip_plain.zip", "7z_lzma2_plain.7z", "rar5_stored_plain.rar", "lzh_lh5_plain.lzh", "cab_mszip_plain.cab", "iso_joliet_plain.iso",
		"tar_gz_plain.tar.gz", "tar_bz2_plain.tar.bz2", "tar_xz_plain.tar.xz", "tar_zst_plain.tar.zst",
		"msg_outlook_unicode_plain.msg", "tnef_winmail_plain.dat", "txt_uuencode_inline_plain.txt", "txt_yenc_inline_plain.txt",
		"csv_pgp_signed_only_armored.asc", "eml_smime_opaque_signed.eml", "png_text_image_plain.png",
	} {
		data, err := os.ReadFile(dir + name)
		if err != nil {
			b.Skip("no samples here")
		}
		b.Run(name, func(b *testing.B) {
			x := testExtractor()
			x.OCR = nil
			if err := x.PDF.Warm(); err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				x.Extract(context.Background(), File{Path: "0", Name: name, Data: data})
			}
		})
	}
}

// BenchmarkPDFPage reads documents of 20 pages with the engine warm: pages of
// running text, and pages of a table whose every cell is some objects of its own,
// as an office program writes them.
func BenchmarkPDFPage(b *testing.B) {
	const pages = 20
	var plain, dense strings.Builder
	for y := range 40 {
		plain.WriteString(textAt(50, 780-18*y, "The quick brown fox jumps over the lazy dog and goes on, 090-0000-0000"))
	}
	for cell := range 1000 {
		dense.WriteString(textAt(50+cell%10*50, 780-cell/10*7, "abc"))
	}
	for name, page := range map[string]string{"40 lines": plain.String(), "1000 objects": dense.String()} {
		data := pdfOf("", slices.Repeat([]string{page}, pages)...)
		b.Run(name, func(b *testing.B) {
			x := testExtractor()
			if err := x.PDF.Warm(); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: data})
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N)/pages, "ms/page")
		})
	}
}

func BenchmarkSweep(b *testing.B) {
	for name, data := range map[string][]byte{"zeros": make([]byte, 1<<20), "noise": noiseOf(1 << 20)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				sweepText(data)
			}
		})
	}
}
