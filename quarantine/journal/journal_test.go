package journal

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
	"github.com/sekisho-mail/sekisho/quarantine/disk/disktest"
)

func TestChainGoesOnAcrossRestarts(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		j := open(t, dir, Options{SegmentSize: 2000})
		write(t, j, round*10+1, round*10+10)
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		whole(t, dir)
	}
	if n := len(names(t, dir)); n < 3 {
		t.Errorf("only %d segments", n)
	}
	j := open(t, dir, Options{})
	if got := drained(t, j); !slices.Equal(got, upTo(1, 30)) {
		t.Errorf("drained %v", got)
	}
	if j.Behind() != 0 {
		t.Errorf("%d lines behind", j.Behind())
	}
}

func TestRecordComesBackAsItWas(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	want := policy.Record{
		ID: email.NewID(time.Unix(1, 0)), Time: time.Date(2027, 4, 1, 9, 0, 0, 0, time.UTC), Stage: "intent", Direction: "out", Took: time.Millisecond,
		Facts: &policy.Message{Header: policy.Header{MessageID: "<改行\n\"x\"@example.co.jp>"}, People: policy.People{High: 23000}},
	}
	if err := j.Write(context.Background(), want); err != nil {
		t.Fatal(err)
	}
	flush(t, j)
	err := j.Drain(context.Background(), func(b []Line) error {
		got := recordOf(t, b[0])
		if len(b) != 1 || got.ID != want.ID || !got.Time.Equal(want.Time) || got.Facts.Header.MessageID != want.Facts.Header.MessageID ||
			got.Facts.People != want.Facts.People || got.Took != want.Took || b[0].Seq != 1 || b[0].Hash.IsZero() {
			t.Errorf("%+v", b)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSegmentsGoWhenDrainedAndOld(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	o := Options{SegmentSize: 1000, Keep: 24 * time.Hour, Now: c.now}
	j := open(t, dir, o)
	write(t, j, 1, 5)
	flush(t, j)
	write(t, j, 6, 10)
	flush(t, j)
	c.pass(48 * time.Hour)
	write(t, j, 11, 15)
	flush(t, j)
	write(t, j, 16, 20)
	flush(t, j)
	all := names(t, dir)
	if len(all) < 4 {
		t.Fatalf("segments: %v", all)
	}
	if err := j.Drain(context.Background(), func([]Line) error { return errors.New("away") }); err == nil {
		t.Fatal("no error")
	}
	if got := names(t, dir); len(got) != len(all) {
		t.Errorf("undrained segments were removed: %v", got)
	}
	drained(t, j)
	left := names(t, dir)
	if len(left) >= len(all) || firstOf(left[0]) > 11 {
		t.Errorf("of %v these are left: %v", all, left)
	}
	whole(t, dir)
	write(t, j, 21, 22)
	_ = j.Close()
	whole(t, dir)
	// Removing one more by hand is not retention.
	if err := os.Remove(filepath.Join(dir, names(t, dir)[0])); err != nil {
		t.Fatal(err)
	}
	wantBroken(t, dir, firstOf(left[0]))
}

// A crash between the new base and the removal leaves a segment too many.
func TestRetentionCutShort(t *testing.T) {
	for _, failing := range []string{"remove", "replace"} {
		dir, c, d := t.TempDir(), newClock(), disktest.NewFaulty()
		o := Options{SegmentSize: 500, Keep: time.Hour, Now: c.now, disk: d}
		j := open(t, dir, o)
		for i := range 6 {
			write(t, j, i*2+1, i*2+2)
			flush(t, j)
		}
		c.pass(2 * time.Hour)
		d.Fail(func(op, path string) error {
			if op == failing && filepath.Base(path) != cursorName {
				return syscall.EIO
			}
			return nil
		})
		if err := j.Drain(context.Background(), func([]Line) error { return nil }); !errors.Is(err, syscall.EIO) {
			t.Fatal(err)
		}
		whole(t, copyDir(t, dir))
		crashed := copyDir(t, dir)
		d.Fail(nil)
		j2 := open(t, crashed, Options{})
		write(t, j2, 13, 13)
		_ = j2.Close()
		whole(t, crashed)
	}
}

func TestFullDiskBlocksNobody(t *testing.T) {
	dir, d := t.TempDir(), disktest.NewFaulty()
	j := open(t, dir, Options{disk: d, Buffer: 20000})
	write(t, j, 1, 3)
	flush(t, j)
	d.Fail(func(op, _ string) error {
		if op == "write" {
			return syscall.ENOSPC
		}
		return nil
	})
	ctx := context.Background()
	if err := j.Write(ctx, record(4)); err != nil {
		t.Fatalf("the trouble cannot be known yet: %v", err)
	}
	if err := j.Flush(ctx); !errors.Is(err, ErrWaiting) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v", err)
	}
	kept, lost := 1, 0
	for i := 5; i < 300; i++ {
		switch err := j.Write(ctx, record(i)); {
		case errors.Is(err, ErrFull):
			lost++
		case errors.Is(err, ErrWaiting):
			kept++
		default:
			t.Fatalf("line %d: %v", i, err)
		}
	}
	if lost == 0 || kept < 10 {
		t.Errorf("%d kept, %d lost", kept, lost)
	}
	d.Fail(nil) // room again
	flush(t, j)
	write(t, j, 1000, 1000)
	flush(t, j)
	if got := drained(t, j); len(got) != 3+kept+1 {
		t.Errorf("%d lines were handed over, %d kept", len(got), 4+kept)
	}
	_ = j.Close()
	whole(t, dir)
}

func TestEveryStepFailsOnce(t *testing.T) {
	for step := 1; step < 40; step++ {
		dir, d := t.TempDir(), disktest.NewFaulty()
		j := open(t, dir, Options{disk: d, SegmentSize: 600})
		write(t, j, 1, 2)
		flush(t, j)
		count := 0
		d.Fail(func(string, string) error {
			if count++; count == step {
				return syscall.EIO
			}
			return nil
		})
		for i := 3; i <= 12; i++ {
			_ = j.Write(context.Background(), record(i)) // kept even when it says that it waits
			_ = j.Flush(context.Background())
		}
		d.Fail(nil)
		flush(t, j)
		if got := drained(t, j); !slices.Equal(got, upTo(1, 12)) {
			t.Fatalf("step %d: drained %v", step, got)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		whole(t, dir)
	}
}

// A kill behind Write takes nothing: the line is in the file, though the
// goroutine that syncs has not run.
func TestLineIsInTheFileWhenWriteReturns(t *testing.T) {
	dir := t.TempDir()
	j, err := Open(dir, Options{SyncEvery: time.Hour, Now: newClock().now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	write(t, j, 1, 1)
	flush(t, j) // the segment is there
	close(j.stop)
	<-j.stopped
	defer func() { _, _ = j.file.Close(), j.lock.Close() }()
	for i := 2; i <= 20; i++ {
		write(t, j, i, i)
		text, err := os.ReadFile(filepath.Join(dir, segmentName(1)))
		if err != nil || strings.Count(string(text), "\n") != i {
			t.Fatalf("behind line %d the file has %d lines, %v", i, strings.Count(string(text), "\n"), err)
		}
	}
}

func TestEachLineDurableWhenAskedFor(t *testing.T) {
	dir, d := t.TempDir(), disktest.NewFaulty()
	j := open(t, dir, Options{SyncEvery: -1, disk: d})
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Go(func() {
			if err := j.Write(context.Background(), record(i+1)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	size, _ := d.Synced(filepath.Join(dir, names(t, dir)[0]))
	info, err := os.Stat(filepath.Join(dir, names(t, dir)[0]))
	if err != nil || info.Size() != size {
		t.Errorf("%d of %d octets are durable (%v)", size, info.Size(), err)
	}
	d.Fail(func(op, _ string) error {
		if op == "sync" {
			return syscall.EIO
		}
		return nil
	})
	if err := j.Write(context.Background(), record(51)); !errors.Is(err, ErrWaiting) {
		t.Errorf("got %v", err)
	}
	d.Fail(nil)
	flush(t, j)
	_ = j.Close()
	whole(t, dir)
}

func TestTickSyncsAndWritesTheHead(t *testing.T) {
	dir, tick := t.TempDir(), make(chan time.Time)
	j := open(t, dir, Options{tick: tick})
	write(t, j, 1, 4)
	tick <- time.Time{}
	tick <- time.Time{} // taken only when the first one is done
	st, found, err := readState(dir)
	if err != nil || !found || st.Head != 4 {
		t.Errorf("%+v, %v, %v", st, found, err)
	}
}

func TestHugeRecordIsKeptWithoutItsFacts(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	r := record(1)
	r.Facts = &policy.Message{Header: policy.Header{MessageID: strings.Repeat("長", 2<<20)}}
	if err := j.Write(context.Background(), r); err != nil {
		t.Fatal(err)
	}
	flush(t, j)
	if got := drained(t, j); !slices.Equal(got, upTo(1, 1)) {
		t.Errorf("drained %v", got)
	}
	r.Client = strings.Repeat("x", 5<<20)
	if err := j.Write(context.Background(), r); !errors.Is(err, errTooLarge) {
		t.Error(err)
	}
}

func TestClosedJournalSaysSo(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{})
	if _, err := Open(dir, Options{Now: newClock().now}); !errors.Is(err, disk.ErrInUse) {
		t.Errorf("a second writer was let in: %v", err)
	}
	_ = j.Close()
	if err := j.Write(context.Background(), record(1)); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := j.Flush(context.Background()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := j.Close(); err != nil {
		t.Error(err)
	}
}

func TestWriteAndDrainTogether(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	now := func() time.Time { c.pass(time.Millisecond); return c.now() } // always later
	j := open(t, dir, Options{SegmentSize: 3000, SyncEvery: time.Millisecond, Keep: time.Nanosecond, Now: now})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 200 {
				if err := j.Write(context.Background(), record(w*1000+i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	stop := make(chan struct{})
	seen := map[int64]int{}
	var drains sync.WaitGroup
	drains.Go(func() {
		for {
			err := j.Drain(context.Background(), func(b []Line) error {
				for _, l := range b {
					seen[recordOf(t, l).Size]++
				}
				return nil
			})
			if err != nil {
				t.Error(err)
			}
			if err := VerifyKey(dir, testKey); err != nil {
				t.Error(err)
			}
			select {
			case <-stop:
				return
			default:
			}
		}
	})
	wg.Wait()
	flush(t, j)
	close(stop)
	drains.Wait()
	for _, size := range drained(t, j) {
		seen[size]++
	}
	if n := len(names(t, dir)); n > 3 {
		t.Errorf("%d drained segments were kept", n)
	}
	if len(seen) != 800 {
		t.Errorf("%d lines were handed over", len(seen))
	}
	for size, n := range seen {
		if n != 1 {
			t.Errorf("line %d came %d times without any failure", size, n)
		}
	}
}
