package proxy

import (
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"
)

// Source is what Keep reads.
type Source[T any] struct {
	// What names it in errors and in the log: "users file".
	What string
	// Files are looked at; when the time or size of one has changed, Read is asked
	// again. Its error must not tell what stands in a file.
	Files []string
	Read  func() (T, error)
	// Every is the least time between two looks; 0 looks at each call of Current.
	Every time.Duration
	Now   func() time.Time
	Log   *slog.Logger
}

// Kept is what files say that may be changed while the guard runs: a certificate, a
// list of users, a secret. It is as new as the last look. What cannot be read leaves
// the last good value in use, is written to the log once, and is tried again at each
// look, since files are replaced one after the other and a disk may be full for a
// moment. Safe for concurrent use.
type Kept[T any] struct {
	source Source[T]

	mu      sync.Mutex
	value   T
	good    []stamp // of the files, taken before value was read
	refused []stamp // the same of what was refused last
	looked  time.Time
}

// stamp tells a file from a later one in its place.
type stamp struct {
	changed time.Time
	size    int64
}

// Keep reads for the first time; then an error is the caller's.
func Keep[T any](s Source[T]) (*Kept[T], error) {
	k := &Kept[T]{source: s}
	if _, err := k.look(); err != nil {
		return nil, err
	}
	return k, nil
}

// Current is the last good value.
func (k *Kept[T]) Current() T {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.source.Every > 0 && k.source.Now().Sub(k.looked) < k.source.Every {
		return k.value
	}
	stamps, err := k.look()
	if err != nil && !slices.Equal(stamps, k.refused) {
		k.source.Log.Error(k.source.What+" cannot be read, the last good one stays in use", "error", err)
	}
	k.refused = nil
	if err != nil {
		k.refused = stamps
	}
	return k.value
}

// look reads again what has changed. The stamps are older than what is read, so that a
// change in between is seen the next time.
func (k *Kept[T]) look() ([]stamp, error) {
	k.looked = k.source.Now()
	stamps := make([]stamp, len(k.source.Files)+1) // never equal to none
	for i, file := range k.source.Files {
		info, err := os.Stat(file)
		if err != nil {
			return stamps, fmt.Errorf("look at %s: %w", k.source.What, err)
		}
		stamps[i] = stamp{info.ModTime().Round(0), info.Size()}
	}
	if slices.Equal(stamps, k.good) {
		return stamps, nil
	}
	value, err := k.source.Read()
	if err != nil {
		return stamps, fmt.Errorf("read %s: %w", k.source.What, err)
	}
	k.value, k.good = value, stamps
	return stamps, nil
}
