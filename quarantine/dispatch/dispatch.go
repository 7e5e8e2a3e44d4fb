// Package dispatch is the clockwork of the quarantine: it sends what is due,
// tries again what could not be sent, reports to senders what will never be, and
// ends what nobody decided in time.
//
// Promises:
//
//   - A delivery is sent by one dispatcher at a time, who has a lease on it. What
//     it writes afterwards counts only while owner and version are still its own.
//   - Directly before the final dot it is written down that an attempt is made.
//     A crash before that sends again; a crash after that, or a lost answer, makes
//     the outcome unknown, and then the mail is sent once more or parked, as
//     Options.OnUnknown says.
//   - A release uses the envelope that was received and the bytes of the
//     revision, plus the Received field with the time of the original receipt.
//   - When wall clock and monotonic clock disagree by more than a minute, nothing
//     is sent or expired until Resume.
//
// Errors of the store stop a step, never the loop.
package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Queue is the part of the store that hands out work.
type Queue interface {
	// Claim takes leases on up to limit due deliveries, each for one owner only.
	Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]quarantine.Lease, error)
	// Extend renews leases, all or none (quarantine.ErrLeaseLost); attempting
	// marks that the final dot follows.
	Extend(ctx context.Context, leases []quarantine.Lease, until time.Time, attempting bool) error
	// Overdue lists holds that need a look for another reason than being due.
	Overdue(ctx context.Context, now time.Time, limit int) (quarantine.Overdue, error)
	// Change edits a hold; see quarantine.Holds.
	Change(ctx context.Context, e quarantine.Edit) error
}

// OnUnknown says what happens when the answer to a final dot was lost.
type OnUnknown string

// Ways to treat an unknown outcome.
const (
	// Resend sends the same bytes once more; a second unknown outcome is parked.
	Resend OnUnknown = "resend"
	// Park leaves it to an admin.
	Park OnUnknown = "park"
)

// Options are what a Dispatcher works with. Zero durations and numbers take
// their defaults.
type Options struct {
	Keeper *quarantine.Keeper
	Queue  Queue
	Sender quarantine.Sender
	// Way names the way that mail for a recipient takes; recipients of one way share
	// a transaction, so that each way has an outcome of its own. nil: there is one.
	Way func(email.Address) string
	// Owner names this process among all dispatchers on the store, and differs
	// after a restart. "" makes one up.
	Owner string
	// Host and Node go into the Received field, Host into bounces too.
	Host, Node string
	// Postmaster is the From of bounces; null for MAILER-DAEMON at Host.
	Postmaster email.Address
	// Lease is how long a dispatcher owns a delivery without renewing; longer
	// than the longest SMTP timeout (10 minutes at the final dot, RFC 5321
	// section 4.5.3.2.6). Default 15 minutes.
	Lease time.Duration
	// Poll is how often the store is asked. Default 1 second, give or take a fifth.
	Poll time.Duration
	// Workers is how many transactions run at a time, Batch how many deliveries
	// are leased at a time. Defaults 8 and 200.
	Workers, Batch int
	// Schedule are the pauses after a temporary failure; the last one repeats.
	Schedule []time.Duration
	// GiveUp is how long to try. Default 5 days (RFC 5321 section 4.5.4.1).
	GiveUp time.Duration
	// OnUnknown is Resend unless said otherwise.
	OnUnknown OnUnknown
	// Sent, when set, is told after held mail went out: the hold, the copy and
	// the deliveries that were sent just now. It is called once the outcome is
	// recorded, and must not block.
	Sent func(*quarantine.Hold, *quarantine.Copy, []*quarantine.Delivery)
	// Grace is how long Run lets transactions finish when it is told to stop.
	// Default 20 seconds.
	Grace time.Duration

	Now func() time.Time
	// Mono counts from any fixed moment and never jumps; nil uses the monotonic
	// reading in Now's times.
	Mono    func() time.Duration
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// DefaultSchedule are the pauses between attempts.
func DefaultSchedule() []time.Duration {
	return []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour, time.Hour, 2 * time.Hour, 4 * time.Hour}
}

// Dispatcher sends what is due. One of them runs in each process.
type Dispatcher struct {
	o       Options
	guard   guard
	metrics metrics
	slots   chan struct{}
	freed   chan struct{}

	mu     sync.Mutex
	flying int // leased deliveries of this process
	work   sync.WaitGroup
	pause  func(ctx context.Context, d time.Duration)
}

// New checks the options and registers the metrics.
func New(o Options) (*Dispatcher, error) {
	if o.Keeper == nil || o.Queue == nil || o.Sender == nil || o.Now == nil || o.Log == nil || o.Host == "" {
		return nil, errors.New("dispatch: keeper, queue, sender, host, clock and log are needed")
	}
	if o.OnUnknown == "" {
		o.OnUnknown = Resend
	}
	if o.OnUnknown != Resend && o.OnUnknown != Park {
		return nil, fmt.Errorf("dispatch: on_unknown_outcome is %q: resend or park is expected", o.OnUnknown)
	}
	if o.Owner == "" {
		o.Owner = "dispatch-" + string(email.NewID(o.Now()))
	}
	if o.Postmaster.IsNull() {
		a, err := email.ParseAddress("MAILER-DAEMON@" + o.Host)
		if err != nil {
			return nil, fmt.Errorf("make postmaster address for host %q: %w", o.Host, err)
		}
		o.Postmaster = a
	}
	if o.Way == nil {
		o.Way = func(email.Address) string { return "" }
	}
	o.Lease = orDefault(o.Lease, 15*time.Minute)
	o.Poll = orDefault(o.Poll, time.Second)
	o.GiveUp = orDefault(o.GiveUp, 5*24*time.Hour)
	o.Grace = orDefault(o.Grace, 20*time.Second)
	o.Workers = orDefault(o.Workers, 8)
	o.Batch = orDefault(o.Batch, 200)
	if len(o.Schedule) == 0 {
		o.Schedule = DefaultSchedule()
	}
	if o.Mono == nil {
		start := o.Now()
		o.Mono = func() time.Duration { return o.Now().Sub(start) }
	}
	d := &Dispatcher{o: o, slots: make(chan struct{}, o.Workers), freed: make(chan struct{}, 1),
		metrics: newMetrics(o.Metrics), pause: sleep}
	d.guard.reset(o.Now(), o.Mono())
	return d, nil
}

func orDefault[T ~int | ~int64](v, d T) T {
	if v <= 0 {
		return d
	}
	return v
}

func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// statsEvery is how often the gauges are counted anew.
const statsEvery = 15 * time.Second

// Run works until ctx ends; then it takes nothing new, lets transactions finish
// for Options.Grace, and returns nil.
func (d *Dispatcher) Run(ctx context.Context) error {
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	counted := -statsEvery
	for ctx.Err() == nil {
		wait := d.o.Poll
		claimed, err := d.step(ctx, sending)
		switch {
		case err != nil && ctx.Err() == nil:
			d.o.Log.Error("dispatch step failed", "error", err)
			wait = 5 * d.o.Poll
		case claimed > 0: // there may be more
			continue
		}
		if now := d.o.Mono(); now-counted >= statsEvery {
			counted = now
			d.count(ctx)
		}
		d.idle(ctx, wait)
	}
	defer time.AfterFunc(d.o.Grace, stop).Stop()
	d.work.Wait()
	return nil
}

// idle waits for the next poll, for something that became due, or for room.
func (d *Dispatcher) idle(ctx context.Context, wait time.Duration) {
	t := time.NewTimer(wait*4/5 + rand.N(wait*2/5+1))
	defer t.Stop()
	select {
	case <-t.C:
	case <-d.o.Keeper.Due():
	case <-d.freed:
	case <-ctx.Done():
	}
}

// Once does what is due until nothing is, bounces of what failed included, and
// returns when it is done. It is what Run does, for tests and for a single run.
func (d *Dispatcher) Once(ctx context.Context) error {
	for {
		claimed, err := d.step(ctx, ctx)
		d.work.Wait()
		if err != nil || claimed == 0 {
			return err
		}
	}
}

// overdueAtOnce bounds how many holds one step looks at for each reason.
const overdueAtOnce = 50

// step does one round: first what is overdue, then it claims and starts what is
// due. It returns the number of deliveries it claimed.
func (d *Dispatcher) step(ctx, sending context.Context) (int, error) {
	if !d.clockFine() {
		return 0, nil
	}
	now := d.o.Now()
	over, err := d.o.Queue.Overdue(ctx, now, overdueAtOnce)
	if err != nil {
		return 0, fmt.Errorf("look for overdue holds: %w", err)
	}
	d.mend(ctx, over)
	limit := d.room()
	if limit == 0 {
		return 0, nil // freed will be signalled
	}
	leases, err := d.o.Queue.Claim(ctx, d.o.Owner, now, now.Add(d.o.Lease), limit)
	if err != nil {
		return 0, fmt.Errorf("claim deliveries: %w", err)
	}
	for hold, own := range byHold(leases) {
		d.start(sending, hold, own)
	}
	return len(leases), nil
}

// mend does what is not sending. One hold that cannot be mended keeps nothing
// else from it; it is tried again at the next step.
func (d *Dispatcher) mend(ctx context.Context, over quarantine.Overdue) {
	for _, l := range []struct {
		holds []email.ID
		do    func(context.Context, email.ID) error
	}{{over.Expired, d.o.Keeper.Expire}, {over.Lost, d.recover}, {over.Bounces, d.bounce}} {
		for _, id := range l.holds {
			if err := l.do(ctx, id); err != nil && ctx.Err() == nil {
				d.o.Log.Error("overdue hold could not be handled", "hold", id, "error", err)
			}
		}
	}
}

// room is how many more deliveries may be leased.
func (d *Dispatcher) room() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return max(0, d.o.Batch-d.flying)
}

func (d *Dispatcher) fly(n int) {
	d.mu.Lock()
	d.flying += n
	d.mu.Unlock()
	if n < 0 {
		select {
		case d.freed <- struct{}{}:
		default:
		}
	}
}

func byHold(leases []quarantine.Lease) map[email.ID][]quarantine.Lease {
	out := map[email.ID][]quarantine.Lease{}
	for _, l := range leases {
		out[l.Hold] = append(out[l.Hold], l)
	}
	return out
}
