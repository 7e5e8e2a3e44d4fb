package recipient

import (
	"context"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Sender finds out who sent the mail: the AUTH user when it is an address of
// ours, else an own Sender: field, else an own From, else the envelope sender,
// else the first From.
type Sender struct {
	Organization *Organization
	// Directory may be nil: then nobody is known.
	Directory *directory.Holder
	// LeavingWithin is how long before the last day somebody counts as leaving.
	LeavingWithin time.Duration
}

// Name is the check's name.
func (Sender) Name() string { return "sender" }

// Facts are what Run sets; the directory also knows the recipients' groups.
func (Sender) Facts() []string { return []string{"sender", "recipients.groups"} }

// Run never fails: a sender nobody knows is a sender without name and groups.
func (c Sender) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	box := c.actor(m)
	s := policy.Sender{Address: box.Address, Name: box.Name, Internal: c.Organization.Own(box.Address)}
	s.Automatic = m.Envelope.Sender.IsNull() || m.Header.Automatic
	people := c.Directory.Current()
	if p, ok := people.Lookup(box.Address); ok {
		s.Groups = p.Groups
		s.Leaving = p.Leaving(m.Envelope.Received, c.LeavingWithin)
		if s.Name == "" {
			s.Name = p.Name
		}
	}
	if program, ok := people.Sender(box.Address); ok && program.Kind != policy.Shared {
		s.Automatic = true
	}
	m.Sender = s
	for i := range m.Recipients {
		if p, ok := people.Lookup(m.Recipients[i].Address); ok {
			m.Recipients[i].Groups = p.Groups
		}
	}
	return nil, nil
}

func (c Sender) actor(m *policy.Message) policy.Mailbox {
	if a, err := email.ParseAddress(m.Envelope.Client.User); err == nil && a.Domain() != "" && c.Organization.Own(a) {
		return policy.Mailbox{Name: nameOf(m, a), Address: a}
	}
	for _, boxes := range [][]policy.Mailbox{m.Header.SenderBox, m.Header.From} {
		for _, b := range boxes {
			if c.Organization.Own(b.Address) {
				return b
			}
		}
	}
	if a := m.Envelope.Sender; !a.IsNull() {
		return policy.Mailbox{Name: nameOf(m, a), Address: a}
	}
	if len(m.Header.From) > 0 {
		return m.Header.From[0]
	}
	return policy.Mailbox{}
}

// nameOf is the display name that From or Sender give an address.
func nameOf(m *policy.Message, a email.Address) string {
	for _, boxes := range [][]policy.Mailbox{m.Header.From, m.Header.SenderBox} {
		for _, b := range boxes {
			if b.Address.Equal(a) {
				return b.Name
			}
		}
	}
	return ""
}
