package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// workers is the pool of inspection processes.
type workers = standard.Pool

// ourself is the running program.
const ourself = "/proc/self/exe"

// openServices looks for the programs and servers that help with reading.
func openServices(cfg *config.Config) *standard.Services {
	return standard.NewServices(context.Background(), cfg, []string{ourself, "worker", "program"})
}

// openWorkers starts the inspection processes of the configuration, which look for
// the organisation's own data too.
func openWorkers(cfg *config.Config, own *standard.OwnHolder, log *slog.Logger, reg prometheus.Registerer) (*workers, error) {
	if reg == nil {
		reg = prometheus.NewRegistry()
	}
	files, err := own.Current().Files()
	if err != nil {
		return nil, err
	}
	services := openServices(cfg)
	if services.OCRMissing != nil {
		log.Info("pictures are not read", "reason", services.OCRMissing)
	}
	w := cfg.Workers
	count, slow := w.Count, w.SlowCount
	if count == 0 {
		count = runtime.NumCPU()
	}
	if slow == 0 {
		slow = -1
	}
	pool, err := standard.NewPool(worker.Options{
		Command: []string{ourself, "worker"}, Size: count, Deadline: time.Duration(w.Deadline), CPULimit: time.Duration(w.CPU),
		MemoryLimit: int64(w.Memory), HeavyArgs: []string{"--heavy", "--pdf-cache", pdfCache(cfg)}, HeavySize: w.HeavyCount,
		SlowSize: slow, SlowAfter: time.Duration(w.SlowAfter),
		HeavyMemory: int64(w.HeavyMemory), HeavyCPU: time.Duration(w.HeavyCPU), ServiceTime: time.Duration(w.ServiceTime),
		Limits: standard.Limits(cfg), Files: files, Now: time.Now, Log: log, Registerer: reg,
	}, services)
	if err != nil {
		services.Close()
		return nil, fmt.Errorf("start workers: %w", err)
	}
	own.OnChange(pool.UseOwn)
	return pool, nil
}

// pdfCache is a folder that nobody but us can write to, for the compiled PDF
// engine: below the data where its place is given whole and there is some, else in the
// user's cache; "" where there is none. What lies in it is run as code, so a folder
// "data" that happens to lie where a command is called is not taken for ours.
func pdfCache(cfg *config.Config) string {
	base := cfg.Data
	if _, err := os.Stat(base); err != nil || !filepath.IsAbs(base) {
		if base, err = os.UserCacheDir(); err != nil {
			return ""
		}
		base = filepath.Join(base, "sekisho")
	}
	dir := filepath.Join(base, "pdf-engine")
	if os.MkdirAll(dir, 0o700) != nil {
		return ""
	}
	st, err := os.Lstat(dir)
	if err != nil || !st.IsDir() || st.Mode().Perm()&0o077 != 0 {
		return ""
	}
	if sys, ok := st.Sys().(*syscall.Stat_t); !ok || int(sys.Uid) != os.Geteuid() {
		return ""
	}
	return dir
}
