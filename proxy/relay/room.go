package relay

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// A hop may have room for fewer connections than we would like to keep: it says 421 to
// a new one, or lets it wait for the greeting until another one ends. What waits in the
// pool then stands in the way of a mail that is here. So the pool is given up, no
// connection goes into it while a mail starves, and from then on half as many wait;
// each new connection that comes in time gives one place back. A mail that is refused
// a connection waits for one of ours to come back or to end, as it waits for a place
// where MaxConnections is set: a hop that is full of our mails is not down.

// starvesAfter is how long a connection may take, beyond twice the time of the quickest
// one so far, until the hop is thought to have no room. A hop that greets late on
// purpose does so every time.
const starvesAfter = time.Second

// noticed is how long a hop may need to see that a connection has ended.
const noticed = 100 * time.Millisecond

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
				h.makeRoom(func(*conn) bool { return false })
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

// makeRoom closes what waits in the pool, but for what may stay, and tells whether there
// was anything.
func (h *hop) makeRoom(stays func(*conn) bool) bool {
	h.mu.Lock()
	var leave []*conn
	h.idle = slices.DeleteFunc(h.idle, func(c *conn) bool {
		if !stays(c) {
			leave = append(leave, c)
		}
		return !stays(c)
	})
	starving := h.starving > 0
	if len(leave) > 0 || starving {
		h.room = min(h.room, max(h.room/2, 1))
	}
	room := h.room
	h.mu.Unlock()
	if len(leave) > 0 || starving {
		h.r.d.Log.Warn("next hop has no room for more connections, fewer are kept", "hop", h.Address, "closed", len(leave), "kept_from_now", room)
	}
	quitAll(leave)
	return len(leave) > 0
}

// ended is told of each connection that is closed.
func (h *hop) ended(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !c.known {
		return
	}
	c.known = false
	h.conns--
	if len(h.queue) > 0 {
		time.AfterFunc(noticed, func() {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.next()
		})
	}
}

// next tells the mail that has waited longest that a connection has come back or ended.
// h.mu is held.
func (h *hop) next() {
	if len(h.queue) > 0 {
		close(h.queue[0])
		h.queue = h.queue[1:]
	}
}

// crowded tells whether mails wait for a connection.
func (h *hop) crowded() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.queue) > 0
}

// inUse tells whether connections of ours are open.
func (h *hop) inUse() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.conns > 0
}

// beginInTurn is begin for a hop that has just been found to be full.
func (h *hop) beginInTurn(ctx context.Context, env email.Envelope, as *identity, way asking) (*transaction, email.Reply, error) {
	patience, cancel := context.WithTimeout(ctx, h.r.o.SlotWait)
	defer cancel()
	for h.turn(patience, as) {
		t, reply, err := h.beginNow(ctx, env, as, way)
		if !errors.Is(err, errFull) {
			return t, reply, err
		}
	}
	return nil, email.Reply{}, errBusy
}

// turn waits until a connection has come back or ended; false: none will.
func (h *hop) turn(ctx context.Context, as *identity) bool {
	h.mu.Lock()
	if slices.ContainsFunc(h.idle, func(c *conn) bool { return c.as == as }) {
		h.mu.Unlock()
		return true
	}
	if h.conns == 0 {
		h.mu.Unlock()
		return false
	}
	mine := make(chan struct{})
	h.queue = append(h.queue, mine)
	h.mu.Unlock()
	select {
	case <-mine:
		return true
	case <-ctx.Done():
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if at := slices.Index(h.queue, mine); at >= 0 {
		h.queue = slices.Delete(h.queue, at, at+1)
	} else {
		h.next() // it was this mail's turn, which it does not take
	}
	return false
}
