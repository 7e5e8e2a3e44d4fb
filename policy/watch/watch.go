// Package watch tells when files on disk may have changed: rules, the directory,
// an admin's own lists.
//
// Promise: a change is told once the folders have been quiet for settleTime (files
// are written in several steps), at the latest after busyTime where they never are,
// as beside a log; and after pollTime where no events come, as from network file
// systems and mounted secrets. All calls come from the one goroutine of Run, never
// two at a time.
//
// Where the system cannot watch folders, the poll and Hangup go on and Run's
// error is a warning: nothing is ever followed less than every pollTime.
package watch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// settleTime is the quiet after a change before anybody reads: editors,
	// exports and configuration tools write in several steps.
	settleTime = 300 * time.Millisecond
	// busyTime is the longest wait for that quiet.
	busyTime = 3 * time.Second
	// pollTime is how often the files are looked at all the same.
	pollTime = 30 * time.Second
)

// Options say what is watched and who is told. All fields but Log are needed.
type Options struct {
	// What names the files in the log: "rules", "directory".
	What string
	// Folders are those in which the files live, asked for once by Run. Folders
	// and not files, since files are replaced by renaming.
	Folders func() []string
	// Changed is called when a file may have changed, and every pollTime. It
	// compares for itself, so that a call without a change does nothing.
	Changed func(context.Context)
	// Asked is called after Hangup, changed or not.
	Asked func(context.Context)
	Log   *slog.Logger
}

// Files are files that are followed while Run runs.
type Files struct {
	o   Options
	hup chan struct{}
}

// New follows nothing before Run is called.
func New(o Options) *Files {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Files{o: o, hup: make(chan struct{}, 1)}
}

// Hangup asks for a reload, as after SIGHUP. It never blocks.
func (f *Files) Hangup() {
	select {
	case f.hup <- struct{}{}:
	default: // one is asked for already
	}
}

// Run follows the files until ctx ends. It returns an error when the system could
// not watch a folder; by then the files have been polled all the while.
func (f *Files) Run(ctx context.Context) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		f.o.Log.Warn(f.o.What+": polled only", "error", err)
		f.follow(ctx, nil, nil)
		return fmt.Errorf("watch %s: %w", f.o.What, err)
	}
	defer watcher.Close()
	for _, dir := range f.o.Folders() {
		if err = watcher.Add(dir); err != nil {
			err = fmt.Errorf("watch folder %s: %w", dir, err)
			f.o.Log.Warn(f.o.What+": polled only", "error", err)
			break
		}
	}
	f.follow(ctx, watcher.Events, watcher.Errors)
	return err
}

// follow is the one caller: events, hangups and polls all come in here.
func (f *Files) follow(ctx context.Context, events <-chan fsnotify.Event, errs <-chan error) {
	poll := time.NewTicker(pollTime)
	defer poll.Stop()
	settle := time.NewTimer(time.Hour)
	settle.Stop()
	defer settle.Stop()
	var unrest time.Time // when what is not told yet began; zero when all is told
	stir := func() {
		if unrest.IsZero() {
			unrest = time.Now()
		}
		settle.Reset(min(settleTime, busyTime-time.Since(unrest)))
	}
	f.o.Changed(ctx) // what changed before anybody looked
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.hup:
			f.o.Asked(ctx)
		case <-settle.C:
			unrest = time.Time{}
			f.o.Changed(ctx)
		case <-poll.C:
			f.o.Changed(ctx)
		case _, ok := <-events:
			if !ok {
				events = nil
			}
			stir()
		case _, ok := <-errs: // an overflow: something has changed
			if !ok {
				errs = nil
			}
			stir()
		}
	}
}
