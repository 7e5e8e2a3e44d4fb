package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// behindPostfix are the services of one Postfix around the guard: who comes in at
// the front is named by XCLIENT here, as a test has one address only.
func behindPostfix(back string) string {
	return back + ` inet n - n - - smtpd
  -o content_filter=
  -o smtpd_proxy_filter=
  -o smtpd_authorized_xforward_hosts=127.0.0.0/8
  -o smtpd_authorized_xclient_hosts=
  -o mynetworks=127.0.0.0/8
  -o smtpd_relay_restrictions=permit_mynetworks,reject
  -o { smtpd_recipient_restrictions = check_recipient_access inline:{ {unknown@partner.example = 550 5.1.1 no such user says the back} }, permit_mynetworks, reject }
  -o receive_override_options=no_unknown_recipient_checks,no_header_body_checks,no_milters
`
}

const trueClient = "192.0.2.55"

// asTrueClient gives a mail to Postfix in the name of somebody else and returns
// the last reply.
func asTrueClient(t *testing.T, addr string, mail []byte, to string) string {
	t.Helper()
	c := &dialogue{t: t, addr: addr}
	c.say("", "220")
	c.say("EHLO balancer.example.co.jp", "250")
	c.say("XCLIENT ADDR="+trueClient+" NAME=desk.example.co.jp HELO=desk.example.co.jp PROTO=ESMTP", "220")
	c.say("EHLO desk.example.co.jp", "250")
	c.say("MAIL FROM:<hanako.sato@example.co.jp>", "250")
	if to == "unknown@partner.example" {
		return c.say("RCPT TO:<"+to+">", "no such user says the back")
	}
	c.say("RCPT TO:<"+to+">", "250")
	c.say("DATA", "354")
	reply := c.say(strings.ReplaceAll(string(mail), "\r\n.", "\r\n..")+".", "250")
	c.say("QUIT", "221")
	return reply
}

// TestPostfixOnBothSides has one Postfix in front of the guard and behind it,
// before its queue (smtpd_proxy_filter) and after it (content_filter): the guard
// and the Postfix behind know the true client, refusals of the back reach the
// client of the front where it waits, and what is held goes the same way later.
func TestPostfixOnBothSides(t *testing.T) {
	for _, tt := range []struct {
		name, extra, want string
		waits             bool // the client waits for the guard
	}{
		{"smtpd_proxy_filter", "smtpd_proxy_filter = GUARD", "250 2.0.0 Ok: queued as", true},
		{"content_filter", "content_filter = smtp:[GUARDHOST]:GUARDPORT\nsmtp_send_xforward_command = yes", "250 2.0.0 Ok: queued as", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			final, back := startHop(t), hoptest.FreeAddr(t)
			p := newProgram(t, back, "organization: {domains: [example.co.jp]}\n"+
				strings.Replace(strings.SplitN(baseConfig, "\n", 2)[1], "networks: [127.0.0.0/8]", "networks: [127.0.0.0/8], xforward: [127.0.0.0/8]", 1))
			host, port, _ := strings.Cut(p.Listen, ":")
			extra := strings.NewReplacer("GUARDHOST", host, "GUARDPORT", port, "GUARD", p.Listen).Replace(tt.extra)
			pf := startPostfix(t, hoptest.FreeAddr(t), final.addr, 50, extra+"\nsmtpd_authorized_xclient_hosts = 127.0.0.0/8\nmynetworks = 127.0.0.0/8 192.0.2.0/24",
				behindPostfix(back))
			p.start()
			s := &scenario{t: t, dir: "testdata/scenarios/mails", prog: p, hop: final}
			clean := s.file("plain-ja.eml")
			if got := asTrueClient(t, pf.addr, clean, "tanaka@partner.example"); !strings.HasPrefix(got, tt.want) {
				t.Errorf("clean mail: %q\n%s", got, pf.log())
			}
			got := final.wait(t, 1)[0].data
			if !bytes.Equal(below(got, "From: "), clean) {
				t.Errorf("the clean mail is changed: %q", clip(got))
			}
			for _, by := range []string{"Sekisho", "Postfix"} {
				if !knowsClient(string(got), by) {
					t.Errorf("%s does not know the true client:\n%.1500s", by, got)
				}
			}
			if tt.waits {
				asTrueClient(t, pf.addr, clean, "unknown@partner.example")
			}
			if got := asTrueClient(t, pf.addr, s.file("my-number.eml"), "info@tax-office.example"); tt.waits && !strings.Contains(got, "held as") {
				t.Errorf("mail that is held: %q", got)
			}
			s.expectStates("waiting=1")
			s.runCommand("queue approve $HOLD")
			s.expectStates("sent=1")
			released := final.wait(t, 2)[1].data
			if !bytes.Equal(below(released, "From: "), s.file("my-number.eml")) || !knowsClient(string(released), "Postfix") {
				t.Errorf("the released mail: %.1500q", released)
			}
			p.stop()
		})
	}
}

// knowsClient tells whether a Received field of a server names the true client.
func knowsClient(mail, by string) bool {
	head, _, _ := strings.Cut(mail, "\r\n\r\n")
	for field := range strings.SplitSeq(strings.ReplaceAll(head, "\r\n\t", " "), "\r\n") {
		if strings.HasPrefix(field, "Received: ") && strings.Contains(field, by) && strings.Contains(field, trueClient) {
			return true
		}
	}
	return false
}
