package directory

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is the quiet after a change before files are read: exports are
	// written in several steps.
	settleTime = 300 * time.Millisecond
	// pollTime is how often the files are compared all the same, since network
	// file systems send no events.
	pollTime = 30 * time.Second
)

// Hangup asks Watch for a reload, as after SIGHUP. It never blocks.
func (h *Holder) Hangup() {
	select {
	case h.hup <- struct{}{}:
	default: // one is asked for already
	}
}

// Watch reloads when the files change, until ctx ends. It returns an error when
// the system cannot watch folders; the files are then polled for as long as ctx
// lives, so the error is a warning.
func (h *Holder) Watch(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		h.o.Log.Warn("directory is polled only", "error", err)
		h.follow(ctx, nil, nil)
		return fmt.Errorf("watch directory: %w", err)
	}
	defer watcher.Close()
	for _, path := range []string{h.o.People, h.o.Senders} {
		if path == "" {
			continue
		}
		// The folder, since exports replace files by renaming.
		if err = watcher.Add(filepath.Dir(path)); err != nil {
			err = fmt.Errorf("watch folder of %s: %w", path, err)
			h.o.Log.Warn("directory is polled only", "error", err)
			break
		}
	}
	h.follow(ctx, watcher.Events, watcher.Errors)
	return err
}

// follow is the one reloader: events, hangups and polls all come in here.
func (h *Holder) follow(ctx context.Context, events <-chan fsnotify.Event, errs <-chan error) {
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	settle := time.NewTimer(time.Hour)
	settle.Stop()
	defer settle.Stop()
	h.reloadChanged() // what changed before anybody looked
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.hup:
			_ = h.Reload() // told by Status, metric and log
		case <-settle.C:
			h.reloadChanged()
		case <-poll.C:
			h.reloadChanged()
		case _, ok := <-events:
			if !ok {
				events = nil
			}
			settle.Reset(settleTime)
		case _, ok := <-errs: // an overflow: something has changed
			if !ok {
				errs = nil
			}
			settle.Reset(settleTime)
		}
	}
}
