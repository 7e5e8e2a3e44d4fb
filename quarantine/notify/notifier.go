package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Store is what the notifier needs of the quarantine's store.
type Store interface {
	// Looks lists up to limit holds whose time to look at has come.
	Looks(ctx context.Context, now time.Time, limit int) ([]email.ID, error)
	// Change edits a hold; see quarantine.Holds.
	Change(ctx context.Context, e quarantine.Edit) error
	// Find lists holds; see quarantine.Index.
	Find(ctx context.Context, q quarantine.Query) (quarantine.Page, error)
	// ForgetLinks removes links that expired before t.
	ForgetLinks(ctx context.Context, t time.Time) (int64, error)
}

// Keeper is what it needs of the quarantine itself.
type Keeper interface {
	// Load reads a hold.
	Load(ctx context.Context, id email.ID) (*quarantine.Hold, error)
	// Reassign finds out anew who decides.
	Reassign(ctx context.Context, hold email.ID) (*quarantine.Hold, error)
	// NewOwn builds the hold that sends a mail of ours.
	NewOwn(ctx context.Context, own quarantine.Own) (*quarantine.Hold, error)
	// Post writes one into the queue.
	Post(ctx context.Context, own quarantine.Own) (email.ID, error)
}

// Options are what a Notifier works with.
type Options struct {
	Store  Store
	Keeper Keeper
	Links  Links
	Marker Marker
	// Calendar counts working time and says in which zone times are written.
	Calendar quarantine.Calendar
	// Own tells an address of the organisation; nobody else is ever written to.
	Own func(email.Address) bool
	// From is the notices' sender address and Name what stands beside it.
	From email.Address
	Name string
	// HelpDesk is where replies go; null for From. HelpPhone stands in every
	// notice; "" leaves it out.
	HelpDesk  email.Address
	HelpPhone string
	// Host is the right side of our Message-IDs.
	Host string
	// Admins are written to by Alert.
	Admins []policy.Party
	// Poll is how often the store is asked. Default 1 second.
	Poll time.Duration

	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Notifier writes notices. Several may run on one store.
type Notifier struct {
	o       Options
	pen     pen
	plan    planner
	paper   stationery
	metrics metrics

	mu      sync.Mutex
	alerted map[string]time.Time // when an alert was last mailed, by its key
	groups  map[string]bool      // keys of groups whose notice is written
}

// New checks the options and registers the metrics.
func New(o Options) (*Notifier, error) {
	switch {
	case o.Store == nil || o.Keeper == nil || o.Own == nil || o.Now == nil || o.Log == nil:
		return nil, errors.New("notify: store, keeper, own addresses, clock and log are needed")
	case o.From.IsNull() || o.Host == "" || o.Calendar.Zone == nil || len(o.Marker.key) == 0:
		return nil, errors.New("notify: sender address, host, calendar and marker are needed")
	case o.Links.Store == nil || o.Links.Base == "" || o.Links.Now == nil:
		return nil, errors.New("notify: links need a store, an address and a clock")
	}
	if o.HelpDesk.IsNull() {
		o.HelpDesk = o.From
	}
	if o.Poll <= 0 {
		o.Poll = time.Second
	}
	m, err := newMetrics(o.Metrics)
	if err != nil {
		return nil, err
	}
	return &Notifier{o: o, pen: pen{clock: clock{o.Calendar.Zone}, phone: o.HelpPhone}, plan: planner{o.Calendar}, metrics: m,
		paper: stationery{from: o.From, name: o.Name, replyTo: o.HelpDesk, host: o.Host, marker: o.Marker}, alerted: map[string]time.Time{}, groups: map[string]bool{}}, nil
}

const (
	// atOnce is how many holds one round looks at, rounds how many there are
	// between two polls.
	atOnce = 100
	rounds = 50
	// laterAfter is the pause after a hold whose notices could not be written.
	laterAfter = time.Minute
	// forgetEvery is how often expired links are removed, forgetAfter how long
	// they are kept so that an old link still gets an honest answer.
	forgetEvery = time.Hour
	forgetAfter = 30 * 24 * time.Hour
)

// Run writes notices until ctx ends and returns nil.
func (n *Notifier) Run(ctx context.Context) error {
	tick := time.NewTicker(n.o.Poll)
	defer tick.Stop()
	forgot := n.o.Now()
	for {
		if err := n.Once(ctx); err != nil && ctx.Err() == nil {
			n.o.Log.Error("notices could not be written, they are tried again", "error", err)
		}
		if now := n.o.Now(); now.Sub(forgot) >= forgetEvery {
			forgot = now
			if _, err := n.o.Store.ForgetLinks(ctx, now.Add(-forgetAfter)); err != nil && ctx.Err() == nil {
				n.o.Log.Warn("expired links could not be removed", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// Once writes all notices that are due. One hold that fails keeps nothing from
// the others.
func (n *Notifier) Once(ctx context.Context) error {
	for range rounds {
		ids, err := n.o.Store.Looks(ctx, n.o.Now(), atOnce)
		if err != nil {
			return fmt.Errorf("look for notices to write: %w", err)
		}
		var failed []error
		for _, id := range ids {
			if err := n.look(ctx, id); err != nil {
				failed = append(failed, fmt.Errorf("tell about hold %s: %w", id, err))
				n.later(ctx, id)
			}
		}
		if len(failed) > 0 || len(ids) < atOnce || ctx.Err() != nil {
			return errors.Join(failed...)
		}
	}
	return nil // the rest waits for the next poll
}

// later puts a hold that failed off, so that it does not fail every second.
func (n *Notifier) later(ctx context.Context, id email.ID) {
	n.metrics.failed.WithLabelValues("write").Inc()
	at := n.o.Now().Add(laterAfter)
	err := n.o.Store.Change(ctx, quarantine.Edit{Hold: id, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Look = at
		return quarantine.Outcome{}, nil
	}})
	if err != nil && ctx.Err() == nil {
		n.o.Log.Warn("hold could not be put off", "hold", id, "error", err)
	}
}

// look writes what is due about one hold and says when to look again.
func (n *Notifier) look(ctx context.Context, id email.ID) error {
	h, err := n.o.Keeper.Load(ctx, id)
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	if h.Kind == quarantine.KindNotice {
		return n.failedNotice(ctx, h)
	}
	now := n.o.Now()
	tasks, _ := n.plan.plan(h, now)
	for _, t := range tasks {
		if t.what == toldReminder || t.what == toldReview || t.what == toldReviewed { // somebody may have gone away since
			if h, err = n.o.Keeper.Reassign(ctx, id); err != nil {
				return err //nolint:wrapcheck // it says what it was doing
			}
			tasks, _ = n.plan.plan(h, now)
			break
		}
	}
	wait := time.Time{}
	for _, t := range tasks {
		until, err := n.tell(ctx, h, t, now)
		if err != nil {
			return err
		}
		if !until.IsZero() && (wait.IsZero() || until.Before(wait)) {
			wait = until
		}
	}
	return n.settle(ctx, id, now, wait)
}

// tell writes one notice, or finds out that it has to wait for its group.
func (n *Notifier) tell(ctx context.Context, h *quarantine.Hold, t task, now time.Time) (until time.Time, err error) {
	switch {
	case !n.o.Own(t.to.Address):
		// Whoever the lists name, notices stay inside.
		n.o.Log.Warn("notice not written: its reader is outside the organisation", "hold", h.ID, "notice", t.what)
		return time.Time{}, n.mark(ctx, h, t, now, quarantine.Outcome{}, "")
	case t.what == toldReview || t.what == toldReviewed:
		return time.Time{}, n.tellReviews(ctx, h, t, now)
	case grouped(h, t):
		return n.tellGrouped(ctx, h, t, now)
	}
	var links []quarantine.Link
	url := n.mint(h, t, &links)
	return time.Time{}, n.post(ctx, h, t, now, n.letter(h, t, url), links, "")
}

// letter picks the words for a task.
func (n *Notifier) letter(h *quarantine.Hold, t task, url string) letter {
	switch t.what {
	case toldHeld:
		return n.pen.held(h, t.to.Party, url)
	case toldResent:
		return n.pen.resent(h, t.to.Party, url)
	case toldAbsent:
		return n.pen.absent(h, t.to, url)
	case toldCopy:
		return n.pen.copied(h, t.to.Party)
	case toldEnd:
		return n.pen.ended(h, t.to.Party)
	case toldReview, toldReviewed:
		return n.pen.review(h, t, url)
	case toldObjected:
		return n.pen.objected(h, t.to.Party)
	case toldReminder:
		if t.purpose == quarantine.ForSender {
			return n.pen.remind(h, t.to.Party, url)
		}
	}
	return n.pen.request(h, t.to, t.why, url)
}

// post writes a notice into the queue, together with its mark and links. key
// makes it the only one of its kind among several holds; "" for none.
func (n *Notifier) post(ctx context.Context, h *quarantine.Hold, t task, now time.Time, l letter, links []quarantine.Link, key string) error {
	env, raw, err := n.paper.mail(l, t.to.Party, h.ID, now)
	if err != nil {
		return err
	}
	own, err := n.o.Keeper.NewOwn(ctx, quarantine.Own{Kind: quarantine.KindNotice, Parent: h.ID, Envelope: env, Body: email.BytesBody(raw)})
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	out := quarantine.Outcome{Also: []*quarantine.Hold{own}, Links: links, Events: []quarantine.Event{
		{Time: now, Hold: h.ID, Verb: quarantine.VerbNotice, By: us(), Detail: t.what + " " + string(own.ID)}, own.Birth(now)}}
	return n.mark(ctx, h, t, now, out, key)
}

func us() quarantine.Actor { return quarantine.Actor{Kind: quarantine.ActorSystem, Name: "notify"} }

// errOld ends an edit whose notice is not due any more: another node wrote it, or
// somebody decided meanwhile.
var errOld = errors.New("notify: this notice is not due any more")

// mark writes that somebody was told, with what comes along, if it is still due.
func (n *Notifier) mark(ctx context.Context, h *quarantine.Hold, t task, now time.Time, out quarantine.Outcome, key string) error {
	mail := email.ID("")
	if len(out.Also) > 0 {
		mail = out.Also[0].ID
	}
	err := n.o.Store.Change(ctx, quarantine.Edit{Hold: h.ID, Key: key, Print: key, At: now, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		if !n.stillDue(h, t, now) {
			return quarantine.Outcome{}, errOld
		}
		h.Desk.Told = append(h.Desk.Told, quarantine.Told{What: t.what, Round: h.Desk.Round, To: t.to.Address, At: now, Mail: mail})
		return out, nil
	}})
	if errors.Is(err, errOld) {
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // it says what it was doing
	}
	if mail != "" {
		n.metrics.written.WithLabelValues(t.what).Inc()
	}
	return nil
}

func (n *Notifier) stillDue(h *quarantine.Hold, t task, now time.Time) bool {
	tasks, _ := n.plan.plan(h, now)
	for _, due := range tasks {
		if due.what == t.what && due.to.Address.Equal(t.to.Address) {
			return true
		}
	}
	return false
}

// settle says when to look again: when the plan says so, or when a group's time
// has come. A round ends when its end was told.
func (n *Notifier) settle(ctx context.Context, id email.ID, now, wait time.Time) error {
	err := n.o.Store.Change(ctx, quarantine.Edit{Hold: id, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		tasks, next := n.plan.plan(h, now)
		switch {
		case !wait.IsZero():
			h.Look = next
			h.LookAt(wait)
		case len(tasks) > 0: // something happened meanwhile
			h.Look = now
		default:
			h.Look = next
			if h.WasTold(toldEnd, email.Address{}) {
				h.Desk.Round++
			}
		}
		return quarantine.Outcome{}, nil
	}})
	if err != nil {
		return fmt.Errorf("settle notices: %w", err)
	}
	return nil
}

// failedNotice raises the alert about a notice that could not be delivered. No
// mail is written about it: it could fail in the same way.
func (n *Notifier) failedNotice(ctx context.Context, notice *quarantine.Hold) error {
	now := n.o.Now()
	raise := false
	err := n.o.Store.Change(ctx, quarantine.Edit{Hold: notice.ID, Apply: func(h *quarantine.Hold) (quarantine.Outcome, error) {
		h.Look = time.Time{}
		if raise = h.State() == quarantine.Failed && !h.WasTold(toldAlert, email.Address{}); !raise {
			return quarantine.Outcome{}, nil
		}
		h.Desk.Told = append(h.Desk.Told, quarantine.Told{What: toldAlert, At: now})
		return quarantine.Outcome{Events: []quarantine.Event{{Time: now, Hold: h.Parent, Verb: quarantine.VerbAlert, By: us(), Detail: string(h.ID)}}}, nil
	}})
	if err != nil {
		return fmt.Errorf("mark failed notice: %w", err)
	}
	if raise {
		n.metrics.failed.WithLabelValues("delivery").Inc()
		n.o.Log.Error("a notice could not be delivered: its reader does not know about the mail", "hold", notice.Parent, "notice", notice.ID,
			"hint", "look at the hold in the console, and at the reader's address in the directory")
	}
	return nil
}
