package relay

import (
	"context"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// smallHop has room for so many connections; what comes beyond them hears 421, or
// nothing until one of them has ended.
type smallHop struct {
	hop   hoptest.Hop
	full  string // what a connection hears for which there is no room; "" lets it wait
	late  time.Duration
	room  chan struct{}
	dials atomic.Int32
}

func (s *smallHop) dial(context.Context, string, string) (net.Conn, error) {
	s.dials.Add(1)
	a, b := net.Pipe()
	go func() {
		if s.full != "" && len(s.room) == cap(s.room) {
			_, _ = b.Write([]byte(s.full + "\r\n"))
			_ = b.Close()
			return
		}
		s.room <- struct{}{}
		time.Sleep(s.late)
		s.hop.ServeConn(ending{b, func() { <-s.room }})
	}()
	return a, nil
}

type ending struct {
	net.Conn
	ended func()
}

func (e ending) Close() error {
	e.ended()
	return e.Conn.Close()
}

func smallRelay(t *testing.T, s *smallHop, room, idle int) *Relay {
	t.Helper()
	s.room = make(chan struct{}, room)
	s.hop.Extensions = []string{"AUTH PLAIN"}
	r := newRelay(t, Options{MaxIdle: idle, IdleTime: time.Hour}, Hop{Address: "hop:25", TLS: NoTLS})
	r.d.Dial = s.dial
	return r
}

// poolOf is how many connections wait and may, and how many mails starve.
func poolOf(r *Relay) [3]int {
	h := r.hops()[0]
	h.mu.Lock()
	defer h.mu.Unlock()
	return [3]int{len(h.idle), h.room, h.starving}
}

func begun(t *testing.T, r *Relay) proxy.Transaction {
	t.Helper()
	txn, reply, err := r.Begin(context.Background(), envelope("a@p.example"))
	if err != nil || txn == nil {
		t.Fatalf("got %v, %v", reply, err)
	}
	return txn
}

// A mail that the hop has no room for gets the place of a connection that has done its
// work, although that might have waited in the pool.
func TestMailThatStarvesGetsThePlaceOfThePool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &smallHop{}
		r := smallRelay(t, s, 2, 5)
		a, b := begun(t, r), begun(t, r)
		begin := time.Now()
		done := make(chan time.Duration)
		for range 2 {
			go func() {
				begun(t, r).Reset()
				done <- time.Since(begin)
			}()
		}
		synctest.Wait()
		time.Sleep(2 * time.Second) // longer than a hop takes that has room
		synctest.Wait()
		if got := poolOf(r); got != [3]int{0, 2, 2} {
			t.Errorf("%d wait, may, starve", got)
		}
		a.Reset()
		for range 2 { // the second starves until the first is through
			if took := <-done; took != 2*time.Second {
				t.Errorf("it waited %v", took)
			}
		}
		b.Reset()
		if got := poolOf(r); got != [3]int{2, 2, 0} {
			t.Errorf("%d wait, may, starve afterwards", got)
		}
		r.Close()
	})
}

func TestPoolOfAHopThatIsFull(t *testing.T) {
	for full, room := range map[string]int{
		"421 4.7.0 too many connections": 5, // the connection that was made then had room
		"":                               4,
	} {
		t.Run("says "+full, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &smallHop{full: full}
				r := smallRelay(t, s, 3, 8)
				h := r.hops()[0]
				open := []proxy.Transaction{begun(t, r), begun(t, r), begun(t, r)}
				for _, txn := range open {
					txn.Reset()
				}
				if got := poolOf(r); got != [3]int{3, 8, 0} {
					t.Fatalf("%d wait, may, starve", got)
				}
				begin := time.Now()
				as := passThrough{r} // none of those that wait is logged in as taro
				account, err := as.Login(context.Background(), proxy.Credentials{Mechanism: "PLAIN", User: "taro", Secret: "secret"})
				if err != nil || account.User != "taro" {
					t.Fatalf("got %v, %v", account, err)
				}
				if took := time.Since(begin); took > 2*starvesAfter {
					t.Errorf("it waited %v", took)
				}
				if got := poolOf(r); got != [3]int{1, room, 0} {
					t.Errorf("%d wait, may, starve with one more", got)
				}
				open = nil
				for range 2 {
					open = append(open, begun(t, r))
				}
				for _, txn := range open {
					txn.Reset()
				}
				h.mu.Lock()
				idle := h.idle
				h.idle = nil
				h.mu.Unlock()
				for _, c := range idle {
					c.quit()
				}
				for range 8 { // each connection that comes in time gives a place back
					begun(t, r).(*transaction).drop()
					synctest.Wait()
				}
				if got := poolOf(r); got != [3]int{0, 8, 0} {
					t.Errorf("%d wait, may, starve after many connections", got)
				}
				r.Close()
			})
		})
	}
}

// A hop that greets late on purpose has room all the same.
func TestHopThatGreetsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &smallHop{late: 5 * time.Second}
		r := smallRelay(t, s, 10, 8)
		a, b := begun(t, r), begun(t, r)
		a.Reset()
		b.Reset()
		h := r.hops()[0]
		c, err := h.dial(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		h.put(c)
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := poolOf(r); got != [3]int{3, 8, 0} || s.dials.Load() != 3 {
			t.Errorf("%d wait, may, starve after %d connections", got, s.dials.Load())
		}
		h.mu.Lock()
		h.room = 1
		h.mu.Unlock()
		a, b = begun(t, r), begun(t, r)
		a.Reset()
		b.Reset()
		synctest.Wait()
		if got := poolOf(r); got != [3]int{1, 1, 0} {
			t.Errorf("%d wait, may, starve", got)
		}
		r.Close()
	})
}

// The answer of a hop that is full and has nothing of ours to close goes to the client.
func TestFullHopIsAskedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &smallHop{full: "421 4.7.0 too many connections"}
		r := smallRelay(t, s, 1, 8)
		txn := begun(t, r)
		_, err := r.Send(context.Background(), envelope("a@p.example"), email.BytesBody(nil), nil, nil)
		if err == nil || !strings.Contains(err.Error(), "421") || s.dials.Load() != 2 {
			t.Errorf("got %v after %d connections", err, s.dials.Load())
		}
		txn.Reset()
		r.Close()
	})
}
