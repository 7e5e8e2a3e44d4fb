package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"mime/quotedprintable"
	"net/url"
	"strings"
	"testing"
)

const escapedSecret = "個人番号: 5714-3217-8533 氏名 想定 美咲 住所 東京都千代田区丸の内"

// each writes every octet or character of s by a format.
func each[T byte | rune](s []T, format string) string {
	var b strings.Builder
	for _, c := range s {
		fmt.Fprintf(&b, format, c)
	}
	return b.String()
}

// TestEscapesInText reads what is written in escapes of languages and pages.
func TestEscapesInText(t *testing.T) {
	octets, runes := []byte(escapedSecret), []rune(escapedSecret)
	var qp bytes.Buffer
	w := quotedprintable.NewWriter(&qp)
	_, _ = w.Write(octets)
	_ = w.Close()
	partly := ""
	for _, c := range octets {
		if c >= 0x80 {
			partly += fmt.Sprintf(`\x%02x`, c)
		} else {
			partly += string(rune(c))
		}
	}
	for name, in := range map[string]string{
		"octets": each(octets, `\x%02x`), "octal": each(octets, `\%03o`), "python": "b'" + partly + "'", "u": each(runes, `\u%04x`),
		"U": each(runes, `\U%08x`), "braces": each(runes, `\u{%x}`), "perl": each(runes, `\x{%x}`), "groff": each(runes, `\[u%04X]`),
		"plus": each(runes, "U+%04X "), "escape()": each(runes, "%%u%04X"), "entities": each(runes, "&#%d;"), "hex entities": each(runes, "&#x%x;"),
		"basic": strings.TrimSuffix(each(runes, "ChrW(%d) & "), " & "), "sheet": "=" + strings.TrimSuffix(each(runes, "UNICHAR(%d)&"), "&"),
		"quoted-printable": qp.String(), "numbers": each(octets, "%d "), "characters": each(runes, "%d, "), "bits": each(octets, "%08b "),
	} {
		if res := extractFile(t, File{Data: []byte("以下のとおりです。\n\n" + in + "\n")}); hits(res, []string{"5714-3217-8533"}) != 1 || problems(res) != "" {
			t.Errorf("%s: not found, problems %q\n%s", name, problems(res), in)
		}
	}
}

// TestEncodedTwice reads texts in one encoding within the other.
func TestEncodedTwice(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	text := []byte(escapedSecret)
	for name, in := range map[string]string{
		"base64 of base64": b64([]byte(b64(text))), "thrice": b64([]byte(b64([]byte(b64(text))))), "hex of base64": hex.EncodeToString([]byte(b64(text))),
		"base64 of hex": b64([]byte(hex.EncodeToString(text))), "percent twice": url.QueryEscape(url.QueryEscape(escapedSecret)),
		"base64 of percent": b64([]byte(url.QueryEscape(escapedSecret))), "percent of entities": url.QueryEscape(each([]rune(escapedSecret), "&#%d;")),
		"short base64": b64([]byte("個人番号 5714-3217-8533")), "short hex": hex.EncodeToString([]byte("番号 5714-3217-8533")),
	} {
		if res := extractFile(t, File{Data: []byte("以下のとおりです。\n\n" + in + "\n")}); hits(res, []string{"5714-3217-8533"}) != 1 || problems(res) != "" {
			t.Errorf("%s: not found, problems %q\n%s", name, problems(res), in)
		}
	}
}

// encode85 writes octets in one of the alphabets with 85 digits.
func encode85(data []byte, digits string) string {
	var b strings.Builder
	for len(data) > 0 {
		var group [4]byte
		n := copy(group[:], data)
		data = data[n:]
		v := uint32(group[0])<<24 | uint32(group[1])<<16 | uint32(group[2])<<8 | uint32(group[3])
		var out [5]byte
		for i := range out {
			out[4-i] = digits[v%85]
			v /= 85
		}
		b.Write(out[:n+1])
	}
	return b.String()
}

func TestBase85AndXXencode(t *testing.T) {
	const git = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
	var ascii []byte
	for c := byte('!'); c <= 'u'; c++ {
		ascii = append(ascii, c)
	}
	text := []byte(escapedSecret)
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(text)
	_ = z.Close()
	patch := "diff --git a/a b/a\nGIT binary patch\nliteral " + fmt.Sprint(len(text)) + "\n"
	for d := packed.Bytes(); len(d) > 0; {
		n := min(26, len(d))
		line := make([]byte, (n+3)/4*4)
		copy(line, d[:n])
		patch += string(rune('A'+n-1)) + encode85(line, git) + "\n"
		d = d[n:]
	}
	xx := "begin 644 a.txt\n"
	for d := text; len(d) > 0; {
		n := min(45, len(d))
		line := make([]byte, (n+2)/3*3)
		copy(line, d[:n])
		xx += string(xxAlphabet[n]) + xxEncoding.EncodeToString(line) + "\n"
		d = d[n:]
	}
	whole := encode85(text, git)
	for name, in := range map[string]string{
		"ascii85": encode85(text, string(ascii)), "rfc1924": whole, "z85": encode85(text, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"),
		"on lines": whole[:60] + "\r\n" + whole[60:], "in a line": "see " + whole + " there", "git": patch + "\nliteral 0\nHcmV?d00001\n", "xxencode": xx + "+\nend",
	} {
		if res := extractFile(t, File{Data: []byte("以下のとおりです。\n\n" + in + "\n")}); hits(res, []string{"5714-3217-8533"}) != 1 || problems(res) != "" {
			t.Errorf("%s: not found, problems %q\n%s", name, problems(res), in)
		}
	}
}

// TestNothingEncoded holds what looks like an encoding and is source, a path, a digest or a list.
func TestNothingEncoded(t *testing.T) {
	digests := ""
	for i := range 40 {
		digests += fmt.Sprintf("%032x\n%043x=\n", 0x1f86d081884c7d65+i*7919, 0x659a2feaa0c55ad0+i*104729)
	}
	for name, in := range map[string]string{
		"paths": `C:\Users\x64\u12\Release` + "\n" + `\\server\share\100\200\300` + "\n", "patterns": `^\d{3}-\x20?\101$` + "\n",
		"numbers": each([]byte("\x01\x02\x03\x10\x11\x12\x05\x06\x07\x08\x09\x10\x11\x12\x13\x14\x15\x16\x17\x18"), "%d "), "digests": digests,
		"key":      "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE7q9x0Jv1mF3m3Rr0cJm4m8pB5k9E\n1o2r5yQ3v8s6d0f2gq8dL1k3m9p0o7i5u3y1t9r7e5w3q==\n-----END PUBLIC KEY-----\n",
		"minified": `!function(e,t){"object"==typeof exports?module.exports=t():e.lunr=t()}(this,function(){return e.a=function(n){return n&&n.b?[n]:[]}});` + "\n",
		"delta":    "GIT binary patch\ndelta 20\nbcmZ{IM_Bn*@B{z+d3b6y+Xr!oZ~Oi\n\n", "links": "https://x.example/a/b?c=d&e=f#ghijklmnopqrstuvwxyz0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZ\n",
	} {
		if res := extractFile(t, File{Data: []byte(in)}); len(res.Parts) != 1 {
			t.Errorf("%s: %+v", name, res.Parts[1:])
		}
	}
}

func FuzzUnescape(f *testing.F) {
	f.Add(`\x35\u500b\065U+500B &#20491;ChrW(20491) & ChrW(20491)=E5=80=8B`)
	f.Fuzz(func(_ *testing.T, text string) {
		unescapeLine(text)
		blocks85(text, func([]byte) bool { return true })
		gitBinary(text)
		xxDecode(text)
		numberRows(text, Formats(), func([]byte) bool { return true })
	})
}

// TestEncodedInPages reads blocks in what a page shows and in the attributes that scripts keep data in.
func TestEncodedInPages(t *testing.T) {
	block := base64.StdEncoding.EncodeToString([]byte(escapedSecret))
	for name, in := range map[string]string{
		"base64": "<p>" + block + "</p>", "hex": "<p>" + hex.EncodeToString([]byte(escapedSecret)) + "</p>", "first line": "<pre>" + block[:64] + "\n" + block[64:] + "</pre>",
		"attribute": `<p data-memo="` + block + `">資料</p>`, "short": `<p data-memo="` + base64.StdEncoding.EncodeToString([]byte("個人番号5714-3217-8533")) + `">資料</p>`,
		"entities as text": "<p>" + strings.ReplaceAll(each([]rune(escapedSecret), "&#%d;"), "&", "&amp;") + "</p>",
	} {
		if res := extractFile(t, File{DeclaredType: "text/html", Data: []byte("<html><body>" + in + "</body></html>")}); hits(res, []string{"5714-3217-8533"}) != 1 || problems(res) != "" {
			t.Errorf("%s: not found, problems %q", name, problems(res))
		}
	}
	page := `<html><body><a data-track="` + strings.Repeat("9f86d081884c7d65", 4) + `" href="https://x.example/?t=` + block + `">資料</a></body></html>`
	if res := extractFile(t, File{DeclaredType: "text/html", Data: []byte(page)}); len(res.Parts) != 1 {
		t.Errorf("%+v", res.Parts)
	}
}

// Characters by number that a page shows as such are undone by programs that do so twice, however
// short the words are that they stand in and whatever blanks stand between.
func TestPagesThatShowCharacterNumbers(t *testing.T) {
	for _, page := range []string{
		"<p>&#38;#20491;&#38;#20154;&#38;#30058;&#38;#21495;&thinsp;1234</p>",
		"<p>個&amp;#20154; 個&amp;#20154; 個&amp;#20154; 個人&amp;#30058;号&#x2003;1234</p>",
	} {
		if res := extractFile(t, File{DeclaredType: "text/html", Data: []byte(page)}); hits(res, []string{"個人番号1234"}) != 1 {
			t.Errorf("%s: %+v", page, res.Contents)
		}
	}
}
