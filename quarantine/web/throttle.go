package web

import (
	"net/netip"
	"sync"
	"time"
)

// Log-in attempts that may fail before somebody has to wait.
const (
	triesPerAccount = 10
	triesPerClient  = 30
	throttleWindow  = 15 * time.Minute
	maxThrottled    = 50_000
)

// throttle counts failed log-ins per account and per client address in a moving
// window. It lives in memory: another node, or a restart, begins anew.
type throttle struct {
	now func() time.Time

	mu     sync.Mutex
	fails  map[string]failures
	pruned time.Time
}

type failures struct {
	count int
	since time.Time
}

func newThrottle(now func() time.Time) *throttle {
	return &throttle{now: now, fails: map[string]failures{}}
}

// clientKey is the address that is counted: a whole IPv4 address, or the /64 of
// an IPv6 one, which is what one customer has.
func clientKey(remote string) string {
	ap, err := netip.ParseAddrPort(remote)
	if err != nil {
		return "client " + remote
	}
	a := ap.Addr().Unmap()
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return "client " + p.String()
		}
	}
	return "client " + a.String()
}

// wait tells how long these keys have to wait, 0 for not at all. The attempt is
// counted as a failure at once, so that parallel guesses cannot slip through;
// succeed takes it back.
func (t *throttle) wait(account, client string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	t.prune(now)
	var longest time.Duration
	limits := []struct {
		key   string
		limit int
	}{{account, triesPerAccount}, {client, triesPerClient}}
	for _, l := range limits {
		if f := t.fails[l.key]; f.count >= l.limit && now.Sub(f.since) < throttleWindow {
			longest = max(longest, f.since.Add(throttleWindow).Sub(now))
		}
	}
	if longest > 0 {
		return longest
	}
	for _, l := range limits {
		f := t.fails[l.key]
		if f.count == 0 || now.Sub(f.since) >= throttleWindow {
			f = failures{since: now}
		}
		f.count++
		t.fails[l.key] = f
	}
	return 0
}

// succeed forgets an account's failures, and this attempt of the client.
func (t *throttle) succeed(account, client string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.fails, account)
	if f := t.fails[client]; f.count > 0 {
		f.count--
		t.fails[client] = f
	}
}

// prune forgets what is over, once a minute: a table that somebody fills must
// not make every log-in slow.
func (t *throttle) prune(now time.Time) {
	if now.Sub(t.pruned) >= time.Minute || len(t.fails) >= maxThrottled {
		t.pruned = now
		for k, f := range t.fails {
			if now.Sub(f.since) >= throttleWindow || f.count <= 0 {
				delete(t.fails, k)
			}
		}
	}
	if len(t.fails) >= maxThrottled { // somebody fills the table: better forget than grow
		clear(t.fails)
	}
}
