package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

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
