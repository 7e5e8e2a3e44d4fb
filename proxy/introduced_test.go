package proxy_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

func TestPROXYHeader(t *testing.T) {
	v2 := func(s string) string { return "\r\n\r\n\x00\r\nQUIT\n" + s }
	tests := []struct {
		name, header, client string // client "" is a closed connection
	}{
		{"v1 IPv4", "PROXY TCP4 192.0.2.1 198.51.100.9 56324 25\r\n", "192.0.2.1"},
		{"v1 IPv6", "PROXY TCP6 2001:db8::7 2001:db8::1 56324 25\r\n", "2001:db8::7"},
		{"v1 unknown", "PROXY UNKNOWN\r\n", "127.0.0.1"},
		{"v1 unknown with addresses", "PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n", "127.0.0.1"},
		{"v2 IPv4", v2("\x21\x11\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x30\x39\x00\x19"), "192.0.2.1"},
		{"v2 IPv4 with more", v2("\x21\x11\x00\x10\xc0\x00\x02\x01\x7f\x00\x00\x01\x30\x39\x00\x19\x04\x00\x01\x00"), "192.0.2.1"},
		{"v2 IPv6", v2("\x21\x21\x00\x24\x20\x01\x0d\xb8" + strings.Repeat("\x00", 11) + "\x07" + strings.Repeat("\x00", 16) + "\x30\x39\x00\x19"), "2001:db8::7"},
		{"v2 local", v2("\x20\x00\x00\x00"), "127.0.0.1"},
		{"none", "EHLO client.example\r\n", ""},
		{"v1 wrong family", "PROXY TCP4 2001:db8::7 2001:db8::1 56324 25\r\n", ""},
		{"v1 without port", "PROXY TCP4 192.0.2.1 198.51.100.9\r\n", ""},
		{"v1 endless", "PROXY TCP4 " + strings.Repeat("1", 200), ""},
		{"v1 port too large", "PROXY TCP4 192.0.2.1 198.51.100.9 99999 25\r\n", ""},
		{"v2 version", v2("\x31\x11\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x30\x39\x00\x19"), ""},
		{"v2 short", v2("\x21\x11\x00\x04\xc0\x00\x02\x01"), ""},
		{"v2 UNIX", v2("\x21\x31\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x30\x39\x00\x19"), ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.listener.Proxies = loopback
			r.listener.Networks = append(r.listener.Networks, netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("2001:db8::/32"))
			r.start()
			c := r.dial()
			c.try(tt.header) // in one packet with what follows
			if tt.client == "" {
				c.closed()
				return
			}
			c.write("EHLO client.example\r\n")
			c.expect("220")
			c.expect("250")
			c.say("MAIL FROM:<taro@example.co.jp>", "250")
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write("x: y\r\n.\r\n")
			c.expect("250")
			if got := r.house.judged[0].Client.Addr; got.String() != tt.client {
				t.Errorf("client is %s", got)
			}
		})
	}
}

// TestPROXYHeaderStandsBeforeTLS: a balancer speaks first, in plain text.
func TestPROXYHeaderStandsBeforeTLS(t *testing.T) {
	for _, implicit := range []bool{true, false} {
		r, a := tlsRig(t)
		r.listener.Proxies, r.listener.Implicit = loopback, implicit
		r.start()
		c := r.dial()
		c.write("PROXY TCP4 203.0.113.9 198.51.100.9 56324 25\r\n")
		if !implicit {
			c.expect("220")
			c.say("EHLO client", "250")
			c.say("STARTTLS", "220")
		}
		if err := c.startTLS(a.client()); err != nil {
			t.Fatalf("implicit %v: %v", implicit, err)
		}
		if implicit {
			c.expect("220")
		}
		c.say("EHLO client", "250")
		c.say("MAIL FROM:<taro@example.co.jp>", "550 5.7.1 Client [203.0.113.9]")
	}
}

func TestClientBehindABalancerIsJudgedByItsOwnAddress(t *testing.T) {
	r := newRig(t)
	r.listener.Proxies = loopback // that may send itself
	r.options.MaxPerIP = 1
	r.start()
	c := r.dial()
	c.write("PROXY TCP4 203.0.113.9 198.51.100.9 56324 25\r\n")
	c.expect("220")
	c.say("EHLO x", "250")
	c.say("MAIL FROM:<taro@example.co.jp>", "550 5.7.1 Client [203.0.113.9]")
	again := r.dial()
	again.write("PROXY TCP4 203.0.113.9 198.51.100.9 56325 25\r\n")
	again.expect("421 4.7.0")
	again.closed()
	other := r.dial()
	other.write("PROXY TCP4 203.0.113.10 198.51.100.9 56325 25\r\n")
	other.expect("220")
}

func TestXCLIENT(t *testing.T) {
	r := newRig(t)
	r.listener.XClient = loopback
	r.start()
	c := r.dial()
	c.expect("220")
	if got := c.say("EHLO proxy.example", "250"); !strings.Contains(got, "XCLIENT NAME ADDR") {
		t.Errorf("announced %q", got)
	}
	c.say("XCLIENT ADDR=203.0.113.9 HELO=spike.example", "220")
	c.say("MAIL FROM:<taro@example.co.jp>", "503") // begins anew
	c.say("EHLO proxy.example", "250")
	c.say("MAIL FROM:<taro@example.co.jp>", "550 5.7.1 Client [203.0.113.9]")
	c.say("XCLIENT ADDR=127.0.0.9 HELO=ok.example LOGIN=taro+40example.co.jp", "220")
	c.say("EHLO proxy.example", "250")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("XCLIENT ADDR=127.0.0.8", "503")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n.\r\n")
	c.expect("250")
	if got := r.house.judged[0].Client; got.Addr.String() != "127.0.0.9" || got.Helo != "ok.example" || got.User != "taro@example.co.jp" {
		t.Errorf("client is %+v", got)
	}
	c.say("XCLIENT ADDR=[UNAVAILABLE] LOGIN=[UNAVAILABLE]", "220") // nobody knows who it is: not its proxy
	c.say("EHLO proxy.example", "250")
	c.say("MAIL FROM:<taro@example.co.jp>", "550 5.7.1 Client")
	for _, bad := range []string{"", "ADDR", "ADDR=x", "FOO=1", "HELO=a+0Ab", "HELO=a+4", "LOGIN=+zz"} {
		c.say("XCLIENT "+bad, "501")
	}
}

func TestXFORWARDNamesTheClientOfOneMail(t *testing.T) {
	r := newRig(t)
	r.listener.XForward = loopback
	r.hop.Extensions = []string{"PIPELINING", "XFORWARD NAME ADDR PORT PROTO HELO IDENT SOURCE"}
	r.start()
	c := r.hello()
	c.say("XFORWARD NAME=spike.example ADDR=203.0.113.9", "250")
	c.say("XFORWARD HELO=spike.example PROTO=ESMTP PORT=4711 IDENT=4F2A SOURCE=REMOTE", "250")
	for _, want := range []string{"203.0.113.9", "127.0.0.1"} {
		c.say("MAIL FROM:<taro@example.co.jp>", "250") // permission is that of the peer
		c.say("XFORWARD ADDR=203.0.113.10", "503")
		c.say("RCPT TO:<a@partner.example>", "250")
		c.say("DATA", "354")
		c.write("x: y\r\n.\r\n")
		c.expect("250")
		judged := r.house.judged[len(r.house.judged)-1]
		if got := judged.Client.Addr.String(); got != want {
			t.Errorf("client is %s, want %s", got, want)
		}
		mails := r.hop.Mails()
		if !strings.Contains(mails[len(mails)-1].Content(), "(["+want+"])") {
			t.Errorf("Received does not name %s", want)
		}
	}
	for _, want := range []string{"XFORWARD NAME=spike.example ADDR=203.0.113.9 PORT=4711 PROTO=ESMTP HELO=spike.example IDENT=4F2A SOURCE=REMOTE",
		"XFORWARD NAME=[UNAVAILABLE] ADDR=127.0.0.1 PROTO=ESMTP HELO=client.example.co.jp"} {
		if !slices.Contains(r.hop.Commands(), want) {
			t.Errorf("hop was told %q, not %q", r.hop.Commands(), want)
		}
	}
}

func TestStrangersMayNotSpeakForOthers(t *testing.T) {
	r := newRig(t)
	r.listener.XClient = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	r.start()
	c := r.dial()
	c.expect("220")
	if got := c.say("EHLO x", "250"); strings.Contains(got, "XCLIENT") || strings.Contains(got, "XFORWARD") {
		t.Errorf("announced %q", got)
	}
	c.say("XCLIENT ADDR=127.0.0.9", "502")
	c.say("XFORWARD ADDR=127.0.0.9", "502")
}

func TestSubdomainsCountAsOwnOnlyWhenTheSiteSaysSo(t *testing.T) {
	for _, on := range []bool{false, true} {
		r := newRig(t)
		r.options.Subdomains = on
		r.start()
		c := r.hello()
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		c.say("RSET", "250")
		c.say("MAIL FROM:<taro@sales.example.co.jp>", map[bool]string{false: "550 5.7.60", true: "250"}[on])
		c.say("RSET", "250")
		c.say("MAIL FROM:<taro@notexample.co.jp>", "550 5.7.60")
	}
}

func TestRecipientsOfTwoWaysAreStoredTogether(t *testing.T) {
	second := &hoptest.Hop{Answer: func(step, arg string) string {
		if step == "RCPT" && strings.Contains(arg, "nobody") {
			return "550 5.1.1 no such user at the branch"
		}
		return ""
	}}
	second.Start(t)
	r := newRig(t)
	r.hop.Start(t)
	r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS}}
	r.relayOpt.Routes = []relay.Route{{Domains: []string{"branch.example"}, Hops: []relay.Hop{{Address: second.Addr, TLS: relay.NoTLS}}}}
	r.behindHop()
	c := r.hello()
	send := func(want string, to ...string) {
		t.Helper()
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		for _, a := range to {
			c.say("RCPT TO:<"+a+">", "250")
		}
		c.say("DATA", "354")
		c.write("x: y\r\n.\r\n")
		c.expect(want)
	}
	send("250 2.0.0 Ok", "a@partner.example", "b@partner.example")
	send("250 2.0.0 Ok", "a@branch.example")
	send("250 2.0.0 queued as", "a@branch.example", "b@partner.example", "c@branch.example")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<nobody@branch.example>", "550 5.1.1 no such user at the branch")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("RCPT TO:<nobody@branch.example>", "550 5.1.1 no such user at the branch")
	c.say("DATA", "354")
	c.write("x: y\r\n.\r\n")
	c.expect("250 2.0.0 Ok")
	if len(r.hop.Mails()) != 2 || len(second.Mails()) != 1 || len(r.house.held) != 1 || len(r.house.heldEnv[0].Recipients) != 3 {
		t.Errorf("%d and %d sent, %d held", len(r.hop.Mails()), len(second.Mails()), len(r.house.held))
	}
}

func TestMailForAnLMTPHopIsStoredAndDueAtOnce(t *testing.T) {
	r := newRig(t)
	r.hop.LMTP = true
	r.hop.Start(t)
	r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS, LMTP: true}}
	r.behindHop()
	if got := r.mail(plainMail); !strings.HasPrefix(got, "250 2.0.0 queued as") || len(r.hop.Mails()) != 0 {
		t.Errorf("got %q", got)
	}
}

func TestPipelinedEnvelopeIsAskedForInOnePacket(t *testing.T) {
	r := newRig(t)
	r.hop.Answer = func(step, arg string) string {
		if step == "RCPT" && strings.Contains(arg, "nobody") {
			return "550 5.1.1 no such user"
		}
		return ""
	}
	r.start()
	c := r.hello()
	c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@p.example>\r\nRCPT TO:<nobody@p.example>\r\nRCPT TO:<a@p.example>\r\n" +
		"RCPT TO:<b@p.example> NOTIFY=NEVER\r\nrcpt to:<c@p.example>\r\nRCPT TO:<bad\r\nRCPT TO:<d@p.example>\r\nDATA\r\n")
	for _, want := range []string{"250", "250", "550 5.1.1", "250", "250", "250", "501", "250", "354"} {
		c.expect(want)
	}
	c.write("x: y\r\n.\r\n")
	c.expect("250")
	if got := strings.Join(r.hop.Mails()[0].To, " "); got != "a@p.example b@p.example c@p.example d@p.example" {
		t.Errorf("sent to %s", got)
	}
}

func FuzzIntroduction(f *testing.F) {
	for _, s := range []string{"PROXY TCP4 192.0.2.1 198.51.100.9 56324 25\r\nEHLO", "PROXY UNKNOWN\r\n", "PROXY TCP6 ::1 ::2 1 2\r\n",
		"\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\xc0\x00\x02\x01\x7f\x00\x00\x01\x30\x39\x00\x19", "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := strings.NewReader(s)
		if a, err := proxy.ReadIntroduction(r); err == nil && a.IsValid() && (a.Addr().Zone() != "" || a.Addr().Is4In6()) {
			t.Fatalf("%q: client is %s", s, a)
		}
		if n := len(s) - r.Len(); n > 107 && !strings.HasPrefix(s, "\r\n") {
			t.Fatalf("%q: %d octets read", s, n)
		}
	})
}

// TestLongNameOfAClientIsClipped: our Received field must stay a line that every
// server takes (RFC 5321 section 4.5.3.1.6).
func TestLongNameOfAClientIsClipped(t *testing.T) {
	r := newRig(t)
	r.start()
	c := r.dial()
	c.expect("220")
	c.say("EHLO "+strings.Repeat("h", 5000), "250")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n.\r\n")
	c.expect("250")
	for _, line := range strings.Split(r.hop.Mails()[0].Content(), "\r\n") {
		if len(line) > 998 {
			t.Errorf("a line of %d octets: %.60s", len(line), line)
		}
	}
}
