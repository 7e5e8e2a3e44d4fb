package recipient

import (
	"context"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
)

// External marks the recipients outside the organisation, inside mailing lists
// with outside members among them.
type External struct {
	Organization *Organization
	// Directory knows the lists; it may be nil.
	Directory *directory.Holder
}

// Name is the check's name.
func (External) Name() string { return "external" }

// Facts are what Run sets.
func (External) Facts() []string { return []string{"recipients.external", "recipients.members"} }

// Run never fails.
func (c External) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	known := c.Directory.Current()
	for i := range m.Recipients {
		r := &m.Recipients[i]
		r.External, r.Members = !c.Organization.Own(r.Address), 0
		if reach, list := known.Outside(r.Address, c.Organization.Own); list && !r.External && reach.Outside > 0 {
			r.External, r.Members = true, reach.Outside
		}
	}
	return nil, nil
}
