package standard

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/extract"
)

// rendered is one file of a format, the type that a part of it is to have and a text that
// the raw view is to show in some part of that file. quiet tells that there is nothing to
// be found in it.
type rendered struct {
	format, file, typ, text string
	data                    []byte
	quiet                   bool
}

// csvRow stands in most of the samples; address is found wherever it stands.
const csvRow, address = "080-0012-4100", "misaki@mail.example.jp"

// renderings has a case for each of extract.Formats.
func renderings(t *testing.T) []rendered {
	member := []byte("氏名,電話番号\n想定 美咲,080-0012-4100\n仮名 太郎,080-0012-4200\n")
	return []rendered{
		{format: "office", file: "docx_plain.docx", typ: "wordprocessingml", text: "電話"},
		{format: "zip", file: "made/ppmd_o2.zip", typ: "text/csv", text: csvRow},
		{format: "encrypted office", file: "docx_password_agile.docx", typ: "wordprocessingml", text: "電話"},
		{format: "xls", file: "xls_numeric_cells_two_sheets_plain.xls", typ: "application/vnd.ms-excel", text: "番号"},
		{format: "doc", file: "doc_word97_plain.doc", typ: "application/msword", text: "電話"},
		{format: "ppt", file: "ppt_97_plain.ppt.gz", typ: "application/vnd.ms-powerpoint", text: "0"},
		{format: "msg", file: "msg_outlook_unicode_plain.msg", typ: "application/vnd.ms-outlook", text: "0"},
		{format: "ole", data: bytes.ReplaceAll(sampleFile(t, "doc_word97_plain.doc"), []byte("W\x00o\x00r\x00d\x00D"), []byte("X\x00o\x00r\x00d\x00D")), typ: "application/x-ole-storage", text: "0"},
		{format: "pdf", file: "pdf_with_embedded_csv_plain.pdf", typ: "application/pdf", text: "電話"},
		{format: "rtf", file: "made/pandoc.rtf", typ: "application/rtf", text: "090-0012-3401"},
		{format: "cms", file: "made/data.p7", typ: "application/pkcs7-mime", text: "0", quiet: true},
		{format: "tnef", file: "tnef_winmail_plain.dat", typ: "application/ms-tnef", text: "0"},
		{format: "applefile", file: "applefile_single_plain", typ: "application/applefile", text: "電話"},
		{format: "rar", file: "rar5_stored_plain.rar", typ: "application/vnd.rar", text: "電話"},
		{format: "7z", file: "7z_ppmd_plain.7z", typ: "application/x-7z-compressed", text: "電話"},
		{format: "lzh", file: "lzh_lh5_plain.lzh", typ: "application/x-lzh-compressed", text: "電話"},
		{format: "arj", file: "made/m1.arj", typ: "application/x-arj", text: "080-00", quiet: true},
		{format: "cab", file: "cab_mszip_plain.cab", typ: "application/vnd.ms-cab-compressed", text: "電話"},
		{format: "wim", file: "made/lzx.wim", typ: "application/x-ms-wim", text: csvRow},
		{format: "sqlite", file: "sqlite_overflow.db", typ: "application/vnd.sqlite3", text: "0"},
		{format: "sqlite log", file: "made/log.db-wal", typ: "application/x-sqlite3-wal", text: "080-00", quiet: true},
		{format: "dbf", file: "made/a.dbf", typ: "application/x-dbf", text: "080-00"},
		{format: "iso", file: "iso_joliet_plain.iso.gz", typ: "application/x-iso9660-image", text: "電話"},
		{format: "sfx", data: append(append([]byte("MZ"), make([]byte, 200)...), sampleFile(t, "made/ppmd_o2.zip")...), typ: "text/csv", text: csvRow},
		{format: "gzip", file: "csv_gz_plain.csv.gz", typ: "application/gzip", text: "電話"},
		{format: "bzip2", file: "tar_bz2_plain.tar.bz2", typ: "application/x-bzip2", text: "電話"},
		{format: "xz", file: "tar_xz_plain.tar.xz", typ: "application/x-xz", text: "電話"},
		{format: "zstd", file: "tar_zst_plain.tar.zst", typ: "application/zstd", text: "電話"},
		{format: "lzip", file: "made/a.csv.lz", typ: "application/x-lzip", text: csvRow},
		{format: "lz4", file: "made/legacy.lz4", typ: "application/x-lz4", text: "080-00", quiet: true},
		{format: "brotli", file: "made/a.csv.br", typ: "application/x-brotli", text: csvRow},
		{format: "lzma", file: "made/a.csv.lzma", typ: "application/x-lzma", text: csvRow},
		{format: "compress", file: "made/a.csv.Z", typ: "application/x-compress", text: csvRow},
		{format: "zlib", data: packedBy(zlib.NewWriterLevel, member), typ: "application/zlib", text: csvRow},
		{format: "tar", file: "made/v7.tlz", typ: "application/x-tar", text: csvRow},
		{format: "cpio", file: "made/newc.cpio", typ: "application/x-cpio", text: csvRow},
		{format: "ar", file: "made/meibo.deb", typ: "application/vnd.debian.binary-package", text: csvRow},
		{format: "rpm", file: "made/meibo.rpm", typ: "application/x-rpm", text: csvRow},
		{format: "sealed", file: "made/ossl_pbkdf2.enc", typ: "application/x-openssl-enc", text: "080-00"},
		{format: "sealed text", data: []byte("<?xml version=\"1.0\"?><m><to>" + address + "</to><EncryptedData xmlns=\"http://www.w3.org/2001/04/xmlenc#\"><CipherValue>AAAA</CipherValue></EncryptedData></m>"), typ: "text/xml", text: address},
		{format: "metafile", file: "made/rich.emf", typ: "image/emf", text: "080-00", quiet: true},
		{format: "postscript", data: []byte("%!PS\n(misaki@mail.example.jp) show\n"), typ: "application/postscript", text: address},
		{format: "mbox", file: "made/two_mails", typ: "text/plain", text: "080-00", quiet: true},
		{format: "mail", file: "eml_with_csv_plain.eml", typ: "message/rfc822", text: "電話"},
		{format: "openpgp", file: "made/sym.gpg", typ: "application/pgp", text: "080-00"},
		{format: "yenc", file: "txt_yenc_inline_plain.txt", typ: "text/x-yenc", text: "電話"},
		{format: "ebcdic", data: bytes.Repeat([]byte("\xd5\xe4\xd4\xc2\xc5\xd9\x40\xf5\xf7\xf1\xf4\xf3\xf2\xf1\xf7\xf8\xf5\xf3\xf3\x40"), 4), typ: "text/x-ebcdic", text: "NUMBER 571432178533", quiet: true},
		{format: "ldif", data: []byte("dn: uid=1\ncn:: 5oOz5a6aIOe+juWSsg==\nmail: " + address + "\n"), typ: "text/x-ldif", text: address},
		{format: "vcard", file: "a.vcf", data: []byte("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:想定 美咲\r\nEMAIL:" + address + "\r\nEND:VCARD\r\n"), typ: "text/vcard", text: address},
		{format: "html", file: "html_meta_shiftjis_plain.html", typ: "text/html", text: "0"},
		{format: "xml", file: "made/places.xml", typ: "text/xml", text: "090-0012-3401"},
		{format: "json", file: "a.json", data: []byte(`{"氏名":"\u60f3\u5b9a 美咲","mail":"misaki\u0040mail.example.jp"}`), typ: "json", text: "想定 美咲"},
		{format: "sheet text", file: "a.slk", data: []byte("ID;PWXL;N;E\nC;Y1;X1;K\"氏名\"\nC;Y1;X2;K\"電話番号\"\nC;Y2;X1;K\"想定 美咲\"\nC;Y2;X2;K\"080-0012-4100\"\nE\n"), typ: "application/x-sylk", text: csvRow},
		{format: "table", file: "a.csv", data: member, typ: "text/csv", text: csvRow},
		{format: "text", file: "a.txt", data: []byte("想定 美咲様の電話番号は080-0012-4100です。\n"), typ: "text/plain", text: csvRow},
		{format: "image", file: "a.gif", data: []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff\x21\xfe\x16misaki@mail.example.jp\x00\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"), typ: "image/gif", text: address},
		{format: "deflate", data: packedBy(flate.NewWriter, member), typ: "application/x-deflate", text: csvRow},
		{format: "pnm", data: append([]byte("P6\n20 10\n255\n"), []byte(strings.Repeat("\xff", 600)+" "+address+" "+strings.Repeat("\xff", 60))...), typ: "image/x-portable-anymap", text: address},
		{format: "unknown", file: "a.bin", data: []byte("\x00\x01\x02\x03\xff\xfe\x05\x06 misaki@mail.example.jp \x00\x01\x02\x03\x04\x05\x80\x81"), typ: "application/octet-stream", text: address},
	}
}

// packedBy is data as a compressor writes it.
func packedBy[W io.WriteCloser](open func(io.Writer, int) (W, error), data []byte) []byte {
	var out bytes.Buffer
	w, err := open(&out, -1)
	if err != nil {
		panic(err)
	}
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

// TestRawViewOfEveryFormat: the authorised viewer sees the text of each part, and each
// finding's offsets cut what its masked sample is of out of it.
func TestRawViewOfEveryFormat(t *testing.T) {
	r := NewReader(policy.DefaultLimits())
	defer r.Close()
	known := map[string]bool{}
	for _, tt := range renderings(t) {
		known[tt.format] = true
		t.Run(tt.format, func(t *testing.T) {
			if tt.format == "pdf" && testing.Short() {
				t.Skip("compiles the PDF engine")
			}
			if tt.data == nil {
				tt.data = sampleFile(t, tt.file)
			}
			out := r.Render(t.Context(), Job{Name: tt.file, Passwords: []string{"himitsu1"}}, tt.data)
			typed, shown, found := false, false, 0
			for _, p := range out.Parts {
				typed = typed || strings.Contains(p.Part.Type, tt.typ)
				shown = shown || strings.Contains(p.Text, tt.text)
				for _, f := range p.Findings {
					if f.Place.End > f.Place.Start {
						found++
						checkCut(t, p.Text, f)
					}
				}
			}
			if !typed || !shown || found == 0 && !tt.quiet {
				t.Errorf("type seen %v, text shown %v, %d findings", typed, shown, found)
			}
		})
	}
	for _, f := range extract.Formats() {
		if !known[f.Name] {
			t.Errorf("%s: no case here", f.Name)
		}
	}
}

// checkCut asserts that a finding's offsets cut out what its masked sample shows of it.
func checkCut(t *testing.T, text string, f policy.Finding) {
	t.Helper()
	runes := []rune(text)
	if f.Place.Start < 0 || f.Place.End > len(runes) {
		t.Errorf("%s at %d to %d of %d characters", f.Type, f.Place.Start, f.Place.End, len(runes))
		return
	}
	raw, masked := runes[f.Place.Start:f.Place.End], []rune(f.Masked.String())
	if len(raw) != len(masked) {
		t.Errorf("%s: %q is masked as %q", f.Type, string(raw), string(masked))
		return
	}
	for i, c := range masked {
		if c != '*' && c != raw[i] {
			t.Errorf("%s: %q is masked as %q", f.Type, string(raw), string(masked))
			return
		}
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// sampleFile is a file of the reader's own samples, unpacked where only packing saves space.
func sampleFile(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile("../extract/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if kept, ok := strings.CutSuffix(name, ".gz"); ok && !strings.HasSuffix(kept, ".csv") {
		return must(io.ReadAll(must(gzip.NewReader(bytes.NewReader(data)))))
	}
	return data
}
