package blob

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
)

// maxBatch is how many octets share one sync at most.
const maxBatch = 16 << 20

// request is a record that waits to be written.
type request struct {
	h      header
	record []byte
	// move is the entry that a compaction moves, nil for a Put.
	move *entry
	done chan error
}

// append hands the record to the committing goroutine and waits until it is
// durable.
func (s *Store) append(ctx context.Context, r *request) error {
	r.done = make(chan error, 1)
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return ErrClosed
	}
	s.pending = append(s.pending, r)
	s.mu.Unlock()
	s.nudge()
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for the disk: %w", ctx.Err())
	}
}

func (s *Store) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// commitLoop is the only writer of segments: whatever came while it was syncing
// shares the next sync.
func (s *Store) commitLoop() {
	defer close(s.stopped)
	for range s.wake {
		for {
			batch, closed := s.take()
			if len(batch) > 0 {
				s.commit(batch)
				continue
			}
			if closed {
				return
			}
			break
		}
	}
}

func (s *Store) take() ([]*request, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, octets := 0, 0
	for n < len(s.pending) && (n == 0 || octets+len(s.pending[n].record) <= maxBatch) {
		octets += len(s.pending[n].record)
		n++
	}
	batch := s.pending[:n:n]
	s.pending = s.pending[n:]
	if len(s.pending) == 0 {
		s.pending = nil
	}
	return batch, s.closed
}

func (s *Store) commit(batch []*request) {
	places, end, err := s.write(batch)
	if err != nil {
		s.abandon()
		for _, r := range batch {
			r.done <- err
		}
		return
	}
	s.mu.Lock()
	s.active.size = end
	for i, r := range batch {
		s.record(r, places[i])
	}
	s.mu.Unlock()
	for _, r := range batch {
		r.done <- nil
	}
}

// record enters a durable record into the index. The caller holds mu.
func (s *Store) record(r *request, at place) {
	e := &entry{header: r.h, place: at, proven: true, put: s.o.Now()}
	old := s.index[r.h.digest]
	if r.move != nil && old != r.move && old != nil {
		old.older = append(old.older, e) // put anew meanwhile; the copy is of no use
		return
	}
	if r.move != nil {
		e.proven, e.put = r.move.proven, r.move.put
	}
	if old != nil {
		old.seg.live -= headerSize + old.length
		for _, o := range append(old.older, old) {
			if s.segments[o.seg.number] != nil {
				e.older = append(e.older, o)
			}
		}
		old.older = nil
	}
	at.seg.live += headerSize + r.h.length
	s.index[r.h.digest] = e
}

// write puts the records behind one another and syncs once.
func (s *Store) write(batch []*request) ([]place, int64, error) {
	if s.active == nil || s.active.size >= s.o.SegmentSize {
		if err := s.roll(); err != nil {
			return nil, 0, err
		}
	}
	places, off := make([]place, len(batch)), s.active.size
	for i, r := range batch {
		places[i] = place{s.active, off}
		n, err := s.activeFile.WriteAt(r.record, off)
		if err == nil && n != len(r.record) {
			err = errors.New("blob: short write")
		}
		if err != nil {
			return nil, 0, fmt.Errorf("write record: %w", err)
		}
		off += int64(n)
	}
	if err := s.activeFile.Sync(); err != nil {
		return nil, 0, fmt.Errorf("sync segment: %w", err)
	}
	return places, off, nil
}

// roll begins a segment: the last one of an earlier process when it has room,
// else a new file.
func (s *Store) roll() error {
	if s.activeFile != nil {
		_ = s.activeFile.Close() // every batch in it was synced
		s.active, s.activeFile = nil, nil
	} else if seg := s.resumable(); seg != nil {
		f, err := s.disk.OpenFile(seg.path, false)
		if err != nil {
			return err
		}
		s.active, s.activeFile = seg, f
		return nil
	}
	s.mu.Lock()
	s.newest++
	seg := &segment{number: s.newest, path: segmentPath(s.dir, s.newest)}
	s.mu.Unlock()
	f, err := s.disk.OpenFile(seg.path, true)
	if err != nil {
		return err
	}
	if err := s.disk.SyncDir(filepath.Dir(seg.path)); err != nil {
		_ = f.Close()
		_ = s.disk.Remove(seg.path)
		return err
	}
	s.mu.Lock()
	s.segments[seg.number] = seg
	s.mu.Unlock()
	s.active, s.activeFile = seg, f
	return nil
}

// resumable is the last segment when this process found it, settled it, and it
// has room; a segment of our own that was left is never taken up again.
func (s *Store) resumable() *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	seg := s.segments[s.newest]
	if seg == nil || seg.size >= s.o.SegmentSize || s.left[seg.number] {
		return nil
	}
	return seg
}

// abandon leaves the segment after a failure. What was synced before stays
// readable; what was not is cut off if the disk lets us, so that a later start
// does not find it in the page cache.
func (s *Store) abandon() {
	if s.active == nil {
		return
	}
	seg := s.active
	err := s.activeFile.Truncate(seg.size)
	if err == nil {
		err = s.activeFile.Sync()
	}
	_ = s.activeFile.Close()
	s.active, s.activeFile = nil, nil
	s.o.Log.Error("a segment of the quarantine could not be written and is left", "segment", filepath.Base(seg.path), "cut", err == nil)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left[seg.number] = true
	if seg.size == 0 && s.disk.Remove(seg.path) == nil {
		delete(s.segments, seg.number)
	}
}
