package mime

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
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
		"lines of base64":       replaced("aGVsbG8=", "aGVs\nb G\n8="),
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
		"attachment":     replaced("aGVsbG8=", "aGVsbGE="),
		"junk in it":     replaced("aGVsbG8=", "aGVs!bG8="),
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

func TestFilesAreSummedWithoutTexts(t *testing.T) {
	files := func(raw []byte) int64 { return Strict(raw, policy.DefaultLimits()).Files }
	base := files(crlf(digestMail))
	for name, raw := range map[string][]byte{
		"subject": replaced("Subject: x", "Subject: y"), "text": replaced("\ntext\n", "\ntexts\n"),
		"preamble": replaced("\npre\n", "\npost\n"), "boundary": crlf(renamed("B", "another--boundary")),
	} {
		if files(raw) != base {
			t.Errorf("another %s is another file", name)
		}
	}
	if files(replaced("aGVsbG8=", "aGVsbGE=")) == base {
		t.Error("another attachment is the same file")
	}
	if n := files(crlf("Subject: x\n\ntext\n")); n != 0 {
		t.Errorf("a text is a file: %d", n)
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

// plainDigest is contentDigest as its comment says it, for a mail of one part
// whose fields have neither parameters nor blanks to be joined.
func plainDigest(fields []field, body []byte) [32]byte {
	var b []byte
	put := func(v []byte) { b = append(binary.BigEndian.AppendUint64(b, uint64(len(v))), v...) }
	slices.SortStableFunc(fields, func(a, b field) int { return strings.Compare(a.key, b.key) })
	put([]byte("0\x00"))
	put([]byte{0, 0})
	put([]byte("0/h\x00"))
	put([]byte{byte(len(fields)), byte(len(fields) >> 8)})
	for _, f := range fields {
		put([]byte(f.key))
		put(bytes.TrimSpace(f.value))
	}
	put([]byte("1\x00"))
	put([]byte{0, 0})
	body = bytes.ReplaceAll(body, []byte("\r\n"), []byte("\n"))
	b = binary.BigEndian.AppendUint64(append(b, body...), uint64(len(body)))
	return sha256.Sum256(b)
}

// Digests are kept for days and joined by: they must stay what they are, whatever
// the sizes of the pieces in which they are taken.
func TestContentDigestIsTakenOverTheseOctets(t *testing.T) {
	for _, n := range []int{0, 1, digestBuffer/2 - 1, digestBuffer / 2, digestBuffer/2 + 1, digestBuffer, 3 * digestBuffer} {
		for _, tail := range []string{"", "\r\n", "\r", "x\r\ny", "\n\r\n", "\r\r\n"} {
			body := []byte(strings.Repeat("z", n) + tail + strings.Repeat("line\r\n", n/50))
			note := strings.Repeat("n", n)
			raw := fmt.Appendf(nil, "Received: x\r\nX-Note: %s\r\nContent-Type: text/plain\r\nBcc: y\r\n\r\n%s", note, body)
			want := plainDigest([]field{{key: "x-note", value: []byte(note)}, {key: "content-type", value: []byte("text/plain")}}, body)
			if Strict(raw, policy.DefaultLimits()).Digest != want {
				t.Errorf("%d octets and %q: another digest", n, tail)
			}
		}
	}
}

// What clean base64 decodes to counts, whatever the pieces in which it is decoded;
// a mail that is read in its own place has the same digest.
func TestContentDigestOfBase64(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 54, 55, 56, digestBuffer/4*3 - 1, digestBuffer / 4 * 3, digestBuffer, 3 * digestBuffer} {
		data := []byte(strings.Repeat("文書", n/6+1))[:n]
		code := base64.StdEncoding.EncodeToString(data)
		var lines strings.Builder
		for ; len(code) > 77; code = code[77:] {
			lines.WriteString(code[:77] + "\r\n")
		}
		for _, body := range []string{lines.String() + code, lines.String() + code + "\r\n", strings.Repeat(" ", 2*digestBuffer) + lines.String() + code} {
			raw := fmt.Appendf(nil, "Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n%s", body)
			want := plainDigest([]field{{key: "content-type", value: []byte("text/plain")}, {key: "content-transfer-encoding", value: []byte("base64")}}, data)
			if got := Strict(raw, policy.DefaultLimits()).Digest; got != want {
				t.Errorf("%d octets: another digest", n)
			}
			if got := StrictOwn(raw, policy.DefaultLimits()); !got.Canonical || got.Digest != want {
				t.Errorf("%d octets, in the mail's own place: canonical %v %v, or another digest", n, got.Canonical, got.Doubts)
			}
		}
	}
}
