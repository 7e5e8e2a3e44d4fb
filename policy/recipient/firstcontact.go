package recipient

import (
	"context"

	"github.com/sekisho-mail/sekisho/policy"
)

// FirstContact marks outside recipients whom the sender never wrote to or heard
// from. Until the history has something to say, nobody is new.
type FirstContact struct {
	Organization *Organization
	History      *History
}

// Name is the check's name.
func (FirstContact) Name() string { return "first_contact" }

// Facts are what Run sets.
func (FirstContact) Facts() []string { return []string{"recipients.first_contact"} }

// Run fails when the history is closed.
func (c FirstContact) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	ready, err := c.History.Ready()
	if err != nil {
		return nil, err
	}
	for i := range m.Recipients {
		a := m.Recipients[i].Address
		m.Recipients[i].FirstContact = ready && !c.Organization.Own(a) && !c.History.Acquainted(m.Sender.Address, a)
	}
	return nil, nil
}
