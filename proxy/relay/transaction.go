package relay

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// transaction is one mail on one connection; it implements proxy.Transaction.
type transaction struct {
	h    *hop
	c    *conn // nil once the transaction has ended
	utf8 bool
}

const (
	blockSize    = 64 << 10
	resetTimeout = 30 * time.Second
)

var errEnded = errors.New("relay: transaction has ended")

// Rcpt implements proxy.Transaction.
func (t *transaction) Rcpt(ctx context.Context, r email.Recipient) (email.Reply, error) {
	if t.c == nil {
		return email.Reply{}, errEnded
	}
	reply, err := t.c.command(ctx, t.h.r.o.Timeouts.Command, rcptLine(r, t.c.caps, t.utf8))
	if err == nil && reply.Code == 421 {
		err = errDropped
	}
	if err != nil {
		t.drop()
		return email.Reply{}, err
	}
	return reply, nil
}

// Send implements proxy.Transaction.
func (t *transaction) Send(ctx context.Context, content io.Reader, gate func(context.Context) error) (email.Reply, error) {
	if t.c == nil {
		return email.Reply{}, errEnded
	}
	reply, err := t.c.command(ctx, t.h.r.o.Timeouts.Data, "DATA")
	switch {
	case err != nil:
		t.drop()
		return email.Reply{}, fmt.Errorf("say DATA: %w", err)
	case reply.Code == 421:
		t.drop()
		return email.Reply{}, fmt.Errorf("say DATA: %w", errDropped)
	case reply.Temporary() || reply.Permanent():
		t.Reset()
		return reply, nil
	case reply.Code != 354: // a 250 here must not pass for a delivery
		t.drop()
		return email.Reply{}, fmt.Errorf("say DATA: %w", errReply)
	}
	reply, err = t.transfer(ctx, content, gate)
	if err != nil || reply.Code == 421 {
		t.drop()
		return reply, err
	}
	t.giveBack()
	return reply, nil
}

// transfer sends content, asks the gate, says the final dot and reads the reply.
// Once the dot is away, a broken connection tells nothing.
func (t *transaction) transfer(ctx context.Context, content io.Reader, gate func(context.Context) error) (email.Reply, error) {
	in, out := t.h.r.blocks.Get().(*[]byte), t.h.r.blocks.Get().(*[]byte)
	defer t.h.r.blocks.Put(in)
	defer t.h.r.blocks.Put(out)
	w := &wire{w: stepWriter{ctx: ctx, c: t.c, t: t.h.r.o.Timeouts.Block}, buf: (*out)[:0], in: *in}
	if _, err := w.ReadFrom(content); err != nil {
		return email.Reply{}, fmt.Errorf("send mail: %w", err)
	}
	if err := w.end(); err != nil {
		return email.Reply{}, fmt.Errorf("send mail: %w", err)
	}
	if gate != nil {
		if err := gate(ctx); err != nil {
			return email.Reply{}, fmt.Errorf("ask before the final dot: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return email.Reply{}, fmt.Errorf("send mail: %w", err)
	}
	switch all, err := w.flush(); {
	case err != nil && all:
		return email.Reply{}, fmt.Errorf("send final dot: %w: %w", email.ErrOutcomeUnknown, err)
	case err != nil: // the dot stands last, so it did not get away
		return email.Reply{}, fmt.Errorf("send final dot: %w", err)
	}
	reply, err := t.c.wait(ctx, t.h.r.o.Timeouts.Final)
	if err != nil {
		return email.Reply{}, fmt.Errorf("read reply to final dot: %w: %w", email.ErrOutcomeUnknown, err)
	}
	return reply, nil
}

// sendBody sends a body behind its trace field.
func (t *transaction) sendBody(ctx context.Context, body email.Body, trace []byte, gate func(context.Context) error) (email.Reply, error) {
	r, err := body.Open()
	if err != nil {
		return email.Reply{}, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	return t.Send(ctx, io.MultiReader(bytes.NewReader(trace), r), gate)
}

// Reset implements proxy.Transaction.
func (t *transaction) Reset() {
	if t.c == nil {
		return
	}
	reply, err := t.c.command(context.Background(), resetTimeout, "RSET")
	if err != nil || !accepted(reply) {
		t.drop()
		return
	}
	t.giveBack()
}

func (t *transaction) giveBack() {
	t.h.put(t.c)
	t.c = nil
}

func (t *transaction) drop() {
	t.c.close()
	t.c = nil
}

// stepWriter gives each block its own deadline.
type stepWriter struct {
	ctx context.Context
	c   *conn
	t   time.Duration
}

func (s stepWriter) Write(p []byte) (int, error) {
	defer s.c.limit(s.ctx, s.t)()
	return s.c.nc.Write(p)
}
