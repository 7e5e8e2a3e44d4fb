package journal

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/quarantine/disk"
	"github.com/sekisho-mail/sekisho/quarantine/disk/disktest"
)

// chain is a folder with a closed journal of n lines.
func chain(t *testing.T, n int, segmentSize int64) string {
	t.Helper()
	dir := t.TempDir()
	j := open(t, dir, Options{SegmentSize: segmentSize})
	for i := 1; i <= n; i++ {
		write(t, j, i, i)
		flush(t, j)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	whole(t, dir)
	return dir
}

func edit(t *testing.T, path string, change func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEveryFlippedOctetIsFound(t *testing.T) {
	dir := chain(t, 4, 1<<20)
	path := filepath.Join(dir, names(t, dir)[0])
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line := int64(1)
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 0x01
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		wantBroken(t, dir, line)
		if good[i] == '\n' {
			line++
		}
	}
}

func TestTamperingIsFoundAndNamed(t *testing.T) {
	lineOf := func(b []byte, i int) (from, to int) {
		for ; i > 1; i-- {
			from += bytes.IndexByte(b[from:], '\n') + 1
		}
		return from, from + bytes.IndexByte(b[from:], '\n') + 1
	}
	for name, tc := range map[string]struct {
		change func(b []byte) []byte
		seq    int64
		why    string
	}{
		"delete in the middle": {func(b []byte) []byte { f, to := lineOf(b, 3); return slices.Delete(b, f, to) }, 3, "number 4 stands here instead"},
		"delete the first":     {func(b []byte) []byte { f, to := lineOf(b, 1); return slices.Delete(b, f, to) }, 1, "number 2 stands here instead"},
		"exchange two": {func(b []byte) []byte {
			f, m := lineOf(b, 3)
			_, to := lineOf(b, 4)
			return append(append(append(bytes.Clone(b[:f]), b[m:to]...), b[f:m]...), b[to:]...)
		}, 3, "number 4 stands here instead"},
		"say one twice":    {func(b []byte) []byte { f, to := lineOf(b, 3); return slices.Insert(b, to, b[f:to]...) }, 4, "number 3 stands here instead"},
		"cut the tail":     {func(b []byte) []byte { f, _ := lineOf(b, 6); return b[:f] }, 6, "missing at the end"},
		"cut half a line":  {func(b []byte) []byte { return b[:len(b)-20] }, 6, "not a line"},
		"cut all":          {func([]byte) []byte { return nil }, 1, "missing at the end"},
		"write behind":     {func(b []byte) []byte { return append(b, "{}\n"...) }, 7, "not a line"},
		"forge one line":   {forge(3, false), 4, "does not follow"},
		"forge all behind": {forge(3, true), 6, "the chain was rewritten"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := chain(t, 6, 1<<20)
			edit(t, filepath.Join(dir, names(t, dir)[0]), tc.change)
			if b := wantBroken(t, dir, tc.seq); !strings.Contains(b.Error(), tc.why) {
				t.Errorf("it says %q", b)
			}
		})
	}
}

// forge changes a line and makes its hash right, and with all that of every
// line behind it: what somebody without the head's key can do.
func forge(seq int64, all bool) func([]byte) []byte {
	return func(b []byte) []byte {
		var out []byte
		var prev [32]byte
		for line := range bytes.Lines(b) {
			c, hash, err := decode(line)
			if err != nil {
				panic(err)
			}
			if c.Seq == seq {
				c.Record = json.RawMessage(`{"stage":"held"}`)
			}
			if c.Seq == seq || c.Seq > seq && all {
				if c.Seq > seq {
					c.Prev = prev
				}
				line, _, hash, _ = encode(c)
			}
			prev = hash
			out = append(out, line...)
		}
		return out
	}
}

func TestTamperingWithSegmentsIsFound(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(dir string, n []string) error
		index  int // of the segment whose first line is named
	}{
		"remove the first":  {func(dir string, n []string) error { return os.Remove(filepath.Join(dir, n[0])) }, 0},
		"remove the second": {func(dir string, n []string) error { return os.Remove(filepath.Join(dir, n[1])) }, 1},
		"remove the last":   {func(dir string, n []string) error { return os.Remove(filepath.Join(dir, n[len(n)-1])) }, -1},
		"exchange two": {func(dir string, n []string) error {
			a, b, tmp := filepath.Join(dir, n[1]), filepath.Join(dir, n[2]), filepath.Join(dir, "tmp")
			if err := os.Rename(a, tmp); err != nil {
				return err
			}
			if err := os.Rename(b, a); err != nil {
				return err
			}
			return os.Rename(tmp, b)
		}, 1},
		"cut one in the middle": {func(dir string, n []string) error { return os.Truncate(filepath.Join(dir, n[1]), 0) }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := chain(t, 12, 700)
			n := names(t, dir)
			if len(n) < 4 {
				t.Fatalf("segments: %v", n)
			}
			if tc.index < 0 {
				tc.index = len(n) - 1
			}
			if err := tc.change(dir, n); err != nil {
				t.Fatal(err)
			}
			wantBroken(t, dir, firstOf(n[tc.index]))
		})
	}
}

func TestTamperingWithTheHeadIsFound(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"removed": os.Remove,
		"damaged": func(p string) error { return os.WriteFile(p, []byte("{"), 0o600) },
		"lowered": func(p string) error {
			var st state
			return state.write(st, disk.OS{}, filepath.Dir(p), []byte("another key"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := chain(t, 3, 1<<20)
			if err := change(filepath.Join(dir, stateName)); err != nil {
				t.Fatal(err)
			}
			if b := wantBroken(t, dir, 0); b.Segment != stateName {
				t.Errorf("it says %v", b)
			}
			// A start does not wash it away.
			j := open(t, dir, Options{})
			write(t, j, 4, 5)
			_ = j.Close()
			wantBroken(t, dir, -1)
			j = open(t, dir, Options{})
			if got := drained(t, j); !slices.Equal(got, upTo(1, 5)) {
				t.Errorf("drained %v", got)
			}
		})
	}
}

// Neither does it for lines; and what can still be read is handed over.
func TestStartDoesNotWashTamperingAway(t *testing.T) {
	for name, change := range map[string]func([]byte) []byte{
		"flipped": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"emptied": func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			dir := chain(t, 6, 1<<20)
			edit(t, filepath.Join(dir, names(t, dir)[0]), change)
			before := wantBroken(t, dir, -1).Seq
			for range 2 {
				j := open(t, dir, Options{})
				write(t, j, 7, 8)
				_ = j.Close()
				wantBroken(t, dir, before)
			}
			j := open(t, dir, Options{})
			got := drained(t, j)
			if len(got) < 4 || got[len(got)-1] != 8 {
				t.Errorf("drained %v", got)
			}
		})
	}
}

func TestLostFolderGoesOnBehindTheCursor(t *testing.T) {
	dir := chain(t, 6, 1<<20)
	j := open(t, dir, Options{})
	drained(t, j)
	_ = j.Close()
	for _, n := range append(names(t, dir), stateName) {
		if err := os.Remove(filepath.Join(dir, n)); err != nil {
			t.Fatal(err)
		}
	}
	j = open(t, dir, Options{})
	write(t, j, 7, 9)
	flush(t, j)
	if got := drained(t, j); !slices.Equal(got, upTo(7, 9)) {
		t.Errorf("drained %v", got)
	}
	wantBroken(t, dir, -1)
}

// Whatever is missing of the last, not yet confirmed line: the others are
// there, the cut is noted, and the chain is whole.
func TestCutAtEveryOctetOfAnUnconfirmedLine(t *testing.T) {
	base := t.TempDir()
	j := open(t, base, Options{})
	write(t, j, 1, 2)
	flush(t, j)
	_ = j.Close()
	path := filepath.Join(base, names(t, base)[0])
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, err := os.ReadFile(filepath.Join(base, stateName))
	if err != nil {
		t.Fatal(err)
	}
	j = open(t, base, Options{})
	write(t, j, 3, 3)
	_ = j.Close()
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := len(before); cut <= len(after); cut++ {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), after[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, stateName), head, 0o600); err != nil {
			t.Fatal(err)
		}
		whole(t, dir) // an unfinished line is no tampering
		j := open(t, dir, Options{disk: disktest.Lazy{}})
		write(t, j, 4, 4)
		flush(t, j)
		want := []int64{1, 2, 4}
		if cut == len(after) {
			want = []int64{1, 2, 3, 4}
		}
		if got := drained(t, j); !slices.Equal(got, want) {
			t.Fatalf("cut at %d: drained %v", cut, got)
		}
		_ = j.Close()
		whole(t, dir)
		text, err := os.ReadFile(filepath.Join(dir, filepath.Base(path)))
		if err != nil {
			t.Fatal(err)
		}
		noted := bytes.Contains(text, []byte(`"kind":"healed"`))
		if noted != (cut > len(before) && cut < len(after)) {
			t.Fatalf("cut at %d: noted is %v", cut, noted)
		}
	}
}

// A kill at any moment: copy the folder as it is and go on from there.
func TestKilledAtAnyMoment(t *testing.T) {
	dir := t.TempDir()
	j := open(t, dir, Options{SegmentSize: 1500})
	for i := 1; i <= 40; i++ {
		write(t, j, i, i)
		if i%3 == 0 {
			flush(t, j)
		}
		crashed := copyDir(t, dir)
		k := open(t, crashed, Options{SegmentSize: 1500})
		write(t, k, 1000, 1000)
		flush(t, k)
		got := drained(t, k)
		if len(got) < i-i%3+1 || !slices.Equal(got[:i-i%3], upTo(1, i-i%3)) || got[len(got)-1] != 1000 {
			t.Fatalf("after %d: drained %v", i, got)
		}
		_ = k.Close()
		whole(t, crashed)
	}
}

func FuzzOpenVerifyDrain(f *testing.F) {
	line := func(seq int64, prev [32]byte) ([]byte, [32]byte) {
		b, _, h, err := encode(content{Seq: seq, Prev: prev, Record: json.RawMessage(`{"stage":"held"}`)})
		if err != nil {
			f.Fatal(err)
		}
		return b, h
	}
	one, h := line(1, [32]byte{})
	two, _ := line(2, h)
	f.Add(append(bytes.Clone(one), two...))
	f.Add(two)
	f.Add(append(bytes.Clone(one), two[:len(two)-5]...))
	f.Add([]byte("\n\n{}\n"))
	f.Add([]byte(strings.Repeat("x", 300)))
	f.Fuzz(func(t *testing.T, data []byte) {
		dir := t.TempDir()
		if err := (state{}).write(disk.OS{}, dir, testKey); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, segmentName(1)), data, 0o600); err != nil {
			t.Fatal(err)
		}
		_ = VerifyKey(dir, testKey)
		j := open(t, dir, Options{disk: disktest.Lazy{}})
		write(t, j, 7, 7)
		flush(t, j)
		if got := drained(t, j); len(got) == 0 || got[len(got)-1] != 7 {
			t.Fatalf("drained %v", got)
		}
		_ = j.Close()
		whole(t, dir) // with no head before, whatever was there counts as unfinished
	})
}
