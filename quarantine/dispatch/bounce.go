package dispatch

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// errNothingOwed ends an edit whose bounces another dispatcher has written.
var errNothingOwed = errors.New("dispatch: no bounce is owed any more")

// bounce writes the reports that a hold's sender is owed, one for each copy,
// and marks them written in the same transaction.
func (d *Dispatcher) bounce(ctx context.Context, id email.ID) error {
	h, err := d.o.Keeper.Load(ctx, id)
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	for _, c := range h.Copies {
		var owed []*quarantine.Delivery
		for _, del := range c.Deliveries {
			if del.Bounce {
				owed = append(owed, del)
			}
		}
		if len(owed) == 0 {
			continue
		}
		if err := d.report(ctx, h, c, owed); err != nil {
			return err
		}
	}
	return nil
}

// report writes one bounce.
func (d *Dispatcher) report(ctx context.Context, h *quarantine.Hold, c *quarantine.Copy, owed []*quarantine.Delivery) error {
	now := d.o.Now()
	head, err := d.originalHeader(ctx, c)
	if err != nil {
		// The report matters more than what it quotes.
		d.o.Log.Warn("header of a mail could not be read for its bounce", "hold", h.ID, "error", err)
	}
	r := report{hold: h, copy: c, owed: owed, head: head, host: d.o.Host, from: d.o.Postmaster, now: now}
	mail, err := r.write()
	if err != nil {
		return fmt.Errorf("write bounce: %w", err)
	}
	env := email.Envelope{ID: email.NewID(now), Received: now,
		Recipients: []email.Recipient{{Address: h.Sender, Options: email.RecipientOptions{Notify: []string{"NEVER"}}}},
		// Only a sender's own address needs SMTPUTF8: a report about an international
		// recipient is encoded (RFC 6533 section 5), so that a hop which refused the
		// mail for its address takes the report.
		Options: email.MailOptions{UTF8: !ascii(h.Sender.String()), EightBit: !ascii(h.Sender.String()),
			RequireTLS: r.redacted()}}
	own, err := d.o.Keeper.NewOwn(ctx, quarantine.Own{Kind: quarantine.KindBounce, Parent: h.ID, Envelope: env, Body: email.BytesBody(mail)})
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	err = d.o.Queue.Change(ctx, quarantine.Edit{Hold: h.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		for _, o := range owed {
			_, del := h.Delivery(o.ID)
			if del == nil || !del.Bounce {
				return quarantine.Outcome{}, errNothingOwed
			}
			del.Bounce = false
		}
		return quarantine.Outcome{Also: []*quarantine.Hold{own}, Events: []quarantine.Event{
			{Time: now, Hold: h.ID, Verb: quarantine.VerbBounce, Detail: string(own.ID),
				By: quarantine.Actor{Kind: quarantine.ActorSystem, Name: "dispatch"}},
			own.Birth(now),
		}}, nil
	}})
	if errors.Is(err, errNothingOwed) {
		return nil
	}
	return err //nolint:wrapcheck // it says what it was doing
}

// maxQuoted bounds the header that is quoted in a bounce.
const maxQuoted = 64 << 10

// originalHeader is the header block of a copy's original, up to maxQuoted.
func (d *Dispatcher) originalHeader(ctx context.Context, c *quarantine.Copy) ([]byte, error) {
	body, err := d.o.Keeper.Body(ctx, c, 1)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was doing
	}
	r, err := body.Open()
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	head, err := io.ReadAll(io.LimitReader(r, maxQuoted))
	if err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return headerBlock(head), nil
}
