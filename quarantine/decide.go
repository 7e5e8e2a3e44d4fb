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
	// Link is the hash of the personal link that a decision spends; zero for
	// none. By is then Link.Actor of that link.
	Link email.Digest
	// Undoable lets a release be taken back for a while although it was not made
	// at a page.
	Undoable bool
}

const (
	onExpiryRelease = "release"
	onExpiryReject  = "reject"
	// expiryRelease is the reason of an expiry that released.
	expiryRelease = "released at the deadline"
	expiryEnd     = "nobody decided in time"
)

// Approve releases what waits. Nobody who had a part in the mail may do so.
func (k *Keeper) Approve(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbApprove, o)
}

// Reject refuses what waits.
func (k *Keeper) Reject(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbReject, o)
}

// Cancel withdraws what waits or is due; what is being sent goes out.
func (k *Keeper) Cancel(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbCancel, o)
}

// Release lets what waits go, by its sender where every rule allows that, or by
// an admin; and sends delayed mail now.
func (k *Keeper) Release(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbRelease, o)
}

// Resend sends a delivery again whose outcome is unknown; by an admin.
func (k *Keeper) Resend(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbResend, o)
}

// Settle records that a delivery of unknown outcome has arrived; by an admin.
func (k *Keeper) Settle(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbSettle, o)
}

// GiveUp ends a delivery of unknown outcome as not sent; by an admin.
func (k *Keeper) GiveUp(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbGiveUp, o)
}

// Expire ends the wait of everything in the hold whose deadline has passed, as
// its terms say. It is harmless when nothing has.
func (k *Keeper) Expire(ctx context.Context, hold email.ID) error {
	now := k.o.Now()
	// What follows an earlier mail is decided there.
	if err := k.catchUp(ctx, hold); err != nil {
		return err
	}
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
		if k.pause(h, over, now) {
			return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: VerbPause, By: guard()}}}, nil
		}
		d := Decision{Verb: VerbExpire, By: Actor{Kind: ActorSystem, Name: "deadline"}, At: now, Reason: reason}
		return h.settle(d, over, func(*Delivery) State { return to })
	}})
	if err != nil {
		return fmt.Errorf("expire hold: %w", err)
	}
	k.followers(ctx, hold)
	k.nudge()
	return nil
}

// Undo takes a release back that has not left yet: by the one who made it, within
// Options.Undo. What waited waits again, with the deadline it had.
func (k *Keeper) Undo(ctx context.Context, o Order) (*Hold, error) {
	return k.decide(ctx, VerbUndo, o)
}

func (k *Keeper) decide(ctx context.Context, verb Verb, o Order) (*Hold, error) {
	now, steps := k.o.Now(), stepsOf(verb)
	e := Edit{Hold: o.Hold, Key: o.Key, Print: o.print(verb), At: now, Link: o.use(verb, now)}
	if verb == VerbUndo {
		e.Unspend = o.person()
	}
	e.Apply = func(h *Hold) (Outcome, error) {
		chosen, err := h.chosen(o, verb, now, steps)
		if err != nil {
			return Outcome{}, err
		}
		if err := h.permit(verb, o, chosen, now); err != nil {
			return Outcome{}, err
		}
		d := Decision{Verb: verb, By: o.By, At: now, Reason: o.Reason, UndoUntil: k.undoUntil(verb, o, now)}
		out, err := h.settle(d, chosen, func(d *Delivery) State {
			return steps[slices.IndexFunc(steps, func(s step) bool { return s.from == d.State })].to
		})
		if err == nil && verb == VerbSendFirst {
			k.sentFirst(h, o, now)
		}
		return out, err
	}
	err := k.o.Store.Change(ctx, e)
	repeated := errors.Is(err, ErrRepeated)
	if err != nil && !repeated {
		return nil, fmt.Errorf("%s hold: %w", verb, err)
	}
	if !repeated {
		k.metrics.decisions.WithLabelValues(string(verb), string(o.By.Kind)).Inc()
		k.o.Log.Info("hold decided", "hold", o.Hold, "verb", verb, "by", o.By.Kind)
		k.followers(ctx, o.Hold)
		k.nudge()
	}
	return k.o.Store.Load(ctx, o.Hold)
}

// undoUntil is the end of the time in which a release can be taken back.
func (k *Keeper) undoUntil(verb Verb, o Order, now time.Time) time.Time {
	page := o.By.Via == ViaWeb || o.By.Via == ViaLink || o.By.Via == ViaLogIn || o.Undoable
	if k.o.Undo < 0 || !page || verb != VerbApprove && verb != VerbRelease && verb != VerbSendFirst {
		return time.Time{}
	}
	return now.Add(k.o.Undo)
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
		// A due delivery whose time has come needs no release, and one that can no
		// longer be taken back, or was never waited for, none either.
		late := d.State == Due && (verb == VerbRelease && (!d.Due.After(now) || !d.Decision.IsZero()) ||
			verb == VerbUndo && (!d.Decision.UndoUntil.After(now) || d.Attempts > 0))
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

// settle moves the deliveries and records it.
func (h *Hold) settle(dec Decision, chosen []*Delivery, to func(*Delivery) State) (Outcome, error) {
	e := Event{Time: dec.At, Hold: h.ID, Verb: dec.Verb, By: dec.By, Reason: dec.Reason}
	for _, d := range chosen {
		was := *d
		c, err := h.Move(d, to(d), dec.Verb, dec.By.Kind, dec.At)
		if err != nil {
			return Outcome{}, err
		}
		switch {
		case dec.Verb == VerbUndo:
			h.takeBack(d)
		case dec.Verb.decides():
			d.Decision = dec
			if was.State == Waiting && !dec.UndoUntil.IsZero() {
				d.Due = dec.UndoUntil
				if h.Desk.Deadlines == nil {
					h.Desk.Deadlines = map[email.ID]time.Time{}
				}
				h.Desk.Deadlines[d.ID] = was.Due
			}
		}
		e.Changes = append(e.Changes, c)
	}
	h.Version++
	h.nextDeadline()
	switch {
	case dec.Verb == VerbUndo:
		if h.Decision.Verb == VerbSendFirst {
			h.Desk.Review = Review{}
		}
		h.Decision, h.Desk.Deadlines = Decision{}, nil
	case h.Deadline.IsZero() && dec.Verb.decides():
		h.Decision = dec
	}
	return Outcome{Events: []Event{e}}, nil
}

// takeBack lets a delivery wait as it did before its release. One that a further
// copy brought meanwhile waits with the others.
func (h *Hold) takeBack(d *Delivery) {
	d.Due, d.Since, d.Decision = h.Desk.Deadlines[d.ID], time.Time{}, Decision{}
	for _, until := range h.Desk.Deadlines {
		if d.Due.IsZero() {
			d.Due = until
		}
	}
}
