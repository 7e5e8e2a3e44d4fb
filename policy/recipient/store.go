package recipient

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Errors of a stored history.
var (
	// ErrHistoryInUse is returned by Open when another process has the folder.
	ErrHistoryInUse = errors.New("recipient: the history is in use by another process")
	// ErrHistoryDamaged is returned by Open when a snapshot does not match its
	// checksum. Moving the named file away starts from the logs that are left.
	ErrHistoryDamaged = errors.New("recipient: a snapshot of the history is damaged")
)

const (
	syncEvery    = 5 * time.Second
	compactFrom  = 16 << 20 // octets of logs at which Open writes a snapshot
	maxRecord    = 4 << 20  // more than lineCap recipients take
	maxBuffer    = 1 << 20  // of a buffer that is used again
	snapshotName = "history-%08d.snapshot"
	logName      = "history-%08d.log"
)

// castagnoli is the table of CRC-32C.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// store is the folder of a history: a snapshot, and logs of what was learned
// after it. Snapshot n holds all of the logs below n. Every start begins a new
// log, so that a torn tail is never written behind.
//
// A log record reaches the kernel before Learn returns, so that a killed process
// loses none; it is synced every 5 s, so that a power cut loses no more. A
// snapshot is synced, renamed into place and its folder synced before anything
// older is removed.
type store struct {
	dir    string
	lock   *os.File
	log    *os.File
	number int // of the log that is written
	buf    []byte
	dirty  bool
	err    error // of the last sync in the background
	stop   chan struct{}
	done   sync.WaitGroup
}

// Open opens the history in a folder, which is made when it is missing. now
// keeps mails from the future from being believed. The folder belongs to one
// process at a time. Close must be called.
func Open(dir string, now func() time.Time) (*History, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make history folder: %w", err)
	}
	lock, err := lockFolder(dir)
	if err != nil {
		return nil, err
	}
	h := &History{state: newState(), now: now}
	s := &store{dir: dir, lock: lock, stop: make(chan struct{})}
	if err := s.load(&h.state); err != nil {
		_ = lock.Close()
		return nil, err
	}
	h.store = s
	s.done.Go(func() { h.syncLoop() })
	return h, nil
}

func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open history lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrHistoryInUse
		}
		return nil, fmt.Errorf("lock history folder: %w", err)
	}
	return f, nil
}

// View reads the history in a folder without taking it: for commands that look
// at a history which another process may be writing. What the view learns stays
// in memory. A folder that is missing gives an empty history.
func View(dir string, now func() time.Time) (*History, error) {
	var err error
	for range 3 { // the writer may compact under our hands
		h := &History{state: newState(), now: now}
		s := &store{dir: dir}
		if _, err = s.read(&h.state); err == nil {
			return h, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		if _, missing := os.Stat(dir); errors.Is(missing, fs.ErrNotExist) {
			return h, nil
		}
	}
	return nil, err
}

// load reads the folder, then begins a new log.
func (s *store) load(st *state) error {
	size, err := s.read(st)
	if err != nil {
		return err
	}
	s.number++
	if size >= compactFrom {
		if err := s.snapshot(st); err != nil {
			return err
		}
	}
	s.log, err = os.OpenFile(s.path(logName, s.number), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create history log: %w", err)
	}
	return syncFolder(s.dir)
}

// read applies the newest snapshot and the logs after it, and tells the size of
// these logs in octets.
func (s *store) read(st *state) (int64, error) {
	snapshots, logs, err := s.list()
	if err != nil {
		return 0, err
	}
	from := 0
	if len(snapshots) > 0 {
		from = snapshots[len(snapshots)-1]
		if err := readSnapshotFile(s.path(snapshotName, from), st); err != nil {
			return 0, err
		}
	}
	s.number = from
	var size int64
	for _, n := range logs {
		s.number = max(s.number, n)
		if n < from {
			continue // a removal that a crash cut short
		}
		read, err := replay(s.path(logName, n), st)
		if err != nil {
			return 0, err
		}
		size += read
	}
	return size, nil
}

func (s *store) path(name string, n int) string {
	return filepath.Join(s.dir, fmt.Sprintf(name, n))
}

// list gives the numbers of snapshots and logs, ascending.
func (s *store) list() (snapshots, logs []int, err error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, nil, fmt.Errorf("list history folder: %w", err)
	}
	for _, e := range entries {
		var n int
		if _, err := fmt.Sscanf(e.Name(), snapshotName, &n); err == nil && e.Name() == fmt.Sprintf(snapshotName, n) {
			snapshots = append(snapshots, n)
		}
		if _, err := fmt.Sscanf(e.Name(), logName, &n); err == nil && e.Name() == fmt.Sprintf(logName, n) {
			logs = append(logs, n)
		}
	}
	slices.Sort(snapshots)
	slices.Sort(logs)
	return snapshots, logs, nil
}

// append writes records, in one call: length, CRC-32C, payload.
func (s *store) append(entries []entry) error {
	b := s.buf[:0]
	for _, e := range entries {
		head := len(b)
		b = e.encode(append(b, 0, 0, 0, 0, 0, 0, 0, 0))
		payload := b[head+8:]
		binary.BigEndian.PutUint32(b[head:], uint32(len(payload)))
		binary.BigEndian.PutUint32(b[head+4:], crc32.Checksum(payload, castagnoli))
	}
	s.buf = b
	if cap(b) > maxBuffer {
		s.buf = nil
	}
	s.dirty = true
	if _, err := s.log.Write(b); err != nil {
		return fmt.Errorf("write history log: %w", err)
	}
	err := s.err
	s.err = nil
	return err
}

// replay applies the records of a log up to its end or its first bad record,
// and tells how many octets were good.
func replay(path string, st *state) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("open history log: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<20)
	var size int64
	var head [8]byte
	var buf []byte
	for {
		if _, err := io.ReadFull(in, head[:]); err != nil {
			return size, tornIsEnd(err)
		}
		n := binary.BigEndian.Uint32(head[:])
		if n > maxRecord {
			return size, nil
		}
		buf = append(buf[:0], make([]byte, n)...)
		if _, err := io.ReadFull(in, buf); err != nil {
			return size, tornIsEnd(err)
		}
		e, ok := decodeEntry(buf)
		if crc32.Checksum(buf, castagnoli) != binary.BigEndian.Uint32(head[4:]) || !ok {
			return size, nil
		}
		st.apply(e)
		size += int64(8 + n)
	}
}

func tornIsEnd(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return fmt.Errorf("read history log: %w", err)
}

// syncLoop syncs the log at intervals; an error is told by the next Learn.
func (h *History) syncLoop() {
	tick := time.NewTicker(syncEvery)
	defer tick.Stop()
	for {
		select {
		case <-h.store.stop:
			return
		case <-tick.C:
			_ = h.Sync()
		}
	}
}

// Sync brings what was learned to disk; it is done every 5 s by itself.
func (h *History) Sync() error {
	if h == nil || h.store == nil {
		return nil
	}
	h.mu.Lock()
	if h.closed || !h.store.dirty {
		h.mu.Unlock()
		return nil
	}
	h.store.dirty = false
	log := h.store.log
	h.mu.Unlock()
	// The log stays open until Close has waited for the loop; a caller's own
	// Sync that loses against Close gets os.ErrClosed, after Close has synced.
	if err := log.Sync(); err != nil && !errors.Is(err, os.ErrClosed) {
		err = fmt.Errorf("sync history log: %w", err)
		h.mu.Lock()
		h.store.err, h.store.dirty = err, true
		h.mu.Unlock()
		return err
	}
	return nil
}

// Close writes a snapshot and gives the folder free. All further calls return
// ErrHistoryClosed, and so does a second Close.
func (h *History) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return ErrHistoryClosed
	}
	h.closed = true
	h.mu.Unlock()
	s := h.store
	if s == nil {
		return nil
	}
	close(s.stop)
	s.done.Wait()
	err := s.log.Sync()
	err = errors.Join(err, s.log.Close())
	s.number++
	err = errors.Join(err, s.snapshot(&h.state), s.lock.Close())
	if err != nil {
		return fmt.Errorf("close history: %w", err)
	}
	return nil
}

// snapshot writes snapshot s.number, then removes what it replaces.
func (s *store) snapshot(st *state) error {
	final := s.path(snapshotName, s.number)
	tmp := final + ".tmp"
	if err := writeSnapshotFile(tmp, st); err != nil {
		_ = os.Remove(tmp)
		return err
	}
	if err := os.Rename(tmp, final); err != nil {
		return fmt.Errorf("rename history snapshot: %w", err)
	}
	if err := syncFolder(s.dir); err != nil {
		return err
	}
	snapshots, logs, err := s.list()
	if err != nil {
		return err
	}
	for _, n := range snapshots {
		if n < s.number {
			err = errors.Join(err, os.Remove(s.path(snapshotName, n)))
		}
	}
	for _, n := range logs {
		if n < s.number {
			err = errors.Join(err, os.Remove(s.path(logName, n)))
		}
	}
	return err
}

func writeSnapshotFile(path string, st *state) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("create history snapshot: %w", err)
	}
	err = st.encode(f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write history snapshot: %w", err)
	}
	return nil
}

func readSnapshotFile(path string, st *state) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open history snapshot: %w", err)
	}
	defer f.Close()
	if err := verifySum(f); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read history snapshot: %w", err)
	}
	if err := st.decode(f); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return nil
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("open history folder: %w", err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("sync history folder: %w", err)
	}
	return nil
}
