package worker

import (
	"context"
	"sync"
	"time"
)

// patience tells the handler of a job to come to an end before the parent would
// kill the process, so that it can still say what it knows.
type patience struct {
	mu     sync.Mutex
	cancel context.CancelFunc // nil between jobs
	limit  time.Duration
	until  time.Time     // of the wall clock; zero until the next look
	paused bool          // while a service has the job
	cpu    time.Duration // of this process
	*rounds
}

func newPatience() *patience {
	p := &patience{}
	p.rounds = newRounds(p.look)
	return p
}

// start begins a job: it has nine tenths of its time and four fifths of its
// processor time.
func (p *patience) start(cancel context.CancelFunc, req *request) {
	p.mu.Lock()
	limit := req.Time
	if req.Heavy {
		limit += 2 * req.HeavyCPU
	}
	p.cancel, p.limit, p.paused = cancel, limit-limit/10, false
	p.until, p.cpu = time.Time{}, ownTime()+req.processorTime()*4/5
	p.mu.Unlock()
	p.begin()
}

func (p *patience) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cancel = nil
}

// pause stops the wall clock, or lets it begin anew.
func (p *patience) pause(on bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until, p.paused = time.Time{}, on
}

func (p *patience) look(now time.Time) (next time.Duration, busy bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cancel == nil {
		return watchEvery, false
	}
	if p.until.IsZero() {
		p.until = now.Add(p.limit)
	}
	if !p.paused && now.After(p.until) || ownTime() > p.cpu {
		p.cancel()
	}
	return watchEvery, true
}
