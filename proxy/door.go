package proxy

import (
	"errors"
	"strings"

	"github.com/emersion/go-smtp"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Replies of ours. What a client reads names no mechanism, host or setting.
var (
	replyTemporary   = email.NewReply(451, "4.3.0", "Temporary failure, please try again later")
	replyHopAway     = email.NewReply(451, "4.4.1", "The next mail server cannot be reached, please try again later")
	replyOutcomeLost = email.NewReply(451, "4.4.2", "The next mail server's answer was lost, please try again later")
	replyPanic       = email.NewReply(421, "4.3.0", "Internal error, closing connection; please try again later")
	replyStrangeHop  = email.NewReply(451, "4.5.0", "The next mail server's answer was not understood, please try again later")
)

// face is the one place where an error becomes a reply. Only an *email.Fault
// speaks for itself; everything else is answered with unknown, which is
// temporary, and its text stays here.
func face(err error, unknown email.Reply) email.Reply {
	var f *email.Fault
	switch {
	case errors.As(err, &f):
		return refusal(f.Reply)
	case errors.Is(err, email.ErrOutcomeUnknown):
		return replyOutcomeLost
	}
	return unknown
}

// refusal is what the client may read of a reply that is not positive. A 421
// speaks of the connection to the next hop, not of ours, so it becomes a 451.
func refusal(r email.Reply) email.Reply {
	switch {
	case r.Code == 421:
		r.Code = 451
	case !r.Temporary() && !r.Permanent():
		return replyStrangeHop
	}
	return r
}

// accepted tells a 2yz reply; a 3yz one to MAIL, RCPT or the final dot is none.
func accepted(r email.Reply) bool { return r.Code/100 == 2 }

// door wraps a reply in the only error type that go-smtp understands, bare, as
// it looks for it by type assertion. The enhanced code is part of the text, so
// that replies of one and of many lines go out word for word.
func door(r email.Reply) *smtp.SMTPError {
	return &smtp.SMTPError{Code: r.Code, EnhancedCode: smtp.NoEnhancedCode, Message: strings.Join(r.Lines, "\n")}
}

// sentence makes a text fit for a reply: one line of ASCII that is not too long.
func sentence(s string, limit int) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		if r > '~' {
			return -1
		}
		return r
	}, s)), " ")
	if len(s) > limit {
		s = s[:limit-3] + "..."
	}
	return s
}
