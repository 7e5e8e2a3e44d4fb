package relay

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// DATA is said to a trusted hop while the mail still comes in from the client: its
// 354 is there when the mail has been judged, and nobody waits for it. Nothing of the
// mail follows before the verdict. What it costs: nothing but the end of the
// connection takes a DATA back, so a mail that is held or refused ends one, and the
// hop's log says that we hung up. Where mails are held again and again that would be
// a connection for each, so a hop is told early only while its last mails have all
// gone on.
const (
	steady  = 20              // mails in a row that must have gone on
	settled = 1 * time.Second // after which the hop may have changed its mind
	listen  = 1 * time.Millisecond
)

// Ready implements proxy.Transaction.
func (t *transaction) Ready(ctx context.Context) {
	if t.c == nil || len(t.ahead) > 0 || !t.Trusted() || t.h.steady.Load() < steady {
		return
	}
	lines := []byte("DATA\r\n")
	if t.later != nil {
		if len(t.later.to) > maxAhead {
			return
		}
		lines = t.later.lines()
	}
	t.c.limit(ctx, t.h.Timeouts.Data)
	if _, err := t.c.nc.Write(lines); err == nil || t.later != nil { // data says a packet again
		t.said = t.h.r.d.Now()
	} else {
		t.drop() // Send will say so
	}
}

// answered reads what the hop says to the DATA of Ready.
func (t *transaction) answered(ctx context.Context) (email.Reply, error) {
	said := t.said
	t.said = time.Time{}
	reply, err := t.c.wait(ctx, t.h.Timeouts.Data)
	if err == nil && reply.Code == 354 {
		err = t.stillThere(said)
	}
	return reply, err
}

// stillThere is asked when the hop's 354 to an early DATA has been read, and when the
// gate has opened: a client may take an hour for its mail and its verdict minutes. A
// hop that has lost its patience since then must be found out now, since after the
// final dot nobody could tell what became of the mail.
func (t *transaction) stillThere(since time.Time) error {
	if since.IsZero() || t.h.r.d.Now().Sub(since) < settled {
		return nil
	}
	return t.c.silent()
}

var errSpoke = errors.New("relay: next hop spoke although it was not asked")

// silent listens for a moment whether the hop has hung up or said anything.
func (c *conn) silent() error {
	_ = c.nc.SetReadDeadline(c.h.r.d.Now().Add(listen))
	c.until = time.Time{} // the next step sets its own
	_, err := c.r.Peek(1)
	switch {
	case err == nil:
		return errSpoke
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return fmt.Errorf("listen to next hop: %w", err)
	}
	return nil
}

// wentOn and gaveUp count mails that the hop got whole, and that it did not.
func (h *hop) wentOn() {
	if h.steady.Load() < steady {
		h.steady.Add(1)
	}
}

func (h *hop) gaveUp() { h.steady.Store(0) }
