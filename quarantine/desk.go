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

// Quiet is how long nothing may happen to a hold before people are told of it:
// further copies of a mail arrive within seconds.
const Quiet = 20 * time.Second

// DefaultUndo is how long a release by somebody at a page can be taken back.
const DefaultUndo = 15 * time.Second

// roleOnCall is who is asked outside working hours when a mail is urgent.
const roleOnCall = "on-call"

// Staff knows who decides about mail; directory.Staff implements it. Both
// methods answer from memory and at once.
type Staff interface {
	// Assign says who ends a hold of this mail with these terms.
	Assign(m *policy.Message, t policy.Terms, now time.Time) policy.Assignment
	// HandOver says who decides when somebody hands it over to "deputy", a role,
	// a group or an address; an error when nobody can.
	HandOver(m *policy.Message, a policy.Assignment, from email.Address, to string, now time.Time) ([]policy.Approver, error)
}

// Desk is what people have said about a hold and were told about it.
type Desk struct {
	// Watched tells that notices are written about it. Its ends are then told by
	// a notice instead of a bounce, where there is somebody to read it.
	Watched bool `json:"watched,omitempty"`
	// Note is what the sender wants approvers to know.
	Note string `json:"note,omitempty"`
	// Urgent is when the sender said that it is; zero when he did not.
	Urgent time.Time `json:"urgent,omitzero"`
	// SendFirstUntil is until when the sender may send an urgent mail that is
	// reviewed afterwards; zero for not at all. Review is that review.
	SendFirstUntil time.Time `json:"send_first_until,omitzero"`
	Review         Review    `json:"review,omitzero"`
	// Paused is when the deadline began to wait for people who were away; zero
	// when it did not. It waits once.
	Paused time.Time `json:"paused,omitzero"`
	// Revoked is when the answer about an automatic forward was taken back; zero
	// while it stands.
	Revoked time.Time `json:"revoked,omitzero"`
	// Resent is when the sender sent the mail again and nothing held it; zero when
	// he did not.
	Resent time.Time `json:"resent,omitzero"`
	// HandedOver are those who gave it to somebody else.
	HandedOver []email.Address `json:"handed_over,omitempty"`
	// Round counts how often it was decided and told; it is above 0 when a late
	// copy began to wait after the end.
	Round int `json:"round,omitempty"`
	// Deadlines are those that counted before a release that can be taken back,
	// by delivery.
	Deadlines map[email.ID]time.Time `json:"deadlines,omitempty"`
	// Told are the notices that were written.
	Told []Told `json:"told,omitempty"`
}

// Told is the durable mark of one notice: it is written in one transaction with
// the notice, so that nobody is told twice.
type Told struct {
	// What was told: "held", "request", "reminder", "urgent", "copy", "absent",
	// "end", "review", "objection", "resent", "alert".
	What  string        `json:"what"`
	Round int           `json:"round,omitempty"`
	To    email.Address `json:"to"`
	At    time.Time     `json:"at"`
	// Mail is the notice; "" when one about another hold told it too.
	Mail email.ID `json:"mail,omitempty"`
}

// WasTold finds a mark of the current round; to may be null for anybody.
func (h *Hold) WasTold(what string, to email.Address) bool {
	return slices.ContainsFunc(h.Desk.Told, func(t Told) bool {
		return t.What == what && t.Round == h.Desk.Round && (to.IsNull() || t.To.Equal(to))
	})
}

// LookAt asks the notices to look at the hold at t, if they do not do so sooner.
func (h *Hold) LookAt(t time.Time) {
	if h.Look.IsZero() || t.Before(h.Look) {
		h.Look = t
	}
}

// Tells says that a notice tells the sender how it ends.
func (h *Hold) Tells() bool {
	p := h.Assignment.Principal
	return h.Desk.Watched && !p.Automatic && !p.Actor.IsZero()
}

// message is the mail as judged, with the recipients of all copies.
func (h *Hold) message() *policy.Message {
	m := h.Facts
	m.Envelope.Recipients, m.Recipients = nil, nil
	for _, d := range h.Deliveries() {
		m.Envelope.Recipients = append(m.Envelope.Recipients, d.Recipient)
		r := policy.Recipient{Address: d.Recipient.Address, External: true}
		for _, known := range h.Facts.Recipients {
			if known.Address.Equal(r.Address) {
				r = known
			}
		}
		m.Recipients = append(m.Recipients, r)
	}
	return &m
}

// assign finds out who has to do with a hold. What was handed over stays so.
func (k *Keeper) assign(h *Hold, now time.Time) {
	if k.o.Staff == nil || h.Kind != KindMail {
		return
	}
	a := k.o.Staff.Assign(h.message(), h.Terms, now)
	a.Approvers = slices.DeleteFunc(a.Approvers, func(p policy.Approver) bool {
		return slices.ContainsFunc(h.Desk.HandedOver, p.Address.Equal)
	})
	for _, p := range h.Assignment.Approvers {
		if _, known := a.Approver(p.Address); !known && p.Basis == policy.ByHandover && !a.HasActed(p.Address) {
			a.Approvers = append(a.Approvers, p)
		}
	}
	h.Assignment = a
}

// Reassign finds out anew who decides about what waits: somebody may have gone
// away since. It changes nothing when the answer is the same.
func (k *Keeper) Reassign(ctx context.Context, hold email.ID) (*Hold, error) {
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: hold, Apply: func(h *Hold) (Outcome, error) {
		if !h.waits() && !h.Reviewing() {
			return Outcome{}, nil
		}
		before := h.Assignment.Approvers
		k.assign(h, now)
		if slices.EqualFunc(before, h.Assignment.Approvers, func(a, b policy.Approver) bool { return a.Address.Equal(b.Address) }) {
			return Outcome{}, nil
		}
		h.Version++
		return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: VerbAssign, By: guard()}}}, nil
	}})
	if err != nil {
		return nil, fmt.Errorf("reassign hold: %w", err)
	}
	return k.o.Store.Load(ctx, hold)
}

func (h *Hold) waits() bool {
	return slices.ContainsFunc(h.Deliveries(), func(d *Delivery) bool { return d.State == Waiting })
}

// HandOver gives the decision to somebody else: "deputy", a role or group such
// as "privacy-office", or an address. Who hands over decides no longer; an admin
// adds somebody. Order.Reason tells the next one why. ErrNotAllowed when nobody
// of that name can decide.
func (k *Keeper) HandOver(ctx context.Context, o Order, to string) (*Hold, error) {
	return k.desk(ctx, VerbHandOver, o, to, func(h *Hold, now time.Time) error {
		from := o.person()
		next, err := k.handOver(h, from, to, now)
		if err != nil {
			return err
		}
		a := &h.Assignment
		if o.By.Kind == ActorApprover {
			a.Approvers = slices.DeleteFunc(a.Approvers, func(p policy.Approver) bool { return p.Address.Equal(from) })
			h.Desk.HandedOver = append(h.Desk.HandedOver, from)
		}
		for _, p := range next {
			if _, known := a.Approver(p.Address); !known {
				a.Approvers = append(a.Approvers, p)
			}
		}
		return nil
	})
}

func (k *Keeper) handOver(h *Hold, from email.Address, to string, now time.Time) ([]policy.Approver, error) {
	deny := ErrNotAllowed{From: Waiting, Verb: VerbHandOver, By: ActorApprover, Why: "nobody of that name can decide about this mail"}
	if k.o.Staff == nil {
		return nil, deny
	}
	next, err := k.o.Staff.HandOver(h.message(), h.Assignment, from, to, now)
	next = slices.DeleteFunc(next, func(p policy.Approver) bool {
		return slices.ContainsFunc(h.Desk.HandedOver, p.Address.Equal) || h.Assignment.HasActed(p.Address)
	})
	if err != nil || len(next) == 0 {
		return nil, deny
	}
	return next, nil
}

// Eligible tells that somebody of the directory can decide about the hold in place
// of from, as things stand.
func (k *Keeper) Eligible(h *Hold, from, to email.Address) bool {
	next, err := k.handOver(h, from, to.String(), k.o.Now())
	return err == nil && slices.ContainsFunc(next, func(p policy.Approver) bool { return p.Address.Equal(to) })
}

// Urgent marks what waits as urgent, by its sender: approvers are told at once,
// and outside working hours those on call decide too. Order.Reason becomes the
// sender's note. A second time changes nothing.
func (k *Keeper) Urgent(ctx context.Context, o Order) (*Hold, error) {
	return k.desk(ctx, VerbUrgent, o, "", func(h *Hold, now time.Time) error {
		if !h.Desk.Urgent.IsZero() {
			return errNothingNew
		}
		h.Desk.Urgent = now
		if o.Reason != "" {
			h.Desk.Note = o.Reason
		}
		k.offerSendFirst(h, now)
		if k.o.Calendar.Open(now) || k.o.Staff == nil {
			return nil
		}
		onCall, err := k.o.Staff.HandOver(h.message(), h.Assignment, email.Address{}, roleOnCall, now)
		if err != nil {
			return nil //nolint:nilerr // nobody is on call: those assigned are told
		}
		for _, p := range onCall {
			if _, known := h.Assignment.Approver(p.Address); !known {
				h.Assignment.Approvers = append(h.Assignment.Approvers, p)
			}
		}
		return nil
	})
}

// Note keeps what the sender wants approvers to know: Order.Reason.
func (k *Keeper) Note(ctx context.Context, o Order) (*Hold, error) {
	return k.desk(ctx, VerbNote, o, "", func(h *Hold, _ time.Time) error {
		h.Desk.Note = strings.TrimSpace(o.Reason)
		return nil
	})
}

// errNothingNew ends an act that was done before.
var errNothingNew = errors.New("quarantine: nothing is new")

// desk does an act that moves no delivery, while something waits.
func (k *Keeper) desk(ctx context.Context, verb Verb, o Order, detail string, act func(h *Hold, now time.Time) error) (*Hold, error) {
	now := k.o.Now()
	err := k.o.Store.Change(ctx, Edit{Hold: o.Hold, Key: o.Key, Print: o.print(verb), At: now, Link: o.use(verb, now), Apply: func(h *Hold) (Outcome, error) {
		if o.Version != 0 && o.Version != h.Version {
			return Outcome{}, ErrChanged
		}
		if err := h.Allows(verb, o.By, now); err != nil {
			return Outcome{}, err
		}
		if err := act(h, now); err != nil {
			return Outcome{}, err
		}
		h.Version++
		if h.Desk.Watched {
			h.LookAt(now)
		}
		// A name in detail would be personal data in a place without it.
		if strings.Contains(detail, "@") {
			detail = "person"
		}
		return Outcome{Events: []Event{{Time: now, Hold: h.ID, Verb: verb, By: o.By, Reason: o.Reason, Detail: detail}}}, nil
	}})
	switch {
	case errors.Is(err, ErrRepeated), errors.Is(err, errNothingNew):
	case err != nil:
		return nil, fmt.Errorf("%s hold: %w", verb, err)
	}
	return k.o.Store.Load(ctx, o.Hold)
}
