// Package recipient finds out facts about the people a mail goes to: who is
// outside, who can see whom, whose address looks like a slip, who was never
// written to, and whether the mail answers one that was seen before.
//
// Each fact is a Check in a file of its own. A check sets only what its Facts
// name; when its source is away (a history that is closed, a header that could
// not be read) it returns an error, and the fact is then unknown to the rules,
// never false.
//
// The order in which they run: Sender first (FirstContact, OwnPrivate, Thread and
// Misdirected go by it), Lookalike and Thread before Misdirected.
//
// History is the memory behind them: counters, no content. It learns only from
// mail that was really released, which its caller answers for, and gives no
// opinion until it has learned for 14 days or an import has filled it.
package recipient

import (
	"errors"

	"github.com/sekisho-mail/sekisho/policy"
)

// ErrHeaderUnread is returned by checks that need the header of a mail whose
// header block could not be read.
var ErrHeaderUnread = errors.New("recipient: the header could not be read")

// headerRead tells whether the addresses of the header can be relied on. The
// header block is part "0/h"; an inspection that broke down as a whole names
// the header among what it did not check.
func headerRead(m *policy.Message) error {
	for _, p := range m.Parts {
		if p.Path == "0/h" && p.Problem != policy.NoProblem {
			return ErrHeaderUnread
		}
	}
	for _, n := range m.NotChecked {
		if n.Fact == "header" {
			return ErrHeaderUnread
		}
	}
	return nil
}
