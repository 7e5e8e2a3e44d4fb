package main

import (
	"fmt"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
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

// handBack returns the memory that only the start needed: what it left on the
// heap, which would also let the heap grow to twice of it, and the pages of the
// program file that were mapped while it ran (two thirds of 40 MB). Those that are
// needed again come back from the page cache, without a read.
func handBack() error {
	debug.FreeOSMemory()
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return fmt.Errorf("find program file: %w", err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		return fmt.Errorf("read memory map: %w", err)
	}
	for line := range strings.Lines(string(maps)) {
		f := strings.Fields(line) // 00400000-01a84000 r-xp 00000000 fe:00 123 /usr/bin/sekisho
		if len(f) != 6 || f[5] != self || strings.Contains(f[1], "w") {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		start, err := strconv.ParseUint(from, 16, 64)
		if err != nil {
			return fmt.Errorf("read memory map: %w", err)
		}
		end, err := strconv.ParseUint(to, 16, 64)
		if err != nil {
			return fmt.Errorf("read memory map: %w", err)
		}
		// Nothing can be lost: these pages are read-only and the file's own.
		if _, _, errno := syscall.Syscall(syscall.SYS_MADVISE, uintptr(start), uintptr(end-start), syscall.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give pages back: %w", errno)
		}
	}
	return nil
}
