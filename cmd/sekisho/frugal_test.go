package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/worker"
)

// The calls that make the program need less must work on the kernel they are
// for: whether they help is measured, not tested.
func TestFrugalCallsWork(t *testing.T) {
	if err := worker.HandBack(); err != nil {
		t.Error(err)
	}
	err := sleepSoundly()
	if errors.Is(err, syscall.ENOTSUP) {
		t.Skip("this binary has cgo, as race tests need")
	}
	if err != nil {
		t.Fatal(err)
	}
	threads, err := filepath.Glob("/proc/self/task/*")
	if err != nil || len(threads) < 2 {
		t.Fatalf("got %v, %v", threads, err)
	}
	for _, dir := range threads {
		slack, err := os.ReadFile("/proc/" + filepath.Base(dir) + "/timerslack_ns")
		if err != nil {
			t.Skip("the kernel does not tell")
		}
		if got := strings.TrimSpace(string(slack)); got != "1000000" {
			t.Errorf("a thread has %s ns", got)
		}
	}
}

// A small heap is given room, a large one less than what is live; the setting that was
// found comes back at the end.
func TestHeapIsGivenRoom(t *testing.T) {
	for _, c := range []struct {
		live uint64
		want int
	}{{0, 2100}, {5 << 20, 340}, {11 << 20, 100}, {13 << 20, 80}, {100 << 20, 80}} {
		if got := heapPercent(c.live); got != c.want {
			t.Errorf("%d octets live: got %d, want %d", c.live, got, c.want)
		}
	}
	t.Setenv("GOGC", "")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- collectSeldom(ctx) }()
	percent := []metrics.Sample{{Name: "/gc/gogc:percent"}, {Name: "/gc/heap/live:bytes"}}
	for deadline := time.Now().Add(2 * time.Minute); ; runtime.Gosched() {
		runtime.GC()
		metrics.Read(percent)
		if want := heapPercent(percent[1].Value.Uint64()); want > 100 && percent[0].Value.Uint64() == uint64(want) {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the heap was given no room: %d %%", percent[0].Value.Uint64())
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if got := debug.SetGCPercent(100); got != 100 {
		t.Errorf("the setting is %d at the end", got)
	}
}
