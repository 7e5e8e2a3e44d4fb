package proxy

import (
	"bytes"
	"io"
)

// framing takes the DATA of one mail off the wire: it finds the end, which is
// CRLF "." CRLF and nothing else (RFC 5321 section 4.1.1.4), takes off the dots
// that were stuffed, and passes the content on in large pieces. An error of the
// writer does not stop it: a client must be read to its end before it is
// answered, or the rest of its mail would run as commands.
type framing struct {
	w         io.Writer
	raw       io.Writer // gets the mail as it is on the wire, dots stuffed; may be nil
	normalise bool      // turn a bare CR or LF into CRLF; without it they only count
	limit     int64     // largest content, 0 without limit
	chunked   bool      // BDAT: a dot is a dot, and nothing of the content ends it

	state    framingState
	size     int64 // octets of content
	wire     int64 // octets taken off the wire
	dots     int64 // that were taken off
	bareCR   int64
	bareLF   int64
	crAt     int64  // place on the wire of the last bare CR, from 1
	lfAt     int64  // the same of the last bare LF
	err      error  // first error of w
	kept     []byte // end of the wire that may be the final dot
	doubtful bool
}

type framingState int

const (
	lineStart framingState = iota // DATA's own CRLF counts
	afterDot                      // a dot at the line's start; not passed on
	afterDotCR
	inText
	afterCR // a CR that is not yet passed on
)

var crlf = []byte("\r\n")

// bare tells whether any line end was broken.
func (f *framing) bare() bool { return f.bareCR+f.bareLF > 0 }

// tooLarge tells whether the content is over the limit.
func (f *framing) tooLarge() bool { return f.limit > 0 && f.size > f.limit }

// flood tells that the client sends so much more than it may that the
// connection should be closed.
func (f *framing) flood() bool { return f.limit > 0 && f.wire > 2*f.limit+1<<20 }

// feed takes the next octets off the wire and tells how many belong to this
// mail and whether it is complete.
func (f *framing) feed(p []byte) (n int, done bool) {
	n, done = f.read(p)
	f.wire += int64(n)
	f.copyRaw(p[:n], done)
	return n, done
}

// copyRaw passes the wire on, but for the final dot and its line end, which may
// come in pieces. Nothing more goes out once a line end was found to be broken.
func (f *framing) copyRaw(p []byte, done bool) {
	if f.raw == nil || f.bare() || f.tooLarge() {
		return
	}
	keep := 0
	switch {
	case done:
		keep = len(".\r\n")
	case f.state == afterDot, f.state == afterCR: // a CR must not go before its LF is seen
		keep = 1
	case f.state == afterDotCR:
		keep = 2
	}
	out := len(f.kept) + len(p) - keep // octets that go out now
	if n := min(out, len(f.kept)); n > 0 {
		_, _ = f.raw.Write(f.kept[:n]) // who writes minds his own errors
		f.kept = f.kept[n:]
		out -= n
	}
	if out > 0 {
		_, _ = f.raw.Write(p[:out])
		p = p[out:]
	}
	if keep == 0 || done {
		f.kept = f.kept[:0]
		return
	}
	f.kept = append(f.kept, p...)
}

// endChunks ends content that came in chunks, and tells whether its last line is
// complete.
func (f *framing) endChunks() bool {
	if f.state == afterCR {
		f.brokenCR(f.wire)
		return f.normalise
	}
	return f.state == lineStart || f.normalise && f.lfAt != 0 && f.lfAt == f.wire
}

// plain tells that content and wire form are the same.
func (f *framing) plain() bool { return f.dots == 1 && !f.bare() } // the final one

// read is feed without the bookkeeping of the wire.
func (f *framing) read(p []byte) (n int, done bool) {
	start, i := 0, 0 // p[start:i] is read and not yet passed on
	for i < len(p) {
		switch f.state {
		case lineStart:
			if f.state = inText; p[i] == '.' && !f.chunked {
				f.state = afterDot
				f.dots++
				f.pass(p[start:i])
				i++
				start = i
			}
		case afterDot:
			if f.state = inText; p[i] == '\r' {
				f.state = afterDotCR
				i++
				start = i
			}
		case afterDotCR:
			if p[i] == '\n' {
				at := f.wire + int64(i) + 1 // of this LF; CRLF.CRLF began four before
				f.doubtful = f.crAt != 0 && f.crAt == at-5
				return i + 1, true
			}
			f.state = inText
			f.brokenCR(f.wire + int64(i))
		case inText:
			i, start = f.text(p, i, start)
		case afterCR:
			if f.state = inText; p[i] == '\n' {
				f.pass(crlf)
				i++
				start = i
				f.state = lineStart
			} else {
				f.brokenCR(f.wire + int64(i))
			}
		}
	}
	f.pass(p[start:i])
	return i, false
}

// text reads on from p[i], in the middle of a line, to the next line start or
// the end of p.
func (f *framing) text(p []byte, i, start int) (next, from int) {
	if n := plainLines(p[i:]); n > 0 {
		f.state = lineStart
		return i + n, start
	}
	end := bytes.IndexByte(p[i:], '\n')
	line := p[i:]
	if end >= 0 {
		line = p[i : i+end]
	}
	cr := bytes.IndexByte(line, '\r')
	for cr >= 0 && cr < len(line)-1 { // all of the line at once, or each would look for the LF anew
		f.pass(p[start : i+cr])
		f.brokenCR(f.wire + int64(i+cr) + 1)
		i += cr + 1
		start, line = i, line[cr+1:]
		cr = bytes.IndexByte(line, '\r')
	}
	i += len(line)
	switch {
	case cr >= 0 && end >= 0: // the usual line
		f.state = lineStart
		return i + 1, start
	case cr >= 0: // p ends in CR
		f.pass(p[start : i-1])
		f.state = afterCR
		return i, i
	case end >= 0:
		f.pass(p[start:i])
		f.bareLF++
		f.lfAt = f.wire + int64(i) + 1
		f.broken(crlf[1:])
		return i + 1, i + 1
	}
	return i, start
}

// brokenCR counts a CR without LF that stood at the given place of the wire,
// counted from 1.
func (f *framing) brokenCR(at int64) {
	f.bareCR++
	f.crAt = at
	f.broken(crlf[:1])
}

// broken passes a bare CR or LF on. What follows it is never the start of a
// line to this reader, so a dot behind it neither ends the mail nor is taken off.
func (f *framing) broken(as []byte) {
	if f.normalise {
		as = crlf
	}
	f.pass(as)
}

// pass hands content on, unless the mail is lost already.
func (f *framing) pass(p []byte) {
	f.size += int64(len(p))
	if len(p) == 0 || f.err != nil || f.tooLarge() || f.bare() && !f.normalise {
		return
	}
	_, f.err = f.w.Write(p)
}
