package recipient

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Partner is an entry of the site's list of trusted partners.
type Partner struct {
	// Entry is an address ("taro@partner.example") or a domain
	// ("partner.example"), which covers what lies below it too.
	Entry string
	// Until is the end of the trust; zero means without end.
	Until time.Time
}

// Trusted marks recipients that the partner list names.
type Trusted struct {
	partners map[string]time.Time
}

// NewTrusted checks the list. A provider for private people cannot be trusted as
// a domain, since anybody can have an address there.
func NewTrusted(list []Partner) (*Trusted, error) {
	t := &Trusted{partners: map[string]time.Time{}}
	for _, p := range list {
		entry := strings.ToLower(strings.TrimSpace(p.Entry))
		if !strings.Contains(entry, "@") {
			entry = asciiDomain(strings.TrimPrefix(entry, "."))
			if _, err := email.ParseAddress("x@" + entry); err != nil || !strings.Contains(entry, ".") {
				return nil, fmt.Errorf("read partner %q: neither an address nor a domain", p.Entry)
			}
			if FreeMailHost(entry) {
				return nil, fmt.Errorf("read partner %q: gives mailboxes to anybody; name single addresses", p.Entry)
			}
		} else if a, err := email.ParseAddress(entry); err != nil || a.Domain() == "" {
			return nil, fmt.Errorf("read partner %q: neither an address nor a domain", p.Entry)
		}
		if old, ok := t.partners[entry]; ok && (old.IsZero() || !p.Until.IsZero() && old.After(p.Until)) {
			continue // of two entries the longer trust stands
		}
		t.partners[entry] = p.Until
	}
	return t, nil
}

// Name is the check's name.
func (*Trusted) Name() string { return "trusted" }

// Facts are what Run sets.
func (*Trusted) Facts() []string { return []string{"recipients.trusted"} }

// Run never fails. The mail's own time of receipt decides whether an entry has
// ended, so that a replay gives the same answer.
func (t *Trusted) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	for i := range m.Recipients {
		m.Recipients[i].Trusted = t.trusts(m.Recipients[i].Address, m.Envelope.Received)
	}
	return nil, nil
}

func (t *Trusted) trusts(a email.Address, at time.Time) bool {
	if t.valid(a.Key(), at) {
		return true
	}
	d := asciiDomain(a.Domain())
	for d != "" {
		if t.valid(d, at) {
			return true
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return false
}

func (t *Trusted) valid(entry string, at time.Time) bool {
	until, ok := t.partners[entry]
	return ok && (until.IsZero() || at.Before(until))
}
