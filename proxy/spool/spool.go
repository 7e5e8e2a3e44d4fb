package spool

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
)

// Suffix is what the name of every spool file ends in.
const Suffix = ".spool"

// Defaults of Options.
const (
	DefaultMemory      = 8 << 20
	DefaultTotalMemory = 64 << 20
	DefaultTotalDisk   = 8 << 30
)

// Options say where mails wait and how much room they may take. A zero means
// the default.
type Options struct {
	// Dir is the folder for spool files; it is made when missing. It should be on
	// the file system of the quarantine's bodies, so that a rename does.
	Dir string
	// Memory is how many octets of one mail stay in memory while there is room.
	Memory int64
	// TotalMemory is how many octets all mails together may take in memory. Half
	// of it is for mails of any size, the rest for small ones; beyond it even
	// those go to disk.
	TotalMemory int64
	// TotalDisk is how many octets all spool files together may take; beyond it
	// mails are refused with 452.
	TotalDisk int64
}

// Spool makes mails. It is safe for concurrent use.
type Spool struct {
	o            Options
	now          func() time.Time
	memory, disk atomic.Int64
	small, large sync.Pool // of *[]byte: chunks of mails in memory
}

// New makes the folder and removes the files that a crash has left in it. The
// folder must belong to one running program only.
func New(o Options, now func() time.Time, log *slog.Logger, reg prometheus.Registerer) (*Spool, error) {
	if o.Dir == "" {
		return nil, errors.New("spool: no folder is set")
	}
	o.Memory = orDefault(o.Memory, DefaultMemory)
	o.TotalMemory = orDefault(o.TotalMemory, DefaultTotalMemory)
	o.TotalDisk = orDefault(o.TotalDisk, DefaultTotalDisk)
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make spool folder: %w", err)
	}
	s := &Spool{o: o, now: now}
	s.small.New = func() any { b := make([]byte, 0, smallChunk); return &b }
	s.large.New = func() any { b := make([]byte, 0, largeChunk); return &b }
	if err := s.sweep(log); err != nil {
		return nil, err
	}
	gauge := func(where string, n *atomic.Int64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sekisho_spool_bytes", Help: "Octets of mails that are being received or judged.",
			ConstLabels: prometheus.Labels{"where": where},
		}, func() float64 { return float64(n.Load()) })
	}
	for where, n := range map[string]*atomic.Int64{"memory": &s.memory, "disk": &s.disk} {
		if err := reg.Register(gauge(where, n)); err != nil {
			return nil, fmt.Errorf("register spool metric: %w", err)
		}
	}
	return s, nil
}

func orDefault(n, def int64) int64 {
	if n <= 0 {
		return def
	}
	return n
}

// sweep removes what a crash has left: those mails were never promised.
func (s *Spool) sweep(log *slog.Logger) error {
	left, err := filepath.Glob(filepath.Join(s.o.Dir, "*"+Suffix))
	if err != nil {
		return fmt.Errorf("list spool folder: %w", err)
	}
	for _, path := range left {
		if err := os.Remove(path); err != nil {
			return fmt.Errorf("remove left-over spool file: %w", err)
		}
	}
	if len(left) > 0 {
		log.Info("left-over spool files removed", "count", len(left))
	}
	return nil
}

// Create begins a mail. The writer ends with Commit or Abort.
func (s *Spool) Create() *Writer { return &Writer{s: s, mem: &chunks{s: s}} }

// Writer takes the bytes of one mail. It is used by one goroutine.
type Writer struct {
	s    *Spool
	mem  *chunks // nil once the mail goes to disk
	file *os.File
	seal *sealed.Writer
	key  sealed.Key
	sum  hash.Hash
	size int64
	disk int64 // octets counted against the spool's share
	err  error
}

// Write takes octets. After an error every further call returns it.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	if w.file == nil && !w.mem.keep(p) {
		w.spill()
		if w.err == nil {
			w.toFile(p)
		}
	} else if w.file != nil {
		w.toFile(p)
	}
	if w.err != nil {
		return 0, w.err
	}
	w.size += int64(len(p))
	return len(p), nil
}

// Size is how many octets were written.
func (w *Writer) Size() int64 { return w.size }

// spill opens the sealed file and moves what is in memory there.
func (w *Writer) spill() {
	path := filepath.Join(w.s.o.Dir, string(email.NewID(w.s.now()))+Suffix)
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		w.fail("create spool file", err)
		return
	}
	w.file, w.key, w.sum = file, sealed.NewKey(), sha256.New()
	w.seal = sealed.NewWriter(file, w.key)
	for _, c := range w.mem.list {
		if w.toFile(c); w.err != nil {
			break
		}
	}
	w.freeMemory()
}

func (w *Writer) toFile(p []byte) {
	if w.s.disk.Add(int64(len(p))) > w.s.o.TotalDisk {
		w.s.disk.Add(-int64(len(p)))
		w.fail("write spool file", errFull)
		return
	}
	if _, err := w.seal.Write(p); err != nil {
		w.s.disk.Add(-int64(len(p)))
		w.fail("write spool file", err)
		return
	}
	w.sum.Write(p)
	w.disk += int64(len(p))
}

func (w *Writer) freeMemory() {
	if w.mem != nil {
		w.mem.release()
		w.mem = nil
	}
}

// Commit ends the writing. After an error nothing is left behind.
func (w *Writer) Commit() (*Mail, error) {
	if w.err != nil {
		w.Abort()
		return nil, w.err
	}
	if w.file == nil {
		return &Mail{s: w.s, Body: w.mem, mem: w.mem}, nil
	}
	err := w.seal.Close()
	if cerr := w.file.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		w.fail("finish spool file", err)
		w.Abort()
		return nil, w.err
	}
	file := sealed.NewFile(w.file.Name(), w.key, w.size, email.Digest(w.sum.Sum(nil)))
	return &Mail{s: w.s, Body: file, path: file.Path, disk: w.disk}, nil
}

// Abort throws away what was written. After Commit it must not be called.
func (w *Writer) Abort() {
	w.freeMemory()
	if w.file != nil {
		_ = w.file.Close()
		_ = os.Remove(w.file.Name())
		w.s.disk.Add(-w.disk)
		w.file = nil
	}
	if w.err == nil {
		w.err = errAborted
	}
	w.size = 0
}

var (
	errAborted = errors.New("spool: writing was given up")
	errFull    = errors.New("spool: the spool's share of the disk is used up")
)

func (w *Writer) fail(what string, err error) {
	w.err = fmt.Errorf("%s: %w", what, err)
	if errors.Is(err, errFull) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		w.err = &email.Fault{
			Reply: email.NewReply(452, "4.3.1", "Insufficient storage, try again later"),
			Hint:  "free space on the spool's file system or raise its share",
			Err:   w.err,
		}
	}
}

// Mail is a spooled mail.
type Mail struct {
	// Body is the content: a *sealed.File when it lies on disk.
	Body email.Body

	s        *Spool
	path     string
	mem      *chunks
	disk     int64
	released atomic.Bool
}

// Release gives memory and disk back. A file that a hold has taken over by
// rename is gone from its path and stays untouched. Body must not be used any
// more. Further calls do nothing.
func (m *Mail) Release() {
	if m.released.Swap(true) {
		return
	}
	if m.mem != nil {
		m.mem.release()
	}
	m.s.disk.Add(-m.disk)
	if m.path != "" {
		_ = os.Remove(m.path)
	}
}
