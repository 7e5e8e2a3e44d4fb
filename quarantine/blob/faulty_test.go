package blob

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine/disk/disktest"
)

// powerCut copies to a new folder what would be there after a power cut: the
// durable octets under the durable names.
func powerCut(t *testing.T, d *disktest.Faulty, dir string) string {
	t.Helper()
	to := t.TempDir()
	for _, sub := range []string{"segments", "files"} {
		if err := os.MkdirAll(filepath.Join(to, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range d.Names() {
		rel, err := filepath.Rel(dir, name)
		if err != nil || strings.HasPrefix(rel, "..") || rel == "lock" {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			continue // a folder, or removed
		}
		if keep, ok := d.Synced(name); ok && rel != "key-check" {
			data = data[:min(keep, int64(len(data)))]
		}
		if err := os.WriteFile(filepath.Join(to, rel), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

var site = sealed.Key{1, 2, 3}

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

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func open(t *testing.T, dir string, o Options) *Store {
	t.Helper()
	if o.Now == nil {
		o.Now = newClock().now
	}
	o.Log = quiet()
	s, err := Open(dir, site, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// text is a body of n octets that no other seed has.
func text(seed, n int) email.Body {
	line := []byte("件名: 第" + strings.Repeat("一", seed%7) + string(rune('a'+seed%26)) + time.Unix(int64(seed), 0).UTC().String() + "\r\n")
	return email.BytesBody(bytes.Repeat(line, n/len(line)+1)[:n])
}

func put(t *testing.T, s *Store, b email.Body) email.Digest {
	t.Helper()
	d, err := s.Put(context.Background(), b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func content(b email.Body) []byte {
	out, err := email.ReadBody(b, 1<<30)
	if err != nil {
		panic(err)
	}
	return out
}

// read fails unless the store gives back exactly want.
func read(t *testing.T, s *Store, want email.Body) {
	t.Helper()
	b, err := s.Open(context.Background(), want.Digest())
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // it opens again and again
		r, err := b.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if cerr := r.Close(); err != nil || cerr != nil || !bytes.Equal(got, content(want)) {
			t.Fatalf("%d octets came back, %d were put (%v, %v)", len(got), want.Size(), err, cerr)
		}
	}
	if b.Size() != want.Size() || b.Digest() != want.Digest() {
		t.Fatal("size or digest changed")
	}
}

func gone(t *testing.T, s *Store, d email.Digest) {
	t.Helper()
	if _, err := s.Open(context.Background(), d); !errors.Is(err, ErrNotFound) {
		t.Fatalf("the body is still there: %v", err)
	}
}

func segmentFiles(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "segments", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return files
}
