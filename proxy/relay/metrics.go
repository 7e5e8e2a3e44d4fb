package relay

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	connections *prometheus.CounterVec // result
}

func newMetrics(reg prometheus.Registerer, r *Relay) (*metrics, error) {
	m := &metrics{connections: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "sekisho_hop_connections_total", Help: "Connections to next hops: made, failed."}, []string{"result"})}
	idle := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "sekisho_hop_idle_connections", Help: "Connections to next hops that wait for a mail.",
	}, func() float64 {
		n := 0
		for _, h := range append(r.mx.all(), r.hops()...) {
			n += h.waiting()
		}
		return float64(n)
	})
	for _, c := range []prometheus.Collector{m.connections, idle} {
		if err := reg.Register(c); err != nil {
			return nil, fmt.Errorf("register metric: %w", err)
		}
	}
	return m, nil
}
