package proxy_test

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// A refused sender is not asked for again with each recipient; with the next mail it is.
func TestRefusedSenderIsRefusedForAllRecipients(t *testing.T) {
	r := newRig(t)
	r.hop.Answer = func(step, _ string) string {
		return map[string]string{"MAIL": "550 5.7.1 not you", "RCPT": "503 5.5.1 no sender"}[step]
	}
	r.start()
	c := r.hello()
	for range 2 {
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		c.write("RCPT TO:<a@partner.example>\r\nRCPT TO:<b@partner.example>\r\nRCPT TO:<c@partner.example>\r\nDATA\r\n")
		for range 3 {
			c.expect("550 5.7.1 not you")
		}
		c.expect("554 5.5.1")
		c.say("RSET", "250")
	}
	said := strings.Join(r.hop.Commands(), "\n")
	if n := strings.Count(said, "MAIL FROM"); n != 2 || r.hop.Connections() != 1 {
		t.Errorf("MAIL was said %d times on %d connections:\n%s", n, r.hop.Connections(), said)
	}
	r.hop.Script(nil)
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
}

// The next hop hears of a mail in one packet with its first recipient, whether the
// client waits for each answer or not.
func TestSenderAndFirstRecipientAreOneRoundTrip(t *testing.T) {
	for _, tt := range []struct {
		name     string
		lockStep bool
		early    bool // MAIL is said while there is no recipient
		params   string
	}{
		{"live", false, false, ""},
		{"lock step", true, true, ""},
		{"live, with what the hop may lack", false, true, " SMTPUTF8"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.hop.Extensions = append(r.hop.Extensions, "SMTPUTF8")
			r.hop.Start(t)
			r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS, LockStep: tt.lockStep}}
			r.behindHop()
			c := r.hello()
			c.say("MAIL FROM:<taro@example.co.jp>"+tt.params, "250")
			if got := strings.Contains(strings.Join(r.hop.Commands(), "\n"), "MAIL"); got != tt.early {
				t.Errorf("MAIL is at the hop: %v", got)
			}
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write("x: y\r\n.\r\n")
			c.expect("250 2.0.0 Ok")
		})
	}
}

// A hop that answers nothing until the last recipient has come: only a client of it
// that says the whole envelope in a row gets on.
func TestEnvelopeSaidInARowIsOneRoundTripAtTheHop(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	go func() {
		c, err := ln.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		_ = c.SetDeadline(time.Now().Add(30 * time.Second))
		fmt.Fprint(c, "220 hop.example\r\n")
		lines, waiting, told := bufio.NewScanner(c), 0, false
		for lines.Scan() {
			switch line := lines.Text(); {
			case strings.HasPrefix(line, "EHLO"):
				fmt.Fprint(c, "250-hop.example\r\n250 PIPELINING\r\n")
			case strings.HasPrefix(line, "RCPT TO:<c@"):
				fmt.Fprint(c, strings.Repeat("250 2.1.0 Ok\r\n", waiting+1))
				told = true
			case told: // RSET
				fmt.Fprint(c, "250 2.0.0 Ok\r\n")
			default:
				waiting++
			}
		}
	}()
	r := newRig(t)
	r.relayOpt.Hops = []relay.Hop{{Address: ln.Addr().String(), TLS: relay.NoTLS}}
	r.relayOpt.Timeouts.Command = 20 * time.Second
	r.behindHop()
	c := r.hello()
	c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nRCPT TO:<b@partner.example>\r\nRCPT TO:<c@partner.example>\r\nDATA\r\n")
	for _, want := range []string{"250", "250", "250", "250", "354"} {
		c.expect(want)
	}
	_ = c.c.Close()
}
