package proxy

import (
	"errors"
	"os"
	"sync"
	"time"
)

// throttle counts failures by name within a window of time that begins with the
// first of them.
type throttle struct {
	now func() time.Time

	mu    sync.Mutex
	names map[string]*failures
	homes map[string]time.Time // until when somebody is at home somewhere
}

type failures struct {
	count int
	until time.Time
}

// note counts a failure.
func (t *throttle) note(name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	f := t.names[name]
	if f == nil || now.After(f.until) {
		if t.names == nil || len(t.names) >= maxThrottled {
			t.sweep(now)
		}
		f = &failures{until: now.Add(authWindow)}
		t.names[name] = f
	}
	f.count++
}

// sweep forgets what is over, and everything when that is not enough: an
// attacker with that many addresses is not stopped by counting.
func (t *throttle) sweep(now time.Time) {
	for name, f := range t.names {
		if now.After(f.until) {
			delete(t.names, name)
		}
	}
	if t.names == nil || len(t.names) >= maxThrottled {
		t.names = map[string]*failures{}
	}
}

// full tells that a name has failed too often.
func (t *throttle) full(name string, limit int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.names[name]
	return f != nil && f.count >= limit && !t.now().After(f.until)
}

// welcome notes where a log-in has succeeded, and forgets what failed there. What
// failed elsewhere still counts: else whoever guesses had a free run each time that the
// user logs in.
func (t *throttle) welcome(home string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.names, home)
	if len(t.homes) >= maxThrottled || t.homes == nil {
		t.homes = map[string]time.Time{}
	}
	t.homes[home] = t.now().Add(authHome)
}

// atHome tells that a log-in has succeeded from there lately.
func (t *throttle) atHome(home string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.now().Before(t.homes[home])
}

func isTimeout(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }
