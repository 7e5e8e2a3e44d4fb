package mime

import (
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

const digestMail = `Received: from a
Subject: x
From: a@example.jp
To: b@example.jp
Bcc: c@example.jp
X-Note: kept
Content-Type: multipart/mixed; boundary=B

pre
--B
Content-Type: multipart/alternative; boundary="C"

--C

text
--C
Content-Type: text/html

<b>html</b>
--C--
--B
Content-Type: text/csv; name=a.csv
Content-Transfer-Encoding: base64

aGVsbG8=
--B--
end
`

func replaced(old, new string) []byte {
	s := digestMail
	for i := 0; ; {
		k := indexFrom(s, old, i)
		if k < 0 {
			return crlf(s)
		}
		s = s[:k] + new + s[k+len(old):]
		i = k + len(new)
	}
}

func indexFrom(s, sub string, from int) int {
	for i := from; i+len(sub) <= len(s); i++ {
		if s[i:i+len(sub)] == sub {
			return i
		}
	}
	return -1
}

func TestContentDigest(t *testing.T) {
	base := Strict(crlf(digestMail), policy.DefaultLimits()).Digest
	same := map[string][]byte{
		"line ends":             []byte(digestMail),
		"trace":                 replaced("Received: from a\n", "Received: from z\nReceived: from y\nX-Received: q\n"),
		"signatures":            replaced("Subject: x\n", "DKIM-Signature: v=1\nARC-Seal: i=1\nAuthentication-Results: x\nSubject: x\n"),
		"relay fields":          replaced("Subject: x\n", "X-MS-Exchange-Organization-Id: 1\nX-Gm-Message-State: y\nSubject: x\n"),
		"return path":           replaced("Received: from a\n", "Return-Path: <a@example.jp>\n"),
		"Bcc":                   replaced("Bcc: c@example.jp\n", ""),
		"order of fields":       replaced("Subject: x\nFrom: a@example.jp\n", "From: a@example.jp\nSubject: x\n"),
		"folding":               replaced("Subject: x\n", "Subject:\n x\n"),
		"inner boundary quoted": replaced("boundary=\"C\"", "boundary=C"),
	}
	same["boundary"] = crlf(renamed("B", "another--boundary"))
	for name, raw := range same {
		if Strict(raw, policy.DefaultLimits()).Digest != base {
			t.Errorf("%s changes the digest", name)
		}
	}
	for name, raw := range map[string][]byte{
		"subject":        replaced("Subject: x", "Subject: y"),
		"To":             replaced("b@example.jp", "d@example.jp"),
		"own X- field":   replaced("X-Note: kept", "X-Note: changed"),
		"text":           replaced("\ntext\n", "\ntexts\n"),
		"html":           replaced("html</b>", "htm1</b>"),
		"attachment":     replaced("aGVsbG8=", "aGVsbG9="),
		"name":           replaced("a.csv", "b.csv"),
		"preamble":       replaced("\npre\n", "\npost\n"),
		"epilogue":       replaced("\nend\n", "\nmore\n"),
		"part order":     replaced("--C\n\ntext\n--C\nContent-Type: text/html\n\n<b>html</b>\n", "--C\nContent-Type: text/html\n\n<b>html</b>\n--C\n\ntext\n"),
		"type parameter": replaced("boundary=B\n", "boundary=B; x=1\n"),
		"split part":     replaced("\ntext\n", "\nte\n--C\n\nxt\n"),
	} {
		if Strict(raw, policy.DefaultLimits()).Digest == base {
			t.Errorf("another %s has the same digest", name)
		}
	}
}

// renamed gives the mail with another outer boundary.
func renamed(old, new string) string {
	s := string(replaced("boundary="+old, "boundary="+new))
	return replaceAll(replaceAll(s, "\r\n", "\n"), "--"+old, "--"+new)
}

func replaceAll(s, old, new string) string {
	for i := 0; ; {
		k := indexFrom(s, old, i)
		if k < 0 {
			return s
		}
		s = s[:k] + new + s[k+len(old):]
		i = k + len(new)
	}
}

func FuzzAppendWords(f *testing.F) {
	for _, s := range []string{"", " ", "a", " a\r\n\tb  c ", "\u3000あ\u00a0 い", "\v\fx\x1c\x85", "a\xa0b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, want := string(appendWords([]byte("x: "), []byte(s))), "x: "+strings.Join(strings.Fields(s), " ")
		if got != want {
			t.Errorf("%q gives %q, want %q", s, got, want)
		}
	})
}
