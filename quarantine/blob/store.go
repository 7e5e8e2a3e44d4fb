package blob

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
)

// Options of a store. Now and Log are required.
type Options struct {
	// SegmentSize is when a new segment begins, in octets; 0 is 64 MiB.
	SegmentSize int64
	// Inline is up to which size a body goes into a segment, in octets; 0 is 1
	// MiB. Larger ones are files of their own.
	Inline int64
	// Grace is how long after a Put a body cannot be removed, 0 is 10 minutes: a
	// Put that found the bytes there already must not lose them to somebody who
	// saw, before it was committed, that nothing names them.
	Grace time.Duration
	// ReadOnly opens beside a process that writes: bodies can be read as of now,
	// and nothing is changed.
	ReadOnly bool
	Now      func() time.Time
	Log      *slog.Logger

	disk changes // tests only
}

// Store keeps bodies in one folder. It is safe for concurrent use.
type Store struct {
	dir  string
	site sealed.Key
	o    Options
	disk changes
	lock *os.File

	mu       sync.Mutex
	index    map[email.Digest]*entry
	segments map[int]*segment
	putting  map[email.Digest]chan struct{}
	damage   []Damage
	pending  []*request
	newest   int          // highest segment number
	left     map[int]bool // segments that are never appended to again
	wake     chan struct{}
	closed   bool
	stopped  chan struct{}

	// change is held by whatever changes records that are on disk already:
	// Remove and Compact.
	change sync.Mutex

	// What follows belongs to the goroutine that commits.
	active     *segment
	activeFile disk.File
}

// entry is one body in the index.
type entry struct {
	header
	place
	// proven: written and synced by this process, or read and found whole.
	proven bool
	// doomed: its key may be gone, but the disk did not confirm it.
	doomed bool
	// older are records of the same body that may still be on disk with a key.
	older []*entry
	// put is when it was last asked for by Put in this process.
	put time.Time
}

// Open opens the store in dir, which is created, and rebuilds the index. Torn
// tails are cut off and files that no record names are removed; damage is
// logged and shown by Stat. It fails when another process has it open, when the
// key is another one, or when the disk cannot be read or written.
func Open(dir string, site sealed.Key, o Options) (*Store, error) {
	o.SegmentSize = orDefault(o.SegmentSize, 64<<20)
	o.Inline = orDefault(o.Inline, 1<<20)
	o.Grace = orDefault(o.Grace, 10*time.Minute)
	if o.disk == nil {
		o.disk = disk.OS{}
	}
	s := &Store{
		dir: dir, site: site, o: o, disk: o.disk,
		index: map[email.Digest]*entry{}, segments: map[int]*segment{}, putting: map[email.Digest]chan struct{}{},
		left: map[int]bool{}, wake: make(chan struct{}, 1), stopped: make(chan struct{}),
	}
	if err := s.start(); err != nil {
		if s.lock != nil {
			_ = s.lock.Close()
		}
		return nil, fmt.Errorf("open blob store: %w", err)
	}
	if o.ReadOnly {
		close(s.stopped)
		return s, nil
	}
	go s.commitLoop()
	return s, nil
}

func orDefault[T ~int64](v, fallback T) T {
	if v == 0 {
		return fallback
	}
	return v
}

func (s *Store) start() error {
	if !s.o.ReadOnly {
		if err := s.folders(); err != nil {
			return err
		}
		l, err := disk.Lock(filepath.Join(s.dir, "lock"))
		if err != nil {
			return err
		}
		s.lock = l
	}
	if err := checkKey(s.disk, s.dir, s.site, s.o.ReadOnly); err != nil {
		return err
	}
	return s.rebuild()
}

func (s *Store) folders() error {
	for _, sub := range []string{"segments", "files"} {
		if err := os.MkdirAll(filepath.Join(s.dir, sub), 0o700); err != nil {
			return fmt.Errorf("create blob folder: %w", err)
		}
	}
	for _, d := range []string{filepath.Dir(s.dir), s.dir} {
		if err := s.disk.SyncDir(d); err != nil {
			return err
		}
	}
	return nil
}

// Close waits for Puts that are under way and ends the store.
func (s *Store) Close() error {
	s.mu.Lock()
	was := s.closed
	s.closed = true
	s.mu.Unlock()
	if was {
		return nil
	}
	s.nudge()
	<-s.stopped
	var err error
	if s.activeFile != nil {
		err = s.activeFile.Close()
	}
	if s.lock != nil {
		err = errors.Join(err, s.lock.Close())
	}
	if err != nil {
		return fmt.Errorf("close blob store: %w", err)
	}
	return nil
}

// Open finds a body again: ErrNotFound when there is none. The body can be
// opened as often as needed until it is removed. Its reader ends with
// ErrDamaged, never with io.EOF, when the bytes are not those that were put.
func (s *Store) Open(_ context.Context, digest email.Digest) (email.Body, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.index[digest]
	if e == nil || e.doomed {
		return nil, fmt.Errorf("open blob %s: %w", digest, ErrNotFound)
	}
	return &body{s, digest, e.size}, nil
}

// Stats is the state of the store.
type Stats struct {
	Blobs    int
	Octets   int64 // plain size of all bodies
	Segments int
	Dead     int64 // octets in segments that compaction would free
	Damaged  []Damage
}

// Stat counts what is there.
func (s *Store) Stat() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := Stats{Blobs: len(s.index), Segments: len(s.segments), Damaged: append([]Damage(nil), s.damage...)}
	for _, e := range s.index {
		st.Octets += e.size
	}
	for _, seg := range s.segments {
		st.Dead += seg.size - seg.live
	}
	return st
}

// All lists the digests of all bodies, so that the owner can remove those that
// nothing names after a crash.
func (s *Store) All() []email.Digest {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]email.Digest, 0, len(s.index))
	for d := range s.index {
		out = append(out, d)
	}
	return out
}
