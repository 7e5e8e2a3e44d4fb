package relay

import (
	"context"
	"errors"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
)

// askTimeout bounds the question of what a hop announces, which goes on when nobody
// waits for it any more.
const askTimeout = 30 * time.Second

var (
	errDown    = errors.New("relay: next hop was down a moment ago")
	errUnknown = errors.New("relay: no next hop has answered")
)

// Capabilities implements proxy.NextHop: what all hops have in common that are known
// to answer. Hops of which nothing is known are asked, since any mail may go to them
// next; nobody waits for their answer where something is known already, nor for hops
// that did not answer when they were last asked while another one does. Where mail
// goes by MX, nothing can be promised.
func (r *Relay) Capabilities(ctx context.Context) (proxy.Capabilities, error) {
	for _, w := range r.ways {
		if len(w.hops) == 0 {
			return proxy.Capabilities{}, nil
		}
	}
	common, known := r.common()
	asked, doubtful := r.askUnknown(ctx)
	for _, answers := range [][]<-chan struct{}{asked, doubtful} {
		if known {
			return common, nil
		}
		for _, answer := range answers {
			select {
			case <-answer:
			case <-ctx.Done():
			}
		}
		common, known = r.common()
	}
	if !known {
		return proxy.Capabilities{}, errUnknown
	}
	return common, nil
}

// askUnknown asks all hops of which nothing is known, but for those that were down a
// moment ago. What it returns is closed when they have answered, or will not: doubtful
// are those that did not answer last time.
func (r *Relay) askUnknown(ctx context.Context) (asked, doubtful []<-chan struct{}) {
	for _, h := range r.hops() {
		if _, known := h.known(); known || h.wasDown() {
			continue
		}
		if answer, failed := h.ask(ctx); failed {
			doubtful = append(doubtful, answer)
		} else {
			asked = append(asked, answer)
		}
	}
	return asked, doubtful
}

// ask makes a connection, unless somebody is at it already: whoever wants to know what
// the hop announces waits for the same answer. failed tells that the last attempt did.
func (h *hop) ask(ctx context.Context) (answer <-chan struct{}, failed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.asking != nil {
		return h.asking, h.failed > 0
	}
	done := make(chan struct{})
	h.asking = done
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTimeout)
		defer cancel()
		if c, err := h.dial(ctx); err == nil {
			h.put(c)
		}
		h.mu.Lock()
		h.asking = nil
		h.mu.Unlock()
		close(done)
	}()
	return done, h.failed > 0
}

func (r *Relay) common() (all proxy.Capabilities, known bool) {
	for _, h := range r.hops() {
		c, ok := h.known()
		switch {
		case !ok:
		case !known:
			all, known = c, true
		default:
			all = intersect(all, c)
		}
	}
	return all, known
}

func intersect(a, b proxy.Capabilities) proxy.Capabilities {
	size := a.Size
	if size == 0 || b.Size > 0 && b.Size < size {
		size = b.Size
	}
	return proxy.Capabilities{
		Size: size, UTF8: a.UTF8 && b.UTF8, DSN: a.DSN && b.DSN, RequireTLS: a.RequireTLS && b.RequireTLS,
		Chunking: a.Chunking && b.Chunking,
	}
}
