package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// file is a segment that is being written.
type file interface {
	WriteAt(p []byte, off int64) (int, error)
	Sync() error
	Truncate(size int64) error
	Close() error
}

// disk is every change of names; tests let each of them fail.
type disk interface {
	// OpenFile opens for writing; create makes a new file and fails when there is one.
	OpenFile(path string, create bool) (file, error)
	// Replace makes data the content of the file at path, durably, all or nothing.
	Replace(path string, data []byte) error
	Remove(path string) error
	// SyncDir makes the names of a folder durable.
	SyncDir(path string) error
}

type osDisk struct{}

func (osDisk) OpenFile(path string, create bool) (file, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE | os.O_EXCL
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal segment: %w", err)
	}
	return f, nil
}

func (d osDisk) Replace(path string, data []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open journal state: %w", err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		_ = os.Remove(tmp)
		return fmt.Errorf("write journal state: %w", err)
	}
	return d.SyncDir(filepath.Dir(path))
}

func (osDisk) Remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove journal segment: %w", err)
	}
	return nil
}

func (osDisk) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open journal folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync journal folder: %w", err)
	}
	return nil
}

// ErrInUse: another process writes this journal.
var ErrInUse = errors.New("journal: another process uses this folder")

func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open journal lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, ErrInUse)
	}
	return f, nil
}

const segmentSuffix = ".jsonl"

// segmentName is the name of the segment that begins with line seq.
func segmentName(seq int64) string { return fmt.Sprintf("%020d%s", seq, segmentSuffix) }

// firstOf is the number that the segment's name promises for its first line.
func firstOf(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSuffix(name, segmentSuffix), 10, 64)
	return n
}

// segments lists the names of all segments in order.
func segments(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list journal segments: %w", err)
	}
	var out []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), segmentSuffix) && firstOf(e.Name()) > 0 {
			out = append(out, e.Name())
		}
	}
	slices.Sort(out)
	return out, nil
}
