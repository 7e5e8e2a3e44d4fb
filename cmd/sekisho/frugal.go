package main

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"syscall"

	"golang.org/x/sys/unix"
)

// timerSlack is how much later than asked the kernel may wake a thread of ours, in
// nanoseconds; nothing here is measured in less than milliseconds.
const timerSlack = 1_000_000

// sleepSoundly sets the timer slack of all threads. The Go runtime's watchman wants
// to look around every 20 microseconds while there is work; with the kernel's usual
// slack it does so 14,000 times a second, which took 7 % of the processor time of
// a small mail. New threads inherit the setting.
func sleepSoundly() error {
	_, _, errno := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, unix.PR_SET_TIMERSLACK, timerSlack, 0)
	if errno != 0 { // ENOTSUP in a binary with cgo
		return fmt.Errorf("set timer slack: %w", errno)
	}
	return nil
}

// heapRoom is how many octets of garbage the heap may always take before it is
// collected: as much as is live at 200 connections. A guard with few of them has half
// of that and would collect twice as often, for memory that it needs with many.
const heapRoom = 14 << 20

// collectSeldom gives the heap that room, or as much as is live, whichever is more,
// until ctx ends. A GOGC in the environment has the say.
func collectSeldom(ctx context.Context) error {
	if os.Getenv("GOGC") != "" {
		return nil
	}
	now := 100
	defer debug.SetGCPercent(debug.SetGCPercent(now))
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-nextCollection():
		}
		metrics.Read(live)
		if percent := heapPercent(live[0].Value.Uint64()); percent != now {
			now = percent
			debug.SetGCPercent(percent)
		}
	}
}

// nextCollection is closed after the next collection of the heap.
func nextCollection() <-chan struct{} {
	type marker struct{ _ *marker } // with a pointer, so that it is no part of a larger piece
	done := make(chan struct{})
	runtime.AddCleanup(&marker{}, func(done chan struct{}) { close(done) }, done)
	return done
}

// heapPercent is the GOGC for a heap of which so many octets are live.
func heapPercent(live uint64) int { return int(max(100, heapRoom*100/max(live, 1<<20))) }
