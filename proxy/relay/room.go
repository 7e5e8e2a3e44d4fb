package relay

import (
	"sync"
	"time"
)

// A hop may have room for fewer connections than we would like to keep: it says 421 to
// a new one, or lets it wait for the greeting until another one ends. What waits in the
// pool then stands in the way of a mail that is here. So the pool is given up, no
// connection goes into it while a mail starves, and from then on half as many wait;
// each new connection that comes in time gives one place back.

// starvesAfter is how long a connection may take, beyond twice the time of the quickest
// one so far, until the hop is thought to have no room. A hop that greets late on
// purpose does so every time.
const starvesAfter = time.Second

// attempt begins making a connection. The result is called once, when that has ended
// one way or the other.
func (h *hop) attempt() (ended func(made bool)) {
	h.mu.Lock()
	quickest := h.quickest
	h.mu.Unlock()
	begin := h.r.d.Now()
	starved := false // under mu
	starve := func() {}
	if quickest > 0 { // else nothing can be in the pool
		starve = func() {
			h.mu.Lock()
			h.starving++
			starved = true
			first := h.starving == 1
			h.mu.Unlock()
			if first {
				h.makeRoom()
			}
		}
	}
	timer := time.AfterFunc(starvesAfter+2*quickest, starve)
	return func(made bool) {
		timer.Stop()
		h.mu.Lock()
		defer h.mu.Unlock()
		if starved {
			h.starving--
		}
		if made && !starved {
			took := max(h.r.d.Now().Sub(begin), 1)
			if h.quickest == 0 || took < h.quickest {
				h.quickest = took
			}
			h.room = min(h.room+1, h.MaxIdle)
		}
	}
}

// makeRoom closes what waits in the pool and tells whether there was anything.
func (h *hop) makeRoom() bool {
	h.mu.Lock()
	idle := h.idle
	h.idle = nil
	h.room = min(h.room, max(h.room/2, 1))
	room := h.room
	h.mu.Unlock()
	h.r.d.Log.Warn("next hop has no room for more connections, fewer are kept", "hop", h.Address, "closed", len(idle), "kept_from_now", room)
	var left sync.WaitGroup
	for _, c := range idle {
		left.Go(c.quit)
	}
	left.Wait()
	return len(idle) > 0
}
