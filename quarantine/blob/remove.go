package blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Remove destroys the body's key, durably, and with it the body. A body that is
// not there is no error. ErrRecent: it was put within Options.Grace. After any
// other error the body may be gone, and Remove should be called again.
func (s *Store) Remove(_ context.Context, digest email.Digest) error {
	if s.o.ReadOnly {
		return fmt.Errorf("remove blob: %w", ErrReadOnly)
	}
	s.change.Lock()
	defer s.change.Unlock()
	s.mu.Lock()
	e := s.index[digest]
	switch {
	case s.closed:
		s.mu.Unlock()
		return fmt.Errorf("remove blob: %w", ErrClosed)
	case e == nil:
		s.mu.Unlock()
		return nil
	case s.putting[digest] != nil, !e.put.IsZero() && s.o.Now().Sub(e.put) < s.o.Grace:
		s.mu.Unlock()
		return fmt.Errorf("remove blob %s: %w", digest, ErrRecent)
	}
	e.doomed = true // a Put from here on writes the body anew
	records := append(e.older, e)
	s.mu.Unlock()
	for _, r := range records {
		if err := s.destroyKey(r); err != nil {
			return fmt.Errorf("remove blob %s: %w", digest, err)
		}
	}
	for _, r := range records {
		s.removeFile(r)
	}
	s.mu.Lock()
	if s.index[digest] == e { // else a Put has replaced and counted it
		e.seg.live -= headerSize + e.length
		delete(s.index, digest)
	}
	s.mu.Unlock()
	return s.dropIfDead(e.seg)
}

// destroyKey overwrites state and key in place.
func (s *Store) destroyKey(e *entry) error {
	f, err := s.disk.OpenFile(e.seg.path, false)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // compacted away
	}
	if err != nil {
		return err
	}
	blank := make([]byte, 1+wrappedSize)
	blank[0] = destroyed
	_, err = f.WriteAt(blank, e.offset+stateAt)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return fmt.Errorf("destroy key: %w", err)
	}
	return nil
}

// removeFile removes the file of a large body. Without its key it is noise, so
// that this need not be durable; what is left goes at the next start.
func (s *Store) removeFile(e *entry) {
	if e.kind != inFile {
		return
	}
	err := s.disk.Remove(filepath.Join(s.dir, "files", e.fileName()))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		s.o.Log.Warn("the file of a removed body is still there", "file", e.fileName(), "error", err)
	}
}

// dropIfDead removes a segment in which nothing is alive and that is not being
// written.
func (s *Store) dropIfDead(seg *segment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if seg.live > 0 || s.writable(seg) || s.segments[seg.number] == nil {
		return nil
	}
	if err := s.disk.Remove(seg.path); err != nil {
		return err
	}
	delete(s.segments, seg.number)
	return nil
}

// writable tells whether records may still be appended to seg. The caller
// holds mu.
func (s *Store) writable(seg *segment) bool {
	return seg.number == s.newest && !s.left[seg.number]
}

// Compact moves what is alive out of segments that are more than half dead, and
// removes those. It is meant to be called now and then; a crash in between
// leaves a body twice, which the next start mends.
func (s *Store) Compact(ctx context.Context) error {
	if s.o.ReadOnly {
		return fmt.Errorf("compact blobs: %w", ErrReadOnly)
	}
	s.mu.Lock()
	var worn []*segment
	for _, seg := range s.segments {
		if !s.writable(seg) && seg.live < seg.size/2 {
			worn = append(worn, seg)
		}
	}
	s.mu.Unlock()
	sort.Slice(worn, func(i, j int) bool { return worn[i].number < worn[j].number })
	for _, seg := range worn {
		if err := s.empty(ctx, seg); err != nil {
			return fmt.Errorf("compact blobs: %w", err)
		}
	}
	return nil
}

// empty moves all live records of a segment to the active one.
func (s *Store) empty(ctx context.Context, seg *segment) error {
	s.change.Lock()
	defer s.change.Unlock()
	s.mu.Lock()
	var moves []*entry
	for _, e := range s.index {
		if e.seg == seg && !e.doomed {
			moves = append(moves, e)
		}
	}
	s.mu.Unlock()
	f, err := os.Open(seg.path)
	if err != nil {
		return fmt.Errorf("open worn segment: %w", err)
	}
	defer f.Close()
	for _, e := range moves {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("move records: %w", err)
		}
		rec := make([]byte, headerSize+e.length)
		if _, err := io.ReadFull(io.NewSectionReader(f, e.offset, int64(len(rec))), rec); err != nil {
			return fmt.Errorf("read record to move: %w", err)
		}
		if err := s.append(context.WithoutCancel(ctx), &request{h: e.header, record: rec, move: e}); err != nil {
			return err
		}
	}
	return s.dropIfDead(seg)
}
