package relay

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/idna"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// way is where mail for some domains goes.
type way struct {
	name string
	hops []*hop // none: by MX
}

const (
	defaultWay = "default"
	mxPrefix   = "mx:"
	mxAge      = 5 * time.Minute
	mxHosts    = 500 // hosts and domains that are remembered
)

// newWays reads the routes; the first result is the default way.
func (r *Relay) newWays() error {
	r.byDomain = map[string]*way{}
	hops, err := r.newHops(r.o.Hops)
	if err != nil {
		return err
	}
	r.ways = []*way{{name: defaultWay, hops: hops}}
	for i, route := range r.o.Routes {
		if len(route.Domains) == 0 {
			return errors.New("relay: route names no domains")
		}
		hops, err := r.newHops(route.Hops)
		if err != nil {
			return err
		}
		w := &way{name: fmt.Sprintf("route %d", i+1), hops: hops}
		r.ways = append(r.ways, w)
		for _, d := range route.Domains {
			r.byDomain[strings.ToLower(d)] = w
		}
	}
	for i, w := range r.ways {
		if len(w.hops) > 0 || i == 0 && r.byDomain["*"] != nil {
			continue
		}
		if r.o.MX == nil || r.d.Resolver == nil {
			return errors.New("relay: no next hop is set")
		}
		if err := r.o.MX.check(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Relay) newHops(list []Hop) ([]*hop, error) {
	var out []*hop
	for _, h := range list {
		host, _, err := net.SplitHostPort(h.Address)
		if err != nil {
			return nil, fmt.Errorf("read next hop's address: %w", err)
		}
		if err := h.check(); err != nil {
			return nil, err
		}
		out = append(out, r.newHop(h, host))
	}
	return out, nil
}

// wayOf finds the way of a domain: itself, then what stands below its parents.
func (r *Relay) wayOf(domain string) *way {
	if len(r.byDomain) > 0 {
		if w, ok := r.byDomain[domain]; ok {
			return w
		}
		for rest := domain; ; {
			n := strings.IndexByte(rest, '.')
			if n < 0 {
				break
			}
			if w, ok := r.byDomain[rest[n:]]; ok {
				return w
			}
			rest = rest[n+1:]
		}
		if w, ok := r.byDomain["*"]; ok {
			return w
		}
	}
	return r.ways[0]
}

// Way implements proxy.NextHop.
func (r *Relay) Way(a email.Address) proxy.Way {
	w := r.wayOf(a.Domain())
	if len(w.hops) == 0 {
		return proxy.Way{Name: mxPrefix + a.Domain(), Inline: !r.o.MX.LMTP}
	}
	inline := !slices.ContainsFunc(w.hops, func(h *hop) bool { return h.LMTP })
	lockStep := slices.ContainsFunc(w.hops, func(h *hop) bool { return h.LockStep })
	return proxy.Way{Name: w.name, Inline: inline, Only: len(r.ways) == 1, LockStep: lockStep}
}

// hopsFor lists the hops for a mail to this address, in the order to try them.
func (r *Relay) hopsFor(ctx context.Context, a email.Address) ([]*hop, error) {
	w := r.wayOf(a.Domain())
	if len(w.hops) > 0 {
		return inOrder(w.hops), nil
	}
	hosts, err := r.mx.hosts(ctx, r, a.Domain())
	if err != nil {
		return nil, err
	}
	hops := make([]*hop, len(hosts))
	for i, host := range hosts {
		hops[i] = r.mx.hop(r, host)
	}
	return inOrder(hops), nil
}

// inOrder lists the hops as configured, those that were down a moment ago last.
func inOrder(hops []*hop) []*hop {
	if len(hops) == 1 {
		return hops
	}
	var up, down []*hop
	for _, h := range hops {
		if h.wasDown() {
			down = append(down, h)
		} else {
			up = append(up, h)
		}
	}
	return append(up, down...)
}

// mxTable remembers MX hosts and what is known of them.
type mxTable struct {
	mu      sync.Mutex
	domains map[string]mxAnswer
	hops    map[string]*hop
}

type mxAnswer struct {
	hosts []mxHost
	until time.Time
}

type mxHost struct {
	name string
	pref uint16
}

// shuffled is the hosts best first, equally good ones in any order (RFC 5321 section
// 5.1: the load is spread anew for each mail).
func shuffled(hosts []mxHost) []string {
	hosts = slices.Clone(hosts)
	rand.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	slices.SortStableFunc(hosts, func(a, b mxHost) int { return int(a.pref) - int(b.pref) })
	names := make([]string, len(hosts))
	for i, h := range hosts {
		names[i] = h.name
	}
	return names
}

// hosts gives the hosts of a domain, best first (RFC 5321 section 5.1).
func (t *mxTable) hosts(ctx context.Context, r *Relay, domain string) ([]string, error) {
	if literal, ok := strings.CutPrefix(domain, "["); ok {
		literal = strings.TrimPrefix(strings.TrimSuffix(literal, "]"), "ipv6:")
		return []string{literal}, nil
	}
	now := r.d.Now()
	t.mu.Lock()
	known, ok := t.domains[domain]
	t.mu.Unlock()
	if ok && now.Before(known.until) {
		return shuffled(known.hosts), nil
	}
	hosts, err := lookup(ctx, r, domain)
	if err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.domains == nil || len(t.domains) >= mxHosts {
		t.domains = map[string]mxAnswer{}
	}
	t.domains[domain] = mxAnswer{hosts, now.Add(mxAge)}
	return shuffled(hosts), nil
}

func lookup(ctx context.Context, r *Relay, domain string) ([]mxHost, error) {
	name, err := idna.Lookup.ToASCII(domain)
	if err != nil || domain == "" {
		return nil, unroutable("5.1.2", "This recipient's domain has no mail server", domain)
	}
	list, err := r.d.Resolver.LookupMX(ctx, name)
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound, err == nil && len(list) == 0:
		return []mxHost{{name: name}}, nil // the domain's own address stands in
	case err != nil && len(list) == 0:
		return nil, fmt.Errorf("look up mail servers: %w", err)
	}
	if len(list) == 1 && strings.Trim(list[0].Host, ".") == "" { // RFC 7505
		return nil, unroutable("5.1.10", "This recipient's domain does not take mail", domain)
	}
	slices.SortStableFunc(list, func(a, b *net.MX) int { return int(a.Pref) - int(b.Pref) })
	var hosts []mxHost
	for _, mx := range list {
		host := strings.ToLower(strings.TrimSuffix(mx.Host, "."))
		if strings.EqualFold(host, r.o.Host) { // we are it: what is no better would send it back to us
			hosts = slices.DeleteFunc(hosts, func(h mxHost) bool { return h.pref >= mx.Pref })
			break
		}
		if host != "" {
			hosts = append(hosts, mxHost{host, mx.Pref})
		}
	}
	if len(hosts) == 0 {
		return nil, unroutable("5.4.6", "Mail for this recipient's domain would come back here", domain)
	}
	return hosts, nil
}

func unroutable(enhanced, text, domain string) error {
	return &email.Fault{
		Reply: email.NewReply(550, enhanced, text),
		Hint:  "look at the MX records of the recipient's domain",
		Err:   fmt.Errorf("relay: no mail server for %q", domain),
	}
}

func (t *mxTable) hop(r *Relay, host string) *hop {
	t.mu.Lock()
	defer t.mu.Unlock()
	if h, ok := t.hops[host]; ok {
		return h
	}
	if t.hops == nil {
		t.hops = map[string]*hop{}
	}
	if len(t.hops) >= mxHosts {
		for name, h := range t.hops {
			if h.waiting() == 0 {
				delete(t.hops, name)
			}
		}
	}
	h := *r.o.MX
	h.Address = net.JoinHostPort(host, strconv.Itoa(r.o.MXPort))
	made := r.newHop(h, host)
	made.byMX = true
	t.hops[host] = made
	return made
}

func (t *mxTable) all() []*hop {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []*hop
	for _, h := range t.hops {
		out = append(out, h)
	}
	return out
}
