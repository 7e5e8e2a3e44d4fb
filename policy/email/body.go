package email

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
)

// Body is the content of a mail (header and body, CRLF line ends, no dot
// stuffing) that can be opened again and again. It is never a bare []byte, so
// that a 100 MB mail can lie on disk. Open is safe for concurrent use; each
// reader is closed by its opener.
type Body interface {
	Open() (io.ReadCloser, error)
	Size() int64
	// Digest is the SHA-256 of all bytes.
	Digest() Digest
}

// Digest is a SHA-256.
type Digest [32]byte

// String is lower-case hex.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// IsZero tells that no digest was taken.
func (d Digest) IsZero() bool { return d == Digest{} }

// ErrBadDigest is returned by ParseDigest.
var ErrBadDigest = errors.New("email: not a SHA-256 in hex")

// ParseDigest reads what String wrote.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(d) {
		return d, ErrBadDigest
	}
	copy(d[:], b)
	return d, nil
}

// MarshalText writes hex.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads hex.
func (d *Digest) UnmarshalText(b []byte) error {
	p, err := ParseDigest(string(b))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

type bytesBody struct {
	b      []byte
	digest Digest
}

// BytesBody is a body held in memory: mails we write ourselves, and tests. b
// must not change afterwards.
func BytesBody(b []byte) Body { return bytesBody{b, sha256.Sum256(b)} }

func (b bytesBody) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.b)), nil }
func (b bytesBody) Size() int64                  { return int64(len(b.b)) }
func (b bytesBody) Digest() Digest               { return b.digest }

// ErrBodyTooLarge is returned by ReadBody.
var ErrBodyTooLarge = errors.New("email: body is larger than the caller can take")

// ReadBody reads the whole body into memory, at most limit octets.
func ReadBody(b Body, limit int64) ([]byte, error) {
	if b.Size() > limit {
		return nil, ErrBodyTooLarge
	}
	r, err := b.Open()
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	// ReadFrom doubles the buffer when less than MinRead is free.
	buf := bytes.NewBuffer(make([]byte, 0, b.Size()+bytes.MinRead))
	n, err := buf.ReadFrom(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	if n > limit {
		return nil, ErrBodyTooLarge
	}
	return buf.Bytes(), nil
}
