package proxy

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

// metrics carry no addresses and no names of clients.
type metrics struct {
	connections prometheus.Gauge
	refused     *prometheus.CounterVec // reason
	mails       *prometheus.CounterVec // ending
	judging     prometheus.Histogram
	bare        *prometheus.CounterVec // octet
	broken      *prometheus.CounterVec // what
	replays     prometheus.Counter
	secrets     *prometheus.CounterVec // line
	tripped     *prometheus.CounterVec // limit
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	vec := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, []string{label})
	}
	m := &metrics{
		connections: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "sekisho_smtp_connections", Help: "Open client connections."}),
		refused: vec("sekisho_smtp_refused_total", "Connections and mails refused before judgement.", "reason"),
		mails:   vec("sekisho_mails_total", "Mails by how they ended: passed, held, rejected, refused (by the next hop or the protocol), failed.", "ending"),
		judging: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "sekisho_judge_seconds", Help: "Time that judging a mail took.",
			Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 120}}),
		bare:    vec("sekisho_smtp_bare_line_ends_total", "Mails with a CR or LF that stands alone.", "octet"),
		broken:  vec("sekisho_smtp_failures_total", "Failures of ours: panic, journal, hop, holder, spool.", "what"),
		tripped: vec("sekisho_breaker_trips_total", "Accounts that went past a limit: recipients, new_recipients, same_content.", "limit"),
		secrets: vec("sekisho_secret_header_total", "Mails by the line of values_file whose secret they carried.", "line"),
		replays: prometheus.NewCounter(prometheus.CounterOpts{
			Name: "sekisho_hop_replays_total", Help: "Transactions that the next hop dropped and that were said again."}),
	}
	for _, c := range []prometheus.Collector{m.connections, m.refused, m.mails, m.judging, m.bare, m.broken, m.replays, m.tripped, m.secrets} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metric: %w", err)
		}
	}
	return m, nil
}
