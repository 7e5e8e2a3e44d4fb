package directory

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/watch"
)

// Options say where the lists lie. Everything may be left zero.
type Options struct {
	// People is people.csv, Senders is senders.csv; "" for none.
	People, Senders string
	// Zone is where the days of people.csv are days; nil for UTC.
	Zone *time.Location
	// Now is the clock of Status, Log and Metrics take what happens.
	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Status tells what is in force and how the last load went.
type Status struct {
	People  int       `json:"people"`
	Senders int       `json:"senders"`
	Loaded  time.Time `json:"loaded"` // when the lists in force took over
	Tried   time.Time `json:"tried"`  // when a load was tried last
	// Err is why the last load was refused; nil after a good one.
	Err error `json:"-"`
	// Problem is Err in words: lines and columns, never values.
	Problem string `json:"problem,omitempty"`
}

// Holder keeps the directory that is in force and swaps it whole. Safe for
// concurrent use.
type Holder struct {
	o       Options
	current atomic.Pointer[Directory]
	files   *watch.Files

	reload sync.Mutex        // one reload at a time
	tried  [sha256.Size]byte // print of the files that were tried last; guarded by reload
	mu     sync.Mutex        // guards status
	status Status

	good  prometheus.Gauge
	count *prometheus.GaugeVec
}

// Open loads the file of people at path; an empty path gives a directory without
// people. Dates in the file are days in zone.
func Open(path string, zone *time.Location) (*Holder, error) {
	return OpenLists(Options{People: path, Zone: zone})
}

// OpenLists loads both lists. An error joins a *LineError for each bad line.
func OpenLists(o Options) (*Holder, error) {
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Now == nil {
		o.Now = func() time.Time { return time.Time{} }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	h := &Holder{o: o,
		good: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_directory_good",
			Help: "1 when the directory in force is that of the files, 0 when the files were refused."}),
		count: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "sekisho_directory_entries",
			Help: "Entries of the directory in force, by list: people, senders."}, []string{"list"})}
	if o.Metrics != nil {
		for _, c := range []prometheus.Collector{h.good, h.count} {
			if err := o.Metrics.Register(c); err != nil {
				return nil, fmt.Errorf("register directory metrics: %w", err)
			}
		}
	}
	h.files = watch.New(watch.Options{What: "directory", Folders: h.folders, Log: o.Log,
		Changed: func(context.Context) { h.reloadChanged() },
		Asked:   func(context.Context) { _ = h.Reload() }}) // told by Status, metric and log
	h.current.Store(&Directory{})
	return h, h.Reload()
}

// Current is the directory in force; it never changes under the caller's hands.
func (h *Holder) Current() *Directory {
	if h == nil {
		return nil
	}
	return h.current.Load()
}

// Status tells how things stand.
func (h *Holder) Status() Status {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.status
}

// Reload reads the files again. On an error the old directory stays in force,
// whole; Status, metric and log tell it too.
func (h *Holder) Reload() error {
	h.reload.Lock()
	defer h.reload.Unlock()
	return h.load(h.fingerprint())
}

// reloadChanged is Reload if the files are not those that were tried last.
func (h *Holder) reloadChanged() {
	h.reload.Lock()
	defer h.reload.Unlock()
	if now := h.fingerprint(); now != h.tried {
		_ = h.load(now) // told by Status, metric and log
	}
}

// load is given the print taken before it reads: a change in between is seen the
// next time.
func (h *Holder) load(files [sha256.Size]byte) error {
	h.tried = files
	d, err := h.read()
	now := h.o.Now()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.status.Tried, h.status.Err, h.status.Problem = now, err, ""
	if err != nil {
		h.status.Problem = err.Error()
		h.good.Set(0)
		h.o.Log.Error("directory refused, the old one stays", "error", err)
		return err
	}
	h.current.Store(d)
	h.status.People, h.status.Senders, h.status.Loaded = d.Len(), d.Senders(), now
	h.good.Set(1)
	h.count.WithLabelValues("people").Set(float64(d.Len()))
	h.count.WithLabelValues("senders").Set(float64(d.Senders()))
	h.o.Log.Info("directory loaded", "people", d.Len(), "senders", d.Senders())
	return nil
}

// read loads both files; an address in both of them is an error of the second.
func (h *Holder) read() (*Directory, error) {
	var people []Person
	var senders []Sender
	var lines []int
	err := readFile(h.o.People, func(r io.Reader) (err error) {
		people, _, err = peopleSheet().read(r, h.o.Zone)
		return err
	})
	err = errors.Join(err, readFile(h.o.Senders, func(r io.Reader) (err error) {
		senders, lines, err = sendersSheet().read(r, h.o.Zone)
		return err
	}))
	if err != nil {
		return nil, err
	}
	d := newDirectory(people, senders)
	for i, s := range senders {
		if _, twice := d.Lookup(s.Address); twice {
			return nil, fmt.Errorf("load directory %s: %w", h.o.Senders,
				&LineError{Line: lines[i], Column: "address", Reason: "is listed as a person too"})
		}
	}
	return d, nil
}

func readFile(path string, read func(io.Reader) error) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open directory: %w", err)
	}
	defer f.Close()
	if err := read(f); err != nil {
		return fmt.Errorf("load directory %s: %w", path, err)
	}
	return nil
}

// fingerprint changes with any byte of the files.
func (h *Holder) fingerprint() [sha256.Size]byte {
	sum := sha256.New()
	for _, path := range []string{h.o.People, h.o.Senders} {
		if path == "" {
			continue
		}
		f, err := os.Open(path)
		if err != nil {
			fmt.Fprintf(sum, "%q %v\n", path, err)
			continue
		}
		n, err := io.Copy(sum, f)
		fmt.Fprintf(sum, "%q %d %v\n", path, n, err)
		f.Close()
	}
	return [sha256.Size]byte(sum.Sum(nil))
}
