package blob

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// file is a file that is being written.
type file interface {
	// WriteAt writes all of p or fails.
	WriteAt(p []byte, off int64) (int, error)
	// Sync returns when all that was written is on disk. After an error nothing
	// that was written since the last good Sync may be trusted.
	Sync() error
	// Truncate cuts the file.
	Truncate(size int64) error
	Close() error
}

// disk is every change of names and contents; tests let each of them fail.
type disk interface {
	// OpenFile opens for writing; create makes a new file and fails when there is one.
	OpenFile(path string, create bool) (file, error)
	// Link gives a file a second name.
	Link(from, to string) error
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
		return nil, fmt.Errorf("open blob file: %w", err)
	}
	return f, nil
}

func (osDisk) Link(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return fmt.Errorf("link blob file: %w", err)
	}
	return nil
}

func (osDisk) Remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove blob file: %w", err)
	}
	return nil
}

func (osDisk) SyncDir(path string) error { return syncDir(path) }

func syncDir(path string) error {
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

// lock makes sure that no other process writes to dir; it ends with the process.
func lock(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open lock file: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock %s: %w", path, ErrInUse)
	}
	return f, nil
}

// Errors of this package; more than one may be wrapped in an email.Fault.
var (
	// ErrInUse: another process has the folder open for writing.
	ErrInUse = errors.New("blob: another process uses this folder")
	// ErrWrongKey: the folder was written under another site key.
	ErrWrongKey = errors.New("blob: the site key is not the one that this folder was sealed under")
	// ErrNotFound: there is no body with this digest, or it was removed.
	ErrNotFound = errors.New("blob: there is no such body")
	// ErrRecent: the body was put a moment ago, and somebody may be about to
	// name it in the store; try again after Options.Grace.
	ErrRecent = errors.New("blob: the body was put too recently to be removed")
	// ErrDamaged: the bytes are not those that were put.
	ErrDamaged = errors.New("blob: the body is damaged")
	// ErrClosed: Close was called.
	ErrClosed = errors.New("blob: the store is closed")
	// ErrReadOnly: the store was opened to read only.
	ErrReadOnly = errors.New("blob: the store was opened to read only")
)

// fault gives a failed write its SMTP face.
func fault(what string, err error) error {
	f := &email.Fault{
		Reply: email.NewReply(451, "4.3.0", "The mail could not be stored, try again later"),
		Hint:  "look at the disk of the data folder",
		Err:   fmt.Errorf("%s: %w", what, err),
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		f.Reply = email.NewReply(452, "4.3.1", "Insufficient storage, try again later")
		f.Hint = "free space on the disk of the data folder"
	}
	return f
}
