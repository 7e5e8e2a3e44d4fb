package mime

import (
	"bytes"
	"slices"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func TestFlowedTextIsReadAsClientsShowIt(t *testing.T) {
	cases := []struct{ name, params, body, want string }{
		{"number over two lines", "format=flowed; delsp=yes", "個人番号 1234 56 \n78 9018です。\n", "個人番号 1234 5678 9018です。\n"},
		{"blank stays without delsp", "format=flowed", "03-1234- \n5678\n", "03-1234- 5678\n"},
		{"case of the value", "Format=Flowed; DelSp=YES", "氏 \n名\n", "氏名\n"},
		{"signature does not flow", "format=flowed; delsp=yes", "a\n-- \n山田\n", "a\n-- \n山田\n"},
		{"quotes", "format=flowed; delsp=yes", ">12 \n>34\n>> 5 \n> 6\n", ">1234\n>>5\n>6\n"},
		{"stuffed", "format=flowed", " From here\n", "From here\n"},
		{"end of text", "format=flowed; delsp=yes", "12 ", "12"},
		{"fixed", "", "12 \n34\n", "12 \n34\n"},
		{"ISO-2022-JP", "format=flowed; delsp=yes; charset=iso-2022-jp", "\x1b$B;a\x1b(B \n\x1b$BL>\x1b(B\n", "\x1b$B;a\x1b(B\x1b$BL>\x1b(B\n"},
	}
	for _, c := range cases {
		raw := crlf("Content-Type: text/plain; " + c.params + "\n\n" + c.body)
		r := Read(raw, policy.DefaultLimits())
		got := bytes.ReplaceAll(r.Nodes[len(r.Nodes)-1].Body(), []byte("\r\n"), []byte("\n"))
		if string(got) != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
		if !r.Canonical {
			t.Errorf("%s: %v", c.name, r.Doubts)
		}
	}
}

// Joining lines loses nothing but blanks, line ends and quote marks.
func FuzzUnflow(f *testing.F) {
	f.Add([]byte("> a \r\n>b \n>> c\n-- \n \n"), true)
	f.Fuzz(func(t *testing.T, text []byte, delSp bool) {
		kept := func(b []byte) string { // octets: parts of a character may come together
			return string(slices.DeleteFunc(bytes.Clone(b), func(c byte) bool { return bytes.IndexByte([]byte(" \r\n>"), c) >= 0 }))
		}
		if got := unflow(text, delSp); kept(got) != kept(text) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}

func TestTakeDecodesInPlaceOnlyWhereNobodyElseLooks(t *testing.T) {
	body := bytes.Repeat([]byte("QUJDREVGR0hJSktM\r\n"), 8000)
	mail := append(crlf("Content-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: base64\n\n"), body...)
	r := Read(mail, policy.DefaultLimits())
	i := len(r.Nodes) - 1
	want := bytes.Repeat([]byte("ABCDEFGHIJKL"), 8000)
	at := len(mail) - len(body)
	got := r.Take(i)
	if !bytes.Equal(got, want) || !bytes.Equal(r.Nodes[i].Body(), want) {
		t.Errorf("%d octets", len(got))
	}
	if &got[0] != &mail[at] {
		t.Error("the part was decoded into other memory")
	}
	// Junk makes a second reading of the same octets.
	mail = append(crlf("Content-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: base64\n\n"), body...)
	mail = append(mail, "footer: list\r\n"...)
	before := bytes.Clone(mail)
	r = Read(mail, policy.DefaultLimits())
	for i := range r.Nodes {
		r.Take(i)
	}
	if !bytes.Equal(mail, before) {
		t.Error("a mail with doubts was changed")
	}
}
