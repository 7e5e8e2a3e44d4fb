package mime

import (
	"encoding/base64"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// One thing that is wrong is read in every way; a body with two is ambiguous.
func TestTangledBodiesAreAmbiguous(t *testing.T) {
	const text = "お世話になっております。資料を送付します。よろしくお願いします。\r\n個人番号 1234\r\n"
	whole := base64.StdEncoding.EncodeToString([]byte(text))
	lines := whole[:40] + "\n" + whole[40:80] + "\n" + whole[80:] + "\n"
	uneven := whole[:42] + "\n" + whole[43:80] + "\n" + whole[80:] + "\n"
	const plain, encoded = "Content-Type: text/plain; charset=utf-8\n", "Content-Transfer-Encoding: base64\n\n"
	const twice = "Content-Type: text/plain; charset=iso-2022-jp; format=flowed\n"
	const footer = "_____\nML mailing list\nhttps://lists.example.com/mailman/listinfo/ml\n"
	for _, c := range []struct {
		name, mail string
		ambiguous  bool
	}{
		{"UTF-7 under two types", "Content-Type: text/plain; charset=utf-7\n" + twice + "\n>>個人番\n+MEpOF \n>>opxMGswaj\n", true},
		{"two charsets in one type", "Content-Type: text/plain; charset=hz-gb-2312; charset=utf-8\n\n~{8vHK\n", true},
		{"base64 of HZ that is cut inside a group", "Content-Type: text/plain; charset=hz-gb-2312\n" + encoded + "fns4dkhLfn0gMT\x80IzNDU2\n\x80\nMTIzNDU2Nzg5\n", true},
		{"base64 with a letter too few and something between", plain + encoded + strings.Replace(uneven, "\n", "\n#\n", 1), true},
		{"base64 with a letter too few and something in its lines", plain + encoded + whole[:19] + "(" + whole[20:] + "\n", true},
		{"octets of no charset under two types", plain + twice + "\n個人番号\xff\xfe\x801234\n", true},
		{"quoted-printable with stray signs under two types", plain + twice + "Content-Transfer-Encoding: quoted-printable\n\na=b=\xe5\n", true},

		{"quoted-printable with NUL inside an escape", plain + "Content-Transfer-Encoding: quoted-printable\n\n=E5=80=8B=3\x001\n", true},

		{"two types and two encodings", plain + twice + "Content-Transfer-Encoding: base64\nContent-Transfer-Encoding: quoted-printable\n\nAAAA\n", true},
		{"two formats and octets of no charset", "Content-Type: text/plain; format=fixed; format=flowed\n\n個人番号\xff\xfe\x801234\n", true},
		{"base64 with a letter too few of numbers escaped twice", "Content-Type: text/html\n" + encoded + base64.StdEncoding.EncodeToString([]byte("<p>&amp;#20491;&amp;#20154;</p>"))[:39] + "\n", true},
		{"a character by a number with a blank inside", "Content-Type: text/html\n\n<p>&#3005\u20038;</p>\n", true},
		{"a character by a number with a control inside", "Content-Type: text/html\n\n<p>&#3\x7f0058;</p>\n", true},
		{"a number that is parted in a charset that is another one", "Content-Type: text/plain; charset=euc-jp\n\n個人番号 1234\u200b5678\n", true},
		{"controls in HZ", "Content-Type: text/plain; charset=hz-gb-2312\n\n~{8vHK~} 12\x0234\n", true},
		{"a number parted by an octet of no charset", "Content-Type: text/plain; charset=shift_jis\n\n\x8c\xc2\x90l 12\x8534\n", true},
		{"torn ISO-2022-JP with a control", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B8D?\x02MHV9f\x1b(B 1234\n", true},

		{"digits by number in HZ", "Content-Type: text/html; charset=hz-gb-2312\n\n~{8vHK~} &#49;&#x32;\n", true},
		{"a charset that nobody knows with controls in its text", "Content-Type: text/plain; charset=x-utf8-of-mine\n\n個人\x02番号\n", true},

		{"digits by number", "Content-Type: text/html; charset=utf-8\n\n<p>&#49;&#x32;</p>\n", false},
		{"a charset that nobody knows", "Content-Type: text/plain; charset=x-utf8-of-mine\n\n個人番号\n", false},
		{"a number parted by a blank of no width", plain + "\n個人番号 1234\u200b5678\n", false},
		{"dates in Shift_JIS under another charset", "Content-Type: text/plain; charset=utf-8\n\n2026\x94N11\x8c\x8e23\x93\xfa\n", false},
		{"dates in Shift_JIS above dates in UTF-8", "Content-Type: text/plain; charset=shift_jis\n\n2026\x94N11\x8c\x8e23\x93\xfa\n> 2026年11月23日\n", false},
		{"an apostrophe escaped twice in another charset", "Content-Type: text/html; charset=utf-8\n\n<p>&amp;#39; \x8c\xc2\x90l</p>\n", false},
		{"a number without its semicolon", "Content-Type: text/html; charset=utf-8\n\n<p>&#9312\u3000個人 &#169株式会社</p>\n", false},
		{"Shift_JIS called Latin-1, with the end of a DOS file", "Content-Type: text/plain; charset=us-ascii\n\n\x8c\xc2\x90l\n\x1a\n", false},
		{"ISO-2022-JP that is cut off", "Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B8D?M\n", false},
		{"quoted-printable with NUL", plain + "Content-Transfer-Encoding: quoted-printable\n\n=E5=80=8B\x00\n", false},
		{"two types", plain + twice + "\n個人番号 1234\n", false},
		{"the same type twice", plain + plain + encoded + lines, false},
		{"octets of no charset", plain + "\n個人番号\xff\xfe\x801234\n", false},
		{"UTF-7", "Content-Type: text/plain; charset=utf-7\n\n+UAtOunVqU\n", false},
		{"base64 with a letter too few", plain + encoded + uneven, false},
		{"base64 with something between", plain + encoded + strings.Replace(lines, "\n", "\n#\n", 1), false},
		{"base64 that a relay broke", plain + encoded + whole[:42] + "!\n " + whole[42:] + "\n", false},
		{"base64 and a footer", plain + encoded + lines + footer, false},
		{"base64 and a footer under two types", plain + twice + encoded + lines + footer, false},
		{"little base64 and a footer", plain + encoded + base64.StdEncoding.EncodeToString([]byte("承知")) + "\n" + footer, false},
		{"a file and a footer", "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment\n" + encoded + lines + footer, false},
		{"quoted-printable that is none, in another charset", "Content-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nhttp://example.com/?a=b \x8c\xc2\x90\x6c\n", false},
	} {
		r := Read([]byte(crlf("From: a@example.co.jp\nMIME-Version: 1.0\n"+c.mail)), policy.DefaultLimits())
		got := slices.ContainsFunc(r.Nodes, func(n Node) bool { return n.View == "" && n.Problem == policy.Ambiguous })
		if got != c.ambiguous {
			t.Errorf("%s: ambiguous is %v (%v)", c.name, got, r.Doubts)
		}
	}
}

// What is tangled without any doubt about the structure is not read in the main process.
func TestTangledTextIsNotSimple(t *testing.T) {
	for text, simple := range map[string]bool{
		"Content-Type: text/html; charset=utf-8\n\n<p>&#20491;&#20154; &amp; 12</p>\n":   true,
		"Content-Type: text/html; charset=utf-8\n\n<p>&#204\u200b91; &amp; 12</p>\n":     false,
		"Content-Type: text/plain; charset=euc-jp\n\n個人番号 1234\u200b5678\n":              false,
		"Content-Type: text/plain; charset=shift_jis\n\n\x8c\xc2\x90l 12\x8534\n":        false,
		"Content-Type: text/plain; charset=shift_jis\n\n2026\x94N11\x8c\x8e23\x93\xfa\n": true,
	} {
		raw := []byte(crlf("From: a@example.co.jp\nMIME-Version: 1.0\n" + text))
		if got := StrictOwn(raw, policy.DefaultLimits()).IsSimple(1 << 20); got != simple {
			t.Errorf("%q: simple is %v", text, got)
		}
	}
}

// A mail in which two things of different kinds are in doubt is ambiguous, by itself and inside
// another mail. What ordinary mail has, it may have together.
func TestTangledMailsAreAmbiguous(t *testing.T) {
	const head = "From: a@example.co.jp\nMIME-Version: 1.0\n"
	const cr, oddType = "Subject: a\rb\n", "Content-Type: text\n"
	attached := func(mail string) string {
		return head + "Content-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B\nContent-Type: message/rfc822\n\n" + mail + "\n--B--\n"
	}
	for _, c := range []struct {
		name, mail string
		ambiguous  bool
	}{
		{"CR without LF and a type of one word", head + cr + oddType + "\nx\n", true},
		{"the same in a mail inside a mail", attached(head + oddType + "Content-Transfer-Encoding: mime64\n\nx\n"), true},
		{"a name with something in it and NUL", head + "Content\x0b-Type: text/html\n\nx\x00\n", true},

		{"two types, and two of each kind in a part that only the last one has", head + "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=B\n\n--B\n" +
			"Content-Type: text/plain\nContent-Type: x\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: x\n\neHl6\n--B--\n", true},

		{"two types, and two of each kind in a mail that only the last one has", head + "Content-Type: text/calendar\nContent-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: message/rfc822\n\n" +
			"Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\nContent-Transfer-Encoding: 7bit\nContent-Type: application/octet-stream\n\neHl6\n--B--\n", true},
		{"two encodings that are none", head + "Content-Type: text/plain\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 8bit\n\nx\n", false},

		{"two types, of which the last one has parts", head + "Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=B\n\n--B\n\nx\n--B--\n", false},
		{"CR without LF", head + cr + "\nx\n", false},
		{"a type of one word", head + oddType + "\nx\n", false},
		{"one in the mail and another one in the mail inside it", attached(head + oddType + "\nx\n"), false},
		{"raw octets, a line without a name, blanks and no end", head + "Subject: \x8c\xc2\x90l\nno name\nContent-Type: multipart/mixed; boundary=B\n\n--B \n\nx\n", false},
	} {
		r := Read([]byte(crlf(c.mail)), policy.DefaultLimits())
		if got := slices.ContainsFunc(r.Nodes, func(n Node) bool { return n.Problem == policy.Ambiguous }); got != c.ambiguous {
			t.Errorf("%s: ambiguous is %v (%v)", c.name, got, r.Doubts)
		}
	}
}

// A boundary that is another one to some programs is a doubt.
func TestBoundariesAreWrittenPlainly(t *testing.T) {
	for value, plain := range map[string]bool{
		`multipart/mixed; boundary=B`: true, `multipart/mixed; boundary="B"; x=y`: true, "multipart/mixed;\r\n\tBoundary = \"B\" ;": true,
		`multipart/mixed; boundary="B" (c)`: false, `multipart/mixed; boundary=B x`: false, `multipart/mixed; boundary*=''B`: false,
		`multipart/mixed; boundary="\B"`: false, `multipart/mixed; boundary='B'`: false,
	} {
		if got := isPlainBoundary([]byte(value), "B"); got != plain {
			t.Errorf("%s: %v", value, got)
		}
	}
}

// Who ends a boundary at a blank or quotation mark finds no delimiter: the whole is one text,
// in which tags and characters by number count.
func TestBoundariesThatEndEarlyAreReadAsText(t *testing.T) {
	for _, boundary := range []string{`a"b`, "a bb"} {
		mail := "From: a@example.co.jp\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=" + boundary + "\n\n--" + boundary + "\n\nx\n--" + boundary + "--\n&#20491&#20154</p>\n"
		r := Read([]byte(crlf(mail)), policy.DefaultLimits())
		page := func(n Node) bool { return n.isHTML() && strings.Contains(string(n.Body()), "&#20491") }
		if r.Canonical || !slices.ContainsFunc(r.Nodes, page) {
			t.Errorf("boundary=%s: what stands behind is not read as a page", boundary)
		}
	}
}

// Lines that are no field stand in the headers of ordinary mails: encoded text behind them is
// read with them too. What may be a file is ambiguous, and so is what shows only with them.
func TestLinesInFrontOfEncodedText(t *testing.T) {
	const mail = "From: a@example.co.jp\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n"
	text := base64.StdEncoding.EncodeToString([]byte("<html><body><p>お世話になっております。</p></body></html>"))
	for _, c := range []struct {
		name, mail string
		ambiguous  bool
	}{
		{"a blank in the name", mail + "X-Originating IP: 192.0.2.1\n\n" + text + "\n", false},
		{"a blank in front of the colon", mail + "X-Mailer : PHP/5.3\n\n" + text + "\n", false},
		{"the rest of a field that was not folded", mail + "X-Subject: a\nand the rest of it\n\n" + text + "\n", false},
		{"two of them", mail + "X-Originating IP: 192.0.2.1\nX-Scan Result: clean\n\n" + text + "\n", false},
		{"a file", mail + "Content-Disposition: attachment; filename=a.html\nX-Scan Result: clean\n\n" + text + "\n", true},
		{"no other text", mail + "X-Originating IP: 192.0.2.1\n" + text + "\n\n", true},
	} {
		r := Read([]byte(crlf(c.mail)), policy.DefaultLimits())
		if got := slices.ContainsFunc(r.Nodes, func(n Node) bool { return n.Problem == policy.Ambiguous }); got != c.ambiguous {
			t.Errorf("%s: ambiguous is %v (%v)", c.name, got, r.Doubts)
		}
	}
}
