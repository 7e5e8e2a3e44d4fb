package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// faultyDisk fails chosen operations and remembers what was synced.
type faultyDisk struct {
	osDisk
	mu     sync.Mutex
	fail   func(op, path string) error
	synced map[string]int64
}

func newFaultyDisk() *faultyDisk { return &faultyDisk{synced: map[string]int64{}} }

func (d *faultyDisk) set(f func(op, path string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = f
}

func (d *faultyDisk) op(op, path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.fail == nil {
		return nil
	}
	return d.fail(op, path)
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

func (d *faultyDisk) Replace(path string, data []byte) error {
	if err := d.op("replace", path); err != nil {
		return err
	}
	return d.osDisk.Replace(path, data)
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
	f.d.synced[filepath.Base(f.path)] = info.Size()
	f.d.mu.Unlock()
	return f.file.Sync()
}

// drop does what a kernel may do with pages that it could not write.
func (f *faultyFile) drop() {
	f.d.mu.Lock()
	from := f.d.synced[filepath.Base(f.path)]
	f.d.mu.Unlock()
	if info, err := os.Stat(f.path); err == nil && info.Size() > from {
		_, _ = f.file.WriteAt(make([]byte, info.Size()-from), from)
	}
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.d.op("truncate", f.path); err != nil {
		return err
	}
	return f.file.Truncate(size)
}

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

var testKey = []byte("the site's key for the head")

func open(t *testing.T, dir string, o Options) *Journal {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	if o.SyncEvery == 0 {
		o.SyncEvery = time.Hour // only Flush and Close sync
	}
	if o.SyncEvery < 0 {
		o.SyncEvery = 0
	}
	if o.Key == nil {
		o.Key = testKey
	}
	o.Log = slog.New(slog.DiscardHandler)
	j, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func record(i int) policy.Record {
	return policy.Record{ID: email.ID(fmt.Sprintf("%026d", i)), Stage: "result", Direction: "out", Reply: "250 2.0.0", Accepted: true, Size: int64(i)}
}

func write(t *testing.T, j *Journal, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		if err := j.Write(context.Background(), record(i)); err != nil {
			t.Fatal(err)
		}
	}
}

func flush(t *testing.T, j *Journal) {
	t.Helper()
	if err := j.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// drained is the sizes of all records that are handed over.
func drained(t *testing.T, j *Journal) []int64 {
	t.Helper()
	var out []int64
	last := int64(0)
	err := j.Drain(context.Background(), func(batch []Line) error {
		for _, l := range batch {
			if l.Seq <= last {
				t.Errorf("line %d comes after %d", l.Seq, last)
			}
			last = l.Seq
			out = append(out, l.Record.Size)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func upTo(from, to int) []int64 {
	var out []int64
	for i := from; i <= to; i++ {
		out = append(out, int64(i))
	}
	return out
}

func whole(t *testing.T, dir string) {
	t.Helper()
	if err := VerifyKey(dir, testKey); err != nil {
		t.Fatal(err)
	}
}

// wantBroken fails unless the chain is broken at line seq (-1: anywhere).
func wantBroken(t *testing.T, dir string, seq int64) *Broken {
	t.Helper()
	var b *Broken
	if err := VerifyKey(dir, testKey); !errors.As(err, &b) {
		t.Fatalf("the chain is taken for whole: %v", err)
	}
	if seq >= 0 && b.Seq != seq {
		t.Fatalf("line %d is named, the first broken one is %d: %v", b.Seq, seq, b)
	}
	return b
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	n, err := segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// lazyDisk never syncs, for tests that are about contents only.
type lazyDisk struct{ osDisk }

func (lazyDisk) OpenFile(path string, create bool) (file, error) {
	f, err := osDisk{}.OpenFile(path, create)
	return lazyFile{f}, err
}

func (lazyDisk) Replace(path string, data []byte) error { return os.WriteFile(path, data, 0o600) }

func (lazyDisk) SyncDir(string) error { return nil }

type lazyFile struct{ file }

func (lazyFile) Sync() error { return nil }
