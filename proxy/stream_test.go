package proxy_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// saidDATA tells whether the hop has been told DATA.
func saidDATA(h *hoptest.Hop) bool {
	for _, c := range h.Commands() {
		if c == "DATA" {
			return true
		}
	}
	return false
}

func TestLargeMailGoesToATrustedHopWhileItComesIn(t *testing.T) {
	for _, trusted := range []bool{true, false} {
		r := newRig(t)
		early := false
		r.house.onJudge = func(context.Context, email.Body) { early = saidDATA(r.hop) }
		r.hop.Start(t)
		r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS, Trusted: trusted}}
		r.behindHop()
		content := attachment(1 << 20)
		if got := r.mail(stuffed(content)); got != "250 2.0.0 Ok: queued as 4F2" {
			t.Fatalf("got %q", got)
		}
		if early != trusted {
			t.Errorf("trusted %v: on the way before its verdict is %v", trusted, early)
		}
		if got := withoutTrace(t, r.hop.Mails()[0].Content()); got != content+"\r\n" {
			t.Error("mail changed")
		}
		if got := r.house.stages(); got != "intent result" {
			t.Errorf("journal says %s", got)
		}
	}
}

// A large mail goes on early only while processors have nothing else to do.
func TestLargeMailWaitsWhileOthersAreInHand(t *testing.T) {
	r := newRig(t)
	var judged, early atomic.Int32
	r.wrap = func(h proxy.NextHop) proxy.NextHop { return sendings{h, &judged, &early} }
	others := runtime.GOMAXPROCS(0)
	entered, leave := make(chan struct{}, others), make(chan struct{})
	r.house.onJudge = func(_ context.Context, body email.Body) {
		if body.Size() > 1000 {
			judged.Add(1)
			return
		}
		entered <- struct{}{}
		<-leave
	}
	r.start()
	var waiting []*client
	for range others {
		c := r.envelope()
		c.say("DATA", "354")
		c.write(stuffed(plainMail) + "\r\n.\r\n")
		<-entered
		waiting = append(waiting, c)
	}
	content := attachment(500000)
	for _, want := range []int32{0, 1} {
		judged.Store(0)
		if got := r.mail(stuffed(content)); got != "250 2.0.0 Ok: queued as 4F2" {
			t.Errorf("got %q", got)
		}
		if got := early.Load(); got != want {
			t.Errorf("%d mails went before their verdict, want %d", got, want)
		}
		if want == 1 {
			break
		}
		close(leave)
		for _, c := range waiting {
			c.expect("250 2.0.0 Ok")
		}
	}
	n := 0
	for _, m := range r.hop.Mails() {
		if withoutTrace(t, m.Content()) == content+"\r\n" {
			n++
		}
	}
	if n != 2 {
		t.Errorf("%d large mails arrived as they were", n)
	}
}

func TestStreamedMailThatMayNotPassNeverArrives(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		change     func(r *rig) string // gives the content
	}{
		{"held", "250 2.0.0 held as", func(r *rig) string { r.house.action = policy.Hold; return "" }},
		{"rejected", "550 5.7.1", func(r *rig) string { r.house.action = policy.Reject; return "" }},
		{"store away", "451", func(r *rig) string {
			r.house.action, r.house.holdErr = policy.Hold, context.DeadlineExceeded
			return ""
		}},
		{"bare LF at its end", "554 5.6.0", func(*rig) string { return attachment(500000) + "\r\nx\ny" }},
		{"bare CR at its end", "554 5.6.0", func(*rig) string { return attachment(500000) + "\r\nx\ry" }},
		{"too large", "552", func(r *rig) string { r.options.MaxSize = 600000; return attachment(700000) }},
		{"goes in circles", "554 5.4.6", func(*rig) string {
			return strings.Repeat("Received: by x\r\n", 101) + attachment(500000)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			content := tt.change(r)
			if content == "" {
				content = attachment(500000)
			}
			r.start()
			c := r.envelope()
			c.say("DATA", "354")
			c.write(stuffed(content) + "\r\n.\r\n")
			c.expect(tt.want)
			if n := len(r.hop.Mails()); n != 0 || !saidDATA(r.hop) {
				t.Errorf("%d mails at the hop; DATA was said: %v", n, saidDATA(r.hop))
			}
			if tt.name == "held" && r.house.held[0] != content+"\r\n" {
				t.Error("held mail is not what came")
			}
			r.house.mu.Lock()
			r.house.action = policy.Pass
			r.house.mu.Unlock()
			c.say("MAIL FROM:<taro@example.co.jp>", "250") // in step, and the next mail goes
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write("x: y\r\n.\r\n")
			c.expect("250 2.0.0 Ok")
		})
	}
}

// sendings notes what is sent before its verdict.
type sendings struct {
	proxy.NextHop
	judged *atomic.Int32
	early  *atomic.Int32
}

func (s sendings) Begin(ctx context.Context, env email.Envelope) (proxy.Transaction, email.Reply, error) {
	txn, reply, err := s.NextHop.Begin(ctx, env)
	if txn == nil {
		return nil, reply, err
	}
	return sending{txn, s}, reply, err
}

type sending struct {
	proxy.Transaction
	s sendings
}

func (s sending) Send(ctx context.Context, content io.Reader, gate func(context.Context) error) (email.Reply, error) {
	if s.s.judged.Load() == 0 {
		s.s.early.Add(1)
	}
	return s.Transaction.Send(ctx, content, gate)
}

// A trusted hop that has taken its last mails is told DATA while a small mail comes
// in. Nothing of the mail goes there before the verdict, a mail that may not pass
// never arrives, and the next one does.
func TestDATAIsSaidWhileASmallMailComesIn(t *testing.T) {
	for _, tt := range []struct {
		action policy.Action
		want   string
	}{{policy.Pass, "250 2.0.0 Ok"}, {policy.Hold, "250 2.0.0 held as"}, {policy.Reject, "550 5.7.1"}} {
		t.Run(tt.action.String(), func(t *testing.T) {
			r := newRig(t)
			var judged, early atomic.Int32
			r.wrap = func(h proxy.NextHop) proxy.NextHop { return sendings{h, &judged, &early} }
			r.house.onJudge = func(context.Context, email.Body) { judged.Add(1) }
			r.start()
			for range 20 {
				judged.Store(0)
				if got := r.mail(plainMail); !strings.HasPrefix(got, "250 2.0.0 Ok") {
					t.Fatalf("got %q", got)
				}
			}
			said := make(chan struct{}, 10)
			r.hop.Script(func(step, _ string) string {
				if step == "DATA" {
					said <- struct{}{}
				}
				return ""
			})
			judged.Store(0)
			r.house.action = tt.action
			c := r.envelope()
			c.say("DATA", "354")
			select {
			case <-said: // the hop has DATA and the client has not begun
			case <-time.After(time.Minute):
				t.Fatal("DATA is not said early")
			}
			c.write(stuffed(plainMail) + "\r\n.\r\n")
			c.expect(tt.want)
			r.house.mu.Lock()
			r.house.action = policy.Pass
			r.house.mu.Unlock()
			before := len(r.hop.Mails())
			c.say("MAIL FROM:<taro@example.co.jp>", "250")
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write("x: y\r\n.\r\n")
			c.expect("250 2.0.0 Ok")
			if n := len(r.hop.Mails()); n != before+1 || before != 20+map[bool]int{true: 1}[tt.action == policy.Pass] {
				t.Errorf("%d mails at the hop, then %d", before, n)
			}
			if n := early.Load(); n != 0 {
				t.Errorf("%d mails went before their verdict", n)
			}
		})
	}
}

// What ends the wait for a mail ends the hop's as well, and the next mail goes.
func TestClientThatVanishesAfterAnEarlyDATA(t *testing.T) {
	r := newRig(t).start()
	for range 20 {
		r.mail(plainMail)
	}
	said := make(chan struct{}, 10)
	r.hop.Script(func(step, _ string) string {
		if step == "DATA" {
			said <- struct{}{}
		}
		return ""
	})
	c := r.envelope()
	c.say("DATA", "354")
	c.write("Subject: x\r\n\r\n")
	<-said
	_ = c.c.Close()
	if got := r.mail(plainMail); !strings.HasPrefix(got, "250") || len(r.hop.Mails()) != 21 {
		t.Errorf("next mail: %q, %d at the hop", got, len(r.hop.Mails()))
	}
}

func TestStreamThatBreaksIsSaidAgainFromTheSpool(t *testing.T) {
	for _, tt := range []struct{ step, answer, want string }{
		{"DATA", hoptest.Drop, "250 2.0.0 Ok"},
		{"DATA", "421 4.3.2 busy", "250 2.0.0 Ok"},
		{"DATA", "554 5.7.1 never", "554 5.7.1 never"},
		{"dot", hoptest.Drop, "451 4.4.2"},
		{"dot", "552 5.2.2 full", "552 5.2.2 full"},
		{"cut", "", "250 2.0.0 Ok"},
	} {
		t.Run(tt.step+" "+tt.answer, func(t *testing.T) {
			r := newRig(t)
			var once atomic.Bool
			r.hop.Answer = func(step, _ string) string {
				if step == tt.step && !once.Swap(true) {
					return tt.answer
				}
				return ""
			}
			r.start()
			content := attachment(400000)
			wire := stuffed(content) + "\r\n.\r\n"
			c := r.envelope()
			c.say("DATA", "354")
			if tt.step == "cut" {
				c.write(wire[:200000])
				wire = wire[200000:]
				if !hoptest.Soon(func() bool { return saidDATA(r.hop) }) {
					t.Fatal("it does not go on")
				}
				r.hop.DropAll()
			}
			c.write(wire)
			c.expect(tt.want)
			want := map[bool]int{true: 1}[tt.want[:3] == "250"]
			if n := len(r.hop.Mails()); n != want {
				t.Fatalf("%d mails", n)
			}
			if want == 1 && withoutTrace(t, r.hop.Mails()[0].Content()) != content+"\r\n" {
				t.Error("mail changed")
			}
		})
	}
}

func TestClientThatVanishesInTheMiddleOfAStream(t *testing.T) {
	r := newRig(t).start()
	c := r.envelope()
	c.say("DATA", "354")
	c.write(attachment(400000))
	if !hoptest.Soon(func() bool { return saidDATA(r.hop) }) {
		t.Fatal("it does not go on")
	}
	_ = c.c.Close()
	if got := r.mail(plainMail); !strings.HasPrefix(got, "250") || len(r.hop.Mails()) != 1 {
		t.Errorf("next mail: %q, %d at the hop", got, len(r.hop.Mails()))
	}
}

// FuzzRawForm checks that the wire form that goes on early is the one that came,
// whatever the pieces, and that no broken line end is in it.
func FuzzRawForm(f *testing.F) {
	for _, s := range []string{"a\r\n.\r\n", ".\r\n", "..a\r\n...\r\n.\r\nNOOP\r\n", "a\rb\r\n.\r\n", "\r\n.\r\r\n.\r\n", "x\n.\r\n", "..\r\n.x\r\n.\r\n"} {
		for _, n := range []uint8{1, 2, 3, 200} {
			f.Add(s, n)
		}
	}
	f.Fuzz(func(t *testing.T, s string, piece uint8) {
		raw, content, used, done, bare, plain := proxy.Frame([]byte(s), int(piece)+1)
		if strings.ContainsAny(strings.ReplaceAll(raw, "\r\n", ""), "\r\n") {
			t.Fatalf("%q: broken line end in %q", s, raw)
		}
		if !done || bare {
			return
		}
		if raw+".\r\n" != s[:used] {
			t.Fatalf("%q: raw form is %q", s[:used], raw)
		}
		unstuffed := strings.ReplaceAll("\r\n"+raw, "\r\n.", "\r\n")[2:]
		if unstuffed != content {
			t.Fatalf("%q: content is %q", s, content)
		}
		if plain && raw != content || !plain && raw == content {
			t.Fatalf("%q: plain is %v", s, plain)
		}
	})
}

func TestManyMailsAtOnceStayApart(t *testing.T) {
	r := newRig(t).start()
	failed := make(chan string, 100)
	for i := range 8 {
		go func() {
			c := r.hello()
			for n := range 10 {
				size := []int{100, 3000, 70000, 300000}[n%4]
				body := bytes.Repeat(fmt.Appendf(nil, ".mail %d of client %d\r\n", n, i), size/25)
				c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nDATA\r\n")
				for _, want := range []string{"250", "250", "354"} {
					if got := c.reply(); !strings.HasPrefix(got, want) {
						failed <- got
						return
					}
				}
				c.write(string(bytes.ReplaceAll(body, []byte(".mail"), []byte("..mail"))) + ".\r\n")
				if got := c.reply(); !strings.HasPrefix(got, "250") {
					failed <- got
					return
				}
			}
			failed <- ""
		}()
	}
	for range 8 {
		if got := <-failed; got != "" {
			t.Fatalf("got %q", got)
		}
	}
	for _, m := range r.hop.Mails() {
		content := withoutTrace(t, m.Content())
		first, _, _ := strings.Cut(content, "\r\n")
		if strings.Count(content, first+"\r\n")*len(first+"\r\n") != len(content) {
			t.Fatalf("%q is mixed with another mail", first)
		}
	}
	if n := len(r.hop.Mails()); n != 80 {
		t.Errorf("%d mails", n)
	}
}
