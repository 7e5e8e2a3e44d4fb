package recipient

import (
	"context"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Misdirected gives outside recipients the learned chance of being the wrong
// ones, from the counters alone. It is silent until the history is ready, and
// for automatic mail. It comes after Lookalike and Thread: a higher risk that
// stands there already stays, and a known thread cuts its own to a quarter.
type Misdirected struct {
	Organization *Organization
	History      *History
}

// misdirectedReason is the risk from which the sentence is worth saying.
const misdirectedReason = 0.5

// Name is the check's name.
func (Misdirected) Name() string { return "misdirected" }

// Facts are what Run sets.
func (Misdirected) Facts() []string { return []string{"recipients.risk"} }

// Run fails when the history is closed.
func (c Misdirected) Run(_ context.Context, m *policy.Message) ([]policy.Finding, error) {
	ready, err := c.History.Ready()
	if err != nil || !ready || m.Sender.Automatic {
		return nil, err
	}
	to, judged := everybody(m)
	risks, reasons, err := c.History.risks(m.Sender.Address, to, len(judged), m.Envelope.Received, c.Organization)
	if err != nil {
		return nil, err
	}
	for n, i := range judged {
		r := &m.Recipients[i]
		if m.Thread.Known {
			risks[n] /= 4
		}
		if c.Organization.Own(r.Address) || risks[n] <= r.Risk {
			continue
		}
		r.Risk = risks[n]
		if r.Reason.IsZero() && r.Risk >= misdirectedReason {
			r.Reason = reasons[n]
		}
	}
	return nil, nil
}

// everybody lists who gets or sees the mail: first the envelope's recipients,
// whose indexes are judged, then those whom only the header names, since relays
// hand over one copy per recipient.
func everybody(m *policy.Message) (to []string, judged []int) {
	seen := map[string]bool{}
	note := func(a email.Address) bool {
		k := a.Key()
		if k == "" || seen[k] || len(to) == lineCap {
			return false
		}
		seen[k] = true
		to = append(to, k)
		return true
	}
	for i, r := range m.Recipients {
		if note(r.Address) {
			judged = append(judged, i)
		}
	}
	for _, boxes := range [][]policy.Mailbox{m.Header.To, m.Header.Cc} {
		for _, b := range boxes {
			note(b.Address)
		}
	}
	return to, judged
}

// risks judges the first n of the recipients of a mail.
func (h *History) risks(from email.Address, to []string, n int, at time.Time, o *Organization) ([]float64, []policy.Text, error) {
	if err := h.lock(); err != nil {
		return nil, nil, err
	}
	defer h.mu.RUnlock()
	risks, reasons := make([]float64, n), make([]policy.Text, n)
	q := h.state.ask(from.Key(), to, minuteOf(at), "", o.OwnDomain)
	for i := range n {
		if strings.IndexByte(to[i], '@') < 0 {
			continue
		}
		f := h.state.of(q, i)
		risks[i], reasons[i] = f.risk()
	}
	return risks, reasons, nil
}
