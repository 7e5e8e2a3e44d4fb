package quarantine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Options are what a Keeper works with.
type Options struct {
	Scope Scope
	Store Store
	Blobs Blobs
	// Calendar counts working hours; DefaultCalendar when Zone is nil.
	Calendar Calendar
	// Deadline is used for a hold whose rules name none: "8 working hours".
	Deadline string
	// JoinFor is how long copies join; 0 for 5 days.
	JoinFor time.Duration
	// AlarmPerHour is the number of holds in an hour from which on an alarm is
	// raised; 0 for none.
	AlarmPerHour int
	// Staff knows who decides; without it every hold is unassigned, and whoever
	// is an approver may approve what is not his own.
	Staff Staff
	// Judge judges a repaired mail again; without it a repair keeps the verdict of
	// what it was made from.
	Judge Judge
	// Notices tells that notices are written about held mail.
	Notices bool
	// Undo is how long a release by somebody at a page (Actor.Via ViaWeb,
	// ViaLink or ViaLogIn) can be taken back, and how long it waits; 0 for DefaultUndo, below
	// 0 for not at all.
	Undo time.Duration

	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Judge is the judgement of a mail by the live rules. It never fails: what cannot
// be judged is held by its verdict.
type Judge func(ctx context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict)

// Keeper is the service of the quarantine. It is safe for concurrent use.
type Keeper struct {
	o       Options
	wake    chan struct{}
	rate    *hourly
	senders senders
	metrics metrics
}

// DefaultDeadline ends a hold whose rules name no deadline.
const DefaultDeadline = "8 working hours"

// defaultJoinFor is how long clients are known to retry (RFC 5321 section
// 4.5.4.1: at least 4 to 5 days).
const defaultJoinFor = 5 * 24 * time.Hour

// New checks the options and registers the metrics.
func New(o Options) (*Keeper, error) {
	if o.Store == nil || o.Blobs == nil || o.Now == nil || o.Log == nil {
		return nil, errors.New("quarantine: store, blobs, clock and log are needed")
	}
	if o.Scope == (Scope{}) {
		o.Scope = Scope{1, 1, 1}
	}
	if o.Calendar.Zone == nil {
		holidays := o.Calendar.Holidays
		o.Calendar = DefaultCalendar(nil)
		o.Calendar.Holidays = holidays
	}
	if o.Deadline == "" {
		o.Deadline = DefaultDeadline
	}
	if _, err := o.Calendar.Deadline(o.Deadline, o.Now()); err != nil {
		return nil, err
	}
	if o.JoinFor == 0 {
		o.JoinFor = defaultJoinFor
	}
	if o.Undo == 0 {
		o.Undo = DefaultUndo
	}
	k := &Keeper{o: o, wake: make(chan struct{}, 1), rate: &hourly{}}
	k.metrics = newMetrics(o.Metrics, func() float64 { return float64(k.HoldsLastHour()) })
	return k, nil
}

// Due is signalled after something may have become due, so that dispatch need
// not wait for its next poll.
func (k *Keeper) Due() <-chan struct{} { return k.wake }

func (k *Keeper) nudge() {
	select {
	case k.wake <- struct{}{}:
	default: // one signal is enough
	}
}

// joinKey is false for a mail that joins nothing.
func (k *Keeper) joinKey(m *policy.Message) (JoinKey, bool) {
	if m.Header.MessageID == "" || m.Digest.IsZero() {
		return JoinKey{}, false
	}
	now := k.o.Now()
	return JoinKey{Sender: m.Envelope.Sender, MessageID: m.Header.MessageID, Digest: m.Digest,
		From: now, Until: now.Add(k.o.JoinFor)}, true
}

// Joins tells whether a copy of this mail is held or was held in the last days,
// so that this one has to be given to Hold whatever its own verdict is. An error
// is an email.Fault with a 4xx.
func (k *Keeper) Joins(ctx context.Context, m *policy.Message) (bool, error) {
	key, ok := k.joinKey(m)
	if !ok {
		return false, nil
	}
	_, err := k.o.Store.Joined(ctx, key, key.From)
	switch {
	case errors.Is(err, ErrNotFound):
		return false, nil
	case err != nil:
		return false, storeFault(fmt.Errorf("look for copies: %w", err))
	}
	return true, nil
}

// joinTries bounds how often a race between copies is run again. A second round
// always finds the winner, unless its key expired in between.
const joinTries = 4

// Hold takes a mail in: when it returns an id, bytes, rows and event are
// durable. A copy of a held mail joins that hold and its id is returned; a copy
// whose recipients are all known changes nothing. Every error is an email.Fault
// with a 4xx, and then nothing was promised.
func (k *Keeper) Hold(ctx context.Context, m *policy.Message, v policy.Verdict, body email.Body) (email.ID, error) {
	if len(v.Recipients) != len(m.Envelope.Recipients) || len(v.Recipients) == 0 {
		return "", storeFault(fmt.Errorf("hold mail: verdict has %d recipients, envelope %d",
			len(v.Recipients), len(m.Envelope.Recipients)))
	}
	digest, err := k.o.Blobs.Put(ctx, body)
	if err != nil {
		return "", storeFault(fmt.Errorf("store body: %w", err))
	}
	in := arrival{m: m, v: v, digest: digest, size: body.Size(), now: k.o.Now()}
	if err := k.lead(ctx, &in); err != nil {
		return "", storeFault(err)
	}
	key, joins := k.joinKey(m)
	for range joinTries {
		if joins {
			id, err := k.o.Store.Joined(ctx, key, key.From)
			if err == nil {
				return id, storeFault(k.join(ctx, id, in))
			}
			if !errors.Is(err, ErrNotFound) {
				return "", storeFault(fmt.Errorf("look for copies: %w", err))
			}
		}
		h := k.newHold(in)
		var unique *JoinKey
		if joins {
			unique = &key
		}
		err := k.o.Store.Insert(ctx, h, unique, Event{Time: in.now, Hold: h.ID, Verb: VerbHold,
			By: guard(), Changes: born(h.Copies[0]), Detail: string(m.Envelope.ID)})
		if errors.Is(err, ErrJoined) {
			continue
		}
		if err != nil {
			return "", storeFault(fmt.Errorf("insert hold: %w", err))
		}
		k.taken(h)
		k.attach(ctx, h)
		return h.ID, nil
	}
	return "", storeFault(errors.New("insert hold: copies kept racing for one join key"))
}

// guard is the guard itself where it takes mail in.
func guard() Actor { return Actor{Kind: ActorSystem, Name: "guard"} }

// taken counts a new hold, raises the alarm and wakes dispatch.
func (k *Keeper) taken(h *Hold) {
	k.metrics.holds.WithLabelValues(string(h.Kind)).Inc()
	k.o.Log.Info("hold taken in", "hold", h.ID, "mail", h.Facts.Envelope.ID, "kind", h.Kind, "state", h.State(),
		"rules", h.Rules, "deliveries", len(h.Deliveries()))
	if h.Kind == KindMail && h.State() == Waiting {
		k.senders.add(h.Sender)
		n := k.rate.add(k.o.Now())
		if k.o.AlarmPerHour > 0 && n == k.o.AlarmPerHour+1 {
			k.o.Log.Error("many mails are being held: check the rules, or open a bypass", "holds", n, "hint", "sekisho bypass --for 30m --reason ...")
		}
	}
	k.nudge()
}

// HoldsLastHour counts the mails that began to wait in the last 60 minutes on
// this node since it started.
func (k *Keeper) HoldsLastHour() int { return k.rate.count(k.o.Now()) }

// Alarm tells that more mails were held in the last hour than AlarmPerHour.
func (k *Keeper) Alarm() bool {
	return k.o.AlarmPerHour > 0 && k.HoldsLastHour() > k.o.AlarmPerHour
}

// Load reads a hold, or ErrNotFound.
func (k *Keeper) Load(ctx context.Context, id email.ID) (*Hold, error) {
	return k.o.Store.Load(ctx, id)
}

// List finds holds, newest first.
func (k *Keeper) List(ctx context.Context, q Query) (Page, error) { return k.o.Store.Find(ctx, q) }

// Events lists what happened to a hold, oldest first.
func (k *Keeper) Events(ctx context.Context, hold email.ID) ([]Event, error) {
	return k.o.Store.Events(ctx, hold)
}

// VerifyEvents checks all event chains.
func (k *Keeper) VerifyEvents(ctx context.Context) (ChainReport, error) {
	return k.o.Store.VerifyEvents(ctx)
}

// Body opens the bytes of one revision; 1 is the original.
func (k *Keeper) Body(ctx context.Context, c *Copy, revision int) (email.Body, error) {
	r := c.Revision(revision)
	if r == nil {
		return nil, fmt.Errorf("open revision %d: %w", revision, ErrNotFound)
	}
	b, err := k.o.Blobs.Open(ctx, r.Body)
	if err != nil {
		return nil, fmt.Errorf("open revision %d: %w", revision, err)
	}
	return b, nil
}

// Own is a mail that the guard itself writes.
type Own struct {
	Kind Kind // KindBounce or KindNotice
	// Parent is the hold it is about, "" for none.
	Parent   email.ID
	Envelope email.Envelope
	Body     email.Body
}

// NewOwn makes the body durable and builds the hold that sends the mail: all
// recipients due now. It is written by Post, or with the change that caused it
// (Outcome.Also), so that it goes out exactly once.
func (k *Keeper) NewOwn(ctx context.Context, own Own) (*Hold, error) {
	digest, err := k.o.Blobs.Put(ctx, own.Body)
	if err != nil {
		return nil, storeFault(fmt.Errorf("store own mail: %w", err))
	}
	now := k.o.Now()
	h := &Hold{ID: email.NewID(now), Scope: k.o.Scope, Kind: own.Kind, Parent: own.Parent,
		Created: now, Version: 1, Sender: own.Envelope.Sender}
	h.Facts.Envelope = own.Envelope
	c := &Copy{ID: email.NewID(now), Number: 1, Envelope: own.Envelope}
	c.Revisions = []*Revision{{Number: 1, Body: digest, Size: own.Body.Size(), Created: now, By: guard()}}
	for _, r := range own.Envelope.Recipients {
		c.Deliveries = append(c.Deliveries, &Delivery{ID: email.NewID(now), Recipient: r, State: Due,
			Due: now, Since: now, Revision: 1, Version: 1})
	}
	h.Copies = []*Copy{c}
	return h, nil
}

// Post writes an own mail into the queue.
func (k *Keeper) Post(ctx context.Context, own Own) (email.ID, error) {
	h, err := k.NewOwn(ctx, own)
	if err != nil {
		return "", err
	}
	if err := k.o.Store.Insert(ctx, h, nil, h.Birth(k.o.Now())); err != nil {
		return "", storeFault(fmt.Errorf("insert own mail: %w", err))
	}
	k.taken(h)
	return h.ID, nil
}

// Birth is the event that belongs to a new own mail.
func (h *Hold) Birth(now time.Time) Event {
	return Event{Time: now, Hold: h.ID, Verb: VerbHold, By: guard(), Changes: born(h.Copies...), Detail: string(h.Kind)}
}

// born lists the first states of new copies' deliveries.
func born(copies ...*Copy) []Change {
	var out []Change
	for _, c := range copies {
		for _, d := range c.Deliveries {
			out = append(out, Change{Delivery: d.ID, To: d.State})
		}
	}
	return out
}

// storeFault gives an error its SMTP face: 452 for a full disk, else 451 (RFC
// 3463: 4.3.1 mail system full, 4.3.0 other mail system status). nil stays nil.
func storeFault(err error) error {
	if err == nil {
		return nil
	}
	var f *email.Fault
	if errors.As(err, &f) && f.Reply.Temporary() {
		return err
	}
	full := []error{ErrStoreFull, syscall.ENOSPC, syscall.EDQUOT}
	if slices.ContainsFunc(full, func(e error) bool { return errors.Is(err, e) }) {
		return &email.Fault{Err: err, Reply: email.NewReply(452, "4.3.1", "Not enough storage, try again later"),
			Hint: "the data folder or database has no room left; free some, nothing else needs to be done"}
	}
	return &email.Fault{Err: err, Reply: email.NewReply(451, "4.3.0", "Cannot keep this mail now, try again later"),
		Hint: "the quarantine's store or body folder cannot be written; see the error"}
}

// Stats counts what is open.
func (k *Keeper) Stats(ctx context.Context) (Stats, error) { return k.o.Store.Stats(ctx) }
