package notify

import (
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// What is told; the marks of quarantine.Told carry these words.
const (
	toldHeld     = "held"            // to the sender
	toldAbsent   = "absent"          // to deputy or manager of an absent sender
	toldRequest  = "request"         // to an approver
	toldReminder = "reminder"        // to whoever decides
	toldUrgent   = "urgent"          // to an approver
	toldCopy     = "copy"            // to whoever the rule names
	toldEnd      = "end"             // to the sender, or the owner of an application
	toldResent   = "resent"          // to the sender, who sent the mail again without a hold
	toldReview   = "review"          // to an approver, about mail that was sent first
	toldReviewed = "review-reminder" // the one reminder of that
	toldObjected = "objection"       // to its sender, when the approver objects
	toldAlert    = "alert"           // that a notice failed; to nobody by mail
)

const (
	// longestQuiet bounds how long copies that keep arriving put a notice off.
	longestQuiet = 2 * time.Minute
	// shortDelay is up to which delay nobody is told.
	shortDelay = 10 * time.Minute
	// shortWait is how long something must wait at least for a reminder.
	shortWait = 20 * time.Minute
)

// task is one notice to write.
type task struct {
	what    string
	to      policy.Approver
	why     occasion
	purpose quarantine.Purpose // of its link; "" without one
}

// planner says what has to be told about a hold. It is pure: the same hold and
// time give the same plan, so that it can be asked again inside a transaction.
type planner struct{ calendar quarantine.Calendar }

// plan lists the notices that are due at now, and when to look again; zero for
// not before something happens to the hold.
func (p planner) plan(h *quarantine.Hold, now time.Time) (tasks []task, next time.Time) {
	switch {
	case h.Kind != quarantine.KindMail || !h.Desk.Watched || len(h.Copies) == 0 || h.FollowsForward():
		return nil, time.Time{}
	case parked(h):
		return p.parked(h), time.Time{}
	case waiting(h):
		return p.waiting(h, now)
	case open(h):
		return p.delayed(h, now)
	}
	after, next := p.review(h, now)
	return append(p.over(h), after...), next
}

// review is the plan for mail that its sender sent first: when people work again
// the approvers are asked to look at it, a working day later once more, and the
// sender is told an objection.
func (p planner) review(h *quarantine.Hold, now time.Time) (tasks []task, next time.Time) {
	r := h.Desk.Review
	once := func(since time.Time, t task) {
		if !slices.ContainsFunc(h.Desk.Told, func(m quarantine.Told) bool {
			return m.What == t.what && m.To.Equal(t.to.Address) && !m.At.Before(since)
		}) {
			tasks = append(tasks, t)
		}
	}
	switch {
	case h.Reviewing() && now.Before(r.Due):
		return nil, r.Due
	case h.Reviewing():
		remind := p.calendar.Opening(r.Due)
		for _, a := range h.Assignment.Approvers {
			once(r.Due, task{what: toldReview, to: a, purpose: quarantine.ForApprover})
			if !now.Before(remind) && toldBetween(h, toldReview, a.Address, r.Due, remind) {
				once(remind, task{what: toldReviewed, to: a, why: reminding, purpose: quarantine.ForApprover})
			}
		}
		if now.Before(remind) {
			return tasks, remind
		}
	case r.Objected:
		for _, to := range readers(h) {
			once(r.Ended, task{what: toldObjected, to: policy.Approver{Party: to}})
		}
	}
	return tasks, time.Time{}
}

// toldBetween finds a mark of that time.
func toldBetween(h *quarantine.Hold, what string, to email.Address, since, till time.Time) bool {
	return slices.ContainsFunc(h.Desk.Told, func(m quarantine.Told) bool {
		return m.What == what && m.To.Equal(to) && !m.At.Before(since) && m.At.Before(till)
	})
}

// ParkingRule is the rule that holds all mail of an account that may have been
// taken over. Of that the administrators and the account's owner are told once
// (not for each mail), and so of what becomes of it together.
const ParkingRule = "account-breaker"

func parked(h *quarantine.Hold) bool { return slices.Contains(h.Rules, ParkingRule) }

// parked tells of a single mail only how somebody decided about it alone; what
// expired is told together.
func (p planner) parked(h *quarantine.Hold) []task {
	if waiting(h) || open(h) || h.Decision.IsZero() || h.Decision.Bulk != "" {
		return nil
	}
	var out []task
	for _, r := range readers(h) {
		if !h.WasTold(toldEnd, r.Address) && h.Desk.Round == 0 {
			out = append(out, task{what: toldEnd, to: policy.Approver{Party: r}})
		}
	}
	return out
}

func waiting(h *quarantine.Hold) bool {
	return slices.ContainsFunc(h.Deliveries(), func(d *quarantine.Delivery) bool { return d.State == quarantine.Waiting })
}

// open tells that something that was held is still on its way.
func open(h *quarantine.Hold) bool {
	return slices.ContainsFunc(h.Deliveries(), func(d *quarantine.Delivery) bool { return wasHeld(d) && !d.State.Final() })
}

// quietUntil is when nothing has happened for long enough.
func quietUntil(h *quarantine.Hold) time.Time {
	last := h.Created
	for _, c := range h.Copies {
		for _, r := range c.Revisions {
			if r.Number == 1 && r.Created.After(last) {
				last = r.Created
			}
		}
	}
	// In a later round the first copy lies far back.
	begin := h.Created
	if h.Desk.Round > 0 {
		begin = last
	}
	until := last.Add(quarantine.Quiet)
	if most := begin.Add(longestQuiet); most.Before(until) {
		return most
	}
	return until
}

// waiting is the plan while somebody has to decide.
func (p planner) waiting(h *quarantine.Hold, now time.Time) ([]task, time.Time) {
	pressing := !h.Desk.Urgent.IsZero()
	if quiet := quietUntil(h); now.Before(quiet) && !pressing {
		return nil, quiet
	}
	var out []task
	remind := p.reminderAt(h)
	if !remind.IsZero() && !now.Before(remind) {
		out = p.reminders(h, remind)
	}
	out = append(out, p.begin(h)...)
	if !remind.After(now) {
		remind = time.Time{}
	}
	return out, remind
}

// begin tells everybody once that a mail is held.
func (p planner) begin(h *quarantine.Hold) []task {
	var out []task
	once := func(t task) {
		if !h.WasTold(t.what, t.to.Address) {
			out = append(out, t)
		}
	}
	for _, r := range readers(h) {
		t := task{what: toldHeld, to: policy.Approver{Party: r}, purpose: quarantine.ForSender}
		if h.WasTold(t.what, r.Address) && resentSince(h, r.Address) {
			t.what = toldResent
		}
		once(t)
	}
	for _, c := range h.Assignment.Cancellers {
		if _, decides := h.Assignment.Approver(c.Address); !decides {
			once(task{what: toldAbsent, to: c, purpose: quarantine.ForCancel})
		}
	}
	if h.FollowsOnly() { // its approvers are asked about the earlier mail
		return out
	}
	for _, a := range h.Assignment.Approvers {
		if h.Desk.Urgent.IsZero() {
			once(task{what: toldRequest, to: a, purpose: quarantine.ForApprover})
		} else { // who was not asked yet is asked once, and urgently
			once(task{what: toldUrgent, to: a, why: urgent, purpose: quarantine.ForApprover})
		}
	}
	for _, c := range h.Assignment.Copies {
		once(task{what: toldCopy, to: c})
	}
	return out
}

// resentSince tells that the mail was sent again after its sender was told that it
// waits; before, that notice says it.
func resentSince(h *quarantine.Hold, to email.Address) bool {
	return slices.ContainsFunc(h.Desk.Told, func(t quarantine.Told) bool {
		return t.What == toldHeld && t.Round == h.Desk.Round && t.To.Equal(to) && t.At.Before(h.Desk.Resent)
	})
}

// reminders go once to those who decide and were told before the time for it.
func (p planner) reminders(h *quarantine.Hold, at time.Time) []task {
	var out []task
	remind := func(t task, marks ...string) {
		told := slices.ContainsFunc(h.Desk.Told, func(m quarantine.Told) bool {
			return m.Round == h.Desk.Round && slices.Contains(marks, m.What) && m.To.Equal(t.to.Address) && m.At.Before(at)
		})
		if told && !h.WasTold(toldReminder, t.to.Address) {
			t.what, t.why = toldReminder, reminding
			out = append(out, t)
		}
	}
	if h.FollowsOnly() {
		return nil
	}
	for _, a := range h.Assignment.Approvers {
		remind(task{to: a, purpose: quarantine.ForApprover}, toldRequest, toldUrgent)
	}
	if h.Assignment.Self {
		for _, r := range readers(h) {
			remind(task{to: policy.Approver{Party: r}, purpose: quarantine.ForSender}, toldHeld)
		}
	}
	return out
}

// reminderAt is when half of the working time between the first notice and the
// deadline is over; zero when nobody was told yet or the time is too short.
func (p planner) reminderAt(h *quarantine.Hold) time.Time {
	var told time.Time
	for _, t := range h.Desk.Told {
		first := t.What == toldRequest || t.What == toldUrgent || t.What == toldHeld
		if t.Round == h.Desk.Round && first && (told.IsZero() || t.At.Before(told)) {
			told = t.At
		}
	}
	if told.IsZero() || h.Deadline.Sub(told) < shortWait {
		return time.Time{}
	}
	return p.calendar.Halfway(told, h.Deadline)
}

// readers are the sender's side: who acted and the mailbox it was sent from.
// Programs are not written to, nor is anybody about mail that nobody wrote.
func readers(h *quarantine.Hold) []policy.Party {
	p := h.Assignment.Principal
	if p.Automatic {
		return nil
	}
	var out []policy.Party
	for _, r := range []policy.Party{p.Actor, p.Mailbox} {
		if !r.IsZero() && !r.Kind.Machine() {
			out = append(out, r)
		}
	}
	return out
}

// owners are who is told the end of an application's mail.
func owners(h *quarantine.Hold) []policy.Party {
	if !h.Assignment.Principal.Actor.Kind.Machine() {
		return nil
	}
	var out []policy.Party
	for _, a := range h.Assignment.Approvers {
		if a.Basis == policy.ByOwner {
			out = append(out, a.Party)
		}
	}
	return out
}

// delayed is the plan while nobody decides but something is on its way: a delay
// that takes longer is told.
func (p planner) delayed(h *quarantine.Hold, now time.Time) ([]task, time.Time) {
	until, delayed := delayedUntil(h)
	if !delayed || until.Sub(h.Created) <= shortDelay || !until.After(now) {
		return nil, time.Time{}
	}
	if quiet := quietUntil(h); now.Before(quiet) {
		return nil, quiet
	}
	var out []task
	for _, r := range readers(h) {
		if !h.WasTold(toldHeld, r.Address) {
			out = append(out, task{what: toldHeld, to: policy.Approver{Party: r}, purpose: quarantine.ForSender})
		}
	}
	return out, time.Time{}
}

// over is the plan once everything has its end.
func (p planner) over(h *quarantine.Hold) []task {
	if !tellsEnd(h) {
		return nil
	}
	var out []task
	for _, r := range append(readers(h), owners(h)...) {
		if !h.WasTold(toldEnd, r.Address) {
			out = append(out, task{what: toldEnd, to: policy.Approver{Party: r}})
		}
	}
	return out
}

// tellsEnd: who was told of a hold is told its end. Who was not is told when
// somebody else ended it badly since the last end was told; a short delay that
// ends as it should is no news.
func tellsEnd(h *quarantine.Hold) bool {
	if h.WasTold(toldHeld, email.Address{}) || h.WasTold(toldRequest, email.Address{}) || h.WasTold(toldUrgent, email.Address{}) || h.Withheld() {
		return true
	}
	var last time.Time
	for _, t := range h.Desk.Told {
		if t.What == toldEnd && t.At.After(last) {
			last = t.At
		}
	}
	return slices.ContainsFunc(h.Deliveries(), func(d *quarantine.Delivery) bool {
		bad := d.State == quarantine.Rejected || d.State == quarantine.Expired || d.State == quarantine.Failed
		return bad && d.Ended.After(last)
	})
}
