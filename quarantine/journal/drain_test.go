package journal

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

func TestDrainIsAtLeastOnceAndInOrder(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{})
	write(t, j, 1, 700)
	if got := drained(t, j); len(got) != 0 {
		t.Errorf("%d lines were handed over that no disk has confirmed", len(got))
	}
	_ = j.Close()
	j = open(t, dir, Options{SegmentSize: 5000})
	write(t, j, 701, 1200)
	flush(t, j)
	away := errors.New("store away")
	var seen []int64
	calls := 0
	take := func(b []Line) error {
		if calls++; calls == 2 || calls == 3 {
			return away
		}
		for _, l := range b {
			seen = append(seen, l.Seq)
		}
		return nil
	}
	for range 2 {
		if err := j.Drain(context.Background(), take); !errors.Is(err, away) {
			t.Fatal(err)
		}
	}
	_ = j.Close()
	j = open(t, dir, Options{SegmentSize: 5000}) // the cursor survives
	if err := j.Drain(context.Background(), take); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(seen, upTo(1, 1200)) {
		t.Errorf("%d lines were taken", len(seen))
	}
	write(t, j, 1201, 1203)
	flush(t, j)
	if got := drained(t, j); !slices.Equal(got, upTo(1201, 1203)) {
		t.Errorf("then %v", got)
	}
	if err := os.WriteFile(filepath.Join(dir, cursorName), []byte("{bad"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := drained(t, j); len(got) != 1203 {
		t.Errorf("after a damaged cursor %d lines came again", len(got))
	}
}

// TestRipe asks for a drain when many lines wait, and not before.
func TestRipe(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	ripe := func() bool {
		select {
		case <-j.Ripe():
			return true
		default:
			return false
		}
	}
	write(t, j, 1, 3)
	flush(t, j)
	if ripe() {
		t.Error("three lines are many")
	}
	r := policy.Record{ID: email.ID(strings.Repeat("x", ripeOctets/2))}
	for range 2 {
		if err := j.Write(context.Background(), r); err != nil {
			t.Fatal(err)
		}
	}
	flush(t, j)
	if !ripe() {
		t.Error("half a megabyte may wait")
	}
	if got := drained(t, j); len(got) != 5 {
		t.Errorf("%d lines, want 5", len(got))
	}
	write(t, j, 4, 6)
	flush(t, j)
	if ripe() {
		t.Error("what was drained counts still")
	}
}

// TestDrainFromMemory drains one journal from memory, from its files and from a bit
// of both: the lines are the same, and so is where it goes on.
func TestDrainFromMemory(t *testing.T) {
	type handed struct {
		seq  int64
		hash email.Digest
		id   email.ID
		text string
	}
	var want []handed
	for _, forget := range []int{0, 650, 10_000} {
		dir, c := t.TempDir(), newClock()
		j := open(t, dir, Options{SegmentSize: 20_000, Now: c.now})
		var got []handed
		take := func(batch []Line) error {
			for _, l := range batch {
				var r policy.Record
				if err := json.Unmarshal(l.Text, &r); err != nil || r.ID != l.Entry.ID {
					t.Fatalf("line %d: %q is not the record %s: %v", l.Seq, l.Text, l.Entry.ID, err)
				}
				got = append(got, handed{l.Seq, l.Hash, l.Entry.ID, string(l.Text)})
			}
			return nil
		}
		for from := 1; from < 1400; from += 700 {
			write(t, j, from, from+699)
			flush(t, j)
			j.mu.Lock()
			left := forget
			j.forget(func(*pending) bool { left--; return left >= 0 })
			j.mu.Unlock()
			if err := j.Drain(t.Context(), take); err != nil {
				t.Fatal(err)
			}
			if j.mu.Lock(); len(j.fresh) > 0 && j.fresh[0].Seq <= int64(from) {
				t.Errorf("lines that were handed over stay in memory")
			}
			j.mu.Unlock()
		}
		if want == nil {
			want = got
		}
		if len(got) != 1400 || !slices.Equal(got, want) {
			t.Errorf("with %d lines forgotten, %d lines are handed over, and not the same", forget, len(got))
		}
		_ = j.Close()
		if pos := readPosition(dir); pos.Seq != 1400 {
			t.Errorf("the cursor stands at %+v", pos)
		}
		if got := drained(t, open(t, dir, Options{})); len(got) != 0 {
			t.Errorf("after a start, %d lines come again", len(got))
		}
	}
}

func TestMemoryOfTheJournalIsBounded(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range int64(100) {
		j.keep(pending{Line: Line{Seq: i + 1, Text: make([]byte, 100<<10)}})
	}
	if j.freshly > freshOctets || len(j.fresh) < 30 || j.fresh[len(j.fresh)-1].Seq != 100 {
		t.Errorf("%d octets in %d lines", j.freshly, len(j.fresh))
	}
}

func TestDrainEndsWithItsContext(t *testing.T) {
	j := open(t, t.TempDir(), Options{})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := j.Drain(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
