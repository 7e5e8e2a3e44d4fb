package recipient

import (
	"context"
	_ "embed"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

//go:embed freemail.txt
var freeMailText string

//go:embed bigproviders.txt
var bigProviderText string

// domainSet is a set of domains; an entry that began with a dot covers what
// lies below it too.
type domainSet struct {
	exact map[string]bool
	below map[string]bool
}

// freeMailHosts and bigHosts are compiled once from the embedded lists.
var (
	freeMailHosts = readDomains(freeMailText)
	bigHosts      = readDomains(bigProviderText)
)

// readDomains reads one domain per line; # begins a comment.
func readDomains(text string) domainSet {
	s := domainSet{exact: map[string]bool{}, below: map[string]bool{}}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		for _, d := range strings.Fields(line) {
			if under, ok := strings.CutPrefix(d, "."); ok {
				s.below[under] = true
				d = under
			}
			s.exact[d] = true
		}
	}
	return s
}

func (s domainSet) has(domain string) bool {
	if s.exact[domain] {
		return true
	}
	for {
		_, parent, ok := strings.Cut(domain, ".")
		if !ok {
			return false
		}
		if domain = parent; s.below[domain] {
			return true
		}
	}
}

// FreeMailHost tells whether a domain gives mailboxes to private people: free
// mail, mobile carriers and home internet providers. The list is our own and
// holds no mistyped domain.
func FreeMailHost(domain string) bool { return freeMailHosts.has(asciiDomain(domain)) }

// FreeMail marks recipients at providers for private people.
type FreeMail struct{ Organization *Organization }

// Name is the check's name.
func (FreeMail) Name() string { return "free_mail" }

// Facts are what Run sets.
func (FreeMail) Facts() []string { return []string{"recipients.free_mail"} }

// Run never fails. Our own domain is never free mail, even where a small firm
// works at a provider's.
func (c FreeMail) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	for i, r := range m.Recipients {
		m.Recipients[i].FreeMail = c.Organization.privateHost(r.Address)
	}
	return nil, nil
}
