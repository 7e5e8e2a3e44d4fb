package relay

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// transaction is one mail on one connection; it implements proxy.Transaction.
type transaction struct {
	h    *hop
	c    *conn // nil once the transaction has ended
	utf8 bool
	// unaided: the mail was declared SMTPUTF8, which the hop has not, and goes there
	// only if it can do without.
	unaided bool
	// ahead are the recipients that were asked for and whose answers are not read.
	ahead  []email.Recipient
	later  *packet   // the envelope that is said with DATA; nil when it is said at once
	said   time.Time // when DATA was, ahead of Send; zero when it was not
	broken bool      // the connection cannot be used again
	taken  int       // recipients that were accepted: an LMTP hop answers for each
}

const (
	blockSize    = 64 << 10
	smallBlock   = 8 << 10 // for mails that fit into it
	resetTimeout = 30 * time.Second
)

var errEnded = errors.New("relay: transaction has ended")

// maxAhead is how many recipients are asked for in a row: their answers must
// fit into the hop's and our buffers, or both sides could wait for the other
// (RFC 2920 section 3.1).
const maxAhead = 50

// mail says MAIL, with the recipients in the same packet where the hop takes
// that (RFC 2920), and returns the reply to MAIL.
func (t *transaction) mail(ctx context.Context, env email.Envelope, line string) (email.Reply, error) {
	who := t.forwarding(env.Client)
	if !t.c.caps.pipelining {
		if who != "" {
			if _, err := t.c.command(ctx, t.h.Timeouts.Command, who); err != nil {
				return email.Reply{}, err
			}
		}
		return t.c.command(ctx, t.h.Timeouts.Command, line)
	}
	lines := make([]byte, 0, 512)
	if who != "" {
		lines = append(append(lines, who...), "\r\n"...)
	}
	lines = append(append(lines, line...), "\r\n"...)
	to := env.Recipients[:min(len(env.Recipients), maxAhead)]
	for _, r := range to {
		lines = append(append(lines, rcptLine(r, t.c.caps, t.utf8)...), "\r\n"...)
	}
	t.c.limit(ctx, t.h.Timeouts.Command)
	if _, err := t.c.nc.Write(lines); err != nil {
		return email.Reply{}, fmt.Errorf("write commands: %w", err)
	}
	t.ahead = to
	if who != "" {
		if _, err := t.c.reply(); err != nil {
			return email.Reply{}, err
		}
	}
	return t.c.reply()
}

// forwarding is the XFORWARD command that tells a hop of ours who the client is
// (Postfix XFORWARD_README), "" when there is none to say. It counts for one
// mail, and its refusal changes nothing.
func (t *transaction) forwarding(c email.Client) string {
	if !t.h.Trusted || len(t.c.caps.xforward) == 0 || !c.Addr.IsValid() {
		return ""
	}
	addr, proto := c.Addr.Unmap().WithZone("").String(), "SMTP"
	if c.Addr.Unmap().Is6() {
		addr = "IPV6:" + addr
	}
	if c.ESMTP {
		proto = "ESMTP"
	}
	line := append(make([]byte, 0, 128), "XFORWARD"...)
	for _, a := range []struct{ name, value string }{
		{"NAME", cmp.Or(c.Name, "[UNAVAILABLE]")}, {"ADDR", addr}, {"PORT", c.Port}, {"PROTO", proto}, {"HELO", c.Helo},
		{"IDENT", c.Ident}, {"SOURCE", c.Source},
	} {
		if a.value != "" && slices.Contains(t.c.caps.xforward, a.name) {
			line = append(append(append(append(line, ' '), a.name...), '='), xtext(a.value)...)
		}
	}
	return string(line)
}

// skip reads the answers that nobody will ask for any more.
func (t *transaction) skip(ctx context.Context) bool {
	for ; len(t.ahead) > 0; t.ahead = t.ahead[1:] {
		if reply, err := t.c.wait(ctx, t.h.Timeouts.Command); err != nil || reply.Code == 421 {
			return false
		}
	}
	return true
}

var errAhead = errors.New("relay: other recipients were asked for ahead")

// Ahead implements proxy.Transaction.
func (t *transaction) Ahead(ctx context.Context, to []email.Recipient) error {
	if t.c == nil || t.later != nil || t.unaided || len(t.ahead) > 0 || len(to) < 2 || !t.c.caps.pipelining {
		return nil
	}
	to = to[:min(len(to), maxAhead)]
	var lines []byte
	for _, r := range to {
		lines = append(lines, rcptLine(r, t.c.caps, t.utf8)...)
		lines = append(lines, "\r\n"...)
	}
	t.c.limit(ctx, t.h.Timeouts.Command)
	if _, err := t.c.nc.Write(lines); err != nil {
		t.drop()
		return fmt.Errorf("write commands: %w", err)
	}
	t.ahead = to
	return nil
}

// Rcpt implements proxy.Transaction.
func (t *transaction) Rcpt(ctx context.Context, r email.Recipient) (email.Reply, error) {
	if t.c == nil {
		return email.Reply{}, errEnded
	}
	if t.unaided && strings.ContainsFunc(r.Address.String(), international) {
		return errNoUTF8.Reply, nil
	}
	if t.later != nil {
		t.later.to = append(t.later.to, rcptLine(r, t.c.caps, t.utf8))
		return replyLater, nil
	}
	reply, err := t.rcpt(ctx, r)
	if err == nil {
		err = inStep(reply)
	}
	if err != nil {
		t.drop()
		return email.Reply{}, err
	}
	if accepted(reply) {
		t.taken++
	}
	return reply, nil
}

// rcpt asks, or reads the answer to what was asked ahead. A recipient that was
// asked for ahead and is not wanted now cannot be taken back.
func (t *transaction) rcpt(ctx context.Context, r email.Recipient) (email.Reply, error) {
	if len(t.ahead) == 0 {
		return t.c.command(ctx, t.h.Timeouts.Command, rcptLine(r, t.c.caps, t.utf8))
	}
	if rcptLine(r, t.c.caps, t.utf8) != rcptLine(t.ahead[0], t.c.caps, t.utf8) {
		return email.Reply{}, errAhead
	}
	t.ahead = t.ahead[1:]
	return t.c.wait(ctx, t.h.Timeouts.Command)
}

// Trusted implements proxy.Transaction.
func (t *transaction) Trusted() bool { return t.h.Trusted && !t.h.LMTP }

// Send implements proxy.Transaction.
func (t *transaction) Send(ctx context.Context, content io.Reader, gate func(context.Context) error) (email.Reply, error) {
	replies, err := t.send(ctx, content, gate)
	if len(replies) == 0 {
		return email.Reply{}, err
	}
	return replies[0], err
}

// send returns one reply, or on LMTP one for each recipient that was accepted.
func (t *transaction) send(ctx context.Context, content io.Reader, gate func(context.Context) error) ([]email.Reply, error) {
	if t.c == nil {
		return nil, errEnded
	}
	if len(t.ahead) > 0 {
		t.drop()
		return nil, errAhead
	}
	reply, err := t.data(ctx)
	if t.c == nil && err == nil {
		return []email.Reply{reply}, nil
	}
	if t.c == nil {
		return nil, err
	}
	switch {
	case err != nil:
		t.drop()
		return nil, fmt.Errorf("say DATA: %w", err)
	case reply.Code == 421:
		t.drop()
		return nil, fmt.Errorf("say DATA: %w", inStep(reply))
	case reply.Temporary() || reply.Permanent():
		t.Reset()
		return []email.Reply{reply}, nil
	case reply.Code != 354: // a 250 here must not pass for a delivery
		t.drop()
		return nil, fmt.Errorf("say DATA: %w", errReply)
	}
	replies, err := t.transfer(ctx, content, gate)
	if err == nil {
		t.h.wentOn()
	} else {
		t.h.gaveUp()
	}
	if err != nil || replies[len(replies)-1].Code == 421 {
		t.drop()
		return replies, err
	}
	t.giveBack()
	return replies, nil
}

// transfer sends content, asks the gate, says the final dot and reads the reply.
// Once the dot is away, a broken connection tells nothing.
func (t *transaction) transfer(ctx context.Context, content io.Reader, gate func(context.Context) error) ([]email.Reply, error) {
	if err := t.deliver(ctx, content, gate); err != nil {
		return nil, err
	}
	return t.outcome(ctx) // a hop may take its time; nothing but the connection waits for it
}

// deliver is transfer without the reply.
func (t *transaction) deliver(ctx context.Context, content io.Reader, gate func(context.Context) error) error {
	blocks := &t.h.r.blocks
	if ready, ok := content.(proxy.Wire); ok && ready.Size > 0 && ready.Size < smallBlock {
		blocks = &t.h.r.smallBlocks
	}
	in, out := blocks.Get().(*[]byte), blocks.Get().(*[]byte)
	defer blocks.Put(in)
	defer blocks.Put(out)
	w := &wire{w: stepWriter{ctx: ctx, c: t.c, t: t.h.Timeouts.Block}, buf: (*out)[:0], in: *in}
	var along unaided
	if t.unaided {
		content = along.readAlong(content)
	}
	if err := w.sendAll(content); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	if err := along.verdict(); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	if err := w.end(); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	if gate != nil {
		asked := t.h.r.d.Now()
		if err := gate(ctx); err != nil {
			return fmt.Errorf("ask before the final dot: %w", err)
		}
		if err := t.stillThere(asked); err != nil {
			return fmt.Errorf("send mail: %w", err)
		}
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	switch all, err := w.flush(); {
	case err != nil && all:
		return fmt.Errorf("send final dot: %w: %w", email.ErrOutcomeUnknown, err)
	case err != nil: // the dot stands last, so it did not get away
		return fmt.Errorf("send final dot: %w", err)
	}
	return nil
}

// outcome reads what the hop says to the final dot. An LMTP hop says it once for
// each recipient; when it breaks off in between, those that have no answer get a
// zero reply: nobody knows what became of their mail.
func (t *transaction) outcome(ctx context.Context) ([]email.Reply, error) {
	n := 1
	if t.h.LMTP {
		n = t.taken
	}
	var out []email.Reply
	for len(out) < n {
		reply, err := t.c.wait(ctx, t.h.Timeouts.Final)
		switch {
		case err == nil:
			out = append(out, reply)
		case len(out) == 0:
			return nil, fmt.Errorf("read reply to final dot: %w: %w", email.ErrOutcomeUnknown, err)
		default:
			t.broken = true
			out = append(out, email.Reply{})
		}
	}
	return out, nil
}

// sendBody sends a body behind its trace field.
func (t *transaction) sendBody(ctx context.Context, body email.Body, trace []byte, gate func(context.Context) error) ([]email.Reply, error) {
	r, err := body.Open()
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	return t.send(ctx, io.MultiReader(bytes.NewReader(trace), r), gate)
}

// Reset implements proxy.Transaction.
func (t *transaction) Reset() {
	if t.c == nil {
		return
	}
	if t.taken > 0 || t.later != nil && len(t.later.to) > 0 {
		t.h.gaveUp()
	}
	switch {
	case !t.said.IsZero(): // only the end of the connection takes it back
		t.drop()
		return
	case t.later != nil: // nothing was said
		t.giveBack()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), resetTimeout)
	defer cancel()
	if !t.skip(ctx) {
		t.drop()
		return
	}
	reply, err := t.c.command(ctx, resetTimeout, "RSET")
	if err != nil || !accepted(reply) {
		t.drop()
		return
	}
	t.giveBack()
}

func (t *transaction) giveBack() {
	if t.broken {
		t.drop()
		return
	}
	t.h.put(t.c)
	t.c = nil
	t.h.leave()
}

func (t *transaction) drop() {
	t.c.close()
	t.c = nil
	t.h.leave()
}

// stepWriter gives each block its own deadline.
type stepWriter struct {
	ctx context.Context
	c   *conn
	t   time.Duration
}

func (s stepWriter) Write(p []byte) (int, error) {
	s.c.limit(s.ctx, s.t)
	return s.c.nc.Write(p)
}
