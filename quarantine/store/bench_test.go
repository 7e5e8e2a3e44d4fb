package store_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

// BenchmarkHold takes in mails with three recipients, 64 at a time, bodies in
// memory: the store alone.
func BenchmarkHold(b *testing.B) {
	clock := storetest.NewClock()
	k := storetest.Keeper(b, storetest.Open(b, storetest.SQLite(b)), &storetest.Blobs{}, clock)
	var n atomic.Int64
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			m := storetest.NewMail(clock.Now(), fmt.Sprint(n.Add(1)), "x@partner.example", "y@partner.example", "z@partner.example")
			if _, err := k.Hold(context.Background(), m.Message, m.Verdict, m.Body); err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "holds/s")
}
