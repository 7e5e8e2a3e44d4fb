package relay

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// TestCapabilities: a mail may go to any of the hops, so all are asked, each once.
func TestCapabilities(t *testing.T) {
	a := (&hoptest.Hop{Extensions: []string{"SIZE 1000", "SMTPUTF8", "DSN", "REQUIRETLS"}}).Start(t)
	b := (&hoptest.Hop{Extensions: []string{"SIZE 500", "DSN"}}).Start(t)
	r := newRelay(t, Options{}, noTLS(a), noTLS(b))
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			got, err := r.Capabilities(context.Background())
			if want := (proxy.Capabilities{Size: 500, DSN: true}); err != nil || got != want {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	all.Wait()
	if n, m := a.Connections(), b.Connections(); n != 1 || m != 1 {
		t.Errorf("asked %d and %d times, want once", n, m)
	}
	down := newRelay(t, Options{}, Hop{Address: "127.0.0.1:1", TLS: NoTLS})
	for range 2 {
		if _, err := down.Capabilities(context.Background()); err == nil {
			t.Error("a hop that is away has capabilities")
		}
	}
}

// TestGreetingDoesNotWaitForAHopThatIsAway: it is asked all the same, and counts as
// soon as it answers.
func TestGreetingDoesNotWaitForAHopThatIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		good, other := &smallHop{}, &smallHop{room: make(chan struct{}, 10)}
		r := smallRelay(t, good, 10, 2)
		good.hop.Extensions, other.hop.Extensions = []string{"SIZE 1000"}, []string{"SIZE 500"}
		r.ways[0].hops = append(r.ways[0].hops, r.newHop(Hop{Address: "other:25", TLS: NoTLS}, "other"))
		var back atomic.Bool
		r.d.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			switch {
			case address == "hop:25":
				return good.dial(ctx, network, address)
			case !back.Load():
				silent, _ := net.Pipe()
				return silent, nil
			}
			return other.dial(ctx, network, address)
		}
		greet := func(want int64, most time.Duration) {
			t.Helper()
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			begin := time.Now()
			got, err := r.Capabilities(ctx)
			if err != nil || got.Size != want || time.Since(begin) > most {
				t.Errorf("got %+v, %v after %v", got, err, time.Since(begin))
			}
		}
		greet(1000, 5*time.Second) // nothing is known of either
		for range 10 {
			time.Sleep(4 * time.Minute) // now and then what was known has grown old
			greet(1000, 0)
		}
		time.Sleep(2 * time.Minute)
		back.Store(true)
		greet(1000, 0)
		synctest.Wait()
		greet(500, 0)
		r.Close()
		time.Sleep(2 * time.Hour)
	})
}
