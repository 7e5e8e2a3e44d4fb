package journal

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/sekisho-mail/sekisho/policy"
)

// findEnd finds the end of the chain and makes the journal go on there.
func (j *Journal) findEnd() error {
	st, found, err := readState(j.dir)
	var damaged *Broken
	if err != nil && !errors.As(err, &damaged) {
		return err
	}
	ours := len(j.o.Key) == 0 || st.MAC == st.mac(j.o.Key)
	names, err := segments(j.dir)
	if err != nil {
		return err
	}
	if names, err = j.finishRetention(names, st); err != nil {
		return err
	}
	t, err := j.lastTail(names, st)
	if err != nil {
		return err
	}
	st.MAC = ""
	j.durable = st
	known := max(st.Head, readPosition(j.dir).Seq) // numbers up to here were given
	switch {
	case damaged != nil, !found && (len(names) > 0 || known > 0):
		j.goOn(max(t.seq, known), t, "the file of the chain's head was missing or damaged when the program started")
	case found && !ours:
		j.goOn(max(t.seq, known), t, "the file of the chain's head was not written with our key")
	case t.seq < known:
		t.hash = st.HeadHash
		j.goOn(known, t, "lines before this one were missing or changed when the program started")
	default:
		if err := j.resume(t); err != nil {
			return err
		}
	}
	if !found || !ours || damaged != nil {
		j.saved.Head = -1 // write it whatever it says
	}
	return j.saveHead()
}

// finishRetention removes segments that retention had given up already.
func (j *Journal) finishRetention(names []string, st state) ([]string, error) {
	for len(names) > 1 && firstOf(names[1]) <= st.Base+1 {
		if err := j.disk.Remove(filepath.Join(j.dir, names[0])); err != nil {
			return nil, err
		}
		names = names[1:]
	}
	return names, nil
}

// lastTail is the end of the last segment that has a line. An empty one is left
// by a crash right after it was made.
func (j *Journal) lastTail(names []string, st state) (tail, error) {
	for len(names) > 0 {
		name := names[len(names)-1]
		t, err := findTail(j.dir, name)
		if err != nil {
			return t, err
		}
		if t.seq > 0 || firstOf(name) <= st.Head {
			return t, nil // firstOf <= Head: its lines were durable once
		}
		if err := j.disk.Remove(filepath.Join(j.dir, name)); err != nil {
			return t, err
		}
		if t.torn > 0 {
			j.noteHealed(t.torn)
		}
		names = names[:len(names)-1]
	}
	return tail{seq: st.Base, hash: st.BaseHash}, nil
}

var errNoted = errors.New("journal: the chain was changed")

// goOn begins a new segment behind a chain that is not whole. Nothing of it is
// touched.
func (j *Journal) goOn(seq int64, t tail, text string) {
	j.o.Log.Error("the journal was changed from outside; it goes on in a new segment, and verifying it names the place", "error", errNoted, "why", text)
	j.seq, j.hash = seq, t.hash
	j.durable.Head, j.durable.HeadHash = j.seq, j.hash
	_, _ = j.add(content{Event: &event{broken, text}}, policy.Entry{})
}

// resume goes on in the last segment, without what a crash left unfinished.
func (j *Journal) resume(t tail) error {
	j.seq, j.hash = t.seq, t.hash
	j.durable.Head, j.durable.HeadHash = t.seq, t.hash
	if t.name != "" {
		f, err := j.disk.OpenFile(filepath.Join(j.dir, t.name), false)
		if err != nil {
			return err
		}
		if t.torn > 0 {
			if err := f.Truncate(t.size); err != nil {
				_ = f.Close()
				return fmt.Errorf("cut unfinished line: %w", err)
			}
			j.noteHealed(t.torn)
		}
		// What we have read may only have been in the page cache.
		if err := f.Sync(); err != nil {
			_ = f.Close()
			return fmt.Errorf("sync journal segment: %w", err)
		}
		j.file, j.segment, j.size, j.end = f, t.name, t.size, t.size
	}
	if j.torn > 0 {
		_, _ = j.add(content{Event: &event{healed, fmt.Sprintf("%d octets of an unfinished line were cut off", j.torn)}}, policy.Entry{})
	}
	return nil
}

func (j *Journal) noteHealed(octets int64) {
	j.torn += octets
	j.o.Log.Info("an unfinished line of the journal was cut off", "octets", octets)
}
