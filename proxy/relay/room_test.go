package relay

import (
	"context"
	"errors"
	"net"
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

// leaving is how long a hop takes to see that a connection has ended.
const leaving = 10 * time.Millisecond

func (e ending) Close() error {
	time.Sleep(leaving)
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
		for i := range time.Duration(2) { // the second starves until the first is through
			if took := <-done; took != 2*time.Second+leaving*(i+1) {
				t.Errorf("it waited %v", took)
			}
		}
		b.Reset()
		if got := poolOf(r); got != [3]int{2, 2, 0} {
			t.Errorf("%d wait, may, starve afterwards", got)
		}
		r.Close()
		time.Sleep(time.Second) // until the hop has seen it
	})
}

func TestPoolOfAHopThatIsFull(t *testing.T) {
	for full, room := range map[string]int{
		tooMany: 5, // the connection that was made then had room
		"":      4,
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
					time.Sleep(2 * leaving)
				}
				if got := poolOf(r); got != [3]int{0, 8, 0} {
					t.Errorf("%d wait, may, starve after many connections", got)
				}
				r.Close()
				time.Sleep(time.Second) // until the hop has seen it
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
		time.Sleep(time.Second) // until the hop has seen it
	})
}

const tooMany = "421 4.7.0 too many connections"

// A hop that is full, and not of ours, is asked once and counts as away.
func TestHopThatIsFullOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &smallHop{full: tooMany}
		r := smallRelay(t, s, 1, 8)
		s.room <- struct{}{}
		_, err := r.Send(context.Background(), envelope("a@p.example"), email.BytesBody(nil), nil, nil)
		if !errors.Is(err, errFull) || s.dials.Load() != 1 || r.hops()[0].failed != 1 {
			t.Errorf("got %v after %d connections", err, s.dials.Load())
		}
		r.Close()
		time.Sleep(time.Second) // until the hop has seen it
	})
}

// A hop that is full of our own mails is not away: a further mail waits its turn.
func TestHopThatIsFullOfOurs(t *testing.T) {
	for _, tt := range []struct {
		name  string
		end   func(s *smallHop, first, second *transaction) // after a second
		taken time.Duration                                 // when the mail has its transaction; 0: it has none
		dials int32
	}{
		{"a connection comes back", func(_ *smallHop, t, _ *transaction) { t.Reset() }, time.Second, 3},
		{"a connection ends", func(_ *smallHop, t, _ *transaction) { t.c.close(); t.drop() }, time.Second + noticed, 4},
		{"a connection comes back to another account's mail", func(_ *smallHop, t, _ *transaction) { t.c.as = &identity{}; t.Reset() }, time.Second + leaving, 5},
		{"somebody else takes the place, then one comes back", func(s *smallHop, t, other *transaction) {
			t.drop()
			s.room <- struct{}{}
			time.AfterFunc(time.Second, other.Reset)
		}, 2*time.Second + leaving, 4},
		{"nothing happens", func(*smallHop, *transaction, *transaction) {}, 0, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &smallHop{full: tooMany}
				r := smallRelay(t, s, 2, 8)
				first, second := begun(t, r).(*transaction), begun(t, r).(*transaction)
				begin := time.Now()
				var took time.Duration
				done := make(chan error)
				go func() {
					txn, _, err := r.Begin(context.Background(), envelope("a@p.example"))
					took = time.Since(begin)
					if txn != nil {
						txn.Reset()
					}
					done <- err
				}()
				time.Sleep(time.Second)
				tt.end(s, first, second)
				err := <-done
				synctest.Wait()
				if (err == nil) != (tt.taken > 0) || err == nil && took != tt.taken {
					t.Errorf("got %v after %v", err, took)
				}
				if tt.taken == 0 && (!errors.Is(err, errBusy) || took != 30*time.Second) {
					t.Errorf("got %v after %v", err, took)
				}
				h := r.hops()[0]
				if n := s.dials.Load(); n != tt.dials || h.failed != 0 || len(h.queue) != 0 {
					t.Errorf("%d connections, %d failures counted, %d still wait", n, h.failed, len(h.queue))
				}
				second.Reset()
				r.Close()
				synctest.Wait()
				if h.conns != map[bool]int{true: 1}[tt.taken == 0] { // first has not ended
					t.Errorf("%d connections are thought to be open", h.conns)
				}
				first.Reset()
				time.Sleep(time.Second)
			})
		})
	}
}

// Mails wait in the order in which they came; who gives up passes the turn on.
func TestTurnsAtAFullHop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &smallHop{full: tooMany}
		r := smallRelay(t, s, 1, 8)
		first := begun(t, r)
		order := make(chan int, 5)
		contexts := make([]context.Context, 4)
		cancels := make([]context.CancelFunc, 4)
		for i := range contexts {
			contexts[i], cancels[i] = context.WithCancel(context.Background())
			go func() {
				txn, _, err := r.Begin(contexts[i], envelope("a@p.example"))
				if err != nil {
					i = -1 - i
				}
				order <- i
				if txn != nil {
					time.Sleep(time.Second)
					txn.Reset()
				}
			}()
			synctest.Wait()
		}
		cancels[1]()
		synctest.Wait()
		first.Reset()
		for _, want := range []int{-2, 0, 2, 3} {
			if got := <-order; got != want {
				t.Errorf("mail %d where %d should be", got, want)
			}
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := poolOf(r); got != [3]int{1, 8, 0} || s.dials.Load() != 2 {
			t.Errorf("%d wait, may, starve; %d connections", got, s.dials.Load())
		}
		for _, cancel := range cancels {
			cancel()
		}
		r.Close()
		time.Sleep(time.Second) // until the hop has seen it
	})
}

func TestTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &smallHop{full: tooMany}
		r := smallRelay(t, s, 2, 8)
		h := r.hops()[0]
		begin := time.Now()
		turn := func(as *identity) bool {
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			return h.turn(ctx, as)
		}
		if turn(nil) || time.Since(begin) != 0 {
			t.Error("waited for a connection although there is none")
		}
		begun(t, r).Reset()
		if !turn(nil) || time.Since(begin) != 0 {
			t.Error("a connection that waits was not seen")
		}
		s.room <- struct{}{} // the hop is full now
		if _, err := h.dial(context.Background()); !errors.Is(err, errFull) || h.waiting() != 1 {
			t.Errorf("got %v; %d connections wait, which could be used", err, h.waiting())
		}
		<-s.room
		if turn(&identity{}) || time.Since(begin) != time.Minute {
			t.Error("another account's connection was taken for one")
		}
		first, give := context.WithCancel(context.Background())
		got := make(chan bool)
		txn := begun(t, r)
		go func() { got <- h.turn(first, nil) }()
		synctest.Wait()
		second := make(chan bool)
		go func() { second <- turn(nil) }()
		synctest.Wait()
		h.mu.Lock()
		give() // at the moment at which its turn comes
		h.next()
		h.mu.Unlock()
		if <-got || !<-second {
			t.Error("a turn was lost")
		}
		txn.Reset()
		r.Close()
		time.Sleep(time.Second) // until the hop has seen it
	})
}

// Another hop is better than a turn at a full one, which is tried first again.
func TestFullHopIsPassedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := &smallHop{full: tooMany}, &smallHop{full: tooMany}
		r := smallRelay(t, a, 1, 8)
		b.room = make(chan struct{}, 1)
		r.ways[0].hops = append(r.ways[0].hops, r.newHop(Hop{Address: "other:25", TLS: NoTLS}, "other"))
		r.d.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
			if address == "other:25" {
				return b.dial(ctx, network, address)
			}
			return a.dial(ctx, network, address)
		}
		begin := time.Now()
		first, second := begun(t, r), begun(t, r).(*transaction)
		if second.h.Address != "other:25" || time.Since(begin) != 0 {
			t.Errorf("went to %s after %v", second.h.Address, time.Since(begin))
		}
		time.AfterFunc(time.Second, first.Reset)
		if third := begun(t, r).(*transaction); third.h.Address != "hop:25" || time.Since(begin) != time.Second {
			t.Errorf("went to %s after %v", third.h.Address, time.Since(begin))
		} else {
			third.Reset()
		}
		second.Reset()
		r.Close()
		time.Sleep(time.Second) // until the hop has seen it
	})
}
