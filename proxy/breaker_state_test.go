package proxy_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/proxy"
)

// again is a rig as it is after a restart with what was saved.
func (r *rig) again(saved []byte) *rig {
	r.t.Helper()
	next := newRig(r.t)
	next.pipes, next.options, next.listener = &pipes{}, r.options, r.listener
	next.house.action, next.house.fresh, next.house.like = r.house.action, r.house.fresh, r.house.like
	next.start()
	if _, err := next.srv.LoadBreaker(saved); err != nil {
		r.t.Fatal(err)
	}
	return next
}

func (r *rig) sends(from string, recipients int) string {
	r.t.Helper()
	c := r.hello()
	defer c.c.Close()
	c.say("MAIL FROM:<"+from+">", "250")
	for i := range recipients {
		c.say(fmt.Sprintf("RCPT TO:<p%d@partner.example>", i), "250")
	}
	c.say("DATA", "354")
	c.write("x: y\r\n.\r\n")
	got := c.reply()
	if strings.Contains(got, "held as") {
		return "held"
	}
	return got[:3]
}

// TestBreakerOverARestart: each count goes on where it was.
func TestBreakerOverARestart(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      proxy.BreakerOptions
		change func(h *house)
		before int    // mails of 2 recipients
		after  string // the next ones after the restart
	}{
		{"rate", proxy.BreakerOptions{Recipients: 10}, func(*house) {}, 4, "250 held"},
		{"new recipients", proxy.BreakerOptions{NewRecipients: 10}, func(h *house) { h.fresh = true }, 4, "250 held"},
		{"same content", proxy.BreakerOptions{SameContent: 5}, func(h *house) { h.like = 7 }, 4, "250 held"},
		{"already past it", proxy.BreakerOptions{Recipients: 10}, func(*house) {}, 6, "held held"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				time.Sleep(26 * time.Hour) // away from the beginning of time
				r := newRig(t)
				r.pipes = &pipes{}
				c.o.Mode = proxy.BreakerEnforce
				r.options.Breaker = c.o
				c.change(r.house)
				r.start()
				for range c.before {
					r.sends(taro, 2)
				}
				saved, err := r.srv.SaveBreaker()
				if err != nil {
					t.Fatal(err)
				}
				time.Sleep(10 * time.Minute)
				next := r.again(saved)
				if got := next.sends(taro, 2) + " " + next.sends(taro, 2); got != c.after {
					t.Errorf("%s, want %s", got, c.after)
				}
				if got := next.sends("hanako@example.co.jp", 2); got != "250" {
					t.Errorf("another account: %s", got)
				}
			})
		})
	}
}

// TestBreakerReplaysTheJournal: what happened after the last save is counted
// from the journal's lines.
func TestBreakerReplaysTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(26 * time.Hour)
		r := newRig(t)
		r.pipes = &pipes{}
		r.options.Breaker = proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10}
		r.options.HeldQuota = 100
		r.start()
		saved, err := r.srv.SaveBreaker()
		if err != nil {
			t.Fatal(err)
		}
		for range 7 {
			r.sends(taro, 2)
		}
		next := r.again(saved)
		for _, line := range r.house.notes {
			next.srv.ReplayBreaker(line)
		}
		if got := next.sends(taro, 1); got != "held" {
			t.Errorf("after the replay: %s", got)
		}
		tripped := next.srv.Tripped()
		if len(tripped) != 1 || tripped[0].Account != taro || tripped[0].Limit != "recipients" || tripped[0].Told {
			t.Errorf("%+v", tripped)
		}
		next.srv.ReplayBreaker(policy.Record{Stage: "held"}) // without facts it says nothing
		if _, err := next.srv.LoadBreaker([]byte("{")); err == nil {
			t.Error("damaged counts were taken")
		}
	})
}

// TestTripIsToldOnce: also over a restart, until the account is well again.
func TestTripIsToldOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(26 * time.Hour)
		r := newRig(t)
		r.pipes = &pipes{}
		r.options.Breaker = proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10}
		r.start()
		for range 3 {
			r.sends(taro, 5)
		}
		found := r.srv.Tripped()
		if len(found) != 1 || found[0].Told || found[0].Count != 15 || found[0].Allowed != 10 || !found[0].Enforced {
			t.Fatalf("%+v", found)
		}
		r.srv.TellTripped(found[0])
		saved, err := r.srv.SaveBreaker()
		if err != nil {
			t.Fatal(err)
		}
		next := r.again(saved)
		next.sends(taro, 5)
		if found = next.srv.Tripped(); len(found) != 1 || !found[0].Told {
			t.Errorf("%+v", found)
		}
		time.Sleep(2 * time.Hour)
		if got := next.sends(taro, 1); got != "250" || len(next.srv.Tripped()) != 0 {
			t.Errorf("well again: %s, %+v", got, next.srv.Tripped())
		}
		for range 3 {
			next.sends(taro, 5)
		}
		if found = next.srv.Tripped(); len(found) != 1 || found[0].Told {
			t.Errorf("a second time: %+v", found)
		}
		next.srv.Forgive("Taro@example.co.jp", true)
		if got := next.sends(taro, 1); got != "250" {
			t.Errorf("forgiven: %s", got)
		}
	})
}

// TestQuotaOverARestart: what is held of an account counts on, is given back when
// it is decided, and is not counted when it could not be held.
func TestQuotaOverARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(26 * time.Hour)
		r := newRig(t)
		r.pipes = &pipes{}
		r.options.HeldQuota = 15 // two of the small mails
		r.options.Breaker.Mode = proxy.BreakerEnforce
		r.house.action = policy.Hold
		r.start()
		r.house.holdErr = fmt.Errorf("no room")
		for range 5 {
			if got := r.sends(taro, 1); got != "451" {
				t.Errorf("not held: %s", got)
			}
		}
		r.house.holdErr = nil
		r.sends(taro, 1)
		saved, err := r.srv.SaveBreaker()
		if err != nil {
			t.Fatal(err)
		}
		next := r.again(saved)
		if got := next.sends(taro, 1) + " " + next.sends(taro, 1); got != "held 452" {
			t.Errorf("after a restart: %s", got)
		}
		next.srv.Forgive(taro, false)
		if got := next.sends(taro, 1); got != "held" {
			t.Errorf("given back: %s", got)
		}
	})
}

// everybody may log in and send as himself.
type everybody struct{ staff }

func (everybody) Login(_ context.Context, c proxy.Credentials) (proxy.Account, error) {
	return proxy.Account{User: c.User, Senders: []string{c.User}}, nil
}

// TestBreakerPerAddress: accounts that log in from one address have a limit
// together.
func TestBreakerPerAddress(t *testing.T) {
	r := office(t)
	r.listener.Accounts = everybody{}
	r.options.Breaker = proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10, PerAddress: 2}
	r.start()
	send := func(user string) string {
		c := r.hello()
		defer c.c.Close()
		c.say("AUTH PLAIN "+b64("\x00"+user+"\x00geheim"), "235")
		c.say("MAIL FROM:<"+user+">", "250")
		for i := range 8 {
			c.say(fmt.Sprintf("RCPT TO:<p%d@partner.example>", i), "250")
		}
		c.say("DATA", "354")
		c.write("x: y\r\n.\r\n")
		got := c.reply()
		if strings.Contains(got, "held as") {
			return "held"
		}
		return got[:3]
	}
	for i, want := range []string{"250", "250", "held"} {
		if got := send([]string{"taro@example.co.jp", "hanako@example.co.jp", "jiro@example.co.jp"}[i]); got != want {
			t.Errorf("account %d: %s, want %s", i, got, want)
		}
	}
	found := r.srv.Tripped()
	if len(found) != 1 || !found[0].Address || !strings.HasPrefix(found[0].Account, "127.0.0.1") {
		t.Errorf("%+v", found)
	}
}
