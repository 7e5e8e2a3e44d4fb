package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// routes are the pages of the console listener that machines read.
func (g *guard) routes(console, metrics *http.ServeMux) {
	console.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { plain(w, http.StatusOK, "alive") })
	console.HandleFunc("GET /readyz", g.readyz)
	if g.cfg.Metrics.Address == "" {
		metrics = console
	}
	g.reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "sekisho_bypass_open", Help: "Whether a bypass window lets new mail pass (0 or 1).",
	}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, open := g.emergency.current(ctx); open {
			return 1
		}
		return 0
	}))
	metrics.Handle("GET /metrics", promhttp.HandlerFor(g.reg, promhttp.HandlerOpts{}))
}

// readyz is 200 when mail can be held. What else is wrong stands in the body: a
// next hop that is away does not make us unready, since its 4xx is the right
// answer and a load balancer would only hide it.
func (g *guard) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	status, lines := http.StatusOK, []string{}
	if err := g.store.Ping(ctx); err != nil {
		status = http.StatusServiceUnavailable
		lines = append(lines, "store: away")
		g.log.Error("store does not answer", "error", err)
	}
	if _, err := g.relay.Capabilities(ctx); err != nil {
		lines = append(lines, "next hop: away")
	}
	if s := g.book.Status(); s.Err != nil {
		lines = append(lines, "rules: the last reload was refused, the set before is in force")
	}
	if g.dispatch.Paused() {
		lines = append(lines, "dispatch: paused, the clock has jumped")
	}
	if len(lines) == 0 {
		lines = []string{"ready"}
	}
	plain(w, status, strings.Join(lines, "\n"))
}

func plain(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	fmt.Fprintln(w, text)
}

// onHangup forwards SIGHUP until stop is called.
func onHangup(to chan<- struct{}) (stop func()) {
	signals, done := make(chan os.Signal, 1), make(chan struct{})
	signal.Notify(signals, syscall.SIGHUP)
	go func() {
		for {
			select {
			case <-done:
				return
			case <-signals:
				select {
				case to <- struct{}{}:
				default:
				}
			}
		}
	}()
	return func() { signal.Stop(signals); close(done) }
}
