package blob

import (
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

// reader gives the plain bytes and, at their end, checks size and digest.
type reader struct {
	f   *os.File
	r   *sealed.Reader
	sum hash.Hash
	n   int64
	h   header
}

// Read returns plain octets; io.EOF only when all of them were the right ones.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.sum.Write(p[:n])
	r.n += int64(n)
	switch {
	case errors.Is(err, io.EOF):
		if r.n != r.h.size || email.Digest(r.sum.Sum(nil)) != r.h.digest {
			return n, fmt.Errorf("read blob %s: %w", r.h.digest, ErrDamaged)
		}
		return n, io.EOF
	case errors.Is(err, sealed.ErrDamaged):
		return n, fmt.Errorf("read blob %s: %w", r.h.digest, ErrDamaged)
	case err != nil:
		return n, fmt.Errorf("read blob %s: %w", r.h.digest, err)
	}
	return n, nil
}

// Close ends the reading.
func (r *reader) Close() error {
	if err := r.f.Close(); err != nil {
		return fmt.Errorf("close blob: %w", err)
	}
	return nil
}
