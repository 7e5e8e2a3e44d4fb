package directory

import (
	"context"
	"path/filepath"
)

// Hangup asks Watch for a reload, as after SIGHUP. It never blocks.
func (h *Holder) Hangup() { h.files.Hangup() }

// Watch reloads when the files change, until ctx ends. It returns an error when
// the system cannot watch folders; the files are then polled for as long as ctx
// lives, so the error is a warning.
func (h *Holder) Watch(ctx context.Context) error { return h.files.Run(ctx) }

func (h *Holder) folders() []string {
	var out []string
	for _, path := range []string{h.o.People, h.o.Senders} {
		if path != "" {
			out = append(out, filepath.Dir(path))
		}
	}
	return out
}
