package relay

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// earlyHop is a trusted hop whose last mails have all gone on. What it answers to
// DATA is told to said.
func earlyHop(t *testing.T, answer string, change func(*Hop)) (h *hoptest.Hop, r *Relay, said chan string) {
	t.Helper()
	said = make(chan string, 10)
	h = &hoptest.Hop{Extensions: []string{"PIPELINING"}}
	h.Answer = func(step, _ string) string {
		if step != "DATA" && step != "RSET" {
			return ""
		}
		said <- step
		if step == "DATA" {
			return answer
		}
		return ""
	}
	h.Start(t)
	hop := noTLS(h)
	hop.Trusted = true
	if change != nil {
		change(&hop)
	}
	r = newRelay(t, Options{}, hop)
	r.hops()[0].steady.Store(steady)
	return h, r, said
}

// readied is a transaction whose hop was to get ready for the mail.
func readied(t *testing.T, r *Relay) proxy.Transaction {
	t.Helper()
	txn, reply, err := r.Begin(t.Context(), envelope("a@p.example"))
	if err != nil || txn == nil {
		t.Fatalf("got %v, %v", reply, err)
	}
	if reply, err := txn.Rcpt(t.Context(), email.Recipient{Address: email.MustAddress("a@p.example")}); err != nil || reply.Code != 250 {
		t.Fatalf("got %v, %v", reply, err)
	}
	txn.Ready(t.Context())
	return txn
}

func TestWhoIsToldDATAEarly(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*Hop)
		went   int32
		early  bool
	}{
		{"trusted", nil, steady, true},
		{"trusted, one packet", func(h *Hop) { h.OnePacket = true }, steady, true},
		{"trusted, in lock step", func(h *Hop) { h.LockStep = true }, steady, true},
		{"a mail was held lately", nil, steady - 1, false},
		{"one packet, a mail was held lately", func(h *Hop) { h.OnePacket = true }, steady - 1, false},
		{"not trusted", func(h *Hop) { h.Trusted = false }, steady, false},
		{"LMTP", func(h *Hop) { h.LMTP = true }, steady, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h, r, said := earlyHop(t, "", tt.change)
			r.hops()[0].steady.Store(tt.went)
			txn := readied(t, r)
			if tt.early {
				if got := <-said; got != "DATA" {
					t.Fatalf("said %s", got)
				}
			}
			txn.Reset() // the mail is held
			readied(t, r).Reset()
			commands := strings.Join(h.Commands(), "\n")
			if got := strings.Count(commands, "DATA"); got != map[bool]int{true: 1}[tt.early] {
				t.Errorf("DATA was said %d times, the second mail included:\n%s", got, commands)
			}
			if got := h.Connections(); got != map[bool]int{true: 2, false: 1}[tt.early] {
				t.Errorf("%d connections", got)
			}
			for tt.early && len(h.Broken()) == 0 { // until the hop has seen the end of that connection
				time.Sleep(time.Millisecond)
			}
			if n := len(h.Mails()); n != 0 || strings.Join(h.Broken(), "") != "" {
				t.Errorf("%d mails arrived, and %q behind DATA", n, h.Broken())
			}
		})
	}
}

func TestEarlyDATAComesBackAfterEnoughMails(t *testing.T) {
	h, r, said := earlyHop(t, "", nil)
	readied(t, r).Reset()
	<-said
	for range steady {
		txn := readied(t, r)
		if got := len(h.Commands()); strings.HasPrefix(h.Commands()[got-1], "DATA") {
			t.Fatal("DATA was said early too soon")
		}
		if reply, err := txn.Send(t.Context(), strings.NewReader("x: y\r\n"), nil); err != nil || reply.Code != 250 {
			t.Fatalf("got %v, %v", reply, err)
		}
		<-said
	}
	txn := readied(t, r)
	<-said
	if reply, err := txn.Send(t.Context(), strings.NewReader("x: y\r\n"), nil); err != nil || reply.Code != 250 || len(h.Mails()) != steady+1 {
		t.Errorf("got %v, %v, %d mails", reply, err, len(h.Mails()))
	}
}

// What the hop says to an early DATA means what it means to a late one.
func TestAnswersToAnEarlyDATA(t *testing.T) {
	for _, tt := range []struct {
		answer, want string
		connections  int // with one more mail
	}{
		{"", "250 2.0.0 Ok: queued as 4F2", 1},
		{"452 4.3.1 no room", "452 4.3.1 no room", 1},
		{"554 5.7.1 never", "554 5.7.1 never", 1},
		{"421 4.3.2 closing", "error", 2},
		{"250 what", "error", 2},
		{hoptest.Drop, "error", 2},
	} {
		t.Run(tt.answer, func(t *testing.T) {
			var once atomic.Bool
			h, r, _ := earlyHop(t, "", nil)
			h.Script(func(step, _ string) string {
				if step == "DATA" && !once.Swap(true) {
					return tt.answer
				}
				return ""
			})
			reply, err := readied(t, r).Send(t.Context(), proxy.Wire{Reader: strings.NewReader("x: y\r\n")}, nil)
			got := reply.String()
			if err != nil {
				got = "error"
			}
			if got != tt.want || errors.Is(err, email.ErrOutcomeUnknown) {
				t.Errorf("got %q, %v", got, err)
			}
			readied(t, r).Reset()
			if n := h.Connections(); n != tt.connections {
				t.Errorf("%d connections", n)
			}
		})
	}
}

// A client that takes its time meets a hop that does not wait: that must show
// before the final dot, when the mail can still be said again.
func TestHopThatLosesItsPatience(t *testing.T) {
	for _, one := range []bool{false, true} {
		for _, tt := range []struct{ name, answer, want string }{
			{"it waits", "", "250"},
			{"it says so", "354 Go on\r\n421 4.4.2 timeout", "again"},
			{"it hangs up", "354 Go on\r\n" + hoptest.Drop, "again"},
		} {
			t.Run(tt.name, func(t *testing.T) {
				var late atomic.Int64
				var once atomic.Bool
				said := make(chan struct{}, 5)
				h := &hoptest.Hop{Extensions: []string{"PIPELINING"}}
				hangUp := false
				h.Answer = func(step, _ string) string {
					if step != "DATA" || once.Swap(true) {
						return ""
					}
					defer func() { said <- struct{}{} }()
					text, drop := strings.CutSuffix(tt.answer, "\r\n"+hoptest.Drop)
					hangUp = drop
					return text
				}
				h.Start(t)
				hop := noTLS(h)
				hop.Trusted, hop.OnePacket = true, one
				r, err := New(Options{Host: "guard.example.co.jp", Hops: []Hop{hop}}, Deps{Dial: (&net.Dialer{}).DialContext,
					Now: func() time.Time { return time.Now().Add(-time.Duration(late.Load())) },
					Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(r.Close)
				r.hops()[0].steady.Store(steady)
				late.Store(int64(2 * settled)) // DATA is said that long ago
				txn := readied(t, r)
				<-said
				if hangUp {
					h.DropAll()
				}
				late.Store(0)
				reply, err := txn.Send(t.Context(), proxy.Wire{Reader: strings.NewReader("x: y\r\n")}, nil)
				if errors.Is(err, email.ErrOutcomeUnknown) {
					t.Fatalf("nobody knows what became of it: %v", err)
				}
				if tt.want == "again" && err != nil { // one packet says it again by itself
					reply, err = inline(t, r, "a@p.example")
				} else if tt.want == "again" && !one {
					t.Error("it was not noticed")
				}
				if err != nil || reply.Code != 250 || len(h.Mails()) != 1 {
					t.Errorf("got %v, %v, %d mails", reply, err, len(h.Mails()))
				}
				if n := h.Connections(); n != map[string]int{"250": 1, "again": 2}[tt.want] {
					t.Errorf("%d connections", n)
				}
			})
		}
	}
}

// A verdict may take its time as well, and a mail may have gone on but for its end: a
// hop that hangs up meanwhile never sees that end.
func TestHopThatLosesItsPatienceBeforeTheVerdict(t *testing.T) {
	for _, late := range []time.Duration{0, 2 * settled} {
		var went atomic.Int64
		h := (&hoptest.Hop{}).Start(t)
		r, err := New(Options{Host: "guard.example.co.jp", Hops: []Hop{noTLS(h)}}, Deps{Dial: (&net.Dialer{}).DialContext,
			Now: func() time.Time { return time.Now().Add(time.Duration(went.Load())) },
			Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		txn := readied(t, r)
		_, err = txn.Send(t.Context(), strings.NewReader("x: y\r\n"), func(context.Context) error {
			went.Store(int64(late))
			if late > 0 {
				h.DropAll()
			}
			return nil
		})
		if (err != nil) != (late > 0) || errors.Is(err, email.ErrOutcomeUnknown) {
			t.Errorf("after %v: %v", late, err)
		}
	}
}

func TestAHopIsAskedInLockStepOrInOnePacket(t *testing.T) {
	hop := Hop{Address: "127.0.0.1:25", TLS: NoTLS, LockStep: true, OnePacket: true}
	_, err := New(Options{Host: "guard.example.co.jp", Hops: []Hop{hop}}, Deps{Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Metrics: prometheus.NewRegistry()})
	if err == nil || !strings.Contains(err.Error(), "not both") {
		t.Errorf("got %v", err)
	}
}

// Recipients that were asked for ahead and that the client did not name keep DATA
// from being said: it would be said of them too.
func TestNoEarlyDATAWhileRecipientsAreOpen(t *testing.T) {
	h, r, _ := earlyHop(t, "", nil)
	txn, _, err := r.Begin(t.Context(), envelope("a@p.example", "b@p.example"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := txn.Rcpt(t.Context(), email.Recipient{Address: email.MustAddress("a@p.example")}); err != nil {
		t.Fatal(err)
	}
	txn.Ready(t.Context())
	txn.Reset()
	if slices.Contains(h.Commands(), "DATA") || h.Connections() != 1 {
		t.Errorf("said %q on %d connections", h.Commands(), h.Connections())
	}
}
