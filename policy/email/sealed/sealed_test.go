package sealed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/sekisho-mail/sekisho/policy/email"
)

var edges = []int{0, 1, 15, 16, 17, ChunkSize - 1, ChunkSize, ChunkSize + 1, 2 * ChunkSize, 2*ChunkSize + 1, 3*ChunkSize - 16}

func plain(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8)
	}
	return b
}

func seal(t testing.TB, key Key, p []byte, step int) []byte {
	t.Helper()
	var out bytes.Buffer
	w := NewWriter(&out, key)
	for rest := p; len(rest) > 0; {
		n := min(step, len(rest))
		if m, err := w.Write(rest[:n]); err != nil || m != n {
			t.Fatalf("wrote %d of %d: %v", m, n, err)
		}
		rest = rest[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestSealedComesBack(t *testing.T) {
	key := NewKey()
	for _, n := range edges {
		for _, step := range []int{1 << 30, 4096, 1000, ChunkSize, ChunkSize + 1} {
			p := plain(n)
			s := seal(t, key, p, step)
			if int64(len(s)) != Size(int64(n)) {
				t.Errorf("%d octets became %d, Size says %d", n, len(s), Size(int64(n)))
			}
			for name, r := range map[string]io.Reader{"whole": bytes.NewReader(s), "half": iotest.HalfReader(bytes.NewReader(s)), "eof with data": iotest.DataErrReader(bytes.NewReader(s))} {
				got, err := io.ReadAll(NewReader(r, key))
				if err != nil || !bytes.Equal(got, p) {
					t.Fatalf("%d octets in steps of %d, %s: %d came back, %v", n, step, name, len(got), err)
				}
			}
		}
	}
}

func TestNothingOfThePlainTextIsVisible(t *testing.T) {
	marker := []byte("1234-5678-9018")
	s := seal(t, NewKey(), bytes.Repeat(marker, 10000), 1<<20)
	if bytes.Contains(s, marker) || bytes.Contains(s, marker[:6]) {
		t.Error("plain text in the sealed form")
	}
}

// Every cut, every extension, every exchange of chunks is noticed, and nothing
// is returned that was not verified.
func TestCutsAndExchangesAreNoticed(t *testing.T) {
	key, p := NewKey(), plain(3*ChunkSize+100)
	s := seal(t, key, p, 1<<20)
	full := ChunkSize + overhead
	chunk := func(i int) []byte { return s[i*full : min((i+1)*full, len(s))] }
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	bad := map[string][]byte{
		"empty": nil, "extended": append(bytes.Clone(s), 0), "twice": append(bytes.Clone(s), s...), "foreign key": nil,
		"exchanged": join(chunk(1), chunk(0), chunk(2), chunk(3)), "repeated": join(chunk(0), chunk(0), chunk(1), chunk(2), chunk(3)),
		"one left out": join(chunk(0), chunk(2), chunk(3)), "without the last": join(chunk(0), chunk(1), chunk(2)), "only the last": chunk(3),
		"last in front": join(chunk(3), chunk(0), chunk(1), chunk(2)),
	}
	for cut := 0; cut < len(s); cut += 997 {
		bad[fmt.Sprintf("cut at %d", cut)] = s[:cut]
	}
	for _, cut := range []int{1, overhead - 1, overhead, overhead + 1, full - 1, full, full + 1, 2 * full, 3 * full, len(s) - 1} {
		bad[fmt.Sprintf("cut at %d", cut)] = s[:cut]
	}
	for name, b := range bad {
		k := key
		if name == "foreign key" {
			b, k = s, NewKey()
		}
		got, err := io.ReadAll(NewReader(bytes.NewReader(b), k))
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %d octets, %v", name, len(got), err)
		}
		if !bytes.HasPrefix(p, got) {
			t.Errorf("%s: octets came back that were never sealed", name)
		}
	}
}

func TestEveryFlippedOctetIsNoticed(t *testing.T) {
	key := NewKey()
	s := seal(t, key, plain(300), 300)
	for i := range s {
		b := bytes.Clone(s)
		b[i] ^= 0x80
		if got, err := io.ReadAll(NewReader(bytes.NewReader(b), key)); !errors.Is(err, ErrDamaged) || len(got) != 0 {
			t.Fatalf("octet %d: %d octets, %v", i, len(got), err)
		}
	}
}

func TestReaderPassesErrorsOn(t *testing.T) {
	key := NewKey()
	s := seal(t, key, plain(2*ChunkSize), 1<<20)
	r := NewReader(io.MultiReader(bytes.NewReader(s[:ChunkSize+100]), iotest.ErrReader(io.ErrClosedPipe)), key)
	for range 2 {
		if _, err := io.ReadAll(r); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("got %v", err)
		}
	}
}

// full is a disk that takes n octets.
type full struct{ n int }

func (f *full) Write(p []byte) (int, error) {
	if f.n -= len(p); f.n < 0 {
		return 0, io.ErrShortWrite
	}
	return len(p), nil
}

func TestWriterRemembersItsError(t *testing.T) {
	w := NewWriter(&full{ChunkSize + overhead}, NewKey())
	if _, err := w.Write(plain(3 * ChunkSize)); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	if n, err := w.Write([]byte("x")); n != 0 || !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("%d, %v", n, err)
	}
	if err := w.Close(); !errors.Is(err, io.ErrShortWrite) {
		t.Error(err)
	}
	ok := NewWriter(io.Discard, NewKey())
	if err := ok.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ok.Write([]byte("x")); err == nil {
		t.Error("a closed writer takes octets")
	}
	if err := ok.Close(); err == nil {
		t.Error("a writer is closed twice")
	}
}

func TestWrapBindsToItsContext(t *testing.T) {
	site, key := NewKey(), NewKey()
	w := Wrap(site, key[:], "blob 1")
	if got, err := Unwrap(site, w, "blob 1"); err != nil || !bytes.Equal(got, key[:]) {
		t.Fatal(err)
	}
	if bytes.Equal(w, Wrap(site, key[:], "blob 1")) {
		t.Error("two wraps are alike: the nonce is not random")
	}
	for name, f := range map[string]func() ([]byte, error){
		"context": func() ([]byte, error) { return Unwrap(site, w, "blob 2") },
		"key":     func() ([]byte, error) { return Unwrap(NewKey(), w, "blob 1") },
		"short":   func() ([]byte, error) { return Unwrap(site, w[:27], "blob 1") },
		"empty":   func() ([]byte, error) { return Unwrap(site, nil, "blob 1") },
		"cut":     func() ([]byte, error) { return Unwrap(site, w[:len(w)-1], "blob 1") },
	} {
		if _, err := f(); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFileIsABody(t *testing.T) {
	dir := t.TempDir()
	want := email.BytesBody(plain(ChunkSize + 5))
	f, err := WriteFile(filepath.Join(dir, "one"), want)
	if err != nil {
		t.Fatal(err)
	}
	var body email.Body = f
	for range 2 {
		got, err := email.ReadBody(body, 1<<20)
		if err != nil || email.BytesBody(got).Digest() != want.Digest() || body.Size() != want.Size() || body.Digest() != want.Digest() {
			t.Fatalf("%d octets, %v", len(got), err)
		}
	}
	if info, err := os.Stat(f.Path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	if _, err := WriteFile(f.Path, want); !errors.Is(err, os.ErrExist) {
		t.Errorf("a file was overwritten: %v", err)
	}
	if _, err := email.ReadBody(body, 1<<20); err != nil {
		t.Errorf("the attempt hurt the file: %v", err)
	}
	if err := os.Remove(f.Path); err != nil {
		t.Fatal(err)
	}
	if _, err := body.Open(); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

// torn is a body whose reading breaks off.
type torn struct{ email.Body }

func (torn) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(bytes.NewReader(plain(ChunkSize*2)), iotest.ErrReader(io.ErrUnexpectedEOF))), nil
}

func TestWriteFileLeavesNothingBehind(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one")
	if _, err := WriteFile(path, torn{email.BytesBody(nil)}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error("half a file is left")
	}
}

func FuzzReader(f *testing.F) {
	key := Key{1}
	for _, n := range []int{0, 1, 100, ChunkSize, ChunkSize + 1} {
		f.Add(seal(f, key, plain(n), 1<<20))
	}
	f.Add([]byte{})
	f.Add(make([]byte, ChunkSize+overhead+1))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, err := io.ReadAll(iotest.OneByteReader(NewReader(bytes.NewReader(b), key)))
		if err != nil {
			if !errors.Is(err, ErrDamaged) {
				t.Fatal(err)
			}
			return
		}
		if Size(int64(len(got))) != int64(len(b)) || !bytes.Equal(seal(t, key, got, 1<<20), b) {
			t.Fatalf("%d octets opened to %d that seal to others", len(b), len(got))
		}
	})
}

func FuzzRoundTrip(f *testing.F) {
	f.Add([]byte("本文\r\n"), 3)
	f.Add(plain(ChunkSize+1), 1000)
	f.Fuzz(func(t *testing.T, p []byte, step int) {
		if step <= 0 {
			step = 1
		}
		key := Key{2}
		got, err := io.ReadAll(NewReader(bytes.NewReader(seal(t, key, p, step)), key))
		if err != nil || !bytes.Equal(got, p) {
			t.Fatal(err)
		}
	})
}
