package spool

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

func newSpool(t *testing.T, o Options) *Spool {
	t.Helper()
	if o.Dir == "" {
		o.Dir = t.TempDir()
	}
	s, err := New(o, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func files(t *testing.T, s *Spool) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.o.Dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func content(n int) []byte {
	b := bytes.Repeat([]byte("個人情報の一覧\r\n"), n/23+1)
	return b[:n]
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	for _, size := range []int{0, 1, 8191, 8192, 8193, 99_999, 100_000, 100_001, 1 << 20, 3<<20 + 7} {
		for _, piece := range []int{1 << 20, 64 << 10, 4096, 977} {
			s := newSpool(t, Options{Memory: 100_000})
			want := content(size)
			w := s.Create()
			for rest := want; len(rest) > 0; {
				n := min(piece, len(rest))
				if _, err := w.Write(rest[:n]); err != nil {
					t.Fatal(err)
				}
				rest = rest[n:]
			}
			m, err := w.Commit()
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // it can be opened again
				got, err := email.ReadBody(m.Body, 1<<30)
				if err != nil || !bytes.Equal(got, want) {
					t.Fatalf("size %d in pieces of %d: content changed, error %v", size, piece, err)
				}
			}
			if m.Body.Size() != int64(size) || m.Body.Digest() != sha256.Sum256(want) {
				t.Errorf("size %d: size or digest is wrong", size)
			}
			_, onDisk := m.Body.(*sealed.File)
			if onDisk != (size > 100_000) || len(files(t, s)) != map[bool]int{true: 1}[onDisk] {
				t.Errorf("size %d: on disk is %v, %d files", size, onDisk, len(files(t, s)))
			}
			m.Release()
			m.Release()
			if n := len(files(t, s)); n != 0 || s.memory.Load() != 0 || s.disk.Load() != 0 {
				t.Errorf("size %d: %d files, %d and %d octets left", size, n, s.memory.Load(), s.disk.Load())
			}
		}
	}
}

func TestTotalMemorySendsSmallMailsToDisk(t *testing.T) {
	s := newSpool(t, Options{Memory: 10_000, TotalMemory: 40_000})
	var mails []*Mail
	for range 5 {
		w := s.Create()
		if _, err := w.Write(content(9000)); err != nil {
			t.Fatal(err)
		}
		m, err := w.Commit()
		if err != nil {
			t.Fatal(err)
		}
		mails = append(mails, m)
	}
	if n := len(files(t, s)); n != 3 {
		t.Errorf("%d files, want 3", n)
	}
	if got := s.memory.Load(); got > 40_000 {
		t.Errorf("%d octets in memory", got)
	}
	for _, m := range mails {
		m.Release()
	}
	if s.memory.Load() != 0 || s.disk.Load() != 0 || len(files(t, s)) != 0 {
		t.Error("something is left")
	}
}

func TestFullDiskIs452(t *testing.T) {
	s := newSpool(t, Options{Memory: 100, TotalDisk: 1000})
	w := s.Create()
	var err error
	for range 20 {
		if _, err = w.Write(content(99)); err != nil {
			break
		}
	}
	var f *email.Fault
	if !errors.As(err, &f) || f.Reply.Code != 452 || f.Reply.Enhanced() != "4.3.1" {
		t.Fatalf("got %v", err)
	}
	if _, err := w.Commit(); !errors.As(err, &f) {
		t.Errorf("commit after it: %v", err)
	}
	if s.disk.Load() != 0 || s.memory.Load() != 0 || len(files(t, s)) != 0 {
		t.Error("something is left")
	}
}

func TestFolderThatIsGone(t *testing.T) {
	s := newSpool(t, Options{Memory: 10, Dir: filepath.Join(t.TempDir(), "spool")})
	if err := os.RemoveAll(s.o.Dir); err != nil {
		t.Fatal(err)
	}
	w := s.Create()
	if _, err := w.Write(content(100)); err == nil || !email.IsTemporary(err) {
		t.Errorf("got %v, want a temporary error", err)
	}
	w.Abort()
	if s.disk.Load() != 0 || s.memory.Load() != 0 {
		t.Error("room is not given back")
	}
}

func TestAbort(t *testing.T) {
	for _, size := range []int{10, 10_000} {
		s := newSpool(t, Options{Memory: 100})
		w := s.Create()
		if _, err := w.Write(content(size)); err != nil {
			t.Fatal(err)
		}
		w.Abort()
		if s.disk.Load() != 0 || s.memory.Load() != 0 || len(files(t, s)) != 0 {
			t.Errorf("size %d: something is left", size)
		}
		if _, err := w.Write([]byte("x")); err == nil {
			t.Errorf("size %d: written after abort", size)
		}
	}
}

func TestTakenOverFileStays(t *testing.T) {
	s := newSpool(t, Options{Memory: 10})
	w := s.Create()
	if _, err := w.Write(content(5000)); err != nil {
		t.Fatal(err)
	}
	m, err := w.Commit()
	if err != nil {
		t.Fatal(err)
	}
	file, ok := m.Body.(*sealed.File)
	if !ok {
		t.Fatal("not a sealed file")
	}
	kept := filepath.Join(t.TempDir(), "kept")
	if err := os.Rename(file.Path, kept); err != nil {
		t.Fatal(err)
	}
	m.Release()
	got, err := email.ReadBody(sealed.NewFile(kept, file.Key, file.Size(), file.Digest()), 1<<20)
	if err != nil || !bytes.Equal(got, content(5000)) {
		t.Errorf("taken over file: %v", err)
	}
}

func TestLeftOversAreRemovedAtStart(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"01abc" + Suffix, "other.file"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := newSpool(t, Options{Dir: dir})
	if got := files(t, s); len(got) != 1 || filepath.Base(got[0]) != "other.file" {
		t.Errorf("left are %v", got)
	}
}

func TestFilesAreForUsOnlyAndSealed(t *testing.T) {
	s := newSpool(t, Options{Memory: 10})
	w := s.Create()
	if _, err := w.Write(content(200_000)); err != nil {
		t.Fatal(err)
	}
	name := files(t, s)[0]
	info, err := os.Stat(name)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if raw, err := os.ReadFile(name); err != nil || bytes.Contains(raw, []byte("個人")) {
		t.Errorf("file is readable, %v", err)
	}
	w.Abort()
}

func TestNewNeedsAFolder(t *testing.T) {
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if _, err := New(Options{}, time.Now, log, prometheus.NewRegistry()); err == nil {
		t.Error("made without a folder")
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Dir: filepath.Join(file, "spool")}, time.Now, log, prometheus.NewRegistry()); err == nil {
		t.Error("made below a file")
	}
}
