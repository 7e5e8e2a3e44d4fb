package mime

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// crlf lets tests write mails with plain line ends.
func crlf(s string) []byte { return []byte(strings.ReplaceAll(s, "\n", "\r\n")) }

// show is a node in one line: path, view, type, name, problem, body.
func show(n *Node) string {
	view := n.View
	if view != "" {
		view = "[" + view + "]"
	}
	name := n.Name
	if n.AltName != "" {
		name += "|" + n.AltName
	}
	body := strings.Join(strings.Fields(string(n.Body())), " ")
	return strings.TrimRight(fmt.Sprintf("%s%s %s %s %s %s", n.Path, view, n.Type, name, n.Problem, body), " ")
}

// leaves shows all nodes but containers and header blocks.
func leaves(r *Reading) []string {
	var out []string
	for i := range r.Nodes {
		if n := &r.Nodes[i]; !n.IsContainer && !n.IsHeader {
			out = append(out, show(n))
		}
	}
	return out
}

func multipart(parts ...string) []byte {
	return crlf("Subject: x\nContent-Type: multipart/mixed; boundary=B\n\n--B\n" + strings.Join(parts, "\n--B\n") + "\n--B--\n")
}

func TestReadShowsWhatClientsSee(t *testing.T) {
	cases := []struct {
		name      string
		mail      []byte
		want      []string
		canonical bool
	}{
		{"plain", crlf("Subject: x\n\nhello\n"), []string{"1 text/plain   hello"}, true},
		{"line feeds only", []byte("Subject: x\n\nhello\n"), []string{"1 text/plain   hello"}, true},
		{"no body", crlf("Subject: x\n"), []string{"1 text/plain"}, true},
		{"empty", nil, []string{"1 text/plain"}, true},
		{"mixed", multipart("\none", "Content-Type: text/html\n\n<b>two</b>"),
			[]string{"1 text/plain   one", "2 text/html   <b>two</b>"}, true},
		{"nested", multipart("Content-Type: multipart/alternative; boundary=\"in ner\"\n\n--in ner\n\na\n--in ner\n\nb\n--in ner--", "\nc"),
			[]string{"1/1 text/plain   a", "1/2 text/plain   b", "2 text/plain   c"}, true},
		{"inner boundary is longer", multipart("Content-Type: multipart/alternative; boundary=B1\n\n--B1\n\na\n--B1--", "\nc"),
			[]string{"1/1 text/plain   a", "2 text/plain   c"}, true},
		{"preamble and epilogue", crlf("Content-Type: multipart/mixed; boundary=B\n\nbefore\n--B\n\na\n--B--\nafter\n"),
			[]string{"0[preamble] text/plain   before", "1 text/plain   a", "0[epilogue] text/plain   after"}, true},
		{"quoted-printable", crlf("Content-Transfer-Encoding: quoted-printable\n\n1=32=\n3=E5=90=8D =\n\n"),
			[]string{"1 text/plain   123名"}, true},
		{"mail inside", multipart("Content-Type: message/rfc822\n\nSubject: in\nContent-Type: multipart/mixed; boundary=C\n\n--C\n\ndeep\n--C--"),
			[]string{"1/1 text/plain   deep"}, true},
		{"mail inside in base64", multipart("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogaW4NCg0KZGVlcA0K"),
			[]string{"1/1 text/plain   deep"}, true},
		{"digest", crlf("Content-Type: multipart/digest; boundary=B\n\n--B\n\nSubject: in\n\ndeep\n--B--\n"),
			[]string{"1/1 text/plain   deep"}, true},
		{"part without header", crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\nno header at all\n--B--\n"),
			[]string{"1 text/plain   no header at all"}, false},
		{"fragment", crlf("Content-Type: message/partial; id=a; number=1; total=2\n\nhalf\n"),
			[]string{"1 message/partial  unreadable half"}, true},
		{"content elsewhere", crlf("Content-Type: message/external-body; access-type=URL\n\nhalf\n"),
			[]string{"1 message/external-body  unsupported half"}, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := Read(c.mail, policy.DefaultLimits())
			if got := strings.Join(leaves(r), "\n"); got != strings.Join(c.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(c.want, "\n"))
			}
			if r.Canonical != c.canonical {
				t.Errorf("canonical is %v: %v", r.Canonical, r.Doubts)
			}
		})
	}
}

// Sloppy mail is read to the last byte and is no problem.
func TestSloppyMailIsNoProblem(t *testing.T) {
	cases := []struct {
		name string
		mail []byte
		want []string
	}{
		{"no close delimiter", crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\n\na\n--B\n\nb\n"),
			[]string{"1 text/plain   a", "2 text/plain   b"}},
		{"inner multipart not closed", multipart("Content-Type: multipart/alternative; boundary=C\n\n--C\n\na", "\nb"),
			[]string{"1/1 text/plain   a", "2 text/plain   b"}},
		{"header line without colon", crlf("Subject: x\nthis is no field\nContent-Type: text/html\n\n<b>a</b>\n"),
			[]string{"1 text/html   <b>a</b>"}},
		{"comment in the type", crlf("Content-Type: text/plain (comment; charset=x)\n\na\n"), []string{"1 text/plain   a"}},
		{"doubled semicolon, open quote", crlf("Content-Type: text/plain;; charset=\"utf-8\n\na\n"), []string{"1 text/plain   a"}},
		{"footer of a list under base64", crlf("Content-Transfer-Encoding: base64\n\naGVsbG8=\n_____\nml@example.jp: 説明\n"),
			[]string{"1 text/plain   hello\x9aW\xb1jjez:", "1[junk] text/plain   _____ ml@example.jp: 説明", "1[clean] text/plain   hello"}},
		{"padding inside base64", crlf("Content-Transfer-Encoding: base64\n\na=GVsbG8=\n"),
			[]string{"1 text/plain   \x19[\x1b\x1b", "1[unpadded] text/plain   hello"}},
		{"mbox line", crlf("From a@example.jp Thu Jan  1 00:00:00 1970\nSubject: x\n\na\n"), []string{"1 text/plain   a"}},
		{"NUL", crlf("Subject: x\n\na\x00b\n"), []string{"1 text/plain   a\x00b"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := slices.DeleteFunc(leaves(Read(c.mail, policy.DefaultLimits())), func(l string) bool { return strings.Contains(l, "["+ViewAnywhere) })
			if len(got) < len(c.want) || !strings.HasPrefix(strings.Join(got, "\n"), strings.Split(strings.Join(c.want, "\n"), "hello")[0]) {
				t.Fatalf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if len(got) != len(c.want) {
				t.Errorf("got %d nodes: %q", len(got), got)
			}
			for _, g := range got {
				if strings.Contains(g, string(policy.Ambiguous)) {
					t.Errorf("a problem: %s", g)
				}
			}
		})
	}
}

// What mail programs show differently is shown in both ways and is a problem.
func TestAmbiguousMailIsReadInBothWays(t *testing.T) {
	secret := "Content-Transfer-Encoding: base64\n\nc2VjcmV0"
	cases := []struct {
		name string
		mail []byte
		want string
	}{
		{"plain text that begins like HTML", crlf("Content-Type: text/plain\n\n<html>a</html>\n"), "1[html] text/html   <html>a</html>"},
		{"two Content-Type", crlf("Content-Type: text/plain\nContent-Type: text/html\n\n<b>a</b>\n"),
			"1[last field] text/html  ambiguous <b>a</b>"},
		{"two transfer encodings", crlf("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n\nc2VjcmV0\n"),
			"1[last field] text/plain  ambiguous secret"},
		{"two boundaries", crlf("Content-Type: multipart/mixed; boundary=A; boundary=B\n\n--B\n" + secret + "\n--B--\n"),
			"1[last field] text/plain  ambiguous secret"},
		{"boundary that never comes", crlf("Content-Type: multipart/mixed; boundary=A\n\n--B\n" + secret + "\n--B--\n"),
			"1[guessed boundary] text/plain  ambiguous secret"},
		{"no boundary parameter", crlf("Content-Type: multipart/mixed\n\n--B\n" + secret + "\n--B--\n"),
			"1[guessed boundary] text/plain  ambiguous secret"},
		{"line that begins with the boundary", crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\n\na\n--Bx\n" + secret + "\n--B--\n"),
			"2[boundary prefix] text/plain  ambiguous secret"},
		{"part behind the end", crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\n\na\n--B--\n--B\n" + secret + "\n--B--\n"),
			"2[after the end] text/plain  ambiguous secret"},
		{"encoded multipart", crlf("Content-Type: multipart/mixed; boundary=B\nContent-Transfer-Encoding: base64\n\n" +
			"LS1CDQoNCnNlY3JldA0KLS1CLS0NCg==\n"), "1/1[encoded multipart] text/plain  ambiguous secret"},
		{"blank before the colon", crlf("Content-Transfer-Encoding : base64\n\nc2VjcmV0\n"),
			"1[strict names] text/plain  ambiguous c2VjcmV0"},
		{"line of blanks in the header", crlf("Subject: x\n \nContent-Transfer-Encoding: base64\n\nc2VjcmV0\n"),
			"1[blank line] text/plain  ambiguous Content-Transfer-Encoding: base64 c2VjcmV0"},
		{"no blank line before the body", multipart("Content-Transfer-Encoding: base64\nc2VjcmV0" + "\n\n"),
			"1[short header] text/plain  ambiguous secret"},
		{"misspelt encoding", crlf("Content-Transfer-Encoding: base-64\n\nc2VjcmV0\n"),
			"1[undecoded] text/plain  ambiguous c2VjcmV0"},
		{"bare CR before a boundary", []byte("Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\na\r--B\r" +
			"Content-Transfer-Encoding: base64\r\rc2VjcmV0\r\n--B--\r\n"), "2[bare CR] text/plain  ambiguous secret"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := Read(c.mail, policy.DefaultLimits())
			if got := strings.Join(leaves(r), "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got:\n%s\nwant in it:\n%s", got, c.want)
			}
			if r.Canonical || r.IsSimple(1<<20) {
				t.Error("it counts as canonical")
			}
		})
	}
}

func TestForeignParserOnly(t *testing.T) {
	// The strict reader takes the whole body as the preamble of a multipart
	// whose delimiter has another case; no dialect of ours folds case either, but
	// a parser that shows more must be heard.
	u := newUnion(nil, new(1<<20))
	n := foreignNode("0", []byte("c2VjcmV0"), "text/plain", "base64", "")
	u.addForeign(ViewEnmime, "0", []Node{n, n})
	if len(u.added) != 1 || string(u.added[0].Body()) != "secret" || u.added[0].Problem != policy.Ambiguous || u.added[0].Path != "1" {
		t.Errorf("got %+v", u.added)
	}
}

func TestForeignParsersSeeTheSame(t *testing.T) {
	raw := multipart("Content-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<b>=E5</b>",
		"Content-Type: text/csv; name=a.csv\nContent-Transfer-Encoding: base64\n\naGVsbG8=")
	for name, nodes := range map[string][]Node{"enmime": readEnmime(raw), "go-message": readGoMessage(raw)} {
		if len(nodes) != 2 || string(nodes[1].Body()) != "hello" || nodes[1].Name != "a.csv" || nodes[0].encoding != quotedPrintable {
			t.Errorf("%s: %+v", name, nodes)
		}
	}
}

func TestAttachmentNames(t *testing.T) {
	sjis := "\x95\x5c\x8e\x86.csv" // 表紙.csv, with 0x5C as a second octet
	cases := []struct{ name, header, want string }{
		{"plain", `Content-Disposition: attachment; filename="a b.csv"`, "a b.csv"},
		{"type only", `Content-Type: text/csv; name=a.csv`, "a.csv"},
		{"encoded word", `Content-Disposition: attachment; filename="=?ISO-2022-JP?B?GyRCTD5Kbr1MGyhCLmNzdg==?="`, ""},
		{"RFC 2231", `Content-Disposition: attachment; filename*=utf-8'ja'%E5%90%8D%E7%B0%BF.xlsx`, "名簿.xlsx"},
		{"RFC 2231 split inside a Shift_JIS character", "Content-Disposition: attachment; filename*0*=shift_jis''%95;\n filename*1*=%5C%8E%86.csv", "表紙.csv"},
		{"RFC 2231 out of order", "Content-Disposition: attachment; filename*1=\"b.csv\"; filename*0=\"a\"", "ab.csv"},
		{"raw Shift_JIS", "Content-Disposition: attachment; filename=\"" + sjis + "\"", "表紙.csv"},
		{"raw UTF-8", "Content-Disposition: attachment; filename=\"名簿.csv\"", "名簿.csv"},
		{"two forms that differ", `Content-Disposition: attachment; filename="a.txt"; filename*=utf-8''b.exe`, "b.exe|a.txt"},
		{"type and disposition differ", "Content-Type: text/csv; name=a.csv\nContent-Disposition: attachment; filename=b.exe", "b.exe|a.csv"},
		{"quoted quote", `Content-Disposition: attachment; filename="a\"b.csv"`, `a"b.csv`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := Read(crlf(c.header+"\n\nx\n"), policy.DefaultLimits())
			var n *Node
			for i := range r.Nodes {
				if r.Nodes[i].Path == "1" {
					n = &r.Nodes[i]
				}
			}
			got := n.Name
			if n.AltName != "" {
				got += "|" + n.AltName
			}
			if c.want != "" && got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.want == "" && (got == "" || strings.Contains(got, "=?")) {
				t.Errorf("got %q", got)
			}
			if !n.Attachment {
				t.Error("not an attachment")
			}
		})
	}
}

func TestAttachmentOrShownInPlace(t *testing.T) {
	for _, c := range []struct {
		header string
		want   bool
	}{
		{"Content-Type: text/plain", false},
		{"Content-Type: text/plain; name=a.txt", true},
		{"Content-Type: application/pdf", true},
		{"Content-Type: image/png; name=logo.png\nContent-ID: <a@b>", false},
		{"Content-Type: image/png; name=logo.png\nContent-ID: <a@b>\nContent-Disposition: attachment", true},
		{"Content-Type: message/rfc822", true},
	} {
		r := Read(multipart(c.header+"\n\nx"), policy.DefaultLimits())
		for i := range r.Nodes {
			if n := &r.Nodes[i]; n.Path == "1" && n.View == "" && n.Attachment != c.want {
				t.Errorf("%s: attachment is %v", c.header, n.Attachment)
			}
		}
	}
}

func TestPartHeaderIsRead(t *testing.T) {
	r := Read(multipart("Content-Type: text/csv; name*=utf-8''%E5%90%8D.csv; x-note=\"=?utf-8?B?5ZCN5YmN?=\"\nContent-Description: =?utf-8?Q?=E5=80=8B=E4=BA=BA?=\n\nx"),
		policy.DefaultLimits())
	text := ""
	for i := range r.Nodes {
		if r.Nodes[i].Path == "1/h" {
			text = string(r.Nodes[i].Body())
		}
	}
	for _, want := range []string{"Content-Description: 個人", "filename: 名.csv", "x-note: 名前"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %q", want, text)
		}
	}
}

func TestReadAtContinuesPaths(t *testing.T) {
	r := ReadAt("2/1", multipart("\na", "\nb"), policy.DefaultLimits())
	if got := strings.Join(leaves(r), ","); got != "2/1/1 text/plain   a,2/1/2 text/plain   b" {
		t.Errorf("got %s", got)
	}
	if r.Nodes[0].Path != "2/1" || r.Nodes[1].Path != "2/1/h" {
		t.Errorf("got %s, %s", r.Nodes[0].Path, r.Nodes[1].Path)
	}
}

func TestIsSimple(t *testing.T) {
	cases := []struct {
		name string
		mail []byte
		want bool
	}{
		{"text", crlf("Subject: x\n\n個人番号\n"), true},
		{"text and HTML", multipart("\na", "Content-Type: text/html\n\n<b>b</b>"), true},
		{"CSV", multipart("\na", "Content-Type: text/csv; name=a.csv\n\na,b"), true},
		{"ISO-2022-JP", crlf("Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B8D?M\x1b(B\n"), true},
		{"PDF called text", crlf("\n%PDF-1.7\n"), false},
		{"zip called text", crlf("\nPK\x03\x04\n"), false},
		{"binary", crlf("\na\x01b\n"), false},
		{"spreadsheet", multipart("Content-Type: application/vnd.ms-excel\n\nx"), false},
		{"inner mail", multipart("Content-Type: message/rfc822\n\nSubject: y\n\nz"), false},
		{"uuencode", crlf("\nhello\nbegin 644 a.zip\n#86)C\n`\nend\n"), false},
		{"base64 block", crlf("\n" + strings.Repeat("QUJD", 30) + "\n"), false},
		{"not closed", crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\n\na\n"), false},
		{"fragment", crlf("Content-Type: message/partial\n\nx\n"), false},
		{"too large", crlf("\n" + strings.Repeat("text ", 300) + "\n"), false},
		{"many parts", multipart(strings.Split(strings.Repeat("\na,", 40), ",")...), false},
	}
	for _, c := range cases {
		if got := Strict(c.mail, policy.DefaultLimits()).IsSimple(1000); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

// A further reading of the same octets is given to the detectors and is no
// problem, since nothing stays unexplained.
func TestSameOctetsInAnotherCharset(t *testing.T) {
	r := Read(crlf("Content-Type: text/plain; charset=us-ascii; charset=utf-7\n\n+UAtOungi-\n"), policy.DefaultLimits())
	found := false
	for i := range r.Nodes {
		n := &r.Nodes[i]
		found = found || n.View == "last field" && n.Charset == "utf-7"
		if n.Problem != policy.NoProblem {
			t.Errorf("%s is %s", show(n), n.Problem)
		}
	}
	if !found {
		t.Errorf("got %q", leaves(r))
	}
}

func TestHeaderLinesOfAnotherReading(t *testing.T) {
	r := Read(crlf("Content-Type: multipart/mixed; boundary=B\n\n--B\n\nhello\n\r--B\nContent-Disposition: attachment;\n"+
		" filename*=utf-8''%E5%80%8B%E4%BA%BA.txt\n\nhello\n--B--\n"), policy.DefaultLimits())
	if !strings.Contains(allText(r), "filename: 個人.txt") {
		t.Errorf("got %q", allText(r))
	}
}

func TestBrokenCharactersInAHeaderAreReadBothWays(t *testing.T) {
	r := Read(crlf("Subject: =?utf-8?B?5YCL5Lq655Wq5w==?=\nX-A: 個人番号\x81\n\nx\n"), policy.DefaultLimits())
	for _, want := range []string{"Subject: ", "個人番", "個人番号"} {
		if !strings.Contains(r.HeaderText(), want) {
			t.Errorf("%q is missing in %q", want, r.HeaderText())
		}
	}
}

func TestMalformedMultipartTypeIsReadByItsBoundary(t *testing.T) {
	r := Read(crlf("Content-Type: multipart/mi:ed; boundary=B\n\n--B\nContent-Transfer-Encoding: base64\n\nc2VjcmV0\n--B--\n"), policy.DefaultLimits())
	if !strings.Contains(allText(r), "secret") || r.Canonical {
		t.Errorf("got %q, %v", leaves(r), r.Doubts)
	}
}

func TestTextInAMailThatShouldBeEncodedIsRead(t *testing.T) {
	r := Read(crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nSubject: x\n\n個人番号\n"), policy.DefaultLimits())
	if !strings.Contains(allText(r), "個人番号") {
		t.Errorf("got %q", leaves(r))
	}
}

// TestFastWays holds what was written for speed against the plain ways of old.
func TestFastWays(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 11))
	letters := []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
	others := []byte("==\r\n\r\n \t-!\x00\xe3\"")
	for range 20000 {
		b := make([]byte, rnd.IntN(200))
		odd := rnd.IntN(3) * rnd.IntN(20)
		for i := range b {
			if b[i] = letters[rnd.IntN(len(letters))]; rnd.IntN(100) < odd {
				b[i] = others[rnd.IntN(len(others))]
			}
		}
		for _, padded := range []bool{true, false} {
			want := slowBase64(b, padded)
			if got := decodeBase64(b, padded); !bytes.Equal(got, want) {
				t.Fatalf("%q gives %q, want %q", b, got, want)
			}
			over := bytes.Clone(b)
			if got := appendBase64(over[:0], over, padded); !bytes.Equal(got, want) {
				t.Fatalf("%q in place gives %q, want %q", b, got, want)
			}
		}
		junk, late, pad := false, false, false
		for line := range bytes.Lines(b) {
			bad := bytes.ContainsFunc(line, func(c rune) bool { return c > 0x7f || base64Value[byte(c)] == b64Junk })
			for _, c := range line {
				late = late || !bad && pad && base64Value[c] < 64
				pad = pad || c == '='
			}
			junk = junk || bad
		}
		if clean := cleanBase64(b); clean && (junk || late) {
			t.Fatalf("%q is called clean", b)
		}
	}
}

// slowBase64 is RFC 4648 letter by letter.
func slowBase64(raw []byte, padded bool) (out []byte) {
	var acc uint32
	bits := 0
	for _, c := range raw {
		switch v := base64Value[c]; {
		case v < 64:
			acc, bits = acc<<6|uint32(v), bits+6
			if bits == 24 {
				out, acc, bits = append(out, byte(acc>>16), byte(acc>>8), byte(acc)), 0, 0
			}
		case v == b64Pad && padded:
			out, acc, bits = flush64(out, acc, bits), 0, 0
		}
	}
	if bits == 6 {
		return append(out, byte(acc<<2))
	}
	return flush64(out, acc, bits)
}

func TestLooksLikeText(t *testing.T) {
	long := strings.Repeat("a", longestWord)
	for text, want := range map[string]bool{
		"": true, "こんにちは\r\n": true, long: true, long + "a": false, "x " + long + "a": false, long + " " + long: true, long + "a b": false,
		"begin 644 x": false, "a\nbegin 644 x": false, "a\nbeginning": true, "a begin x": true, "=ybegin line=": false, "a\r\n=ybegin ": false,
		"begin-base64 644 x\n": false, "%PDF-1.4": false, "a%PDF": true, "PK\x03\x04": false, "a\x00b": false, "a\x1b$B": true, "7z\xbc\xaf": false, "{\\rtf1": false,
	} {
		if got := looksLikeText([]byte(text), charset.LookAt([]byte(text))); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// Wherever a CR stands without its LF, the mail is in doubt.
func TestCRWithoutLFIsSeenEverywhere(t *testing.T) {
	for _, raw := range seeds(t) {
		if len(raw) > 1<<10 {
			continue
		}
		for i := range len(raw) + 1 {
			checkLineEnds(t, slices.Concat(raw[:i], []byte("\r"), raw[i:]))
			if i < len(raw) && raw[i] == '\n' {
				checkLineEnds(t, slices.Concat(raw[:i], raw[i+1:]))
			}
		}
	}
}

// TestRoomKeepsNothing looks for the mail in the room that it was read in.
func TestRoomKeepsNothing(t *testing.T) {
	var room Room
	raw := []byte("From: a@example.co.jp\r\nSubject: x\r\nMIME-Version: 1.0\r\n" + strings.Repeat("X-A: b\r\n", 2*roomFields) + "\r\ntext\r\n")
	if r := room.StrictOwn(raw, policy.DefaultLimits()); !r.Canonical || r.Nodes[2].raw == nil {
		t.Fatalf("%+v", r)
	}
	room.Release()
	kept := room.reading.Nodes != nil || room.reader.top.raw != nil || room.reader.shared.nodes != nil
	for _, n := range room.nodes[:cap(room.nodes)] {
		kept = kept || n.raw != nil || n.body != nil || n.fields != nil
	}
	for _, f := range room.fields[:cap(room.fields)] {
		kept = kept || f.value != nil || f.name != ""
	}
	if kept {
		t.Error("something of the mail is kept")
	}
}
