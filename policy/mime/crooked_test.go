package mime

import (
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// A mail with a field that no program writes is ambiguous, with one that a program writes
// against the grammar it is not.
func TestCrookedFieldsAreAmbiguous(t *testing.T) {
	const plain = "Content-Type: text/plain; charset=utf-8\n"
	for _, c := range []struct {
		name, fields string
		ambiguous    bool
	}{
		{"a charset with a comma", "Content-Type: text/plain; charset=gb18030,utf-8\n", true},
		{"a charset with a control character", "Content-Type: text/plain; charset=x-x-big5\x05\n", true},
		{"a charset with something that is not seen", "Content-Type: text/html; charset=utf-1\u20606be\n", true},
		{"a charset with the next line in it", "Content-Type: text/plain; charset=gb18030\n : x\n", true},
		{"an extended charset", "Content-Type: text/html; charset*=''%69%73%6f\n", true},
		{"a value in quotation marks", "Content-Type: \"text/enriched; charset=utf-8\"\n", true},
		{"no disposition", plain + "Content-Disposition: ; filename=a.txt\n", true},
		{"two dispositions", "Content-Disposition: inline,attachment; filename=x.mht\n", true},
		{"a field name in an encoded word", "=?us-ascii?Q?Content-Type?=: text/html\n", true},
		{"a field name with a control character", "Content\x0b-Type: text/html\n", true},
		{"a line that begins with another blank", plain + "\x0bx: y\n", true},
		{"controls in a line without a name", plain + "X\x01: y\n", true},
		{"a whole value in an encoded word", plain + "Content-Disposition: =?utf-8?B?YXR0YWNobWVudA==?=\n", true},
		{"a section without its star", plain + "Content-Disposition: attachment;\n filename*0*=UTF-8''%E5%80%8B; filename*1=00*=%201234; filename*2=a\n", true},
		{"a section that is not there", plain + "Content-Disposition: attachment; filename*0=a; filename*2=b\n", true},
		{"sections beside a whole", plain + "Content-Disposition: attachment; filename*=''a; filename*1=b\n", true},
		{"an encoding with something that is not seen", plain + "Content-Transfer-Encoding: base6\u20604\n", true}, {"a charset behind a raw name in ISO-2022-JP", "Content-Type: text/plain; name=\"\x1b$B$\"$;\x1b(B.txt\"; charset=utf-8\n", true},
		{"a boundary behind a raw name in ISO-2022-JP", "Content-Type: multipart/mixed; name=\"\x1b$B$\"$;\x1b(B.txt\"; boundary=B\n", true},
		{"a raw name in torn ISO-2022-JP", plain + "Content-Disposition: attachment; filename=\"\x1b$B$\x1b(B.txt\"\n", true},

		{"an encoded word with a label that none is", "Subject: =?UTF-8?B?5YCL5Lq65w==?=\n =?UTF!-8?B?larlj7c=?=\n" + plain, true},
		{"an encoded name with a control character in its label", plain + "Content-Disposition: attachment; filename=\"=?utf\x01-8?Q?a?=\"\n", true},

		{"encoded words with quotation marks, a blank, a language, nothing", "Subject: =?\"utf-8\"?B?5YCL?= =?utf-8 ?Q?a?= =?iso-8859-1*fr?Q?b?= =??Q?c?=\n" + plain, false},
		{"encoded words of charsets that are seldom", "Subject: =?ISO_8859-1:1987?Q?a?= =?x-unknown?q?b?= =?IBM.1047+x?Q?c?=\n" + plain, false},
		{"an address with questions and equals signs", "Subject: https://example.com/?a=?b&c=?d?q?e?=\nX-Url: a=?日本!\n" + plain, false},
		{"UTF-8 with a comma, and with the parameter's name once more", "Content-Type: text/plain; charset=charset=UTF-8,\n", false},
		{"a raw name in ISO-2022-JP", "Content-Type: application/octet-stream; name=\"\x1b$B$\"$;\x1b(B.txt\"\n", false},
		{"a comma for a semicolon", plain + "Content-Disposition: attachment, filename=a.txt\n", false},
		{"a charset in other quotes", "Content-Type: text/plain; charset='utf-8'\n", false},
		{"a charset with a comment", "Content-Type: text/plain; charset=utf-8 (Unicode)\n", false},
		{"no charset", "Content-Type: text/plain; charset=\"\"\n", false},
		{"semicolons at the end", "Content-Type: text/plain; charset=utf-8;;\n", false},
		{"a raw name", plain + "Content-Disposition: attachment; filename=\"名簿.txt\"\n", false},
		{"a raw name in Shift_JIS with a semicolon", plain + "Content-Disposition: attachment; filename=\x96\xbc\x95\xeb;\x96\xbc.txt\n", false},
		{"an encoded name", plain + "Content-Disposition: attachment; filename=\"=?utf-8?B?5ZCN57C/?=\"\n", false},
		{"an encoded name without quotation marks", plain + "Content-Disposition: attachment; filename==?utf-8?B?5ZCN57C/?=\n", false},
		{"an extended name", plain + "Content-Disposition: attachment; filename=a.txt; filename*=utf-8''%E5%90%8D.txt\n", false},
		{"an extended name in quotation marks", plain + "Content-Disposition: attachment; filename*=\"utf-8''%E5%90%8D.txt\"\n", false},
		{"an extended name that is raw", plain + "Content-Disposition: attachment; filename*=utf-8''名簿.txt\n", false},
		{"sections", plain + "Content-Disposition: attachment;\n filename*0*=utf-8''%E5%90%8D; filename*1*=%E5%90%8D; filename*2=.txt\n", false},
		{"sections without a charset", plain + "Content-Disposition: attachment;\n filename*0=\"a 100%\"; filename*1=\"b.txt\"\n", false},
		{"an encoding that is none", plain + "Content-Transfer-Encoding: 8-bit\n", false},
		{"a folded value", "Content-Type: text/plain;\n\tcharset=\"iso-2022-jp\";\n \n", false},
	} {
		r := Read([]byte(crlf("From: a@example.co.jp\nMIME-Version: 1.0\n"+c.fields+"\nx\n")), policy.DefaultLimits())
		got := slices.ContainsFunc(r.Nodes, func(n Node) bool { return n.View == "" && n.Problem == policy.Ambiguous })
		if got != c.ambiguous {
			t.Errorf("%s: ambiguous is %v (%v)", c.name, got, r.Doubts)
		}
	}
}
