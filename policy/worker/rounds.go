package worker

import (
	"sync/atomic"
	"time"
)

// rounds is a goroutine that looks after jobs every few milliseconds, and sleeps
// when there have been none for a while. A timer and a goroutine for each job would
// wake another thread each time, which cost more than reading a small mail.
type rounds struct {
	// look looks around and tells when to come again and whether there was anything
	// to look after.
	look   func(now time.Time) (next time.Duration, busy bool)
	asleep atomic.Bool
	wake   chan struct{}
	ended  chan struct{}
	done   chan struct{}
}

// idleRounds is after how many rounds without a job the goroutine sleeps.
const idleRounds = 50

func newRounds(look func(time.Time) (time.Duration, bool)) *rounds {
	r := &rounds{look: look, wake: make(chan struct{}, 1), ended: make(chan struct{}), done: make(chan struct{})}
	go r.run()
	return r
}

// begin is to be called after a job was put where look finds it.
func (r *rounds) begin() {
	if r.asleep.Load() {
		select {
		case r.wake <- struct{}{}:
		default:
		}
	}
}

// end ends the goroutine and waits for it. It may be called once.
func (r *rounds) end() {
	close(r.ended)
	<-r.done
}

func (r *rounds) run() {
	defer close(r.done)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for idle := 0; ; {
		var now time.Time
		select {
		case <-r.ended:
			return
		case <-r.wake:
			timer.Reset(0)
			continue
		case now = <-timer.C:
		}
		r.asleep.Store(false)
		next, busy := r.look(now)
		if idle++; busy {
			idle = 0
		}
		if idle > idleRounds {
			// Who begins a job from here on sees that nobody looks; one that began
			// before is seen now.
			r.asleep.Store(true)
			if next, busy = r.look(now); !busy {
				continue
			}
			r.asleep.Store(false)
			idle = 0
		}
		timer.Reset(next)
	}
}
