package recipient

import (
	"context"
	"regexp"
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Forwarded recognises mail that a mailbox of ours sends on by itself: a header
// field says so, or an outsider's mail goes to an outsider whom its header does
// not name. The mailbox then stands for the sender, since it is its owner who
// can be asked. Mail that our own list software sends on is no such forward.
type Forwarded struct {
	Organization *Organization
	// Directory may be nil: then no machine is known.
	Directory *directory.Holder
}

// Name is the check's name.
func (Forwarded) Name() string { return "forwarded" }

// Facts are what Run sets.
func (Forwarded) Facts() []string { return []string{"sender", "recipients.forward"} }

// Run never fails: without a header nothing is recognised as a forward.
func (c Forwarded) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	targets := c.targets(m)
	if len(targets) == 0 {
		return nil, nil
	}
	box := c.mailbox(m)
	if box.IsNull() {
		return nil, nil // nobody of ours forwards it: the sender's rules hold
	}
	m.Forward = policy.Forward{Marked: m.Header.Forward.Marked, Mailbox: box}
	m.Sender.Address, m.Sender.Name, m.Sender.Internal, m.Sender.Automatic = box, "", true, false
	if p, ok := c.Directory.Current().Lookup(box); ok {
		m.Sender.Name, m.Sender.Groups = p.Name, p.Groups
	}
	for _, i := range targets {
		m.Recipients[i].Forward = policy.ForwardNew
	}
	return nil, nil
}

// targets are the indexes of the outsiders it is sent on to.
func (c Forwarded) targets(m *policy.Message) []int {
	if len(m.Header.From) == 0 || !m.Header.Forward.Marked && c.Organization.Own(m.Header.From[0].Address) {
		return nil
	}
	if !m.Header.Forward.Marked && (c.machine(m) || len(m.Header.To)+len(m.Header.Cc) == 0) {
		return nil
	}
	var out []int
	for i, r := range m.Recipients {
		if r.External && !r.Visible {
			out = append(out, i)
		}
	}
	return out
}

// machine tells list software and applications of ours.
func (c Forwarded) machine(m *policy.Message) bool {
	if s, ok := c.Directory.Current().Sender(m.Envelope.Sender); ok && s.Kind.Machine() {
		return true
	}
	return m.Header.Automatic && c.Organization.Own(m.Envelope.Sender) && !rewritten.MatchString(m.Envelope.Sender.Local())
}

// rewritten are the local parts of senders that a forwarding server has
// rewritten (SRS).
var rewritten = regexp.MustCompile(`(?i)^srs[01][=+-]`)

// mailbox is the own address whose mail goes on: the one that a header field or
// the log-in names, else the only own address among To and Cc. Null where it
// cannot be told.
func (c Forwarded) mailbox(m *policy.Message) email.Address {
	named := slices.Clone(m.Header.Forward.By)
	if a, err := email.ParseAddress(m.Envelope.Client.User); err == nil {
		named = append(named, a)
	}
	if !rewritten.MatchString(m.Envelope.Sender.Local()) {
		named = append(named, m.Envelope.Sender)
	}
	if m.Header.Forward.Marked && len(m.Header.From) > 0 {
		named = append(named, m.Header.From[0].Address)
	}
	for _, a := range named {
		if !a.IsNull() && c.Organization.Own(a) {
			return a
		}
	}
	var own []email.Address
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			if c.Organization.Own(b.Address) && !slices.ContainsFunc(own, b.Address.Equal) {
				own = append(own, b.Address)
			}
		}
	}
	if len(own) == 1 {
		return own[0]
	}
	return email.Address{}
}
