package relay

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// asking is how a hop is asked for recipients.
type asking bool

const (
	atOnce   asking = false // in one packet, where the hop takes that
	oneByOne asking = true  // what is sent later needs an answer for each recipient
)

// packet is an envelope that is said together with DATA.
type packet struct {
	who, mail string
	to        []string
	fresh     bool // the connection was made for this mail
}

// lines are all commands in a row.
func (p *packet) lines() []byte {
	var out []byte
	if p.who != "" {
		out = append(out, p.who+"\r\n"...)
	}
	out = append(out, p.mail+"\r\n"...)
	for _, to := range p.to {
		out = append(out, to+"\r\n"...)
	}
	return append(out, "DATA\r\n"...)
}

// replyLater answers for a hop that is asked only with DATA.
var replyLater = email.NewReply(250, "2.1.5", "Ok")

// data says DATA, with the envelope in front of it where that was put off, and
// returns the reply that decides: that to DATA, or the refusal of the sender or
// of all recipients. When t.c is nil then, the transaction is over.
func (t *transaction) data(ctx context.Context) (email.Reply, error) {
	switch {
	case t.later != nil:
	case !t.said.IsZero():
		return t.answered(ctx)
	default:
		return t.c.command(ctx, t.h.Timeouts.Data, "DATA")
	}
	p := t.later
	t.later = nil
	for {
		reply, err := t.sayPacket(ctx, p)
		if err == nil {
			return reply, nil
		}
		again := t.c != nil && !p.fresh && ctx.Err() == nil && !errors.Is(err, proxy.ErrDivided)
		if t.c != nil && !again {
			t.drop()
		}
		if !again {
			return email.Reply{}, fmt.Errorf("say envelope: %w", err)
		}
		// The hop has dropped a connection that waited; nothing was promised on it.
		as := t.c.as
		t.c.close()
		if t.c = t.h.takeAs(as); t.c != nil {
			t.c.uses++
			continue
		}
		p.fresh = true
		if t.c, err = t.h.dialAs(ctx, as); err != nil {
			t.c = nil
			t.h.leave()
			return email.Reply{}, err
		}
		t.c.uses++
	}
}

func (t *transaction) sayPacket(ctx context.Context, p *packet) (email.Reply, error) {
	if len(p.to) > maxAhead { // answers to more might not fit into the buffers
		return t.sayLines(ctx, p)
	}
	said := t.said
	t.said = time.Time{}
	t.c.limit(ctx, t.h.Timeouts.Command)
	if said.IsZero() {
		if _, err := t.c.nc.Write(p.lines()); err != nil {
			return email.Reply{}, fmt.Errorf("write commands: %w", err)
		}
	}
	if p.who != "" {
		if _, err := t.c.reply(); err != nil {
			return email.Reply{}, err
		}
	}
	refused, taken, err := t.answers(1+len(p.to), t.c.reply)
	if err != nil {
		return email.Reply{}, err
	}
	reply, err := t.c.reply()
	if err == nil && reply.Code == 354 {
		err = t.stillThere(said)
	}
	switch {
	case err != nil:
		return email.Reply{}, err
	case refused.IsZero():
		return reply, nil
	case reply.Code/100 == 3: // it waits for a mail that must not come: RFC 2920 section 3.1
		t.drop()
		if taken == 0 {
			return refused, nil
		}
		return email.Reply{}, proxy.ErrDivided
	case taken == 0:
		return refused, nil
	}
	return email.Reply{}, proxy.ErrDivided
}

// answers reads n replies, to MAIL and to each RCPT: the first refusal of the
// sender, or of a recipient (one that is for now before one that is for ever, since the
// client will take it for the answer to all), and how many recipients were taken. An
// answer that is none is an error: whoever took a 354 to RCPT for one to DATA would
// send the mail to a hop that reads commands.
func (t *transaction) answers(n int, next func() (email.Reply, error)) (refused email.Reply, taken int, err error) {
	mail, err := next()
	if err != nil {
		return email.Reply{}, 0, err
	}
	broken := inStep(mail)
	if !accepted(mail) {
		refused = mail
	}
	for range n - 1 {
		reply, err := next()
		switch {
		case err != nil:
			return email.Reply{}, 0, err
		case accepted(reply):
			taken++
		case refused.IsZero(), accepted(mail) && refused.Permanent() && reply.Temporary():
			refused = reply
		}
		if broken == nil {
			broken = inStep(reply)
		}
	}
	if broken != nil {
		return email.Reply{}, 0, broken
	}
	return refused, taken, nil
}

// sayLines says a long envelope command by command.
func (t *transaction) sayLines(ctx context.Context, p *packet) (email.Reply, error) {
	lines := append([]string{p.mail}, p.to...)
	if p.who != "" {
		if _, err := t.c.command(ctx, t.h.Timeouts.Command, p.who); err != nil {
			return email.Reply{}, err
		}
	}
	refused, taken, err := t.answers(len(lines), func() (email.Reply, error) {
		line := lines[0]
		lines = lines[1:]
		return t.c.command(ctx, t.h.Timeouts.Command, line)
	})
	switch {
	case err != nil:
		return email.Reply{}, err
	case !refused.IsZero() && taken == 0:
		return refused, nil
	case !refused.IsZero():
		return email.Reply{}, proxy.ErrDivided
	}
	return t.c.command(ctx, t.h.Timeouts.Data, "DATA")
}
