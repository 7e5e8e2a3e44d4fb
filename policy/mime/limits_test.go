package mime

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

func unclosed(levels int) []byte {
	var b strings.Builder
	b.WriteString("Subject: x\n")
	for i := range levels {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\nsecret\n")
	return crlf(b.String())
}

func hasProblemIn(r *Reading, p policy.Problem) bool {
	for i := range r.Nodes {
		if r.Nodes[i].Problem == p {
			return true
		}
	}
	return false
}

func allText(r *Reading) string {
	var b strings.Builder
	for i := range r.Nodes {
		b.Write(r.Nodes[i].Body())
		b.WriteByte('\n')
	}
	return b.String()
}

func TestLimitsAreProblems(t *testing.T) {
	limits := policy.DefaultLimits()
	cases := []struct {
		name string
		mail []byte
		want policy.Problem
	}{
		{"22 levels never closed", unclosed(22), policy.TooDeep},
		{"2,000 levels", unclosed(2000), policy.TooDeep},
		{"50,000 parts", []byte("Content-Type: multipart/mixed; boundary=B\r\n\r\n" +
			strings.Repeat("--B\r\n\r\nx\r\n", 50000) + "secret"), policy.TooLarge},
		{"long header", []byte("X-A: " + strings.Repeat("a", 300<<10) + "secret\r\n\r\nx"), policy.TooLarge},
		{"many fields", []byte(strings.Repeat("a: b\r\n", 100<<10) + "c: secret\r\n\r\nx"), policy.TooLarge},
		{"mails inside mails", []byte(strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 3000) + "secret"), policy.TooDeep},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := Read(c.mail, limits)
			if !hasProblemIn(r, c.want) {
				t.Errorf("no node is %s", c.want)
			}
			if !strings.Contains(allText(r), "secret") {
				t.Error("the bytes behind the limit are lost")
			}
			if r.Canonical {
				t.Error("it counts as canonical")
			}
		})
	}
}

// The strict reader goes over the bytes once, however they are nested.
func TestWorkIsLinear(t *testing.T) {
	for name, raw := range map[string][]byte{
		"unclosed":      unclosed(20),
		"many parts":    []byte("Content-Type: multipart/mixed; boundary=B\r\n\r\n" + strings.Repeat("--B\r\n\r\nx\r\n", 900)),
		"near misses":   []byte("Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n" + strings.Repeat("--Bx\r\n", 100000)),
		"hyphens":       []byte("Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\n" + strings.Repeat("--\r\n", 100000)),
		"word starts":   []byte("Subject: " + strings.Repeat("=?a?B?", 40000) + "\r\n\r\nx"),
		"comments":      []byte("Content-Type: text/plain; " + strings.Repeat("(", 60000) + ")\r\n\r\nx"),
		"quotes":        []byte("To: " + strings.Repeat("\"a\\\"", 60000) + "\r\n\r\nx"),
		"parameters":    []byte("Content-Type: text/plain" + strings.Repeat("; a=b", 40000) + "\r\n\r\nx"),
		"segments":      []byte("Content-Disposition: attachment" + strings.Repeat("; filename*1*=%41", 10000) + "\r\n\r\nx"),
		"equal fields":  []byte(strings.Repeat("Content-Type: text/plain\r\n", 9000) + "\r\nx"),
		"parens in To":  []byte("To: " + strings.Repeat("(", 100000) + "\r\n\r\nx"),
		"ids":           []byte("References: " + strings.Repeat("<", 200000) + "\r\n\r\nx"),
		"uuencode":      []byte("Content-Transfer-Encoding: x-uuencode\r\n\r\n" + strings.Repeat("begin 644 a\r\n`\r\n", 30000)),
		"blank headers": []byte(strings.Repeat(" \r\n", 50000) + "\r\nx"),
	} {
		t.Run(name, func(t *testing.T) {
			r := newReader(raw, policy.DefaultLimits(), dialect{})
			r.readMail("0", 0)
			if r.work > int64(len(raw)) {
				t.Errorf("%d octets gone over for %d", r.work, len(raw))
			}
			Read(raw, policy.DefaultLimits()) // must end; the test's own deadline says when not
		})
	}
}

func TestForeignParsersAreKeptFromHostileMail(t *testing.T) {
	limits := policy.DefaultLimits()
	limits.MIMEDepth, limits.Parts = 100, 100000
	for name, raw := range map[string][]byte{
		"deep":       unclosed(22),
		"many parts": []byte("Content-Type: multipart/mixed; boundary=B\r\n\r\n" + strings.Repeat("--B\r\n\r\nx\r\n", 2000)),
		"a type that only enmime takes for a multipart": bytes.Replace(unclosed(30), []byte("multipart/mixed; boundary=b9"),
			[]byte("multipa\"t/mixed; boundary=b9"), 1),
		"header": []byte("A: " + strings.Repeat("a", 300<<10) + "\r\n\r\nx"),
	} {
		r := newReader(raw, limits, dialect{})
		r.readMail("0", 0)
		if r.foreignAllowed(raw) {
			t.Errorf("%s is given to enmime", name)
		}
	}
	r := newReader(unclosed(5), limits, dialect{})
	r.readMail("0", 0)
	if !r.foreignAllowed(r.raw) || bytes.Count(r.withClosers(r.raw), []byte("--\r\n")) != 5 {
		t.Error("an ordinary unclosed mail is not closed for enmime")
	}
}

func TestDoubtThatNobodyElseMayJudgeIsAProblem(t *testing.T) {
	limits := policy.DefaultLimits()
	var b strings.Builder
	b.WriteString("Subject: x\n \nX-A: b\n") // a line of blanks
	for i := range 15 {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	b.WriteString("\na\n")
	for i := 14; i >= 0; i-- {
		fmt.Fprintf(&b, "--b%d--\n", i)
	}
	if r := Read(crlf(b.String()), limits); !hasProblemIn(r, policy.Ambiguous) {
		t.Errorf("no problem, doubts %v", r.Doubts)
	}
}

// samples gives the mails in testdata, and those of a sample folder beside the
// checkout when there is one.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for _, pattern := range []string{"testdata/*.eml", "../../../shared/samples/evasion/*.eml", "../../../shared/samples/evasion/dos/*.eml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Base(f)] = b
		}
	}
	return out
}

func TestSamples(t *testing.T) {
	cases := []struct{ file, path, view, want string }{
		{"03-iso2022jp.eml", "1", "", "1234 5678 9018"},
		{"19-subject-split-word.eml", "0/h", "", "個人番号"},
		{"20-fromname.eml", "0/h", "", "1234"},
		{"21-xheader.eml", "0/h", "", "個人番号"},
		{"22-filename-2231.eml", "2/h", "", "個人番号 1234 5678 9018.txt"},
		{"33-rfc822.eml", "2/1", "", "個人番号"},
		{"34-rfc822-b64.eml", "2/1", "", "個人番号"},
		{"35-nested-20.eml", "1" + strings.Repeat("/1", 19), "", "個人番号"},
		{"36-preamble.eml", "0", "preamble", "個人番号"},
		{"37-epilogue.eml", "0", "epilogue", "個人番号"},
		{"40-no-content-type.eml", "2", "", "1234 5678 9018"},
		{"41-no-mime-version.eml", "1", "", "個人番号"},
		{"59-message-partial.eml", "1", "", "message"},
	}
	all := samples(t)
	if len(all) == 0 {
		t.Fatal("no samples at all")
	}
	for _, c := range cases {
		raw, ok := all[c.file]
		if !ok {
			t.Errorf("%s is missing", c.file)
			continue
		}
		r := Read(raw, policy.DefaultLimits())
		found := false
		for i := range r.Nodes {
			n := &r.Nodes[i]
			if n.Path == c.path && n.View == c.view {
				found = found || strings.Contains(string(n.Body())+n.Type, c.want)
			}
		}
		if !found {
			t.Errorf("%s: %s [%s] does not show it", c.file, c.path, c.view)
		}
	}
	for name, raw := range all {
		r := Read(raw, policy.DefaultLimits())
		if strings.HasPrefix(name, "d") && !hasProblem(r.Nodes) {
			t.Errorf("%s has no problem", name)
		}
		if !strings.HasPrefix(name, "d") && !r.Canonical {
			t.Errorf("%s: %v", name, r.Doubts)
		}
	}
}
