package proxy

import (
	"context"
	"fmt"
	"io"
	"runtime/debug"

	"github.com/emersion/go-smtp"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// session is the mail that one client is giving us. go-smtp calls it with
// commands that the front has read; the front looks at it between commands. The
// two run by turns, never at once.
type session struct {
	f        *front
	s        *Server
	pending  path         // the address that MAIL or RCPT is about
	override *email.Reply // goes out in the place of go-smtp's next 250

	open     bool
	env      email.Envelope
	answers  []email.Reply          // of the next hop, one per recipient in env
	txn      Transaction            // nil when it is not open or the hop has dropped it
	way      Way                    // of the recipients so far
	divided  bool                   // recipients go different ways
	ahead    []email.Recipient      // that the open transaction may have been asked for already
	others   map[string]Transaction // where recipients of further ways are asked for, by way
	declined declined               // what the hop has said to the sender
	missed   int                    // recipients of this mail that were not taken
	received *received
	chunks   *chunked // of the mail that comes in by BDAT
	stream   *stream  // of the mail that comes in; nil when it does not go on before its verdict
}

// declined is the refusal of a sender, which all recipients that go the same way get
// without asking again.
type declined struct {
	way   string
	reply email.Reply
}

func newSession(c *smtp.Conn) (smtp.Session, error) {
	f, ok := c.Conn().(*front)
	if !ok {
		return nil, fmt.Errorf("proxy: connection is not a front but a %T", c.Conn())
	}
	f.session = &session{f: f, s: f.s}
	return f.session, nil
}

// Reset gives the mail up.
func (s *session) Reset() {
	s.dropTransaction()
	if s.received != nil && s.received.mail != nil {
		s.received.mail.Release()
	}
	s.chunks.abort()
	s.chunks = nil
	s.f.errors += min(s.missed, s.s.o.MaxRecipients)
	s.missed = 0
	s.open, s.env, s.answers, s.received, s.pending = false, email.Envelope{}, nil, nil, path{}
	s.way, s.divided, s.ahead, s.declined = Way{}, false, nil, declined{}
}

// Logout ends the session.
func (s *session) Logout() error {
	s.Reset()
	return nil
}

func (s *session) dropTransaction() {
	s.stream.abort()
	s.stream = nil
	if s.txn != nil {
		s.txn.Reset()
		s.txn = nil
	}
	for _, t := range s.others {
		t.Reset()
	}
	s.others = nil
}

// Mail checks whether this sender may send. The next hop hears of it with the
// first recipient, since MAIL and RCPT in one packet are one round trip; its refusal
// of the sender is then its answer to the recipient, in its own words (as Postfix
// does it by itself: smtpd_delay_reject).
func (s *session) Mail(_ string, opts *smtp.MailOptions) (err error) {
	defer s.caught(&err)
	f := s.f
	if f.l.RequireTLS && f.tls == nil { // RFC 3207 section 4
		return s.turnDown("no_tls", email.NewReply(530, "5.7.0", "Must issue a STARTTLS command first"))
	}
	subject, ok := f.l.permit(f.addr, f.shown())
	switch {
	case f.account != nil && !f.account.maySend(s.pending.address):
		return s.turnDown("sender_login", email.NewReply(553, "5.7.1",
			"This account may not send from that address; use one of your own"))
	case ok || f.user != "":
	case f.l.Accounts != nil:
		return s.turnDown("no_login", email.NewReply(530, "5.7.0", "Authentication required"))
	default:
		return s.turnDown("client", email.NewReply(550, "5.7.1",
			fmt.Sprintf("Client [%s] may not send mail through this server; ask your mail administrator to allow it", f.addr)))
	}
	if !s.s.o.ownSender(s.pending.address) {
		return s.turnDown("sender", email.NewReply(550, "5.7.60",
			"Sender address does not belong to this organization; send from an address of your own"))
	}
	now := s.s.d.Now()
	s.env = email.Envelope{
		ID: email.NewID(now), Sender: s.pending.address, Options: mailOptions(s.pending, opts), Received: now,
		Client: email.Client{
			Listener: f.l.Name, Addr: f.addr, Helo: f.helo, TLS: f.cipher(), Certificate: subject, ESMTP: f.esmtp, User: f.user, ToldUTF8: f.toldUTF8,
		},
	}
	if w := f.forward; w != nil {
		f.forward = nil
		w.of(&s.env.Client)
	}
	reply := replySender
	if s.asksForSender() {
		var err error
		s.ahead = f.aheadOf(s)
		switch reply, err = s.begin(f.s.asking.begin(), s.ahead); {
		case err != nil:
			return s.hopError(err)
		case !accepted(reply):
			return door(refusal(reply))
		}
	}
	s.open, s.override = true, &reply
	return nil
}

// asksForSender tells that the next hop is to be asked before there is a recipient:
// in lock step, and where a mail needs what the hop may lack. Where recipients tell
// which hop to ask, nobody can be.
func (s *session) asksForSender() bool {
	o, way := s.env.Options, s.f.hop().Way(email.Address{})
	return way.Only && (way.LockStep || o.UTF8 || o.RequireTLS)
}

// hop is where mail of this connection goes.
func (f *front) hop() NextHop {
	if f.account != nil && f.account.Hop != nil {
		return f.account.Hop
	}
	return f.s.d.Hop
}

// replySender answers MAIL where the next hop is not asked yet.
var replySender = email.NewReply(250, "2.1.0", "Sender ok")

func (s *session) turnDown(reason string, r email.Reply) error {
	s.s.m.refused.WithLabelValues(reason).Inc()
	s.s.d.Log.Info("mail refused", "reason", reason, "client", s.f.addr, "listener", s.f.l.Name)
	return door(r)
}

// hopError answers a failure on the way to the next hop.
func (s *session) hopError(err error) error {
	s.s.m.broken.WithLabelValues("hop").Inc()
	s.s.d.Log.Warn("next hop could not be asked", "mail", s.env.ID, "error", err)
	return door(face(err, replyHopAway))
}

// begin opens the transaction at the next hop of these recipients.
func (s *session) begin(ctx context.Context, to []email.Recipient) (email.Reply, error) {
	txn, reply, err := s.transaction(ctx, to)
	if err == nil {
		s.txn = txn
	}
	return reply, err
}

// transaction says MAIL. Its SIZE is that of what we will send: the trace field
// is on top.
func (s *session) transaction(ctx context.Context, to []email.Recipient) (Transaction, email.Reply, error) {
	env := s.env
	env.Recipients = to
	if env.Options.Size > 0 {
		env.Options.Size += int64(len(s.trace()))
	}
	txn, reply, err := s.f.hop().Begin(ctx, env)
	if err != nil {
		return nil, email.Reply{}, fmt.Errorf("begin transaction: %w", err)
	}
	if txn != nil && !accepted(reply) {
		txn.Reset()
		return nil, reply, nil
	}
	return txn, reply, nil
}

func (s *session) trace() []byte { return s.env.Trace(s.s.o.Host, s.s.o.Node) }

// Rcpt asks the next hop whether it takes the mail for this recipient.
func (s *session) Rcpt(_ string, opts *smtp.RcptOptions) (err error) {
	defer s.caught(&err)
	r := email.Recipient{Address: s.pending.address, Options: recipientOptions(s.pending, opts)}
	for i, known := range s.env.Recipients {
		if known.Address.String() == r.Address.String() { // said twice, sent once
			s.override = &s.answers[i]
			return nil
		}
	}
	reply, err := s.askOnItsWay(s.s.asking.begin(), r)
	switch {
	case err != nil:
		return s.hopError(err)
	case !accepted(reply):
		s.miss()
		return door(refusal(reply))
	}
	s.env.Recipients = append(s.env.Recipients, r)
	s.answers = append(s.answers, reply)
	s.override = &reply
	return nil
}

// miss counts a recipient that is not taken towards the errors, as Postfix does with
// every refusal (smtpd_hard_error_limit), but not while its mail may still be
// completed: the client would then never be rid of a list with many dead addresses.
func (s *session) miss() {
	if s.missed++; s.missed > s.s.o.MaxRecipients {
		s.f.errors++
	}
}

// askOnItsWay asks for a recipient where mail for it goes. A second way divides
// the mail; it is still asked there at once.
func (s *session) askOnItsWay(ctx context.Context, r email.Recipient) (email.Reply, error) {
	way := s.f.hop().Way(r.Address)
	if way.Only || len(s.env.Recipients) == 0 || way.Name == s.way.Name {
		if !way.Only && way.Name != s.way.Name {
			s.dropTransaction() // the way of a recipient that was refused
		}
		s.way = way
		return s.ask(ctx, r)
	}
	reply, err := s.askElsewhere(ctx, way.Name, r)
	if err == nil && accepted(reply) {
		s.divided = true
	}
	return reply, err
}

func (s *session) askElsewhere(ctx context.Context, way string, r email.Recipient) (email.Reply, error) {
	t := s.others[way]
	if t == nil {
		var reply email.Reply
		var err error
		if t, reply, err = s.transaction(ctx, []email.Recipient{r}); err != nil || t == nil {
			return reply, err
		}
		if s.others == nil {
			s.others = map[string]Transaction{}
		}
		s.others[way] = t
	}
	reply, err := t.Rcpt(ctx, r)
	if err != nil {
		t.Reset()
		delete(s.others, way)
		return email.Reply{}, fmt.Errorf("ask for recipient: %w", err)
	}
	return reply, nil
}

// ask asks for one recipient; when the hop has dropped the transaction
// meanwhile, it is said again once.
func (s *session) ask(ctx context.Context, r email.Recipient) (email.Reply, error) {
	if s.txn != nil {
		reply, err := s.askOpen(ctx, r)
		if err == nil && reply.Code != 421 {
			return reply, nil
		}
		s.dropTransaction()
	}
	s.ahead = nil
	if len(s.env.Recipients) == 0 {
		if !s.declined.reply.IsZero() && s.declined.way == s.way.Name {
			return s.declined.reply, nil
		}
		to := append([]email.Recipient{r}, s.f.aheadOf(s)...)
		reply, err := s.begin(ctx, to)
		if err != nil {
			return reply, err
		}
		if s.txn == nil {
			s.declined = declined{s.way.Name, reply}
			return reply, nil
		}
		s.ahead = to[1:]
	} else if err := s.replay(ctx); err != nil {
		return email.Reply{}, err
	}
	reply, err := s.txn.Rcpt(ctx, r)
	if err != nil {
		s.dropTransaction()
		return email.Reply{}, fmt.Errorf("ask for recipient: %w", err)
	}
	return reply, nil
}

// askOpen asks in the open transaction, and ahead for those that the client has
// named in the same packet.
func (s *session) askOpen(ctx context.Context, r email.Recipient) (email.Reply, error) {
	if len(s.ahead) == 0 {
		if s.ahead = s.f.aheadOf(s); len(s.ahead) > 0 {
			s.ahead = append([]email.Recipient{r}, s.ahead...)
			if err := s.txn.Ahead(ctx, s.ahead); err != nil {
				return email.Reply{}, fmt.Errorf("ask ahead: %w", err)
			}
		}
	}
	if len(s.ahead) > 0 {
		s.ahead = s.ahead[1:]
	}
	reply, err := s.txn.Rcpt(ctx, r)
	if err != nil {
		return email.Reply{}, fmt.Errorf("ask for recipient: %w", err)
	}
	return reply, nil
}

// replay says a dropped transaction again on another connection. It is only as
// good as the first when every answer is: otherwise the client tries again.
func (s *session) replay(ctx context.Context) error {
	s.s.m.replays.Inc()
	reply, err := s.begin(ctx, s.env.Recipients)
	if err != nil {
		return err
	}
	if !accepted(reply) {
		return fmt.Errorf("replay transaction: sender is now answered with %d", reply.Code)
	}
	for _, r := range s.env.Recipients {
		reply, err := s.txn.Rcpt(ctx, r)
		if err == nil && accepted(reply) {
			continue
		}
		s.dropTransaction()
		if err != nil {
			return fmt.Errorf("replay transaction: %w", err)
		}
		return fmt.Errorf("replay transaction: a recipient is now answered with %d", reply.Code)
	}
	return nil
}

// Data implements smtp.Session. Nobody calls it: go-smtp is given no DATA.
func (s *session) Data(io.Reader) error { return door(replyTemporary) }

// caught answers a panic inside MAIL or RCPT, which go-smtp would answer without
// anybody counting it.
func (s *session) caught(err *error) {
	if v := recover(); v != nil {
		s.s.panicked(v)
		s.f.hangup, s.f.linger = true, true
		*err = door(replyPanic)
	}
}

func (s *Server) panicked(v any) {
	s.m.broken.WithLabelValues("panic").Inc()
	s.d.Log.Error("connection panicked", "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
}

func mailOptions(p path, o *smtp.MailOptions) email.MailOptions {
	out := email.MailOptions{
		Size: p.size, EightBit: o.Body == smtp.Body8BitMIME, UTF8: o.UTF8, RequireTLS: o.RequireTLS,
		Return: string(o.Return), EnvelopeID: o.EnvelopeID,
	}
	if o.Auth != nil {
		if out.Auth = *o.Auth; out.Auth == "" {
			out.Auth = "<>"
		}
	}
	return out
}

func recipientOptions(p path, o *smtp.RcptOptions) email.RecipientOptions {
	out := email.RecipientOptions{OriginalType: p.kind, Original: p.original}
	for _, n := range o.Notify {
		out.Notify = append(out.Notify, string(n))
	}
	return out
}
