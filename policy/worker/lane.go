package worker

import (
	"context"
	"sync/atomic"
)

// lane is a kind of children: how many may work at once, and those that wait.
type lane struct {
	heavy   bool
	slots   chan struct{}
	waiting atomic.Int32
	idle    []*process // under Pool.mu
}

// place is the right of one job to work: a slot of its lane, later perhaps one of
// those for slow jobs. Mails that take long are few, and most that take very long
// are meant to: they must not stand in the way of the others.
type place struct {
	lane *lane
	slow chan struct{}
	// aside tells that the slot is a slow one. It is the watchman's while the job is
	// at work.
	aside bool
}

// take waits for a slot; a slow one when the job is known to be slow.
func (p *place) take(ctx context.Context, closed <-chan struct{}) *Error {
	slots := p.lane.slots
	if p.aside {
		slots = p.slow
	} else {
		p.lane.waiting.Add(1)
		defer p.lane.waiting.Add(-1)
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return failed(ctx)
	case <-closed:
		return &Error{Cause: Closed}
	}
}

func (p *place) leave() {
	if p.aside {
		<-p.slow
	} else {
		<-p.lane.slots
	}
}

// wanted tells that somebody waits for the slot.
func (p *place) wanted() bool { return !p.aside && cap(p.slow) > 0 && p.lane.waiting.Load() > 0 }

// moveAside changes the slot for a slow one, if there is one.
func (p *place) moveAside() bool {
	select {
	case p.slow <- struct{}{}:
		<-p.lane.slots
		p.aside = true
		return true
	default:
		return false
	}
}
