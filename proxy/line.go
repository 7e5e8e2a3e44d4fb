package proxy

import (
	"bytes"
	"errors"
	"io"
)

// maxLine is the longest command line: RFC 4954 section 4 wants 12,288 octets
// for AUTH, everything else is far shorter.
const maxLine = 16 << 10

// startBuffer is small, since most connections are idle most of the time; it holds
// a command of the usual length (RFC 5321 section 4.5.3.1.4), or a few in a row.
const startBuffer = 512

var (
	errLongLine = errors.New("proxy: command line is too long")
	errBareLF   = errors.New("proxy: command line ends in a bare LF")
)

// lineReader cuts command lines out of a stream. Only CRLF ends a line: what
// another server might read as two lines is refused, never guessed.
type lineReader struct {
	r    io.Reader
	buf  []byte
	have int // buf[:have] is read and not used
	last []byte
}

// buffered tells whether there are octets that were read and not used.
func (l *lineReader) buffered() bool { return l.have > 0 }

// line returns the next line without its CRLF if it is complete already. The
// line is valid until the next call of any method.
func (l *lineReader) line() (line []byte, ok bool, err error) {
	n := bytes.IndexByte(l.buf[:l.have], '\n')
	switch {
	case n < 0 && l.have >= maxLine:
		return nil, false, errLongLine
	case n < 0:
		return nil, false, nil
	case n >= maxLine:
		return nil, false, errLongLine
	case n == 0 || l.buf[n-1] != '\r':
		return nil, false, errBareLF
	}
	line = append(l.last[:0], l.buf[:n-1]...)
	if l.last = line; cap(line) > startBuffer {
		l.last = nil
	}
	l.have = copy(l.buf, l.buf[n+1:l.have])
	return line, true, nil
}

// fill reads more. It may block.
func (l *lineReader) fill() error {
	if l.buf == nil || l.have == 0 && len(l.buf) > startBuffer {
		l.buf = make([]byte, startBuffer) // a burst is over
	}
	if l.have == len(l.buf) {
		l.buf = append(l.buf, make([]byte, len(l.buf))...)
	}
	n, err := l.r.Read(l.buf[l.have:])
	l.have += n
	if n > 0 {
		return nil // an error comes again with the next read
	}
	return err
}

// take hands over all that is read and not used; the result is valid until the
// next call of any method.
func (l *lineReader) take() []byte {
	p := l.buf[:l.have]
	l.have = 0
	return p
}

// giveBack puts octets back that were taken or read elsewhere.
func (l *lineReader) giveBack(p []byte) {
	if len(p) > len(l.buf) {
		grown := make([]byte, len(p))
		copy(grown, p)
		l.buf, l.have = grown, len(p)
		return
	}
	l.have = copy(l.buf, p)
}
