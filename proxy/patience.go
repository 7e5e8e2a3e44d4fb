package proxy

import (
	"context"
	"time"
)

// patience hands out contexts that end after a time. A mail takes eight steps that
// follow each other within a few milliseconds; making a context and a timer for
// each was a tenth of the time that the road takes for a small mail. So steps that
// begin within a moment share one, which costs the later of them that moment. It is
// used by one goroutine at a time.
type patience struct {
	parent context.Context
	limit  time.Duration
	now    func() time.Time

	ctx    context.Context
	cancel context.CancelFunc
	until  time.Time // that it is handed out
}

// begin is the context of a step that begins now. It lasts at least until the next
// call.
func (p *patience) begin() context.Context {
	now := p.now()
	if p.ctx != nil && p.ctx.Err() == nil && now.Before(p.until) {
		return p.ctx
	}
	p.end()
	p.until = now.Add(min(p.limit/16, time.Second))
	p.ctx, p.cancel = context.WithTimeout(p.parent, p.limit)
	return p.ctx
}

// end says that no step is under way any more.
func (p *patience) end() {
	if p.cancel != nil {
		p.cancel()
		p.ctx, p.cancel = nil, nil
	}
}
