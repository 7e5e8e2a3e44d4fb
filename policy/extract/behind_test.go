package extract

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// withEnds are files of each format whose reader can say where it ends.
var withEnds = map[string][]string{
	"office":           {"docx_plain.docx", "odt_password.odt"},
	"zip":              {"zip_aes256.zip", "zip_zip64_plain.zip"},
	"encrypted office": {"docx_password_agile.docx"},
	"xls":              {"xls_numeric_cells_two_sheets_plain.xls"},
	"doc":              {"doc_word97_plain.doc"},
	"ppt":              {"ppt_97_plain.ppt"},
	"msg":              {"msg_outlook_unicode_plain.msg"},
	"pdf":              {"pdf_90ms_rksj_noembed_plain.pdf"},
	"rtf":              {"made/pandoc.rtf"},
	"cms":              {"made/data.p7"},
	"applefile":        {"applefile_single_plain"},
	"rar":              {"rar4_stored_plain.rar", "rar5_stored_plain.rar"},
	"7z":               {"7z_lzma2_plain.7z", "7z_aes_header_encrypted.7z"},
	"lzh":              {"lzh_lh5_plain.lzh"},
	"arj":              {"made/m1.arj"},
	"cab":              {"cab_mszip_plain.cab"},
	"wim":              {"made/lzx.wim"},
	"sqlite":           {"sqlite_overflow.db"},
	"dbf":              {"made/a.dbf"},
	"iso":              {"iso_joliet_plain.iso"},
	"gzip":             {"csv_gz_plain.csv.gz"},
	"bzip2":            {"tar_bz2_plain.tar.bz2"},
	"xz":               {"tar_xz_plain.tar.xz"},
	"zstd":             {"tar_zst_plain.tar.zst"},
	"lzip":             {"made/a.csv.lz"},
	"lzma":             {"made/a.csv.lzma"},
	"tar":              {"a.tar"},
	"cpio":             {"made/newc.cpio", "made/odc.cpio"},
	"rpm":              {"made/meibo.rpm"},
	"metafile":         {"made/rich.emf", "made/rich.wmf"},
	"openpgp":          {"csv_gpg_symmetric.csv.gpg"},
}

// withoutEnds are those that have none, and what is said of noise behind them.
var withoutEnds = map[string]string{
	"tnef":     "tnef_winmail_plain.dat",    // attributes reach to the end of the file
	"brotli":   "made/a.csv.br",             // no octet may follow
	"compress": "made/a.csv.Z",              // all that follows are codes
	"ar":       "made/long.ar",              // members reach to the end of the file
	"lz4":      "made/legacy.lz4",           // the old format; the new one has an end
	"mbox":     "made/two_mails",            //
	"yenc":     "txt_yenc_inline_plain.txt", // a text is around the blocks
	"vcard":    "ics_plain.ics",             // from here on texts
	"html":     "html_numeric_entities_plain.html",
	"xml":      "made/places.xml",
	"table":    "csv_cp932_plain.csv",
	"text":     "txt_utf16le_bom_plain.txt",
}

func formatOf(name string, data []byte) string {
	f := File{Name: name, Data: data}
	for p := newProbe(&f); ; {
		for _, format := range Formats() {
			if format.is(p) != "" {
				return format.Name
			}
		}
	}
}

func noise(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(random.Uint32())
	}
	return out
}

func gzipped(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if err := errors.Join(write(w, string(data)), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func sampleOf(t *testing.T, name string) []byte {
	if name == "a.tar" {
		return tarOf(t, "x")
	}
	return seed(t, name)
}

// Programs stop at the end of their own format; what was put behind it leaves all
// the same.
func TestBytesBehindAFileAreRead(t *testing.T) {
	const number = "080-0042-9953"
	text := []byte("\n電話 " + number + " です\n")
	behind := map[string][]byte{
		"text": text, "utf-16": utf16Bytes(string(text), false), "gzip": gzipped(t, text), "zip": zipOf(t, [2]string{"a.txt", string(text)}),
	}
	for _, format := range slices.Sorted(maps.Keys(withEnds)) {
		for _, name := range withEnds[format] {
			data := sampleOf(t, name)
			if got := formatOf(name, data); got != format {
				t.Fatalf("%s is %s, not %s", name, got, format)
			}
			for view, more := range behind {
				if format == "pdf" && view != "gzip" { // the engine costs most
					continue
				}
				res := extractFile(t, File{Name: name, Data: append(bytes.Clone(data), more...)})
				if hits(res, []string{number}) != 1 {
					t.Errorf("%s behind %s: not found, problems %q", view, name, problems(res))
				}
			}
			res := extractFile(t, File{Name: name, Data: append(bytes.Clone(data), noise(2000)...)})
			if !strings.Contains(problems(res), string(policy.Unsupported)) {
				t.Errorf("noise behind %s: problems %q", name, problems(res))
			}
			before := problems(extractFile(t, File{Name: name, Data: data}))
			for _, padding := range []string{"\x00\x00\n", strings.Repeat("\x00", 3000), strings.Repeat(" ", 2000) + "\n"} {
				if res := extractFile(t, File{Name: name, Data: append(bytes.Clone(data), padding...)}); partNamed(res, "trailing bytes") || problems(res) != before {
					t.Errorf("%s: %d octets of padding are told as content, problems %q", name, len(padding), problems(res))
				}
			}
		}
	}
}

// Where a format has no end, noise makes the file one that is not read.
func TestNoiseBehindAFileWithoutEndIsAProblem(t *testing.T) {
	for format, name := range withoutEnds {
		data := seed(t, name)
		if got := formatOf(name, data); got != format {
			t.Fatalf("%s is %s, not %s", name, got, format)
		}
		if p := problems(extractFile(t, File{Name: name, Data: data})); p != "" {
			t.Errorf("%s: problems %q", name, p)
		}
		if res := extractFile(t, File{Name: name, Data: append(bytes.Clone(data), noise(4000)...)}); problems(res) == "" {
			t.Errorf("noise behind %s is not told", name)
		}
	}
}

// A mark in front, or 64 KB of text, make a text of what follows for most programs.
func TestNoiseBehindTextIsAProblem(t *testing.T) {
	line := "氏名,住所,電話\r\n想定 美咲,東京都架空区一丁目,080-0088-3479\r\n"
	for name, data := range map[string][]byte{
		"utf-8 with a mark": []byte("\xef\xbb\xbf" + line),
		"utf-16le":          append([]byte("\xff\xfe"), utf16Bytes(line, false)...),
		"utf-16be":          append([]byte("\xfe\xff"), utf16Bytes(line, true)...),
		"long utf-8":        []byte(strings.Repeat(line, 900)),
		"long ascii":        []byte(strings.Repeat("name,place,number\n", 9000)),
	} {
		if p := problems(extractFile(t, File{Name: "a.csv", Data: data})); p != "" {
			t.Errorf("%s: problems %q", name, p)
		}
		for _, n := range []int{1000, 20000} {
			if res := extractFile(t, File{Name: "a.csv", Data: append(bytes.Clone(data), noise(n)...)}); problems(res) == "" {
				t.Errorf("%d octets of noise behind %s are not told", n, name)
			}
		}
		if res := extractFile(t, File{Name: "a.csv", Data: append(bytes.Clone(data), 0, 0, 0)}); problems(res) != "" {
			t.Errorf("%s and three NULs: %q", name, problems(res))
		}
	}
}

func tarOf(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "a.txt", Mode: 0o600, Size: int64(len(text))}), write(w, text), w.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

func partNamed(res Result, name string) bool {
	for _, p := range res.Parts {
		if p.Name == name {
			return true
		}
	}
	return false
}

// An archive behind another counts from its own start, an empty one hides what
// stands before it: unpackers read the first or the last of them.
func TestBothOfTwoArchivesInARowAreRead(t *testing.T) {
	first, second := zipOf(t, [2]string{"a.txt", "080-0088-3479"}), zipOf(t, [2]string{"b.txt", "070-0083-0913"})
	if n := hits(extractFile(t, File{Data: append(bytes.Clone(first), second...)}), []string{"080-0088-3479", "070-0083-0913"}); n != 2 {
		t.Errorf("%d of 2 found", n)
	}
	empty := append([]byte("PK\x05\x06"), make([]byte, 18)...)
	if n := hits(extractFile(t, File{Data: append(bytes.Clone(first), empty...)}), []string{"080-0088-3479"}); n != 1 {
		t.Error("the archive before an empty one is not read")
	}
}
