package extract

import (
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/sekisho-mail/sekisho/policy"
)

// TestDumps reads a text that came as a dump of its octets.
func TestDumps(t *testing.T) {
	const text = "氏名 想定 美咲 電話 080-0012-3456 個人番号 571432178533 住所 東京都千代田区丸の内"
	lines := func(of func(at int, d []byte) string) string {
		var b strings.Builder
		for at := 0; at < len(text); at += 16 {
			b.WriteString(of(at, []byte(text[at:min(at+16, len(text))])) + "\r\n")
		}
		return b.String()
	}
	plain := make([]byte, 200)
	plain = plain[:ascii85.Encode(plain, []byte(text))]
	var list []string
	for _, c := range []byte(text) {
		list = append(list, fmt.Sprint(c))
	}
	var units []string
	for _, c := range text {
		units = append(units, fmt.Sprint(int(c)))
	}
	for name, in := range map[string]string{
		"od":       lines(func(at int, d []byte) string { return fmt.Sprintf("%07x % x", at, d) }),
		"hexdump":  lines(func(at int, d []byte) string { return fmt.Sprintf("%08x  % x   |%s|", at, d, "..") }),
		"intel":    lines(func(at int, d []byte) string { return fmt.Sprintf(":%02X%04X00%XFF", len(d), at, d) }),
		"motorola": lines(func(at int, d []byte) string { return fmt.Sprintf("S1%02X%04X%XFF", len(d)+3, at, d) }),
		"ascii85":  "see <~" + string(plain) + "~> there",
		"base32":   base32.StdEncoding.EncodeToString([]byte(text)),
		"octets":   "<html><script>var a=[" + strings.Join(list, ", ") + "]</script></html>",
		"units":    "<html><script>String.fromCharCode(" + strings.Join(units, ",") + ")</script></html>",
		"percent":  url.PathEscape(text),
		"hex":      hex.EncodeToString([]byte(text)),
		"ldif":     "dn: uid=1\r\ndescription:: " + strings.ReplaceAll(base64.StdEncoding.EncodeToString([]byte(text)), "A", "A\r\n ") + "\r\n",
	} {
		if res := extractFile(t, File{Name: "a", Data: []byte(in)}); hits(res, []string{"571432178533"}) != 1 || problems(res) != "" {
			t.Errorf("%s: not found, problems %q\n%s", name, problems(res), in)
		}
	}
}

func FuzzDumps(f *testing.F) {
	f.Add("0000000 e5 80 8b e4\n:0400000041424344AA\nS1070000414243FF\n<~87cURD]~>")
	f.Fuzz(func(_ *testing.T, text string) {
		dumps(text, Formats(), func([]byte) bool { return true })
		numbered(text, Formats())
	})
}

// TestEBCDIC reads digits and letters of a mainframe's file, and says that it is not sure.
func TestEBCDIC(t *testing.T) {
	data, err := charmap.CodePage037.NewEncoder().Bytes([]byte(strings.Repeat("YAMADA TARO   571432178533   ", 8)))
	if err != nil {
		t.Fatal(err)
	}
	res := extractFile(t, File{Name: "a.dat", Data: data})
	if hits(res, []string{"TARO   571432178533"}) != 1 || !hasProblem(res, policy.Unsupported) {
		t.Errorf("%+v", res)
	}
	for _, other := range []string{"@@@@ plain text with numbers 080-0012-3456 and words", strings.Repeat("\x40", 100)} {
		if res := extractFile(t, File{Name: "a.dat", Data: []byte(other)}); res.Parts[0].Type == "text/x-ebcdic" && other[0] != 0x40 {
			t.Errorf("%q is taken for EBCDIC", other)
		}
	}
}

func FuzzEBCDIC(f *testing.F)  { f.Add([]byte("\xf0\xf1\x40\xc1")); fuzzFormat(f, "ebcdic") }
func FuzzLDIF(f *testing.F)    { f.Add([]byte("dn: a\ncn:: QUJD\n")); fuzzFormat(f, "ldif") }
func FuzzZlib(f *testing.F)    { fuzzFormat(f, "zlib") }
func FuzzDeflate(f *testing.F) { fuzzFormat(f, "deflate") }
