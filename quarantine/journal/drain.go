package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

// Batches are bounded in lines and in octets.
const (
	batchLines  = 2000
	batchOctets = 4 << 20
)

// Drain hands all durable lines that were not handed over yet to f, in order
// and in batches, and returns when there is no more. A batch counts as handed
// over when f returned nil and that was made durable; after an error or a crash
// it comes again. Lines that are damaged are logged and left out. Segments that
// were handed over and are old enough are removed.
func (j *Journal) Drain(ctx context.Context, f func(batch []Line) error) error {
	j.drain.Lock()
	defer j.drain.Unlock()
	pos := readPosition(j.dir)
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("drain journal: %w", err)
		}
		batch, next := j.recent(pos)
		if next == pos {
			var err error
			if batch, next, err = j.collect(pos); err != nil {
				return fmt.Errorf("drain journal: %w", err)
			}
		}
		if next == pos {
			break
		}
		if len(batch) > 0 {
			if err := f(batch); err != nil {
				return fmt.Errorf("drain journal: %w", err)
			}
		}
		if err := next.write(j.disk, j.dir); err != nil {
			return fmt.Errorf("drain journal: %w", err)
		}
		pos = next
	}
	if err := j.retain(pos); err != nil {
		return fmt.Errorf("remove old journal segments: %w", err)
	}
	return nil
}

// freshOctets is how much of what is durable stays in memory until it is handed
// over; beyond it the segments are read.
const freshOctets = 4 << 20

// ripeOctets is how much of it makes Ripe ask for a Drain: what waits there is garbage
// soon, for which the heap grows by twice as much.
const ripeOctets = 512 << 10

// Ripe has something in it when so many lines wait in memory that they should be
// drained now.
func (j *Journal) Ripe() <-chan struct{} { return j.ripe }

// keep keeps a durable line for Drain, so that it need not be read again. The
// caller holds mu.
func (j *Journal) keep(l pending) {
	l.whole = nil
	j.fresh = append(j.fresh, l)
	j.freshly += len(l.Text)
	if j.freshly > ripeOctets {
		select {
		case j.ripe <- struct{}{}:
		default:
		}
	}
	if j.freshly > freshOctets {
		j.forget(func(*pending) bool { return j.freshly > freshOctets*7/8 }) // some at once, since the others move up
	}
}

// forget drops the oldest fresh lines while they are old. The caller holds mu.
func (j *Journal) forget(old func(*pending) bool) {
	n := 0
	for n < len(j.fresh) && old(&j.fresh[n]) {
		j.freshly -= len(j.fresh[n].Text)
		n++
	}
	j.fresh = slices.Delete(j.fresh, 0, n) // the array is used again
}

// recent is the next batch behind pos from memory, where the line behind pos is
// still there. What is before pos is forgotten.
func (j *Journal) recent(pos position) ([]Line, position) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget(func(l *pending) bool { return l.Seq <= pos.Seq })
	if len(j.fresh) == 0 || j.fresh[0].Seq != pos.Seq+1 {
		return nil, pos
	}
	batch := make([]Line, 0, min(len(j.fresh), batchLines))
	for octets, i := 0, 0; i < len(j.fresh) && i < batchLines && octets <= batchOctets; i++ {
		l := &j.fresh[i]
		octets += len(l.Text)
		pos = l.at
		if l.Text != nil {
			batch = append(batch, l.Line)
		}
	}
	return batch, pos
}

// reach is how far the disk has confirmed the segments.
func (j *Journal) reach() (segment string, size int64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.segment, j.size
}

// collect reads the next batch behind pos.
func (j *Journal) collect(pos position) ([]Line, position, error) {
	active, size := j.reach()
	names, err := segments(j.dir)
	if err != nil {
		return nil, pos, err
	}
	for _, name := range names {
		if name < pos.Segment || active != "" && name > active {
			continue // handed over, or only just being made
		}
		from, to := int64(0), int64(-1)
		if name == pos.Segment {
			from = pos.Offset
		}
		if name == active {
			to = size
		}
		batch, next, err := j.read(name, from, to, pos)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil || next != pos {
			return batch, next, err
		}
	}
	return nil, pos, nil
}

// read takes lines of one segment until the batch is full.
func (j *Journal) read(name string, from, to int64, pos position) ([]Line, position, error) {
	var batch []Line
	octets, next := 0, pos
	err := lines(filepath.Join(j.dir, name), from, to, func(l raw) bool {
		if len(batch) == batchLines || octets > batchOctets {
			return false
		}
		octets += len(l.text)
		next.Segment, next.Offset = name, l.to
		c, hash, err := decode(l.text)
		one := Line{Seq: c.Seq, Hash: hash, Text: c.Record}
		if err == nil && c.Record != nil {
			var r policy.Record
			err = json.Unmarshal(c.Record, &r)
			one.Entry = r.Entry()
		}
		if err != nil {
			j.o.Log.Error("a line of the journal is damaged and was left out", "segment", name, "offset", l.from, "error", err)
			return true
		}
		if c.Seq <= pos.Seq {
			return true
		}
		next.Seq = c.Seq
		if c.Record != nil {
			batch = append(batch, one)
		}
		return true
	})
	return batch, next, err
}

// retain removes segments that were handed over whole and whose last line is
// older than Keep. Where the chain begins is written first.
func (j *Journal) retain(pos position) error {
	active, _ := j.reach()
	names, err := segments(j.dir)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(names); i++ {
		if names[i] >= pos.Segment || names[i] >= active {
			return nil
		}
		first, ok, err := firstLine(filepath.Join(j.dir, names[i+1]))
		if err != nil {
			return err
		}
		if !ok || j.o.Now().Sub(first.Time) < j.o.Keep {
			return nil // the next one begins after this one ended
		}
		if err := j.removeSegment(names[i], first); err != nil {
			return err
		}
	}
	return nil
}

// removeSegment writes down where the chain begins then, and removes the segment.
func (j *Journal) removeSegment(name string, first content) error {
	j.mu.Lock()
	before := j.durable
	j.durable.Base, j.durable.BaseHash = first.Seq-1, first.Prev
	j.mu.Unlock()
	if err := j.saveHead(); err != nil {
		j.mu.Lock()
		j.durable.Base, j.durable.BaseHash = before.Base, before.BaseHash
		j.mu.Unlock()
		return err
	}
	return j.disk.Remove(filepath.Join(j.dir, name))
}

func firstLine(path string) (content, bool, error) {
	var c content
	ok := false
	err := lines(path, 0, -1, func(l raw) bool {
		var err error
		c, _, err = decode(l.text)
		ok = err == nil
		return false
	})
	return c, ok, err
}

// Behind is how many durable lines were not handed over yet.
func (j *Journal) Behind() int64 {
	pos := readPosition(j.dir)
	j.mu.Lock()
	defer j.mu.Unlock()
	return max(0, j.durable.Head-pos.Seq)
}
