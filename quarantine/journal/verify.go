package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Broken names the first line that does not fit into the chain.
type Broken struct {
	Segment string
	Line    int   // in the segment, from 1; 0 for the segment or the chain as a whole
	Seq     int64 // the number the line has or should have; 0 when unknown
	Why     string
}

// Error is "journal 00000000000000000001.jsonl, line 17 (number 17): its hash
// does not fit: it was changed".
func (b *Broken) Error() string {
	s := "journal " + b.Segment
	if b.Line > 0 {
		s += fmt.Sprintf(", line %d", b.Line)
	}
	if b.Seq > 0 {
		s += fmt.Sprintf(" (number %d)", b.Seq)
	}
	return s + ": " + b.Why
}

// VerifyKey checks the whole chain in dir against its head, and that the head was
// written by a process that had the key; without a key (nil) the chain alone. It
// may run beside the process that writes. The error is a *Broken for a chain that
// was changed, and any other error for a folder that cannot be read.
func VerifyKey(dir string, key []byte) error {
	for attempt := 0; ; attempt++ {
		before, _, _ := readState(dir)
		err := verify(dir, key)
		after, _, _ := readState(dir)
		if err == nil || before == after || attempt == 3 {
			return err
		} // the writer moved on meanwhile, and may have removed an old segment
	}
}

func verify(dir string, key []byte) error {
	st, found, err := readState(dir)
	if err != nil {
		return err
	}
	names, err := segments(dir)
	if err != nil {
		return err
	}
	switch {
	case !found && len(names) == 0:
		return nil // nothing was ever written
	case !found:
		return &Broken{Segment: stateName, Why: "the file of the chain's head is missing"}
	case len(key) > 0 && st.MAC != st.mac(key):
		return &Broken{Segment: stateName, Why: "the file of the chain's head was not written with our key"}
	}
	w := walk{st: st, seq: st.Base, hash: st.BaseHash}
	for i, name := range names {
		if i+1 < len(names) && firstOf(names[i+1]) <= st.Base+1 {
			continue // given up by retention, and about to go
		}
		if err := w.segment(dir, name, i+1 == len(names)); err != nil {
			return err
		}
	}
	if w.seq < st.Head {
		return &Broken{Segment: w.name, Seq: w.seq + 1, Why: "it is missing at the end of the chain"}
	}
	return nil
}

// walk follows the chain line by line.
type walk struct {
	st   state
	seq  int64
	hash email.Digest
	name string
}

func (w *walk) segment(dir, name string, last bool) error {
	w.name = name
	number := 0
	var wrong error
	err := lines(filepath.Join(dir, name), 0, -1, func(l raw) bool {
		number++
		if last && w.seq >= w.st.Head && !l.whole {
			return false // being written, or left by a crash
		}
		wrong = w.line(l.text, number)
		return wrong == nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		return &Broken{Segment: name, Why: "it was removed"}
	}
	if err != nil {
		return err
	}
	return wrong
}

func (w *walk) line(line []byte, number int) error {
	c, hash, err := decode(line)
	bad := func(why string) error { return &Broken{w.name, number, w.seq + 1, why} }
	switch {
	case err != nil:
		return bad(err.Error())
	case c.Seq != w.seq+1:
		return bad(fmt.Sprintf("number %d stands here instead: lines were removed or exchanged", c.Seq))
	case c.Prev != w.hash:
		return bad("it does not follow from the line before: one of them was exchanged")
	case number == 1 && c.Seq != firstOf(w.name):
		return bad("the segment has another name than it was given")
	case c.Seq == w.st.Head && hash != w.st.HeadHash:
		return bad("the recorded head of the chain is another one: the chain was rewritten")
	case c.Event != nil && c.Event.Kind == broken:
		return bad(c.Event.Text)
	}
	w.seq, w.hash = c.Seq, hash
	return nil
}

// tail is what is found at the end of the last segment.
type tail struct {
	name string
	size int64 // up to the end of the last good line
	torn int64 // octets behind it
	seq  int64
	hash email.Digest
}

// findTail reads the last segment up to the first line that is not good.
func findTail(dir, name string) (tail, error) {
	t := tail{name: name}
	path := filepath.Join(dir, name)
	err := lines(path, 0, -1, func(l raw) bool {
		c, hash, err := decode(l.text)
		if err != nil || t.seq > 0 && (c.Seq != t.seq+1 || c.Prev != t.hash) || t.seq == 0 && c.Seq != firstOf(name) {
			return false
		}
		t.seq, t.hash, t.size = c.Seq, hash, l.to
		return true
	})
	if err != nil {
		return t, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return t, fmt.Errorf("look at journal segment: %w", err)
	}
	t.torn = info.Size() - t.size
	return t, nil
}
