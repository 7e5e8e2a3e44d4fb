package quarantine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// arrival is a judged mail on its way into the store.
type arrival struct {
	m      *policy.Message
	v      policy.Verdict
	digest email.Digest
	size   int64
	now    time.Time
	// leaders are the earlier holds that the mail depends on.
	leaders leaders
}

func (k *Keeper) newHold(in arrival) *Hold {
	facts, verdict := evidence(in.m, in.v)
	h := &Hold{ID: email.NewID(in.now), Scope: k.o.Scope, Kind: KindMail, Created: in.now, Version: 1,
		Sender: in.m.Envelope.Sender, Subject: MaskSubject(in.m.Header.Subject),
		Rules: in.v.Rules(), Facts: facts, Verdict: verdict, Terms: strictest(in.v)}
	if k.o.Staff != nil {
		h.Assignment = k.o.Staff.Assign(in.m, h.Terms, in.now)
	}
	if waits := slices.ContainsFunc(in.v.Recipients, func(r policy.RecipientVerdict) bool { return r.Action == policy.Hold }); waits {
		h.Deadline = k.deadline(h.Assignment, in.v, in.now)
		if h.Assignment.AwayFrom.Before(h.Deadline) && h.Assignment.AwayUntil.After(in.now) {
			h.Desk.Paused = in.now
		}
	}
	if k.o.Notices {
		h.Desk.Watched = true
		h.LookAt(in.now.Add(Quiet))
	}
	c := k.newCopy(h, in)
	for i, r := range in.m.Envelope.Recipients {
		if !knows(c, r.Address) { // RCPT twice is one delivery
			h.place(c, i, k.judged(h, in, i))
		}
	}
	h.Copies = []*Copy{c}
	h.References = append(references(in.m, in.now), forwards(in.m, in.v, in.now)...)
	h.follow(in.now)
	return h
}

func (k *Keeper) newCopy(h *Hold, in arrival) *Copy {
	_, verdict := evidence(in.m, in.v)
	return &Copy{ID: email.NewID(in.now), Number: len(h.Copies) + 1, Envelope: in.m.Envelope,
		Revisions: []*Revision{{Number: 1, Body: in.digest, Size: in.size, Verdict: verdict, Created: in.now, By: guard()}}}
}

// start is the first state of a delivery.
type start struct {
	action   policy.Action
	state    State
	due      time.Time
	decision Decision
}

// place makes the delivery of the copy's i-th envelope recipient.
func (h *Hold) place(c *Copy, i int, s start) {
	now := c.Revisions[0].Created
	d := &Delivery{ID: email.NewID(now), Recipient: c.Envelope.Recipients[i], Action: s.action,
		State: s.state, Due: s.due, Revision: 1, Version: 1, Decision: s.decision}
	if s.state == Due {
		d.Since = s.due
	}
	if s.state.Final() {
		d.Ended = now
		d.Bounce = h.owesBounce(d)
	}
	c.Deliveries = append(c.Deliveries, d)
}

// judged is the start that the verdict alone gives.
func (k *Keeper) judged(h *Hold, in arrival, i int) start {
	r := in.v.Recipients[i]
	switch r.Action {
	case policy.Pass:
		return start{r.Action, Due, in.now, Decision{}}
	case policy.Delay:
		return start{r.Action, Due, in.now.Add(max(0, r.Delay)), Decision{}}
	case policy.Reject:
		return start{r.Action, Rejected, time.Time{}, Decision{}}
	}
	until := h.Deadline
	if !until.After(in.now) {
		until = k.deadline(h.Assignment, in.v, in.now)
	}
	if s, ok := in.following(h, r); ok {
		return s
	}
	return start{r.Action, Waiting, until, Decision{}}
}

// join adds what is new in a copy to a hold.
func (k *Keeper) join(ctx context.Context, id email.ID, in arrival) error {
	waits := false
	err := k.o.Store.Change(ctx, Edit{Hold: id, Apply: func(h *Hold) (Outcome, error) {
		waits = false
		c := k.newCopy(h, in)
		for i, r := range in.m.Envelope.Recipients {
			if !h.knows(r.Address) && !knows(c, r.Address) {
				h.place(c, i, k.inherited(h, in, i))
			}
		}
		e := Event{Time: in.now, Hold: id, Verb: VerbJoin, By: guard(), Changes: born(c),
			Detail: string(in.m.Envelope.ID) + " " + strconv.Itoa(len(in.m.Envelope.Recipients)-len(c.Deliveries)) + " known"}
		if len(c.Deliveries) > 0 {
			h.Copies = append(h.Copies, c)
			h.Version++
			for _, d := range c.Deliveries {
				if d.State == Waiting && h.Deadline.IsZero() {
					h.Deadline = d.Due
				}
				waits = waits || d.State == Waiting
			}
			if waits {
				h.Terms = stricter(h.Terms, in.v)
			}
			k.assign(h, in.now)
			if h.Desk.Watched {
				h.LookAt(in.now.Add(Quiet))
			}
		}
		return Outcome{Events: []Event{e}}, nil
	}})
	if err != nil {
		return fmt.Errorf("join copy: %w", err)
	}
	k.metrics.joins.Inc()
	k.o.Log.Info("copy joined hold", "hold", id, "mail", in.m.Envelope.ID, "waits", waits)
	k.nudge()
	return nil
}

// inherited is the start of a new recipient of a further copy. What was decided
// for the mail holds for everybody its header names; others wait on their own.
// While nothing is decided, outsiders wait together. A colleague whom the
// verdict lets pass never waits.
func (k *Keeper) inherited(h *Hold, in arrival, i int) start {
	own := k.judged(h, in, i)
	r := in.v.Recipients[i]
	outside := i >= len(in.m.Recipients) || in.m.Recipients[i].External
	if r.Action == policy.Reject || r.Action == policy.Pass && !outside {
		return own
	}
	if !h.Decision.IsZero() {
		if h.names(r.Address) {
			return follow(r.Action, h.Decision, in.now)
		}
		return start{max(r.Action, policy.Hold), Waiting, k.deadline(h.Assignment, in.v, in.now), Decision{}}
	}
	if r.Action == policy.Hold {
		return own
	}
	for _, d := range h.Deliveries() {
		switch {
		case d.State == Waiting:
			return start{policy.Hold, Waiting, d.Due, Decision{}}
		case d.State == Due && d.Attempts == 0 && d.Due.After(own.due):
			own = start{policy.Delay, Due, d.Due, Decision{}}
		}
	}
	return own
}

// follow repeats a decision for one more recipient.
func follow(action policy.Action, d Decision, now time.Time) start {
	switch d.Verb {
	case VerbApprove, VerbRelease, VerbSendFirst:
		due := now
		if d.UndoUntil.After(now) {
			due = d.UndoUntil
		}
		return start{action, Due, due, d}
	case VerbCancel:
		return start{action, Cancelled, time.Time{}, d}
	case VerbExpire:
		if d.Reason == expiryRelease {
			return start{action, Due, now, d}
		}
		return start{action, Expired, time.Time{}, d}
	}
	return start{action, Rejected, time.Time{}, d}
}

func (h *Hold) knows(a email.Address) bool {
	return slices.ContainsFunc(h.Copies, func(c *Copy) bool { return knows(c, a) })
}

func knows(c *Copy, a email.Address) bool {
	return slices.ContainsFunc(c.Deliveries, func(d *Delivery) bool { return d.Recipient.Address.Equal(a) })
}

// names tells whether To or Cc of the decided mail shows the address.
func (h *Hold) names(a email.Address) bool {
	same := func(b policy.Mailbox) bool { return b.Address.Equal(a) }
	return slices.ContainsFunc(h.Facts.Header.To, same) || slices.ContainsFunc(h.Facts.Header.Cc, same)
}

// deadline is the earliest one of the rules that hold, around the days on which
// nobody can decide. One that cannot be read counts as the default; the rules'
// loader should have refused it.
func (k *Keeper) deadline(a policy.Assignment, v policy.Verdict, now time.Time) time.Time {
	var first time.Time
	if from := k.begins(a, now); from.After(now) { // the days off are over then
		now, a = from, policy.Assignment{}
	}
	for _, f := range holding(v) {
		if f.Terms.Deadline == "" {
			continue
		}
		t, err := k.o.Calendar.deadlineAround(f.Terms.Deadline, now, a.AwayFrom, a.AwayUntil)
		if err != nil {
			k.o.Log.Error("deadline of a rule cannot be read, the default is used", "rule", f.Name, "error", err)
			continue
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	if first.IsZero() {
		first, _ = k.o.Calendar.deadlineAround(k.o.Deadline, now, a.AwayFrom, a.AwayUntil) // New has checked it
	}
	return first
}

func holding(v policy.Verdict) []policy.Fired {
	return slices.DeleteFunc(slices.Clone(v.Fired), func(f policy.Fired) bool {
		return f.Monitor || f.Action != policy.Hold
	})
}

// strictest joins the terms of all rules that hold: the sender may decide only
// if every rule says so, a mail is released at its deadline only if every rule
// says so, and everybody who is to be told is told. Without a rule nobody but an
// admin decides.
func strictest(v policy.Verdict) policy.Terms {
	var t policy.Terms
	for i, f := range holding(v) {
		if i == 0 {
			t = f.Terms
			t.Approvers = slices.Clone(t.Approvers)
			continue
		}
		t = bothTerms(t, f.Terms)
	}
	if t.OnExpiry != onExpiryRelease {
		t.OnExpiry = onExpiryReject
	}
	return t
}

// stricter joins the terms of a hold with those of a further copy that waits.
func stricter(t policy.Terms, v policy.Verdict) policy.Terms {
	if len(holding(v)) == 0 {
		return t // it waits only because the first copy does
	}
	if len(t.Approvers) == 0 && t.Deadline == "" {
		return strictest(v) // nothing waited before
	}
	return bothTerms(t, strictest(v))
}

func bothTerms(a, b policy.Terms) policy.Terms {
	self := slices.Contains(a.Approvers, "self") && slices.Contains(b.Approvers, "self")
	a.Approvers = union(a.Approvers, b.Approvers)
	if !self {
		a.Approvers = slices.DeleteFunc(a.Approvers, func(s string) bool { return s == "self" })
	}
	if a.OnExpiry != b.OnExpiry {
		a.OnExpiry = onExpiryReject
	}
	if a.Deadline == "" {
		a.Deadline = b.Deadline
	}
	a.ReasonRequired = a.ReasonRequired || b.ReasonRequired
	a.Offer = union(a.Offer, b.Offer)
	a.CopyTo = union(a.CopyTo, b.CopyTo)
	a.LogIn = a.LogIn || b.LogIn
	a.NoRecipients = a.NoRecipients || b.NoRecipients
	a.SendThenReview = a.SendThenReview && b.SendThenReview
	return a
}

func union(a, b []string) []string {
	out := slices.Clone(a)
	for _, s := range b {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
