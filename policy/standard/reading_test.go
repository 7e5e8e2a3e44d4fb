package standard

import (
	"bytes"
	"context"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// number is the one thing to be found in the mails of this file.
const number = "個人番号 1234 5678 9018"

func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

func b64(b []byte) string {
	e := base64.StdEncoding.EncodeToString(b)
	var out strings.Builder
	for len(e) > 76 {
		out.WriteString(e[:76] + "\n")
		e = e[76:]
	}
	return out.String() + e + "\n"
}

func qp(s string) string {
	var out strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&out, "=%02X", s[i])
		if i%20 == 19 {
			out.WriteString("=\n")
		}
	}
	return out.String() + "\n"
}

func uuencode(s string) string {
	var out strings.Builder
	out.WriteString("begin 644 list.txt\n")
	for len(s) > 0 {
		line := s[:min(len(s), 45)]
		s = s[len(line):]
		out.WriteByte(byte(' ' + len(line)))
		for i := 0; i < len(line); i += 3 {
			var g [3]byte
			copy(g[:], line[i:])
			for _, c := range [...]byte{g[0] >> 2, g[0]<<4&63 | g[1]>>4, g[1]<<2&63 | g[2]>>6, g[2] & 63} {
				out.WriteByte(' ' + c)
			}
		}
		out.WriteByte('\n')
	}
	return out.String() + "`\nend\n"
}

// signed is an opaque-signed CMS without any signer: the content stands in it openly.
func signed(t *testing.T, content string) []byte {
	t.Helper()
	octets, err := asn1.Marshal([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	explicit := func(b []byte) asn1.RawValue {
		return asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 0, IsCompound: true, Bytes: b}
	}
	type info struct {
		Type    asn1.ObjectIdentifier
		Content asn1.RawValue
	}
	type signedData struct {
		Version int
		Digests []asn1.RawValue `asn1:"set"`
		Content info
		Signers []asn1.RawValue `asn1:"set"`
	}
	inner, err := asn1.Marshal(signedData{Version: 1, Content: info{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}, explicit(octets)}})
	if err != nil {
		t.Fatal(err)
	}
	out, err := asn1.Marshal(info{asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}, explicit(inner)})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// literal is an OpenPGP message that is a literal packet only (RFC 9580 section 5.9).
func literal(content string) string {
	packet := append([]byte{0xcb, byte(6 + len(content)), 'u', 0, 0, 0, 0, 0}, content...)
	return "-----BEGIN PGP MESSAGE-----\n\n" + b64(packet) + "-----END PGP MESSAGE-----\n"
}

func yEnc(s string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "=ybegin line=128 size=%d name=list.txt\n", len(s))
	for i := range len(s) {
		c := s[i] + 42
		if c == 0 || c == '\n' || c == '\r' || c == '=' {
			out.WriteByte('=')
			c += 64
		}
		out.WriteByte(c)
	}
	fmt.Fprintf(&out, "\n=yend size=%d\n", len(s))
	return out.String()
}

// Every way in which a mail program could show text: it is found, or the mail
// says that something could not be read.
func TestEveryPlaceOfAMailIsRead(t *testing.T) {
	plain := "Subject: in\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + number + "\n"
	encoded := "Content-Transfer-Encoding: base64\n\n" + b64([]byte(number))
	multi := func(parts ...string) string {
		return "Content-Type: multipart/mixed; boundary=B\n\n--B\n" + strings.Join(parts, "\n--B\n") + "\n--B--\n"
	}
	long := "お世話になっております。資料をお送りします。\n"
	cases := []struct {
		name, mail string
		problem    bool // is a right answer too
	}{
		{"plain", plain, false},
		{"subject", "Subject: =?utf-8?B?" + strings.TrimSpace(b64([]byte(number))) + "?=\n\nx\n", false},
		{"unknown field, raw", "X-Memo: " + number + "\n\nx\n", false},
		{"display name", "From: =?utf-8?Q?" + strings.ReplaceAll(strings.ReplaceAll(qp(number), "=\n", ""), "\n", "") + "?= <a@example.co.jp>\n\nx\n", false},
		{"second subject", "Subject: x\nSubject: " + number + "\n\nx\n", false},
		{"header line without colon", "Subject: x\n" + number + "\n\nx\n", false},
		{"field of a part", multi("Content-Description: " + number + "\n\nx"), false},
		{"file name", multi("Content-Disposition: attachment; filename*=utf-8''" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(qp(number), "=\n", ""), "\n", ""), "=", "%") + "\n\nx"), false},
		{"two transfer encodings", "Content-Transfer-Encoding: 7bit\n" + encoded, true},
		{"two types", "Content-Type: text/plain\nContent-Type: text/html\n\n個人番号 1234<!-- x --> 5678<!-- x --> 9018\n", true},
		{"malformed transfer encoding", "Content-Transfer-Encoding: base64 (x)\n\n" + b64([]byte(number)), true},
		{"wrong boundary", "Content-Type: multipart/mixed; boundary=A\n\n--B\n" + encoded + "\n--B--\n", true},
		{"no boundary", "Content-Type: multipart/mixed\n\n--B\n" + encoded + "\n--B--\n", true},
		{"two boundaries", "Content-Type: multipart/mixed; boundary=A; boundary=B\n\n--B\n" + encoded + "\n--B--\n", true},
		{"no close delimiter", "Content-Type: multipart/mixed; boundary=B\n\n--B\n" + encoded, false},
		{"preamble", "Content-Type: multipart/mixed; boundary=B\n\n" + number + "\n--B\n\nx\n--B--\n", false},
		{"epilogue", "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n" + number + "\n", false},
		{"part behind the end", multi("\nx") + "--B\n" + encoded + "\n--B--\n", true},
		{"rfc822 7bit", multi("Content-Type: message/rfc822\n\n" + plain), false},
		{"rfc822 base64", multi("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + b64([]byte(plain))), false},
		{"rfc822 quoted-printable", multi("Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\n" + qp(plain)), false},
		{"rfc822 uuencoded", multi("Content-Type: message/rfc822\nContent-Transfer-Encoding: x-uuencode\n\n" + uuencode(plain)), false},
		{"rfc822 as octets, by name", multi("Content-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n" + b64([]byte(plain))), false},
		{"rfc822 in rfc822 in base64", multi("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" +
			b64([]byte("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"+b64([]byte(plain))))), false},
		{"digest", "Content-Type: multipart/digest; boundary=B\n\n--B\n\n" + plain + "\n--B--\n", false},
		{"fragment", "Content-Type: message/partial; id=a; number=1; total=2\n\n" + encoded, true},
		{"content elsewhere", "Content-Type: message/external-body; access-type=URL; URL=\"http://example.com\"\n\n" + plain, true},
		{"flowed", "Content-Type: text/plain; charset=utf-8; format=flowed; delsp=yes\n\n個人番 \n号 1234 56 \n78 9018\n", false},
		{"uuencode in text", "\n" + long + uuencode(number+"\n"), false},
		{"uuencode as encoding", "Content-Transfer-Encoding: x-uuencode\n\n" + uuencode(number+"\n"), false},
		{"yEnc", "\n" + long + yEnc(number+"\n"), false},
		{"S/MIME opaque-signed", "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=smime.p7m\nContent-Transfer-Encoding: base64\n\n" +
			b64(signed(t, strings.ReplaceAll(plain, "\n", "\r\n"))), false},
		{"S/MIME under another type", "Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n" +
			b64(signed(t, strings.ReplaceAll(plain, "\n", "\r\n"))), false},
		{"PGP literal", "\n" + long + literal(number), false},
		{"UTF-16 without BOM", "Content-Type: text/plain; charset=utf-16le\nContent-Transfer-Encoding: base64\n\n" + b64(utf16le(number)), false},
		{"UTF-16 not declared", "Content-Transfer-Encoding: base64\n\n" + b64(utf16le(long+number)), false},
		{"ISO-2022-JP not declared", "\n\x1b$B8D?MHV9f\x1b(B 1234 5678 9018\n", false},
		{"UTF-7", "Content-Type: text/plain; charset=utf-7\n\n+UAtOunVqU/c 1234 5678 9018\n", false},
		{"unknown charset", "Content-Type: text/plain; charset=x-none\n\n" + number + "\n", false},
		{"wrong charset", "Content-Type: text/plain; charset=iso-2022-jp\n\n" + long + number + "\n", false},
		{"a bad octet", "Content-Type: text/plain; charset=utf-8\n\n" + long + "\xe3" + number + "\n", false},
		{"an octet that Shift_JIS does not know in the number", "Content-Type: text/plain; charset=us-ascii\n\n\x8c\xc2\x90l\x94\xd4\x8d\x86 1234 5678\x85 9018\n", false},
		{"one that EUC-JP does not know, for each blank", "Content-Type: text/plain; charset=euc-jp\n\n\xb8\xc4\xbf\xcd\xc8\xd6\xb9\xe6 1234\xff5678\xff9018\n", false},
		{"one that UTF-8 does not know, inside a group", "Content-Type: text/plain; charset=utf-8\n\n個人番号 1234 56\xfe78 9018\n", false},
		{"the sign of one, as it was sent on", "Content-Type: text/plain; charset=utf-8\n\n個人番号 1234\ufffd5678\ufffd9018\n", false},
		{"an encoding with a blank behind it", "Content-Transfer-Encoding: BASE64 \n\nMy Number 1234 5678 9018\n", false},
		{"an escape in the number", "Content-Type: text/plain; charset=utf-8\n\n個人番号 1234 5678\x1b(B 9018\n", false},
		{"HTML called plain", "Content-Type: text/plain\n\n<html><body>個人番号 1<i>2</i>3<i>4</i> 5678 9018</body></html>\n", true},
	}
	r := NewReader(policy.DefaultLimits())
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := r.Inspect(context.Background(), Job{Mail: true}, crlf("From: a@example.co.jp\nMIME-Version: 1.0\n"+c.mail))
			for _, f := range in.Findings {
				if f.Type == "my_number" {
					return
				}
			}
			if !c.problem || len(problems(in.Parts)) == 0 {
				t.Errorf("not found, parts %+v", in.Parts)
			}
		})
	}
}

// A phone number with octets in it that are no character is one all the same.
func TestPhoneNumberAcrossBadOctetsIsFound(t *testing.T) {
	r := NewReader(policy.DefaultLimits())
	for _, body := range []string{"\x93d\x98b 090\x850000\x851234", "\x93d\x98b 090\xa00000\xa01234", "\x93d\x98b 090-00\xfd00-1234"} {
		in := r.Inspect(context.Background(), Job{Mail: true}, crlf("From: a@example.co.jp\nContent-Type: text/plain; charset=shift_jis\n\n"+body+"\n"))
		if !slices.ContainsFunc(in.Findings, func(f policy.Finding) bool { return f.Type == "phone" }) {
			t.Errorf("%q: not found in %+v", body, in.Parts)
		}
	}
}

func utf16le(s string) []byte {
	var out []byte
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

func TestFindingsOfAnotherReadingNameIt(t *testing.T) {
	r := NewReader(policy.DefaultLimits())
	in := r.Inspect(context.Background(), Job{Mail: true}, crlf("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n"+b64([]byte(number))))
	found := false
	for _, f := range in.Findings {
		found = found || f.Place.Part == "1" && strings.Contains(f.Place.View, "last field")
		if strings.ContainsRune(f.Place.Part, 0) {
			t.Errorf("part %q", f.Place.Part)
		}
	}
	if !found {
		t.Errorf("got %+v", in.Findings)
	}
	out := r.Render(context.Background(), Job{Mail: true}, crlf("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\n"+b64([]byte(number))))
	shown := false
	for _, p := range out.Parts {
		for _, f := range p.Findings {
			runes := []rune(p.Text)
			shown = shown || f.Type == "my_number" && strings.HasPrefix(string(runes[f.Place.Start:f.Place.End]), "1234")
		}
	}
	if !shown {
		t.Errorf("got %+v", out.Parts)
	}
}

// A problem and a reading in a mail inside an archive must not get lost.
func TestAmbiguousMailInsideAFileIsAProblem(t *testing.T) {
	inner := "Subject: x\nContent-Type: multipart/mixed; boundary=A\n\n--B\nContent-Transfer-Encoding: base64\n\n" + b64([]byte("text that only some programs show")) + "\n--B--\n"
	r := NewReader(policy.DefaultLimits())
	in := r.Inspect(context.Background(), Job{Mail: true}, crlf("Content-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n"+
		b64([]byte(strings.ReplaceAll(inner, "\n", "\r\n")))))
	for _, p := range in.Parts {
		if p.Problem == policy.Ambiguous && strings.Contains(p.View, "guessed boundary") {
			return
		}
	}
	t.Errorf("got %+v", in.Parts)
}

func encryptedMail(t *testing.T, file, subject, body string) []byte {
	t.Helper()
	data, err := os.ReadFile("../extract/testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	return crlf("From: a@example.co.jp\nTo: b@example.com\nSubject: " + subject + "\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=B\n\n--B\n" +
		"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + body + "\n--B\n" +
		"Content-Type: application/octet-stream; name=" + file + "\nContent-Disposition: attachment; filename=" + file +
		"\nContent-Transfer-Encoding: base64\n\n" + b64(data) + "--B--\n")
}

func TestPasswordThatTravelsAlong(t *testing.T) {
	companion := crlf("From: a@example.co.jp\nSubject: =?utf-8?B?" + strings.TrimSpace(b64([]byte("パスワードのご連絡"))) +
		"?=\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + b64([]byte("先ほどのファイルのパスワードは次のとおりです。\n\nhimitsu1\n")))
	noisy := crlf("From: a@example.co.jp\nMessage-ID: <pw4@example.co.jp>\nSubject: x\nDate: Sat, 21 Nov 2026 10:00:00 +0900\n" +
		"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n次のファイルのパスワード: himitsu1\n")
	for _, c := range []struct {
		name, file, subject, body string
		job                       Job
		opened, alongside         bool
	}{
		{"in the body", "zip_aes256.zip", "x", "解凍パスワード: himitsu1\n", Job{}, true, true},
		{"in the subject", "zip_aes256.zip", "PW=himitsu1", "x\n", Job{}, true, true},
		{"full width, on a line of its own", "zip_aes256.zip", "x", "パスワードは下記です。\n\nｈｉｍｉｔｓｕ１\n", Job{}, true, true},
		{"quoted", "xlsx_password_agile.xlsx", "x", "パスワードは「himitsu1」です。\n", Job{}, true, true},
		{"without a word for it", "zip_aes256.zip", "x", "よろしくお願いします。\n\nhimitsu1\n", Job{}, true, true},
		{"known to the caller", "zip_aes256.zip", "x", "x\n", Job{Passwords: []string{"wrong", "himitsu1"}}, true, true},
		{"in a mail that went the same way", "zip_aes256.zip", "x", "x\n", Job{Companions: [][]byte{companion}}, true, true},
		{"in a mail whose Message-ID looks like a word for it", "zip_aes256.zip", "x", "x\n", Job{Companions: [][]byte{noisy}}, true, true},
		{"the wrong one", "zip_aes256.zip", "x", "パスワード: himitsu2\n", Job{}, false, true},
		{"none", "zip_aes256.zip", "x", "パスワードは別途お電話でお伝えします。\n", Job{}, false, false},
		{"of a format that nobody here opens", "rar5_file_encrypted.rar", "x", "パスワード: himitsu1\n", Job{}, false, true},
		{"for a file that is not encrypted", "zip_nested_3_levels_plain.zip", "x", "パスワード: himitsu1\n", Job{}, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewReader(policy.DefaultLimits())
			c.job.Mail = true
			in := r.Inspect(context.Background(), c.job, encryptedMail(t, c.file, c.subject, c.body))
			numbers, open, told := 0, false, false
			for _, f := range in.Findings {
				if f.Type == "my_number" {
					numbers++
					open = open || f.Unencrypted
				}
				told = told || f.Type == policy.PasswordAlongside && f.Place.Part == "2"
				if strings.Contains(fmt.Sprint(f), "himitsu1") {
					t.Errorf("a finding tells the password: %+v", f)
				}
			}
			if c.opened && (numbers == 0 || !open || in.People.Unencrypted == 0) {
				t.Errorf("not opened: %d numbers, %+v, %+v", numbers, in.People, in.Parts)
			}
			if told != c.alongside {
				t.Errorf("reported alongside: %v, %+v", told, in.Findings)
			}
			if c.file != "zip_nested_3_levels_plain.zip" && encryption(in.Parts) == policy.NotEncrypted {
				t.Error("the file no longer counts as encrypted")
			}
		})
	}
}

func TestPasswordCandidates(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"Password: Abc-12345.", "Abc-12345"},
		{"The password for the attached zip file is Abc-12345.", "Abc-12345"},
		{"Passphrase: correct horse battery staple\n", "correct horse battery staple"},
		{"パスワードは秘密の言葉です。", "秘密の言葉"},
		{"開封パスワード： ひみつ のことば\nよろしく", "ひみつ のことば"},
		{"パスワードは、Ａｂｃ－１２３４５です。", "Abc-12345"},
		{"解凍用のパスワードは下記の通りです。\r\n\r\n  Abc-12345\r\n", "Abc-12345"},
		{"ＰＷ→Abc-12345", "Abc-12345"}, {"■パスワード■\nAbc-12345", "Abc-12345"},
		{"添付の解凍パスは Abc-12345 になります", "Abc-12345"}, {"アクセスコード【Abc-12345】", "Abc-12345"},
		{"解凍ＰＷ：ａｂｃ１２３", "abc123"},
		{"パスワードは\n　『himitsu 1』\nです", "himitsu 1"},
		{"the passphrase is\n\n  x9!kk#2", "x9!kk#2"},
		{"pw→20261121", "20261121"},
		{"ﾊﾟｽﾜｰﾄﾞ abc12345", "abc12345"}, {"開封用キー: himitsu77", "himitsu77"}, {"ファイルを開くには nyuryoku5 と入力してください。", "nyuryoku5"},
		{"Use unlock4u to open the attachment.", "unlock4u"}, {"Passwort: geheim55", "geheim55"}, {"密码：mima6677", "mima6677"},
		{"鍵：x9kk#2q", "x9kk#2q"}, {"解除コード=Code5577", "Code5577"}, {"暗証： tokyo-7788", "tokyo-7788"},
		{"Pass phrase : four words in row\n", "four words in row"}, {"ロック解除: rokku12", "rokku12"}, {"ファイル,パスワード\r\no.zip,cell4455\r\n", "cell4455"},
	} {
		labeled, alone := candidates(c.text)
		if got := firstDifferent(maxPasswords, labeled, alone); !bytes.Contains([]byte("\n"+strings.Join(got, "\n")+"\n"), []byte("\n"+c.want+"\n")) {
			t.Errorf("%q: got %q", c.text, got)
		}
	}
}

func TestPasswordsInFileNames(t *testing.T) {
	got := passwords(nil, nil, "名簿_pass_Kaku2026.zip", "ｈｉｍｉｔｓｕ１.zip", "report.final.docx", "2026-11-23.pdf")
	if want := []string{"Kaku2026", "himitsu1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzCandidates(f *testing.F) {
	f.Add("パスワードは「himitsu1」です。")
	f.Add("PW=\xff\xfeKİpw")
	f.Fuzz(func(t *testing.T, s string) {
		labeled, alone := candidates(s)
		if len(firstDifferent(maxPasswords, labeled, alone)) > maxPasswords {
			t.Fatal("too many")
		}
	})
}
