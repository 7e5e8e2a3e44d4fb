package proxy

import (
	"context"
	"sync"
	"time"
)

// patience hands out contexts that end after a time, or with the server. A mail takes
// eight steps that follow each other within a few milliseconds; a context and a timer
// for each of them, and three for each connection, were a tenth of the time that the
// road takes for a small mail. So steps that begin within a moment share one, whichever
// connection they are for, which costs the later of them that moment. It is safe for
// concurrent use.
type patience struct {
	parent context.Context
	limit  time.Duration
	now    func() time.Time

	mu     sync.Mutex
	ctx    context.Context
	cancel context.CancelFunc // never called: who has ctx may still be at it, and its time ends it
	until  time.Time          // that it is handed out
}

// begin is the context of a step that begins now.
func (p *patience) begin() context.Context {
	now := p.now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx == nil || p.ctx.Err() != nil || !now.Before(p.until) {
		p.until = now.Add(leeway(p.limit))
		p.ctx, p.cancel = context.WithTimeout(p.parent, p.limit)
	}
	return p.ctx
}

// leeway is how much earlier than after limit a step may be ended.
func leeway(limit time.Duration) time.Duration { return min(limit/16, time.Second) }

// due is a deadline that is set on a connection. One that would hardly move is left as
// it is: a mail is a dozen reads and writes within a few milliseconds.
type due struct{ at time.Time }

// moves tells that the deadline has to be set to limit from now, and takes note of it.
func (d *due) moves(now time.Time, limit time.Duration) (until time.Time, yes bool) {
	until = now.Add(limit)
	if more := until.Sub(d.at); more >= 0 && more <= leeway(limit) {
		return d.at, false
	}
	d.at = until
	return until, true
}
