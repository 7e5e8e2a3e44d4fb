package worker

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// The protocol, over the child's standard input and output, one job at a time:
//
//	parent: uint32 length, request as JSON, then request.Size octets of body
//	child:  uint32 length, answer as JSON
//
// Before its answer the child may ask for a service of the parent's, one at a time:
//
//	child:  uint32 length, answer with Ask as JSON, then Ask.Size octets
//	parent: uint32 length, Reply as JSON
//
// An answer that says Heavy hands the job back: it is for a child with the heavy
// parts, which does it from its beginning.
//
// All numbers are big-endian. The child ends when its input does.

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
	ID     uint64          `json:"id"`
	Verb   verb            `json:"verb"`
	Kind   Kind            `json:"kind"`
	Name   string          `json:"name,omitempty"`
	Hints  json.RawMessage `json:"hints,omitempty"`
	Limits policy.Limits   `json:"limits"`
	// Time is how long the job may take; CPU how much CPU time.
	Time time.Duration `json:"time"`
	CPU  time.Duration `json:"cpu"`
	// Memory is in octets and counts without the body.
	Memory int64 `json:"memory"`
	// HeavyCPU and HeavyMemory come on top in a child with the heavy parts.
	HeavyCPU    time.Duration `json:"heavy_cpu"`
	HeavyMemory int64         `json:"heavy_memory"`
	// Heavy tells a child that has the heavy parts.
	Heavy bool  `json:"heavy"`
	Size  int64 `json:"size"`
	// Services are those that may be asked for.
	Services []string `json:"services,omitempty"`
}

// answer is what comes back. Exactly one of Ask, Heavy, Error, Inspection and
// Rendering is set.
type answer struct {
	ID         uint64             `json:"id"`
	Ask        *ask               `json:"ask,omitempty"`
	Heavy      bool               `json:"heavy,omitempty"`
	Error      string             `json:"error,omitempty"`
	Inspection *policy.Inspection `json:"inspection,omitempty"`
	Rendering  *policy.Rendering  `json:"rendering,omitempty"`
}

// maxHead bounds a request's head on the child's side.
const maxHead = 16 << 20

var errFrameTooLong = errors.New("frame is longer than allowed")

func writeFrame(w io.Writer, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode frame: %w", err)
	}
	frame := make([]byte, 4, 4+len(b))
	binary.BigEndian.PutUint32(frame, uint32(len(b)))
	if _, err := w.Write(append(frame, b...)); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// readFrame reads one frame of at most limit octets. The buffer grows with what
// arrives, not with what is announced. io.EOF means that nothing came at all.
func readFrame(r io.Reader, limit int64) ([]byte, error) {
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
	var buf bytes.Buffer
	if _, err := io.CopyN(&buf, r, n); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, fmt.Errorf("read frame: %w", err)
	}
	return buf.Bytes(), nil
}

// decodeStrict takes exactly one JSON value and no unknown field.
func decodeStrict(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("decode frame: %w", err)
	}
	if d.InputOffset() != int64(len(b)) {
		return errors.New("octets behind the frame's value")
	}
	return nil
}
