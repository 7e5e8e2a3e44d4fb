package blob

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine/disk"
	"github.com/sekisho-mail/sekisho/quarantine/disk/disktest"
)

func TestPutOpenAcrossRestart(t *testing.T) {
	dir := t.TempDir()
	bodies := []email.Body{text(1, 0), text(2, 1), text(3, 4096), text(4, 64<<10), text(5, 64<<10+1), text(6, 1<<20), text(7, 1<<20+1), text(8, 3<<20)}
	s := open(t, dir, Options{})
	for _, b := range bodies {
		put(t, s, b)
	}
	for _, b := range bodies {
		read(t, s, b)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = open(t, dir, Options{})
	for _, b := range bodies {
		read(t, s, b)
	}
	if st := s.Stat(); st.Blobs != len(bodies) || len(st.Damaged) != 0 || st.Dead != 0 || st.Segments != 1 {
		t.Errorf("%+v", st)
	}
	if got := len(s.All()); got != len(bodies) {
		t.Errorf("%d digests are listed", got)
	}
}

func TestNothingReadableLiesOnDisk(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	marker := []byte("マイナンバー 1234-5678-9018")
	for i, n := range []int{1, 100000} {
		put(t, s, email.BytesBody(bytes.Repeat(append(marker, byte('0'+i)), n)))
	}
	seen := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		seen += len(b)
		if bytes.Contains(b, marker[:12]) {
			t.Errorf("%s shows the body", path)
		}
		if info, err := e.Info(); err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %s", path, info.Mode())
		}
		return err
	})
	if err != nil || seen < 3<<20 {
		t.Errorf("%d octets were looked at: %v", seen, err)
	}
}

func TestEqualBytesAreKeptOnce(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	var wg sync.WaitGroup
	for range 40 {
		for _, b := range []email.Body{text(1, 5000), text(2, 2<<20)} {
			wg.Go(func() {
				if _, err := s.Put(context.Background(), b); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	st := s.Stat()
	files, _ := filepath.Glob(filepath.Join(s.dir, "files", "*"))
	if st.Blobs != 2 || st.Dead != 0 || len(files) != 1 {
		t.Errorf("%+v, %d files", st, len(files))
	}
	read(t, s, text(1, 5000))
	read(t, s, text(2, 2<<20))
}

func TestManyPutsShareOneSync(t *testing.T) {
	d := disktest.NewFaulty()
	gate := make(chan struct{})
	first := sync.OnceFunc(func() { <-gate })
	s := open(t, t.TempDir(), Options{disk: d})
	put(t, s, text(0, 100)) // the segment is there
	d.Fail(func(op, _ string) error {
		if op == "sync" {
			first()
		}
		return nil
	})
	d.Trace()
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			if _, err := s.Put(context.Background(), text(i+1, 2000)); err != nil {
				t.Error(err)
			}
		})
	}
	for { // until the first batch is at the gate and all others wait
		runtime.Gosched()
		s.mu.Lock()
		n := len(s.pending) + len(s.putting)
		s.mu.Unlock()
		if n >= 64 {
			break
		}
	}
	close(gate)
	wg.Wait()
	syncs := 0
	for _, op := range d.Trace() {
		if op == "sync" {
			syncs++
		}
	}
	if syncs > 32 || syncs == 0 {
		t.Errorf("64 bodies took %d syncs", syncs)
	}
}

func TestSpoolFileIsTakenOver(t *testing.T) {
	for name, linkFails := range map[string]bool{"by name": false, "by copy from another file system": true} {
		t.Run(name, func(t *testing.T) {
			d := disktest.NewFaulty()
			s := open(t, t.TempDir(), Options{disk: d})
			b := text(1, 2<<20)
			spooled, err := sealed.WriteFile(filepath.Join(t.TempDir(), "spooled"), b)
			if err != nil {
				t.Fatal(err)
			}
			d.Fail(func(op, _ string) error {
				if op == "link" && linkFails {
					return errors.New("cross-device link")
				}
				return nil
			})
			put(t, s, spooled)
			if err := os.Remove(spooled.Path); err != nil { // as the spool does
				t.Fatal(err)
			}
			read(t, s, b)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			read(t, open(t, s.dir, Options{}), b)
		})
	}
}

func TestRemoveDestroysTheKey(t *testing.T) {
	for _, n := range []int{3000, 2 << 20} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			dir, c := t.TempDir(), newClock()
			s := open(t, dir, Options{Now: c.now})
			b, other := text(1, n), text(2, n)
			put(t, s, b)
			put(t, s, other)
			if err := s.Remove(context.Background(), b.Digest()); !errors.Is(err, ErrRecent) {
				t.Fatalf("a body that was put just now was removed: %v", err)
			}
			kept, err := s.Open(context.Background(), b.Digest())
			if err != nil {
				t.Fatal(err)
			}
			before, err := os.ReadFile(segmentFiles(t, dir)[0])
			if err != nil {
				t.Fatal(err)
			}
			c.pass(11 * time.Minute)
			for range 2 { // a second time is no error
				if err := s.Remove(context.Background(), b.Digest()); err != nil {
					t.Fatal(err)
				}
			}
			gone(t, s, b.Digest())
			if _, err := kept.Open(); !errors.Is(err, ErrNotFound) {
				t.Errorf("a body held from before still opens: %v", err)
			}
			after, _ := os.ReadFile(segmentFiles(t, dir)[0])
			wrapped := before[stateAt+1 : headerSize]
			if bytes.Contains(after, wrapped) {
				t.Error("the wrapped key is still on disk")
			}
			read(t, s, other)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = open(t, dir, Options{})
			gone(t, s, b.Digest())
			read(t, s, other)
			put(t, s, b) // and it may come back
			read(t, s, b)
		})
	}
}

func TestPutRenewsTheGrace(t *testing.T) {
	c := newClock()
	s := open(t, t.TempDir(), Options{Now: c.now})
	d := put(t, s, text(1, 100))
	c.pass(time.Hour)
	put(t, s, text(1, 100)) // found there already, and not yet named by anybody
	if err := s.Remove(context.Background(), d); !errors.Is(err, ErrRecent) {
		t.Fatalf("got %v", err)
	}
	read(t, s, text(1, 100))
}

func TestOrphansOfAnEarlierProcessCanGoAtOnce(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	put(t, s, text(1, 100))
	_ = s.Close()
	s = open(t, dir, Options{})
	for _, d := range s.All() {
		if err := s.Remove(context.Background(), d); err != nil {
			t.Fatal(err)
		}
	}
	if st := s.Stat(); st.Blobs != 0 {
		t.Errorf("%+v", st)
	}
}

func TestCompactFreesWornSegments(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	s := open(t, dir, Options{SegmentSize: 20000, Now: c.now})
	var bodies []email.Body
	for i := range 60 {
		bodies = append(bodies, text(i, 2000))
		put(t, s, bodies[i])
	}
	big := text(99, 2<<20)
	put(t, s, big)
	c.pass(time.Hour)
	held, err := s.Open(context.Background(), bodies[7].Digest())
	if err != nil {
		t.Fatal(err)
	}
	reading, err := held.Open()
	if err != nil {
		t.Fatal(err)
	}
	before := len(segmentFiles(t, dir))
	for i := range bodies {
		if i%8 != 7 {
			if err := s.Remove(context.Background(), bodies[i].Digest()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after := len(segmentFiles(t, dir)); after > before/2 {
		t.Errorf("%d segments became %d", before, after)
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(reading); err != nil || !bytes.Equal(buf.Bytes(), content(bodies[7])) {
		t.Errorf("a reader that was open during compaction broke: %v", err)
	}
	_ = reading.Close()
	for range 2 {
		for i := range bodies {
			if i%8 == 7 {
				read(t, s, bodies[i])
			} else {
				gone(t, s, bodies[i].Digest())
			}
		}
		read(t, s, big)
		_ = s.Close()
		s = open(t, dir, Options{SegmentSize: 20000})
	}
}

func TestDeadSegmentGoesAtOnce(t *testing.T) {
	dir, c := t.TempDir(), newClock()
	s := open(t, dir, Options{SegmentSize: 1000, Now: c.now})
	first := put(t, s, text(1, 2000))
	put(t, s, text(2, 2000))
	c.pass(time.Hour)
	if err := s.Remove(context.Background(), first); err != nil {
		t.Fatal(err)
	}
	if left := segmentFiles(t, dir); len(left) != 1 {
		t.Errorf("left: %v", left)
	}
}

func TestOneWriterAtATime(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir, Options{})
	put(t, s, text(1, 100))
	if _, err := Open(dir, site, Options{Now: newClock().now, Log: quiet()}); !errors.Is(err, disk.ErrInUse) {
		t.Fatalf("a second writer was let in: %v", err)
	}
	r := open(t, dir, Options{ReadOnly: true})
	read(t, r, text(1, 100))
	if _, err := r.Put(context.Background(), text(2, 100)); !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
	if err := r.Remove(context.Background(), text(1, 100).Digest()); !errors.Is(err, ErrReadOnly) {
		t.Error(err)
	}
	put(t, s, text(3, 100))
	read(t, open(t, dir, Options{ReadOnly: true}), text(3, 100))
	if _, err := Open(filepath.Join(dir, "never"), site, Options{ReadOnly: true, Log: quiet()}); err != nil {
		t.Errorf("an empty site cannot be looked at: %v", err)
	}
}

func TestWrongKeyIsNoticedAtOnce(t *testing.T) {
	dir := t.TempDir()
	_ = open(t, dir, Options{}).Close()
	if _, err := Open(dir, sealed.NewKey(), Options{Log: quiet()}); !errors.Is(err, ErrWrongKey) {
		t.Fatalf("got %v", err)
	}
}

func TestClosedStoreSaysSo(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	_ = s.Close()
	_, err := s.Put(context.Background(), text(1, 10))
	var f *email.Fault
	if !errors.Is(err, ErrClosed) || !errors.As(err, &f) || f.Reply.Code != 451 {
		t.Error(err)
	}
	if err := s.Remove(context.Background(), email.Digest{}); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// lying is a body whose bytes are not those of its digest.
type lying struct{ email.Body }

func (l lying) Digest() email.Digest { return email.Digest{1} }

func TestBodyThatLiesIsNotKept(t *testing.T) {
	s := open(t, t.TempDir(), Options{})
	for _, n := range []int{100, 2 << 20} {
		if _, err := s.Put(context.Background(), lying{text(1, n)}); !errors.Is(err, errOtherBytes) {
			t.Errorf("%d octets: %v", n, err)
		}
	}
	if st := s.Stat(); st.Blobs != 0 {
		t.Errorf("%+v", st)
	}
}

func TestPutEndsWithItsContext(t *testing.T) {
	d := disktest.NewFaulty()
	gate := make(chan struct{})
	s := open(t, t.TempDir(), Options{disk: d})
	put(t, s, text(0, 10))
	d.Fail(func(op, _ string) error {
		if op == "sync" {
			<-gate
		}
		return nil
	})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := s.Put(ctx, text(1, 100)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(gate)
	put(t, s, text(1, 100))
	read(t, s, text(1, 100))
}
