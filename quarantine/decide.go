package quarantine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Order is what somebody wants done with a hold.
type Order struct {
	Hold email.ID
	By   Actor
	// Key makes a double click harmless: the same order with the same key is
	// done once and succeeds both times. "" for none.
	Key string
	// Version is Hold.Version as the decider saw it; 0 for whatever it is now.
	Version int64
	Reason  string
	// Deliveries limits the order; empty for all it can apply to.
	Deliveries []email.ID
}

const (
	onExpiryRelease = "release"
	onExpiryReject  = "reject"
	// expiryRelease is the reason of an expiry that released.
	expiryRelease = "released at the deadline"
	expiryEnd     = "nobody decided in time"
)

// step is one row of what a verb does.
type step struct{ from, to State }

// Approve releases what waits. An approver may not be the mail's sender.
func (k *Keeper) Approve(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbApprove, o, step{Waiting, Due})
}

// Reject refuses what waits.
func (k *Keeper) Reject(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbReject, o, step{Waiting, Rejected})
}

// Cancel withdraws what waits or is due; what is being sent goes out.
func (k *Keeper) Cancel(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbCancel, o, step{Waiting, Cancelled}, step{Due, Cancelled})
}

// Release lets what waits go, by its sender where every rule allows that, or by
// an admin; and sends delayed mail now.
func (k *Keeper) Release(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbRelease, o, step{Waiting, Due}, step{Due, Due})
}

// Resend sends a delivery again whose outcome is unknown; by an admin.
func (k *Keeper) Resend(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbResend, o, step{Unknown, Due})
}

// Settle records that a delivery of unknown outcome has arrived; by an admin.
func (k *Keeper) Settle(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbSettle, o, step{Unknown, Sent})
}

// GiveUp ends a delivery of unknown outcome as not sent; by an admin.
func (k *Keeper) GiveUp(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbGiveUp, o, step{Unknown, Failed})
}

// Expire ends the wait of everything in the hold whose deadline has passed, as
// its terms say. It is harmless when nothing has.
func (k *Keeper) Expire(ctx context.Context, hold email.ID) error {
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: hold, Apply: func(h *Hold) (Outcome, error) {
		to, reason := Expired, expiryEnd
		if h.Terms.OnExpiry == onExpiryRelease {
			to, reason = Due, expiryRelease
		}
		var over []*Delivery
		for _, d := range h.Deliveries() {
			if d.State == Waiting && !d.Due.After(now) {
				over = append(over, d)
			}
		}
		if len(over) == 0 {
			return Outcome{}, nil
		}
		d := Decision{Verb: VerbExpire, By: Actor{Kind: ActorSystem, Name: "deadline"}, At: now, Reason: reason}
		return h.settle(d, over, func(*Delivery) State { return to })
	}})
	if err != nil {
		return fmt.Errorf("expire hold: %w", err)
	}
	k.nudge()
	return nil
}

func (k *Keeper) decide(ctx context.Context, verb Verb, o Order, steps ...step) (*Hold, error) {
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: o.Hold, Key: o.Key, Print: o.print(verb), At: now, Apply: func(h *Hold) (Outcome, error) {
		chosen, err := h.chosen(o, verb, now, steps)
		if err != nil {
			return Outcome{}, err
		}
		if err := h.permit(verb, o, chosen); err != nil {
			return Outcome{}, err
		}
		d := Decision{Verb: verb, By: o.By, At: now, Reason: o.Reason}
		return h.settle(d, chosen, func(d *Delivery) State {
			return steps[slices.IndexFunc(steps, func(s step) bool { return s.from == d.State })].to
		})
	}})
	repeated := errors.Is(err, ErrRepeated)
	if err != nil && !repeated {
		return nil, fmt.Errorf("%s hold: %w", verb, err)
	}
	if !repeated {
		k.metrics.decisions.WithLabelValues(string(verb), string(o.By.Kind)).Inc()
		k.o.Log.Info("hold decided", "hold", o.Hold, "verb", verb, "by", o.By.Kind)
		k.nudge()
	}
	return k.o.Store.Load(ctx, o.Hold)
}

// print tells one order from another under the same key.
func (o Order) print(verb Verb) string {
	return strings.Join([]string{string(o.Hold), string(verb), string(o.By.Kind), o.By.Name}, "\n")
}

// chosen are the deliveries the order applies to. When there are none, somebody
// was faster, or the order makes no sense in this state.
func (h *Hold) chosen(o Order, verb Verb, now time.Time, steps []step) ([]*Delivery, error) {
	var out []*Delivery
	var seen *Delivery // one that cannot be moved, the latest decided
	for _, d := range h.Deliveries() {
		if len(o.Deliveries) > 0 && !slices.Contains(o.Deliveries, d.ID) {
			continue
		}
		// A due delivery whose time has come needs no release.
		late := verb == VerbRelease && d.State == Due && !d.Due.After(now)
		if !late && slices.ContainsFunc(steps, func(s step) bool { return s.from == d.State }) {
			out = append(out, d)
		} else if seen == nil || d.Decision.At.After(seen.Decision.At) {
			seen = d
		}
	}
	switch {
	case len(out) > 0 && o.Version != 0 && o.Version != h.Version:
		return nil, ErrChanged
	case len(out) > 0:
		return out, nil
	case seen == nil:
		return nil, ErrNotFound // no such delivery
	case !seen.Decision.IsZero():
		return nil, ErrDecided{Hold: h.ID, Verb: seen.Decision.Verb, By: seen.Decision.By, When: seen.Decision.At}
	}
	return nil, ErrNotAllowed{From: seen.State, To: steps[0].to, Verb: verb, By: o.By.Kind}
}

// permit asks what the table cannot know: the terms of this hold.
func (h *Hold) permit(verb Verb, o Order, chosen []*Delivery) error {
	deny := func(why string) error {
		return ErrNotAllowed{From: chosen[0].State, Verb: verb, By: o.By.Kind, Why: why}
	}
	waits := slices.ContainsFunc(chosen, func(d *Delivery) bool { return d.State == Waiting })
	own := strings.EqualFold(o.By.Name, h.Sender.String())
	switch {
	case o.By.Name == "":
		return deny("nobody is named as the one who decides")
	case verb == VerbApprove && o.By.Kind == ActorApprover && own:
		return deny("nobody approves his own mail")
	case verb == VerbRelease && o.By.Kind == ActorSender && waits && !h.SelfRelease():
		return deny("the rules of this hold want somebody else to decide")
	case verb == VerbRelease && waits && h.Terms.ReasonRequired && strings.TrimSpace(o.Reason) == "":
		return deny("a reason is required")
	}
	return nil
}

// settle moves the deliveries and records it.
func (h *Hold) settle(dec Decision, chosen []*Delivery, to func(*Delivery) State) (Outcome, error) {
	e := Event{Time: dec.At, Hold: h.ID, Verb: dec.Verb, By: dec.By, Reason: dec.Reason}
	for _, d := range chosen {
		c, err := h.Move(d, to(d), dec.Verb, dec.By.Kind, dec.At)
		if err != nil {
			return Outcome{}, err
		}
		if dec.Verb.decides() {
			d.Decision = dec
		}
		e.Changes = append(e.Changes, c)
	}
	h.Version++
	h.Deadline = time.Time{}
	for _, d := range h.Deliveries() {
		if d.State == Waiting && (h.Deadline.IsZero() || d.Due.Before(h.Deadline)) {
			h.Deadline = d.Due
		}
	}
	if h.Deadline.IsZero() && dec.Verb.decides() {
		h.Decision = dec
	}
	return Outcome{Events: []Event{e}}, nil
}
