package relay

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// hop is one next hop with its connections that wait for a mail and what is
// known of it.
type hop struct {
	Hop
	host string
	r    *Relay

	mu      sync.Mutex
	idle    []*conn // the one used last is taken first
	closed  bool
	caps    proxy.Capabilities
	capsAt  time.Time
	downAt  time.Time
	timer   *time.Timer
	pending bool
}

// begin opens a transaction. A connection out of the pool may have been dropped
// by the hop; nothing was said on it, so a fresh one is as good.
func (h *hop) begin(ctx context.Context, env email.Envelope) (*transaction, email.Reply, error) {
	for {
		c := h.take()
		fresh := c == nil
		if fresh {
			var err error
			if c, err = h.dial(ctx); err != nil {
				return nil, email.Reply{}, err
			}
		}
		line, err := mailLine(env, c.caps)
		if err != nil {
			h.put(c)
			return nil, email.Reply{}, err
		}
		reply, err := c.command(ctx, h.r.o.Timeouts.Command, line)
		switch {
		case err == nil && reply.Code != 421 && accepted(reply):
			c.uses++
			return &transaction{h: h, c: c, utf8: env.Options.UTF8}, reply, nil
		case err == nil && reply.Code != 421:
			h.put(c)
			return nil, reply, nil
		}
		c.close()
		if err == nil {
			err = errDropped
		}
		if fresh || ctx.Err() != nil {
			return nil, email.Reply{}, fmt.Errorf("open transaction: %w", err)
		}
	}
}

var errDropped = errors.New("relay: next hop closes the connection (421)")

// take gives a waiting connection that is still good, or nil.
func (h *hop) take() *conn {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.r.d.Now()
	for len(h.idle) > 0 {
		c := h.idle[len(h.idle)-1]
		h.idle = h.idle[:len(h.idle)-1]
		if now.Sub(c.since) < h.r.o.IdleTime {
			return c
		}
		c.close()
	}
	return nil
}

// put gives a connection back that has no transaction open.
func (h *hop) put(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || c.uses >= h.r.o.MaxUses || len(h.idle) >= h.r.o.MaxIdle {
		go c.quit()
		return
	}
	c.since = h.r.d.Now()
	h.idle = append(h.idle, c)
	h.expireLater()
}

// expireLater has waiting connections closed when nobody takes them.
func (h *hop) expireLater() {
	if h.pending {
		return
	}
	h.pending = true
	h.timer = time.AfterFunc(h.r.o.IdleTime, h.expire)
}

func (h *hop) expire() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pending = false
	now := h.r.d.Now()
	kept := h.idle[:0]
	for _, c := range h.idle {
		if now.Sub(c.since) < h.r.o.IdleTime {
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
	defer h.mu.Unlock()
	h.closed = true
	if h.timer != nil {
		h.timer.Stop()
	}
	for _, c := range h.idle {
		c.quit()
	}
	h.idle = nil
}

func (h *hop) waiting() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.idle)
}

// learned notes what a fresh connection has told of the hop.
func (h *hop) learned(c proxy.Capabilities) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.caps, h.capsAt, h.downAt = c, h.r.d.Now(), time.Time{}
}

func (h *hop) unreachable() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.downAt = h.r.d.Now()
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
