package web_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// BenchmarkTenThousandWaiting prints how long list, search and message page take
// with 10,000 holds waiting, at the median and at the 95th percentile.
func BenchmarkTenThousandWaiting(b *testing.B) {
	s := newSite(b)
	const holds = 10_000
	var id email.ID
	for i := 0; i < holds; i += 100 {
		var wg sync.WaitGroup
		for n := range 100 {
			m := storetest.NewMail(s.clock.Now(), fmt.Sprintf("mail %d", i+n), fmt.Sprintf("a%d@partner%d.example", n, n%37), "b@other.example")
			m.Message.Envelope.Sender = email.MustAddress([]string{hanako, taro}[n%2])
			m.Message.Header.From[0].Address = m.Message.Envelope.Sender
			wg.Go(func() { id = m.Hold(b, s.keeper) })
		}
		wg.Wait()
		s.clock.Add(time.Second)
	}
	stats, err := s.keeper.Stats(b.Context())
	if err != nil || stats.Holds != holds {
		b.Fatalf("%d holds, %v", stats.Holds, err)
	}
	var page quarantine.Page
	if page, err = s.keeper.List(b.Context(), quarantine.Query{Limit: 1}); err != nil {
		b.Fatal(err)
	}
	id = page.Holds[0].ID
	for _, who := range []string{admin, manager} {
		browser := s.login(who)
		for name, path := range map[string]string{"list": "/holds", "subject": "/holds?q=4711&state=all", "sender": "/holds?state=waiting&sender=" + taro,
			"recipient": "/holds?recipient=a7@partner7.example", "message": "/holds/" + string(id)} {
			b.Run(who+"/"+name, func(b *testing.B) {
				var took []time.Duration
				for b.Loop() {
					start := time.Now()
					if a := browser.get(path); a.status != http.StatusOK {
						b.Fatalf("%d %.200s", a.status, a.text())
					}
					took = append(took, time.Since(start))
				}
				slices.Sort(took)
				b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms-p50")
				b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "ms-p95")
			})
		}
	}
}
