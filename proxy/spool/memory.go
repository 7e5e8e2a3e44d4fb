package spool

import (
	"crypto/sha256"
	"errors"
	"io"
	"sync"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Chunk sizes: most mails fit into one small chunk or two.
const (
	smallChunk  = 8 << 10
	smallChunks = 2 // at the start of each mail
	largeChunk  = 64 << 10
)

// chunks is a mail in memory, in pieces that are used again by other mails. It
// is an email.Body. No piece goes to another mail while a reader of this one is
// open, so that a reader that is late sees its own mail or an error, never
// somebody else's.
type chunks struct {
	s    *Spool
	list [][]byte
	size int64
	held int64 // octets counted against the spool's memory

	mu       sync.Mutex
	readers  int
	released bool
	digest   email.Digest
}

var errReleased = errors.New("spool: mail was given up")

// keep takes p if there is room for it.
func (c *chunks) keep(p []byte) bool {
	if c.size+int64(len(p)) > c.s.o.Memory {
		return false
	}
	room := 0
	if n := len(c.list); n > 0 {
		room = cap(c.list[n-1]) - len(c.list[n-1])
	}
	if !c.grow(len(p) - room) {
		return false
	}
	c.size += int64(len(p))
	for i := range c.list {
		last := &c.list[i]
		if room := cap(*last) - len(*last); room > 0 {
			n := min(room, len(p))
			*last = append(*last, p[:n]...)
			if p = p[n:]; len(p) == 0 {
				break
			}
		}
	}
	return true
}

// grow adds empty chunks for n more octets, all or none.
func (c *chunks) grow(n int) bool {
	var need int64
	for have, i := 0, len(c.list); have < n; i++ {
		have += chunkSize(i)
		need += int64(chunkSize(i))
	}
	limit := c.s.o.TotalMemory
	if c.held+need > smallChunks*smallChunk+largeChunk { // the second half is for small mails
		limit /= 2
	}
	if need > 0 && c.s.memory.Add(need) > limit {
		c.s.memory.Add(-need)
		return false
	}
	for c.held += need; need > 0; {
		size := chunkSize(len(c.list))
		c.list = append(c.list, *c.s.pool(size).Get().(*[]byte))
		need -= int64(size)
	}
	return true
}

func chunkSize(i int) int {
	if i < smallChunks {
		return smallChunk
	}
	return largeChunk
}

func (s *Spool) pool(size int) *sync.Pool {
	if size == smallChunk {
		return &s.small
	}
	return &s.large
}

// release gives the memory back.
func (c *chunks) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.released {
		return
	}
	c.released = true
	c.s.memory.Add(-c.held)
	c.recycle()
}

// recycle hands the chunks on when nobody can read them any more; c.mu is held.
func (c *chunks) recycle() {
	if !c.released || c.readers > 0 {
		return
	}
	for _, chunk := range c.list {
		chunk = chunk[:0]
		c.s.pool(cap(chunk)).Put(&chunk)
	}
	c.list = nil
}

// Open implements email.Body.
func (c *chunks) Open() (io.ReadCloser, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.released {
		return nil, errReleased
	}
	c.readers++
	return &chunkReader{c: c, list: c.list}, nil
}

// Size implements email.Body.
func (c *chunks) Size() int64 { return c.size }

// Digest implements email.Body. It is computed when it is first asked for, which
// is for mails that are kept: those that pass need none.
func (c *chunks) Digest() email.Digest {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.digest.IsZero() && !c.released {
		sum := sha256.New()
		for _, chunk := range c.list {
			sum.Write(chunk)
		}
		c.digest = email.Digest(sum.Sum(nil))
	}
	return c.digest
}

type chunkReader struct {
	c    *chunks
	list [][]byte
	at   int // in list[0]
}

// Read implements io.Reader.
func (r *chunkReader) Read(p []byte) (int, error) {
	if r.c == nil {
		return 0, errReleased
	}
	for len(r.list) > 0 && r.at == len(r.list[0]) {
		r.list, r.at = r.list[1:], 0
	}
	if len(r.list) == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.list[0][r.at:])
	r.at += n
	return n, nil
}

// WriteTo implements io.WriterTo, without a copy in between.
func (r *chunkReader) WriteTo(w io.Writer) (total int64, err error) {
	if r.c == nil {
		return 0, errReleased
	}
	for ; len(r.list) > 0; r.list, r.at = r.list[1:], 0 {
		n, err := w.Write(r.list[0][r.at:])
		total += int64(n)
		if err != nil {
			r.at += n
			return total, err //nolint:wrapcheck // the writer's own
		}
	}
	return total, nil
}

// Close implements io.Closer.
func (r *chunkReader) Close() error {
	if r.c == nil {
		return nil
	}
	r.c.mu.Lock()
	defer r.c.mu.Unlock()
	r.c.readers--
	r.c.recycle()
	r.c, r.list = nil, nil
	return nil
}
