package quarantine

import (
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Scope is the part of every key that tells whose row it is: organisation, the
// node that wrote it, and the segment of that node's chain. All start at 1.
type Scope struct {
	Organization int64 `json:"organization"`
	Node         int64 `json:"node"`
	Segment      int64 `json:"segment"`
}

// Kind tells mail that was held from mail we write ourselves, which goes through
// the same store and dispatch.
type Kind string

// Kinds of holds.
const (
	KindMail   Kind = "mail"
	KindBounce Kind = "bounce"
	KindNotice Kind = "notice"
)

// Actor is who did something.
type Actor struct {
	Kind ActorKind `json:"kind"`
	// Name is the mail address or account name; "dispatch" and the like for the
	// guard itself.
	Name string `json:"name"`
	// Via is the way it came: "cli", "api", or one of the Via constants.
	Via string `json:"via,omitempty"`
}

// Ways by which people act at pages.
const (
	ViaWeb   = "web"    // the console
	ViaLink  = "link"   // a personal link
	ViaLogIn = "log-in" // a personal link, after its owner logged in
)

// Decision is an act that ended a wait. Kind of By tells self-release (sender)
// from second-person release (approver).
type Decision struct {
	Verb   Verb      `json:"verb"`
	By     Actor     `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason,omitempty"`
	// Bulk is the bulk decision it belongs to; "" for one about this mail.
	Bulk email.ID `json:"bulk,omitempty"`
	// UndoUntil is how long a release can be taken back; zero for not at all.
	UndoUntil time.Time `json:"undo_until,omitzero"`
}

// IsZero tells that nothing was decided.
func (d Decision) IsZero() bool { return d.Verb == "" }

// Hold is a kept mail with its verdict.
type Hold struct {
	ID    email.ID
	Scope Scope
	Kind  Kind
	// Parent is the hold that a bounce or notice is about; "" for a mail.
	Parent email.ID
	// Created is when the first copy was taken in.
	Created time.Time
	// Version counts joins and decisions: what somebody who decides must have seen.
	Version int64
	Sender  email.Address
	// Subject is masked: digits and long tokens are starred. The raw one is in
	// Facts.
	Subject string
	// Rules names the rules that acted.
	Rules []string
	// Facts is the mail as it was judged, with raw header values; sealed at
	// rest. Of each type and part at most MaxEvidence findings are kept one by one,
	// the others as a number.
	Facts policy.Message
	// Verdict is the first copy's; sealed at rest.
	Verdict policy.Verdict
	// Terms are the strictest of all rules that hold.
	Terms policy.Terms
	// Deadline is when the wait ends by itself; zero when nothing waits.
	Deadline time.Time
	// Decision is the latest one that left nothing waiting.
	Decision Decision
	// Assignment says who has to do with it; zero where nobody was asked. Sealed
	// at rest, and so is Desk.
	Assignment policy.Assignment
	// Desk is what people said about it and were told.
	Desk Desk
	// Look is when the notices have to look at it next; zero for never.
	Look   time.Time
	Copies []*Copy
	// References are written with a new hold, and not read back.
	References []Reference
}

// Copy is the mail as it arrived once.
type Copy struct {
	ID email.ID
	// Number counts from 1 within the hold.
	Number int
	// Envelope is as received, with all recipients of this transaction; sealed
	// at rest.
	Envelope   email.Envelope
	Revisions  []*Revision
	Deliveries []*Delivery
}

// Revision is the bytes of a copy, original or repaired. The original, number 1,
// stays as evidence.
type Revision struct {
	// Number counts from 1 within the copy.
	Number int
	// Repair names what was changed ("to_bcc"); "" for the original.
	Repair string
	Body   email.Digest
	Size   int64
	// Verdict is that of these bytes; sealed at rest.
	Verdict policy.Verdict
	Created time.Time
	By      Actor
}

// Delivery is one recipient of one copy.
type Delivery struct {
	ID        email.ID
	Recipient email.Recipient
	// Action is what the verdict said for this recipient.
	Action policy.Action
	State  State
	// Due is the deadline while waiting, the earliest time to send while due,
	// the end of the lease while sending.
	Due time.Time
	// Since is when it first became due; the time to give up counts from here.
	Since time.Time
	// Revision is the number of the revision to send.
	Revision int
	// Version counts every change; with Owner it fences a dispatcher's writes.
	Version int64
	// Attempts counts leases taken, Lost the answers to a final dot that were lost.
	Attempts int
	Lost     int
	// Owner is the dispatcher that has the lease; "" without.
	Owner string
	// Attempting is set before the final dot and cleared with its outcome.
	Attempting bool
	// Bounce tells that the sender is owed a report.
	Bounce bool
	// Reply is the next hop's latest answer; zero before the first.
	Reply email.Reply
	// Decision is who decided this delivery; zero when it never waited.
	Decision Decision
	// Ended is when it reached its final state.
	Ended time.Time
}

// State is the state of the hold as a whole: the first of States that one of
// its deliveries is in.
func (h *Hold) State() State {
	for _, s := range States() {
		for _, d := range h.Deliveries() {
			if d.State == s {
				return s
			}
		}
	}
	return Sent
}

// Deliveries lists those of all copies.
func (h *Hold) Deliveries() []*Delivery {
	var out []*Delivery
	for _, c := range h.Copies {
		out = append(out, c.Deliveries...)
	}
	return out
}

// Delivery finds one by id, with its copy.
func (h *Hold) Delivery(id email.ID) (*Copy, *Delivery) {
	for _, c := range h.Copies {
		for _, d := range c.Deliveries {
			if d.ID == id {
				return c, d
			}
		}
	}
	return nil, nil
}

// Revision finds one by number.
func (c *Copy) Revision(number int) *Revision {
	for _, r := range c.Revisions {
		if r.Number == number {
			return r
		}
	}
	return nil
}

// SelfRelease tells whether every rule that holds lets the sender decide, and
// there is one who can.
func (h *Hold) SelfRelease() bool {
	if !h.Assignment.IsZero() {
		return h.Assignment.Self
	}
	return slices.Contains(h.Terms.Approvers, "self")
}

// Change is one delivery's part in an event.
type Change struct {
	Delivery email.ID `json:"delivery"`
	From     State    `json:"from"`
	To       State    `json:"to"`
}

// Move changes a delivery's state along the table and takes its lease away. The
// caller sets Due, Reply and Decision. A delivery that ends badly owes its
// sender a report, if he is to have one.
func (h *Hold) Move(d *Delivery, to State, verb Verb, by ActorKind, now time.Time) (Change, error) {
	if !May(d.State, to, verb, by) {
		return Change{}, ErrNotAllowed{From: d.State, To: to, Verb: verb, By: by}
	}
	c := Change{Delivery: d.ID, From: d.State, To: to}
	d.State = to
	d.Version++
	d.Owner, d.Attempting = "", false
	if to == Due {
		d.Due = now
		if d.Since.IsZero() {
			d.Since = now
		}
	}
	if to.Final() {
		d.Ended = now
		d.Bounce = h.owesBounce(d)
	}
	// The end of a mail is told, and a notice that failed raises an alert.
	if h.Desk.Watched && (to.Final() || to == Waiting) || h.Kind == KindNotice && to == Failed {
		h.LookAt(now)
	}
	return c, nil
}

// owesBounce follows RFC 3461 section 4.1 and 5.2: never a report about a report,
// none to the null path, none where NOTIFY leaves FAILURE out. Without an
// explicit NOTIFY a notice tells it, where one is written.
func (h *Hold) owesBounce(d *Delivery) bool {
	if h.Kind != KindMail || h.Sender.IsNull() || !h.Facts.Forward.Mailbox.IsNull() {
		return false // who wrote a mail that is sent on knows nothing of it
	}
	if d.State != Failed && d.State != Rejected && d.State != Expired {
		return false
	}
	n := d.Recipient.Options.Notify
	return len(n) == 0 && !h.Tells() || slices.Contains(n, "FAILURE")
}
