package mime

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/japanese"

	"github.com/sekisho-mail/sekisho/policy"
)

func header(t *testing.T, s string) policy.Header {
	t.Helper()
	return Read(crlf(s+"\n\nx\n"), policy.DefaultLimits()).Header
}

func TestSubjectInJapaneseCharsets(t *testing.T) {
	const want = "個人番号一覧（ご確認）"
	jis, _ := japanese.ISO2022JP.NewEncoder().String(want)
	sjis, _ := japanese.ShiftJIS.NewEncoder().String(want)
	euc, _ := japanese.EUCJP.NewEncoder().String(want)
	cases := map[string]string{
		"raw UTF-8":       want,
		"raw ISO-2022-JP": jis,
		"raw Shift_JIS":   sjis,
		"raw EUC-JP":      euc,
		"word in UTF-8":   "=?UTF-8?B?5YCL5Lq655Wq5Y+35LiA6Kan77yI44GU56K66KqN77yJ?=",
		"words cut inside a character": "=?utf-8?B?5YCL5Lq655Wq5Y+35Lg=?=\n" +
			" =?utf-8?B?gOimp++8iOOBlOeiuuiqje+8iQ==?=",
		"Q words":              "=?utf-8?Q?=E5=80=8B=E4=BA=BA=E7=95=AA?= =?utf-8?q?=E5=8F=B7=E4=B8=80=E8=A6=A7=EF=BC=88=E3=81=94=E7=A2=BA=E8=AA=8D=EF=BC=89?=",
		"unknown label":        "=?x-unknown?B?5YCL5Lq655Wq5Y+35LiA6Kan77yI44GU56K66KqN77yJ?=",
		"wrong label":          "=?us-ascii?Q?" + percentQ(sjis) + "?=",
		"cp932":                "=?cp932?Q?" + percentQ(sjis) + "?=",
		"word with a language": "=?utf-8*ja?B?5YCL5Lq655Wq5Y+35LiA6Kan77yI44GU56K66KqN77yJ?=",
		"quoted":               "=?ISO-2022-JP?Q?" + percentQ(jis) + "?=",
	}
	for name, value := range cases {
		if got := header(t, "Subject: "+value).Subject; got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestNamesOfHostsAreReadAsClientsShowThem(t *testing.T) {
	for _, value := range []string{"a@xn--wgv71a119e.example", "\"x\" <a@XN--WGV71A119E.example>, b@c--d.example", "=?utf-8?B?5YCL5Lq6?= <a@x.xn--wgv71a119e>"} {
		r := Read(crlf("To: "+value+"\n\nx\n"), policy.DefaultLimits())
		if !strings.Contains(r.HeaderText(), "日本語") {
			t.Errorf("%s: %q", value, r.HeaderText())
		}
	}
}

func percentQ(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "=%02X", c)
	}
	return b.String()
}

func TestWordsThatAreNone(t *testing.T) {
	for value, want := range map[string]string{
		"=?utf-8?B?5YCL":         "=?utf-8?B?5YCL",
		"a =? b ?= c":            "a =? b ?= c",
		"=?utf-8?X?abc?=":        "=?utf-8?X?abc?=",
		"=?utf-8?Q?a?= b":        "a b",
		"x =?utf-8?Q?really??=y": "x really?y",
		"=?utf-7?Q?+MEE-a+-b?=":  "ぁa+b",
	} {
		if got := decodeText([]byte(value)); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}

func boxes(in []policy.Mailbox) string {
	var out []string
	for _, b := range in {
		out = append(out, b.Name+"<"+b.Address.String()+">")
	}
	return strings.Join(out, " ")
}

func TestMailboxes(t *testing.T) {
	cases := []struct{ value, want string }{
		{"a@example.jp", "<a@example.jp>"},
		{"田中 <a@example.jp>, \"Sato, Jiro\" <b@example.jp>", "田中<a@example.jp> Sato, Jiro<b@example.jp>"},
		{"=?utf-8?B?55Sw5Lit?= <a@example.jp>", "田中<a@example.jp>"},
		{"\"=?utf-8?B?55Sw5Lit?=\" <a@example.jp>", "田中<a@example.jp>"},
		{"a@example.jp (Taro)", "Taro<a@example.jp>"},
		{"team: a@example.jp, B <b@example.jp>;", "<a@example.jp> B<b@example.jp>"},
		{"undisclosed-recipients:;", ""},
		{"<@relay.example:a@example.jp>", "<a@example.jp>"},
		{"a@example.jp; b@example.jp", "<a@example.jp> <b@example.jp>"},
		{"taro..yamada.@docomo.ne.jp", "<taro..yamada.@docomo.ne.jp>"},
		{"\"a b\"@example.jp", "<\"a b\"@example.jp>"},
		{"nonsense, <>, a@example.jp", "<a@example.jp>"},
		{"\"open quote <a@example.jp>", ""},
		{"(open a@example.jp", ""},
	}
	for _, c := range cases {
		if got := boxes(header(t, "To: "+c.value).To); got != c.want {
			t.Errorf("%s: got %q, want %q", c.value, got, c.want)
		}
	}
	h := header(t, "From: a@x.jp\nSender: s@x.jp\nReply-To: r@x.jp\nCc: c@x.jp\nCc: d@x.jp\nBcc: b@x.jp")
	if got := boxes(h.From) + boxes(h.SenderBox) + boxes(h.ReplyTo) + boxes(h.Cc) + boxes(h.Bcc); got != "<a@x.jp><s@x.jp><r@x.jp><c@x.jp> <d@x.jp><b@x.jp>" {
		t.Errorf("got %s", got)
	}
}

func TestIdsAndDate(t *testing.T) {
	h := header(t, "Message-ID: <1@x.jp>\nIn-Reply-To: <2@x.jp> (from Taro)\nReferences: <2@x.jp>\n <3@\n x.jp>\nDate: Mon, 02 Nov 2026 09:00:00 +0900 (JST)")
	if h.MessageID != "<1@x.jp>" || strings.Join(h.InReplyTo, " ") != "<2@x.jp>" || strings.Join(h.References, " ") != "<2@x.jp> <3@x.jp>" {
		t.Errorf("got %+v", h)
	}
	if !h.Date.Equal(time.Date(2026, 11, 2, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("date is %v", h.Date)
	}
	if got := header(t, "Message-ID: 1@x.jp").MessageID; got != "<1@x.jp>" {
		t.Errorf("got %q", got)
	}
	if h := header(t, "Date: yesterday\nMessage-ID: \nIn-Reply-To: <unclosed"); !h.Date.IsZero() || h.MessageID != "" || h.InReplyTo != nil {
		t.Errorf("got %+v", h)
	}
}

func TestMarksInTheHeader(t *testing.T) {
	cases := []struct {
		header                  string
		automatic, secret, meet bool
	}{
		{header: "Subject: hello"},
		{header: "Auto-Submitted: auto-replied (vacation)", automatic: true},
		{header: "Auto-Submitted: no"},
		{header: "Precedence: bulk", automatic: true},
		{header: "X-Autoreply: yes", automatic: true},
		{header: "Content-Type: multipart/report; report-type=delivery-status; boundary=B", automatic: true},
		{header: "Sensitivity: Company-Confidential", secret: true},
		{header: "Sensitivity: Personal"},
		{header: "X-Classification: 社外秘", secret: true},
		{header: "X-Classification: public"},
		{header: "Subject: =?utf-8?B?44CQ56S+5aSW56eY44CR6KaL56mN?=", secret: true},
		{header: "Content-Type: text/calendar; method=REQUEST", meet: true},
		{header: "Content-Type: text/calendar"},
	}
	for _, c := range cases {
		h := header(t, c.header)
		if h.Automatic != c.automatic || h.Confidential != c.secret || h.Calendar != c.meet {
			t.Errorf("%s: got automatic %v, confidential %v, calendar %v", c.header, h.Automatic, h.Confidential, h.Calendar)
		}
	}
	in := Read(crlf("Content-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\n"), policy.DefaultLimits())
	if !in.Header.Calendar {
		t.Error("a method inside the calendar is not seen")
	}
}

func TestHeaderTextHoldsEveryValue(t *testing.T) {
	r := Read(crlf("Received: from a\n\tby b\nX-Note: =?utf-8?B?5YCL5Lq6?=\nno field here\nX-Fold: a\n b\n\nx\n"), policy.DefaultLimits())
	for _, want := range []string{"X-Note: 個人\n", "no field here\n", "X-Fold: a b\n", "Received: from a\tby b\n"} {
		if !strings.Contains(r.HeaderText(), want) {
			t.Errorf("%q is missing in %q", want, r.HeaderText())
		}
	}
	if !strings.HasSuffix(r.HeaderText(), "by b\n") {
		t.Error("trace fields do not come last")
	}
}

func TestTransferDecoding(t *testing.T) {
	for _, c := range []struct {
		enc      transfer
		in, want string
	}{
		{base64Encoding, "aGVs\r\nbG8=", "hello"},
		{base64Encoding, "aGVsbG8", "hello"},
		{base64Encoding, "aGVsbG8=aGVsbG8=", "hellohello"},
		{base64Encoding, "a!G*V sbG8", "hello"},
		{base64Encoding, "=", ""},
		{quotedPrintable, "a=3Db=\r\nc  \r\nd=ZZ=", "a=bc\r\nd=ZZ"},
		{quotedPrintable, "=e5=90=8d", "名"},
		{uuencoded, "begin 644 a\n#86)C\n`\nend\n", "abc"},
		{uuencoded, "nothing of the kind", "nothing of the kind"},
		{identity, "=41", "=41"},
	} {
		if got := string(c.enc.decode([]byte(c.in))); got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
	}
	r := Read(crlf("Content-Transfer-Encoding: x-uuencode\n\nnote\nbegin 644 a\n#86)C\n`\nend\nmore\n"), policy.DefaultLimits())
	if got := strings.Join(leaves(r), ","); got != "1 text/plain   abc,1[junk] text/plain   note more" {
		t.Errorf("got %s", got)
	}
}

// Python reads on over padding inside a word, others begin again behind it.
func TestPaddingInsideAWordIsReadBothWays(t *testing.T) {
	word := []byte("=?utf-8?B?5YCL5Lq6=55Wq5Y+3IDU3MTQzMjE3ODUzMw==?=")
	if got := string(withoutInnerPadding(word)); got != "=?utf-8?B?5YCL5Lq655Wq5Y+3IDU3MTQzMjE3ODUzMw?=" {
		t.Errorf("got %s", got)
	}
	for _, plain := range []string{"=?utf-8?B?5YCL5Lq6?=", "=?utf-8?Q?=E5=80=8B?=", "no word", "=?utf-8?B?IDU=?= and =?x?Q?a?="} {
		if got := withoutInnerPadding([]byte(plain)); got != nil {
			t.Errorf("%s became %s", plain, got)
		}
	}
	text := string(headerText([]field{{name: "Subject", value: []byte("=?utf-8?B?NTcx=NDMyMTc4NTMz?=")}}))
	if !strings.Contains(text, "571432178533") {
		t.Errorf("text %q", text)
	}
}
