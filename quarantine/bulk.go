package quarantine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// VerbBulk is the event of a decision about many holds, beside the event that
// each of them has.
const VerbBulk Verb = "bulk"

// Choice says which waiting mails a bulk decision is about: what somebody sent
// (from his address, or as the one who had logged in), what a rule holds, or both.
type Choice struct {
	Sender email.Address `json:"sender,omitzero"`
	Rule   string        `json:"rule,omitempty"`
	// Till leaves out what was held later: a preview and its decision are about
	// the same mails.
	Till time.Time `json:"till"`
}

// query finds the mails chosen.
func (c Choice) query() Query {
	return Query{State: Waiting, Kind: KindMail, Mine: c.Sender, Rule: c.Rule, Till: c.Till}
}

// Bulk is a decision about many holds. It is carried out in the background, by
// one process at a time, and goes on where it was after a crash.
type Bulk struct {
	ID     email.ID `json:"id"`
	Verb   Verb     `json:"verb"` // VerbRelease or VerbCancel
	Choice Choice   `json:"choice"`
	// Reason is that of each decision.
	Reason  string    `json:"reason"`
	By      Actor     `json:"by"`
	Created time.Time `json:"created"`
	// Total is how many holds there were when it was ordered, Done how many it has
	// decided, Left how many could not be (somebody was faster, or may not).
	Total int `json:"total"`
	Done  int `json:"done"`
	Left  int `json:"left"`
	// Ended is zero while it runs.
	Ended time.Time `json:"ended,omitzero"`
}

// BulkCount is what a choice comes to.
type BulkCount struct {
	Holds      int `json:"holds"`
	Recipients int `json:"recipients"`
}

// Bulks keeps bulk decisions.
type Bulks interface {
	// PutBulk writes a new one.
	PutBulk(ctx context.Context, b Bulk) error
	// Bulk finds one, or ErrNotFound; Bulks lists those that run, or whose end
	// was not told yet, oldest first.
	Bulk(ctx context.Context, id email.ID) (Bulk, error)
	Bulks(ctx context.Context) ([]Bulk, error)
	// KeepBulk writes counts and end of b and holds the lease of owner on it until
	// a time; ErrLeaseLost when another owner has a lease that runs at now. With an
	// end, event is written too.
	KeepBulk(ctx context.Context, b Bulk, owner string, now, until time.Time, event *Event) error
	// NoticeBulk notes that the end was told.
	NoticeBulk(ctx context.Context, id email.ID) error
	// Chosen lists the ids of holds, newest first, at most limit of them below the
	// id before ("" for all); CountChosen counts them.
	Chosen(ctx context.Context, q Query, before email.ID, limit int) ([]email.ID, error)
	CountChosen(ctx context.Context, q Query) (BulkCount, error)
}

// ErrBadBulk says what is wrong with an order for a bulk decision.
type ErrBadBulk struct{ Why string }

// Error says it.
func (e ErrBadBulk) Error() string { return "quarantine: bulk decision: " + e.Why }

// CountBulk tells what a choice comes to now; it changes nothing.
func (k *Keeper) CountBulk(ctx context.Context, c Choice) (BulkCount, error) {
	if err := c.check(); err != nil {
		return BulkCount{}, err
	}
	if c.Till.IsZero() {
		c.Till = k.o.Now()
	}
	return k.o.Store.CountChosen(ctx, c.query())
}

func (c Choice) check() error {
	if c.Sender.IsNull() && c.Rule == "" {
		return ErrBadBulk{"name a sender, a rule, or both"}
	}
	return nil
}

// StartBulk orders a bulk decision, by an admin and with a reason. RunBulk carries
// it out.
func (k *Keeper) StartBulk(ctx context.Context, verb Verb, c Choice, reason string, by Actor) (Bulk, error) {
	now := k.o.Now()
	reason = strings.TrimSpace(reason)
	if c.Till.IsZero() || c.Till.After(now) {
		c.Till = now
	}
	switch err := c.check(); {
	case err != nil:
		return Bulk{}, err
	case verb != VerbRelease && verb != VerbCancel:
		return Bulk{}, ErrBadBulk{"only release and cancel are possible"}
	case reason == "":
		return Bulk{}, ErrBadBulk{"a reason is required"}
	case by.Kind != ActorAdmin || by.Name == "":
		return Bulk{}, ErrNotAllowed{From: Waiting, Verb: verb, By: by.Kind, Why: "only an admin decides about many mails at once"}
	}
	n, err := k.o.Store.CountChosen(ctx, c.query())
	if err != nil {
		return Bulk{}, fmt.Errorf("start bulk decision: %w", err)
	}
	b := Bulk{ID: email.NewID(now), Verb: verb, Choice: c, Reason: reason, By: by, Created: now, Total: n.Holds}
	if err := k.o.Store.PutBulk(ctx, b); err != nil {
		return Bulk{}, fmt.Errorf("start bulk decision: %w", err)
	}
	return b, nil
}

const (
	// bulkPage is how many holds one step decides, bulkAtOnce how many at the same
	// time: the store puts them into one commit.
	bulkPage   = 512
	bulkAtOnce = 64
	// bulkLease is how long a process may be silent before another goes on.
	bulkLease = 30 * time.Second
)

// RunBulk carries a bulk decision out until it is done, and tells of each step
// (step may be nil). ErrLeaseLost says that another process does. A hold that
// cannot be decided is counted and left as it is; an error of the store ends the
// run, which goes on with the next call.
func (k *Keeper) RunBulk(ctx context.Context, id email.ID, owner string, step func(Bulk)) (Bulk, error) {
	b, err := k.o.Store.Bulk(ctx, id)
	if err != nil || !b.Ended.IsZero() {
		return b, err
	}
	b.Left = 0 // those are counted again
	now := k.o.Now()
	if err := k.o.Store.KeepBulk(ctx, b, owner, now, now.Add(bulkLease), nil); err != nil {
		return b, fmt.Errorf("run bulk decision: %w", err)
	}
	if n, err := k.o.Store.CountChosen(ctx, b.Choice.query()); err == nil && b.Total-n.Holds > b.Done {
		b.Done = b.Total - n.Holds // decided by the run before, after it last counted
	}
	before := email.ID("")
	for {
		now := k.o.Now()
		if err := k.o.Store.KeepBulk(ctx, b, owner, now, now.Add(bulkLease), nil); err != nil {
			return b, fmt.Errorf("run bulk decision: %w", err)
		}
		if step != nil {
			step(b)
		}
		ids, err := k.o.Store.Chosen(ctx, b.Choice.query(), before, bulkPage)
		if err != nil {
			return b, fmt.Errorf("run bulk decision: %w", err)
		}
		if len(ids) == 0 {
			break
		}
		before = ids[len(ids)-1]
		if err := k.bulkStep(ctx, &b, ids); err != nil {
			return b, fmt.Errorf("run bulk decision: %w", err)
		}
	}
	b.Ended = k.o.Now()
	event := Event{Time: b.Ended, Verb: VerbBulk, By: b.By, Reason: b.Reason,
		Detail: fmt.Sprintf("%s %s: %d decided, %d left", b.ID, b.Verb, b.Done, b.Left)}
	if err := k.o.Store.KeepBulk(ctx, b, owner, b.Ended, b.Ended, &event); err != nil {
		return b, fmt.Errorf("end bulk decision: %w", err)
	}
	k.nudge()
	k.o.Log.Info("bulk decision carried out", "bulk", b.ID, "verb", b.Verb, "done", b.Done, "left", b.Left)
	return b, nil
}

// bulkStep decides some holds at the same time.
func (k *Keeper) bulkStep(ctx context.Context, b *Bulk, ids []email.ID) error {
	var mu sync.Mutex // guards failed and the counts of b
	var failed error
	order := *b
	work := make(chan email.ID)
	var crew sync.WaitGroup
	for range min(bulkAtOnce, len(ids)) {
		crew.Go(func() {
			for id := range work {
				err := k.bulkOne(ctx, order, id)
				mu.Lock()
				switch {
				case err == nil:
					b.Done++
				case refusal(err):
					b.Left++
				case failed == nil:
					failed = err
				}
				mu.Unlock()
			}
		})
	}
	for _, id := range ids {
		work <- id
	}
	close(work)
	crew.Wait()
	k.nudge()
	return failed
}

// refusal tells an error that is about one hold from one of the store.
func refusal(err error) bool {
	var decided ErrDecided
	var denied ErrNotAllowed
	return errors.As(err, &decided) || errors.As(err, &denied) || errors.Is(err, ErrNotFound)
}

// bulkOne decides one hold; one that is decided already waits no longer.
func (k *Keeper) bulkOne(ctx context.Context, b Bulk, id email.ID) error {
	now, steps := k.o.Now(), stepsOf(b.Verb)
	o := Order{Hold: id, By: b.By, Reason: b.Reason}
	return k.o.Store.Change(ctx, Edit{Hold: id, At: now, Apply: func(h *Hold) (Outcome, error) {
		who := b.Choice.Sender
		if !who.IsNull() && !h.Sender.Equal(who) && !h.Assignment.HasActed(who) {
			return Outcome{}, ErrNotAllowed{Verb: b.Verb, By: b.By.Kind, Why: "it is another's mail"}
		}
		chosen, err := h.chosen(o, b.Verb, now, steps)
		if err != nil {
			return Outcome{}, err
		}
		if err := h.permit(b.Verb, o, chosen, now); err != nil {
			return Outcome{}, err
		}
		d := Decision{Verb: b.Verb, By: o.By, At: now, Reason: o.Reason, Bulk: b.ID}
		return h.settle(d, chosen, func(d *Delivery) State {
			for _, s := range steps {
				if s.from == d.State {
					return s.to
				}
			}
			return d.State
		})
	}})
}

// OpenBulks lists the bulk decisions that run, or whose end was not told yet.
func (k *Keeper) OpenBulks(ctx context.Context) ([]Bulk, error) { return k.o.Store.Bulks(ctx) }

// BulkOf finds a bulk decision, or ErrNotFound.
func (k *Keeper) BulkOf(ctx context.Context, id email.ID) (Bulk, error) {
	return k.o.Store.Bulk(ctx, id)
}
