package watch

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

// told counts the calls.
type told struct{ changed, asked atomic.Int32 }

func (n *told) options(folders ...string) Options {
	return Options{What: "test", Folders: func() []string { return folders },
		Changed: func(context.Context) { n.changed.Add(1) },
		Asked:   func(context.Context) { n.asked.Add(1) }}
}

func (n *told) expect(t *testing.T, why string, changed, asked int32) {
	t.Helper()
	synctest.Wait()
	if c, a := n.changed.Load(), n.asked.Load(); c != changed || a != asked {
		t.Errorf("%s: told %d changes and %d questions, want %d and %d", why, c, a, changed, asked)
	}
}

func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n told
		f := New(n.options())
		ctx, stop := context.WithCancel(t.Context())
		events, errs := make(chan fsnotify.Event), make(chan error)
		done := make(chan struct{})
		go func() { f.follow(ctx, events, errs); close(done) }()
		n.expect(t, "at the start", 1, 0)

		for range 3 { // an editor that writes in steps
			events <- fsnotify.Event{}
			time.Sleep(settleTime / 2)
		}
		n.expect(t, "while it writes", 1, 0)
		time.Sleep(settleTime)
		n.expect(t, "when it is quiet", 2, 0)

		for range 10 { // a log beside the file is written all the time
			events <- fsnotify.Event{}
			time.Sleep(busyTime / 11)
		}
		n.expect(t, "while the folder is busy", 2, 0)
		events <- fsnotify.Event{}
		time.Sleep(settleTime - 20*time.Millisecond)
		n.expect(t, "when it has been busy for long", 3, 0)
		time.Sleep(settleTime)
		n.expect(t, "and when it is quiet", 3, 0)

		f.Hangup()
		n.expect(t, "after a hangup", 3, 1)
		errs <- errors.New("overflow")
		time.Sleep(settleTime)
		n.expect(t, "after an overflow", 4, 1)

		time.Sleep(pollTime)
		n.expect(t, "with the poll", 5, 1)
		close(events)
		close(errs)
		time.Sleep(settleTime)
		n.expect(t, "when the watcher ends", 6, 1)
		time.Sleep(2 * pollTime)
		n.expect(t, "without a watcher", 8, 1)
		stop()
		<-done
	})
}

func TestHangupNeverBlocks(t *testing.T) {
	var n told
	f := New(n.options())
	for range 10 {
		f.Hangup()
	}
}

func TestRunSeesRealFiles(t *testing.T) {
	dir := t.TempDir()
	var n told
	seen := make(chan struct{}, 100)
	o := n.options(dir)
	o.Changed = func(context.Context) { seen <- struct{}{} }
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- New(o).Run(ctx) }()
	<-seen
	// As an export does it: beside, then renamed over.
	if err := os.WriteFile(filepath.Join(dir, "x.new"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(dir, "x.new"), filepath.Join(dir, "x")); err != nil {
		t.Fatal(err)
	}
	<-seen
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestRunPollsWhatCannotBeWatched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var n told
		f := New(n.options())
		ctx, stop := context.WithCancel(t.Context())
		go f.follow(ctx, nil, nil)
		time.Sleep(pollTime)
		n.expect(t, "polled", 2, 0)
		stop()
		synctest.Wait()
	})
	var n told
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := New(n.options(filepath.Join(t.TempDir(), "absent"))).Run(ctx); err == nil {
		t.Error("a folder that is not there was watched")
	}
}
