package proxy_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
)

func TestKept(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a"), filepath.Join(dir, "b")
	now := time.Now()
	begin := now
	write := func(file, text string, seconds int) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if at := begin.Add(time.Duration(seconds) * time.Second); os.Chtimes(file, at, at) != nil {
			t.Fatal("cannot set the time")
		}
	}
	var log bytes.Buffer
	reads := 0
	var trouble error
	source := proxy.Source[string]{What: "test files", Files: []string{a, b}, Every: time.Minute,
		Now: func() time.Time { return now }, Log: slog.New(slog.NewTextHandler(&log, nil)),
		Read: func() (string, error) {
			reads++
			x, err := os.ReadFile(a)
			y, err2 := os.ReadFile(b)
			if text := string(x) + string(y); !strings.Contains(text, "bad") {
				return text, errors.Join(err, err2, trouble)
			}
			return "", errors.New("bad")
		}}
	if _, err := proxy.Keep(source); err == nil || !strings.Contains(err.Error(), "test files") {
		t.Fatalf("without files: %v", err)
	}
	write(a, "1", 0)
	write(b, "2", 0)
	k, err := proxy.Keep(source)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name   string
		change func()
		later  time.Duration
		want   string
		reads  int // all so far
		logs   int
	}{
		{"nothing has changed", func() {}, time.Minute, "12", 1, 0},
		{"looked at a moment ago", func() { write(a, "3", 1) }, time.Second, "12", 1, 0},
		{"time", func() {}, time.Minute, "32", 2, 0},
		{"size", func() { write(a, "345", 1) }, time.Minute, "3452", 3, 0},
		{"second file", func() { write(b, "6", 2) }, time.Minute, "3456", 4, 0},
		{"refused", func() { write(a, "bad", 3) }, time.Minute, "3456", 5, 1},
		{"refused again, told once", func() {}, time.Minute, "3456", 6, 1},
		{"refused, but another one", func() { write(a, "bad!", 4) }, time.Minute, "3456", 7, 2},
		{"good again", func() { write(a, "7", 5) }, time.Minute, "76", 8, 2},
		{"gone", func() { _ = os.Remove(b) }, time.Minute, "76", 8, 3},
		{"still gone", func() {}, time.Minute, "76", 8, 3},
		{"back as it was", func() { write(b, "6", 2) }, time.Minute, "76", 8, 3},
		{"gone again", func() { _ = os.Remove(b) }, time.Minute, "76", 8, 4},
		{"the disk has trouble", func() { write(b, "8", 3); trouble = errors.New("input/output error") }, time.Minute, "76", 9, 5},
		{"it has passed", func() { trouble = nil }, time.Minute, "78", 10, 5},
	} {
		tt.change()
		now = now.Add(tt.later)
		got := k.Current()
		if logs := strings.Count(log.String(), "last good one stays"); got != tt.want || reads != tt.reads || logs != tt.logs {
			t.Errorf("%s: %q after %d reads and %d log lines, want %q, %d, %d", tt.name, got, reads, logs, tt.want, tt.reads, tt.logs)
		}
	}
}
