package proxy

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestParsePath(t *testing.T) {
	tests := []struct {
		in, address, params string
		size                int64
		err                 error
	}{
		{"FROM:<a@b.example>", "a@b.example", "", 0, nil},
		{"from: <a@b.example>  size=12 BODY=8BITMIME", "a@b.example", "BODY=8BITMIME", 12, nil},
		{"FROM:<>", "", "", 0, nil},
		{"FROM:<@x.example,@y.example:a@b.example>", "a@b.example", "", 0, nil},
		{`FROM:<"a>b\"c d"@b.example> RET=FULL`, `"a>b\"c d"@b.example`, "RET=FULL", 0, nil},
		{"FROM:<太郎@例え.jp> SMTPUTF8", "太郎@例え.jp", "SMTPUTF8", 0, nil},
		{"FROM:<太郎@例え.jp>", "", "", 0, errNotASCII},
		{"FROM:a@b.example", "", "", 0, errSyntax},
		{"FROM:<a@b.example", "", "", 0, errSyntax},
		{"FROM:<a@b.example>SIZE=1", "", "", 0, errSyntax},
		{"FROM:<@x.example>", "", "", 0, errSyntax},
		{"FROM:<a b@b.example>", "", "", 0, errSyntax},
		{"FROM:<a@b.example> SIZE=99999999999999999999", "", "", 0, errSize},
		{"FROM:<a@b.example> SIZE=-1", "", "", 0, errNoSize},
		{"FROM:<a@b.example> SIZE=-99999999999999999999", "", "", 0, errNoSize},
		{"FROM:<a@b.example> SIZE=", "", "", 0, errNoSize},
		{"TO:<a@b.example>", "", "", 0, errSyntax},
		{"", "", "", 0, errSyntax},
	}
	for _, tt := range tests {
		got, err := parsePath(tt.in, "FROM:")
		if !errors.Is(err, tt.err) || got.address.String() != tt.address || got.params != tt.params || got.size != tt.size {
			t.Errorf("%q: got %+v, %v", tt.in, got, err)
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{
		"MAIL FROM:<a@b.example> SIZE=10 BODY=8BITMIME", "RCPT TO:<\"a b\"@c.example> NOTIFY=NEVER", "EHLO x", "mail from:<>",
		"MAIL FROM:<@a,@b:c@d.example>", "RCPT TO:<postmaster>", "", " ", "DATA", "MAIL FROM:<\x00>", "MAIL FROM:<a@b>>", "XCLIENT ADDR=1",
		"RCPT TO:<a@b.example> ORCPT=rfc822;a+2Bb@c.example", `RCPT TO:<a@b.example> orcpt=utf-8;\x{592A}@c.example`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		c, err := parseCommand(line)
		if err != nil {
			return
		}
		if strings.ContainsAny(c.verb+c.arg, "\r\n\x00") {
			t.Fatalf("%q: control characters in %+v", line, c)
		}
		for keyword, extended := range map[string]string{"FROM:": " SMTPUTF8", "TO:": ""} {
			p, err := parsePath(c.arg, keyword)
			if err != nil {
				continue
			}
			if p.size < 0 || hasParam(p.params, "SIZE") {
				t.Fatalf("%q: size is %d, parameters %q", line, p.size, p.params)
			}
			if hasParam(p.params, "ORCPT") || !utf8.ValidString(p.kind+p.original) || (p.kind == "") != (p.original == "") {
				t.Fatalf("%q: ORCPT %q %q, parameters %q", line, p.kind, p.original, p.params)
			}
			// What goes to the next hop is read there as the same address.
			again, err := parsePath(keyword+"<"+p.address.String()+">"+extended, keyword)
			if err != nil || again.address.String() != p.address.String() {
				t.Fatalf("%q: %q is read as %q, %v", line, p.address, again.address, err)
			}
		}
	})
}

func TestLineReader(t *testing.T) {
	tests := []struct {
		in   string
		want []string
		err  error
	}{
		{"NOOP\r\nQUIT\r\n", []string{"NOOP", "QUIT"}, io.EOF},
		{"\r\n", []string{""}, io.EOF},
		{"NOOP\nQUIT\r\n", nil, errBareLF},
		{"\n", nil, errBareLF},
		{"a\rb\r\n", []string{"a\rb"}, io.EOF},
		{strings.Repeat("x", maxLine-2) + "\r\n", []string{strings.Repeat("x", maxLine-2)}, io.EOF},
		{strings.Repeat("x", maxLine) + "\r\n", nil, errLongLine},
		{strings.Repeat("x", 10*maxLine), nil, errLongLine},
		{"cut", nil, io.EOF},
	}
	for _, tt := range tests {
		for _, piece := range []int{1, 7, 1 << 20} {
			l := &lineReader{r: &pieces{s: tt.in, n: piece}}
			var got []string
			var err error
			for err == nil {
				var line []byte
				var ok bool
				if line, ok, err = l.line(); ok {
					got = append(got, string(line))
				} else if err == nil {
					err = l.fill()
				}
			}
			if strings.Join(got, "|") != strings.Join(tt.want, "|") || len(got) != len(tt.want) || !errors.Is(err, tt.err) {
				t.Errorf("%.20q in pieces of %d: got %.60q, %v", tt.in, piece, got, err)
			}
		}
	}
}

type pieces struct {
	s string
	n int
}

func (p *pieces) Read(b []byte) (int, error) {
	if p.s == "" {
		return 0, io.EOF
	}
	n := copy(b[:min(len(b), p.n)], p.s)
	p.s = p.s[n:]
	return n, nil
}

func TestGiveBack(t *testing.T) {
	l := &lineReader{r: &pieces{s: "NOOP\r\nrest", n: 100}}
	if err := l.fill(); err != nil {
		t.Fatal(err)
	}
	p := l.take()
	l.giveBack(p[6:])
	if got := string(l.take()); got != "rest" {
		t.Errorf("got %q", got)
	}
	large := strings.Repeat("QUIT\r\n", 5000)
	l.giveBack([]byte(large))
	line, ok, err := l.line()
	if string(line) != "QUIT" || !ok || err != nil {
		t.Errorf("got %q, %v, %v", line, ok, err)
	}
}

func FuzzHead(f *testing.F) {
	for _, s := range []string{
		"Subject: x\r\nX-Key: s\r\n\r\nbody", "X-Key:\r\n s\r\nSubject: x\r\n\r\n", "\r\nX-Key: s\r\n", "X-Key: s", "x-key : s\r\n\r\n",
		"A: b\r\n folded\r\nX-KEY: no\r\nX-Key: s\r\n\r\n\r\n", "", "\r\n", "no colon\r\nX-Key: s\r\n\r\n",
	} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(99))
	}
	f.Fuzz(func(t *testing.T, mail string, piece uint8) {
		var out bytes.Buffer
		h := &head{w: &out, secret: &Secret{Name: "X-Key", Values: []string{"s"}}}
		if _, err := io.CopyBuffer(struct{ io.Writer }{h}, &pieces{s: mail, n: int(piece) + 1}, nil); err != nil {
			t.Fatal(err)
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		block, body := mail, ""
		if strings.HasPrefix(mail, "\r\n") {
			block, body = "\r\n", mail[2:]
		} else if i := strings.Index(mail, "\r\n\r\n"); i >= 0 {
			block, body = mail[:i+4], mail[i+4:]
		}
		got := out.String()
		if !strings.HasSuffix(got, body) {
			t.Fatalf("%q: body changed: %q", mail, got)
		}
		kept := strings.TrimSuffix(got, body)
		if kept != string(h.block) || len(kept) > len(block) {
			t.Fatalf("%q: header is %q, remembered %q", mail, kept, h.block)
		}
		if !strings.Contains(strings.ToLower(block), "x-key") && got != mail {
			t.Fatalf("%q: changed to %q without a secret in it", mail, got)
		}
		for field := kept; field != ""; {
			var f, rest []byte
			f, rest = cutField([]byte(field))
			name, _, ok := bytes.Cut(f, []byte(":"))
			if ok && strings.EqualFold(strings.TrimRight(string(name), " \t"), "X-Key") {
				t.Fatalf("%q: secret is left in %q", mail, kept)
			}
			field = string(rest)
		}
	})
}

func TestHeadWithoutEnd(t *testing.T) {
	var out bytes.Buffer
	h := &head{w: &out}
	big := strings.Repeat("X: y\r\n", maxHead/6+10)
	for _, p := range []string{big, "more"} {
		if _, err := h.Write([]byte(p)); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil || out.String() != big+"more" {
		t.Errorf("changed, %v", err)
	}
}

func TestFace(t *testing.T) {
	unknown := email.NewReply(451, "4.3.0", "unknown")
	tests := []struct {
		err  error
		want string
	}{
		{errors.New("open /secret"), "451 4.3.0 unknown"},
		{&email.Fault{Reply: email.NewReply(552, "5.3.4", "too large")}, "552 5.3.4 too large"},
		{&email.Fault{Reply: email.NewReply(421, "4.3.2", "bye")}, "451 4.3.2 bye"},
		{&email.Fault{Reply: email.NewReply(250, "2.0.0", "a success that is an error")}, replyStrangeHop.String()},
		{&email.Fault{}, replyStrangeHop.String()},
		{email.ErrOutcomeUnknown, replyOutcomeLost.String()},
	}
	for _, tt := range tests {
		if got := face(tt.err, unknown).String(); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestSentence(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "two\r\nlines": "two lines", "日本 in ASCII": "in ASCII", "": "", "\x00\x7fx": "x",
		strings.Repeat("a", 30): strings.Repeat("a", 17) + "...",
	} {
		if got := sentence(in, 20); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestKnownParameters takes what is announced here in any letters.
func TestKnownParameters(t *testing.T) {
	for _, arg := range []string{"SIZE=10 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=x AUTH=<> REQUIRETLS", "size=10  body=8bitmime smtputf8 Ret=full Envid=x auth=taro@example.jp requiretls"} {
		if p, err := parsePath("FROM:<taro@example.jp> "+arg, "FROM:"); err != nil || p.size != 10 {
			t.Errorf("%s: %d, %v", arg, p.size, err)
		}
	}
	for _, arg := range []string{"NOTIFY=NEVER ORCPT=rfc822;a@b.example", "notify=success,failure orcpt=rfc822;a@b.example"} {
		if _, err := parsePath("TO:<taro@example.jp> "+arg, "TO:"); err != nil {
			t.Errorf("%s: %v", arg, err)
		}
	}
	for _, arg := range []string{"MT-PRIORITY=3", "XVERP", "SIZE=10 BY=120;R", "=", "BODYX=7BIT"} {
		if _, err := parsePath("FROM:<taro@example.jp> "+arg, "FROM:"); err == nil {
			t.Errorf("%s is taken", arg)
		}
	}
}
