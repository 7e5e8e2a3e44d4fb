package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

// faultyDisk fails chosen operations and remembers what was made durable.
type faultyDisk struct {
	osDisk
	mu    sync.Mutex
	fail  func(op, path string) error // nil: nothing fails
	trace []string
	// synced is the durable size of each file, names the durable names.
	synced map[string]int64
	names  map[string]bool
}

func newFaultyDisk() *faultyDisk {
	return &faultyDisk{synced: map[string]int64{}, names: map[string]bool{}}
}

func (d *faultyDisk) op(op, path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trace = append(d.trace, op)
	if d.fail == nil {
		return nil
	}
	return d.fail(op, path)
}

func (d *faultyDisk) set(f func(op, path string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = f
}

func (d *faultyDisk) OpenFile(path string, create bool) (file, error) {
	if err := d.op("open", path); err != nil {
		return nil, err
	}
	f, err := d.osDisk.OpenFile(path, create)
	if err != nil {
		return nil, err
	}
	return &faultyFile{f, d, path}, nil
}

func (d *faultyDisk) Link(from, to string) error {
	if err := d.op("link", to); err != nil {
		return err
	}
	d.mu.Lock()
	d.synced[to] = d.synced[from]
	d.mu.Unlock()
	return d.osDisk.Link(from, to)
}

func (d *faultyDisk) Remove(path string) error {
	if err := d.op("remove", path); err != nil {
		return err
	}
	return d.osDisk.Remove(path)
}

func (d *faultyDisk) SyncDir(path string) error {
	if err := d.op("syncdir", path); err != nil {
		return err
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	d.mu.Lock()
	for _, e := range entries {
		d.names[filepath.Join(path, e.Name())] = true
	}
	d.mu.Unlock()
	return d.osDisk.SyncDir(path)
}

type faultyFile struct {
	file
	d    *faultyDisk
	path string
}

func (f *faultyFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.d.op("write", f.path); err != nil {
		n, _ := f.file.WriteAt(p[:len(p)/2], off) // half of it arrives
		return n, err
	}
	return f.file.WriteAt(p, off)
}

func (f *faultyFile) Sync() error {
	if err := f.d.op("sync", f.path); err != nil {
		f.drop()
		return err
	}
	info, err := os.Stat(f.path)
	if err != nil {
		return err
	}
	f.d.mu.Lock()
	f.d.synced[f.path] = info.Size()
	f.d.mu.Unlock()
	return f.file.Sync()
}

// drop does what a kernel may do with pages that it could not write.
func (f *faultyFile) drop() {
	f.d.mu.Lock()
	from, known := f.d.synced[f.path]
	f.d.mu.Unlock()
	if info, err := os.Stat(f.path); err == nil && known && info.Size() > from {
		_, _ = f.file.WriteAt(make([]byte, info.Size()-from), from)
	}
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.d.op("truncate", f.path); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

// powerCut copies to a new folder what would be there after a power cut: the
// durable octets under the durable names.
func (d *faultyDisk) powerCut(t *testing.T, dir string) string {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	to := t.TempDir()
	for _, sub := range []string{"segments", "files"} {
		if err := os.MkdirAll(filepath.Join(to, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name := range d.names {
		rel, err := filepath.Rel(dir, name)
		if err != nil || strings.HasPrefix(rel, "..") || rel == "lock" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			continue // a folder, or removed
		}
		if keep, ok := d.synced[name]; ok && rel != "key-check" {
			data = data[:min(keep, int64(len(data)))]
		}
		if err := os.WriteFile(filepath.Join(to, rel), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

var site = sealed.Key{1, 2, 3}

// clock is a settable time.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	o.Log = quiet()
	s, err := Open(dir, site, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// text is a body of n octets that no other seed has.
func text(seed, n int) email.Body {
	line := []byte("件名: 第" + strings.Repeat("一", seed%7) + string(rune('a'+seed%26)) + time.Unix(int64(seed), 0).UTC().String() + "\r\n")
	return email.BytesBody(bytes.Repeat(line, n/len(line)+1)[:n])
}

func put(t *testing.T, s *Store, b email.Body) email.Digest {
	t.Helper()
	d, err := s.Put(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func content(b email.Body) []byte {
	out, err := email.ReadBody(b, 1<<30)
	if err != nil {
		panic(err)
	}
	return out
}

// read fails unless the store gives back exactly want.
func read(t *testing.T, s *Store, want email.Body) {
	t.Helper()
	b, err := s.Open(context.Background(), want.Digest())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // it opens again and again
		r, err := b.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if cerr := r.Close(); err != nil || cerr != nil || !bytes.Equal(got, content(want)) {
			t.Fatalf("%d octets came back, %d were put (%v, %v)", len(got), want.Size(), err, cerr)
		}
	}
	if b.Size() != want.Size() || b.Digest() != want.Digest() {
		t.Fatal("size or digest changed")
	}
}

func gone(t *testing.T, s *Store, d email.Digest) {
	t.Helper()
	if _, err := s.Open(context.Background(), d); !errors.Is(err, ErrNotFound) {
		t.Fatalf("the body is still there: %v", err)
	}
}

func segmentFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "segments", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// lazyDisk never syncs, for tests that are about contents only.
type lazyDisk struct{ osDisk }

func (lazyDisk) OpenFile(path string, create bool) (file, error) {
	f, err := osDisk{}.OpenFile(path, create)
	return lazyFile{f}, err
}

func (lazyDisk) SyncDir(string) error { return nil }

type lazyFile struct{ file }

func (lazyFile) Sync() error { return nil }
