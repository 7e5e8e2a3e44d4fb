package recipient

import (
	"context"

	"github.com/sekisho-mail/sekisho/policy"
)

// Visible marks the recipients whose address stands in To or Cc, where all
// others read it.
type Visible struct{}

// Name is the check's name.
func (Visible) Name() string { return "visible" }

// Facts are what Run sets.
func (Visible) Facts() []string { return []string{"recipients.visible"} }

// Run fails when the header could not be read.
func (Visible) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	if err := headerRead(m); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			seen[b.Address.Key()] = true
		}
	}
	for i := range m.Recipients {
		m.Recipients[i].Visible = seen[m.Recipients[i].Address.Key()]
	}
	return nil, nil
}
