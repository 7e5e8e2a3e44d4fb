package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// streamFrom is how much of a mail must have come in before it goes on to a
// trusted hop while the rest is still coming: a smaller mail is one packet or
// two, and a hop should not see the start of it in vain.
const streamFrom = blockSize

// stream sends a mail on while it comes in. The relay keeps the last block and
// the final dot back until the verdict; without one the connection is closed,
// and a trusted hop then drops what it has. Whatever goes wrong here costs a
// second transaction and nothing else: the mail is in the spool as well.
type stream struct {
	s       *session
	first   *[]byte // what is kept until streamFrom is reached, a block of the server's
	kept    int     // octets in it
	waits   bool    // it goes after its verdict, like a small one
	pipe    *io.PipeWriter
	cancel  context.CancelFunc
	verdict chan *judged // nil gives the mail up
	done    chan struct{}
	reply   email.Reply
	err     error
}

// newStream gives nil for a mail that must not go on before it is judged.
func (s *session) newStream() *stream {
	l := s.f.l
	if s.txn == nil || !s.txn.Trusted() || s.divided || !s.way.Inline || l.Secret != nil || s.s.o.Marker != nil || l.Normalise {
		return nil
	}
	return &stream{s: s}
}

// Write implements io.Writer for the framing. It never fails: a stream that is
// broken takes what it is given and forgets it.
func (t *stream) Write(p []byte) (int, error) {
	switch {
	case t.waits:
	case t.pipe != nil:
		_, _ = t.pipe.Write(p)
	case t.kept+len(p) < streamFrom:
		t.room(t.kept + len(p))
		t.kept += copy((*t.first)[t.kept:], p)
	case t.s.s.occupied():
		t.waits = true
		t.forget()
	default:
		t.start()
		if t.kept > 0 {
			_, _ = t.pipe.Write((*t.first)[:t.kept])
		}
		_, _ = t.pipe.Write(p)
		t.forget()
	}
	return len(p), nil
}

// occupied tells that more mails are in hand than there are processors. One that goes on
// early takes 4 % more processor time at 100 KB, which nobody has to spare then; with
// processors that wait it is answered sooner.
func (s *Server) occupied() bool { return int(s.inHand.Load()) > runtime.GOMAXPROCS(0) }

// room sees to a block for n octets.
func (t *stream) room(n int) {
	s := t.s.s
	if t.first == nil {
		t.first = s.smallBlocks.Get().(*[]byte)
	}
	if n > len(*t.first) {
		larger := s.blocks.Get().(*[]byte)
		copy(*larger, (*t.first)[:t.kept])
		s.putBlock(t.first)
		t.first = larger
	}
}

// forget gives the block back.
func (t *stream) forget() {
	if t.first != nil {
		t.s.s.putBlock(t.first)
		t.first, t.kept = nil, 0
	}
}

// running tells that the hop has seen something of the mail.
func (t *stream) running() bool { return t != nil && t.pipe != nil }

var errGivenUp = errors.New("proxy: mail does not pass")

func (t *stream) start() {
	s := t.s
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(s.s.ctx)
	r, w := io.Pipe()
	t.pipe, t.verdict, t.done = w, make(chan *judged, 1), make(chan struct{})
	content := Wire{Reader: io.MultiReader(bytes.NewReader(s.trace()), r)}
	txn := s.txn
	go func() {
		defer close(t.done)
		defer func() {
			if v := recover(); v != nil {
				s.s.panicked(v)
				t.err = errors.New("proxy: sending on panicked")
			}
			_ = r.CloseWithError(errGivenUp)
		}()
		t.reply, t.err = txn.Send(ctx, content, func(ctx context.Context) error {
			select {
			case j := <-t.verdict:
				if j == nil {
					return errGivenUp
				}
				s.intend(j) // the session waits, so its patience is free
				return nil
			case <-ctx.Done():
				return fmt.Errorf("wait for verdict: %w", ctx.Err())
			}
		})
	}()
}

// ended says that the whole mail has come in.
func (t *stream) ended() {
	switch {
	case t == nil:
	case t.running():
		_ = t.pipe.Close()
	default:
		t.forget()
	}
}

// pass lets the mail go and returns the hop's answer.
func (t *stream) pass(j *judged) (email.Reply, error) {
	t.verdict <- j
	limit := time.AfterFunc(t.s.s.o.HopDataTimeout, t.cancel)
	defer limit.Stop()
	<-t.done
	t.cancel()
	return t.reply, t.err
}

// abort gives the mail up and waits until nobody uses the transaction any more.
func (t *stream) abort() {
	if !t.running() {
		if t != nil {
			t.forget()
		}
		return
	}
	_ = t.pipe.CloseWithError(errGivenUp)
	select {
	case t.verdict <- nil:
	default:
	}
	t.cancel()
	<-t.done
}
