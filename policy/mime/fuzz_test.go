package mime

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
)

// seeds are mails that touch every branch of the reader.
func seeds(t testing.TB) [][]byte {
	var out [][]byte
	for _, raw := range samples(t) {
		if len(raw) < 64<<10 {
			out = append(out, raw)
		}
	}
	return append(out, crlf(digestMail), unclosed(5),
		crlf("Content-Type: multipart/mixed; boundary=A; boundary=B\n \nContent-Type : text/plain\n\n--B\nx\n--B--\n--B\n\ny\n--Bz\n"),
		crlf("Content-Type: multipart/digest; boundary=\"a b\"\nContent-Transfer-Encoding: base64\n\nLS1hIGINCg0KU3ViamVjdDogeA0KDQp5DQo=\n"),
		crlf("Content-Type: message/rfc822\nContent-Transfer-Encoding: x-uue\n\nbegin 644 a\n#86)C\n`\nend\nmore\n"))
}

// uncovered gives the lines of a mail that no node of the strict reading shows:
// delimiters are the only ones that may be left.
func uncovered(raw []byte, nodes []Node) [][]byte {
	covered := make([]bool, len(raw))
	mark := func(b []byte) {
		if len(b) == 0 || cap(b) > cap(raw) {
			return
		}
		at := cap(raw) - cap(b)
		if at+len(b) <= len(raw) && &raw[at] == &b[0] {
			for i := range b {
				covered[at+i] = true
			}
		}
	}
	for i := range nodes {
		mark(nodes[i].raw)
		for _, f := range nodes[i].fields {
			mark(f.value)
			if at := cap(raw) - cap(f.value); f.name != "" && (at == len(raw) || at < len(raw) && len(f.value) > 0 && &raw[at] == &f.value[0]) {
				for k := at - 1; k >= 0 && raw[k] != '\n'; k-- { // its name
					covered[k] = true
				}
			}
		}
	}
	var out [][]byte
	for start := 0; start < len(raw); {
		end := start + len(raw[start:])
		if n := bytes.IndexByte(raw[start:], '\n'); n >= 0 {
			end = start + n + 1
		}
		var left []byte
		for k := start; k < end; k++ {
			if !covered[k] && raw[k] > ' ' {
				left = append(left, raw[k])
			}
		}
		if len(left) > 0 && !bytes.HasPrefix(raw[start:end], []byte("--")) {
			out = append(out, left)
		}
		start = end
	}
	return out
}

// checkStrict holds the strict reading to what is true of any mail.
func checkStrict(t *testing.T, raw []byte) (strict *Reading, limits policy.Limits) {
	t.Helper()
	limits = policy.DefaultLimits()
	limits.Parts = 50
	before := bytes.Clone(raw)
	strict = Strict(raw, limits)
	if left := uncovered(raw, strict.Nodes); len(left) > 0 {
		t.Fatalf("nobody shows %q\nof %q", left, raw)
	}
	if !bytes.Equal(raw, before) {
		t.Fatal("the mail was changed")
	}
	checkOwn(t, raw, strict, limits)
	return strict, limits
}

func checkReading(t *testing.T, raw []byte) {
	t.Helper()
	raw = bytes.Clone(raw)
	strict, limits := checkStrict(t, raw)
	before := bytes.Clone(raw)
	r := Read(raw, limits)
	if !bytes.Equal(raw, before) {
		t.Fatal("the mail was changed")
	}
	if r.Digest != strict.Digest || r.Canonical != strict.Canonical {
		t.Fatal("Read and Strict disagree")
	}
	seen := map[string]bool{}
	for i := range r.Nodes {
		n := &r.Nodes[i]
		body := n.Body()
		if n.IsHeader && n.encoding != identity {
			t.Fatal("an encoded header")
		}
		key := n.Path + "\x00" + n.View
		if seen[key] && n.View == "" {
			t.Fatalf("two nodes %q in %q", n.Path, raw)
		}
		seen[key] = true
		most := 7*len(raw) + 1<<10 // a bad octet is U+FFFD, three octets, in two readings
		if n.View == ViewAnywhere {
			most *= 4 // of base64 its four phases
		}
		if len(body) > most {
			t.Fatalf("%d octets out of %d: %q\n%.3000s", len(body), len(raw), raw, body)
		}
	}
	if strings.ToValidUTF8(r.Header.Subject, "") != r.Header.Subject {
		t.Fatal("subject is not UTF-8")
	}
}

// checkLineEnds holds the places where the strict reader looks for a CR without LF to all.
func checkLineEnds(t *testing.T, raw []byte) {
	t.Helper()
	if bareCR(raw) && Strict(raw, policy.DefaultLimits()).Canonical {
		t.Fatalf("a CR without LF was not seen in %q", raw)
	}
}

// checkOwn holds the reading that decodes over the mail to the one that does not.
func checkOwn(t *testing.T, raw []byte, strict *Reading, limits policy.Limits) {
	t.Helper()
	own := StrictOwn(bytes.Clone(raw), limits)
	if own.Canonical != strict.Canonical {
		t.Fatalf("canonical: %v, in the mail's own place %v (%v, %v)\nof %q", strict.Canonical, own.Canonical, strict.Doubts, own.Doubts, raw)
	}
	if !own.Canonical {
		return
	}
	if own.Digest != strict.Digest || len(own.Nodes) != len(strict.Nodes) {
		t.Fatalf("digests %v and %v, %d and %d nodes\nof %q", own.Digest, strict.Digest, len(own.Nodes), len(strict.Nodes), raw)
	}
	for i := range own.Nodes {
		if a, b := &own.Nodes[i], &strict.Nodes[i]; a.Path != b.Path || a.Size != b.Size || !bytes.Equal(a.Body(), b.Body()) {
			t.Fatalf("node %s: %q, in the mail's own place %q\nof %q", b.Path, b.Body(), a.Body(), raw)
		}
	}
}

// fuzzBytes is how long an input of the fuzz targets may be: a mail in doubt is read in up
// to forty ways, and of long ones the fuzzer tries none at all.
const fuzzBytes = 2 << 10

// FuzzStrict goes through the strict reader alone, which is quick.
func FuzzStrict(f *testing.F) {
	fuzzMails(f, func(t *testing.T, raw []byte) {
		checkLineEnds(t, raw)
		checkStrict(t, bytes.Clone(raw))
	})
}

func FuzzRead(f *testing.F) { fuzzMails(f, checkReading) }

func fuzzMails(f *testing.F, check func(t *testing.T, raw []byte)) {
	for _, s := range seeds(f) {
		if len(s) <= fuzzBytes {
			f.Add(s)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) <= fuzzBytes {
			check(t, raw)
		}
	})
}

func FuzzParams(f *testing.F) {
	f.Add([]byte(`attachment; filename*0*=utf-8''%E5; filename*1="a\"b" (c); x`))
	f.Fuzz(func(t *testing.T, v []byte) {
		_, params := parseParams(v)
		if len(params) > maxParams+1 {
			t.Fatal("too many parameters")
		}
		fileNames(params, params)
		decodeText(v)
		appendMailboxes(nil, v)
	})
}

// TestMutatedMailsAreReadToTheLastByte changes the seeds at random, lines and
// octets, with a fixed random source.
func TestMutatedMailsAreReadToTheLastByte(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	all := seeds(t)
	for range 3000 {
		raw := bytes.Clone(all[rnd.IntN(len(all))])
		for range 1 + rnd.IntN(4) {
			raw = mutate(rnd, raw)
		}
		checkReading(t, raw)
	}
}

func mutate(rnd *rand.Rand, raw []byte) []byte {
	lines := bytes.SplitAfter(raw, []byte("\n"))
	i, k := rnd.IntN(len(lines)), rnd.IntN(len(lines))
	switch rnd.IntN(6) {
	case 0: // delete a line
		lines = append(lines[:i:i], lines[i+1:]...)
	case 1: // double a line somewhere else
		lines = append(lines[:i:i], append([][]byte{lines[k]}, lines[i:]...)...)
	case 2:
		lines[i], lines[k] = lines[k], lines[i]
	case 3: // change an octet
		if len(raw) > 0 {
			raw[rnd.IntN(len(raw))] = "\r\n \t-:;=\"(\x00\x80B"[rnd.IntN(13)]
		}
		return raw
	case 4: // cut
		return raw[:rnd.IntN(len(raw)+1)]
	case 5: // break a line end
		lines[i] = bytes.TrimRight(lines[i], "\r\n")
	}
	return bytes.Join(lines, nil)
}

// What is not clean is seen in every place of a mail that is read over itself.
func TestOwnReadingSeesWhatIsNotClean(t *testing.T) {
	const mail = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=B\r\n\r\n" +
		"--B\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8gd29y\r\nbGQgYWdhaW4=\r\n" +
		"--B\r\nContent-Type: text/plain\r\n\r\ntext\r\n--B\r\nContent-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiLGMs\r\nZA==\r\n--B--\r\n"
	if r := StrictOwn([]byte(mail), policy.DefaultLimits()); !r.Canonical {
		t.Fatalf("the mail itself is not canonical: %v", r.Doubts)
	}
	for at := range mail {
		for _, octet := range []string{"\x00", "\r", "!", "=", "\n", "A"} {
			raw := []byte(mail[:at] + octet + mail[at:])
			checkOwn(t, raw, Strict(bytes.Clone(raw), policy.DefaultLimits()), policy.DefaultLimits())
		}
	}
}
