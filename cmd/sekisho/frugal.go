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

// heapSize is what the heap may always grow to before it is collected: twice what is
// live at 200 connections. A guard with few of them would collect twice as often, for
// memory that it needs with many.
const heapSize = 22 << 20

// leastRoom is how much garbage a larger heap may take, in hundredths of what is live.
const leastRoom = 80

// collectSeldom lets the heap grow that far until ctx ends. A GOGC in the environment
// has the say.
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
func heapPercent(live uint64) int {
	live = max(live, 1<<20)
	return int(max(leastRoom, (heapSize-min(live, heapSize))*100/live))
}
