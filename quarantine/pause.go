package quarantine

import (
	"maps"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// pauseAtMost bounds how many working days a deadline waits for people who are
// away.
const pauseAtMost = 5

// begins is from when a deadline counts: it waits while nobody of those who
// decide is there, five working days at most.
func (k *Keeper) begins(a policy.Assignment, now time.Time) time.Time {
	if a.AwayFrom.After(now) || !a.AwayUntil.After(now) {
		return now
	}
	if most := k.o.Calendar.addDays(now, pauseAtMost); most.Before(a.AwayUntil) {
		return most
	}
	return a.AwayUntil
}

// deadlineAround is the deadline that is written, counted from now, without the
// days between off and back on which nobody can decide, five working days of
// them at most.
func (c Calendar) deadlineAround(written string, now, off, back time.Time) (time.Time, error) {
	plain, err := c.Deadline(written, now)
	if err != nil || !off.Before(plain) || !back.After(off) {
		return plain, err
	}
	around := c
	around.Holidays = maps.Clone(c.Holidays)
	if around.Holidays == nil {
		around.Holidays = map[string]bool{}
	}
	day, left := off.In(c.Zone), pauseAtMost
	for ; day.Before(back) && left > 0; day = c.midnight(day, 1) {
		if c.works(day) {
			around.Holidays[day.Format(time.DateOnly)] = true
			left--
		}
	}
	later, err := around.Deadline(written, now)
	if err != nil || !later.Equal(plain) {
		return later, err
	}
	// A time by the clock knows no working days: it stands still.
	return plain.Add(day.Sub(off)), nil
}

// pause lets what is over wait on when those who were asked are away now: until
// they are back, or for as long as those need who stand in for them. It does so
// once for each hold, and reports whether it did.
func (k *Keeper) pause(h *Hold, over []*Delivery, now time.Time) bool {
	if k.o.Staff == nil || h.Kind != KindMail || !h.Desk.Paused.IsZero() {
		return false
	}
	a := k.o.Staff.Assign(h.message(), h.Terms, now)
	asked := h.Assignment.Approvers
	here := slices.ContainsFunc(asked, func(p policy.Approver) bool { _, still := a.Approver(p.Address); return still })
	othersDecide := !a.Self && len(a.Approvers) > 0 && len(asked) > 0 && !here
	if !othersDecide && !k.begins(a, now).After(now) {
		return false
	}
	k.assign(h, now)
	until := k.deadline(a, h.Verdict, now)
	for _, d := range over {
		d.Due = until
		d.Version++
	}
	h.Version++
	h.Desk.Paused = now
	h.nextDeadline()
	h.forgetReminders()
	if h.Desk.Watched {
		h.LookAt(now)
	}
	return true
}

// nextDeadline is the earliest of what waits; zero when nothing does.
func (h *Hold) nextDeadline() {
	h.Deadline = time.Time{}
	for _, d := range h.Deliveries() {
		if d.State == Waiting && (h.Deadline.IsZero() || d.Due.Before(h.Deadline)) {
			h.Deadline = d.Due
		}
	}
}

// forgetReminders has people reminded once more, with a link that works until
// the new deadline.
func (h *Hold) forgetReminders() {
	var kept []Told
	for _, t := range h.Desk.Told {
		if t.What != "reminder" || t.Round != h.Desk.Round {
			kept = append(kept, t)
		}
	}
	h.Desk.Told = kept
}
