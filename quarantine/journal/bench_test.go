package journal

import (
	"context"
	"log/slog"
	"testing"
	"time"
)

func BenchmarkWrite(b *testing.B) {
	j, err := Open(b.TempDir(), Options{SyncEvery: time.Second, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := j.Write(context.Background(), record(1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
