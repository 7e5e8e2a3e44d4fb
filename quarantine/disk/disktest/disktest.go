// Package disktest has disks for tests: Faulty lets operations fail and knows
// what a power cut would leave; Lazy never syncs, for tests that are about
// contents only.
package disktest

import (
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// Faulty fails chosen operations and remembers what was made durable.
type Faulty struct {
	disk.OS
	mu     sync.Mutex
	fail   func(op, path string) error
	trace  []string
	synced map[string]int64 // durable octets of a file
	names  map[string]bool  // durable names
}

// NewFaulty is a disk on which nothing fails yet.
func NewFaulty() *Faulty { return &Faulty{synced: map[string]int64{}, names: map[string]bool{}} }

// Fail asks f before each operation (open, link, remove, replace, syncdir, write,
// sync, truncate); its error is that of the operation. nil: nothing fails.
func (d *Faulty) Fail(f func(op, path string) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fail = f
}

// Trace is the operations since the last call, in order.
func (d *Faulty) Trace() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := slices.Clone(d.trace)
	d.trace = nil
	return out
}

// Synced is how many octets of the file a power cut leaves; false before the
// first sync.
func (d *Faulty) Synced(path string) (int64, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	n, ok := d.synced[path]
	return n, ok
}

// Names are the paths that a power cut leaves.
func (d *Faulty) Names() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	var out []string
	for n := range d.names {
		out = append(out, n)
	}
	return out
}

func (d *Faulty) op(op, path string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.trace = append(d.trace, op)
	if d.fail == nil {
		return nil
	}
	return d.fail(op, path)
}

// OpenFile is operation open.
func (d *Faulty) OpenFile(path string, create bool) (disk.File, error) {
	if err := d.op("open", path); err != nil {
		return nil, err
	}
	f, err := d.OS.OpenFile(path, create)
	if err != nil {
		return nil, err
	}
	if create {
		d.mu.Lock()
		d.synced[path] = 0
		d.mu.Unlock()
	}
	return &faultyFile{f, d, path}, nil
}

// Link is operation link.
func (d *Faulty) Link(from, to string) error {
	if err := d.op("link", to); err != nil {
		return err
	}
	d.mu.Lock()
	d.synced[to] = d.synced[from]
	d.mu.Unlock()
	return d.OS.Link(from, to)
}

// Remove is operation remove.
func (d *Faulty) Remove(path string) error {
	if err := d.op("remove", path); err != nil {
		return err
	}
	return d.OS.Remove(path)
}

// Replace is operation replace.
func (d *Faulty) Replace(path string, data []byte) error {
	if err := d.op("replace", path); err != nil {
		return err
	}
	return d.OS.Replace(path, data)
}

// SyncDir is operation syncdir.
func (d *Faulty) SyncDir(path string) error {
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
	return d.OS.SyncDir(path)
}

type faultyFile struct {
	disk.File
	d    *Faulty
	path string
}

func (f *faultyFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.d.op("write", f.path); err != nil {
		n, _ := f.File.WriteAt(p[:len(p)/2], off) // half of it arrives
		return n, err
	}
	return f.File.WriteAt(p, off)
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
	return f.File.Sync()
}

// drop does what a kernel may do with pages that it could not write.
func (f *faultyFile) drop() {
	from, known := f.d.Synced(f.path) // else it was written by somebody else
	if info, err := os.Stat(f.path); err == nil && known && info.Size() > from {
		_, _ = f.File.WriteAt(make([]byte, info.Size()-from), from)
	}
}

func (f *faultyFile) Truncate(size int64) error {
	if err := f.d.op("truncate", f.path); err != nil {
		return err
	}
	return f.File.Truncate(size)
}

// Lazy never syncs.
type Lazy struct{ disk.OS }

// OpenFile gives a file that never syncs.
func (d Lazy) OpenFile(path string, create bool) (disk.File, error) {
	f, err := d.OS.OpenFile(path, create)
	return lazyFile{f}, err
}

// Replace writes in place.
func (Lazy) Replace(path string, data []byte) error { return os.WriteFile(path, data, 0o600) }

// SyncDir does nothing.
func (Lazy) SyncDir(string) error { return nil }

type lazyFile struct{ disk.File }

func (lazyFile) Sync() error { return nil }
