package store_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
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

// BenchmarkRecords brings the journal lines of mails into the store, two for each,
// 500 in one batch.
func BenchmarkRecords(b *testing.B) {
	s := storetest.Open(b, storetest.SQLite(b))
	m := storetest.NewMail(storetest.NewClock().Now(), "1", "x@partner.example")
	record := policy.Record{ID: "01m804zv9dffkrk54exbpa51ke", Time: time.Unix(1e9, 0), Stage: "intent", Direction: "out", Facts: m.Message.Vector(), Verdict: &m.Verdict}
	text, err := json.Marshal(record)
	if err != nil {
		b.Fatal(err)
	}
	batch := make([]quarantine.Line, 500)
	for n := int64(0); b.Loop(); n += int64(len(batch)) {
		for i := range batch {
			batch[i] = quarantine.Line{Seq: n + int64(i) + 1, Entry: record.Entry(), Text: text}
			if batch[i].Entry.ID = email.ID(fmt.Sprintf("01m804zv9dffkr%012d", n+int64(i)/2)); i%2 == 1 {
				batch[i].Entry.Letter, batch[i].Entry.Action, batch[i].Text = nil, "", text[:200]
			}
		}
		if err := s.InsertRecords(context.Background(), batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/250, "us/mail")
}

// BenchmarkJoined asks for a hold that is not there, as every mail that passes does.
func BenchmarkJoined(b *testing.B) {
	o := storetest.SQLite(b)
	o.Alone = true
	s := storetest.Open(b, o)
	now := storetest.NewClock().Now()
	key := quarantine.JoinKey{Sender: email.MustAddress("a@example.co.jp"), MessageID: "<1@example.co.jp>"}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Joined(context.Background(), key, now); err == nil {
			b.Fatal("found")
		}
	}
}
