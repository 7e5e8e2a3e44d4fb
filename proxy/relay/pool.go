package relay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// hop is one next hop with its connections that wait for a mail and what is
// known of it.
type hop struct {
	Hop
	host  string
	r     *Relay
	byMX  bool
	slots chan struct{} // one for each mail under way; nil is without limit

	steady atomic.Int32 // mails in a row that went on

	mu      sync.Mutex
	idle    []*conn // the one used last is taken first
	closed  bool
	caps    proxy.Capabilities
	capsAt  time.Time
	logins  []string // mechanisms that it offers, since capsAt
	downAt  time.Time
	failed  int           // connections in a row that could not be made
	openTo  time.Time     // until then the circuit is open
	asking  chan struct{} // closed when the question what it announces is answered; nil: none is open
	timer   *time.Timer
	pending bool

	room     int             // how many may wait in the pool now, up to MaxIdle
	starving int             // mails for whose connection the hop has no room
	quickest time.Duration   // in which a connection was made; 0: none was yet
	conns    int             // connections that there are, in use or not
	queue    []chan struct{} // mails that wait for one of those
}

// newHop fills in what a hop leaves to the relay's options.
func (r *Relay) newHop(h Hop, host string) *hop {
	h.Timeouts = h.Timeouts.or(r.o.Timeouts)
	if h.MaxIdle == 0 {
		h.MaxIdle = r.o.MaxIdle
	}
	h.IdleTime = orDefault(h.IdleTime, r.o.IdleTime)
	h.MaxUses = orDefault(h.MaxUses, r.o.MaxUses)
	out := &hop{Hop: h, host: host, r: r, room: h.MaxIdle}
	if h.MaxConnections > 0 {
		out.slots = make(chan struct{}, h.MaxConnections)
	}
	return out
}

// begin opens a transaction, unless mails wait for one already.
func (h *hop) begin(ctx context.Context, env email.Envelope, as *identity, way asking) (*transaction, email.Reply, error) {
	if h.crowded() {
		return nil, email.Reply{}, errFull
	}
	return h.beginNow(ctx, env, as, way)
}

func (h *hop) beginNow(ctx context.Context, env email.Envelope, as *identity, way asking) (*transaction, email.Reply, error) {
	if err := h.enter(ctx); err != nil {
		return nil, email.Reply{}, err
	}
	t, reply, err := h.open(ctx, env, as, way)
	if t == nil {
		h.leave()
	}
	return t, reply, err
}

var errBusy = errors.New("relay: next hop has as many mails under way as it may")

// enter waits for a place.
func (h *hop) enter(ctx context.Context) error {
	if h.slots == nil {
		return nil
	}
	select {
	case h.slots <- struct{}{}:
		return nil
	default:
	}
	wait := time.NewTimer(h.r.o.SlotWait)
	defer wait.Stop()
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-wait.C:
		return errBusy
	case <-ctx.Done():
		return fmt.Errorf("wait for next hop: %w", ctx.Err())
	}
}

func (h *hop) leave() {
	if h.slots != nil {
		<-h.slots
	}
}

// open says MAIL, and asks ahead for env's recipients when the hop takes
// commands in a row. A connection out of the pool may have been dropped by the
// hop; nothing was promised on it, so a fresh one is as good.
func (h *hop) open(ctx context.Context, env email.Envelope, as *identity, way asking) (*transaction, email.Reply, error) {
	for {
		c := h.takeAs(as)
		fresh := c == nil
		if fresh {
			var err error
			if c, err = h.dialAs(ctx, as); err != nil {
				return nil, email.Reply{}, err
			}
		}
		line, err := mailLine(env, c.caps)
		if err != nil {
			h.put(c)
			return nil, email.Reply{}, err
		}
		t := &transaction{h: h, c: c, utf8: env.Options.UTF8}
		if h.OnePacket && way == atOnce && c.caps.pipelining {
			c.uses++
			t.later = &packet{mail: line, who: t.forwarding(env.Client), fresh: fresh}
			return t, replyLater, nil
		}
		reply, err := t.mail(ctx, env, line)
		if err == nil {
			err = inStep(reply)
		}
		switch {
		case err == nil && accepted(reply):
			c.uses++
			return t, reply, nil
		case err == nil:
			if t.skip(ctx) {
				h.put(c)
			} else {
				c.close()
			}
			return nil, reply, nil
		}
		c.close()
		if fresh || ctx.Err() != nil {
			return nil, email.Reply{}, fmt.Errorf("open transaction: %w", err)
		}
	}
}

var errDropped = errors.New("relay: next hop closes the connection (421)")

// inStep is nil for an answer to MAIL or RCPT after which the dialogue goes on. With
// a 421 the hop takes its leave, in words that the client may read; a 3yz one is not
// the answer to what was asked, so what comes next would not be either.
func inStep(r email.Reply) error {
	switch {
	case r.Code == 421:
		return &email.Fault{Reply: r, Hint: "the next hop's log says why it takes no more mail", Err: errDropped}
	case !accepted(r) && !r.Temporary() && !r.Permanent():
		return &email.Fault{
			Reply: email.NewReply(451, "4.5.0", "The next mail server's answer was not understood, please try again later"), Err: errReply,
		}
	}
	return nil
}

// leftAlone tells that a hop did not carry on with the dialogue: another one may.
func leftAlone(err error) bool { return errors.Is(err, errDropped) || errors.Is(err, errReply) }

// takeAs gives a waiting connection that is still good and that the identity has
// logged in on (nil: ours), or nil.
func (h *hop) takeAs(as *identity) *conn {
	for {
		c := h.takeAny(as)
		if c == nil || h.r.d.Now().Sub(c.since) < h.IdleTime {
			return c
		}
		c.close()
	}
}

// takeAny is takeAs without a look at how long the connection has waited.
func (h *hop) takeAny(as *identity) *conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.idle) - 1; i >= 0; i-- {
		if c := h.idle[i]; c.as == as {
			h.idle = append(h.idle[:i], h.idle[i+1:]...)
			return c
		}
	}
	return nil
}

// put gives a connection back that has no transaction open.
func (h *hop) put(c *conn) {
	c.unwatch()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || c.uses >= h.MaxUses || h.starving > 0 || len(h.idle) >= h.room {
		go c.quit()
		return
	}
	c.since = h.r.d.Now()
	h.idle = append(h.idle, c)
	h.next()
	h.expireLater()
}

// expireLater has waiting connections closed when nobody takes them.
func (h *hop) expireLater() {
	if h.pending {
		return
	}
	h.pending = true
	h.timer = time.AfterFunc(h.IdleTime, h.expire)
}

func (h *hop) expire() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = false
	now := h.r.d.Now()
	kept := h.idle[:0]
	for _, c := range h.idle {
		if now.Sub(c.since) < h.IdleTime {
			kept = append(kept, c)
		} else {
			go c.quit()
		}
	}
	clear(h.idle[len(kept):])
	h.idle = kept
	if len(kept) > 0 && !h.closed {
		h.expireLater()
	}
}

func (h *hop) close() {
	h.mu.Lock()
	h.closed = true
	if h.timer != nil {
		h.timer.Stop()
	}
	idle := h.idle
	h.idle = nil
	h.mu.Unlock()
	quitAll(idle)
}

func (h *hop) waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.idle)
}

// learned notes what a fresh connection has told of the hop.
func (h *hop) learned(made *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	made.known = true
	h.conns++
	c := made.caps
	h.caps, h.logins, h.capsAt, h.downAt, h.failed = c.Capabilities, c.mechanisms, h.r.d.Now(), time.Time{}, 0
}

// mechanisms are those of AUTH that the hop offers; false when that is not known.
func (h *hop) mechanisms() ([]string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.logins, !h.capsAt.IsZero()
}

func (h *hop) unreachable() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.downAt = h.r.d.Now()
	if h.failed++; h.failed >= h.r.o.BreakAfter {
		h.openTo = h.downAt.Add(h.breakFor())
	}
}

// breakFor doubles with each failure beyond those that opened the circuit.
func (h *hop) breakFor() time.Duration {
	more := min(h.failed-h.r.o.BreakAfter, 10)
	return min(h.r.o.BreakFor<<max(more, 0), maxBreak)
}

var errCircuit = errors.New("relay: next hop failed again and again and is not tried for a moment")

// mayDial is the circuit breaker: while it is open nobody waits for a hop that
// does not answer, and when its time is over one connection tries.
func (h *hop) mayDial() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.failed < h.r.o.BreakAfter {
		return true
	}
	now := h.r.d.Now()
	if now.Before(h.openTo) {
		return false
	}
	h.openTo = now.Add(h.breakFor()) // for all others while this one tries
	return true
}

func (h *hop) known() (proxy.Capabilities, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.caps, !h.capsAt.IsZero() && h.r.d.Now().Sub(h.capsAt) < h.r.o.CapabilityAge
}

func (h *hop) wasDown() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.downAt.IsZero() && h.r.d.Now().Sub(h.downAt) < h.r.o.Down
}
