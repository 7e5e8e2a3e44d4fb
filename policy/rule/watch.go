package rule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is the quiet after a change before files are read: editors and
	// configuration tools write in several steps.
	settleTime = 300 * time.Millisecond
	// pollTime is how often the files are compared all the same, since network
	// file systems and mounted secrets send no events.
	pollTime = 30 * time.Second
)

// Hangup asks Watch for a reload, as after SIGHUP. It never blocks.
func (b *Book) Hangup() {
	select {
	case b.hup <- struct{}{}:
	default: // one is asked for already
	}
}

// Watch reloads when files change, until ctx ends. It returns an error when the
// system cannot watch folders; rules then still follow Hangup and a poll every
// 30 seconds for as long as ctx lives, so the error is a warning.
func (b *Book) Watch(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		b.options.Log.Warn("rules are polled only", "error", err)
		b.follow(ctx, nil, nil)
		return fmt.Errorf("watch rule files: %w", err)
	}
	defer watcher.Close()
	for _, dir := range b.folders() {
		if err = watcher.Add(dir); err != nil {
			err = fmt.Errorf("watch folder %s: %w", dir, err)
			b.options.Log.Warn("rules are polled only", "error", err)
			break
		}
	}
	b.follow(ctx, watcher.Events, watcher.Errors)
	return err
}

// follow is the one reloader: events, hangups and polls all come in here.
func (b *Book) follow(ctx context.Context, events <-chan fsnotify.Event, errs <-chan error) {
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	settle := time.NewTimer(time.Hour)
	settle.Stop()
	defer settle.Stop()
	b.reloadChanged(ctx) // what changed before anybody looked
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.hup:
			_ = b.Reload(ctx) // told by Status, metric and log
		case <-settle.C:
			b.reloadChanged(ctx)
		case <-poll.C:
			b.reloadChanged(ctx)
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

// folders are those in which the files of the paths live.
func (b *Book) folders() []string {
	var out []string
	for _, p := range b.options.Paths {
		if p == DefaultPath {
			continue
		}
		dir := p
		if info, err := os.Stat(p); err != nil || !info.IsDir() {
			dir = filepath.Dir(p)
		}
		if !slices.Contains(out, dir) && !strings.ContainsAny(dir, "*?[") {
			out = append(out, dir)
		}
	}
	return out
}

// fingerprint changes with any byte of any rule file, and with their names.
func fingerprint(paths []string) [sha256.Size]byte {
	sources, errs := readAll(paths)
	h := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(h, "%q %d\n", s.file, len(s.text))
		h.Write(s.text)
	}
	fmt.Fprintf(h, "%v", errs)
	return [sha256.Size]byte(h.Sum(nil))
}
