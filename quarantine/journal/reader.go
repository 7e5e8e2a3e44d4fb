package journal

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// raw is a line as it stands in a segment.
type raw struct {
	text     []byte // newline included
	from, to int64  // its place
	whole    bool   // a newline ends it, and it is not too long
}

// lines calls visit for each line of a segment between from and to (-1: its
// end). visit ends the reading by returning false.
func lines(path string, from, to int64, visit func(raw) bool) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open journal segment: %w", err)
	}
	defer f.Close()
	if to < 0 {
		info, err := f.Stat()
		if err != nil {
			return fmt.Errorf("look at journal segment: %w", err)
		}
		to = info.Size()
	}
	r := bufio.NewReaderSize(io.NewSectionReader(f, from, max(0, to-from)), 64<<10)
	for at := from; ; {
		l, err := nextLine(r)
		l.from, l.to = at, at+l.to
		at = l.to
		if len(l.text) > 0 && !visit(l) {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read journal segment: %w", err)
		}
	}
}

// nextLine reads up to a newline; to is how many octets that took. Of a line
// longer than maxLine only the head is kept, so that damage takes bounded memory.
func nextLine(r *bufio.Reader) (raw, error) {
	var l raw
	for {
		piece, err := r.ReadSlice('\n')
		l.to += int64(len(piece))
		l.text = append(l.text, piece[:min(len(piece), maxLine-len(l.text))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			l.whole = err == nil && l.to == int64(len(l.text))
			return l, err
		}
	}
}
