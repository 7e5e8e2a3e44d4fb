package proxy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// stuffed is content as a client sends it.
func stuffed(s string) string {
	return strings.TrimPrefix(strings.ReplaceAll("\r\n"+s, "\r\n.", "\r\n.."), "\r\n")
}

// withoutTrace takes our Received field off and checks that there is one.
func withoutTrace(t *testing.T, content string) string {
	t.Helper()
	if !strings.HasPrefix(content, "Received: from client.example.co.jp ([127.0.0.1])\r\n\tby guard.example.co.jp (Sekisho n1) with ESMTP id ") {
		t.Fatalf("no trace on top of %.200q", content)
	}
	parts := strings.SplitN(content, "\r\n", 4)
	return parts[3]
}

func TestCleanMailPassesUnchanged(t *testing.T) {
	r := newRig(t).start()
	got := r.mail(stuffed(plainMail))
	if got != "250 2.0.0 Ok: queued as 4F2" {
		t.Errorf("reply %q is not the next hop's", got)
	}
	mails := r.hop.Mails()
	if len(mails) != 1 {
		t.Fatalf("next hop has %d mails, want 1", len(mails))
	}
	if content := withoutTrace(t, mails[0].Content()); content != plainMail+"\r\n" {
		t.Errorf("content changed:\n%q\n%q", content, plainMail)
	}
	if mails[0].From != "taro@example.co.jp" || strings.Join(mails[0].To, ",") != "hanako@partner.example" {
		t.Errorf("envelope changed: %+v", mails[0])
	}
	if s := r.house.stages(); s != "intent result" {
		t.Errorf("journal %q, want intent and result", s)
	}
	n := r.house.notes
	if n[0].Facts == nil || n[0].Verdict == nil || n[1].Facts != nil || !n[1].Accepted || n[1].Reply != "250 2.0.0" || n[1].Size == 0 {
		t.Errorf("journal lines are not as promised: %+v", n)
	}
	env := r.house.judged[0]
	if env.Client.Helo != "client.example.co.jp" || !env.Client.ESMTP || env.Client.Listener != "127.0.0.1:2525" || env.ID == "" {
		t.Errorf("client is not described: %+v", env.Client)
	}
}

func TestManyMailsOnOneConnection(t *testing.T) {
	r := newRig(t).start()
	c := r.hello()
	for i := range 5 {
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		c.say("RCPT TO:<a@partner.example>", "250")
		c.say("DATA", "354")
		c.write(fmt.Sprintf("Subject: %d\r\n\r\nx\r\n.\r\n", i))
		c.expect("250")
	}
	c.say("QUIT", "221")
	c.closed()
	if n := len(r.hop.Mails()); n != 5 {
		t.Errorf("next hop has %d mails, want 5", n)
	}
	if n := r.hop.Connections(); n != 1 {
		t.Errorf("%d connections to the next hop for 5 mails one after the other, want 1", n)
	}
}

func TestPipelinedEnvelope(t *testing.T) {
	r := newRig(t).start()
	c := r.hello()
	c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nRCPT TO:<b@partner.example>\r\nDATA\r\n")
	for _, want := range []string{"250", "250", "250", "354"} {
		c.expect(want)
	}
	// The end of one mail and the next envelope in one packet.
	c.write("Subject: 1\r\n\r\nx\r\n.\r\nMAIL FROM:<jiro@example.co.jp>\r\nRCPT TO:<c@partner.example>\r\nDATA\r\n")
	for _, want := range []string{"250 2.0.0 Ok: queued", "250", "250", "354"} {
		c.expect(want)
	}
	c.write("Subject: 2\r\n\r\ny\r\n.\r\nQUIT\r\n")
	c.expect("250")
	c.expect("221")
	if m := r.hop.Mails(); len(m) != 2 || m[1].From != "jiro@example.co.jp" || len(m[0].To) != 2 {
		t.Errorf("mails at the next hop: %+v", m)
	}
}

func TestNextHopsWordsComeBack(t *testing.T) {
	tests := []struct {
		name, step, answer, want string
	}{
		{"unknown user", "RCPT", "550 5.1.1 <hanako@partner.example>: Recipient address rejected: User unknown", ""},
		{"greylisted", "RCPT", "450 4.2.0 Greylisted, see http://postgrey.example/", ""},
		{"many lines", "RCPT", "550-5.7.1 This one\r\n550-5.7.1 is long\r\n550 5.7.1 and ends here", ""},
		{"no enhanced code", "RCPT", "550 mailbox unavailable", ""},
		{"positive with forward path", "RCPT", "251 2.1.5 User not local; will forward", ""},
		{"positive of many lines", "RCPT", "250-2.1.5 one\r\n250 2.1.5 two", ""},
		{"sender refused", "MAIL", "553 5.7.1 Sender address rejected: not logged in", ""},
		{"sender put off", "MAIL", "451-4.7.1 later\r\n451 4.7.1 much later", ""},
		{"sender refused, in lock step", "MAIL", "553 5.7.1 Sender address rejected: not logged in", ""},
		{"sender accepted, in lock step", "MAIL", "250 2.1.0 Sender <taro@example.co.jp> OK 日本", ""},
		{"content refused", "dot", "550-5.7.1 first\r\n550 5.7.1 Message content rejected", ""},
		{"content put off", "dot", "451 4.7.1 Please try again later", ""},
		{"DATA refused", "DATA", "452 4.3.1 Insufficient system storage", ""},
		{"accepted in its words", "dot", "250-2.6.0 <1@example.co.jp>\r\n250 2.6.0 Queued mail for delivery", ""},
		{"its connection's end is not ours", "RCPT", "421 4.3.2 Service shutting down", "451 4.3.2 Service shutting down"},
		{"nonsense", "RCPT", "354 what", "451 4.5.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.hop.Answer = func(step, _ string) string {
				if step == tt.step {
					return tt.answer
				}
				return ""
			}
			r.hop.Start(t)
			lockStep := strings.HasSuffix(tt.name, "lock step")
			r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS, LockStep: lockStep}}
			r.behindHop()
			want := tt.want
			if want == "" {
				want = tt.answer
			}
			c := r.hello()
			asked := tt.step // the step that is answered with the hop's words
			if asked == "MAIL" && !lockStep {
				asked = "RCPT"
			}
			for _, step := range []struct{ step, line string }{
				{"MAIL", "MAIL FROM:<taro@example.co.jp>"}, {"RCPT", "RCPT TO:<hanako@partner.example>"}, {"DATA", "DATA"},
			} {
				c.write(step.line + "\r\n")
				got := c.reply()
				if step.step == asked && asked != "DATA" {
					if !strings.HasPrefix(got, want) || tt.want == "" && got != want {
						t.Errorf("got %q, want %q", got, want)
					}
					return
				}
			}
			c.write("Subject: x\r\n\r\nx\r\n.\r\n")
			if got := c.reply(); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestThreeEndings(t *testing.T) {
	tests := []struct {
		name    string
		actions []policy.Action
		joins   bool
		reply   string
		stages  string
		passed  int
		held    int
	}{
		{"all pass", []policy.Action{policy.Pass, policy.Pass}, false, "250 2.0.0 Ok: queued", "intent result", 1, 0},
		{"all held", []policy.Action{policy.Hold, policy.Hold}, false, "250 2.0.0 held as 01hold", "held", 0, 1},
		{"one held", []policy.Action{policy.Pass, policy.Hold}, false, "250 2.0.0 held as 01hold", "held", 0, 1},
		{"delayed", []policy.Action{policy.Delay, policy.Delay}, false, "250 2.0.0 held as 01hold", "held", 0, 1},
		{"one rejected", []policy.Action{policy.Pass, policy.Reject}, false, "250 2.0.0 held as 01hold", "held", 0, 1},
		{"all rejected", []policy.Action{policy.Reject, policy.Reject}, false, "550 5.7.1 ", "rejected", 0, 0},
		{"joins an earlier copy", []policy.Action{policy.Pass, policy.Pass}, true, "250 2.0.0 held as 01hold", "held", 0, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.house.actions, r.house.joins = tt.actions, tt.joins
			r.start()
			c := r.envelope()
			c.say("RCPT TO:<jiro@example.co.jp>", "250")
			c.say("DATA", "354")
			c.write(stuffed(plainMail) + "\r\n.\r\n")
			c.expect(tt.reply)
			if n := len(r.hop.Mails()); n != tt.passed {
				t.Errorf("%d mails at the next hop, want %d", n, tt.passed)
			}
			if n := len(r.house.held); n != tt.held {
				t.Fatalf("%d held, want %d", n, tt.held)
			}
			if tt.held == 1 && (r.house.held[0] != plainMail+"\r\n" || len(r.house.heldEnv[0].Recipients) != 2) {
				t.Errorf("held mail is not what came: %q to %d", r.house.held[0], len(r.house.heldEnv[0].Recipients))
			}
			if s := r.house.stages(); s != tt.stages {
				t.Errorf("journal %q, want %q", s, tt.stages)
			}
			// The connection is as good as before.
			c.say("MAIL FROM:<taro@example.co.jp>", "250")
		})
	}
}

func TestRejectionSaysWhyInASCII(t *testing.T) {
	r := newRig(t)
	r.house.action = policy.Reject
	r.start()
	got := r.mail(plainMail)
	want := "550 5.7.1 Personal data of about 23,012 people would leave unencrypted (reference " + string(r.house.judged[0].ID) + ")"
	if got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestOurFailuresAreTemporary(t *testing.T) {
	full := &email.Fault{Reply: email.NewReply(452, "4.3.1", "Insufficient storage, try again later")}
	tests := []struct {
		name   string
		change func(*house)
		want   string
	}{
		{"holder fails", func(h *house) { h.action, h.holdErr = policy.Hold, errors.New("secret path /var/lib") }, "451 4.3.0"},
		{"holder is full", func(h *house) { h.action, h.holdErr = policy.Hold, fmt.Errorf("write body: %w", full) }, "452 4.3.1"},
		{"joining fails", func(h *house) { h.joinErr = errors.New("database at 10.0.0.1 is away") }, "451 4.3.0"},
		{"judging panics", func(h *house) { h.onJudge = func(context.Context, email.Body) { panic("boom") } }, "421 4.3.0"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			tt.change(r.house)
			r.start()
			c := r.envelope()
			c.say("DATA", "354")
			c.write(plainMail + "\r\n.\r\n")
			got := c.expect(tt.want)
			for _, secret := range []string{"/var", "10.0", "boom", "database"} {
				if strings.Contains(got, secret) {
					t.Errorf("reply %q tells %q", got, secret)
				}
			}
			if n := len(r.hop.Mails()); n != 0 {
				t.Errorf("%d mails passed", n)
			}
			if strings.HasPrefix(tt.want, "421") {
				c.closed()
				return
			}
			if s := r.house.stages(); s != "failed" {
				t.Errorf("journal %q, want failed", s)
			}
			c.say("NOOP", "250")
		})
	}
}

func TestJournalFailureLosesNoMail(t *testing.T) {
	r := newRig(t)
	r.house.noteErr = errors.New("disk full")
	r.start()
	if got := r.mail(plainMail); !strings.HasPrefix(got, "250") {
		t.Errorf("got %q", got)
	}
	if n := len(r.hop.Mails()); n != 1 {
		t.Errorf("%d mails at the next hop, want 1", n)
	}
}

func TestJudgingIsBounded(t *testing.T) {
	r := newRig(t)
	r.options.JudgeTimeout = 10 * time.Millisecond
	r.house.action = policy.Hold
	r.house.onJudge = func(ctx context.Context, _ email.Body) { <-ctx.Done() }
	r.start()
	if got := r.mail(plainMail); !strings.HasPrefix(got, "250 2.0.0 held") {
		t.Errorf("got %q", got)
	}
}

func TestIncompleteVerdictHolds(t *testing.T) {
	r := newRig(t)
	r.house.short = true // judges one recipient although there are two
	r.start()
	c := r.envelope()
	c.say("RCPT TO:<jiro@example.co.jp>", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n\r\nz\r\n.\r\n")
	c.expect("250 2.0.0 held as 01hold")
	if n := len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails passed", n)
	}
}

func TestNextHopFailsAtEachStep(t *testing.T) {
	steps := []struct {
		step string
		want map[string]string // answer to the client's view of it
	}{
		{"connect", map[string]string{hoptest.Drop: "451 4.4.1", "421 4.3.2 busy": "451 4.4.1", "554 5.0.0 go away": "451 4.4.1"}},
		{"EHLO", map[string]string{hoptest.Drop: "451 4.4.1", "421 4.3.2 busy": "451 4.4.1"}},
		{"MAIL", map[string]string{hoptest.Drop: "451 4.4.1", "421 4.3.2 busy": "451 4.3.2 busy", "451 4.3.0 later": "451 4.3.0 later"}},
		{"RCPT", map[string]string{hoptest.Drop: "451 4.4.1", "421 4.3.2 busy": "451 4.3.2 busy"}},
		{"DATA", map[string]string{hoptest.Drop: "451 4.4.1", "421 4.3.2 busy": "451 4.3.2 busy", "550 5.0.0 no": "550 5.0.0 no"}},
		{"dot", map[string]string{hoptest.Drop: "451 4.4.2", "421 4.3.2 busy": "451 4.3.2 busy", "550 5.0.0 no": "550 5.0.0 no"}},
	}
	for _, s := range steps {
		for answer, want := range s.want {
			t.Run(s.step+"/"+answer[:3], func(t *testing.T) {
				r := newRig(t)
				r.hop.Answer = func(step, _ string) string {
					if step == s.step {
						return answer
					}
					return ""
				}
				r.start()
				c := r.hello()
				got := ""
				for _, line := range []string{"MAIL FROM:<taro@example.co.jp>", "RCPT TO:<hanako@partner.example>", "DATA", "x: y\r\n\r\nbody\r\n."} {
					c.write(line + "\r\n")
					if got = c.reply(); got[0] != '2' && got[0] != '3' {
						break
					}
				}
				if !strings.HasPrefix(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
				if n := len(r.hop.Mails()); n != 0 {
					t.Errorf("%d mails accepted", n)
				}
				c.say("RSET", "250")
			})
		}
	}
}

func TestDroppedTransactionIsSaidAgain(t *testing.T) {
	t.Run("answers match", func(t *testing.T) {
		r := newRig(t)
		r.start()
		r.house.onJudge = func(context.Context, email.Body) { r.hop.DropAll() }
		if got := r.mail(plainMail); got != "250 2.0.0 Ok: queued as 4F2" {
			t.Errorf("got %q", got)
		}
		if m := r.hop.Mails(); len(m) != 1 || len(m[0].To) != 1 {
			t.Errorf("mails at the next hop: %+v", m)
		}
	})
	t.Run("a recipient is now refused", func(t *testing.T) {
		r := newRig(t)
		r.start()
		r.house.onJudge = func(context.Context, email.Body) {
			r.hop.Script(func(step, _ string) string {
				if step == "RCPT" {
					return "550 5.1.1 gone"
				}
				return ""
			})
			r.hop.DropAll()
		}
		if got := r.mail(plainMail); !strings.HasPrefix(got, "451 4.4.1") {
			t.Errorf("got %q", got)
		}
		if n := len(r.hop.Mails()); n != 0 {
			t.Errorf("%d mails accepted", n)
		}
	})
	t.Run("between recipients", func(t *testing.T) {
		r := newRig(t).start()
		c := r.envelope()
		r.hop.DropAll()
		c.say("RCPT TO:<b@partner.example>", "250")
		c.say("DATA", "354")
		c.write("x: y\r\n\r\nz\r\n.\r\n")
		c.expect("250")
		if m := r.hop.Mails(); len(m) != 1 || len(m[0].To) != 2 {
			t.Errorf("mails at the next hop: %+v", m)
		}
	})
}

func TestPartialRecipients(t *testing.T) {
	for vector := range 64 {
		r := newRig(t)
		r.hop.Answer = func(step, arg string) string {
			if step != "RCPT" {
				return ""
			}
			i := int(arg[4] - '0')
			switch {
			case vector>>i&1 == 1:
				return ""
			case i%2 == 0:
				return fmt.Sprintf("550 5.1.1 no %d", i)
			}
			return fmt.Sprintf("450 4.2.1 later %d", i)
		}
		r.start()
		c := r.hello()
		c.say("MAIL FROM:<taro@example.co.jp>", "250")
		var want []string
		for i := range 6 {
			rcpt := fmt.Sprintf("%d@partner.example", i)
			c.write("RCPT TO:<" + rcpt + ">\r\n")
			got := c.reply()
			switch {
			case vector>>i&1 == 1:
				want = append(want, rcpt)
				if !strings.HasPrefix(got, "250") {
					t.Errorf("vector %b: recipient %d got %q", vector, i, got)
				}
			case i%2 == 0 && got != fmt.Sprintf("550 5.1.1 no %d", i), i%2 == 1 && got != fmt.Sprintf("450 4.2.1 later %d", i):
				t.Errorf("vector %b: recipient %d got %q", vector, i, got)
			}
		}
		if len(want) == 0 {
			c.say("DATA", "554 5.5.1")
			continue
		}
		c.say("DATA", "354")
		c.write("x: y\r\n\r\nz\r\n.\r\n")
		c.expect("250")
		if m := r.hop.Mails(); len(m) != 1 || strings.Join(m[0].To, " ") != strings.Join(want, " ") {
			t.Errorf("vector %b: mails at the next hop %+v, want to %v", vector, m, want)
		}
	}
}

func TestSameRecipientTwiceIsSentOnce(t *testing.T) {
	r := newRig(t).start()
	c := r.envelope()
	c.say("RCPT TO:<hanako@partner.example>", "250 2.0.0 Ok")
	c.say("DATA", "354")
	c.write("x: y\r\n\r\nz\r\n.\r\n")
	c.expect("250")
	if m := r.hop.Mails(); len(m) != 1 || len(m[0].To) != 1 {
		t.Errorf("mails at the next hop: %+v", m)
	}
}
