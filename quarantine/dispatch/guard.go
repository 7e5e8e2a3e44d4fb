package dispatch

import (
	"sync"
	"time"
)

// maxSkew is how far wall clock and monotonic clock may drift apart.
const maxSkew = time.Minute

// guard notices that the wall clock was set. A clock that jumps ahead would
// release delayed mail and expire holds at once; one that jumps back would keep
// them.
type guard struct {
	mu      sync.Mutex
	wall    time.Time
	mono    time.Duration
	tripped bool
}

func (g *guard) reset(wall time.Time, mono time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	// Round strips the monotonic reading, so that wall is compared with wall.
	g.wall, g.mono, g.tripped = wall.Round(0), mono, false
}

// check returns how far the clocks are apart, whether the guard is tripped, and
// whether that is new.
func (g *guard) check(wall time.Time, mono time.Duration) (skew time.Duration, tripped, now bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	skew = wall.Round(0).Sub(g.wall) - (mono - g.mono)
	if !g.tripped && skew.Abs() > maxSkew {
		g.tripped, now = true, true
	}
	return skew, g.tripped, now
}

// clockFine tells whether time can be trusted; it says so once when it cannot.
func (d *Dispatcher) clockFine() bool {
	skew, tripped, now := d.guard.check(d.o.Now(), d.o.Mono())
	if now {
		d.metrics.paused.Set(1)
		d.o.Log.Error("the clock has jumped: nothing is released or expired until an admin resumes it",
			"skew", skew.Round(time.Second), "hint", "check the time of this host, then resume dispatch")
	}
	return !tripped
}

// Paused tells that the clock has jumped and dispatch waits for Resume.
func (d *Dispatcher) Paused() bool { return !d.clockFine() }

// Resume trusts the clock again, as it is now.
func (d *Dispatcher) Resume() {
	d.guard.reset(d.o.Now(), d.o.Mono())
	d.metrics.paused.Set(0)
	d.o.Log.Info("dispatch resumed")
}
