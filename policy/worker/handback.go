package worker

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
)

// HandBack returns the memory that only the start needed: what it left on the
// heap, which would also let the heap grow to twice of it, and the pages of the
// program file that were mapped while it ran (two thirds of 40 MB). Those that are
// needed again come back from the page cache, without a read. A worker does it before its
// first job.
func HandBack() error {
	runtime.GC() // what lies in a pool lives through one collection: 16 MB of goose's, which would have tripled the heap's goal
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
