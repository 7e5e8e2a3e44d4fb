package recipient

import (
	"context"

	"github.com/sekisho-mail/sekisho/policy"
)

// External marks the recipients outside the organisation.
type External struct{ Organization *Organization }

// Name is the check's name.
func (External) Name() string { return "external" }

// Facts are what Run sets.
func (External) Facts() []string { return []string{"recipients.external"} }

// Run never fails.
func (c External) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	for i := range m.Recipients {
		m.Recipients[i].External = !c.Organization.Own(m.Recipients[i].Address)
	}
	return nil, nil
}
