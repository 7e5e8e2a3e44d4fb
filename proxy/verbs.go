package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// capabilityTimeout bounds what an EHLO waits for the next hop's.
const capabilityTimeout = 5 * time.Second

// command answers what the front answers itself and feeds go-smtp with the
// rest. Its only error is io.EOF.
func (f *front) command(c command) error {
	switch c.verb {
	case "HELO", "EHLO":
		f.greeting, f.helo, f.offers, f.largest = c.verb, clipped(c.arg), nil, f.s.o.MaxSize
		if f.presented != "" {
			f.helo = f.presented
		}
		if c.verb == "EHLO" {
			f.offers = f.extensions()
		}
		f.give(c.verb + " " + c.arg)
	case "NOOP", "RSET", "VRFY", "EXPN", "HELP":
		f.give(c.verb)
	case "QUIT":
		f.hangup = true
		f.give(c.verb)
	case "STARTTLS":
		return f.startTLS(c.arg)
	case "MAIL":
		f.mail(c.arg)
	case "RCPT":
		f.rcpt(c.arg)
	case "DATA":
		return f.data(c.arg)
	case "BDAT":
		return f.bdat(c.arg)
	case "XCLIENT":
		return f.xclient(c.arg)
	case "XFORWARD":
		f.xforward(c.arg)
	case "AUTH":
		return f.auth(c.arg)
	case "GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT":
		// A web client that was tricked into talking to us: its body would be ours
		// to read as commands.
		return f.byeWhileSending(email.NewReply(421, "4.7.0", "This is a mail server, closing connection"))
	default:
		return f.mistake(email.NewReply(500, "5.5.2", "Command is not known"))
	}
	return nil
}

// give feeds go-smtp.
func (f *front) give(line string) { f.feed = append([]byte(line), crlf...) }

// extensions is what EHLO announces: what this road does itself, and of the
// rest what the next hop does too.
func (f *front) extensions() []string {
	ctx, cancel := context.WithTimeout(f.s.ctx, capabilityTimeout)
	defer cancel()
	c, err := f.hop().Capabilities(ctx)
	if err != nil {
		f.s.d.Log.Warn("next hop's extensions are not known", "error", err)
		c = Capabilities{}
	}
	if c.Size > 0 {
		f.largest = min(f.largest, c.Size)
	}
	out := []string{"PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES", fmt.Sprintf("SIZE %d", f.largest)}
	mechanisms := f.mechanisms()
	f.chunking, f.toldUTF8 = f.l.Chunking && c.Chunking, c.UTF8
	for _, e := range []struct {
		on   bool
		name string
	}{
		{f.l.TLS != nil && f.tls == nil, "STARTTLS"},
		{len(mechanisms) > 0, "AUTH " + strings.Join(mechanisms, " ")},
		{c.UTF8, "SMTPUTF8"},
		{c.DSN, "DSN"},
		{f.chunking, "CHUNKING"},
		{c.RequireTLS && f.tls != nil, "REQUIRETLS"}, // RFC 8689: only inside TLS
		{within(f.l.XClient, f.peer), "XCLIENT " + strings.Join(xclientNames, " ")},
		{within(f.l.XForward, f.peer), "XFORWARD " + strings.Join(xforwardNames, " ")},
	} {
		if e.on {
			out = append(out, e.name)
		}
	}
	return out
}

// startTLS begins TLS. Nothing that was said before it is remembered, and what
// came in the same packet is a reason to hang up: it was not said by who comes
// out of the handshake (RFC 3207 section 4.2).
func (f *front) startTLS(arg string) error {
	switch {
	case arg != "":
		f.say(email.NewReply(501, "5.5.4", "STARTTLS takes no argument"))
		return nil
	case f.l.TLS == nil:
		f.say(email.NewReply(502, "5.5.1", "STARTTLS is not offered here"))
		return nil
	case f.tls != nil:
		f.say(email.NewReply(503, "5.5.1", "TLS is in use already"))
		return nil
	case f.in.buffered():
		f.s.m.refused.WithLabelValues("starttls_injection").Inc()
		return f.byeWhileSending(email.NewReply(554, "5.5.1", "Nothing may follow STARTTLS before the handshake, closing connection"))
	}
	f.say(email.NewReply(220, "2.0.0", "Ready to start TLS"))
	if f.flush() != nil || f.handshake() != nil {
		return io.EOF
	}
	f.greeted, f.helo, f.esmtp, f.user, f.account = false, "", false, "", nil
	if f.session != nil {
		f.session.Reset()
	}
	return nil
}

// placeholder stands in for the address in what go-smtp sees: it would take off
// quotes and refuse a bare postmaster. The session uses the front's own reading.
const placeholder = "<address@sekisho.invalid> "

func (f *front) mail(arg string) {
	if !f.greeted {
		f.say(email.NewReply(503, "5.5.1", "Send EHLO first"))
		return
	}
	if f.session.open {
		f.say(email.NewReply(503, "5.5.1", "A sender was given already"))
		return
	}
	p, err := parsePath(arg, "FROM:")
	if err == nil && p.size > f.largest {
		err = errSize
	}
	if err != nil {
		f.say(pathRefusal(err, "5.1.7", "MAIL FROM:<address> was expected"))
		return
	}
	f.session.pending = p
	if p.address.IsNull() {
		f.give("MAIL FROM:<> " + p.params)
		return
	}
	f.give("MAIL FROM:" + placeholder + p.params)
}

func (f *front) rcpt(arg string) {
	if f.session == nil || !f.session.open {
		f.say(email.NewReply(503, "5.5.1", "Give a sender with MAIL first"))
		return
	}
	if f.session.chunks != nil {
		f.say(email.NewReply(503, "5.5.1", "This mail has begun with BDAT, go on with it or say RSET"))
		return
	}
	p, err := parsePath(arg, "TO:")
	switch {
	case err != nil:
	case p.address.IsNull():
		err = errSyntax
	case !f.session.env.Options.UTF8 && !ascii(p.address.String()):
		err = errNotASCII
	}
	if err != nil {
		f.say(pathRefusal(err, "5.1.3", "RCPT TO:<address> was expected"))
		return
	}
	if len(f.session.env.Recipients) >= f.s.o.MaxRecipients {
		f.session.miss()
		f.say(email.NewReply(452, "4.5.3", "Too many recipients, send the mail to the others separately"))
		return
	}
	f.session.pending = p
	f.give("RCPT TO:" + placeholder + p.params)
}

func pathRefusal(err error, enhanced, expected string) email.Reply {
	switch {
	case errors.Is(err, errNoSize):
		return email.NewReply(501, "5.5.4", "SIZE= must be a number of octets")
	case errors.Is(err, errSize):
		return email.NewReply(552, "5.3.4", "Mail is larger than this server takes")
	case errors.Is(err, errNotASCII):
		return email.NewReply(553, "5.6.7", "This address needs SMTPUTF8")
	case errors.Is(err, errOriginal):
		return email.NewReply(501, "5.5.4", "ORCPT= must be a type, a semicolon and an address in xtext")
	case errors.Is(err, errUnknown): // RFC 5321 section 4.1.1.11
		return email.NewReply(555, "5.5.4", "A parameter of this command is not known here")
	}
	return email.NewReply(501, enhanced, expected)
}
