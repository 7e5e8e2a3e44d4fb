package journal

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// soon is how many octets wait at most before they are synced early.
const soon = 1 << 20

// headEvery is how often the head file follows when each line is synced.
const headEvery = time.Second

// run brings lines to the disk by the clock, and to the file where Write could
// not do that at once.
func (j *Journal) run() {
	defer close(j.stopped)
	tick := j.o.tick
	if tick == nil {
		every := j.o.SyncEvery
		if every <= 0 {
			every = headEvery
		}
		t := time.NewTicker(every)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case <-j.wake:
			j.work(j.o.SyncEvery <= 0 || j.pressed())
		case <-tick:
			j.work(true)
			_ = j.saveHead() // logged; tried again
		case <-j.stop:
			j.work(true)
			_ = j.saveHead() // logged; tried again
			return
		}
	}
}

// pressed tells that somebody waits for the disk, or that much waits for it.
func (j *Journal) pressed() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.waiters) > 0 || j.waiting > soon
}

// work brings waiting lines to the file and, with sync, to the disk.
func (j *Journal) work(sync bool) {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.bring(sync)
}

// pushNow is work in the goroutine of a writer, which costs it less than waking
// another one. False when somebody else is at it, or a new segment has to be
// begun, which is synced.
func (j *Journal) pushNow() bool {
	if !j.writing.TryLock() {
		return false
	}
	defer j.writing.Unlock()
	if j.file == nil || j.end >= j.o.SegmentSize {
		return false
	}
	j.bring(false)
	return true
}

// bring does the work. The caller holds writing.
func (j *Journal) bring(sync bool) {
	j.mu.Lock()
	asked := len(j.waiters)
	j.mu.Unlock()
	err := j.push()
	if err == nil && sync {
		err = j.sync()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err != nil && j.failed == nil {
		j.o.Log.Error("the journal cannot be written; lines wait in memory", "error", err)
	}
	if err == nil && j.failed != nil && !sync {
		err = j.failed // written, but only a good sync ends the trouble
	}
	if err == nil && j.failed != nil {
		j.o.Log.Info("the journal can be written again")
	}
	j.failed = err
	j.answer(asked)
}

// answer tells those who wait; after a failure the first n, who asked before it
// began. The caller holds mu.
func (j *Journal) answer(n int) {
	left := j.waiters[:0]
	for i, w := range j.waiters {
		switch {
		case w.seq <= j.durable.Head:
			w.done <- nil
		case j.failed != nil && i < n:
			w.done <- j.failed
		default:
			left = append(left, w)
		}
	}
	j.waiters = left
}

// push writes the lines that are not in the file yet. When it fails they stay,
// and are written anew from the last durable octet on: what a failed write or
// sync has left there is not trusted.
func (j *Journal) push() error {
	fresh := j.unwritten()
	if len(fresh) == 0 {
		return nil
	}
	if j.file == nil || j.end >= j.o.SegmentSize {
		if err := j.roll(fresh[0].Seq); err != nil {
			return err
		}
		fresh = j.unwritten() // they have moved up
	}
	text := fresh[0].whole
	if len(fresh) > 1 {
		j.gather = j.gather[:0]
		for _, l := range fresh {
			j.gather = append(j.gather, l.whole...)
		}
		text = j.gather
		if cap(j.gather) > 2*soon {
			j.gather = nil
		}
	}
	n, err := j.file.WriteAt(text, j.end)
	if err == nil && n != len(text) {
		err = errors.New("journal: short write")
	}
	if err != nil {
		j.retreat()
		return fmt.Errorf("write journal segment: %w", err)
	}
	j.written += len(fresh)
	j.end += int64(n)
	return nil
}

// unwritten is the lines that are not in the file; they stay in place until the
// next sync.
func (j *Journal) unwritten() []pending {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lines[j.written:]
}

// sync makes durable what is in the file.
func (j *Journal) sync() error {
	if j.written == 0 {
		return nil
	}
	if err := j.file.Sync(); err != nil {
		j.retreat()
		return fmt.Errorf("sync journal segment: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	at := j.size
	for i := range j.lines[:j.written] {
		l := &j.lines[i]
		j.waiting -= len(l.whole)
		j.durable.Head, j.durable.HeadHash = l.Seq, l.Hash
		at += int64(len(l.whole))
		l.at = position{Segment: j.segment, Offset: at, Seq: l.Seq}
		j.keep(*l)
	}
	j.lines = slices.Delete(j.lines, 0, j.written) // the array is used again
	j.written, j.size = 0, j.end
	return nil
}

// retreat goes back to the last durable octet.
func (j *Journal) retreat() {
	j.mu.Lock()
	j.end, j.written = j.size, 0
	j.mu.Unlock()
	_ = j.file.Truncate(j.end) // so that a crash leaves less to cut off
}

// roll begins a segment with line seq. The one before is durable first, or its
// lines could be missing in front of ours.
func (j *Journal) roll(seq int64) error {
	if j.file != nil {
		if err := j.sync(); err != nil {
			return err
		}
		_ = j.file.Close() // it is synced
		j.file = nil
	}
	name := segmentName(seq)
	path := filepath.Join(j.dir, name)
	f, err := j.disk.OpenFile(path, true)
	if err != nil {
		return err
	}
	if err := j.disk.SyncDir(j.dir); err != nil {
		_ = f.Close()
		_ = j.disk.Remove(path)
		return err
	}
	j.file, j.end, j.written = f, 0, 0
	j.mu.Lock()
	j.segment, j.size = name, 0
	j.mu.Unlock()
	return nil
}

// saveHead writes the head file when the head has moved. A head that lags
// behind is no harm: what is behind it counts as new.
func (j *Journal) saveHead() error {
	j.heading.Lock()
	defer j.heading.Unlock()
	j.mu.Lock()
	now := j.durable
	j.mu.Unlock()
	if now == j.saved {
		return nil
	}
	if err := now.write(j.disk, j.dir, j.o.Key); err != nil {
		j.o.Log.Warn("the head of the journal could not be written", "error", err)
		return err
	}
	j.saved = now
	return nil
}
