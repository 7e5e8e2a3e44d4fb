package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// clock is a settable time.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func newClock() *clock { return &clock{t: time.Date(2027, 4, 1, 0, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

var testKey = []byte("the site's key for the head")

func open(t *testing.T, dir string, o Options) *Journal {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	if o.SyncEvery == 0 {
		o.SyncEvery = time.Hour // only Flush and Close sync
	}
	if o.SyncEvery < 0 {
		o.SyncEvery = 0
	}
	if o.Key == nil {
		o.Key = testKey
	}
	o.Log = slog.New(slog.DiscardHandler)
	j, err := Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	return j
}

func record(i int) policy.Record {
	return policy.Record{ID: email.ID(fmt.Sprintf("%026d", i)), Stage: "result", Direction: "out", Reply: "250 2.0.0", Accepted: true, Size: int64(i)}
}

func write(t *testing.T, j *Journal, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		if err := j.Write(context.Background(), record(i)); err != nil {
			t.Fatal(err)
		}
	}
}

func flush(t *testing.T, j *Journal) {
	t.Helper()
	if err := j.Flush(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// recordOf reads the record of a line.
func recordOf(t *testing.T, l Line) (r policy.Record) {
	t.Helper()
	if err := json.Unmarshal(l.Text, &r); err != nil {
		t.Error(err)
	}
	return r
}

// drained is the sizes of all records that are handed over.
func drained(t *testing.T, j *Journal) []int64 {
	t.Helper()
	var out []int64
	last := int64(0)
	err := j.Drain(context.Background(), func(batch []Line) error {
		for _, l := range batch {
			if l.Seq <= last {
				t.Errorf("line %d comes after %d", l.Seq, last)
			}
			last = l.Seq
			out = append(out, recordOf(t, l).Size)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func upTo(from, to int) []int64 {
	var out []int64
	for i := from; i <= to; i++ {
		out = append(out, int64(i))
	}
	return out
}

func whole(t *testing.T, dir string) {
	t.Helper()
	if err := VerifyKey(dir, testKey); err != nil {
		t.Fatal(err)
	}
}

// wantBroken fails unless the chain is broken at line seq (-1: anywhere).
func wantBroken(t *testing.T, dir string, seq int64) *Broken {
	t.Helper()
	var b *Broken
	if err := VerifyKey(dir, testKey); !errors.As(err, &b) {
		t.Fatalf("the chain is taken for whole: %v", err)
	}
	if seq >= 0 && b.Seq != seq {
		t.Fatalf("line %d is named, the first broken one is %d: %v", b.Seq, seq, b)
	}
	return b
}

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	n, err := segments(dir)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
