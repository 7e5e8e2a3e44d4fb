package sealed

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// File is a body in a sealed file: an email.Body that can be taken over by
// rename. It does not remove its file; who created it does.
type File struct {
	Path   string
	Key    Key
	size   int64
	digest email.Digest
}

// NewFile describes an existing sealed file; size and digest are those of the
// plain content.
func NewFile(path string, key Key, size int64, digest email.Digest) *File {
	return &File{Path: path, Key: key, size: size, digest: digest}
}

// Size is the plain length.
func (f *File) Size() int64 { return f.size }

// Digest is the SHA-256 of the plain content.
func (f *File) Digest() email.Digest { return f.digest }

// Open reads the plain content from its start.
func (f *File) Open() (io.ReadCloser, error) {
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, fmt.Errorf("open sealed file: %w", err)
	}
	return struct {
		io.Reader
		io.Closer
	}{NewReader(file, f.Key), file}, nil
}

// WriteFile seals the body into a new file at path, mode 0600, and syncs it.
// The caller syncs the directory. On an error no file is left.
func WriteFile(path string, body email.Body) (*File, error) {
	src, err := body.Open()
	if err != nil {
		return nil, fmt.Errorf("open body to seal: %w", err)
	}
	defer src.Close()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("create sealed file: %w", err)
	}
	key, sum := NewKey(), sha256.New()
	w := NewWriter(file, key)
	n, err := io.Copy(io.MultiWriter(w, sum), src)
	if err == nil {
		err = w.Close()
	}
	if err == nil {
		err = file.Sync()
	}
	if cerr := file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		_ = os.Remove(path)
		return nil, fmt.Errorf("write sealed file: %w", err)
	}
	return NewFile(path, key, n, email.Digest(sum.Sum(nil))), nil
}
