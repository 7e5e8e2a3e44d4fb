package blob

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
)

func BenchmarkPut(b *testing.B) {
	for _, size := range []int{4 << 10, 100 << 10} {
		for _, clients := range []int{1, 64} {
			b.Run(fmt.Sprintf("%dK/%d clients", size>>10, clients), func(b *testing.B) {
				s, err := Open(b.TempDir(), site, Options{Now: newClock().now, Log: quiet()})
				if err != nil {
					b.Fatal(err)
				}
				defer s.Close()
				var n atomic.Int64
				b.SetParallelism(clients)
				b.SetBytes(int64(size))
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						buf := make([]byte, size)
						copy(buf, fmt.Sprint(n.Add(1)))
						if _, err := s.Put(context.Background(), email.BytesBody(buf)); err != nil {
							b.Error(err)
							return
						}
					}
				})
			})
		}
	}
}
