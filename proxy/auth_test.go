package proxy_test

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// staff knows taro with the password geheim and the token ya29.
type staff struct{ err error }

func (staff) Mechanisms() []string { return []string{"PLAIN", "LOGIN", "XOAUTH2", "OAUTHBEARER"} }

func (s staff) Login(_ context.Context, c proxy.Credentials) (proxy.Account, error) {
	secret := "geheim"
	if c.Mechanism == "XOAUTH2" || c.Mechanism == "OAUTHBEARER" {
		secret = "ya29"
	}
	if c.Secret == "ya29" && c.User == "" { // whom the token speaks of
		c.User = "taro@example.co.jp"
	}
	switch {
	case s.err != nil:
		return proxy.Account{}, s.err
	case c.User == "panic":
		panic("boom")
	case c.User != "taro@example.co.jp" || c.Secret != secret:
		return proxy.Account{}, proxy.ErrBadLogin
	}
	return proxy.Account{User: c.User, Senders: []string{c.User, "@sales.example.co.jp"}}, nil
}

// office is a rig whose clients must log in.
func office(t *testing.T) *rig {
	r := newRig(t)
	r.listener.Networks = nil
	r.listener.Accounts = staff{}
	r.options.Subdomains = true
	return r
}

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func TestAUTH(t *testing.T) {
	good := "\x00taro@example.co.jp\x00geheim"
	tests := []struct {
		name string
		says []string // line, reply, line, reply ...
		in   bool
	}{
		{"PLAIN at once", []string{"AUTH PLAIN " + b64(good), "235 2.7.0"}, true},
		{"plain in lower case", []string{"auth plain " + b64(good), "235 2.7.0"}, true},
		{"PLAIN asked for", []string{"AUTH PLAIN", "334 ", b64(good), "235 2.7.0"}, true},
		{"PLAIN for oneself", []string{"AUTH PLAIN " + b64("taro@example.co.jp"+good), "235"}, true},
		{"PLAIN for another", []string{"AUTH PLAIN " + b64("hanako"+good), "501"}, false},
		{"LOGIN", []string{"AUTH LOGIN", "334 VXNlcm5hbWU6", b64("taro@example.co.jp"), "334 UGFzc3dvcmQ6", b64("geheim"), "235"}, true},
		{"LOGIN with a name", []string{"AUTH LOGIN " + b64("taro@example.co.jp"), "334 UGFzc3dvcmQ6", b64("geheim"), "235"}, true},
		{"XOAUTH2", []string{"AUTH XOAUTH2 " + b64("user=taro@example.co.jp\x01auth=Bearer ya29\x01\x01"), "235"}, true},
		{"XOAUTH2 expired", []string{"AUTH XOAUTH2 " + b64("user=taro@example.co.jp\x01auth=Bearer old\x01\x01"), "334 ", "", "535"}, false},
		{"OAUTHBEARER", []string{"AUTH OAUTHBEARER " + b64("n,a=taro@example.co.jp,\x01host=h\x01port=587\x01auth=Bearer ya29\x01\x01"), "235"}, true},
		{"OAUTHBEARER expired", []string{"AUTH OAUTHBEARER " + b64("n,a=taro@example.co.jp,\x01auth=Bearer old\x01\x01"), "334 ", "AQ==", "535"}, false},
		{"OAUTHBEARER without user", []string{"AUTH OAUTHBEARER " + b64("n,,\x01auth=Bearer ya29\x01\x01"), "235"}, true},
		{"OAUTHBEARER with a word for a user", []string{"AUTH OAUTHBEARER " + b64("n,taro,\x01auth=Bearer ya29\x01\x01"), "501"}, false},
		{"XOAUTH2 without user", []string{"AUTH XOAUTH2 " + b64("user=\x01auth=Bearer ya29\x01\x01"), "334", "", "535"}, false},
		{"refused token, the client gives up", []string{"AUTH XOAUTH2 " + b64("user=x\x01auth=Bearer old\x01\x01"), "334", "*", "535", "NOOP", "250"}, false},
		{"refused token, the answer is not base64", []string{"AUTH OAUTHBEARER " + b64("n,a=x,\x01auth=Bearer old\x01\x01"), "334", "=", "535", "NOOP", "250"}, false},
		{"wrong password", []string{"AUTH PLAIN " + b64("\x00taro@example.co.jp\x00falsch"), "535 5.7.8"}, false},
		{"empty password", []string{"AUTH PLAIN " + b64("\x00taro@example.co.jp\x00"), "535"}, false},
		{"cancelled", []string{"AUTH LOGIN", "334", "*", "501"}, false},
		{"not base64", []string{"AUTH PLAIN", "334", "!!!", "501"}, false},
		{"a command for an answer", []string{"AUTH LOGIN", "334", "MAIL FROM:<taro@example.co.jp>", "501"}, false},
		{"unknown", []string{"AUTH CRAM-MD5", "504"}, false},
		{"nothing", []string{"AUTH", "504"}, false},
		{"empty response", []string{"AUTH PLAIN =", "501"}, false},
		{"control characters", []string{"AUTH PLAIN " + b64("\x00taro\r\nx\x00geheim"), "501"}, false},
		{"checker panics", []string{"AUTH PLAIN " + b64("\x00panic\x00geheim"), "454 4.7.0"}, false},
		{"twice", []string{"AUTH PLAIN " + b64(good), "235", "AUTH PLAIN " + b64(good), "503"}, true},
		{"inside a mail", []string{"AUTH PLAIN " + b64(good), "235", "MAIL FROM:<taro@example.co.jp>", "250", "AUTH PLAIN " + b64(good), "503", "RSET", "250"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := office(t).start()
			c := r.hello()
			for i := 0; i < len(tt.says); i += 2 {
				c.say(tt.says[i], tt.says[i+1])
			}
			want := "530 5.7.0 Authentication required"
			if tt.in {
				want = "250"
			}
			c.say("MAIL FROM:<taro@example.co.jp>", want)
		})
	}
}

func TestLoggedInUsersSendFromTheirOwnAddressesOnly(t *testing.T) {
	r := office(t).start()
	c := r.hello()
	c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00geheim"), "235")
	for _, tt := range []struct{ from, want string }{
		{"taro@example.co.jp", "250"}, {"Taro@EXAMPLE.co.jp", "250"}, {"x@sales.example.co.jp", "250"}, {"", "250"},
		{"shacho@example.co.jp", "553 5.7.1"}, {"x@deep.sales.example.co.jp", "553 5.7.1"}, {"taro@elsewhere.example", "553"},
	} {
		c.say("MAIL FROM:<"+tt.from+">", tt.want)
		c.say("RSET", "250")
	}
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n.\r\n")
	c.expect("250")
	if got := r.house.judged[0].Client.User; got != "taro@example.co.jp" {
		t.Errorf("user is %q", got)
	}
	if got := r.hop.Mails()[0].Content(); !strings.Contains(got, "with ESMTPA id") {
		t.Errorf("Received says %q", got)
	}
}

func TestAUTHIsOfferedInsideTLSOnly(t *testing.T) {
	r := office(t)
	cert := newAuthority(t).issue("guard.example.co.jp")
	r.listener.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	r.listener.Proxies = loopback
	r.start()
	c := r.dial()
	c.write("PROXY TCP4 203.0.113.9 198.51.100.9 56324 25\r\n")
	c.expect("220")
	if got := c.say("EHLO x", "250"); !strings.Contains(got, "AUTH ") { // the peer is on this machine
		t.Errorf("got %q", got)
	}
	// What was said before TLS is forgotten.
	c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00geheim"), "235")
	c.say("STARTTLS", "220")
	if err := c.startTLS(&tls.Config{InsecureSkipVerify: true}); err != nil {
		t.Fatal(err)
	}
	c.say("EHLO x", "250")
	c.say("MAIL FROM:<taro@example.co.jp>", "530")
	c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00geheim"), "235")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
}

func TestAccountsThatCannotBeAskedAreTemporary(t *testing.T) {
	r := office(t)
	r.listener.Accounts = staff{err: errors.New("directory with secret geheim is away")}
	r.start()
	c := r.hello()
	for range 5 { // and no reason to hang up
		if got := c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00geheim"), "454 4.7.0"); strings.Contains(got, "directory") {
			t.Errorf("said %q", got)
		}
	}
}

func TestGuessingIsSlowedDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := office(t)
		r.pipes = &pipes{}
		r.start()
		guess := func(user, secret string) string {
			c := r.hello()
			defer c.c.Close()
			c.write("AUTH PLAIN " + b64("\x00"+user+"\x00"+secret) + "\r\n")
			return c.reply()[:3]
		}
		c := r.hello()
		for range 2 {
			c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00falsch"), "535")
		}
		c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00falsch"), "535")
		c.closed()
		for range 7 {
			if got := guess("taro@example.co.jp", "falsch"); got != "535" {
				t.Fatalf("got %s", got)
			}
		}
		if got := guess("Taro@example.co.jp", "geheim"); got != "421" { // even the right one
			t.Errorf("eleventh attempt at one user: %s", got)
		}
		for i := range 20 {
			guess(fmt.Sprint("user", i), "falsch")
		}
		if got := guess("hanako", "falsch"); got != "421" {
			t.Errorf("31st attempt from one address: %s", got)
		}
		time.Sleep(11 * time.Minute)
		if got := guess("taro@example.co.jp", "geheim"); got != "235" {
			t.Errorf("after the window: %s", got)
		}
	})
}

// TestGuessesOfOthersLockNobodyOut: where a user is at home, only failures from
// there count.
func TestGuessesOfOthersLockNobodyOut(t *testing.T) {
	r := office(t)
	r.listener.Proxies = loopback
	r.start()
	try := func(from, secret string) string {
		c := r.dial()
		defer c.c.Close()
		c.write("PROXY TCP4 " + from + " 127.0.0.1 56324 25\r\n")
		c.expect("220")
		c.say("EHLO x", "250")
		c.write("AUTH PLAIN " + b64("\x00taro@example.co.jp\x00"+secret) + "\r\n")
		return c.reply()[:3]
	}
	if got := try("192.0.2.1", "geheim"); got != "235" {
		t.Fatalf("first log-in: %s", got)
	}
	for i := range 12 {
		try(fmt.Sprintf("198.51.100.%d", i), "falsch")
	}
	if got := try("198.51.100.99", "geheim"); got != "421" {
		t.Errorf("from somewhere else: %s", got)
	}
	if got := try("192.0.2.1", "geheim"); got != "235" {
		t.Errorf("from home: %s", got)
	}
	if got := try("198.51.100.99", "geheim"); got != "421" {
		t.Errorf("from somewhere else, once the user has logged in at home: %s", got)
	}
	for range 10 {
		try("192.0.2.1", "falsch")
	}
	if got := try("192.0.2.1", "geheim"); got != "421" {
		t.Errorf("from home, after guesses there: %s", got)
	}
}

func TestPassThrough(t *testing.T) {
	r := newRig(t)
	r.hop.Extensions = []string{"AUTH PLAIN"}
	r.hop.Answer = func(step, arg string) string {
		if step == "AUTH" && strings.Contains(arg, b64("\x00taro@example.co.jp\x00falsch")) {
			return "535 5.7.8 no"
		}
		return ""
	}
	r.hop.Start(t)
	r.listener.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	r.relayOpt.BreakAfter = 2
	r.passThrough = true
	r.behindHop()
	for range 4 { // wrong passwords say nothing of the hop
		c := r.hello()
		c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00falsch"), "535")
		_ = c.c.Close()
	}
	for i, user := range []string{"taro@example.co.jp", "hanako@example.co.jp"} {
		c := r.hello()
		c.say("AUTH PLAIN "+b64("\x00"+user+"\x00geheim"), "235")
		for range 2 {
			c.say("MAIL FROM:<"+user+">", "250")
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write("x: y\r\n.\r\n")
			c.expect("250")
		}
		logins := 0
		for _, said := range r.hop.Commands() {
			if said == "AUTH PLAIN "+b64("\x00"+user+"\x00geheim") {
				logins++
			}
		}
		mails := r.hop.Mails()
		if logins != 1 || len(mails) != 2*(i+1) || mails[2*i].Login != "PLAIN "+b64("\x00"+user+"\x00geheim") || mails[2*i+1].Login != mails[2*i].Login {
			t.Errorf("%s: %d log-ins, mails %+v", user, logins, mails)
		}
	}
	// What we send ourselves is on no client's connection.
	if _, err := r.relay.Send(t.Context(), email.Envelope{Recipients: []email.Recipient{{Address: email.MustAddress("a@partner.example")}}},
		email.BytesBody([]byte("x: y\r\n")), nil, nil); err != nil {
		t.Fatal(err)
	}
	if mails := r.hop.Mails(); mails[4].Login != "" {
		t.Errorf("released as %q", mails[4].Login)
	}
}

// TestPassThroughTellsNoOtherHop: a user's password is for the hop that knows it,
// never for the servers of other routes.
func TestPassThroughTellsNoOtherHop(t *testing.T) {
	r := newRig(t)
	r.hop.Extensions = []string{"AUTH LOGIN PLAIN"}
	r.hop.Start(t)
	branch := (&hoptest.Hop{Extensions: []string{"AUTH PLAIN LOGIN"}}).Start(t)
	r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS}}
	r.relayOpt.Routes = []relay.Route{{Domains: []string{"branch.example"}, Hops: []relay.Hop{{Address: branch.Addr, TLS: relay.NoTLS}}}}
	r.passThrough = true
	r.behindHop()
	c := r.hello()
	c.say("AUTH PLAIN "+b64("\x00taro@example.co.jp\x00geheim"), "235")
	for _, to := range []string{"a@branch.example", "a@partner.example"} {
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		c.say("RCPT TO:<"+to+">", "250")
		c.say("DATA", "354")
		c.write("x: y\r\n.\r\n")
		c.expect("250")
	}
	if mails := branch.Mails(); len(mails) != 1 || mails[0].Login != "" || strings.Contains(strings.Join(branch.Commands(), " "), "AUTH") {
		t.Errorf("the other hop was told %q", branch.Commands())
	}
	if mails := r.hop.Mails(); len(mails) != 1 || mails[0].Login == "" {
		t.Errorf("the user's own hop got %+v", mails)
	}
	// What EHLO offers is what the hop was seen to take.
	c = r.dial()
	c.expect("220")
	if got := c.say("EHLO client.example.co.jp", "250"); !strings.Contains(got, "AUTH PLAIN LOGIN") || strings.Contains(got, "XOAUTH2") {
		t.Errorf("EHLO says %q", got)
	}
}

func FuzzCredentials(f *testing.F) {
	for _, s := range []string{"\x00a\x00b", "a\x00a\x00b", "user=a\x01auth=Bearer t\x01\x01", "n,a=a,\x01auth=Bearer t\x01\x01", "y,a=x=2Cy,\x01\x01", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) { proxy.ParseCredentials(b) })
}
