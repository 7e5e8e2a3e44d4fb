package policy

import (
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Entry is what is asked of a record without reading it: the store finds it by that,
// and the history learns from its Letter. It shares no memory with the mail but its
// addresses, since thousands of entries wait for the store while the guard is busy.
type Entry struct {
	ID, Hold         email.ID
	Time             time.Time
	Stage, Direction string
	Accepted         bool
	Action           string  // the verdict's, "" without one
	Letter           *Letter // nil where the record has no facts
}

// Letter is who has written to whom, and what it answers.
type Letter struct {
	Received   time.Time
	Sender     email.Address   // of the envelope
	From       email.Address   // the person who stands behind it, or Sender
	To         []email.Address // of the envelope
	MessageID  string
	References []string // with those of In-Reply-To in front
}

// Entry makes the entry of r.
func (r *Record) Entry() Entry {
	e := Entry{ID: r.ID, Hold: r.Hold, Time: r.Time, Stage: r.Stage, Direction: r.Direction, Accepted: r.Accepted}
	if r.Verdict != nil {
		e.Action = r.Verdict.Action().String()
	}
	if r.Facts == nil {
		return e
	}
	m := r.Facts
	e.Letter = &Letter{Received: m.Envelope.Received, Sender: m.Envelope.Sender, From: m.Sender.Address, To: m.Envelope.Addresses(),
		MessageID: strings.Clone(m.Header.MessageID)}
	if e.Letter.From.IsNull() {
		e.Letter.From = m.Envelope.Sender
	}
	for _, list := range [...][]string{m.Header.InReplyTo, m.Header.References} {
		for _, id := range list {
			e.Letter.References = append(e.Letter.References, strings.Clone(id))
		}
	}
	return e
}
