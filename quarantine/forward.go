package quarantine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// VerbRevoke takes back what was answered about an automatic forward: the next
// mail that the mailbox sends on is asked about again.
const VerbRevoke Verb = "revoke"

// Forwarding is what stands about the automatic forward from one mailbox to one
// address outside.
type Forwarding struct {
	Mailbox, Target email.Address
	// Answer is policy.ForwardAsked, ForwardAllowed, ForwardRefused or
	// ForwardUnanswered.
	Answer string
	// Decision is who answered; zero while nobody has.
	Decision Decision
	// Until is when the answer ends by itself.
	Until time.Time
}

// AsksForward tells a hold about whose forward target a question is asked that
// later mail of the same mailbox follows.
func AsksForward(h *Hold) bool { return len(forwards(&h.Facts, h.Verdict, h.Created)) > 0 }

// Standing tells a hold that asked about an automatic forward and whose question
// or answer counts: it is listed by Query.Forwards.
func (h *Hold) Standing() bool { return h.Desk.Revoked.IsZero() && AsksForward(h) }

// Forwardings are the questions that a hold asked, with what was answered.
func (h *Hold) Forwardings() []Forwarding {
	var out []Forwarding
	for _, ref := range forwards(&h.Facts, h.Verdict, h.Created) {
		for _, d := range h.Deliveries() {
			if d.Recipient.Address.Key() != ref.Values[1] {
				continue
			}
			out = append(out, Forwarding{Mailbox: h.Facts.Forward.Mailbox, Target: d.Recipient.Address, Answer: d.forwarding(),
				Decision: d.Decision, Until: ref.Until})
			break
		}
	}
	return out
}

// forwarding is what a delivery answers to the question about its target; "" for
// one that left without an answer.
func (d *Delivery) forwarding() string {
	switch {
	case d.State == Waiting:
		return policy.ForwardAsked
	case d.released():
		return policy.ForwardAllowed
	case d.State == Expired:
		return policy.ForwardUnanswered
	case unsent(d.State):
		return policy.ForwardRefused
	}
	return ""
}

// mayRevoke: the mailbox's owner, those who send from it, or an admin.
func (h *Hold) mayRevoke(o Order) error {
	deny := func(why string) error { return ErrNotAllowed{Verb: VerbRevoke, By: o.By.Kind, Why: why} }
	switch {
	case !AsksForward(h):
		return deny("it holds no answer about an automatic forward")
	case !h.Desk.Revoked.IsZero():
		return deny("the answer was revoked before")
	case h.waits():
		return deny("the question is still open: decide it")
	case o.By.Name == "":
		return deny("nobody is named as the one who revokes")
	case h.Terms.LogIn && o.By.Via == ViaLink:
		return deny(whyLogIn)
	case o.By.Kind != ActorAdmin && (o.By.Kind != ActorSender || !h.Assignment.Sends(o.person())):
		return deny("it is not his mailbox")
	}
	return nil
}

// Revoke takes back the answer that a hold has about an automatic forward, and
// earlier answers about the same mailbox and target with it.
func (k *Keeper) Revoke(ctx context.Context, o Order) (*Hold, error) {
	h, err := k.o.Store.Load(ctx, o.Hold)
	if err != nil {
		return nil, fmt.Errorf("load hold: %w", err)
	}
	if err := k.revoke(ctx, o); err != nil {
		return nil, err
	}
	older, err := k.o.Store.Tied(ctx, forwards(&h.Facts, h.Verdict, h.Created), k.o.Now())
	if err != nil {
		return nil, fmt.Errorf("look up earlier answers: %w", err)
	}
	for _, f := range older {
		if f.Hold == o.Hold || f.Hold == "" {
			continue
		}
		err := k.revoke(ctx, Order{Hold: f.Hold, By: o.By, Reason: o.Reason})
		var refused ErrNotAllowed
		if err != nil && !errors.As(err, &refused) && !errors.Is(err, ErrNotFound) {
			return nil, err
		}
	}
	return k.o.Store.Load(ctx, o.Hold)
}

func (k *Keeper) revoke(ctx context.Context, o Order) error {
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: o.Hold, Key: o.Key, Print: o.print(VerbRevoke), At: now, Apply: func(h *Hold) (Outcome, error) {
		if o.Version != 0 && o.Version != h.Version {
			return Outcome{}, ErrChanged
		}
		if err := h.mayRevoke(o); err != nil {
			return Outcome{}, err
		}
		h.Desk.Revoked = now
		h.Version++
		return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: VerbRevoke, By: o.By, Reason: o.Reason}}}, nil
	}})
	if err != nil && !errors.Is(err, ErrRepeated) {
		return fmt.Errorf("revoke answer: %w", err)
	}
	return nil
}
