package mime

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func encoded(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) + "\n" }

// What a program that reads otherwise makes of a mail in doubt is in some node.
func TestMailInDoubtIsReadInEveryWay(t *testing.T) {
	const doubtful = "Content-Type: text/plain; charset=utf-8\nContent-Type: text/plain; charset=us-ascii\n"
	long := encoded("個人番号です。" + strings.Repeat("x", 60))
	for _, c := range []struct{ name, mail, want, view string }{
		{"base64 that nobody declares", doubtful + "\nhello\n" + long, "個人番号です。", ViewAnywhere},
		{"quoted-printable that nobody declares", doubtful + "\nx\n=E5=80=8B=E4=BA=BA\n", "個人", ViewAnywhere},
		{"quoted-printable in a header", doubtful + "\v\n=E5=80=8B=E4=BA=BA\n", "個人", ViewAnywhere},
		{"an encoded mail in encoded lines", doubtful + "\n" + encoded("Subject: x\nContent-Type: text/plain\n\n"+strings.Repeat("y\n", 20)), "Subject: x", ViewAnywhere},
		{"text in 16 bits in encoded lines", doubtful + "\n" + encoded("P\x0bN\xbauj\x53\xf70g0Y0\x02\x00 \x00x\x00y\x00z"), "番号です。 xyz", ViewAnywhere},
		{"encoded lines in encoded lines", doubtful + "\n" + encoded("氏名\n"+long), "個人番号です。", ViewAnywhere},
		{"HTML in a plain text", doubtful + "\nx\n&#20491;&#20154;\n", "&#20491;", ViewAnywhere},
		{"padding and junk in one line", "Content-Transfer-Encoding: base64\n\n5YCL5=Lq6\x1a\n", "個人", "unpadded"},
		{"a letter lost in a line", "Content-Transfer-Encoding: base64\n\neHl4\neHl\n5YCL5Lq6\n", "個人", ViewByLine},
		{"a letter lost in a line, the phase", "Content-Transfer-Encoding: base64\n\neHl4\neHl\t5YCL5Lq6\n", "個人", ViewAnywhere},
		{"a letter too many", "Content-Transfer-Encoding: base64\n\nMTIzO\n", "1238", ""},
		{"an encoding in other words", "Content-Transfer-Encoding: x-base64\n\n5YCL5Lq6\n", "個人", ""},
		{"half an escape", "Content-Transfer-Encoding: quoted-printable\n\n=A_=E5=80=8B=0=E4=BA=BA\n", "個人", ViewHalfEscape},
		{"a broken encoded mail", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + strings.TrimSpace(encoded("Subject: x\n\nabc")) + "=\n=\n" + encoded("個人番号"), "個人番号", ""},
		{"a broken quoted-printable mail", "Content-Type: message/rfc822\nContent-Transfer-Encoding: quoted-printable\n\nSubject: x=0A=0A12== \n34\n", "1234", ""},
		{"a comment in the type", "Content-Type: text/(x)html\n\nx\n", "x", "other type"},
		{"words behind the type", "Content-Type: message/rfc822 x\n\nContent-Transfer-Encoding: base64\n\n5YCL5Lq6\n", "個人", ""},
		{"a field folded with another blank", "Content-Type:\n\u3000message/rfc822\n\nContent-Transfer-Encoding: base64\n\n5YCL5Lq6\n", "個人", ""},
		{"words with an unknown label", "Subject: =?x-u?B?5YCL5Lq65w==?=\n =?utf-8?B?larlj7c=?=\n\nx\n", "個人番号", ""},
		{"digits where an encoding has a blank behind it", "Content-Transfer-Encoding: BASE64 \n\n1 2 3 4 5 6 7 8 9 0 1 8\n", "1 2 3 4 5 6 7 8 9 0 1 8", ViewAnywhere},
		{"words where an encoding is folded", "Content-Transfer-Encoding:\n base64\n\nYamada Taro\n", "Yamada Taro", ViewAnywhere},
		{"HTML in a line of a header", "Subject: x\n<p>&#20491;</p>\n\nx\n", "<html>\nSubject: x\r\n<p>&#20491;", ViewAnywhere},
		{"HTML behind a long line", doubtful + "\n" + strings.Repeat("x", 400) + " &#20491; " + strings.Repeat("\xff", 3) + "\n", "&#20491;", ViewAnywhere},
		{"a boundary in an encoded word", "Content-Type: =?us-ascii?Q?multipart/mixed;_boundary=3Db?=\n\n--b\nContent-Transfer-Encoding: base64\n\n5YCL5Lq6\n--b--\n", "個人", "decoded words"},
		{"a name in sections, in an encoded word and behind it", "Content-Disposition: =?utf-8?B?" + strings.TrimSpace(encoded("attachment; filename*0*=euc-jp''%B8%C4%BF%CD%C8%D6%B9%E6%B0;")) + "?=\n\tfilename*1=\"\xcc\xcd\xf7 1234\"\n\nx\n", "個人番号", ""},
		{"a charset in an encoded word", "Content-Type: text/plain; charset=\"=?us-ascii?Q?utf-7?=\"\n\n+UAtOug-\n", "+UAtOug-", "decoded words"},
		{"a uuencoded file with two CRs at each line end", doubtful + "\nbegin 644 a\r\n&<V5C<F5T\r\n`\r\nend\r\n", "secret", ViewAnywhere},
		{"a number over lines that flow in another reading", doubtful + "Content-Type: text/plain; format*0=flo; format*1=wed; delsp=yes\n\n1234 56 \n78\n", "1234 5678", ""},
		{"quoted-printable in a base64 body", "Content-Transfer-Encoding: base64\n\n" + strings.TrimSpace(encoded("=E5=80=8B=E4=BA=BA\nabcd")) + "A\n", "個人", ViewAnywhere},
		{"HTML under a type without a word", "Content-Type: ; text/html\n\n&#20491;\n", "&#20491;", ViewAnywhere},
		{"HTML under a type of one word", "Content-Type: text\n\n&#20491;\n", "&#20491;", ViewAnywhere},
		{"characters by number in a charset of seven bits", doubtful + "Content-Type: text/plain; charset=unicode-escape\n\n\\u500b\\u4eba\n", "個人", ViewAnywhere},
		{"an escape of ISO-2022-JP in base64", "Content-Transfer-Encoding: base64\n\n5YCL\x1b(B5Lq6\n", "個人", ViewAnywhere},
		{"a NUL in a number", "Subject: 1234 567\x008\n\nx\n", "1234 5678", ""},
	} {
		r := Read(crlf(c.mail), policy.DefaultLimits())
		found := false
		for i := range r.Nodes {
			n := &r.Nodes[i]
			found = found || bytes.Contains(n.Body(), []byte(c.want)) && strings.Contains(n.View, c.view)
		}
		if !found {
			t.Errorf("%s: got %q, %q", c.name, leaves(r), r.Doubts)
		}
	}
}

// Readings cost in proportion to the mail, and what is too much is said.
func TestOtherReadingsAreBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short run")
	}
	head := "Content-Type: text/plain\nContent-Type: text/html\n"
	for name, mail := range map[string]string{
		"junk in large base64":    "Content-Transfer-Encoding: base64\n\n" + strings.Repeat("AAAA-!=\n", 1<<18),
		"stray signs":             "Content-Transfer-Encoding: quoted-printable\n\n" + strings.Repeat("=E5 = 3\n", 1<<18),
		"many runs":               head + "\n" + strings.Repeat("hello there\n"+encoded("hello hello hello"), 2*20000),
		"large text of two kinds": head + "\n" + strings.Repeat("<p>1234</p> 5678\n", 1<<19),
	} {
		r := Read(crlf(mail), policy.DefaultLimits())
		extra, problem := 0, false
		for i := range r.Nodes {
			if n := &r.Nodes[i]; n.View != "" && n.View != ViewJunk {
				extra += len(n.Body())
			}
			problem = problem || r.Nodes[i].Problem != policy.NoProblem
		}
		if extra > otherBytes || !problem {
			t.Errorf("%s: %d octets more, problem %v", name, extra, problem)
		}
	}
}
