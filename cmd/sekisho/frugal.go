package main

import (
	"fmt"
	"runtime/debug"
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

// garbage is how much garbage may gather before it is collected, in percent of what
// is in use, unless GOGC says another. At Go's 100 the guard's heap grows to 83 MB
// with 200 connections, at 50 to 55; the collector is 5 % of its work, and twice as
// often of that is less than what smaller records saved.
const garbage = 50

// collectOften makes the collector keep the heap small.
func collectOften() {
	const usual = 100
	if was := debug.SetGCPercent(garbage); was != usual {
		debug.SetGCPercent(was)
	}
}
