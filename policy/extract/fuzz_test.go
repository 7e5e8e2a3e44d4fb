package extract

import (
	"context"
	"image"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// smallLimits keep a fuzz run from spending its time on unpacking.
func smallLimits() policy.Limits {
	l := policy.DefaultLimits()
	l.ExpandedBytes, l.MemberBytes, l.RatioFrom, l.ArchiveEntries = 1<<20, 1<<19, 1<<16, 100
	l.TextBytes, l.Cells = 1<<20, 100000
	return l
}

// fuzzFormat feeds one format's reader, whatever its recogniser thinks. A panic
// of ours is a failure, although Extract would survive it.
func fuzzFormat(f *testing.F, name string, seeds ...string) {
	for _, s := range seeds {
		f.Add(seed(f, s))
	}
	var format Format
	for _, one := range Formats() {
		if one.Name == name {
			format = one
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<18 {
			return
		}
		x := &Extractor{Limits: smallLimits(), Mail: openTestMail}
		s := x.NewSession()
		res := Result{Parts: []policy.Part{{Path: "0"}}}
		r := &reading{ctx: context.Background(), s: s, file: File{Path: "0", Name: "f", Data: data}, res: &res}
		r.probe = newProbe(&r.file)
		typ := format.is(r.probe)
		if typ == "" {
			return
		}
		r.part().Type = typ
		read := func() error { return format.read(r) }
		if name == "7z" || name == "rar" || name == "mail" { // other people's panics
			_ = guard(read)
		} else {
			_ = read()
		}
		checkResult(t, res)
	})
}

func FuzzExtract(f *testing.F) {
	for _, s := range testdataIndex(f) {
		f.Add(seed(f, s.file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<18 {
			return
		}
		x := &Extractor{Limits: smallLimits(), Mail: openTestMail}
		checkResult(t, x.Extract(context.Background(), File{Path: "0", Data: data}))
	})
}

func FuzzOffice(f *testing.F) {
	fuzzFormat(f, "office", "docx_plain.docx", "xlsx_numeric_cells_two_sheets_plain.xlsx", "pptx_plain.pptx", "odp_plain.odp", "ods_password.ods")
}
func FuzzZip(f *testing.F) {
	fuzzFormat(f, "zip", "zip_nested_3_levels_plain.zip", "zip_aes256.zip", "zip_shiftjis_filenames_plain.zip", "zip_zip64_plain.zip")
}
func FuzzEncryptedOffice(f *testing.F) { fuzzFormat(f, "encrypted office", "docx_password_agile.docx") }
func FuzzXLS(f *testing.F)             { fuzzFormat(f, "xls", "xls_numeric_cells_two_sheets_plain.xls") }
func FuzzDoc(f *testing.F)             { fuzzFormat(f, "doc", "doc_word97_plain.doc", "doc_password_rc4.doc") }
func FuzzPPT(f *testing.F)             { fuzzFormat(f, "ppt", "ppt_97_plain.ppt") }
func FuzzMSG(f *testing.F)             { fuzzFormat(f, "msg", "msg_outlook_unicode_plain.msg") }
func FuzzOLE(f *testing.F)             { fuzzFormat(f, "ole", "doc_word97_plain.doc") }
func FuzzPDF(f *testing.F)             { fuzzFormat(f, "pdf", "pdf_with_embedded_csv_plain.pdf") }
func FuzzRTF(f *testing.F)             { fuzzFormat(f, "rtf", "rtf_plain.rtf") }
func FuzzCMS(f *testing.F)             { fuzzFormat(f, "cms") }
func FuzzTNEF(f *testing.F)            { fuzzFormat(f, "tnef", "tnef_winmail_plain.dat") }
func FuzzRAR(f *testing.F) {
	fuzzFormat(f, "rar", "rar4_stored_plain.rar", "rar5_stored_plain.rar", "rar5_header_encrypted.rar")
}
func FuzzSevenZip(f *testing.F) { fuzzFormat(f, "7z", "7z_lzma2_plain.7z", "7z_ppmd_plain.7z") }
func FuzzLZH(f *testing.F)      { fuzzFormat(f, "lzh", "lzh_lh5_plain.lzh") }
func FuzzCAB(f *testing.F)      { fuzzFormat(f, "cab", "cab_mszip_plain.cab") }
func FuzzTar(f *testing.F)      { fuzzFormat(f, "tar") }
func FuzzGzip(f *testing.F)     { fuzzFormat(f, "gzip", "csv_gz_plain.csv.gz", "tar_gz_plain.tar.gz") }
func FuzzXZ(f *testing.F)       { fuzzFormat(f, "xz", "tar_xz_plain.tar.xz") }
func FuzzZstd(f *testing.F)     { fuzzFormat(f, "zstd", "tar_zst_plain.tar.zst") }
func FuzzBzip2(f *testing.F)    { fuzzFormat(f, "bzip2", "tar_bz2_plain.tar.bz2") }
func FuzzPGP(f *testing.F) {
	fuzzFormat(f, "openpgp", "csv_pgp_signed_only_armored.asc", "csv_gpg_symmetric.csv.gpg")
}
func FuzzYEnc(f *testing.F)      { fuzzFormat(f, "yenc", "txt_yenc_inline_plain.txt") }
func FuzzAppleFile(f *testing.F) { fuzzFormat(f, "applefile", "applefile_single_plain") }
func FuzzBinHex(f *testing.F) {
	f.Add(string(seed(f, "txt_binhex_inline_plain.txt")))
	f.Fuzz(func(t *testing.T, text string) {
		for _, file := range binHexed(text) {
			if len(file.Data) > 256*len(text) {
				t.Fatalf("%d octets out of %d", len(file.Data), len(text))
			}
		}
	})
}
func FuzzVCard(f *testing.F) {
	fuzzFormat(f, "vcard", "vcf_v21_shiftjis_qp_plain.vcf", "ics_plain.ics")
}
func FuzzHTML(f *testing.F) {
	fuzzFormat(f, "html", "html_meta_shiftjis_plain.html", "html_numeric_entities_plain.html")
}
func FuzzText(f *testing.F) {
	fuzzFormat(f, "text", "txt_iso2022jp_plain.txt", "txt_uuencode_inline_plain.txt", "csv_eucjp_plain.csv", "txt_utf16be_nobom_plain.txt")
}
func FuzzTable(f *testing.F) { fuzzFormat(f, "table", "csv_cp932_plain.csv") }

func FuzzLzip(f *testing.F) { fuzzFormat(f, "lzip") }

// FuzzPicture covers what a picture's file holds beside the picture, and the search
// for codes in it.
func FuzzPicture(f *testing.F) {
	f.Add([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x04zTXta\x00\x00x\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xd8\xff\xfe\x00\x06abcd\xff\xda\x00\x02\x00\xff\x00\xff\xd9tail"))
	f.Add(picture(f, 20, 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		x := &Extractor{Limits: smallLimits()}
		r := &reading{ctx: context.Background(), s: x.NewSession(), res: &Result{}}
		_ = pictureNotes(r, data)
		if len(data) >= 64 {
			_ = holdsCode(&image.Gray{Pix: data, Stride: 8, Rect: image.Rect(0, 0, 8, len(data)/8)})
		}
	})
}

// FuzzUDF covers file entries and directories of a volume that is all sectors of
// the input.
func FuzzUDF(f *testing.F) {
	entry := make([]byte, 176+48)
	copy(entry, []byte{5, 1}) // tag 261
	entry[34], entry[56], entry[172] = 3, 40, 48
	copy(entry[176:], []byte{1, 1})
	f.Add(entry)
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<14 {
			return
		}
		x := &Extractor{Limits: smallLimits()}
		r := &reading{ctx: context.Background(), s: x.NewSession(), res: &Result{Parts: make([]policy.Part, 1)}}
		r.file.Path, r.file.Data = "0", append(data, make([]byte, 4*isoSector)...)
		w := &isoReader{r: r, seen: map[int]bool{}, taken: map[[2]int]bool{}}
		u := &udfReader{w: w, seen: map[int]bool{}}
		_ = u.entry(make([]byte, 16), "", true, 0)
		_ = u.dir(data, "", 0)
		_ = w.udf()
	})
}

// FuzzRecognise covers the table of words that the OCR program writes.
func FuzzRecognise(f *testing.F) {
	f.Add("level\tpage\n5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t92.5\t氏\n")
	f.Fuzz(func(t *testing.T, table string) {
		if got := recognise(table); got.sure < 0 || !utf8.ValidString(got.text) && utf8.ValidString(table) {
			t.Errorf("%+v", got)
		}
	})
}

func FuzzISO(f *testing.F) {
	f.Add(isoImage(map[string]string{"A.TXT": "氏名"}))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<17 {
			return
		}
		x := &Extractor{Limits: smallLimits()}
		checkResult(t, x.Extract(context.Background(), File{Path: "0", Name: "a.iso", Data: data}))
	})
}

func FuzzXML(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="Shift_JIS"?><a b='1' c=2 d><![CDATA[x]]><!-- y --><!DOCTYPE z [<!ENTITY q "w">]>&#x60f3;&amp;</a>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		x := newXMLScanner(data)
		for at := -1; x.next(); at = x.pos {
			if x.pos <= at {
				t.Fatal("the scanner does not move on")
			}
			_ = x.attr("b")
		}
	})
}

func FuzzLZHDecoder(f *testing.F) {
	f.Add([]byte{0, 9, 0x12, 0x34, 0x56}, 100)
	f.Fuzz(func(t *testing.T, data []byte, size int) {
		if size < 0 || size > 1<<16 {
			return
		}
		d := &lzhDecoder{lzss: lzss{left: size, window: 1 << 13}, in: bitReader{data: data}, np: 14, pbit: 4}
		for _, src := range []io.Reader{d, newLZS(data, size), newLZ5(data, size)} {
			if out, _ := io.ReadAll(src); len(out) > size {
				t.Fatalf("%d octets came out of %d", len(out), size)
			}
		}
	})
}

func FuzzLZFu(f *testing.F) {
	f.Add([]byte("0123456701234567\x00abc"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if out, err := lzfu(data); err == nil && len(out) > 8*17*len(data) {
			t.Fatal("expanded too far")
		}
	})
}

func FuzzPropertySet(f *testing.F) {
	f.Add([]byte("\xfe\xff" + strings.Repeat("\x00", 60)))
	f.Fuzz(func(_ *testing.T, data []byte) { _, _ = propertySet(data) })
}
