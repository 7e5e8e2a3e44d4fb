package blob

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// changes is every change of names and contents; tests let each of them fail.
type changes interface {
	OpenFile(path string, create bool) (disk.File, error)
	Link(from, to string) error
	Remove(path string) error
	SyncDir(path string) error
}

// Errors of this package; more than one may be wrapped in an email.Fault.
var (
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
