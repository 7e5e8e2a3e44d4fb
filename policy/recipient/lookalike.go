package recipient

import (
	"context"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// lookalikeAlarm is the pair risk from which a recipient's domain counts as a
// slip. One false alarm in 100 pairs of innocent near names lies at 0.56; a new
// domain is compared with many known ones, so the alarm starts above that.
const lookalikeAlarm = 0.6

// trafficFactor is how many times the traffic of the typed domain the known one
// must have had to be what was meant.
const trafficFactor = 10

// Lookalike marks recipients whose domain looks like a slip for one that the
// company knows: a domain of the history, our own, a provider for private
// people or one that everybody writes to.
//
// The history decides against the look: a domain that sent us mail, or that two
// colleagues write to, is never a slip. Reported doppelgangers and endings that
// do not exist are believed only when they sent us mail, since whole offices
// have written to them for years.
type Lookalike struct {
	Organization *Organization
	History      *History
}

// Name is the check's name.
func (Lookalike) Name() string { return "lookalike" }

// Facts are what Run sets.
func (Lookalike) Facts() []string { return []string{"recipients.lookalike_of", "recipients.risk"} }

// Run fails when the history is closed.
func (c Lookalike) Run(ctx context.Context, m *policy.Message) ([]policy.Finding, error) {
	done := map[string]slip{}
	for i := range m.Recipients {
		r := &m.Recipients[i]
		d := r.Address.Domain()
		if d == "" || d[0] == '[' || c.Organization.OwnDomain(d) {
			continue
		}
		s, ok := done[d]
		if !ok {
			var err error
			if s, err = c.find(ctx, d); err != nil {
				return nil, err
			}
			done[d] = s
		}
		if s.known == "" {
			continue
		}
		r.LookalikeOf = s.known
		r.Risk = max(r.Risk, s.risk)
		r.Reason = slipReason(r.Address, s.known)
	}
	return nil, nil
}

// slip is the best guess at what was meant.
type slip struct {
	known string
	risk  float64
}

func (c Lookalike) find(ctx context.Context, typed string) (slip, error) {
	ascii := plainDomain(typed)
	seen, err := c.History.Domain(ascii)
	if err != nil {
		return slip{}, err
	}
	if seen.Heard > 0 || freeMailHosts.has(ascii) || bigHosts.has(ascii) {
		return slip{}, nil
	}
	near := c.History.near.at(ascii)
	if meant, ok := doppelgangers.meant(near.typed); ok {
		return slip{meant, 0.99}, nil
	}
	s := search{seen: seen}
	if err := near.each(ctx, c.History, c.Organization.Domains(), trafficFactor*max(1, seen.Sent), s.try); err != nil {
		return slip{}, err
	}
	if s.best.known == "" {
		if meant, ok := impossibleEnding(near.typed); ok {
			return slip{meant, 0.9}, nil
		}
	}
	return s.best, nil
}

// search keeps the best guess so far.
type search struct {
	seen Traffic
	best slip
}

func (s *search) try(l likeness) {
	if s.seen.Staff >= 2 && l.kind != slipEnding {
		return
	}
	if l.risk > s.best.risk || l.risk == s.best.risk && l.name < s.best.known {
		s.best = slip{l.name, l.risk}
	}
}

func slipReason(a email.Address, known string) policy.Text {
	return policy.Text{
		JA: fmt.Sprintf("宛先%sは%sの打ち間違いとみられます。", a, known),
		EN: fmt.Sprintf("%s looks like a slip for %s.", a, known),
	}
}
