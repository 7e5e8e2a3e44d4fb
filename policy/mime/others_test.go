package mime

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// What one program or another shows of such a mail is in some node; found by
// comparing with those programs.
func TestWhatOtherProgramsShowIsRead(t *testing.T) {
	const want = "個人番号 1234"
	b64 := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	word := "=?utf-8?B?" + b64(want) + "?="
	text := "Content-Type: text/plain; charset=utf-8\n"
	encoded := text + "Content-Transfer-Encoding: base64\n\n" + b64(want) + "\n"
	qp := text + "Content-Transfer-Encoding: quoted-printable\n\n=E5=80=8B=E4=BA=BA=E7=95=AA=E5=8F=B7"
	var wide string // uuencoded, in UTF-32, in quoted-printable that nobody declares
	for _, c := range "begin 644 a\n1Y8\"+Y+JZYY6JY8^W(#$R,S0`\n`\nend\n" {
		wide += fmt.Sprintf("=%02X=00=00=00", c)
	}
	mixed := "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B\n"
	for _, c := range []struct{ name, mail string }{
		{"blank in the label of a word", "Subject: =?utf- 8?B?" + b64(want) + "?=\n\nx"},
		{"octets in the label of a word that do not belong", "Subject: =?utf-8\ufeff?B?5YCL5Lq65w==?= =?utf-8?B?larlj7cgMTIzNA==?=\n\nx"},
		{"a form feed between two words", "Subject: =?utf-8?B?5YCL5Lq65w==?=\r\f\n =?utf-8?B?larlj7cgMTIzNA==?=\n\nx"},
		{"a word that the end of the mail cuts off", "Content-Disposition: attachment; filename=\"=?utf-8?B?5YCL5Lq65w==?= =?utf-8?Q?=95=AA=E5=8F=B7=20=31=32=33=34"},
		{"no label in a word", "Subject: =??B?" + b64(want) + "?=\n\nx"},
		{"word inside a word", "Subject: =?utf-8?B?" + b64(word) + "?=\n\nx"},
		{"word inside a word inside a word", "Subject: =?utf-8?B?" + b64("=?utf-8?B?"+b64(word)+"?=") + "?=\n\nx"},
		{"header in ISO-2022-JP with an octet missing", "Subject: \x1b$B8D?MHV9f\x1b(B 1234 \x1b$B;\x1b(B\n\nx"},
		{"file name of the mail itself", "Content-Type: multipart/mixed; boundary=B; name*=utf-8''%E5%80%8B%E4%BA%BA%E7%95%AA%E5%8F%B7%201234\n\n--B\n\nx\n--B--\n"},
		{"comment in a part's header", mixed + "Content-Type: text/plain (" + want + ")\n\nx\n--B--\n"},
		{"junk line with a colon in front of one without", "Subject: x\n: y\n" + text + "Content-Transfer-Encoding: base64\n\u3000\n" + b64(want) + "\n"},
		{"octet in front of a field's name", text + "\x0cContent-Transfer-Encoding: base64\n\n" + b64(want) + "\n"},
		{"empty line in front of an inner header", mixed + "Content-Type: message/rfc822\n\n\nSubject: x\n" + encoded + "--B--\n"},
		{"blanks for a header in a digest", "Content-Type: multipart/digest; boundary=B\n\n--B\n \n\n" + encoded + "--B--\n"},
		{"uuencoded mail that is none", mixed + "Content-Type: message/rfc822\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n" + encoded + "--B--\n"},
		{"a file called a mail", mixed + "Content-Type: message/rfc822; name=a\nContent-Transfer-Encoding: base64\n\n" + b64("%a file\n\n"+want) + "\n--B--\n"},
		{"boundary of what is no multipart", "Content-Type: text/plain, multipart/mixed; boundary=B\n\nx\n--B\n" + encoded + "--B--\n"},
		{"boundary in sections of what is no multipart", "Content-Type: text/plain; boundary*0*=''%42; boundary*1=\"\"\n\nx\n--B\n" + encoded + "--B--\n"},
		{"base64 with the letters of URLs", text + "Content-Transfer-Encoding: base64\n\n" + base64.URLEncoding.EncodeToString([]byte("？？>>"+want)) + "\n"},
		{"base64 that goes on behind a line of something else, inside a group", text + "Content-Transfer-Encoding: base64\n\n" + b64(want)[:18] + "\n\x0c\n" + b64(want)[18:] + "\n"},
		{"footer below base64 that is base64 too", text + "Content-Transfer-Encoding: base64\n\n" + b64("abc") + "\n!" + b64(want) + "\n"},
		{"an equals sign too many", qp + " ==31234\n"},
		{"soft line break inside an escape", qp + "==\n20=31234\n"},
		{"soft line break of a CR", qp + " 1=\r234\n"},
		{"soft line break of a CR with more behind it", qp + " 1=\rxyz\n234\n"},
		{"a blank of eight bits behind a soft line break", text + "Content-Transfer-Encoding: quoted-printable\n\n=E5=80=8B=E4=BA=BA=E7=95=AA=E5=\xa0\n=8F=B7 12=3\xa034\n"},
		{"fields in a message of another kind", "Content-Type: message/disposition-notification\n\n" + encoded},
		{"fields in a report of delivery", "Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nContent-Transfer-Encoding: base64\n" + b64(want) + "\n"},
		{"fields in an encoded message of another kind", "Content-Type: message/x-y\nContent-Transfer-Encoding: quoted-printable\n\n" + strings.ReplaceAll(encoded, "=", "=3D")},
		{"a mail that is called a text", "Content-Type: text/rfc822\n\n" + encoded},
		{"one of two types is a message of another kind", "Content-Type: text/plain\nContent-Type: message/http\n\n" + encoded},
		{"blanks inside an escape of a word", "Subject: =?utf-8?Q?=E5= 80=8B=E4=BA= BA=E7=95=AA=E5=8F=B7=\n 20=31= 32=_33=34?=\n\nx"},
		{"a word that begins another one", "Subject: =?utf-8?Q?=?utf-8?B?" + b64("個人番号") + "?= =?utf-8?B?" + b64(" 1234") + "?=?=\n\nx"},
		{"words with marks between them that say nothing", "From: \"=?utf-8?B?5YCL5Lq65w==?=\"\" ()\x00=?utf-8?B?larlj7c=?=\"\"=?utf-8?Q?_1234?=\" <a@example.com>\n\nx"},
		{"such words inside another one", "From: =?utf-8?Q?=?utf-8?q?=e5=80=8b=e4=ba=ba=e7?=\"\"=?utf-8?B?larlj7c=?=\"\"=?utf-8?Q?_1234?=?=\n\nx"},
		{"such words in the name of a file", text + "Content-Disposition: attachment; filename=\"=?utf-8?B?5YCL5Lq65w==?=\"\"=?utf-8?B?larlj7cgMTIzNA==?=\"\n\nx"},
		{"words that do not belong together", "Subject: =?shift_jis?Q?=8C=C2=90l=94=D4=8D=86_1234?=\n =?shift_jis?B?gQ==?= =?shift_jis?B?gUE=?=\n\nx"},
		{"percent signs in a piece that has none", "Content-Disposition: attachment; filename*0*=utf-8''%E5%80%8B%E4%BA%BA%E7%95%AA%E5%8F%B7; filename*1=\"%201%3234\"\n\nx"},
		{"a value behind its quotes", "Content-Disposition: attachment; filename=\"a\" " + word + "\n\nx"},
		{"blanks in front of the star", "Content-Disposition: attachment; filename *=utf-8''%E5%80%8B%E4%BA%BA%E7%95%AA%E5%8F%B7%201234\n\nx"},
		{"blanks behind a delimiter that is none to others", mixed + "Content-Type: text/plain\n\nx\n--B-- \n" + encoded + "--B--\n"},
		{"a part in the epilogue", mixed + "\nx\n--B--\n--C\n" + encoded + "--C--\n"},
		{"a part in the preamble", "Content-Type: multipart/mixed; boundary=B\n\n--C\n" + encoded + "--C--\n--B\n\nx\n--B--\n"},
		{"a uuencoded file in wide characters", "X-Odd line\nContent-Type: text/plain\n\ncharset=utf-32le\n=FF=FE=00=00" + wide + "\n"},
		{"base64 that begins with a field to some", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\nX-Odd : x\n\n" + "AAA" + b64("x"+want) + "A\n"},
		{"base64 that begins with a field whose name has an octet too many", "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\nX-Odd\x01: x\n\n" + "AAA" + b64("x"+want) + "A\n"},
		{"base64 lines between fields", "Content-Type: text/plain\nContent-Type: text/html\n\n" + b64(want)[:10] + "\nX-Note: more\n" + b64(want)[10:] + "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Read(crlf("From: a@example.co.jp\nMIME-Version: 1.0\n"+c.mail), policy.DefaultLimits())
			if all := allText(r); !strings.Contains(all, want) {
				t.Errorf("nobody shows it: %q", all)
			}
		})
	}
}

// What others take for another reading of the same octets is there in the way that they
// take it.
func TestOtherReadingsOfTheSameOctets(t *testing.T) {
	uu := "Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\r&<V5C<F5T\r`\rend\n"
	for _, c := range []struct{ name, mail, want string }{
		{"uuencode whose lines end with a CR", uu, "text/plain secret"},
		{"uuencode by a short name", strings.Replace(uu, "x-uuencode", "uue", 1), "text/plain secret"},
		{"a file that begins like a mail, with a name that not everybody sees", "Content-Type: text/plain\nContent-Disposition: attachment; name*0=a;; name*1=.txt\n\nSubject: x\n\ny\n", "application/octet-stream Subject: x\r\n\r\ny"},
		{"a boundary in a field folded in front of its colon", "Content-Type\n\v: multipart/mixed; boundary=B\n\n--B\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\neHl6\n--B--\n", "application/pdf xyz"},
		{"a page that begins in the header", "Content-Type: text/html\nX-Odd : <p>x</p>\n\ny\n", "text/html X-Odd : <p>x</p>\r\n\r\ny"},
		{"the charset of a charset", "Content-Type: text/plain; charset*=utf-16''%67%62%31%38%30%33%30\n\nx\n", "gb18030 x"},
		{"a charset in sections with a charset each", "Content-Type: text/plain; charset*0*=x'y'gb; charset*1*=z'w'18030\n\nx\n", "gb18030 x"},
	} {
		r := Read(crlf(c.mail), policy.DefaultLimits())
		found := false
		for i := range r.Nodes {
			n := &r.Nodes[i]
			kind, body, _ := strings.Cut(c.want, " ")
			found = found || (n.Type == kind || n.Charset == kind) && strings.TrimSpace(string(n.Body())) == body
		}
		if !found {
			t.Errorf("%s: %q", c.name, leaves(r))
		}
	}
}

// The same text in another charset is another reading, even where that charset is
// used elsewhere in the mail.
func TestSameOctetsInAnotherCharsetAreKept(t *testing.T) {
	r := Read(crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain; charset=shift_jis\n\n\x82\xa0\n--B\n"+
		"Content-Type: text/plain; charset=utf-8\nContent-Type: text/plain; charset=shift_jis\n\n\x8c\xc2\x90\x6c\n--B--\n"), policy.DefaultLimits())
	for i := range r.Nodes {
		if n := &r.Nodes[i]; n.Path == "2" && n.Charset == "shift_jis" {
			if n.Problem != policy.NoProblem {
				t.Errorf("problem %s: nothing is unread", n.Problem)
			}
			return
		}
	}
	t.Errorf("not read as shift_jis: %+v", r.Nodes)
}

// So is the same text as a type that is read in another way.
func TestSameOctetsOfAnotherTypeAreKept(t *testing.T) {
	r := Read(crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: text/plain\nContent-Type: text/rfc822-headers\n\nSubject: x\n--B--\n"), policy.DefaultLimits())
	for i := range r.Nodes {
		if r.Nodes[i].Type == "text/rfc822-headers" {
			return
		}
	}
	t.Errorf("not read as headers: %+v", r.Nodes)
}

func TestLinesOfEncodedFilesAreNotSimple(t *testing.T) {
	short := strings.Repeat("UEsDBBQAAAAIAAAA\n", 6)
	for _, c := range []struct {
		text   string
		simple bool
	}{
		{short, false}, {"x\n" + strings.ReplaceAll(short, "U", "="), false}, {strings.Repeat("50 4b 03 04\n", 10), false},
		{"(This file must be converted with BinHex 4.0)\n", false},
		{strings.Repeat("-", 80) + "\n" + strings.Repeat("=", 80) + "\n", true}, {"Thanks\n\nTaro\nYamada\n", true},
		{strings.Repeat("Regards and so on\n", 20), true},
	} {
		if got := looksLikeText([]byte(c.text), charset.LookAt([]byte(c.text))); got != c.simple {
			t.Errorf("%.30q: simple is %v", c.text, got)
		}
	}
}

// The footer of a mailing list behind a base64 text of any size makes no doubt of the text
// in front of it, and is read itself, whatever its letters decode to.
func TestFooterBehindBase64IsReadByItself(t *testing.T) {
	const footer = "\n____________________\nML mailing list\nML@lists.example.com 5YCL5Lq6\n"
	text := strings.Repeat("打ち合わせは来週です。\r\n", 1000)
	for name, encoded := range map[string]string{
		"padded":   base64.StdEncoding.EncodeToString([]byte(text + "x")),
		"in lines": foldLines(base64.StdEncoding.EncodeToString([]byte(text))),
	} {
		r := Read(crlf("From: a@example.co.jp\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"+encoded+footer), policy.DefaultLimits())
		if hasProblem(r.Nodes) {
			t.Errorf("%s: a problem in %+v", name, r.Nodes)
		}
		if all := allText(r); !strings.Contains(all, "ML mailing list") || !strings.Contains(all, "個人") {
			t.Errorf("%s: the footer is not read: %q", name, all)
		}
		for i := range r.Nodes {
			if n := &r.Nodes[i]; n.Path == "1" && n.View == "" && strings.TrimSuffix(string(n.Body()), "x") != text {
				t.Errorf("%s: the text is not read by itself", name)
			}
		}
	}
}

func foldLines(s string) string {
	var b strings.Builder
	for len(s) > 76 {
		b.WriteString(s[:76] + "\n")
		s = s[76:]
	}
	return b.String() + s
}

// Octets between the escapes of characters are a part of these or nothing; a footer in UTF-8
// below escapes of UTF-8 is what it is.
func TestOctetsBetweenEscapes(t *testing.T) {
	const head = "Content-Type: text/plain; charset=euc-jp\nContent-Transfer-Encoding: quoted-printable\n\n"
	for body, want := range map[string]string{
		"=B8=C4=BF=CD\xef\xbb\xbf=C8=D6=B9=E6\n": "\xb8\xc4\xbf\xcd\xc8\xd6\xb9\xe6",
		"=E5=80=8B=E4=BA=BA\n個人情報\n":             "",
	} {
		r := Read([]byte(crlf(head+body)), policy.DefaultLimits())
		if r.Canonical != (want == "") {
			t.Errorf("%q: canonical is %v", body, r.Canonical)
		}
		if want != "" && !slices.ContainsFunc(r.Nodes, func(n Node) bool { return strings.Contains(string(n.Body()), want) }) {
			t.Errorf("%q: not read without them", body)
		}
	}
}
