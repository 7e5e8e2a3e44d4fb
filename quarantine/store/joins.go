package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"sync"
	"time"
)

// joinKeys knows every join key in a database that nobody else inserts holds
// into, so that the question for an earlier copy of a mail, which is asked for
// every mail that passes and nearly always answered no, costs no query. What it
// knows too much of costs one; it never knows too little: keys are added before
// they are written, and taken out when they have expired.
type joinKeys struct {
	mu    sync.RWMutex
	until map[string]int64 // in microseconds, by key
}

// add notes a key that is about to be written.
func (j *joinKeys) add(key []byte, until time.Time) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.until[string(key)] = max(j.until[string(key)], micros(until))
}

// lacks tells that there is certainly no such key.
func (j *joinKeys) lacks(key []byte) bool {
	if j == nil {
		return false
	}
	j.mu.RLock()
	defer j.mu.RUnlock()
	_, ok := j.until[string(key)]
	return !ok
}

// expire takes out what the sweep has deleted.
func (j *joinKeys) expire(now time.Time) {
	if j == nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	maps.DeleteFunc(j.until, func(_ string, until int64) bool { return until <= micros(now) })
}

// loadJoinKeys reads the keys that are there at Open.
func (s *Store) loadJoinKeys(ctx context.Context) error {
	known := &joinKeys{until: map[string]int64{}}
	err := each(ctx, s.read, `SELECT key, until FROM joins WHERE organization = $1 AND segment = $2`,
		[]any{s.scope.Organization, s.scope.Segment}, func(r *sql.Rows) error {
			var key []byte
			var until int64
			err := r.Scan(&key, &until)
			known.until[string(key)] = until
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return fmt.Errorf("load join keys: %w", s.d.explain(err))
	}
	s.known = known
	return nil
}
