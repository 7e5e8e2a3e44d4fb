package blob

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine/disk/disktest"
)

func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// Whatever is missing of the last record, the others are there, the last one is
// whole or gone, and the store takes mail again.
func TestCutAtEveryOctetOfTheLastRecord(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{disk: disktest.Lazy{}})
	put(t, s, text(1, 300))
	put(t, s, text(2, 300))
	_ = s.Close()
	seg := segmentFiles(t, dir)[0]
	whole, err := os.ReadFile(seg)
	if err != nil {
		t.Fatal(err)
	}
	start := len(whole) / 2
	for cut := start; cut <= len(whole); cut++ {
		if err := os.WriteFile(seg, whole[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, Options{disk: disktest.Lazy{}})
		read(t, s, text(1, 300))
		if cut < len(whole) {
			gone(t, s, text(2, 300).Digest())
			if info, _ := os.Stat(seg); info.Size() != int64(start) {
				t.Fatalf("cut at %d: the torn tail is still there", cut)
			}
		}
		put(t, s, text(2, 300))
		_ = s.Close()
		s = open(t, dir, Options{disk: disktest.Lazy{}})
		read(t, s, text(1, 300))
		read(t, s, text(2, 300))
		if st := s.Stat(); len(st.Damaged) != 0 {
			t.Fatalf("cut at %d: %v", cut, st.Damaged)
		}
		_ = s.Close()
	}
}

// A flipped octet anywhere in a record hurts that record only, and is noticed.
func TestFlipOfEveryOctetInTheMiddle(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{disk: disktest.Lazy{}})
	for i := range 3 {
		put(t, s, text(i, 100))
	}
	_ = s.Close()
	seg := segmentFiles(t, dir)[0]
	whole, err := os.ReadFile(seg)
	if err != nil {
		t.Fatal(err)
	}
	third := len(whole) / 3
	for at := third; at < 2*third; at++ {
		bad := append([]byte(nil), whole...)
		bad[at] ^= 0x40
		if err := os.WriteFile(seg, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, dir, Options{disk: disktest.Lazy{}})
		read(t, s, text(0, 100))
		read(t, s, text(2, 100))
		b, err := s.Open(context.Background(), text(1, 100).Digest())
		if err == nil {
			if _, err = email.ReadBody(b, 1000); !errors.Is(err, ErrDamaged) {
				t.Fatalf("octet %d was flipped unnoticed: %v", at-third, err)
			}
		} else if st := s.Stat(); len(st.Damaged) != 1 && at-third != stateAt {
			t.Fatalf("octet %d: the loss is not reported: %+v", at-third, st)
		}
		put(t, s, text(1, 100)) // and putting it again mends it
		read(t, s, text(1, 100))
		_ = s.Close()
	}
}

func TestSwappedFilesAreNoticed(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	put(t, s, text(1, 2<<20))
	put(t, s, text(2, 2<<20))
	files, _ := filepath.Glob(filepath.Join(dir, "files", "*"))
	tmp := filepath.Join(dir, "tmp")
	if len(files) != 2 || os.Rename(files[0], tmp) != nil || os.Rename(files[1], files[0]) != nil || os.Rename(tmp, files[1]) != nil {
		t.Fatal("cannot swap")
	}
	for i := 1; i <= 2; i++ {
		b, err := s.Open(context.Background(), text(i, 2<<20).Digest())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := email.ReadBody(b, 3<<20); !errors.Is(err, ErrDamaged) {
			t.Errorf("got %v", err)
		}
	}
}

// For every operation of an accept path: let it fail once. Either Put says so
// and nothing is promised, or the body survives a power cut at that moment; and
// the next Put works.
func TestEveryStepOfAPutFailsOnce(t *testing.T) {
	for _, n := range []int{500, 2 << 20} {
		for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EMFILE} {
			for step := 1; ; step++ {
				name := fmt.Sprintf("%d octets, %s at step %d", n, errno, step)
				d, dir := disktest.NewFaulty(), t.TempDir()
				s := open(t, dir, Options{disk: d})
				before := text(100, 700)
				put(t, s, before)
				count := 0
				d.Fail(func(string, string) error {
					if count++; count == step {
						return &os.PathError{Op: "op", Path: "x", Err: errno}
					}
					return nil
				})
				b := spooledBody(t, n)
				_, err := s.Put(context.Background(), b)
				d.Fail(nil)
				wantFault(t, name, err, errno)
				after := s
				if err == nil {
					after = open(t, powerCut(t, d, dir), Options{})
					read(t, after, b)
				} else {
					if e, oerr := s.Open(context.Background(), b.Digest()); oerr == nil {
						t.Fatalf("%s: Put failed but the body is there: %v", name, e.Digest())
					}
					put(t, s, b)
					read(t, s, b)
				}
				read(t, after, before)
				_ = s.Close()
				s = open(t, dir, Options{})
				read(t, s, b)
				read(t, s, before)
				_ = s.Close()
				if count < step {
					break // the path has fewer steps
				}
			}
		}
	}
}

func spooledBody(t *testing.T, n int) email.Body {
	t.Helper()
	if n < 1<<20 {
		return text(1, n)
	}
	f, err := sealed.WriteFile(filepath.Join(t.TempDir(), "spooled"), text(1, n))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantFault(t *testing.T, name string, err error, errno syscall.Errno) {
	t.Helper()
	if err == nil {
		return
	}
	var f *email.Fault
	want := 451
	if errno == syscall.ENOSPC || errno == syscall.EDQUOT {
		want = 452
	}
	if !errors.As(err, &f) || f.Reply.Code != want || !email.IsTemporary(err) || f.Hint == "" {
		t.Fatalf("%s: %v is not a %d", name, err, want)
	}
}

// After a failed sync the kernel may have dropped pages: the segment is left,
// and what was acknowledged before stays.
func TestSegmentIsLeftAfterAFailedSync(t *testing.T) {
	d, dir := disktest.NewFaulty(), t.TempDir()
	s := open(t, dir, Options{disk: d})
	put(t, s, text(1, 100))
	first := segmentFiles(t, dir)
	d.Fail(func(op, path string) error {
		if (op == "sync" || op == "truncate") && path == first[0] {
			return syscall.EIO
		}
		return nil
	})
	if _, err := s.Put(context.Background(), text(2, 100)); err == nil {
		t.Fatal("a failed sync was taken for a good one")
	}
	put(t, s, text(2, 100)) // goes elsewhere, although the first would still fail
	put(t, s, text(3, 100))
	if now := segmentFiles(t, dir); len(now) != 2 {
		t.Errorf("segments: %v", now)
	}
	for i := 1; i <= 3; i++ {
		read(t, s, text(i, 100))
	}
	// The record that failed is still in the first file; it must not outlive
	// a removal of the second.
	d.Fail(nil)
	_ = s.Close()
	s = open(t, dir, Options{})
	if err := s.Remove(context.Background(), text(2, 100).Digest()); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	s = open(t, dir, Options{})
	gone(t, s, text(2, 100).Digest())
	read(t, s, text(1, 100))
}

func TestDiskThatStaysFull(t *testing.T) {
	d, dir := disktest.NewFaulty(), t.TempDir()
	s := open(t, dir, Options{disk: d})
	put(t, s, text(0, 100))
	d.Fail(func(op, _ string) error {
		if op == "write" {
			return syscall.ENOSPC
		}
		return nil
	})
	for i := range 50 {
		_, err := s.Put(context.Background(), text(i+1, 100))
		wantFault(t, "full", err, syscall.ENOSPC)
		if err == nil {
			t.Fatal("a full disk took a body")
		}
	}
	if left := segmentFiles(t, dir); len(left) > 2 {
		t.Errorf("%d segments were left behind", len(left))
	}
	d.Fail(nil)
	put(t, s, text(7, 100))
	read(t, s, text(7, 100))
	read(t, s, text(0, 100))
}

// Power is cut at a random moment under load: every acknowledged body is there.
func TestPowerCutUnderLoad(t *testing.T) {
	for round := range 12 {
		d, dir := disktest.NewFaulty(), t.TempDir()
		s := open(t, dir, Options{disk: d, SegmentSize: 30000, Inline: 8000})
		var mu sync.Mutex
		acked := map[int]email.Body{}
		var wg sync.WaitGroup
		stop := 20 + rand.IntN(100)
		for c := range 8 {
			wg.Go(func() {
				for i := 0; ; i++ {
					id := c*10000 + i
					b := text(id, 500+id%9000)
					if _, err := s.Put(context.Background(), b); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					acked[id] = b
					n := len(acked)
					mu.Unlock()
					if n >= stop {
						return
					}
				}
			})
		}
		wg.Wait()
		// Writes that are under way at the cut: half a batch, unsynced.
		d.Fail(func(op, _ string) error {
			if op == "sync" {
				return syscall.EIO
			}
			return nil
		})
		for i := range 5 {
			_, _ = s.Put(context.Background(), text(900000+i, 700))
		}
		after := open(t, powerCut(t, d, dir), Options{})
		for id, b := range acked {
			if got, err := after.Open(context.Background(), b.Digest()); err != nil {
				t.Fatalf("round %d: body %d of %d is lost: %v", round, id, len(acked), err)
			} else if _, err := email.ReadBody(got, 1<<20); err != nil {
				t.Fatalf("round %d: body %d: %v", round, id, err)
			}
		}
		_ = after.Close()
		d.Fail(nil)
		_ = s.Close()
	}
}

// A crash at any step of a compaction loses nothing and brings nothing back.
func TestCompactionCutShort(t *testing.T) {
	for step := 1; ; step++ {
		d, dir, c := disktest.NewFaulty(), t.TempDir(), newClock()
		s := open(t, dir, Options{disk: d, SegmentSize: 4000, Now: c.now})
		var bodies []email.Body
		for i := range 12 {
			bodies = append(bodies, text(i, 1000))
			put(t, s, bodies[i])
		}
		c.pass(time.Hour)
		for i := range bodies {
			if i%4 != 0 {
				if err := s.Remove(context.Background(), bodies[i].Digest()); err != nil {
					t.Fatal(err)
				}
			}
		}
		count := 0
		d.Fail(func(string, string) error {
			if count++; count >= step { // from here on nothing works any more
				return syscall.EIO
			}
			return nil
		})
		err := s.Compact(context.Background())
		d.Fail(nil)
		crashed := copyDir(t, dir)
		_ = s.Close()
		s = open(t, crashed, Options{SegmentSize: 4000})
		for i := range bodies {
			if i%4 == 0 {
				read(t, s, bodies[i])
			} else {
				gone(t, s, bodies[i].Digest())
			}
		}
		for i := 0; i < len(bodies); i += 4 {
			if err := s.Remove(context.Background(), bodies[i].Digest()); err != nil {
				t.Fatal(err)
			}
		}
		_ = s.Close()
		s = open(t, crashed, Options{SegmentSize: 4000})
		if st := s.Stat(); st.Blobs != 0 {
			t.Fatalf("step %d: a removed body came back: %+v", step, st)
		}
		_ = s.Close()
		if err == nil {
			return
		}
	}
}

// A header whose bytes never reached the disk is no reason to throw the same
// body away when it is put again.
func TestHoleBehindAWholeHeaderIsWrittenAnew(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	put(t, s, text(1, 5000))
	_ = s.Close()
	seg := segmentFiles(t, dir)[0]
	data, err := os.ReadFile(seg)
	if err != nil {
		t.Fatal(err)
	}
	clear(data[headerSize+100:])
	if err := os.WriteFile(seg, data, 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	put(t, s, text(1, 5000))
	read(t, s, text(1, 5000))
	_ = s.Close()
	s = open(t, dir, Options{})
	read(t, s, text(1, 5000))
	if err := s.Remove(context.Background(), text(1, 5000).Digest()); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	gone(t, open(t, dir, Options{}), text(1, 5000).Digest())
}

func TestFilesWithoutARecordAreSwept(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	put(t, s, text(1, 2<<20))
	_ = s.Close()
	stray := filepath.Join(dir, "files", "0123456789abcdef0123456789abcdef")
	if err := os.WriteFile(stray, []byte("half a body"), 0o600); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	if _, err := os.Stat(stray); err == nil {
		t.Error("the stray file is still there")
	}
	read(t, s, text(1, 2<<20))
}

func FuzzScan(f *testing.F) {
	dir := f.TempDir()
	s, err := Open(dir, site, Options{Now: newClock().now, Log: quiet()})
	if err != nil {
		f.Fatal(err)
	}
	for i := range 3 {
		if _, err := s.Put(context.Background(), text(i, 50)); err != nil {
			f.Fatal(err)
		}
	}
	_ = s.Close()
	good, err := os.ReadFile(segmentPath(dir, 1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-7])
	f.Add(append([]byte("junk"), good...))
	f.Add([]byte{})
	path := filepath.Join(f.TempDir(), "00000001.seg")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		seg := &segment{number: 1, path: path}
		last := int64(0)
		end, damage, err := seg.scan(func(h header, p place) {
			if p.offset < last || h.length < 0 {
				t.Fatal("records overlap")
			}
			last = p.offset + headerSize + h.length
		})
		if err != nil || end > int64(len(data)) || end != last {
			t.Fatalf("end %d, last %d of %d: %v", end, last, len(data), err)
		}
		for _, d := range damage {
			if d.Length <= 0 || d.Offset+d.Length > end {
				t.Fatalf("%v", d)
			}
		}
	})
}

// The old record keeps its key when its removal failed; removing the body that
// was put since must reach it too.
func TestRemovalReachesEarlierRecords(t *testing.T) {
	d, dir, c := disktest.NewFaulty(), t.TempDir(), newClock()
	s := open(t, dir, Options{disk: d, Now: c.now})
	put(t, s, text(1, 100))
	c.pass(time.Hour)
	d.Fail(func(op, _ string) error {
		if op == "open" {
			return syscall.EMFILE
		}
		return nil
	})
	if err := s.Remove(context.Background(), text(1, 100).Digest()); !errors.Is(err, syscall.EMFILE) {
		t.Fatalf("got %v", err)
	}
	gone(t, s, text(1, 100).Digest())
	d.Fail(nil)
	put(t, s, text(1, 100))
	read(t, s, text(1, 100))
	c.pass(time.Hour)
	if err := s.Remove(context.Background(), text(1, 100).Digest()); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	gone(t, open(t, dir, Options{}), text(1, 100).Digest())
}
