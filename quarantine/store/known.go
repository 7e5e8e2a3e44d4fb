package store

import (
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"maps"
	"sync"
	"time"
)

// knownKeys knows every key of a table in a database that nobody else inserts holds
// into, so that the question for an earlier copy of a mail or for what it answers, which
// is asked for nearly every mail that passes and answered no, costs no query. What it
// knows too much of costs one; it never knows too little: keys are added before
// they are written, and taken out when they have expired.
type knownKeys struct {
	mu    sync.RWMutex
	until map[uint64]int64 // in microseconds, by the key's first octets: it is a hash
}

func begins(key []byte) uint64 { return binary.LittleEndian.Uint64(key) }

// add notes a key that is about to be written.
func (k *knownKeys) add(key []byte, until time.Time) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.until[begins(key)] = max(k.until[begins(key)], micros(until))
}

// lacks tells that there is certainly no such key.
func (k *knownKeys) lacks(key []byte) bool {
	if k == nil {
		return false
	}
	k.mu.RLock()
	defer k.mu.RUnlock()
	_, ok := k.until[begins(key)]
	return !ok
}

// expire takes out what the sweep has deleted.
func (k *knownKeys) expire(now time.Time) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	maps.DeleteFunc(k.until, func(_ uint64, until int64) bool { return until <= micros(now) })
}

// loadKnown reads the keys that are there at Open.
func (s *Store) loadKnown(ctx context.Context) (err error) {
	if s.joins, err = s.keysOf(ctx, `SELECT key, until FROM joins WHERE organization = $1 AND segment = $2`, s.scope.Organization, s.scope.Segment); err != nil {
		return fmt.Errorf("load join keys: %w", s.d.explain(err))
	}
	if s.tied, err = s.keysOf(ctx, `SELECT key, until FROM ties WHERE organization = $1`, s.scope.Organization); err != nil {
		return fmt.Errorf("load references: %w", s.d.explain(err))
	}
	return nil
}

func (s *Store) keysOf(ctx context.Context, query string, of ...any) (*knownKeys, error) {
	known := &knownKeys{until: map[uint64]int64{}}
	err := each(ctx, s.read, query, of, func(r *sql.Rows) error {
		var key []byte
		var until int64
		if err := r.Scan(&key, &until); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		known.until[begins(key)] = max(known.until[begins(key)], until)
		return nil
	})
	return known, err
}
