package standard

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
)

// Surroundings are what the recipient checks ask besides the mail itself.
type Surroundings struct {
	Organization *recipient.Organization
	History      *recipient.History
	Directory    *directory.Holder
	Partners     *recipient.Trusted
	// Journals are the journal mailboxes outside our own domains.
	Journals []email.Address
}

// leavingWithin is how long before the last day somebody counts as leaving:
// data that walks out does so in the last months.
const leavingWithin = 90 * 24 * time.Hour

// Checks is the list of recipient checks, in the order in which they run: later
// ones read what earlier ones set.
func Checks(s Surroundings) []policy.Check {
	return []policy.Check{
		recipient.Sender{Organization: s.Organization, Directory: s.Directory, LeavingWithin: leavingWithin},
		recipient.External{Organization: s.Organization, Directory: s.Directory},
		recipient.Visible{},
		recipient.Journal{Organization: s.Organization, Mailboxes: s.Journals},
		recipient.Forwarded{Organization: s.Organization, Directory: s.Directory},
		recipient.FreeMail{Organization: s.Organization},
		s.Partners,
		recipient.OwnPrivate{Organization: s.Organization, Directory: s.Directory},
		recipient.Groups{Organization: s.Organization, Directory: s.Directory},
		recipient.Thread{History: s.History},
		recipient.FirstContact{Organization: s.Organization, History: s.History},
		recipient.Lookalike{Organization: s.Organization, History: s.History},
		recipient.Misdirected{Organization: s.Organization, History: s.History},
	}
}
