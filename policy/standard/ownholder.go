package standard

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/watch"
)

// OwnHolder keeps the organisation's own data that is in force and swaps it whole
// when its files change. Files that cannot be used leave the old data in force;
// log and metric tell it. Safe for concurrent use.
type OwnHolder struct {
	cfg   *config.Config
	log   *slog.Logger
	files *watch.Files
	good  prometheus.Gauge

	mu      sync.Mutex
	current *OwnData
	tried   string // the files as they were when they were tried last
	users   []func(*OwnData) error
}

// OpenOwn loads the data that the configuration names; reg may be nil.
func OpenOwn(cfg *config.Config, log *slog.Logger, reg prometheus.Registerer) (*OwnHolder, error) {
	h := &OwnHolder{cfg: cfg, log: log, good: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_own_data_good",
		Help: "1 when the own data in force is that of the files, 0 when the files were refused."})}
	if reg != nil {
		if err := reg.Register(h.good); err != nil {
			return nil, fmt.Errorf("register own data metric: %w", err)
		}
	}
	h.files = watch.New(watch.Options{What: "own data", Folders: h.folders, Log: log,
		Changed: func(context.Context) { h.reload(false) }, Asked: func(context.Context) { h.reload(true) }})
	h.tried = h.print()
	data, err := LoadOwnData(cfg)
	if err != nil {
		return nil, err
	}
	h.current = data
	h.good.Set(1)
	return h, nil
}

// Current is the data in force.
func (h *OwnHolder) Current() *OwnData {
	if h == nil {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.current
}

// OnChange has f called with new data from now on.
func (h *OwnHolder) OnChange(f func(*OwnData) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.users = append(h.users, f)
}

// Watch follows the files until ctx ends; an error says that they were polled.
func (h *OwnHolder) Watch(ctx context.Context) error {
	if len(h.paths()) == 0 {
		<-ctx.Done()
		return nil
	}
	return h.files.Run(ctx)
}

// Hangup asks for a reload, as after SIGHUP. It never blocks.
func (h *OwnHolder) Hangup() { h.files.Hangup() }

func (h *OwnHolder) reload(asked bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	now := h.print()
	if now == h.tried && !asked || now == "" {
		return
	}
	h.tried = now
	data, err := LoadOwnData(h.cfg)
	for _, use := range h.users {
		if err == nil {
			err = use(data)
		}
	}
	if err != nil {
		h.good.Set(0)
		h.log.Error("own data refused, the old one stays", "error", err)
		return
	}
	h.current = data
	h.good.Set(1)
	h.log.Info("own data loaded", "files", len(h.paths()))
}

func (h *OwnHolder) paths() []string {
	var out []string
	own := &h.cfg.OwnData
	for _, l := range own.Words {
		out = append(out, l.File)
	}
	for _, t := range own.Tables {
		out = append(out, t.File)
	}
	for _, d := range own.Documents {
		out = append(out, d.File)
	}
	return out
}

func (h *OwnHolder) folders() []string {
	var out []string
	for _, p := range h.paths() {
		out = append(out, filepath.Dir(p))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// print changes when a file was written or replaced.
func (h *OwnHolder) print() string {
	var b strings.Builder
	for _, p := range h.paths() {
		info, err := os.Stat(p)
		if err != nil {
			fmt.Fprintf(&b, "%q %v\n", p, err)
			continue
		}
		fmt.Fprintf(&b, "%q %d %d\n", p, info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}

// follow looks for the data that is in force, now and after each change.
func (r *Reader) follow(h *OwnHolder) error {
	if h == nil || h.Current().Empty() {
		return nil
	}
	use := func(data *OwnData) error {
		own, err := data.Own()
		if err == nil {
			r.UseOwn(own)
		}
		return err
	}
	h.OnChange(use)
	return use(h.Current())
}
