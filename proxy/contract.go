package proxy

import (
	"context"
	"errors"
	"io"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Inspector judges a mail. *policy.Engine is one.
type Inspector interface {
	// Judge always answers, and soon after ctx has ended: what could not be found
	// out by then is in the verdict, which then holds. The verdict has one entry
	// per envelope recipient, in RCPT order. It does not keep body.
	Judge(ctx context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict)
}

// Holder keeps mails that may not simply pass.
type Holder interface {
	// Joins tells that an earlier copy of this mail is kept, so that this one must
	// go to Hold although it would pass. An error makes the client try again.
	Joins(ctx context.Context, m *policy.Message) (bool, error)
	// Hold makes the mail durable and returns the hold's id only then. On an
	// error nothing was promised; an *email.Fault says the reply, any other error
	// is a 451. body is readable until Hold returns; when it is a *sealed.File,
	// Hold may take its file over by rename (it is not yet synced to disk).
	Hold(ctx context.Context, m *policy.Message, v policy.Verdict, body email.Body) (email.ID, error)
}

// Journal keeps one line per step of a mail.
type Journal interface {
	// Write keeps r. "intent" is written before the final dot goes to the next
	// hop and "result" after its reply. An error is logged and counted; the mail
	// goes on, since the journal must not lose mail.
	Write(ctx context.Context, r policy.Record) error
}

// NextHop is where mail goes on to.
type NextHop interface {
	// Begin opens a transaction for env's sender and options and returns the next
	// hop's reply to MAIL; the Transaction is nil unless that reply is positive.
	// It goes the way of env's first recipient, or the default way when there is
	// none. All of env's recipients go that way and will be asked for with Rcpt, in
	// order: the next hop may be asked ahead. An *email.Fault says that no next hop
	// can take such a mail; any other error that none could be reached.
	Begin(ctx context.Context, env email.Envelope) (Transaction, email.Reply, error)
	// Way tells which way mail for this recipient goes. Mail is passed inline only
	// when all its recipients go one way and that is Inline; else it is held with
	// what may go due at once.
	Way(to email.Address) Way
	// Capabilities is what the next hop announces, from a cache that is refreshed
	// with each connection. An error means that it is not known just now.
	Capabilities(ctx context.Context) (Capabilities, error)
}

// Way is where mail for some recipients goes.
type Way struct {
	// Name tells ways apart.
	Name string
	// Inline tells that there is one answer to the whole mail (SMTP, not LMTP).
	Inline bool
	// Only tells that all mail goes this way.
	Only bool
	// LockStep tells that the next hop is to be asked for the sender while the
	// client waits for the answer to MAIL, and not with the first recipient.
	LockStep bool
}

// Transaction is one mail on its way to the next hop. It is used by one
// goroutine at a time and ends with Send or Reset.
type Transaction interface {
	// Rcpt asks for one recipient and returns the next hop's reply, whatever it
	// is. An error means that the connection is lost; only Reset is left then.
	Rcpt(ctx context.Context, r email.Recipient) (email.Reply, error)
	// Ahead says that these will be the next recipients to ask for with Rcpt, in
	// this order. The hop may be asked for all of them at once; if others are asked
	// for then, Rcpt fails and the connection is lost.
	Ahead(ctx context.Context, to []email.Recipient) error
	// Trusted tells that the hop drops a mail whose final dot never comes, so that
	// Send may be called while the mail is still coming in.
	Trusted() bool
	// Ready says that the mail is about to come in and that Send will follow if it may
	// pass: a trusted hop may be told DATA by now, so that nobody waits for its
	// answer later. Nothing of the mail goes there. A Reset after it can cost the
	// connection.
	Ready(ctx context.Context)
	// Send sends content (CRLF line ends, not dot-stuffed, unless it is a Wire) and returns the reply
	// to the final dot, or to DATA when that was refused. gate is called when all
	// of content is read and nothing but the final dot is left to say; its error
	// is returned and the connection is closed without a final dot, as for an
	// error of content. ErrDivided says that the hop, asked only now, takes the
	// mail for some recipients and not for others; nothing was sent. content may thus be fed while the mail is still coming
	// in. After an error nothing was delivered, except for
	// email.ErrOutcomeUnknown.
	Send(ctx context.Context, content io.Reader, gate func(context.Context) error) (email.Reply, error)
	// Reset gives the transaction up and the connection back. It may be called
	// any number of times, and after Send it does nothing.
	Reset()
}

// Wire is content that is in wire form already: dots are stuffed, it is empty or
// ends in CRLF, and no CR or LF stands alone. Size is how many octets there are, 0
// when that is not known yet.
type Wire struct {
	io.Reader
	Size int64
}

// ErrDivided is returned by Transaction.Send when the hop was asked for the
// recipients together with DATA and refuses some of them: only a hold can bring
// each recipient to its own end.
var ErrDivided = errors.New("proxy: next hop takes the mail for some recipients only")

// Capabilities is the part of a next hop's EHLO reply that clients of ours may
// lean on.
type Capabilities struct {
	// Size is the largest mail it takes, in octets; 0 when it names no limit.
	Size       int64
	UTF8       bool // SMTPUTF8, RFC 6531
	DSN        bool // RFC 3461
	RequireTLS bool // REQUIRETLS, RFC 8689
	Chunking   bool // CHUNKING, RFC 3030
}
