package relay

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/sekisho-mail/sekisho/proxy"
)

// ErrBareLineEnd is returned for content with a CR or LF that stands alone: the
// next hop could take it for the end of the mail.
var ErrBareLineEnd = errors.New("relay: mail has a bare CR or LF")

// wire writes content as RFC 5321 section 4.5.2 wants it on the wire: dots at
// the start of lines are doubled, nothing else is changed. The end is kept back
// in buf until flush.
type wire struct {
	w   io.Writer
	buf []byte // its capacity is the block size
	in  []byte // what content is read into

	ready  bool // content was in wire form
	middle bool // not at the start of a line
	cr     bool // the last octet was a CR
}

// sendAll sends content in whichever form it comes.
func (w *wire) sendAll(content io.Reader) error {
	if ready, ok := content.(proxy.Wire); ok {
		w.ready = true
		return w.copyFrom(ready.Reader)
	}
	_, err := w.ReadFrom(content)
	return err
}

// copyFrom sends what is in wire form already; the last block stays in the
// buffer. in and buf take turns, so that nothing is copied.
func (w *wire) copyFrom(r io.Reader) error {
	for {
		n, err := r.Read(w.buf[len(w.buf):cap(w.buf)])
		w.buf = w.buf[:len(w.buf)+n]
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read content: %w", err)
		case len(w.buf) < cap(w.buf):
			continue
		}
		full := w.buf
		if n, err = r.Read(w.in); n == 0 && err == nil {
			n, err = r.Read(w.in)
		}
		if n > 0 { // else this is the last block
			if _, err := w.w.Write(full); err != nil {
				return fmt.Errorf("write to next hop: %w", err)
			}
			w.buf, w.in = w.in[:n], full[:cap(full)]
		}
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("read content: %w", err)
		}
	}
}

// ReadFrom sends all of r.
func (w *wire) ReadFrom(r io.Reader) (total int64, err error) {
	for {
		n, rerr := r.Read(w.in)
		if err := w.write(w.in[:n]); err != nil {
			return total, err
		}
		total += int64(n)
		switch {
		case errors.Is(rerr, io.EOF):
			return total, nil
		case rerr != nil:
			return total, fmt.Errorf("read content: %w", rerr)
		}
	}
}

func (w *wire) write(p []byte) error {
	for len(p) > 0 {
		if !w.middle && p[0] == '.' {
			if err := w.put(dot); err != nil {
				return err
			}
		}
		line := p
		end := bytes.IndexByte(p, '\n')
		if end >= 0 {
			line = p[:end+1]
		}
		if err := w.check(line, end >= 0); err != nil {
			return err
		}
		if err := w.put(line); err != nil {
			return err
		}
		p = p[len(line):]
	}
	return nil
}

var dot = []byte(".")

// check looks at (the next piece of) one line: its only CR must be the one
// before its LF.
func (w *wire) check(line []byte, ended bool) error {
	cr := bytes.IndexByte(line, '\r')
	switch {
	case w.cr && line[0] != '\n', // the CR of the last piece stood alone
		ended && !w.cr && (cr < 0 || cr != len(line)-2),
		ended && w.cr && len(line) > 1,
		!ended && cr >= 0 && cr != len(line)-1:
		return ErrBareLineEnd
	}
	w.cr = !ended && cr >= 0
	w.middle = !ended
	return nil
}

// put collects octets and writes full blocks.
func (w *wire) put(p []byte) error {
	for len(p) > 0 {
		if len(w.buf) == cap(w.buf) {
			if _, err := w.flush(); err != nil {
				return err
			}
		}
		n := copy(w.buf[len(w.buf):cap(w.buf)], p)
		w.buf = w.buf[:len(w.buf)+n]
		p = p[n:]
	}
	return nil
}

// end makes sure that at least the final dot is still in the buffer, behind a
// line end, and not yet sent.
func (w *wire) end() error {
	if w.cr || w.ready && len(w.buf) > 0 && !bytes.HasSuffix(w.buf, []byte("\r\n")) {
		return ErrBareLineEnd
	}
	last := []byte(".\r\n")
	if w.middle {
		last = []byte("\r\n.\r\n")
	}
	if len(w.buf)+len(last) > cap(w.buf) {
		if _, err := w.flush(); err != nil {
			return err
		}
	}
	return w.put(last)
}

// flush sends what was kept back and tells whether all of it got away.
func (w *wire) flush() (all bool, err error) {
	n, err := w.w.Write(w.buf)
	all = n == len(w.buf)
	w.buf = w.buf[:0]
	if err != nil {
		return all, fmt.Errorf("write to next hop: %w", err)
	}
	return all, nil
}
