package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// RepairOpened names the revision of a mail whose encrypted file could be opened
// once the password had come. Its bytes are those of the mail as it arrived; only
// its verdict is another one.
const RepairOpened = "opened"

// VerbReopen: a held mail was judged again with a password that came after it.
const VerbReopen Verb = "reopen"

// reopenFor bounds how long a password mail waits for the mail it belongs to to be
// judged again, before it is answered.
const reopenFor = 30 * time.Second

// reopen judges a held mail again when a mail that may tell the password of its
// file is held too: what could not be read then counts as readable from now on,
// more people decide where the new verdict asks for them, and nobody fewer. A mail
// that stays shut is left as it is.
func (k *Keeper) reopen(ctx context.Context, id email.ID) error {
	if k.o.Judge == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, reopenFor)
	defer cancel()
	seen, err := k.o.Store.Load(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && !seen.waits() {
		return nil
	}
	if err != nil {
		return fmt.Errorf("load hold to open: %w", err)
	}
	now := k.o.Now()
	made := map[email.ID]Revision{}
	for _, c := range seen.Copies {
		last := c.Revisions[len(c.Revisions)-1]
		if !waitsIn(c) || last.Repair == RepairOpened {
			continue
		}
		body, err := k.Body(ctx, c, last.Number)
		if err != nil {
			return fmt.Errorf("open hold: %w", err)
		}
		m, v := k.o.Judge(ctx, c.Envelope, body)
		if !slices.ContainsFunc(m.Findings, func(f policy.Finding) bool {
			return f.Type == policy.PasswordAlongside && f.Subtype == policy.FileOpened
		}) {
			continue
		}
		_, v = evidence(m, v)
		made[c.ID] = Revision{Number: last.Number + 1, Repair: RepairOpened, Body: last.Body, Size: last.Size, Verdict: v, Created: now, By: guard()}
	}
	if len(made) == 0 {
		return nil
	}
	err = k.o.Store.Change(ctx, Edit{Hold: id, At: now, Apply: func(h *Hold) (Outcome, error) {
		if h.Version != seen.Version {
			return Outcome{}, ErrChanged
		}
		h.revise(made)
		for _, r := range made {
			h.Terms = stricter(h.Terms, r.Verdict)
		}
		k.assign(h, now)
		return Outcome{Events: []Event{{Time: now, Hold: id, Verb: VerbReopen, By: guard()}}}, nil
	}})
	if err != nil {
		return fmt.Errorf("open hold: %w", err)
	}
	return nil
}
