package extract

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"testing"
)

// Programs stop at the end of their own format; what was put behind it leaves all
// the same.
func TestBytesBehindAFileAreRead(t *testing.T) {
	text := []byte("\n電話 080-0088-3479 です\n")
	for _, name := range []string{"7z_lzma2_plain.7z", "rar4_stored_plain.rar", "rar5_stored_plain.rar", "a.tar", "lzh_lh5_plain.lzh",
		"cab_mszip_plain.cab", "doc_word97_plain.doc", "msg_outlook_unicode_plain.msg", "pdf_90ms_rksj_noembed_plain.pdf", "iso_joliet_plain.iso",
		"made/m1.arj", "csv_gpg_symmetric.csv.gpg", "made/data.p7", "docx_plain.docx"} {
		var data []byte
		if name == "a.tar" {
			data = tarOf(t, "x")
		} else {
			data = seed(t, name)
		}
		for view, behind := range map[string][]byte{"text": text, "zip": zipOf(t, [2]string{"a.txt", string(text)}), "two zips": append(zipOf(t, [2]string{"a.txt", string(text)}), zipOf(t, [2]string{"b.txt", "x"})...)} {
			res := extractFile(t, File{Name: name, Data: append(bytes.Clone(data), behind...)})
			if hits(res, []string{"080-0088-3479"}) != 1 {
				t.Errorf("%s behind %s: not found, problems %q", view, name, problems(res))
			}
		}
		if res := extractFile(t, File{Name: name, Data: append(bytes.Clone(data), 0, 0, '\n')}); partNamed(res, "trailing bytes") {
			t.Errorf("%s: padding is told as content", name)
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
