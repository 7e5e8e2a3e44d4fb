package directory

import (
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// Holder keeps the directory that is in force and swaps it whole. Safe for
// concurrent use.
type Holder struct {
	path    string
	zone    *time.Location
	current atomic.Pointer[Directory]
}

// Open loads the file at path; an empty path gives a directory without people.
// Dates in the file are days in zone.
func Open(path string, zone *time.Location) (*Holder, error) {
	h := &Holder{path: path, zone: zone}
	h.current.Store(&Directory{})
	if path == "" {
		return h, nil
	}
	return h, h.Reload()
}

// Current is the directory in force; it never changes under the caller's hands.
func (h *Holder) Current() *Directory {
	if h == nil {
		return nil
	}
	return h.current.Load()
}

// Reload reads the file again. On an error the old directory stays in force.
func (h *Holder) Reload() error {
	if h.path == "" {
		return nil
	}
	f, err := os.Open(h.path)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	defer f.Close()
	d, err := Load(f, h.zone)
	if err != nil {
		return fmt.Errorf("load directory %s: %w", h.path, err)
	}
	h.current.Store(d)
	return nil
}
