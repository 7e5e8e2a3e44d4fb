package extract

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy"
)

// der writes one element with a definite length.
func der(tag byte, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	if len(body) < 128 {
		return slices.Concat([]byte{tag, byte(len(body))}, body)
	}
	return slices.Concat([]byte{tag, 0x82, byte(len(body) >> 8), byte(len(body))}, body)
}

// cms writes a ContentInfo whose third element is the encapsulated content.
func cms(oid string, content []byte) []byte {
	encap := der(0x30, der(6, []byte(oidCMS+"\x01")), content)
	return der(0x30, der(6, []byte(oid)), der(0xa0, der(0x30, der(2, []byte{1}), der(0x31), encap)))
}

func TestCMSGoesByItsObjectIdentifier(t *testing.T) {
	text := []byte("氏名 想定 美咲 080-0088-3479")
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	_, _ = zw.Write(text)
	_ = zw.Close()
	pieces := slices.Concat([]byte{0x24, 0x80}, der(4, text[:10]), der(4, text[10:]), []byte{0, 0})
	for _, c := range []struct {
		name string
		data []byte
		enc  policy.Encryption
		open bool
	}{
		{"signed", cms(oidSigned, der(0xa0, der(4, text))), "", true},
		{"signed in pieces", cms(oidSigned, slices.Concat([]byte{0xa0, 0x80}, pieces, []byte{0, 0})), "", true},
		{"detached", cms(oidSigned, nil), "", false},
		{"compressed", cms(oidCompressed, der(0xa0, der(4, z.Bytes()))), "", true},
		{"enveloped", cms(oidEnveloped, der(0xa0, der(4, text))), policy.Encrypted, false},
		{"authenticated", cms(oidAuthEnv, der(0xa0, der(4, text))), policy.Encrypted, false},
	} {
		res := extractFile(t, File{Name: "smime.p7m", DeclaredType: "application/pkcs7-mime", Data: c.data})
		if res.Parts[0].Encrypted != c.enc || problems(res) != "" || (hits(res, []string{"080-0088-3479"}) == 1) != c.open {
			t.Errorf("%s: %+v %s", c.name, res.Parts, problems(res))
		}
	}
}

func TestOpenPGPGoesByItsPackets(t *testing.T) {
	literal := append([]byte{0xcb, 0}, "b\x05a.txt\x00\x00\x00\x00想定 美咲"...)
	literal[1] = byte(len(literal) - 2)
	secret := []byte{0xc1, 4, 3, 9, 9, 9, 0xd2, 3, 1, 7, 7}
	armor := func(b []byte) string {
		return "前\n" + pgpArmor + "\nVersion: x\n\n" + base64.StdEncoding.EncodeToString(b) + "\n=abcd\n-----END PGP MESSAGE-----\n"
	}
	for _, c := range []struct {
		name string
		file File
		enc  policy.Encryption
		hit  int
	}{
		{"literal only", File{Name: "a.asc", Data: []byte(armor(literal))}, "", 1},
		{"armoured", File{Name: "a.asc", Data: []byte(armor(secret))}, policy.Encrypted, 0},
		{"binary", File{Name: "x.bin", Data: secret}, policy.Encrypted, 0},
		{"in a body", File{Kind: policy.BodyText, DeclaredType: "text/plain", Data: []byte(armor(secret))}, policy.Encrypted, 0},
	} {
		res := extractFile(t, c.file)
		if res.Parts[0].Encrypted != c.enc || hits(res, []string{"想定 美咲"}) != c.hit {
			t.Errorf("%s: %+v", c.name, res.Parts)
		}
	}
}

func TestRTFText(t *testing.T) {
	for _, c := range []struct{ name, rtf, want string }{
		{"code page", `{\rtf1\ansi\ansicpg932 \'91\'7a\'92\'e8 \'94\'fc\'8d\'e7\par x}`, "想定 美咲\nx"},
		{"unicode", `{\rtf1\uc1 \u24819?\u23450?}`, "想定"},
		{"unicode with two replacements", `{\rtf1\uc2 \u24819\'91\'7a\u23450??b}`, "想定b"},
		{"font charset", `{\rtf1\ansi{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset128 B;}}\f1 \'91\'7a}`, "想"},
		{"runs", `{\rtf1 57{\b 14}\i 32}`, "571432"},
		{"table", `{\rtf1\trowd a\cell b\cell\row\trowd c\cell d\cell\row}`, "a\tb\nc\td"},
		{"binary", `{\rtf1 a\bin5 }}{{{b}`, "ab"},
		{"negative", `{\rtf1 \u-10179?\u-8704?}`, "😀"},
	} {
		res := extractFile(t, File{Name: "a.rtf", Data: []byte(c.rtf)})
		if got := res.Contents[0].Text; got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestRTFHiddenPropertiesAndObject(t *testing.T) {
	rtf := `{\rtf1{\info{\author 090-0051-6855}}{\v 080-0088-3479}{\*\unknown 070-0083-0913 x}{\object{\*\objdata ` +
		"0105000002000000050000004f4c453200000000000000000500000061626364" + `65}}{\pict 0102}}`
	res := extractFile(t, File{Name: "a.rtf", Data: []byte(rtf)})
	if n := hits(res, []string{"090-0051-6855", "080-0088-3479", "070-0083-0913"}); n != 3 || len(res.Parts) < 2 {
		t.Errorf("%d: %+v", n, res.Contents)
	}
	if len(res.Contents[0].Hidden) < 2 {
		t.Errorf("hidden %v", res.Contents[0].Hidden)
	}
}

func TestVCardAndCalendar(t *testing.T) {
	card := "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:想定\\, 美咲\r\nNOTE:long\r\n er\r\nPHOTO;ENCODING=b:" +
		base64.StdEncoding.EncodeToString([]byte("標本 拓也 070-0083-0913")) + "\r\nEND:VCARD\r\n"
	res := extractFile(t, File{Name: "a.vcf", Data: []byte(card)})
	if !strings.Contains(res.Contents[0].Text, "FN: 想定, 美咲\n") || !strings.Contains(res.Contents[0].Text, "NOTE: longer\n") || hits(res, []string{"標本 拓也"}) != 1 {
		t.Errorf("%+v", res.Contents)
	}
	soft := "BEGIN:VCARD\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=E6=83=B3=\n=E5=AE=9A\nEND:VCARD\n"
	if res := extractFile(t, File{Data: []byte(soft)}); hits(res, []string{"想定"}) != 1 || res.Parts[0].Type != "text/vcard" {
		t.Errorf("%+v", res)
	}
}

func TestMboxIsSplit(t *testing.T) {
	box := "From a@x.example Sat Nov 21 2026\nFrom: a@x.example\nSubject: 1\nTo: b@x.example\n\n想定 美咲\nFrom here on\n\n" +
		"From a@x.example Sat Nov 21 2026\r\nFrom: a@x.example\r\nSubject: 2\r\nTo: b@x.example\r\n\r\n標本 拓也\r\n"
	res := extractFile(t, File{Name: "box", Data: []byte(box)})
	if res.Parts[0].Type != "application/mbox" || hits(res, []string{"想定 美咲\nFrom here on", "標本 拓也"}) != 2 {
		t.Errorf("%+v %+v", res.Parts, res.Contents)
	}
}

func TestJSONEscapesAreUndone(t *testing.T) {
	text := `{"name":"\u60f3\u5b9a \u7f8e\u54b2","emoji":"\ud83d\ude00","path":"a\/b\n","bad":"\uZZ"}`
	res := extractFile(t, File{Name: "a.json", Data: []byte(text)})
	if res.Contents[0].Text != text || len(res.Contents) != 2 || !strings.Contains(res.Contents[1].Text, `想定 美咲","emoji":"😀","path":"a/b`) {
		t.Errorf("%+v", res.Contents)
	}
}

// tnefAttr writes one attribute with a checksum of nothing.
func tnefAttr(level byte, id int, data []byte) []byte {
	out := binary.LittleEndian.AppendUint32([]byte{level}, uint32(id))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	return append(append(out, data...), 0, 0)
}

func TestTNEFAttributesAndProperties(t *testing.T) {
	props := binary.LittleEndian.AppendUint32(nil, 1)
	props = append(props, 0x1f, 0, 0x07, 0x37, 1, 0, 0, 0)
	name := utf16Bytes("名簿.csv\x00", false)
	props = binary.LittleEndian.AppendUint32(props, uint32(len(name)))
	props = append(append(props, name...), 0, 0)
	data := slices.Concat([]byte(tnefMagic+"\x01\x00"),
		tnefAttr(1, tnefSubject, encode(t, japanese.ShiftJIS, "件名です。送付\x00")),
		tnefAttr(2, tnefAttachRend, make([]byte, 14)), tnefAttr(2, tnefAttachName, []byte("ATT.CSV\x00")),
		tnefAttr(2, tnefAttachData, []byte(listCSV)), tnefAttr(2, tnefAttachment, props))
	res := extractFile(t, File{Name: "winmail.dat", Data: data})
	if len(res.Parts) != 2 || res.Parts[1].Name != "名簿.csv" || !res.Parts[1].Attachment || hits(res, []string{"件名です", "想定 美咲"}) != 2 {
		t.Errorf("%+v %+v", res.Parts, res.Contents)
	}
	if res := extractFile(t, File{Name: "winmail.dat", Data: data[:len(data)-30]}); !hasProblem(res, policy.Malformed) {
		t.Error("a cut file is whole")
	}
}

func TestCompressedRTF(t *testing.T) {
	// The example of MS-OXRTFCP 3.1.
	packed := []byte("\x2d\x00\x00\x00\x2b\x00\x00\x00LZFu\xf1\xc5\xc7\xa7\x03\x00\x0a\x00rcpg125\x42\x32\x0a\xf3 hel\x09\x00\x20bw\x05\xb0ld}\x0a\x80\x0f\xa0")
	out, err := lzfu(packed)
	if err != nil || string(out) != "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n" {
		t.Errorf("%v %q", err, out)
	}
	if _, err := lzfu([]byte("0123456789")); err == nil {
		t.Error("short input is taken")
	}
}

func TestMessageFileInsideMessageFile(t *testing.T) {
	res := extractFile(t, File{Name: "a.msg", Data: testdata(t, "msg_outlook_unicode_plain.msg")})
	if res.Parts[0].Type != "application/vnd.ms-outlook" || len(res.Parts) != 2 || res.Parts[1].Name != "名簿.csv" || !res.Parts[1].Attachment {
		t.Errorf("%+v", res.Parts)
	}
}

func TestYEncNamesAndEscapes(t *testing.T) {
	var body []byte
	for _, c := range []byte("想定 美咲 =\x00\n") {
		e := c + 42
		if e == 0 || e == '\n' || e == '\r' || e == '=' {
			body = append(body, '=', e+64)
			continue
		}
		body = append(body, e)
	}
	data := slices.Concat([]byte("前文\n=ybegin line=128 size=20 name=a.txt\n"), body, []byte("\n=yend size=20\n後文\n"))
	res := extractFile(t, File{Data: data})
	// The NUL in it brings another reading of the same file: without it.
	files := slices.DeleteFunc(slices.Clone(res.Parts), func(p policy.Part) bool { return p.View != "" })
	if len(files) != 2 || files[1].Name != "a.txt" || hits(res, []string{"想定 美咲", "前文", "後文"}) != 3 {
		t.Errorf("%+v %+v", res.Parts, res.Contents)
	}
}

// A file in a text whose lines do not fit together is malformed; a text that only begins
// like one is not.
func TestFilesInTextsThatDoNotFitAreMalformed(t *testing.T) {
	const uu = "begin 644 list.txt\n#0V%T\n#0V%T\n"
	const y = "=ybegin line=128 size=3 name=a\n\x8b\x8c\x8d\n"
	for text, malformed := range map[string]bool{
		uu + "`\nend\n": false, "begin 644 list.txt\n#0V%T0\n`\nend\n": false, "begin 644 list.txt\n%0V%T05\n`\nend\n": false,
		uu: true, uu + "\nend\n": true, uu + "#0V%TXXXX\nend\n": true, "begin 644 times\nThe next line is one of words.\n": false,
		y + "=yend size=3\n": false, y + "=yend size=3 crc32=352441c2\n": false, y + "=yend size=3 crc32=352441c3\n": true,
		y + "=yend size=4\n": true, y + "=yend\n": true, y: true,
		"=ybegin part=1 line=128 size=6 name=a\n=ypart begin=1 end=3\n\x8b\x8c\x8d\n=yend size=3 part=1 pcrc32=352441c2 crc32=00000000\n": false,
	} {
		res := extractFile(t, File{Data: []byte("前文\n" + text + "後文\n"), Charset: "utf-8", DeclaredType: "text/plain", Kind: policy.BodyText})
		if got := slices.ContainsFunc(res.Parts, func(p policy.Part) bool { return p.Problem == policy.Malformed }); got != malformed {
			t.Errorf("%q: malformed is %v: %+v", text, got, res.Parts)
		}
	}
}

func TestBinaryReaderEndsCleanly(t *testing.T) {
	d := &lzhDecoder{lzss: lzss{left: 10, window: 1 << 13}, np: 14, pbit: 4}
	if _, err := io.ReadAll(d); err == nil {
		t.Error("nothing was unpacked to something")
	}
}
