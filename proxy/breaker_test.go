package proxy_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// braked is a rig with a breaker, on a clock of its own.
func braked(t *testing.T, o proxy.BreakerOptions, test func(r *rig, send func(from string, recipients int) string)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.pipes = &pipes{}
		r.options.Breaker = o
		r.start()
		test(r, r.sends)
	})
}

// trips is how many accounts went past a limit.
func (r *rig) trips() int {
	r.t.Helper()
	sum := 0.0
	found, err := r.reg.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, f := range found {
		if f.GetName() == "sekisho_breaker_trips_total" {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return int(sum)
}

const taro = "taro@example.co.jp"

func TestAccountPastItsLimitIsParked(t *testing.T) {
	braked(t, proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 100}, func(r *rig, send func(string, int) string) {
		for i, want := range []string{"250", "250", "250", "250", "250", "held", "held"} {
			if got := send(taro, 20); got != want {
				t.Errorf("mail %d: %s, want %s", i, got, want)
			}
		}
		if got := send("hanako@example.co.jp", 20); got != "250" {
			t.Errorf("another account: %s", got)
		}
		if n := r.trips(); n != 1 {
			t.Errorf("the administrator was told %d times", n)
		}
		time.Sleep(50 * time.Minute) // it goes on: still past half of it
		if got := send("Taro@example.co.jp", 1); got != "held" {
			t.Errorf("after 50 minutes: %s", got)
		}
		time.Sleep(11 * time.Minute)
		if got := send(taro, 1); got != "250" {
			t.Errorf("after an hour of peace: %s", got)
		}
	})
}

func TestBreakerCountsNewRecipientsAndSameContent(t *testing.T) {
	for _, tt := range []struct {
		name   string
		o      proxy.BreakerOptions
		change func(r *rig)
		want   int // mails that pass
	}{
		{"new recipients", proxy.BreakerOptions{NewRecipients: 10}, func(r *rig) { r.house.fresh = true }, 5},
		{"known recipients", proxy.BreakerOptions{NewRecipients: 10}, func(*rig) {}, 12},
		{"same content", proxy.BreakerOptions{SameContent: 7}, func(r *rig) { r.house.like = 1 }, 7},
		{"not read", proxy.BreakerOptions{SameContent: 7}, func(*rig) {}, 12},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.o.Mode = proxy.BreakerEnforce
			braked(t, tt.o, func(r *rig, send func(string, int) string) {
				tt.change(r)
				passed := 0
				for range 12 {
					if send(taro, 2) == "250" {
						passed++
					}
				}
				if passed != tt.want {
					t.Errorf("%d passed, want %d", passed, tt.want)
				}
			})
		})
	}
}

// TestSameContentOverTheTurnOfTheHour: the hour that is looked at ends now, not
// with the clock's.
func TestSameContentOverTheTurnOfTheHour(t *testing.T) {
	braked(t, proxy.BreakerOptions{Mode: proxy.BreakerEnforce, SameContent: 7}, func(r *rig, send func(string, int) string) {
		r.house.like = 1
		run := func() (passed int) {
			for range 6 {
				if send(taro, 1) == "250" {
					passed++
				}
			}
			return passed
		}
		time.Sleep(50 * time.Minute) // the clock begins at midnight
		first := run()
		time.Sleep(12 * time.Minute)
		second := run()
		time.Sleep(2 * time.Hour)
		if third := run(); first != 6 || second >= 3 || third != 6 {
			t.Errorf("passed %d, after the turn of the hour %d, later %d", first, second, third)
		}
	})
}

func TestBreakerModesAndExceptions(t *testing.T) {
	for _, tt := range []struct {
		name string
		o    proxy.BreakerOptions
		want string // of the third mail with 10 recipients
		told int
	}{
		{"off", proxy.BreakerOptions{Mode: proxy.BreakerOff, Recipients: 10}, "250", 0},
		{"zero is off", proxy.BreakerOptions{Recipients: 10}, "250", 0},
		{"monitor", proxy.BreakerOptions{Mode: proxy.BreakerMonitor, Recipients: 10}, "250", 1},
		{"enforce", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10}, "held", 1},
		{"unlimited sender", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10,
			Exceptions: []proxy.BreakerException{{Sender: "TARO@example.co.jp"}}}, "250", 0},
		{"domain with more", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10,
			Exceptions: []proxy.BreakerException{{Sender: "@example.co.jp", Times: 3}}}, "250", 0},
		{"another sender's exception", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 10,
			Exceptions: []proxy.BreakerException{{Sender: "app@example.co.jp"}}}, "held", 1},
		// The clock of these tests begins at midnight, UTC.
		{"night", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 100, NightFrom: 22, NightTo: 6}, "held", 1},
		{"day elsewhere", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 100, NightFrom: 22, NightTo: 6,
			Location: time.FixedZone("JST", 9*3600)}, "250", 0},
		{"night shift elsewhere", proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 100, NightFrom: 8, NightTo: 10,
			Location: time.FixedZone("JST", 9*3600)}, "held", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			braked(t, tt.o, func(r *rig, send func(string, int) string) {
				send(taro, 10)
				send(taro, 10)
				if got := send(taro, 10); got != tt.want || r.trips() != tt.told {
					t.Errorf("got %s, told %d times", got, r.trips())
				}
			})
		})
	}
}

func TestParkedMailStaysRejectedWhereTheRulesSaySo(t *testing.T) {
	braked(t, proxy.BreakerOptions{Mode: proxy.BreakerEnforce, Recipients: 1}, func(r *rig, send func(string, int) string) {
		send(taro, 2)
		r.house.actions = []policy.Action{policy.Reject, policy.Reject}
		if got := send(taro, 2); got != "550" {
			t.Errorf("got %s", got)
		}
		r.house.actions = []policy.Action{policy.Reject, policy.Pass}
		if got := send(taro, 2); got != "held" {
			t.Errorf("got %s", got)
		}
		v := r.house.verdicts[len(r.house.verdicts)-1]
		if v.Recipients[0].Action != policy.Reject || v.Recipients[1].Action != policy.Hold || v.Fired[0].Name != proxy.RuleBreaker {
			t.Errorf("verdict %+v", v)
		}
	})
}

func TestQuotaOfHeldMail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.pipes = &pipes{}
		r.options.HeldQuota = 2500
		r.house.action = policy.Hold
		r.start()
		c := r.hello()
		send := func(from string) string {
			c.say("MAIL FROM:<"+from+">", "250")
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write(strings.Repeat("x", 998) + "\r\n.\r\n")
			return c.reply()
		}
		for i, want := range []string{"250", "250", "452 4.2.2"} {
			if got := send(taro); !strings.HasPrefix(got, want) {
				t.Errorf("mail %d: %q", i, got)
			}
		}
		if got := send("hanako@example.co.jp"); !strings.HasPrefix(got, "250") {
			t.Errorf("another account: %q", got)
		}
		time.Sleep(24 * time.Hour)
		c = r.hello()
		if got := send(taro); !strings.HasPrefix(got, "250") {
			t.Errorf("a day later: %q", got)
		}
	})
}

func TestConnectionsPerUser(t *testing.T) {
	r := office(t)
	r.options.MaxPerUser = 2
	r.start()
	in := func() (*client, string) {
		c := r.hello()
		c.write("AUTH PLAIN " + b64("\x00taro@example.co.jp\x00geheim") + "\r\n")
		return c, c.reply()[:3]
	}
	first, _ := in()
	if _, got := in(); got != "235" {
		t.Fatal(got)
	}
	c, got := in()
	if got != "421" {
		t.Fatal(got)
	}
	c.closed()
	first.say("QUIT", "221")
	first.closed()
	// The place is free once the server has seen the end.
	if !hoptest.Soon(func() bool {
		c, got := in()
		defer c.c.Close()
		return got == "235"
	}) {
		t.Error("no place after a connection has ended")
	}
}

func TestMinimumRate(t *testing.T) {
	inTime(t, func(r *rig) {
		r.options.MinRate = 100
		r.start()
		c := r.envelope()
		c.say("DATA", "354")
		for range 50 { // 200 octets a second for five minutes
			c.write(strings.Repeat("x", 1198) + "\r\n")
			time.Sleep(6 * time.Second)
		}
		c.write(".\r\n")
		c.expect("250")
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		c.say("RCPT TO:<a@partner.example>", "250")
		c.say("DATA", "354")
		begin := time.Now()
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			for range 30 { // 10 octets a second
				c.try(strings.Repeat("x", 60))
				time.Sleep(6 * time.Second)
			}
		}()
		c.expect("421 4.4.2")
		c.closed()
		defer func() { <-sent }()
		if n := len(r.hop.Mails()); n != 1 || time.Since(begin) > 5*time.Minute {
			t.Errorf("%d mails", n)
		}
	})
}
