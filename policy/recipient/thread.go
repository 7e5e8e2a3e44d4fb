package recipient

import (
	"context"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Thread tells whether the mail answers one that the history saw, among the
// people who took part in that.
type Thread struct{ History *History }

// threadGuests is how many people may join a known thread (two, so that a
// colleague and a customer can be added to a conversation).
const threadGuests = 2

// Name is the check's name.
func (Thread) Name() string { return "thread" }

// Facts are what Run sets.
func (Thread) Facts() []string { return []string{"thread"} }

// Run fails when the history is closed or the header could not be read.
func (c Thread) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	if err := headerRead(m); err != nil {
		return nil, err
	}
	m.Thread = policy.Thread{}
	ids := append(append([]string{}, m.Header.InReplyTo...), m.Header.References...)
	if len(ids) == 0 {
		return nil, nil
	}
	people, found, err := c.History.Participants(ids)
	if err != nil {
		return nil, err
	}
	m.Thread.Reply = true
	m.Thread.Known = found && newcomers(m, people) <= threadGuests
	return nil, nil
}

// newcomers counts who gets or sees the mail and was not in the thread: one
// relay copy may name a single recipient of a mail whose header names fifty.
func newcomers(m *policy.Message, people map[string]bool) int {
	fresh := map[string]bool{}
	note := func(a email.Address) {
		if !people[a.Key()] && !a.Equal(m.Sender.Address) {
			fresh[a.Key()] = true
		}
	}
	for _, r := range m.Recipients {
		note(r.Address)
	}
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			note(b.Address)
		}
	}
	return len(fresh)
}
