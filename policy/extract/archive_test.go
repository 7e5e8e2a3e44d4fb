package extract

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"context"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy"
)

const listCSV = "氏名,電話\n想定 美咲,080-0088-3479\n標本 拓也,070-0083-0913\n"

// packed compresses with any writer.
func packed(t testing.TB, text string, open func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := open(&b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawZip makes a zip of one member packed by a method that Go cannot write.
func rawZip(t testing.TB, method uint16, raw []byte, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	w, err := zw.CreateRaw(&zip.FileHeader{Name: "a.csv", Method: method, CRC32: crc32.ChecksumIEEE([]byte(text)),
		CompressedSize64: uint64(len(raw)), UncompressedSize64: uint64(len(text))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestZipMethods(t *testing.T) {
	zstdRaw := packed(t, listCSV, func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) })
	xzRaw := packed(t, listCSV, func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) })
	huffman := packed(t, listCSV, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.HuffmanOnly) })
	for name, data := range map[string][]byte{
		"zstd": rawZip(t, zipZstd, zstdRaw, listCSV), "xz": rawZip(t, zipXZ, xzRaw, listCSV), "deflate64": rawZip(t, zipDeflate64, huffman, listCSV),
		"lzma": testdata(t, "zip_method_lzma.zip"), "bzip2": testdata(t, "zip_method_bzip2.zip"),
	} {
		res := extractFile(t, File{Name: "a.zip", Data: data})
		if hits(res, []string{"080-0088-3479"}) != 1 || problems(res) != "" {
			t.Errorf("%s: %s", name, problems(res))
		}
	}
	res := extractFile(t, File{Name: "a.zip", Data: rawZip(t, 6, []byte("xxxx"), "yyyy")})
	if !hasProblem(res, policy.Unsupported) {
		t.Errorf("implode: %s", problems(res))
	}
}

func TestDeflate64UnpacksDeflate(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		var b strings.Builder
		for range rnd.IntN(3000) {
			b.WriteString([]string{"想定", "a", "080-", "\n", "xyzzy"}[rnd.IntN(5)])
		}
		raw := packed(t, b.String(), func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, 6) })
		// Length 258 is code 285 in deflate, which means something else here.
		got, err := io.ReadAll(newDeflate64(raw))
		if err != nil || string(got) != b.String() {
			t.Fatalf("%v, %d of %d octets", err, len(got), b.Len())
		}
	}
}

func TestDeflate64LongMatch(t *testing.T) {
	// A block with the fixed codes: "a", length code 285 with 16 extra bits
	// saying 1000, distance 1, end of block.
	var bits []int
	push := func(code, n int) { // Huffman codes: most significant bit first
		for i := n - 1; i >= 0; i-- {
			bits = append(bits, code>>i&1)
		}
	}
	number := func(v, n int) { // numbers: least significant bit first
		for i := range n {
			bits = append(bits, v>>i&1)
		}
	}
	number(1, 1)
	number(1, 2)
	push(0x30+'a', 8)
	push(0xc0+285-280, 8)
	number(1000, 16)
	push(0, 5)
	push(0, 7)
	raw := make([]byte, (len(bits)+7)/8)
	for i, b := range bits {
		raw[i/8] |= byte(b << (i % 8))
	}
	got, err := io.ReadAll(newDeflate64(raw))
	if err != nil || string(got) != strings.Repeat("a", 1004) {
		t.Errorf("%v, %d octets", err, len(got))
	}
}

func TestSingleFileCompression(t *testing.T) {
	for name, open := range map[string]func(io.Writer) (io.WriteCloser, error){
		"a.csv.xz":   func(w io.Writer) (io.WriteCloser, error) { return xz.NewWriter(w) },
		"a.csv.zst":  func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) },
		"a.csv.lz4":  func(w io.Writer) (io.WriteCloser, error) { return lz4.NewWriter(w), nil },
		"a.csv.br":   func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil },
		"a.csv.lzma": func(w io.Writer) (io.WriteCloser, error) { return lzma.NewWriter(w) },
	} {
		res := extractFile(t, File{Name: name, Data: packed(t, listCSV, open)})
		if len(res.Parts) != 2 || res.Parts[1].Name != "a.csv" || res.Parts[1].Type != "text/csv" || hits(res, []string{"想定 美咲"}) != 1 {
			t.Errorf("%s: %+v", name, res.Parts)
		}
	}
}

func TestZipNamesInCP932(t *testing.T) {
	var b bytes.Buffer
	zw := zip.NewWriter(&b)
	name := string(encode(t, japanese.ShiftJIS, "会員表一覧.csv")) // 表 has 0x5C as its second octet
	w, err := zw.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true, Method: zip.Deflate})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, listCSV)
	_ = zw.Close()
	res := extractFile(t, File{Name: "a.zip", Data: b.Bytes()})
	if len(res.Parts) != 2 || res.Parts[1].Name != "会員表一覧.csv" || res.Parts[1].Where != "a.zip / 会員表一覧.csv" {
		t.Errorf("%+v", res.Parts)
	}
}

func TestLZHLevelsAndMethods(t *testing.T) {
	base := testdata(t, "lzh_lh5_plain.lzh")
	if res := extractFile(t, File{Name: "x.bin", Data: base}); problems(res) != "" || len(res.Parts) < 2 {
		t.Errorf("%+v", res.Parts)
	}
	name := encode(t, japanese.ShiftJIS, "名簿.txt")
	level0 := append([]byte{byte(22 + len(name)), 0}, "-lh0-"...)
	level0 = append(level0, 3, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0x20, 0, byte(len(name)))
	level0 = append(append(append(level0, name...), 0x38, 0x97), "abc\x00"...)
	res := extractFile(t, File{Name: "a.lzh", Data: level0})
	if len(res.Parts) != 2 || res.Parts[1].Name != "名簿.txt" || hits(res, []string{"abc"}) != 1 {
		t.Errorf("%+v %s", res.Parts, problems(res))
	}
	if problems(res) != "" {
		t.Errorf("problems %s", problems(res))
	}
	for method, want := range map[string]policy.Problem{"-lh1-": policy.Malformed, "-lh2-": policy.Unsupported} {
		copy(level0[2:], method)
		if res := extractFile(t, File{Name: "a.lzh", Data: level0}); !hasProblem(res, want) {
			t.Errorf("%s: %s", method, problems(res))
		}
	}
}

func TestSelfExtractingProgramIsOpened(t *testing.T) {
	stub := "MZ" + strings.Repeat("\x00\x01\x02\x03", 100)
	for _, name := range []string{"7z_lzma2_plain.7z", "rar5_stored_plain.rar", "cab_mszip_plain.cab", "lzh_lh5_plain.lzh", "zip_plain"} {
		archive := []byte(nil)
		if name == "zip_plain" {
			archive = zipOf(t, [2]string{"a.csv", "想定 美咲,080-0088-3479,571432178533\n"})
		} else {
			archive = testdata(t, name)
		}
		res := extractFile(t, File{Name: "setup.exe", Data: append([]byte(stub), archive...)})
		if hits(res, []string{"想定 美咲", "080-0088-3479"}) != 2 {
			t.Errorf("%s: %+v", name, res.Parts)
		}
	}
}

func TestPartlyEncryptedArchiveSaysSo(t *testing.T) {
	res := extractFile(t, File{Name: "a.zip", Data: testdata(t, "zip_mixed_partly_encrypted.zip")})
	if res.Parts[0].Encrypted != policy.PartlyEncrypted || res.Parts[0].Problem != "" {
		t.Errorf("%+v", res.Parts[0])
	}
	locked := 0
	for _, p := range res.Parts[1:] {
		if p.Encrypted == policy.Encrypted {
			locked++
			if p.Name != "secret.txt" {
				t.Errorf("locked: %s", p.Name)
			}
		}
	}
	if locked != 1 {
		t.Errorf("%d locked members", locked)
	}
}

func TestPDFNeedsAPasswordOnlyWhenTheEmptyOneFails(t *testing.T) {
	for name, want := range map[string]policy.Encryption{
		"pdf_owner_password_only_aes256.pdf": "", "pdf_owner_password_only_rc4_40.pdf": "",
		"pdf_user_password_aes256.pdf": policy.Encrypted, "pdf_user_password_rc4_128.pdf": policy.Encrypted,
	} {
		// The files are cut down to what tells this, so no engine could read them.
		x := &Extractor{Limits: policy.DefaultLimits()}
		p := x.Extract(context.Background(), File{Path: "0", Name: name, Data: testdata(t, name)}).Parts[0]
		if p.Encrypted != want || p.Problem != policy.Unsupported {
			t.Errorf("%s: encrypted %q, problem %q", name, p.Encrypted, p.Problem)
		}
	}
	cert := "%PDF-1.7\n1 0 obj<</Filter/Adobe.PubSec/V 4>>endobj trailer<</Encrypt 1 0 R>>"
	if p := extractFile(t, File{Data: []byte(cert)}).Parts[0]; p.Encrypted != policy.Encrypted {
		t.Error("a certificate handler counts as open")
	}
}

func TestPDFStreamsAreSweptWithoutAnEngine(t *testing.T) {
	x := &Extractor{Limits: policy.DefaultLimits()}
	res := x.Extract(context.Background(), File{Path: "0", Name: "a.pdf", Data: testdata(t, "pdf_with_embedded_csv_plain.pdf")})
	if hits(res, []string{"想定 美咲", "571432178533"}) != 2 || res.Parts[0].Problem != policy.Unsupported {
		t.Errorf("%+v", res.Parts)
	}
}
