package web_test

import (
	"context"
	"errors"

	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

type webOptions = web.Options

// deaf is a ledger that takes no events about mails.
type deaf struct{ web.Ledger }

// WriteEvent fails for looks and downloads.
func (d deaf) WriteEvent(ctx context.Context, e quarantine.Event) error {
	if e.Hold != "" {
		return errors.New("no room")
	}
	return d.Ledger.WriteEvent(ctx, e)
}
