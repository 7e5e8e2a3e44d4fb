// Package disk is the file system as the quarantine's folders use it: every
// change of names and contents, one method each, so that a test can let each of
// them fail.
//
// Promise: what Sync, SyncDir and Replace returned nil for is there after a
// power cut. Failure rules: after a failed Sync nothing that was written since
// the last good one may be trusted; errors name the operation, the system's own
// text names the path.
package disk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// File is a file that is being written.
type File interface {
	// WriteAt writes all of p or fails.
	WriteAt(p []byte, off int64) (int, error)
	// Sync returns when all that was written is on disk.
	Sync() error
	// Truncate cuts the file.
	Truncate(size int64) error
	Close() error
}

// OS is the disk of this machine.
type OS struct{}

// OpenFile opens for writing; create makes a new file and fails when there is one.
func (OS) OpenFile(path string, create bool) (File, error) {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE | os.O_EXCL
	}
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open file for writing: %w", err)
	}
	return f, nil
}

// Link gives a file a second name.
func (OS) Link(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return fmt.Errorf("link file: %w", err)
	}
	return nil
}

// Remove takes a name away.
func (OS) Remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove file: %w", err)
	}
	return nil
}

// Replace makes data the content of the file at path, durably, all or nothing.
func (d OS) Replace(path string, data []byte) error {
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("open file to replace: %w", err)
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
		return fmt.Errorf("replace file: %w", err)
	}
	return d.SyncDir(filepath.Dir(path))
}

// SyncDir makes the names of a folder durable.
func (OS) SyncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open folder to sync: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync folder: %w", err)
	}
	return nil
}

// ErrInUse: another process holds the lock.
var ErrInUse = errors.New("disk: another process uses this folder")

// Lock makes sure that no other process writes to the folder that path lies in.
// The lock ends with the file that is returned, or with the process. It fails
// with ErrInUse at once when another process has it.
func Lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		return nil, fmt.Errorf("lock %s: %w", path, ErrInUse)
	}
	return f, nil
}
