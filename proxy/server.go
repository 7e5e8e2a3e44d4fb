package proxy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/prometheus/client_golang/prometheus"
)

// Server is the guard's SMTP side. It is made by New, serves any number of
// listeners, and ends with Shutdown.
type Server struct {
	o      Options
	d      Deps
	m      *metrics
	blocks sync.Pool // of *[]byte: large reads during DATA

	smallBlocks sync.Pool // of *[]byte: the first read, nearly always the only one

	smtp     *smtp.Server
	throttle throttle // of failed log-ins
	breaker  breaker

	ctx    context.Context // ends when Shutdown loses its patience
	cancel context.CancelFunc

	asking  patience // with the next hop's answer to MAIL or RCPT
	judging patience // with the verdict
	sending patience // with the transfer and its answer
	keeping patience // with holder and journal, even when connections are cut

	inHand    atomic.Int32 // mails between their 354 and their reply
	draining  atomic.Bool
	drained   chan struct{}
	mu        sync.Mutex
	listeners []net.Listener
	fronts    map[*front]struct{}
	perIP     map[netip.Addr]int
	perUser   map[string]int
	open      sync.WaitGroup
}

// Sizes of what is read at once during DATA: most mails are small, and many may
// come in at once.
const (
	blockSize  = 64 << 10
	smallBlock = 8 << 10
)

// putBlock gives a block of either size back.
func (s *Server) putBlock(b *[]byte) {
	if len(*b) == smallBlock {
		s.smallBlocks.Put(b)
		return
	}
	s.blocks.Put(b)
}

// grace is how long Shutdown waits for connections that it has cut.
const grace = 5 * time.Second

// lastWords is how long it leaves them to answer before that.
const lastWords = 500 * time.Millisecond

// ErrClosed is returned by Serve after Shutdown.
var ErrClosed = errors.New("proxy: server is shut down")

// New checks the options and makes a server.
func New(o Options, d Deps) (*Server, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	m, err := newMetrics(d.Metrics)
	if err != nil {
		return nil, err
	}
	s := &Server{
		o: o.withDefaults(), d: d, m: m, drained: make(chan struct{}),
		fronts: map[*front]struct{}{}, perIP: map[netip.Addr]int{}, perUser: map[string]int{},
	}
	s.throttle.now = d.Now
	s.breaker.now, s.breaker.o = d.Now, s.o.Breaker
	if err := d.Metrics.Register(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "sekisho_breaker_tripped",
		Help: "Accounts and client addresses that are past a limit of the breaker now."},
		func() float64 { return float64(len(s.Tripped())) })); err != nil {
		return nil, fmt.Errorf("register metric: %w", err)
	}
	s.blocks.New = func() any { b := make([]byte, blockSize); return &b }
	s.smallBlocks.New = func() any { b := make([]byte, smallBlock); return &b }
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.asking = patience{parent: s.ctx, limit: s.o.HopTimeout, now: d.Now}
	s.judging = patience{parent: s.ctx, limit: s.o.JudgeTimeout, now: d.Now}
	s.sending = patience{parent: s.ctx, limit: s.o.HopDataTimeout, now: d.Now}
	s.keeping = patience{parent: context.Background(), limit: s.o.HoldTimeout, now: d.Now}
	s.smtp = smtp.NewServer(smtp.BackendFunc(newSession))
	s.smtp.Domain = o.Host
	s.smtp.MaxLineLength = 0 // the front has its own limit
	s.smtp.EnableSMTPUTF8, s.smtp.EnableDSN, s.smtp.EnableREQUIRETLS = true, true, true
	s.smtp.ErrorLog = slog.NewLogLogger(d.Log.With("from", "go-smtp").Handler(), slog.LevelError)
	return s, nil
}

// Serve takes connections from ln until Shutdown, and then returns nil. It
// closes ln.
func (s *Server) Serve(ln net.Listener, l Listener) error {
	defer ln.Close()
	if err := l.check(); err != nil {
		return err
	}
	s.mu.Lock()
	if s.draining.Load() {
		s.mu.Unlock()
		return ErrClosed
	}
	s.listeners = append(s.listeners, ln)
	s.mu.Unlock()
	err := s.smtp.Serve(&entrance{Listener: ln, s: s, l: &l})
	if s.draining.Load() {
		return nil
	}
	return fmt.Errorf("accept connection: %w", err)
}

// entrance is a listener as go-smtp sees it: it hands on fronts, and only those
// that there is room for. What takes time waits for the connection's own
// goroutine.
type entrance struct {
	net.Listener
	s *Server
	l *Listener
}

// Accept implements net.Listener.
func (e *entrance) Accept() (net.Conn, error) {
	for wait := time.Duration(0); ; {
		conn, err := e.Listener.Accept()
		if err == nil {
			wait = 0
			if f := e.s.admit(conn, e.l); f != nil {
				return f, nil
			}
			continue
		}
		if e.s.draining.Load() || errors.Is(err, net.ErrClosed) {
			return nil, err //nolint:wrapcheck // go-smtp hands it back to Serve
		}
		// Out of file descriptors or the like: it passes when connections end.
		wait = min(max(2*wait, 5*time.Millisecond), time.Second)
		e.s.d.Log.Warn("connection could not be accepted", "listener", e.l.Name, "error", err)
		select {
		case <-time.After(wait):
		case <-e.s.drained:
		}
	}
}

// admit makes room for a connection, or turns it away and returns nil.
func (s *Server) admit(conn net.Conn, l *Listener) *front {
	f := newFront(s, conn, l)
	if !within(l.Proxies, f.peer) { // a balancer's connections are counted by their clients
		f.block = perIPBlock(f.addr)
	}
	s.mu.Lock()
	reason := ""
	switch {
	case s.draining.Load():
		reason = "shutdown"
	case len(s.fronts) >= s.o.MaxConnections:
		reason = "connections"
	case s.perIP[f.block] >= s.o.MaxPerIP:
		reason = "connections_per_ip"
	default:
		s.fronts[f] = struct{}{}
		s.count(f, 1)
		s.open.Add(1)
	}
	s.mu.Unlock()
	if reason != "" {
		s.m.refused.WithLabelValues(reason).Inc()
		go f.turnAway()
		return nil
	}
	s.m.connections.Inc()
	return f
}

// leave is called once by each admitted front when it closes.
func (s *Server) leave(f *front) {
	s.mu.Lock()
	delete(s.fronts, f)
	s.count(f, -1)
	s.logOut(f)
	s.mu.Unlock()
	s.m.connections.Dec()
	s.open.Done()
}

// count changes the number of connections of a front's block. s.mu is held.
func (s *Server) count(f *front, by int) {
	if !f.block.IsValid() {
		return
	}
	if s.perIP[f.block] += by; s.perIP[f.block] <= 0 {
		delete(s.perIP, f.block)
	}
}

// logIn counts a connection by its user and tells whether there is room for it.
func (s *Server) logIn(f *front, user string) bool {
	user = strings.ToLower(user)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.perUser[user] >= s.o.MaxPerUser {
		return false
	}
	s.logOut(f)
	f.counted = user
	s.perUser[user]++
	return true
}

// logOut is the end of logIn; s.mu is held.
func (s *Server) logOut(f *front) {
	if f.counted == "" {
		return
	}
	if s.perUser[f.counted]--; s.perUser[f.counted] <= 0 {
		delete(s.perUser, f.counted)
	}
	f.counted = ""
}

// recount counts a connection by the client that its peer has named, and tells
// whether there is room for it.
func (s *Server) recount(f *front) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	block := perIPBlock(f.addr)
	if block == f.block {
		return true
	}
	if s.perIP[block] >= s.o.MaxPerIP {
		return false
	}
	s.count(f, -1)
	f.block = block
	s.count(f, 1)
	return true
}

// perIPBlock is the address that connections are counted by.
func perIPBlock(a netip.Addr) netip.Addr {
	if a = a.Unmap(); a.Is6() {
		if p, err := a.WithZone("").Prefix(64); err == nil {
			return p.Addr()
		}
	}
	return a
}

// Shutdown stops taking connections, says 421 to clients that are between
// commands, and lets those in the middle of a mail finish it. When ctx ends
// first, what waits for a next hop is given up and its client told to come again, then
// what is left is cut (those mails were not promised to anybody) and ctx's error is
// returned.
func (s *Server) Shutdown(ctx context.Context) error {
	s.mu.Lock()
	if s.draining.Swap(true) {
		s.mu.Unlock()
		return ErrClosed
	}
	close(s.drained)
	for _, ln := range s.listeners {
		_ = ln.Close()
	}
	for f := range s.fronts {
		f.wake()
	}
	s.mu.Unlock()
	defer s.cancel()
	gone := make(chan struct{})
	go func() {
		s.open.Wait()
		_ = s.smtp.Shutdown(context.Background())
		close(gone)
	}()
	select {
	case <-gone:
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	select {
	case <-gone:
		return ctx.Err() //nolint:wrapcheck // the caller's own
	case <-time.After(lastWords):
	}
	s.mu.Lock()
	for f := range s.fronts {
		_ = f.raw.Close()
	}
	s.mu.Unlock()
	select {
	case <-gone:
	case <-time.After(grace):
	}
	return ctx.Err()
}
