package recipient

import (
	"context"
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Journal marks the copies that a mail server makes for a journal mailbox, when
// they go nowhere but to mailboxes that are ours or that the site has named. A
// header field alone exempts from nothing: anybody can write one.
type Journal struct {
	Organization *Organization
	// Mailboxes are the site's journal mailboxes outside its own domains.
	Mailboxes []email.Address
}

// Name is the check's name.
func (Journal) Name() string { return "journal" }

// Facts are what Run sets.
func (Journal) Facts() []string { return []string{"automatic"} }

// Run never fails.
func (c Journal) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	m.Journal = m.Header.JournalReport && len(m.Recipients) > 0 &&
		!slices.ContainsFunc(m.Recipients, func(r policy.Recipient) bool {
			return !c.Organization.Own(r.Address) && !slices.ContainsFunc(c.Mailboxes, r.Address.Equal)
		})
	return nil, nil
}
