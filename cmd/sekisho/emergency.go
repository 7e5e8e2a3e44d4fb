package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// bypassAge is how long a look at the database is believed.
const bypassAge = time.Second

// windows is where bypass windows are kept.
type windows interface {
	// CurrentBypass is the open window, or quarantine.ErrNotFound.
	CurrentBypass(ctx context.Context, now time.Time) (quarantine.Bypass, error)
}

// emergency is the live rule set with the emergency way out in front: while a
// bypass window is open everything passes, and the verdict says what would have
// happened. When the database cannot be asked, no window is open.
type emergency struct {
	rules   policy.Decider // set once, before the first mail
	windows windows
	log     *slog.Logger
	now     func() time.Time

	mu      sync.Mutex
	window  quarantine.Bypass
	looked  time.Time
	someone bool // somebody is looking right now
}

func newEmergency(w windows, log *slog.Logger, now func() time.Time) *emergency {
	return &emergency{windows: w, log: log, now: now}
}

// Decide implements policy.Decider.
func (e *emergency) Decide(ctx context.Context, m *policy.Message) policy.Verdict {
	v := e.rules.Decide(ctx, m)
	w, open := e.current(ctx)
	if !open || v.All(policy.Pass) {
		return v
	}
	v.Bypassed = w.Reason
	for i := range v.Recipients {
		v.Recipients[i].Action, v.Recipients[i].Delay = policy.Pass, 0
	}
	return v
}

// current is the open window. One caller at a time asks the database.
func (e *emergency) current(ctx context.Context) (quarantine.Bypass, bool) {
	now := e.now()
	e.mu.Lock()
	stale := now.Sub(e.looked) >= bypassAge && !e.someone
	e.someone = e.someone || stale
	e.mu.Unlock()
	if stale {
		w, err := e.windows.CurrentBypass(ctx, now)
		if err != nil {
			if !errors.Is(err, quarantine.ErrNotFound) {
				e.log.Warn("bypass could not be looked up", "error", err)
			}
			w = quarantine.Bypass{}
		}
		e.mu.Lock()
		e.window, e.looked, e.someone = w, now, false
		e.mu.Unlock()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.window, now.Before(e.window.Until)
}
