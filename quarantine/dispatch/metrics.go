package dispatch

import (
	"context"
	"slices"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/quarantine"
)

type metrics struct {
	open    *prometheus.GaugeVec
	holds   prometheus.Gauge
	oldest  prometheus.Gauge
	results *prometheus.CounterVec
	ownLost prometheus.Counter
	paused  prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) metrics {
	m := metrics{
		open: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "sekisho_deliveries",
			Help: "Deliveries that have no end yet, by state."}, []string{"state"}),
		holds: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_holds_waiting",
			Help: "Holds in which somebody has to decide."}),
		oldest: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_oldest_held_seconds",
			Help: "Age of the oldest hold in which somebody has to decide; 0 without one."}),
		results: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "sekisho_dispatch_results_total",
			Help: "Outcomes of attempts to send: send, retry, fail, lose, resend."}, []string{"verb"}),
		ownLost: prometheus.NewCounter(prometheus.CounterOpts{Name: "sekisho_own_mail_failed_total",
			Help: "Bounces and notices that could not be delivered."}),
		paused: prometheus.NewGauge(prometheus.GaugeOpts{Name: "sekisho_dispatch_paused",
			Help: "1 when the clock has jumped and dispatch waits for an admin."}),
	}
	if reg != nil {
		reg.MustRegister(m.open, m.holds, m.oldest, m.results, m.ownLost, m.paused)
	}
	return m
}

// count brings the gauges up to date.
func (d *Dispatcher) count(ctx context.Context) {
	st, err := d.o.Keeper.Stats(ctx)
	if err != nil {
		if ctx.Err() == nil {
			d.o.Log.Warn("deliveries could not be counted", "error", err)
		}
		return
	}
	for state, n := range st.Open {
		d.metrics.open.WithLabelValues(string(state)).Set(float64(n))
	}
	d.metrics.holds.Set(float64(st.Holds))
	age := 0.0
	if !st.Oldest.IsZero() {
		age = max(0, d.o.Now().Sub(st.Oldest).Seconds())
	}
	d.metrics.oldest.Set(age)
}

// tell counts outcomes and logs those that an admin should know of.
func (d *Dispatcher) tell(h *quarantine.Hold, events []quarantine.Event) {
	for _, e := range events {
		n := len(e.Changes)
		d.metrics.results.WithLabelValues(string(e.Verb)).Add(float64(n))
		log := d.o.Log.With("hold", h.ID, "kind", h.Kind, "deliveries", n, "reply", e.Detail)
		switch {
		case e.Verb == quarantine.VerbFail && h.Kind != quarantine.KindMail:
			d.metrics.ownLost.Add(float64(n))
			log.Error("own mail could not be delivered, nobody is told by mail")
		case e.Verb == quarantine.VerbFail:
			log.Warn("deliveries failed")
		case e.Verb == quarantine.VerbLose:
			log.Warn("answer to the final dot was lost")
		case e.Verb == quarantine.VerbSend:
			log.Info("deliveries sent")
			d.sent(h, e)
		default:
			log.Info("deliveries put off")
		}
	}
}

// sent tells Options.Sent which deliveries an event sent.
func (d *Dispatcher) sent(h *quarantine.Hold, e quarantine.Event) {
	if d.o.Sent == nil || h.Kind != quarantine.KindMail {
		return
	}
	for _, c := range h.Copies {
		var to []*quarantine.Delivery
		for _, del := range c.Deliveries {
			if slices.ContainsFunc(e.Changes, func(ch quarantine.Change) bool { return ch.Delivery == del.ID }) {
				to = append(to, del)
			}
		}
		if len(to) > 0 {
			d.o.Sent(h, c, to)
		}
	}
}
