package extract

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// docxWith is a document with these further parts.
func docxWith(t *testing.T, parts ...[2]string) []byte {
	t.Helper()
	return zipOf(t, append([][2]string{{"[Content_Types].xml", contentTypes}, {"word/document.xml", "<w:document><w:body><w:p><w:r><w:t>a</w:t></w:r></w:p></w:body></w:document>"}}, parts...)...)
}

// TestOddPartsOfOffice reads what stands in parts, instructions and attributes that hold text
// in few documents.
func TestOddPartsOfOffice(t *testing.T) {
	const number = "571432178533"
	commented := docxWith(t)
	commented = append(commented[:len(commented)-2], append(binary.LittleEndian.AppendUint16(nil, 21), "番号 "+number+"\n\n"...)...)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"a form's own XML":        {docxWith(t, [2]string{"customXml/item1.xml", "<f><個人番号>" + number + "</個人番号></f>"}), "個人番号 " + number},
		"one element's values":    {docxWith(t, [2]string{"word/x.xml", `<w:l><w:listItem w:displayText="標本 拓也" w:value="080-0088-3479"/></w:l>`}), "標本 拓也\t080-0088-3479"},
		"an instruction":          {docxWith(t, [2]string{"word/x.xml", "<?memo 個人番号 " + number + "?><a/>"}), "個人番号 " + number},
		"a cell before a change":  {docxWith(t, [2]string{"xl/revisions/revisionLog1.xml", "<r><rcc><oc><is><t>個人番号 " + number + "</t></is></oc><nc><v>1</v></nc></rcc></r>"}), "個人番号 " + number + "\n"},
		"the archive's comment":   {commented, "番号 " + number},
		"a part in pieces":        {docxWith(t, [2]string{"word/x.xml/[0].piece", "<a>個人番号 5714"}, [2]string{"word/x.xml/[1].last.piece", "32178533</a>"}), "個人番号 " + number},
		"pieces in another order": {docxWith(t, [2]string{"word/x.xml/[1].last.piece", "32178533</a>"}, [2]string{"word/x.xml/[0].piece", "<a>個人番号 5714"}), "個人番号 " + number},
	} {
		res := extractFile(t, File{Name: "a.docx", Data: c.data})
		if hits(res, []string{c.want}) != 1 {
			t.Errorf("%s: not found in %+v", name, res.Contents)
		}
	}
}

func TestNamesOfParts(t *testing.T) {
	for name, want := range map[string]string{
		"xl/threadedComments/threadedComment1.xml": "comments", "ppt/comments/modernComment_1.xml": "comments", "word/comments.xml": "comments",
		"ppt/slides/slide12.xml": "slide 12", "word/header1.xml": "header", "styles.xml": "styles, header and footer", "word/styles.xml": "styles",
	} {
		if got := partName(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestRTFOfSloppyPrograms reads what Word reads although no rule allows it, and letters whose
// code page is not said.
func TestRTFOfSloppyPrograms(t *testing.T) {
	const word = `\'8c\'c2\'90\'6c\'94\'d4\'8d\'86`
	for name, c := range map[string]string{
		"UTF-8 as it is":              `{\rtf1\ansi\ansicpg1252 個人番号}`,
		"CP932 as it is":              "{\\rtf1\\ansi\\ansicpg932 \x8c\xc2\x90\x6c\x94\xd4\x8d\x86}",
		"no code page":                `{\rtf1 ` + word + `}`,
		"a mark without its last":     `{\rt ` + word + `}`,
		"a mark of UTF-8 in front":    "\xef\xbb\xbf{\\rtf1\\ansicpg932 " + word + `}`,
		"blanks in front":             " \r\n{\\rtf1\\ansicpg932 " + word + `}`,
		"EUC-JP":                      `{\rtf1\ansicpg51932 \'b8\'c4\'bf\'cd\'c8\'d6\'b9\'e6}`,
		"UTF-8 beside escaped octets": `{\rtf1\ansi\ansicpg932 ` + word + `\par 個人番号}`,
	} {
		res := extractFile(t, File{Name: "a.rtf", Data: []byte(c)})
		if res.Parts[0].Type != "application/rtf" || hits(res, []string{"個人番号"}) != 1 {
			t.Errorf("%s: %s, %+v", name, res.Parts[0].Type, res.Contents)
		}
	}
	if res := extractFile(t, File{Name: "a.rtf", Data: []byte(`{\rtf1\ansi caf\'e9 na\'efve}`)}); hits(res, []string{"café naïve"}) != 1 {
		t.Errorf("Western letters: %+v", res.Contents)
	}
	nested := `{\rtf1\trowd\cellx9000\intbl \itap2 a\nestcell b\nestcell{\*\nesttableprops\trowd\cellx100\cellx200\nestrow}\itap2 c\nestcell d\nestcell{\*\nesttableprops\trowd\nestrow}\itap1\cell\row}`
	res := extractFile(t, File{Name: "a.rtf", Data: []byte(nested)})
	if tables := res.Contents[0].Tables; len(tables) == 0 || len(tables[0].Rows) != 2 {
		t.Errorf("a nested table as Word writes it: %+v", tables)
	}
}

// TestSealedTexts tells the texts of which what matters is under a password or key, and those
// of which nobody can say what they are.
func TestSealedTexts(t *testing.T) {
	var cipher []byte
	for i := range 40 {
		sum := sha256.Sum256([]byte{byte(i)})
		cipher = append(cipher, sum[:]...)
	}
	long := base64.StdEncoding.EncodeToString(cipher)
	lines := func(s string, n int) string {
		var b strings.Builder
		for ; len(s) > n; s = s[n:] {
			b.WriteString(s[:n] + "\n")
		}
		return b.String() + s + "\n"
	}
	words := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("an ordinary text in English, with nothing in it. "), 30))
	jwe := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"RSA-OAEP","enc":"A256GCM"}`)) + "." + long[:80] + "." + long[:16] + "." + long[:300] + "." + long[:22]
	for _, c := range []struct {
		name, text string
		encrypted  policy.Encryption
		problem    policy.Problem
	}{
		{"k.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" + lines(long, 64), policy.Encrypted, ""},
		{"k.key", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\n" + lines(long, 64), policy.Encrypted, ""},
		{"plain.key", "-----BEGIN PRIVATE KEY-----\n" + lines(long, 64) + "-----END PRIVATE KEY-----\n", "", ""},
		{"id", openSSHKey + "\nb3BlbnNzaC1rZXktdjEAAAAACmFlczI1Ni1jdHIAAAAGYmNyeXB0\n" + lines(long, 70), policy.Encrypted, ""},
		{"id2", openSSHKey + "\n" + openSSHPlain + "AAAA\n" + lines(long, 70), "", ""},
		{"t.txt", jwe, policy.Encrypted, ""},
		{"x.xml", `<?xml version="1.0"?><a><EncryptedData xmlns="http://www.w3.org/2001/04/xmlenc#"><CipherValue>` + long + `</CipherValue></EncryptedData></a>`, policy.PartlyEncrypted, ""},
		{"m.txt", "VimCrypt~03!" + string(cipher), policy.Encrypted, ""},
		{"p.html", `<html><input type=password><script>const data="` + long + `"; decrypt(data, password)</script></html>`, policy.PartlyEncrypted, ""},
		{"saved.html", `<html><script>const wasm="` + words + `"; decrypt(wasm, password)</script></html>`, "", ""},
		{"form.html", `<html><input type=password><script>const image="` + long + `"; draw(image)</script></html>`, "", ""},
		{"b.txt", lines(long, 76), "", policy.Unsupported},
		{"h.txt", hex.EncodeToString(cipher), "", policy.Unsupported},
		{"words.txt", lines(words, 76), "", ""},
		{"digits.txt", lines(strings.Repeat("31415926535897932384626433832795028841971693993751", 40), 60), "", ""},
		{"gene.txt", lines(strings.Repeat("ACGTTGCAACGGTTAACCGATTACAGATTACACCGT", 60), 60), "", ""},
		{"notes.txt", "The key of the picture follows.\n" + lines(long, 76), "", ""},
	} {
		res := extractFile(t, File{Name: c.name, Data: []byte(c.text)})
		if p := res.Parts[0]; p.Encrypted != c.encrypted || p.Problem != c.problem {
			t.Errorf("%s: encrypted %q, problem %q, want %q, %q", c.name, p.Encrypted, p.Problem, c.encrypted, c.problem)
		}
	}
}

// TestSealedPackages tells books, documents of iWork and stores of keys under a password.
func TestSealedPackages(t *testing.T) {
	book := func(algorithm string) []byte {
		return zipOf(t, [2]string{"mimetype", "application/epub+zip"}, [2]string{"META-INF/container.xml", "<container/>"}, [2]string{"META-INF/encryption.xml", `<encryption><EncryptionMethod Algorithm="` + algorithm + `"/><CipherReference URI="a"/></encryption>`})
	}
	pfx, _ := hex.DecodeString("30820a210201033082" + "09e7" + "06092a864886f70d010701" + "a08209d8")
	for name, c := range map[string]struct {
		data []byte
		want policy.Encryption
	}{
		"book":            {book("http://www.w3.org/2001/04/xmlenc#aes128-cbc"), policy.PartlyEncrypted},
		"book's fonts":    {book("http://www.idpf.org/2008/embedding"), ""},
		"Pages":           {zipOf(t, [2]string{".iwpv2", "x"}, [2]string{"Index/Document.iwa", "x"}), policy.Encrypted},
		"keys":            {append(pfx, make([]byte, 100)...), policy.Encrypted},
		"no store at all": {[]byte("0\x03\x02\x01\x030000000000"), ""},
	} {
		if got := extractFile(t, File{Name: "a.bin", Data: c.data}).Parts[0].Encrypted; got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestNamesInUnicode takes a member's name from the field that Info-ZIP keeps it in.
func TestNamesInUnicode(t *testing.T) {
	const name = "顧客名簿.csv"
	for _, sum := range []uint32{crc32.ChecksumIEEE([]byte("x.bin")), 7} {
		var b bytes.Buffer
		zw := zip.NewWriter(&b)
		field := binary.LittleEndian.AppendUint16([]byte{0x75, 0x70}, uint16(5+len(name)))
		field = append(binary.LittleEndian.AppendUint32(append(field, 1), sum), name...)
		w, err := zw.CreateHeader(&zip.FileHeader{Name: "x.bin", Extra: field})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(w, "hello")
		zw.Close()
		want := map[bool]string{true: name, false: "x.bin"}[sum != 7]
		if got := extractFile(t, File{Name: "a.zip", Data: b.Bytes()}).Parts[1].Name; got != want {
			t.Errorf("checksum %x: %q, want %q", sum, got, want)
		}
	}
}

// TestPagesWithEntitiesAndFigures reads what a browser and a sheet make of a page.
func TestPagesWithEntitiesAndFigures(t *testing.T) {
	for name, c := range map[string][2]string{
		"a.xhtml": {`<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "個人番号"><!ENTITY b "571432178533">]><html><body>&a; &b;</body></html>`, "個人番号 571432178533"},
		"a.xls":   {`<html><table><tr><td>個人番号</td><td x:num="571432178533">5.7E+11</td></tr></table></html>`, "個人番号\t571432178533"},
	} {
		if res := extractFile(t, File{Name: name, Data: []byte(c[0])}); hits(res, []string{c[1]}) != 1 {
			t.Errorf("%s: %+v", name, res.Contents)
		}
	}
}
