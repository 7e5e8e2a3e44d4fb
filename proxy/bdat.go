package proxy

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/spool"
)

// chunked is a mail that comes in by BDAT (RFC 3030). It goes on with DATA, so it
// must be what DATA can say: lines that end in CRLF, the last one too. Whatever is
// wrong with it is said at its end, when all of it is read.
type chunked struct {
	w     *spool.Writer
	top   *head
	frame *framing
	begin time.Time
}

func (c *chunked) abort() {
	if c != nil {
		c.w.Abort()
	}
}

var (
	errChunkSize  = errors.New("proxy: BDAT does not say how long its chunk is")
	errChunkLarge = errors.New("proxy: BDAT announces a chunk that no mail may have")
)

// parseChunk reads "1000" or "1000 LAST". What is not exactly that leaves no way
// to tell where the chunk ends.
func parseChunk(arg string) (size int64, last bool, err error) {
	number, word, more := strings.Cut(arg, " ")
	if more && !strings.EqualFold(word, "LAST") || number == "" || strings.Trim(number, "0123456789") != "" {
		return 0, false, errChunkSize
	}
	if size, err = strconv.ParseInt(number, 10, 64); err != nil {
		return 0, false, errChunkLarge
	}
	return size, more, nil
}

// bdat takes one chunk off the wire. A chunk is read to its announced end before
// anything is said about it; where that cannot be done the connection ends.
func (f *front) bdat(arg string) error {
	size, last, err := parseChunk(arg)
	if err == nil && size > 2*f.largest+1<<20 {
		err = errChunkLarge
	}
	switch {
	case !f.chunking:
		return f.byeWhileSending(email.NewReply(502, "5.5.1", "BDAT is not offered here, closing connection"))
	case errors.Is(err, errChunkLarge):
		return f.cutOff(errFlood)
	case err != nil:
		f.s.m.refused.WithLabelValues("bad_chunk").Inc()
		return f.byeWhileSending(email.NewReply(501, "5.5.4", "BDAT needs the size of its chunk in octets, closing connection"))
	}
	s := f.session
	if s == nil || !s.open || len(s.env.Recipients) == 0 {
		return f.skipChunk(size)
	}
	if s.chunks == nil {
		s.chunks = f.newChunked()
		s.ready()
	}
	if err := f.readChunk(s.chunks, size); err != nil {
		f.session.dropTransaction()
		return f.cutOff(err)
	}
	if size > 0 {
		f.commands-- // the size of a mail is bounded, the number of its chunks is not
	}
	if !last {
		f.say(email.NewReply(250, "2.0.0", fmt.Sprintf("Ok, %d octets received", size)))
		return nil
	}
	s.received, s.chunks = f.endChunked(s.chunks), nil
	f.conclude()
	return nil
}

// skipChunk reads a chunk that belongs to no mail.
func (f *front) skipChunk(size int64) error {
	nothing := &chunked{frame: &framing{w: io.Discard, chunked: true}, begin: f.s.d.Now()}
	if err := f.readChunk(nothing, size); err != nil {
		return f.cutOff(err)
	}
	if f.session == nil || !f.session.open {
		return f.mistake(email.NewReply(503, "5.5.1", "Give a sender with MAIL first"))
	}
	return f.mistake(email.NewReply(554, "5.5.1", "No valid recipients"))
}

func (f *front) newChunked() *chunked {
	w := f.s.d.Spool.Create()
	top := &head{w: w, secret: f.l.Secret, marker: f.s.o.Marker, sender: f.session.env.Sender}
	return &chunked{w: w, top: top, begin: f.s.d.Now(),
		frame: &framing{w: top, normalise: f.l.Normalise, limit: f.largest, chunked: true}}
}

// readChunk feeds size octets to the framing, and takes not one more.
func (f *front) readChunk(c *chunked, size int64) error {
	p := f.in.take()
	n := min(int64(len(p)), size)
	c.frame.feed(p[:n])
	f.in.giveBack(p[n:])
	size -= n
	if size == 0 {
		return nil
	}
	if err := f.flush(); err != nil { // who waits for earlier replies may send no more
		return fmt.Errorf("send replies: %w", err)
	}
	block := f.s.blocks.Get().(*[]byte)
	defer f.s.blocks.Put(block)
	start, before, end := f.s.d.Now(), c.frame.wire, c.begin.Add(f.s.o.DataTimeout)
	for size > 0 {
		f.waitForMail(end)
		n, err := f.conn.Read((*block)[:min(int64(len(*block)), size)])
		c.frame.feed((*block)[:n])
		size -= int64(n)
		switch {
		case c.frame.flood():
			return errFlood
		case size == 0:
		case err != nil:
			return fmt.Errorf("read chunk: %w", err)
		case f.tooSlow(c.frame.wire-before, start):
			return errSlow
		}
	}
	if f.s.d.Now().After(end) {
		return fmt.Errorf("read chunk: %w", os.ErrDeadlineExceeded)
	}
	return nil
}

// endChunked is what came of a mail whose last chunk is here.
func (f *front) endChunked(c *chunked) *received {
	got := &received{}
	whole := c.frame.endChunks()
	if got.err = f.fault(c.frame); got.err == nil && !whole {
		f.s.m.refused.WithLabelValues("chunks_without_end").Inc()
		got.err = refuse(554, "5.6.0", "Mail that is sent with BDAT must end in CRLF here, since it goes on with DATA")
	}
	if got.err == nil {
		got.err = c.top.Close()
	}
	if got.err != nil {
		f.session.dropTransaction()
		c.w.Abort()
		return got
	}
	got.mail, got.err = c.w.Commit()
	got.header, got.proved, got.marks = c.top.block, c.top.proved, c.top.marks
	return got
}
