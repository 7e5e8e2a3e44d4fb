package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
)

// inspector is the engine as the road sees it. Our own notices that come back to
// us (a mail server that sends everything through the guard) pass unquestioned,
// known by their mark.
type inspector struct {
	*policy.Engine
	marker notify.Marker
	keeper *quarantine.Keeper
	log    *slog.Logger
}

// Judge passes our own notices and has everything else judged. Of a mail that
// takes an encrypted file outside is kept, without its content, to whom it goes:
// the password may follow.
func (i inspector) Judge(ctx context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict) {
	if env.Sender.IsNull() && len(env.Recipients) == 1 {
		head, err := standard.HeaderOf(body)
		if err == nil && i.marker.Verify(head, env, time.Now()) {
			return &policy.Message{Envelope: env}, policy.Verdict{Recipients: []policy.RecipientVerdict{{Address: env.Recipients[0].Address}}}
		}
	}
	m, v := i.Engine.Judge(ctx, env, body)
	if v.All(policy.Pass) {
		if err := i.keeper.Passed(ctx, m); err != nil {
			i.log.Warn("a password that follows this mail, or an earlier one that it replaces, will not be recognised", "mail", env.ID, "error", err)
		}
	}
	return m, v
}

// companions finds held mails that may tell the password of an encrypted file.
// While the program starts there is no quarantine to ask.
func (g *guard) companions(ctx context.Context, env email.Envelope, h policy.Header) ([][]byte, error) {
	if g.keeper == nil {
		return nil, nil
	}
	return g.keeper.Companions(ctx, env, h) //nolint:wrapcheck // it says what it was doing
}
