package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// batch is what goes out in one transaction: deliveries of one copy, revision and
// way, with their leases in the same order.
type batch struct {
	hold       *quarantine.Hold
	copy       *quarantine.Copy
	revision   int
	leases     []quarantine.Lease
	recipients []email.Recipient
}

// start sends what was leased of one hold, in the background.
func (d *Dispatcher) start(ctx context.Context, hold email.ID, leases []quarantine.Lease) {
	d.fly(len(leases))
	d.work.Go(func() {
		left := len(leases)
		defer func() { d.fly(-left) }()
		h, err := d.o.Keeper.Load(ctx, hold)
		if err != nil {
			// The leases run out and somebody tries again.
			d.o.Log.Error("leased hold could not be loaded", "hold", hold, "error", err)
			return
		}
		for _, b := range batches(h, leases, d.o.Way) {
			left -= len(b.leases)
			d.work.Go(func() {
				defer d.fly(-len(b.leases))
				d.slot(ctx, b)
			})
		}
	})
}

// slot sends one batch when a worker is free.
func (d *Dispatcher) slot(ctx context.Context, b batch) {
	ctx, renewed := d.renewing(ctx, b.leases)
	defer renewed()
	select {
	case d.slots <- struct{}{}:
		defer func() { <-d.slots }()
	case <-ctx.Done():
		d.record(ctx, b, nil, fmt.Errorf("wait for a worker: %w", context.Cause(ctx)))
		return
	}
	replies, err := d.transact(ctx, b)
	if err != nil {
		d.o.Log.Info("transaction failed", "hold", b.hold.ID, "error", err)
	}
	d.record(ctx, b, replies, err)
}

// maxRecipients is how many recipients every server takes in one transaction
// (RFC 5321 section 4.5.3.1.8).
const maxRecipients = 100

// batches sorts a hold's leases by copy, revision and way, in the hold's order.
// Leases whose delivery is no longer what was leased are left out.
func batches(h *quarantine.Hold, leases []quarantine.Lease, way func(email.Address) string) []batch {
	own := map[email.ID]quarantine.Lease{}
	for _, l := range leases {
		own[l.Delivery] = l
	}
	var out []batch
	for _, c := range h.Copies {
		type line struct {
			revision int
			way      string
		}
		at := map[line]int{} // index in out
		for _, del := range c.Deliveries {
			l, ok := own[del.ID]
			if !ok || !holds(del, l) {
				continue
			}
			to := line{del.Revision, way(del.Recipient.Address)}
			i, ok := at[to]
			if !ok || len(out[i].leases) == maxRecipients {
				i = len(out)
				at[to] = i
				out = append(out, batch{hold: h, copy: c, revision: del.Revision})
			}
			out[i].leases = append(out[i].leases, l)
			out[i].recipients = append(out[i].recipients, del.Recipient)
		}
	}
	return out
}

// holds is the fence: the delivery is still ours, as it was when we leased it.
func holds(d *quarantine.Delivery, l quarantine.Lease) bool {
	return d != nil && d.State == quarantine.Sending && d.Owner == l.Owner && d.Version == l.Version
}

// renewing keeps leases alive until the returned function is called. When one is
// lost, or the store cannot renew them until they run out, the context ends.
func (d *Dispatcher) renewing(ctx context.Context, leases []quarantine.Lease) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		until := d.o.Mono() + d.o.Lease
		for {
			d.wait(ctx, d.o.Lease/3)
			if ctx.Err() != nil {
				return
			}
			err := d.o.Queue.Extend(ctx, leases, d.o.Now().Add(d.o.Lease), false)
			switch {
			case err == nil:
				until = d.o.Mono() + d.o.Lease
			case errors.Is(err, quarantine.ErrLeaseLost), d.o.Mono()+d.o.Lease/3 > until:
				cancel(fmt.Errorf("renew leases: %w", err))
				return
			}
		}
	}()
	return ctx, func() { cancel(nil); <-stopped }
}

// wait is a pause that tests do not shorten.
func (d *Dispatcher) wait(ctx context.Context, pause time.Duration) { sleep(ctx, pause) }

// transact sends one batch.
func (d *Dispatcher) transact(ctx context.Context, b batch) ([]email.Reply, error) {
	body, err := d.o.Keeper.Body(ctx, b.copy, b.revision)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was doing
	}
	env := b.copy.Envelope
	env.Recipients = b.recipients
	var trace []byte
	if b.hold.Kind == quarantine.KindMail {
		trace = env.Trace(d.o.Host, d.o.Node)
	}
	gate := func(ctx context.Context) error {
		return d.o.Queue.Extend(ctx, b.leases, d.o.Now().Add(d.o.Lease), true)
	}
	replies, err := d.o.Sender.Send(ctx, env, body, trace, gate)
	if err == nil && len(replies) != len(env.Recipients) {
		// A sender that breaks its contract may well have sent.
		return nil, fmt.Errorf("send: %d replies for %d recipients: %w", len(replies), len(env.Recipients), email.ErrOutcomeUnknown)
	}
	return replies, err //nolint:wrapcheck // it is judged by kind
}
