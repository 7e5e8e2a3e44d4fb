package extract

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sekisho-mail/sekisho/policy"
)

// What may end the reading of a file; problemOf says what becomes of each.
var (
	// errUnsupported: nobody here reads this format.
	errUnsupported = errors.New("extract: format is not supported")
	// errMalformed: the bytes break the rules of their own format.
	errMalformed = errors.New("extract: content breaks its format")
	// errTooLarge: a limit on bytes, entries, cells or text was hit.
	errTooLarge = errors.New("extract: larger than the limit")
	// errTooDeep: archives nest deeper than the limit, or in themselves.
	errTooDeep = errors.New("extract: nested deeper than the limit")
	// errEncrypted: the content is out of reach and the part says so.
	errEncrypted = errors.New("extract: content is encrypted")
	// errUncertain: the content was read, and parts of it may be something else. It
	// needs no further search.
	errUncertain = errors.New("extract: content was read without certainty")
	// errAmbiguous: the text is damaged, and programs may make more of it than was read.
	errAmbiguous = errors.New("extract: damaged text was not read in every way")
	// errPanic: a parser panicked.
	errPanic = errors.New("extract: parser broke down")
)

// problemOf is the one place where errors become Problems. An error nobody
// knows is a malformed file: it came from a parser.
func problemOf(err error) policy.Problem {
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		return policy.TimedOut
	case errors.Is(err, errTooLarge):
		return policy.TooLarge
	case errors.Is(err, errTooDeep):
		return policy.TooDeep
	case errors.Is(err, errUnsupported), errors.Is(err, errUncertain):
		return policy.Unsupported
	case errors.Is(err, errAmbiguous):
		return policy.Ambiguous
	case errors.Is(err, errPanic):
		return policy.Unreadable
	}
	return policy.Malformed
}

// wantsSweep tells after which errors the raw bytes are searched.
func wantsSweep(err error) bool {
	switch problemOf(err) {
	case policy.Malformed, policy.Unreadable, policy.Unsupported:
		return !errors.Is(err, errEncrypted) && !errors.Is(err, errUncertain)
	}
	return false
}

// guard is the edge of each parser: a panic becomes an error. The panic's text
// may hold content, so it goes nowhere.
func guard(read func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = errPanic
		}
	}()
	return read()
}

// budget counts over all files of one message.
type budget struct {
	limits   policy.Limits
	expanded int64
	entries  int
	text     int64
	cells    int
	memory   int64 // what is kept takes, by estimate
}

// What is kept costs memory twice: a text beside the file that it was in, a cell as one
// of its row (16 octets, and a share in the row's 40) and as what the detectors note of it.
// Measured with lists of 300,000 people.
const textCost, cellCost = 2, 92

func newBudget(l policy.Limits) budget { return budget{limits: l} }

// spent tells that nothing more can be unpacked or kept.
func (b *budget) spent() bool {
	return b.expanded >= b.limits.ExpandedBytes || b.entries >= b.limits.ArchiveEntries || b.text >= b.limits.TextBytes
}

// entry counts one archive member.
func (b *budget) entry() error {
	b.entries++
	if b.entries > b.limits.ArchiveEntries {
		return fmt.Errorf("count archive members: %w", errTooLarge)
	}
	return nil
}

// takeCells counts cells of tables.
func (b *budget) takeCells(n int) bool {
	b.cells += n
	b.memory += int64(n) * cellCost
	return b.cells <= b.limits.Cells && (b.limits.Memory == 0 || b.memory <= b.limits.Memory)
}

// takeText tells how many of n octets of text may still be kept.
func (b *budget) takeText(n int) int {
	left := b.limits.TextBytes - b.text
	if int64(n) > left {
		n = int(max(0, left))
	}
	b.text += int64(n)
	b.memory += int64(n) * textCost
	return n
}

// expander is an unpacked stream within the message's limits. Octets count as
// they are read; past a limit it answers errTooLarge.
type expander struct {
	ctx  context.Context
	b    *budget
	src  io.Reader
	left int64
	// close is run by Close, nil for nothing.
	close func() error
}

// expander bounds a stream that took packed octets in the file.
func (r *reading) expander(src io.Reader, packed int64) *expander {
	b := &r.s.budget
	limit := min(b.limits.MemberBytes, b.limits.ExpandedBytes-b.expanded)
	return &expander{ctx: r.ctx, b: b, src: src, left: min(limit, max(b.limits.RatioFrom, packed*b.limits.Ratio))}
}

// Read is the stream's, with the message's deadline.
func (e *expander) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := e.src.Read(p)
	if int64(n) > e.left {
		n, err = int(max(0, e.left)), fmt.Errorf("unpack: %w", errTooLarge)
	}
	e.left -= int64(n)
	e.b.expanded += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("unpack: %w", err)
	}
	return n, err
}

// Close lets go of the stream.
func (e *expander) Close() error {
	if e.close == nil {
		return nil
	}
	return e.close()
}

// expand reads all of an unpacked stream that took packed octets in the file.
// What was read before a limit or an error is returned with the error.
func (r *reading) expand(src io.Reader, packed int64) ([]byte, error) {
	return readAllIn(r.expander(src, packed), make([]byte, min(64<<10, max(512, 8*packed))))
}

// readAll is io.ReadAll with larger steps.
func readAll(src io.Reader) ([]byte, error) { return readAllIn(src, make([]byte, 64<<10)) }

// readAllIn is readAll with steps of a given size, for sources of which there may be many.
func readAllIn(src io.Reader, buf []byte) ([]byte, error) {
	var out []byte
	for {
		n, err := src.Read(buf)
		out = append(out, buf[:n]...)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
	}
}
