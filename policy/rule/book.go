package rule

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/watch"
)

// BookOptions are what a Book needs of its maker.
type BookOptions struct {
	Options
	// Paths are the rule files as Load takes them.
	Paths []string
	// Survey runs tests on mail files; without it they are skipped.
	Survey Survey
	// Now is the clock, Log and Registerer take what happens. All are needed.
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Book is the live rule set. It judges with the set of the moment and reloads
// without a gap: a new set takes over only when it compiles and passes Verify;
// otherwise the old one stays and Status tells why. It is safe for concurrent
// use and implements policy.Decider.
type Book struct {
	options BookOptions
	live    atomic.Pointer[Set]
	files   *watch.Files

	reload sync.Mutex        // one reload at a time
	tried  [sha256.Size]byte // print of the files that were tried last; guarded by reload
	mu     sync.Mutex        // guards status
	status Status

	fired   *prometheus.CounterVec
	reloads *prometheus.CounterVec
	good    prometheus.Gauge
	count   prometheus.Gauge
}

// Status tells which set is live and how the last load went.
type Status struct {
	Digest  email.Digest `json:"digest"`
	Rules   int          `json:"rules"`
	Monitor bool         `json:"monitor,omitempty"`
	Loaded  time.Time    `json:"loaded"` // when the live set took over
	Tried   time.Time    `json:"tried"`  // when the last load was tried
	// Err is why the last load was refused; nil after a good one. It is an
	// Errors when a rule file is wrong.
	Err error `json:"-"`
	// Problem is Err in words.
	Problem string `json:"problem,omitempty"`
}

// NewBook loads the first set. There is no judging without one, so an error
// here is final; it is an Errors when a rule file is wrong.
func NewBook(ctx context.Context, options BookOptions) (*Book, error) {
	b := &Book{options: options}
	b.files = watch.New(watch.Options{What: "rules", Folders: b.folders, Log: options.Log,
		Changed: b.reloadChanged,
		Asked:   func(ctx context.Context) { _ = b.Reload(ctx) }}) // told by Status, metric and log
	b.options.Paths = slices.Clone(options.Paths)
	b.fired = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_rule_fired_total",
		Help: "Mails that a rule fired on, by rule and outcome: delay, hold, reject, monitor, unknown, failed."},
		[]string{"rule", "outcome"})
	b.reloads = prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_rule_loads_total",
		Help: "Loads of the rule files, by result: changed, unchanged, refused."}, []string{"result"})
	b.good = prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_rules_good",
		Help: "1 when the live rule set is that of the files, 0 when the files were refused."})
	b.count = prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_rules", Help: "Rules of the live set."})
	for _, c := range []prometheus.Collector{b.fired, b.reloads, b.good, b.count} {
		if err := options.Registerer.Register(c); err != nil {
			return nil, fmt.Errorf("register rule metrics: %w", err)
		}
	}
	if err := b.Reload(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// Reload reads the files again. A set that is refused leaves everything as it
// was; the error says why.
func (b *Book) Reload(ctx context.Context) error {
	b.reload.Lock()
	defer b.reload.Unlock()
	return b.load(ctx, fingerprint(b.options.Paths))
}

// reloadChanged is Reload if the files are not those that were tried last.
func (b *Book) reloadChanged(ctx context.Context) {
	b.reload.Lock()
	defer b.reload.Unlock()
	if now := fingerprint(b.options.Paths); now != b.tried {
		_ = b.load(ctx, now) // told by Status, metric and log
	}
}

// load is given the fingerprint taken before it reads: a change in between is seen
// the next time.
func (b *Book) load(ctx context.Context, files [sha256.Size]byte) error {
	set, err := Load(b.options.Options, b.options.Paths...)
	if err == nil && !b.same(set) {
		err = set.Verify(ctx, b.options.Survey)
	}
	if ctx.Err() != nil {
		return ctx.Err() // shutting down: says nothing about the rules
	}
	b.tried = files
	b.settle(set, err)
	return err
}

func (b *Book) same(set *Set) bool {
	old := b.live.Load()
	return old != nil && old.digest == set.digest
}

// settle swaps sets, or keeps the old one, and tells.
func (b *Book) settle(set *Set, err error) {
	now := b.options.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status.Tried, b.status.Err, b.status.Problem = now, err, ""
	if err != nil {
		b.status.Problem = err.Error()
		b.reloads.WithLabelValues("refused").Inc()
		b.good.Set(0)
		b.options.Log.Error("rules refused, the old ones stay", "error", firstLine(err))
		return
	}
	b.good.Set(1)
	if b.same(set) {
		b.reloads.WithLabelValues("unchanged").Inc()
		return
	}
	b.live.Store(set)
	b.reloads.WithLabelValues("changed").Inc()
	b.count.Set(float64(len(set.rules)))
	b.status.Digest, b.status.Rules, b.status.Monitor, b.status.Loaded = set.digest, len(set.rules), set.monitor, now
	b.options.Log.Info("rules loaded", "rules", len(set.rules), "digest", set.digest.String(), "monitor", set.monitor)
}

// firstLine keeps excerpts of rule files out of the log.
func firstLine(err error) string {
	var errs Errors
	if errors.As(err, &errs) && len(errs) > 0 {
		one := *errs[0]
		one.Excerpt = ""
		return one.Error()
	}
	return err.Error()
}

// Set is the live set.
func (b *Book) Set() *Set { return b.live.Load() }

// Status tells how things stand.
func (b *Book) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.status
}

// Decide implements policy.Decider with the live set.
func (b *Book) Decide(ctx context.Context, m *policy.Message) policy.Verdict {
	v := b.live.Load().Decide(ctx, m)
	for _, f := range v.Fired {
		b.fired.WithLabelValues(f.Name, outcomeName(f)).Inc()
		if f.Failed {
			b.options.Log.Warn("rule could not be evaluated", "mail", m.Envelope.ID, "rule", f.Name)
		}
	}
	return v
}

func outcomeName(f policy.Fired) string {
	switch {
	case f.Failed:
		return "failed"
	case f.Unknown:
		return "unknown"
	case f.Monitor:
		return "monitor"
	}
	return f.Action.String()
}
