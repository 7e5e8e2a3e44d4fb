package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// The protocol, over the child's standard input and output, one job at a time:
//
//	parent: uint32 length, request, then request.Size octets of body
//	child:  uint32 length, answer
//
// Before its answer the child may ask for a service of the parent's, one at a time:
//
//	child:  uint32 length, answer with Ask, then Ask.Size octets
//	parent: uint32 length, Reply
//
// An answer that says Heavy hands the job back: it is for a child with the heavy
// parts, which does it from its beginning.
//
// Lengths are big-endian; wire.go has the form of the values. The child ends when its
// input does.

// verb is what a worker is asked for.
type verb string

const (
	inspect verb = "inspect"
	render  verb = "render"
)

// Kind tells a mail from a file.
type Kind string

// Kinds of input.
const (
	Mail Kind = "mail"
	File Kind = "file"
)

// request is the head of a job.
type request struct {
	ID     uint64
	Verb   verb
	Kind   Kind
	Name   string
	Hints  json.RawMessage
	Limits policy.Limits
	// Time is how long the job may take; CPU how much CPU time.
	Time time.Duration
	CPU  time.Duration
	// Memory is in octets and counts without the body.
	Memory int64
	// HeavyCPU and HeavyMemory come on top in a child with the heavy parts.
	HeavyCPU    time.Duration
	HeavyMemory int64
	// Heavy tells a child that has the heavy parts.
	Heavy bool
	Size  int64
	// Services are those that may be asked for.
	Services []string
}

// answer is what comes back. Exactly one of Ask, Heavy, Error, Inspection and
// Rendering is set.
type answer struct {
	ID         uint64
	Ask        *ask
	Heavy      bool
	Error      string
	Inspection *policy.Inspection
	Rendering  *policy.Rendering
}

// maxHead bounds a request's head on the child's side.
const maxHead = 16 << 20

var errFrameTooLong = errors.New("frame is longer than allowed")

// appendFrame appends the frame of what v points to.
func appendFrame(b []byte, v any) []byte {
	start := len(b)
	b = encode(append(b, 0, 0, 0, 0), v)
	binary.BigEndian.PutUint32(b[start:], uint32(len(b)-start-4))
	return b
}

func writeFrame(w io.Writer, v any) error {
	if _, err := w.Write(appendFrame(nil, v)); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// smallFrame is more than nearly all frames take.
const smallFrame = 64 << 10

// readFrame reads one frame of at most limit octets, a small one into buf if that
// has room. A large buffer grows with what arrives, not with what is announced.
// io.EOF means that nothing came at all.
func readFrame(r io.Reader, buf []byte, limit int64) ([]byte, error) {
	var size [4]byte
	if _, err := io.ReadFull(r, size[:]); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, io.EOF
		}
		return nil, fmt.Errorf("read frame length: %w", err)
	}
	n := int64(binary.BigEndian.Uint32(size[:]))
	if n > limit {
		return nil, errFrameTooLong
	}
	var err error
	if n <= smallFrame {
		buf = slices.Grow(buf[:0], int(n))[:n]
		_, err = io.ReadFull(r, buf)
	} else {
		var grown bytes.Buffer
		_, err = io.CopyN(&grown, r, n)
		buf = grown.Bytes()
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read frame: %w", err)
	}
	return buf, nil
}
