package journal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// Options of a journal. Now and Log are required.
type Options struct {
	// SyncEvery is how long a line may wait for the disk. 0: Write returns when
	// its line is durable.
	SyncEvery time.Duration
	// SegmentSize is when a new segment begins, in octets; 0 is 64 MiB.
	SegmentSize int64
	// Keep is how long a segment stays after it was drained; 0 is 30 days.
	Keep time.Duration
	// Buffer is how many octets of lines may wait in memory when the disk does
	// not take them; 0 is 16 MiB.
	Buffer int
	// Key seals the head of the chain (an HMAC); without it somebody who can
	// write the folder could rewrite chain and head together.
	Key []byte
	Now func() time.Time
	Log *slog.Logger

	disk changes          // tests only
	tick <-chan time.Time // tests only
}

// Errors of Write and Flush.
var (
	// ErrFull: too many lines wait for the disk; this one is lost.
	ErrFull = errors.New("journal: too many lines wait for the disk")
	// ErrWaiting: the disk refused the last write; the line waits in memory.
	ErrWaiting = errors.New("journal: the disk does not take lines just now")
	// ErrClosed: Close was called.
	ErrClosed = errors.New("journal: it is closed")
)

// Journal writes one chain. It is safe for concurrent use.
type Journal struct {
	dir  string
	o    Options
	disk changes
	lock *os.File

	mu      sync.Mutex
	seq     int64 // of the last line that was numbered
	hash    email.Digest
	lines   []pending // numbered and not durable yet, in order
	waiting int       // octets of them
	failed  error     // of the last attempt to write or sync
	closed  bool
	durable state  // Head is the last durable line
	segment string // that is being written
	size    int64  // its durable octets
	waiters []waiter
	fresh   []pending // durable and not handed over: the last ones, without a gap
	freshly int       // octets of them
	ripe    chan struct{}

	wake    chan struct{} // something to do
	stop    chan struct{}
	stopped chan struct{}
	drain   sync.Mutex

	heading sync.Mutex // held while the head file is written
	saved   state      // what it says

	writing sync.Mutex // held by who writes a segment; taken before mu
	file    disk.File
	written int   // lines of the front that are in the file, not synced
	end     int64 // of the file, with those
	torn    int64 // octets that were cut off at the start
	gather  []byte

	buffers sync.Pool // of *[]byte, for records on their way into a line
}

// pending is a line that is not durable yet, or not handed over yet. Its Text is
// nil and its Entry zero for an event.
type pending struct {
	Line
	whole []byte   // the line as it is written, with its newline
	at    position // of its end; set once it is in the file
}

// waiter waits until line seq is durable.
type waiter struct {
	seq  int64
	done chan error
}

// Open opens the journal in dir, which is created, and goes on behind its last
// line. It fails when another process has it open or the folder cannot be read
// or written; damage is logged, noted in the chain and stepped over.
func Open(dir string, o Options) (*Journal, error) {
	if o.SegmentSize == 0 {
		o.SegmentSize = 64 << 20
	}
	if o.Keep == 0 {
		o.Keep = 30 * 24 * time.Hour
	}
	if o.Buffer == 0 {
		o.Buffer = 16 << 20
	}
	if o.disk == nil {
		o.disk = disk.OS{}
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("create journal folder: %w", err)
	}
	l, err := disk.Lock(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, err
	}
	j := &Journal{
		dir: dir, o: o, disk: o.disk, lock: l,
		wake: make(chan struct{}, 1), ripe: make(chan struct{}, 1), stop: make(chan struct{}), stopped: make(chan struct{}),
	}
	if err := j.findEnd(); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("open journal: %w", err)
	}
	go j.run()
	return j, nil
}

// Write adds a line about a mail and, unless somebody else is writing just then,
// hands it to the system. It does not wait for a sync unless SyncEvery is 0, and
// then no longer than ctx. An error is ErrFull (the line is
// lost), ErrClosed, or says that the line may not be safe (ErrWaiting: it is
// written as soon as the disk takes it). Nothing of r is kept but its Entry.
func (j *Journal) Write(ctx context.Context, r policy.Record) error {
	buf, ok := j.buffers.Get().(*[]byte)
	if !ok {
		buf = new([]byte)
	}
	text, err := encodeRecord(*buf, &r)
	if err != nil {
		return err
	}
	if cap(text) <= maxKept {
		*buf = text
		defer j.buffers.Put(buf) // the line has a copy of it
	}
	entry := r.Entry()
	j.mu.Lock()
	seq, err := j.add(content{Record: text}, entry)
	failed := j.failed
	if err != nil {
		j.mu.Unlock()
		return err
	}
	if j.o.SyncEvery > 0 {
		early := j.waiting > soon
		j.mu.Unlock()
		if failed != nil || early || !j.pushNow() {
			j.nudge()
		}
		if failed != nil {
			return fmt.Errorf("write journal line: %w: %w", ErrWaiting, failed)
		}
		return nil
	}
	done := j.waitFor(seq)
	j.mu.Unlock()
	return j.wait(ctx, done)
}

// Flush returns when every line written so far is durable.
func (j *Journal) Flush(ctx context.Context) error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return ErrClosed
	}
	if len(j.lines) == 0 {
		j.mu.Unlock()
		return nil
	}
	done := j.waitFor(j.seq)
	j.mu.Unlock()
	return j.wait(ctx, done)
}

// waitFor registers for line seq. The caller holds mu.
func (j *Journal) waitFor(seq int64) chan error {
	done := make(chan error, 1)
	j.waiters = append(j.waiters, waiter{seq, done})
	return done
}

func (j *Journal) wait(ctx context.Context, done chan error) error {
	j.nudge()
	select {
	case err := <-done:
		if err != nil {
			return fmt.Errorf("write journal line: %w: %w", ErrWaiting, err)
		}
		return nil
	case <-ctx.Done():
		return fmt.Errorf("write journal line: %w", ctx.Err())
	}
}

// add numbers and chains a line; e is the entry of the record that c has as JSON.
// The caller holds mu.
func (j *Journal) add(c content, e policy.Entry) (int64, error) {
	if j.closed {
		return 0, ErrClosed
	}
	c.Seq, c.Prev, c.Time = j.seq+1, j.hash, j.o.Now().UTC()
	text, body, hash, err := encode(c)
	if err != nil {
		return 0, err
	}
	if j.waiting+len(text) > j.o.Buffer {
		return 0, ErrFull
	}
	j.seq, j.hash = c.Seq, hash
	j.lines = append(j.lines, pending{Line: Line{Seq: c.Seq, Hash: hash, Entry: e, Text: body}, whole: text})
	j.waiting += len(text)
	return c.Seq, nil
}

func (j *Journal) nudge() {
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

// Close makes all lines durable and ends the journal. An error says that lines
// were lost.
func (j *Journal) Close() error {
	j.mu.Lock()
	was := j.closed
	j.closed = true
	j.mu.Unlock()
	if was {
		return nil
	}
	close(j.stop)
	<-j.stopped
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	defer j.mu.Unlock()
	var err error
	if n := len(j.lines); n > 0 {
		err = fmt.Errorf("close journal: %d lines are lost: %w", n, errors.Join(ErrWaiting, j.failed))
	}
	if j.file != nil {
		err = errors.Join(err, j.file.Close())
	}
	return errors.Join(err, j.lock.Close())
}
