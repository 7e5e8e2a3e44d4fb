package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Verbs of mail that its sender sent first, in urgent cases at night, and that
// the approvers review afterwards (policy.Terms.SendThenReview).
const (
	VerbSendFirst Verb = "send-first" // its sender sent it, with a reason
	VerbReview    Verb = "review"     // an approver has looked at it since
	VerbObject    Verb = "object"     // and objects
	VerbPause     Verb = "pause"      // the deadline waits for people who are away
)

// Review is the look that approvers take at a mail after it has left.
type Review struct {
	// Sent is when the sender sent it, Reason why; Sent is zero when nobody did.
	Sent   time.Time `json:"sent,omitzero"`
	Reason string    `json:"reason,omitempty"`
	// Due is when the approvers are asked: when the next working day begins.
	Due time.Time `json:"due,omitzero"`
	// Ended is when By had looked; zero before.
	Ended    time.Time `json:"ended,omitzero"`
	By       Actor     `json:"by,omitzero"`
	Objected bool      `json:"objected,omitempty"`
	Comment  string    `json:"comment,omitempty"`
}

// Reviewing tells that approvers still have to look at a mail that was sent first.
func (h *Hold) Reviewing() bool { return !h.Desk.Review.Sent.IsZero() && h.Desk.Review.Ended.IsZero() }

// listOfPeople is from how many unencrypted people on a mail counts as a list
// that nobody sends before a second person has looked.
const listOfPeople = 10

// surely is from which confidence on a finding counts for neverFirst.
const surely = 0.75

// neverFirst says what in the mail forbids to send it before it was looked at,
// whatever its rules allow; "" when nothing does.
func (h *Hold) neverFirst() string {
	for _, f := range h.Facts.Findings {
		switch f.Type {
		case "my_number", "secret", "pin", "card_cvv":
			if f.Confidence >= surely {
				return f.Type
			}
		}
	}
	if h.Facts.People.Unencrypted >= listOfPeople {
		return "a list of people"
	}
	if slices.ContainsFunc(h.Verdict.Fired, func(f policy.Fired) bool { return !f.Monitor && (f.Failed || f.Unknown) }) {
		return "content that could not be checked"
	}
	return ""
}

// SendsFirst says why the sender cannot send the mail before it is reviewed; ""
// when he can at the time now.
func (h *Hold) SendsFirst(now time.Time) string {
	what := h.neverFirst()
	switch {
	case !h.Terms.SendThenReview:
		return "the rules of this hold do not let anybody send it first"
	case what != "":
		return "it holds " + what + ", which is never sent before a second person has looked"
	case h.Desk.Urgent.IsZero():
		return "it has to be marked urgent first"
	case !now.Before(h.Desk.SendFirstUntil):
		return "it is only possible outside working hours; the approvers have been told"
	}
	return ""
}

// offerSendFirst lets the sender of an urgent mail send it until people work
// again, where the rules and the mail allow it.
func (k *Keeper) offerSendFirst(h *Hold, now time.Time) {
	if h.Terms.SendThenReview && h.neverFirst() == "" && !k.o.Calendar.Open(now) {
		h.Desk.SendFirstUntil = k.o.Calendar.Opening(now)
	}
}

// SendFirst lets an urgent mail go at once, by its sender, with Order.Reason. Its
// approvers review it when the next working day begins.
func (k *Keeper) SendFirst(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbSendFirst, o)
}

// Review records that an approver has looked at a mail that was sent first, and
// finds nothing to object to. ErrDecided when somebody has looked before.
func (k *Keeper) Review(ctx context.Context, o Order) (*Hold, error) {
	return k.review(ctx, VerbReview, o)
}

// Object records that an approver objects to a mail that was sent first. The
// sender is told Order.Reason, which must be given; the mail has left.
func (k *Keeper) Object(ctx context.Context, o Order) (*Hold, error) {
	return k.review(ctx, VerbObject, o)
}

func (k *Keeper) review(ctx context.Context, verb Verb, o Order) (*Hold, error) {
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: o.Hold, Key: o.Key, Print: o.print(verb), At: now, Link: o.use(verb, now), Apply: func(h *Hold) (Outcome, error) {
		if o.Version != 0 && o.Version != h.Version {
			return Outcome{}, ErrChanged
		}
		if err := h.mayReview(verb, o); err != nil {
			return Outcome{}, err
		}
		r := &h.Desk.Review
		r.Ended, r.By, r.Objected, r.Comment = now, o.By, verb == VerbObject, strings.TrimSpace(o.Reason)
		h.Version++
		if h.Desk.Watched {
			h.LookAt(now)
		}
		return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: verb, By: o.By, Reason: o.Reason}}}, nil
	}})
	if err != nil && !errors.Is(err, ErrRepeated) {
		return nil, fmt.Errorf("%s hold: %w", verb, err)
	}
	return k.o.Store.Load(ctx, o.Hold)
}

// mayReview: one who was to decide, or an admin, and nobody who had a part in it.
func (h *Hold) mayReview(verb Verb, o Order) error {
	deny := func(why string) error { return ErrNotAllowed{Verb: verb, By: o.By.Kind, Why: why} }
	a, who := h.Assignment, o.person()
	_, approver := a.Approver(who)
	r := h.Desk.Review
	switch {
	case r.Sent.IsZero():
		return deny("it was not sent before its review")
	case !r.Ended.IsZero():
		v := VerbReview
		if r.Objected {
			v = VerbObject
		}
		return ErrDecided{Hold: h.ID, Verb: v, By: r.By, When: r.Ended}
	case o.By.Name == "":
		return deny("nobody is named as the one who reviews")
	case o.By.Kind != ActorAdmin && (o.By.Kind != ActorApprover || !approver):
		return deny("he is not one of those who review this mail")
	case a.HasActed(who):
		return deny(whyOwnMail)
	case h.Terms.LogIn && o.By.Via == ViaLink:
		return deny(whyLogIn)
	case verb == VerbObject && strings.TrimSpace(o.Reason) == "":
		return deny("an objection needs a comment for the sender")
	}
	return nil
}

// sentFirst notes that approvers have to look at the mail later.
func (k *Keeper) sentFirst(h *Hold, o Order, now time.Time) {
	h.Desk.Review = Review{Sent: now, Reason: strings.TrimSpace(o.Reason), Due: k.o.Calendar.Opening(now)}
}

// Opening is when people begin to work next after t.
func (c Calendar) Opening(t time.Time) time.Time {
	day := t.In(c.Zone)
	for range horizon {
		if opens, _ := c.day(day); c.works(day) && opens.After(t) {
			return opens
		}
		day = c.midnight(day, 1)
	}
	return t.Add(24 * time.Hour)
}

// receives tells that one of the deliveries goes to this address.
func (h *Hold) receives(who email.Address) bool {
	return slices.ContainsFunc(h.Deliveries(), func(d *Delivery) bool { return d.Recipient.Address.Equal(who) })
}
