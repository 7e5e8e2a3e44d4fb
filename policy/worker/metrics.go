package worker

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	jobs    *prometheus.CounterVec
	kills   *prometheus.CounterVec
	starts  prometheus.Counter
	seconds *prometheus.HistogramVec
	busy    prometheus.Gauge
}

func newMetrics(r prometheus.Registerer) (*metrics, error) {
	m := &metrics{
		jobs: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_worker_jobs_total",
			Help: "Jobs by verb and result; every result but ok means that a mail could not be inspected."}, []string{"verb", "result"}),
		kills: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_worker_kills_total",
			Help: "Worker processes that were killed or found dead, by cause."}, []string{"cause"}),
		starts: prometheus.NewCounter(prometheus.CounterOpts{Name: "sekisho_worker_starts_total",
			Help: "Worker processes that were started."}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "sekisho_worker_job_seconds",
			Help:    "Time of a job, waiting for a worker included.",
			Buckets: []float64{.0005, .001, .002, .005, .01, .02, .05, .1, .5, 1, 5, 30}}, []string{"verb"}),
		busy: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_worker_busy",
			Help: "Worker processes at work."}),
	}
	for _, c := range []prometheus.Collector{m.jobs, m.kills, m.starts, m.seconds, m.busy} {
		if err := r.Register(c); err != nil {
			return nil, fmt.Errorf("register worker metrics: %w", err)
		}
	}
	return m, nil
}
