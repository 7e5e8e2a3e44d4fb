package recipient

import (
	"context"
	"fmt"
	"slices"
	"sync"
)

// maxNeighbours is of how many typed domains the likeness to all others is kept.
const maxNeighbours = 4096

// neighbours keeps, for domains that mail is written to, which known domains they
// look like. Likeness is a matter of the two names alone and domains are only
// ever added, so each pair is compared once; what the history says of the traffic
// is asked anew for every mail.
type neighbours struct {
	mu sync.Mutex
	of map[string]*neighbourhood // by the typed domain in ASCII
}

// neighbourhood is one typed domain and what looks like it.
type neighbourhood struct {
	typed shape

	mu     sync.Mutex
	own    []string   // the company's own domains, of which ours were found
	ours   []likeness // own domains that it looks like
	listed []likeness // of the lists that ship; nil until they were looked at
	known  []likeness // of the history's first upTo domains
	upTo   int
}

// likeness is a domain that the typed one may be a slip for.
type likeness struct {
	name     string
	id       int  // among the history's domains
	compared bool // risk and kind are set
	risk     float64
	kind     slipKind
}

// at is the neighbourhood of a domain in its ASCII form. A full memory drops any
// one entry for it.
func (n *neighbours) at(typed string) *neighbourhood {
	n.mu.Lock()
	defer n.mu.Unlock()
	if at, ok := n.of[typed]; ok {
		return at
	}
	if n.of == nil {
		n.of = map[string]*neighbourhood{}
	}
	for old := range n.of {
		if len(n.of) < maxNeighbours {
			break
		}
		delete(n.of, old)
	}
	at := &neighbourhood{typed: shapeOf(typed)}
	n.of[typed] = at
	return at
}

// each calls f for every domain that the typed one looks like: own ones, those of
// the lists, and those of the history that had as much traffic as asked for.
func (n *neighbourhood) each(ctx context.Context, h *History, own []string, traffic int, f func(likeness)) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("compare domains: %w", err)
	}
	if !slices.Equal(n.own, own) {
		n.own, n.ours = slices.Clone(own), nil
		for _, d := range own {
			if l := n.compare(likeness{name: d}); l.alike() {
				n.ours = append(n.ours, l)
			}
		}
	}
	for _, l := range n.ours {
		f(l)
	}
	if n.listed == nil {
		n.readLists()
	}
	for _, l := range n.listed {
		f(l)
	}
	return n.fromHistory(ctx, h, traffic, f)
}

// compare finds out how much the typed domain looks like a known one.
func (n *neighbourhood) compare(l likeness) likeness {
	l.compared = true
	if n.typed.mayResemble(l.name) {
		l.risk, l.kind = n.typed.against(l.name)
	}
	return l
}

// alike tells a likeness that may be a slip. A name under another real ending is
// mostly another firm.
func (l likeness) alike() bool { return l.risk >= lookalikeAlarm && l.kind != slipMixedEnding }

func (n *neighbourhood) readLists() {
	n.listed = []likeness{}
	for _, set := range []domainSet{freeMailHosts, bigHosts} {
		for d := range set.exact {
			if l := n.compare(likeness{name: d}); l.alike() {
				n.listed = append(n.listed, l)
			}
		}
	}
}

// fromHistory looks at the history's domains. One is compared when it first has
// the traffic that makes it count, which spares a long history most of the work.
func (n *neighbourhood) fromHistory(ctx context.Context, h *History, traffic int, f func(likeness)) error {
	if err := h.lock(); err != nil {
		return err
	}
	defer h.mu.RUnlock()
	domains := h.state.domains
	for ; n.upTo < len(domains); n.upTo++ {
		if n.typed.mayResemble(domains[n.upTo].name) {
			n.known = append(n.known, likeness{name: domains[n.upTo].name, id: n.upTo})
		}
		if n.upTo%1024 == 1023 && ctx.Err() != nil {
			return fmt.Errorf("compare domains: %w", ctx.Err())
		}
	}
	for i, l := range n.known {
		if t := domains[l.id].traffic(); t.Sent+t.Heard < traffic {
			continue
		}
		if !l.compared {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("compare domains: %w", err)
			}
			l = n.compare(l)
			n.known[i] = l
		}
		if l.alike() {
			f(l)
		}
	}
	n.known = slices.DeleteFunc(n.known, func(l likeness) bool { return l.compared && !l.alike() })
	return nil
}
