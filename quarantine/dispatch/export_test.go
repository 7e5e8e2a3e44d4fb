package dispatch

import (
	"context"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// WithoutPauses makes the pauses between attempts to record an outcome vanish.
func (d *Dispatcher) WithoutPauses() { d.pause = func(context.Context, time.Duration) {} }

// WriteReport writes the bounce of all deliveries of a copy.
func WriteReport(h *quarantine.Hold, c *quarantine.Copy, body []byte) ([]byte, error) {
	return report{hold: h, copy: c, owed: c.Deliveries, head: headerBlock(body), host: "h.example",
		from: email.MustAddress("MAILER-DAEMON@h.example"), now: time.Unix(0, 0)}.write()
}
