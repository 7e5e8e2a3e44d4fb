package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// group is what mail of one hour has in common that nobody wrote by hand: an
// application's, or what a mailbox sends on by itself.
type group struct {
	what string
	app  email.Address // or the mailbox
	rule string
	hour time.Time
	to   email.Address
}

// grouped tells notices that are written once an hour for each application or
// forwarding mailbox and rule, since nobody reads a hundred of them.
func grouped(h *quarantine.Hold, t task) bool {
	if parked(h) {
		return h.Decision.Verb == quarantine.VerbExpire
	}
	switch t.what {
	case toldRequest, toldReminder, toldEnd:
		return forwarded(h) || h.Assignment.Principal.Actor.Kind.Machine()
	case toldHeld, toldAbsent, toldCopy:
		return forwarded(h)
	}
	return false
}

// forwarded tells mail that a mailbox sends on by itself.
func forwarded(h *quarantine.Hold) bool { return !h.Facts.Forward.Mailbox.IsNull() }

func groupOf(h *quarantine.Hold, t task) group {
	g := group{what: t.what, app: h.Assignment.Principal.Actor.Address, to: t.to.Address}
	if forwarded(h) {
		g.app = h.Facts.Forward.Mailbox
	}
	if len(h.Rules) > 0 {
		g.rule = h.Rules[0]
	}
	g.hour = h.Created.UTC().Truncate(time.Hour)
	if t.what == toldEnd {
		g.hour = endedAt(h).UTC().Truncate(time.Hour)
	}
	return g
}

// endedAt is when the last of what was held ended.
func endedAt(h *quarantine.Hold) time.Time {
	var at time.Time
	for _, d := range h.Deliveries() {
		if wasHeld(d) && d.Ended.After(at) {
			at = d.Ended
		}
	}
	return at
}

func (g group) key(stage string) string {
	return strings.Join([]string{"notice", g.what, stage, g.app.Key(), g.rule, g.hour.Format(time.RFC3339), g.to.Key()}, " ")
}

// tellGrouped writes the first of an hour at once, so that its reader knows, and
// the rest of it in one notice when the hour is over; reminders, and the ends of
// an application's mail, only so. until is when this hold's turn comes.
func (n *Notifier) tellGrouped(ctx context.Context, h *quarantine.Hold, t task, now time.Time) (until time.Time, err error) {
	g := groupOf(h, t)
	if t.what != toldReminder && (t.what != toldEnd || forwarded(h)) {
		var links []quarantine.Link
		url := n.mint(h, t, &links)
		err := n.post(ctx, h, t, now, n.letter(h, t, url), links, g.key("first"))
		if !errors.Is(err, quarantine.ErrRepeated) {
			return time.Time{}, err
		}
	}
	// Reminders come together when the first of the group is due.
	if over := g.hour.Add(time.Hour + quarantine.Quiet); t.what != toldReminder && now.Before(over) {
		return over, nil
	}
	if n.written(g.key("rest")) { // by the first of the group: nothing to put together again
		return time.Time{}, n.mark(ctx, h, t, now, quarantine.Outcome{}, "")
	}
	holds, err := n.members(ctx, h, g, t, now)
	if err != nil {
		return time.Time{}, err
	}
	var links []quarantine.Link
	var urls []string
	for _, h := range holds[:min(len(holds), maxGrouped)] {
		urls = append(urls, n.mint(h, t, &links))
	}
	err = n.post(ctx, h, t, now, n.pen.many(holds, t, urls), links, g.key("rest"))
	if err == nil || errors.Is(err, quarantine.ErrRepeated) {
		n.remember(g.key("rest"))
	}
	if errors.Is(err, quarantine.ErrRepeated) { // another hold's notice told of this one
		return time.Time{}, n.mark(ctx, h, t, now, quarantine.Outcome{}, "")
	}
	return time.Time{}, err
}

// mint makes the personal link of a notice; "" for one without.
func (n *Notifier) mint(h *quarantine.Hold, t task, links *[]quarantine.Link) string {
	if t.purpose == "" {
		return ""
	}
	until := h.Deadline
	if t.what == toldReview || t.what == toldReviewed {
		until = h.Desk.Review.Due
	}
	url, link := n.o.Links.mint(h.ID, t.to.Address, t.purpose, until)
	*links = append(*links, link)
	return url
}

// maxWritten bounds how many groups are remembered.
const maxWritten = 10_000

// written tells a group whose notice this process knows to be written.
func (n *Notifier) written(key string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.groups[key]
}

func (n *Notifier) remember(key string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.groups) >= maxWritten {
		clear(n.groups)
	}
	n.groups[key] = true
}

// groupSpan is how far back the members of a group are looked for.
const groupSpan = 31 * 24 * time.Hour

// members are the holds that one notice of a group tells about, oldest first.
func (n *Notifier) members(ctx context.Context, h *quarantine.Hold, g group, t task, now time.Time) ([]*quarantine.Hold, error) {
	out := []*quarantine.Hold{h}
	page, err := n.o.Store.Find(ctx, quarantine.Query{Kind: quarantine.KindMail, Mine: g.app, Rule: g.rule,
		Since: g.hour.Add(-groupSpan), Till: now, Limit: 500})
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what it was doing
	}
	for _, other := range page.Holds {
		same := other.ID != h.ID && groupOf(other, t) == g
		// Who was asked with it is reminded with it, if some minutes early.
		due := n.stillDue(other, t, now) || t.what == toldReminder && waiting(other) &&
			other.WasTold(toldRequest, g.to) && !other.WasTold(toldReminder, g.to)
		if same && due {
			out = append(out, other)
		}
	}
	slices.SortFunc(out, func(a, b *quarantine.Hold) int { return a.Created.Compare(b.Created) })
	return out, nil
}

// alertPause is how long the same alert is not mailed again.
const alertPause = time.Hour

// Alert writes to the admins about the guard itself, at most once an hour for
// each key: many holds, refused rules, a clock that jumped. An alert that cannot
// be posted is only logged.
func (n *Notifier) Alert(ctx context.Context, key string, subject, text policy.Text) {
	now := n.o.Now()
	n.mu.Lock()
	last, known := n.alerted[key]
	quiet := known && now.Sub(last) < alertPause
	if !quiet {
		n.alerted[key] = now
	}
	n.mu.Unlock()
	if quiet {
		return
	}
	for _, to := range n.o.Admins {
		if !n.o.Own(to.Address) {
			continue
		}
		if err := n.send(ctx, n.pen.alert(to, subject, text), to, now); err != nil {
			n.o.Log.Error("alert could not be posted", "alert", key, "error", err)
		}
	}
}

// Tell writes to somebody of the organisation about something that is no hold of
// his: that his account was stopped.
func (n *Notifier) Tell(ctx context.Context, to policy.Party, subject, text policy.Text) error {
	if !n.o.Own(to.Address) {
		return errors.New("notify: its reader is outside the organisation")
	}
	l := letter{subject: subject}
	name := named(to)
	l.say(policy.Text{JA: name.JA + "  " + text.JA, EN: name.EN + ", " + text.EN})
	if n.pen.phone != "" {
		l.say(policy.Text{JA: "問い合わせ: " + oneLine(n.pen.phone), EN: "Help: " + oneLine(n.pen.phone)})
	}
	return n.send(ctx, l, to, n.o.Now())
}

// send posts a letter that belongs to no hold.
func (n *Notifier) send(ctx context.Context, l letter, to policy.Party, now time.Time) error {
	env, raw, err := n.paper.mail(l, to, "", now)
	if err == nil {
		_, err = n.o.Keeper.Post(ctx, quarantine.Own{Kind: quarantine.KindNotice, Envelope: env, Body: email.BytesBody(raw)})
	}
	if err != nil {
		n.metrics.failed.WithLabelValues("write").Inc()
		return fmt.Errorf("post notice: %w", err)
	}
	n.metrics.written.WithLabelValues(toldAlert).Inc()
	return nil
}
