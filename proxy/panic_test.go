package proxy_test

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"testing"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// trap is a next hop that panics, or breaks, at one step.
type trap struct {
	proxy.NextHop
	step string
}

type trapTransaction struct {
	proxy.Transaction
	step string
}

func (h trap) spring(step string) {
	if h.step == step {
		panic("trap at " + step)
	}
}

func (h trap) Capabilities(ctx context.Context) (proxy.Capabilities, error) {
	h.spring("capabilities")
	if h.step == "unknown" {
		return proxy.Capabilities{}, errors.New("away")
	}
	return h.NextHop.Capabilities(ctx)
}

func (h trap) Begin(ctx context.Context, env email.Envelope) (proxy.Transaction, email.Reply, error) {
	h.spring("begin")
	t, r, err := h.NextHop.Begin(ctx, env)
	if t == nil {
		return nil, r, err
	}
	return trapTransaction{t, h.step}, r, err
}

func (t trapTransaction) Rcpt(ctx context.Context, r email.Recipient) (email.Reply, error) {
	trap{step: t.step}.spring("rcpt")
	return t.Transaction.Rcpt(ctx, r)
}

func (t trapTransaction) Send(ctx context.Context, c io.Reader, gate func(context.Context) error) (email.Reply, error) {
	trap{step: t.step}.spring("send")
	return t.Transaction.Send(ctx, c, gate)
}

func TestPanicsEndTheConnectionOnly(t *testing.T) {
	for _, step := range []string{"capabilities", "begin", "rcpt", "judge", "send"} {
		t.Run(step, func(t *testing.T) {
			r := newRig(t)
			r.spoolOpt.Memory = 1 // the mail lies in a file, which the rig wants removed
			r.house.onJudge = func(context.Context, email.Body) { trap{step: step}.spring("judge") }
			r.wrap = func(h proxy.NextHop) proxy.NextHop { return trap{h, step} }
			r.start()
			for range 2 { // the server lives on
				c := r.dial()
				c.expect("220")
				last := ""
				for _, line := range []string{"EHLO client.example.co.jp", "MAIL FROM:<taro@example.co.jp>", "RCPT TO:<a@partner.example>", "DATA", "x: y\r\n\r\nz\r\n."} {
					c.write(line + "\r\n")
					if last = c.reply(); last[0] != '2' && last[0] != '3' {
						break
					}
				}
				if last[:3] != "421" {
					t.Errorf("got %q", last)
				}
				c.closed()
			}
			if n := len(r.hop.Mails()); n != 0 {
				t.Errorf("%d mails", n)
			}
			if n := r.counted("sekisho_smtp_failures_total")["panic"]; n != 2 {
				t.Errorf("%v panics counted, want 2", n)
			}
		})
	}
}

func TestGreetingWhileTheNextHopIsAway(t *testing.T) {
	r := newRig(t)
	r.hop.Extensions = []string{"SMTPUTF8", "DSN"}
	r.wrap = func(h proxy.NextHop) proxy.NextHop { return trap{h, "unknown"} }
	r.start()
	c := r.dial()
	c.expect("220")
	want := "250-guard.example.co.jp\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-ENHANCEDSTATUSCODES\r\n250 SIZE 104857600"
	if got := c.say("EHLO client", "250"); got != want {
		t.Errorf("got %q", got)
	}
}

// TestManyClientsLeaveNothingBehind sends mails of all endings over many
// connections at once; afterwards no mail is missing and no goroutine is left.
func TestManyClientsLeaveNothingBehind(t *testing.T) {
	before := runtime.NumGoroutine()
	t.Run("load", func(t *testing.T) {
		r := newRig(t)
		r.house.perMail = []policy.Action{policy.Pass, policy.Hold, policy.Reject, policy.Delay}
		r.start()
		var wg sync.WaitGroup
		for range 16 {
			c := r.hello()
			wg.Go(func() {
				for range 25 {
					for _, line := range []string{"MAIL FROM:<taro@example.co.jp>", "RCPT TO:<a@partner.example>", "DATA", plainMail + "\r\n."} {
						c.try(line + "\r\n")
						if c.reply() == "" {
							t.Error("connection lost")
							return
						}
					}
				}
			})
		}
		wg.Wait()
		if passed, held := len(r.hop.Mails()), len(r.house.held); passed != 100 || held != 200 {
			t.Errorf("%d passed and %d held, want 100 and 200", passed, held)
		}
	})
	if !hoptest.Soon(func() bool { return runtime.NumGoroutine() <= before }) { // what has ended goes when it is its turn
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, buf[:runtime.Stack(buf, true)])
	}
}
