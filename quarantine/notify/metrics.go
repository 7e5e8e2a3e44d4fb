package notify

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	written *prometheus.CounterVec
	failed  *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer) (metrics, error) {
	m := metrics{
		written: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_notices_total",
			Help: "Notices that were written, by what they tell."}, []string{"what"}),
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_notices_failed_total",
			Help: "Notices that failed: write (tried again) or delivery (its reader does not know)."}, []string{"stage"}),
	}
	if reg == nil {
		return m, nil
	}
	for _, c := range []prometheus.Collector{m.written, m.failed} {
		if err := reg.Register(c); err != nil {
			return m, fmt.Errorf("register notice metrics: %w", err)
		}
	}
	return m, nil
}
