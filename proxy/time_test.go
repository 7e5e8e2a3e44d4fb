package proxy_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// pipes is a network in memory, so that time can be a test's own.
type pipes struct {
	mu        sync.Mutex
	listeners map[string]*pipeListener
}

type pipeListener struct {
	name  string
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

type pipeAddr string

func (a pipeAddr) Network() string { return "tcp" }
func (a pipeAddr) String() string  { return string(a) }

// pipeConn comes from 127.0.0.1.
type pipeConn struct{ net.Conn }

func (pipeConn) RemoteAddr() net.Addr { return pipeAddr("127.0.0.1:9") }

func (p *pipes) listen(name string) net.Listener {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listeners == nil {
		p.listeners = map[string]*pipeListener{}
	}
	l := &pipeListener{name: name, conns: make(chan net.Conn), done: make(chan struct{})}
	p.listeners[name] = l
	return l
}

func (p *pipes) dial(ctx context.Context, _, name string) (net.Conn, error) {
	p.mu.Lock()
	l := p.listeners[name]
	p.mu.Unlock()
	a, b := net.Pipe()
	select {
	case l.conns <- pipeConn{b}:
		return a, nil
	case <-l.done:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.done) }); return nil }
func (l *pipeListener) Addr() net.Addr { return pipeAddr(l.name) }

// inTime runs a test with a clock of its own.
func inTime(t *testing.T, f func(r *rig)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.pipes = &pipes{}
		f(r)
	})
}

func TestSlowClientIsKeptWhileItMakesProgress(t *testing.T) {
	inTime(t, func(r *rig) {
		r.start()
		c := r.envelope()
		c.say("DATA", "354")
		for range 45 { // an octet each 20 seconds for a quarter of an hour
			c.write("x")
			time.Sleep(20 * time.Second)
		}
		c.write("\r\n.\r\n")
		c.expect("250")
		if n := len(r.hop.Mails()); n != 1 {
			t.Errorf("%d mails, want 1", n)
		}
	})
}

func TestSlowClientIsCutAtTheTotal(t *testing.T) {
	inTime(t, func(r *rig) {
		r.start()
		c := r.envelope()
		c.say("DATA", "354")
		begin := time.Now()
		go func() {
			for {
				if _, err := c.c.Write([]byte("x")); err != nil {
					return
				}
				time.Sleep(20 * time.Second)
			}
		}()
		c.expect("421 4.4.2")
		if took := time.Since(begin); took != time.Hour {
			t.Errorf("cut after %v, want an hour", took)
		}
		_ = c.c.Close()
		time.Sleep(time.Minute)
	})
}

func TestStalledClientIsCutAfterThreeMinutes(t *testing.T) {
	inTime(t, func(r *rig) {
		r.start()
		c := r.envelope()
		c.say("DATA", "354")
		c.write("x")
		begin := time.Now()
		c.expect("421 4.4.2")
		if took := time.Since(begin); took != 3*time.Minute {
			t.Errorf("cut after %v", took)
		}
	})
}

// TestLineThatIsDrippedIn: the octets of a command do not renew its time, a command
// that is whole does.
func TestLineThatIsDrippedIn(t *testing.T) {
	inTime(t, func(r *rig) {
		r.start()
		c := r.hello()
		for range 3 {
			time.Sleep(4 * time.Minute)
			c.say("NOOP", "250")
		}
		begin, sent := time.Now(), make(chan struct{})
		go func() {
			defer close(sent)
			for range 60 {
				c.try("x")
				time.Sleep(20 * time.Second)
			}
		}()
		c.expect("421 4.4.2")
		if took := time.Since(begin); took > 5*time.Minute || took < 5*time.Minute-time.Second {
			t.Errorf("cut after %v, want 5 minutes", took)
		}
		_ = c.c.Close()
		<-sent
	})
}

// TestSlowChunks: a chunk has the same time as a mail behind DATA.
func TestSlowChunks(t *testing.T) {
	for _, tt := range []struct {
		name    string
		minRate int64
		every   time.Duration
		want    string
		within  time.Duration
	}{
		{"progress keeps it", 0, 20 * time.Second, "250", 20 * time.Minute},
		{"cut at the total", 0, 170 * time.Second, "421 4.4.2", time.Hour},
		{"cut below the least rate", 100, 20 * time.Second, "421 4.4.2", 2 * time.Minute},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inTime(t, func(r *rig) {
				r.hop.Extensions = append(r.hop.Extensions, "CHUNKING")
				r.listener.Chunking = true
				r.options.MinRate = tt.minRate
				r.start()
				c := r.envelope()
				begin, sent := time.Now(), make(chan struct{})
				go func() {
					defer close(sent)
					c.try("BDAT 40 LAST\r\n")
					for _, octet := range strings.Repeat("x", 38) + "\r\n" {
						c.try(string(octet))
						time.Sleep(tt.every)
					}
				}()
				c.expect(tt.want)
				if took := time.Since(begin); took > tt.within {
					t.Errorf("answered after %v, want at most %v", took, tt.within)
				}
				_ = c.c.Close()
				<-sent
			})
		})
	}
}

func TestHopThatHangsAtEachStep(t *testing.T) {
	// The client hears of it before its own patience ends (RFC 5321 4.5.3.2).
	patience := map[string]time.Duration{
		"connect": 5 * time.Minute, "EHLO": 5 * time.Minute, "MAIL": 5 * time.Minute, "RCPT": 5 * time.Minute,
		"DATA": 10 * time.Minute, "dot": 10 * time.Minute,
	}
	for step, limit := range patience {
		t.Run(step, func(t *testing.T) {
			inTime(t, func(r *rig) {
				r.options.IdleTimeout = time.Hour
				r.hop.Answer = func(s, _ string) string {
					if s == step {
						return hoptest.Hang
					}
					return ""
				}
				r.start()
				c := r.dial()
				c.expect("220")
				c.say("HELO client.example.co.jp", "250")
				for _, line := range []string{"MAIL FROM:<taro@example.co.jp>", "RCPT TO:<a@partner.example>", "DATA", "x: y\r\n\r\nz\r\n."} {
					begin := time.Now()
					c.write(line + "\r\n")
					got := c.reply()
					if took := time.Since(begin); took > limit {
						t.Errorf("%q answered after %v", line, took)
					}
					if strings.HasPrefix(got, "4") {
						return
					}
				}
				t.Error("no temporary refusal")
			})
		})
	}
}

func TestHopThatForgetsWhileTheClientIsSlow(t *testing.T) {
	inTime(t, func(r *rig) {
		r.start()
		c := r.envelope()
		c.say("DATA", "354")
		for range 10 {
			c.write("x")
			time.Sleep(time.Minute)
		}
		r.hop.DropAll()
		c.write("\r\n.\r\n")
		c.expect("250 2.0.0 Ok")
		if n := r.hop.Connections(); n != 2 {
			t.Errorf("%d connections, want a second one for the replay", n)
		}
	})
}

func TestJudgingThatTakesLong(t *testing.T) {
	inTime(t, func(r *rig) {
		r.house.onJudge = func(ctx context.Context, _ email.Body) {
			<-ctx.Done()
		}
		r.start()
		begin := time.Now()
		if got := r.mail(plainMail); !strings.HasPrefix(got, "250") {
			t.Errorf("got %q", got)
		}
		if took := time.Since(begin); took != 2*time.Minute {
			t.Errorf("judging ended after %v", took)
		}
		if got := fmt.Sprint(r.house.notes[0].Took); got != "2m0s" {
			t.Errorf("journal says %s", got)
		}
	})
}
