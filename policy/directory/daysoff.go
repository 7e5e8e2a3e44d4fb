package directory

import (
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// absence is the person's absence that has not ended at now: from its first day,
// or now when that is open, until it is over. One without an entered end counts
// as awayAtMost. away is false when there is none.
func (p Person) absence(now time.Time) (from, until time.Time, away bool) {
	if p.AwayFrom.IsZero() && p.AwayTo.IsZero() {
		return from, until, false
	}
	if from = p.AwayFrom; from.Before(now) {
		from = now
	}
	if until = from.Add(awayAtMost); !p.AwayTo.IsZero() {
		until = p.AwayTo.AddDate(0, 0, 1)
	}
	return from, until, until.After(now)
}

// daysOff bounds the time in which nobody is there who could decide; until is
// zero when somebody is. Approvers are never all away: others stand in for them.
func (d *desk) daysOff() (from, until time.Time) {
	who := d.away
	switch {
	case len(d.out.Approvers) > 0:
		return from, until
	case d.out.Self:
		who = []email.Address{d.out.Principal.Actor.Address}
	}
	for i, a := range who {
		p, _ := d.dir.Lookup(a)
		begin, end, away := p.absence(d.now)
		if !away {
			return time.Time{}, time.Time{}
		}
		if i == 0 || begin.After(from) {
			from = begin
		}
		if i == 0 || end.Before(until) {
			until = end
		}
	}
	if !from.Before(until) {
		return time.Time{}, time.Time{}
	}
	return from, until
}
