package quarantine

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

type metrics struct {
	holds     *prometheus.CounterVec
	joins     prometheus.Counter
	decisions *prometheus.CounterVec
}

func newMetrics(reg prometheus.Registerer, lastHour func() float64) metrics {
	m := metrics{
		holds: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_holds_total",
			Help: "Mails taken into the quarantine, own mail included."}, []string{"kind"}),
		joins: prometheus.NewCounter(prometheus.CounterOpts{Name: "sekisho_hold_joins_total",
			Help: "Copies that joined a hold."}),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_decisions_total",
			Help: "Decisions on holds."}, []string{"verb", "by"}),
	}
	if reg != nil {
		reg.MustRegister(m.holds, m.joins, m.decisions, prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "sekisho_holds_last_hour", Help: "Mails that began to wait in the last 60 minutes on this node."}, lastHour))
	}
	return m
}

// hourly counts things in the last 60 minutes, by minute.
type hourly struct {
	mu     sync.Mutex
	counts [60]int
	minute int64 // the latest one that counts covers
}

func (h *hourly) add(now time.Time) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn(now)
	h.counts[h.minute%60]++
	return h.sum()
}

func (h *hourly) count(now time.Time) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.turn(now)
	return h.sum()
}

// turn forgets minutes that have passed; a clock that went back stays where it was.
func (h *hourly) turn(now time.Time) {
	m := now.Unix() / 60
	if m-h.minute >= 60 {
		h.counts, h.minute = [60]int{}, m
		return
	}
	for h.minute < m {
		h.minute++
		h.counts[h.minute%60] = 0
	}
}

func (h *hourly) sum() int {
	n := 0
	for _, c := range h.counts {
		n += c
	}
	return n
}
