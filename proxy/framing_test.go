package proxy

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

// reference is the framing in its simplest form: the end is the first
// CRLF.CRLF (or .CRLF at the start), dots behind CRLF are taken off, and a bare
// CR or LF may become CRLF.
func reference(wire string, normalise bool) (content string, used int, done bool) {
	s := "\r\n" + wire
	end := strings.Index(s, "\r\n.\r\n")
	if end < 0 {
		return "", 0, false
	}
	used = end + 5 - 2
	s = s[:end+2]
	lines := strings.Split(s, "\r\n")
	for i := range lines {
		if i > 0 {
			lines[i] = strings.TrimPrefix(lines[i], ".")
		}
		if normalise {
			lines[i] = strings.ReplaceAll(strings.ReplaceAll(lines[i], "\r", "\n"), "\n", "\r\n")
		}
	}
	return strings.TrimPrefix(strings.Join(lines, "\r\n"), "\r\n"), used, true
}

// run feeds wire in pieces and returns content and how much was used.
func run(wire string, piece int, normalise bool) (content string, used int, done bool, f *framing) {
	var out bytes.Buffer
	f = &framing{w: &out, normalise: normalise}
	for used < len(wire) && !done {
		p := wire[used:min(len(wire), used+piece)]
		var n int
		n, done = f.feed([]byte(p))
		used += n
	}
	return out.String(), used, done, f
}

func bareEnds(s string) bool { return strings.ContainsAny(strings.ReplaceAll(s, "\r\n", ""), "\r\n") }

func FuzzFraming(f *testing.F) {
	for _, s := range []string{
		".\r\n", "a\r\n.\r\nQUIT\r\n", "a\r\n..\r\n.b\r\n.\r\n", "\r\r\n.\r\n", "a\n.\n\r\n.\r\n", "\r\n.\r\r\n.\r\n", ".\rX\r\n.\r\n",
		"a\r.\r\nb\r\n.\r\n", "\r\n.\x00\r\n.\r\n", "日本語\r\n.\r\n", "\r", ".", ".\r", "\r\n.\r", "..\r\n.\r\n", "\n\r\n.\r\n",
	} {
		f.Add(s, uint8(1), true)
		f.Add(s, uint8(255), false)
	}
	f.Fuzz(func(t *testing.T, wire string, piece uint8, normalise bool) {
		got, used, done, frame := run(wire, int(piece)+1, normalise)
		want, wantUsed, wantDone := reference(wire, normalise)
		if done != wantDone || done && used != wantUsed {
			t.Fatalf("%q: ended %v after %d, want %v after %d", wire, done, used, wantDone, wantUsed)
		}
		if !done {
			return
		}
		if frame.bare() != bareEnds(wire[:used-3]) {
			t.Fatalf("%q: bare is %v", wire, frame.bare())
		}
		if (normalise || !frame.bare()) && got != want {
			t.Fatalf("%q: got %q, want %q", wire, got, want)
		}
		if frame.doubtful != strings.HasSuffix(wire[:used], "\r\r\n.\r\n") {
			t.Fatalf("%q: doubtful is %v", wire, frame.doubtful)
		}
		if bareEnds(got) {
			t.Fatalf("%q: bare CR or LF got through: %q", wire, got)
		}
	})
}

// oddWire is n octets of lines, with something in a few places that is no line: mostly whole
// lines, so that a kernel gets past its first block, then anything that may end a mail.
func oddWire(rnd *rand.Rand, n int) string {
	plain := []string{"\r\n", "a\r\n", "aaaa\r\n", strings.Repeat("a", 31), strings.Repeat("a", 64), "\x80\x00\r\n"}
	odd := []string{"\r", "\n", ".", "\x00", "\x80", "a", "\r\n.", "\r\n.\r", "\r\n.\n", "\n.\r\n", "\r.\r\n", "\r\r\n.\r\n", "\r\n.\r\n"}
	var b strings.Builder
	for oddOf := 1 + rnd.IntN(12); b.Len() < n; {
		if rnd.IntN(oddOf) == 0 {
			b.WriteString(odd[rnd.IntN(len(odd))])
		} else {
			b.WriteString(plain[rnd.IntN(len(plain))])
		}
	}
	return b.String()[:n]
}

// framed is all that a framing made of its octets.
type framed struct {
	content, raw                           string
	used                                   int
	done, doubtful                         bool
	state                                  framingState
	bareCR, crAt, bareLF, lfAt, dots, size int64
}

// fed feeds wire cut at the given places.
func fed(wire string, normalise, chunked bool, cuts ...int) framed {
	var out, raw bytes.Buffer
	f := &framing{w: &out, raw: &raw, normalise: normalise, chunked: chunked}
	used, done := 0, false
	for _, cut := range append(cuts, len(wire)) {
		if !done {
			var n int
			n, done = f.feed([]byte(wire[used:cut]))
			used += n
		}
	}
	if f.bare() {
		raw.Reset() // how much of it went out before is not promised
	}
	return framed{out.String(), raw.String(), used, done, f.doubtful, f.state, f.bareCR, f.crAt, f.bareLF, f.lfAt, f.dots, f.size}
}

// Whatever stands in a mail and wherever it is cut, it is read as octet by octet, which no
// kernel does.
func TestFramingOfOddLines(t *testing.T) {
	rnd := rand.New(rand.NewPCG(4, 4))
	octets := make([]int, 200)
	for i := range octets {
		octets[i] = i
	}
	ways := 8
	if testing.Short() {
		ways = 1
	}
	for n := range len(octets) + 1 {
		for way := range ways {
			wire, normalise, chunked := oddWire(rnd, n), (way+n)&1 != 0, way&2 != 0
			slow := fed(wire, normalise, chunked, octets[:n]...)
			for cut := range n + 1 {
				if got := fed(wire, normalise, chunked, cut); got != slow {
					t.Fatalf("%q cut at %d, normalise %v, chunked %v:\n%+v\noctet by octet:\n%+v", wire, cut, normalise, chunked, got, slow)
				}
			}
		}
	}
}

// A client that sends nothing but broken line ends costs no more than another: each CR was
// once behind a search of the whole block for an LF.
func BenchmarkFramingOfBareCR(b *testing.B) {
	wire := bytes.Repeat([]byte("\r"), blockSize)
	f := &framing{w: discard{}}
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		f.feed(wire)
	}
}

// FuzzChunks: in chunks nothing ends the content, no dot is taken off, and what is
// not made of lines is noticed, however it is cut.
func FuzzChunks(f *testing.F) {
	for _, s := range []string{"a\r\n.\r\nb\r\n", "", "\r", "\n", "a\r\n\r", ".", "..\r\n", "a\rb\r\n", "a\n"} {
		f.Add(s, "1000 LAST", uint8(1), false)
		f.Add(s, "69 FOO", uint8(3), true)
	}
	f.Fuzz(func(t *testing.T, content, arg string, piece uint8, normalise bool) {
		var out bytes.Buffer
		frame := &framing{w: &out, normalise: normalise, chunked: true}
		for rest := content; len(rest) > 0; {
			p := rest[:min(len(rest), int(piece)+1)]
			if n, done := frame.feed([]byte(p)); n != len(p) || done {
				t.Fatalf("%q: took %d of %d, ended %v", content, n, len(p), done)
			}
			rest = rest[len(p):]
		}
		whole := frame.endChunks()
		want := content
		if normalise {
			want = strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(content, "\r\n", "\n"), "\r", "\n"), "\n", "\r\n")
		}
		switch {
		case frame.bare() != bareEnds(content):
			t.Fatalf("%q: bare is %v", content, frame.bare())
		case frame.bare() && !normalise:
		case out.String() != want:
			t.Fatalf("%q: passed on %q", content, out.String())
		case whole != (want == "" || strings.HasSuffix(want, "\r\n")):
			t.Fatalf("%q: whole is %v", content, whole)
		}
		size, _, err := parseChunk(arg)
		if number, _, _ := strings.Cut(arg, " "); err == nil && strings.TrimLeft(number, "0") != strings.TrimLeft(strconv.FormatInt(size, 10), "0") {
			t.Fatalf("%q is read as %d", arg, size)
		}
	})
}

func TestFramingLimits(t *testing.T) {
	f := &framing{w: &bytes.Buffer{}, limit: 10}
	if _, done := f.feed([]byte("123456789\r\n.\r\n")); !done || !f.tooLarge() {
		t.Errorf("11 octets of 10: done %v, too large %v", done, f.tooLarge())
	}
	f = &framing{w: &bytes.Buffer{}, limit: 11}
	if _, done := f.feed([]byte("123456789\r\n.\r\n")); !done || f.tooLarge() || f.flood() {
		t.Error("11 octets of 11 are too many")
	}
}

type brokenWriter struct{ n int }

var errBroken = errors.New("broken")

func (b *brokenWriter) Write([]byte) (int, error) { b.n++; return 0, errBroken }

func TestFramingReadsOnAfterAWriteError(t *testing.T) {
	w := &brokenWriter{}
	f := &framing{w: w}
	n, done := f.feed([]byte("a\r\n..b\r\n..c\r\n.\r\nQUIT\r\n"))
	if !done || n != 16 || !errors.Is(f.err, errBroken) || w.n != 1 {
		t.Errorf("done %v after %d, error %v, %d writes", done, n, f.err, w.n)
	}
}

func BenchmarkFraming(b *testing.B) {
	line := strings.Repeat("QUJD", 19) + "\r\n"
	wire := []byte(strings.Repeat(line, blockSize/len(line)))
	f := &framing{w: discard{}}
	b.SetBytes(int64(len(wire)))
	for b.Loop() {
		f.feed(wire)
	}
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
