package proxy_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// attachment is a mail of n octets of base64 lines, some starting with a dot.
func attachment(n int) string {
	var b strings.Builder
	b.WriteString("Subject: large\r\n\r\n")
	for i := 0; b.Len() < n; i++ {
		fmt.Fprintf(&b, "%08d%s\r\n", i, strings.Repeat("QUJD", 17))
		if i%1000 == 0 {
			b.WriteString(".dot\r\n..\r\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\r\n")
}

func TestLargeMailGoesThroughASealedFile(t *testing.T) {
	content := attachment(25 << 20)
	for _, action := range []policy.Action{policy.Pass, policy.Hold} {
		t.Run(action.String(), func(t *testing.T) {
			r := newRig(t)
			r.house.action = action
			files := 0
			r.house.onJudge = func(context.Context, email.Body) {
				names, _ := filepath.Glob(filepath.Join(r.dir, "*.spool"))
				files = len(names)
				for _, name := range names {
					if raw, _ := os.ReadFile(name); bytes.Contains(raw, []byte("QUJDQUJD")) {
						t.Error("spool file is readable")
					}
				}
			}
			r.start()
			if got := r.mail(stuffed(content)); !strings.HasPrefix(got, "250") {
				t.Fatalf("got %q", got)
			}
			if files != 1 {
				t.Errorf("%d spool files while judging, want 1", files)
			}
			if action == policy.Hold {
				if r.house.held[0] != content+"\r\n" || !r.house.files[0] {
					t.Error("held mail is not what came, or no file to take over")
				}
				return
			}
			if got := withoutTrace(t, r.hop.Mails()[0].Content()); got != content+"\r\n" {
				t.Error("mail changed")
			}
		})
	}
}

func TestSizeLimit(t *testing.T) {
	r := newRig(t)
	r.options.MaxSize = 10000
	r.start()
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp> SIZE=10001", "552 5.3.4")
	c.say("MAIL FROM:<taro@example.co.jp> SIZE=10000", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write(strings.Repeat("x", 9998) + "\r\n.\r\n") // just fits
	c.expect("250")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write(strings.Repeat("x", 9999) + "\r\n.\r\n") // does not
	c.expect("552 5.3.4")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write(strings.Repeat("x", 500000) + "\r\n.\r\n") // far from it, and read to its end
	c.expect("552 5.3.4")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	go func() { _, _ = io.Copy(c.c, io.LimitReader(zeros{}, 64<<20)) }() // never ends
	c.expect("552 5.3.4")
	if n := len(r.hop.Mails()); n != 1 {
		t.Errorf("%d mails, want the one that fits", n)
	}
}

// TestSizeThatTheHopAnnounces: what EHLO has told of the hop's limit holds for MAIL and
// for the mail itself, so that nothing is held that the hop could never take.
func TestSizeThatTheHopAnnounces(t *testing.T) {
	r := newRig(t)
	r.hop.Extensions = []string{"SIZE 5000"}
	r.house.action = policy.Hold
	r.start()
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp> SIZE=5001", "552 5.3.4")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write(strings.Repeat("x", 4999) + "\r\n.\r\n")
	c.expect("552 5.3.4")
	c.say("MAIL FROM:<taro@example.co.jp> SIZE=5000", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write(strings.Repeat("x", 4998) + "\r\n.\r\n")
	c.expect("250 2.0.0 held as")
	if n := len(r.house.heldEnv); n != 1 {
		t.Errorf("%d mails are held, want the one that fits", n)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestFullSpoolIs452AfterTheWholeMail(t *testing.T) {
	r := newRig(t)
	r.spoolOpt.Memory, r.spoolOpt.TotalDisk = 1000, 100000
	r.start()
	c := r.envelope()
	c.say("DATA", "354")
	c.write(attachment(300000) + "\r\n.\r\n")
	c.expect("452 4.3.1")
	c.say("NOOP", "250") // in step
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write(attachment(50000) + "\r\n.\r\n") // the room was given back
	c.expect("250")
}

func TestConnectionLimits(t *testing.T) {
	for _, per := range []string{"all", "ip"} {
		t.Run(per, func(t *testing.T) {
			r := newRig(t)
			if per == "all" {
				r.options.MaxConnections = 2
			} else {
				r.options.MaxPerIP = 2
			}
			r.start()
			a, b := r.hello(), r.hello()
			c := r.dial()
			c.expect("421 4.7.0")
			c.closed()
			a.say("QUIT", "221")
			a.closed()
			b.say("NOOP", "250")
			// The place is free once the server has seen a's end.
			if !hoptest.Soon(func() bool {
				c := r.dial()
				defer c.c.Close()
				return strings.HasPrefix(c.reply(), "220")
			}) {
				t.Error("no place after a connection has ended")
			}
		})
	}
}

func TestCommandBudget(t *testing.T) {
	t.Run("commands", func(t *testing.T) {
		r := newRig(t)
		r.options.MaxCommands = 50
		r.start()
		c := r.hello()
		go c.try(strings.Repeat("NOOP\r\n", 20000))
		n := 0
		for got := c.reply(); strings.HasPrefix(got, "250"); got = c.reply() {
			n++
		}
		if n > 50 {
			t.Errorf("%d commands answered", n)
		}
	})
	t.Run("a completed mail renews it", func(t *testing.T) {
		r := newRig(t)
		r.options.MaxCommands = 5
		r.start()
		c := r.hello()
		for range 4 {
			c.say("MAIL FROM:<taro@example.co.jp>", "250")
			c.say("RCPT TO:<a@partner.example>", "250")
			c.say("DATA", "354")
			c.write("x: y\r\n\r\nz\r\n.\r\n")
			c.expect("250")
		}
	})
	t.Run("errors", func(t *testing.T) {
		r := newRig(t)
		r.options.MaxErrors = 3
		r.start()
		c := r.hello()
		for range 3 {
			c.say("WHAT", "500")
		}
		c.say("WHAT", "421 4.7.0")
		c.closed()
	})
	for _, tt := range []struct {
		name    string
		refused []int // recipients of one mail after the other, each of which is given up
		taken   bool  // the last mail has one that is taken, and is completed
		want    string
	}{
		{"all recipients of a mail", []int{90}, true, "250"},
		{"of a mail that is given up", []int{4, 0}, false, "421 4.7.0"},
		{"of mails that are given up", []int{1, 1, 1, 1, 0}, false, "421 4.7.0"},
		{"few of mails that are given up", []int{1, 1, 1, 0}, false, "250"},
		{"more than a mail may have", []int{103}, true, "250"},
		{"many more", []int{104}, true, "421 4.7.0"},
	} {
		t.Run("recipients refused: "+tt.name, func(t *testing.T) {
			r := newRig(t)
			r.options.MaxErrors, r.options.MaxRecipients = 3, 100
			r.hop.Answer = func(step, arg string) string {
				if step == "RCPT" && strings.Contains(arg, "gone") {
					return "550 5.1.1 User unknown"
				}
				return ""
			}
			r.start()
			c := r.hello()
			for i, n := range tt.refused {
				if i > 0 {
					c.say("RSET", "250")
				}
				if i == len(tt.refused)-1 && !tt.taken {
					c.say("MAIL FROM:<taro@example.co.jp>", tt.want)
					return
				}
				c.say("MAIL FROM:<taro@example.co.jp>", "250")
				for range n {
					c.say("RCPT TO:<gone@partner.example>", "550 5.1.1")
				}
			}
			c.say("RCPT TO:<a@partner.example>", tt.want)
			if tt.want != "250" {
				c.closed()
				return
			}
			c.say("DATA", "354")
			c.write("x: y\r\n\r\nz\r\n.\r\n")
			c.expect("250")
			for range 5 { // what was refused before is forgotten with the mail
				c.say("RSET", "250")
			}
		})
	}
	t.Run("web client", func(t *testing.T) {
		r := newRig(t).start()
		c := r.dial()
		c.expect("220")
		c.write("POST / HTTP/1.1\r\nHost: x\r\n\r\nEHLO a\r\nMAIL FROM:<taro@example.co.jp>\r\n")
		c.expect("421")
		c.closed()
	})
	t.Run("endless line", func(t *testing.T) {
		r := newRig(t).start()
		c := r.dial()
		c.expect("220")
		go func() { _, _ = io.Copy(c.c, io.LimitReader(zeros{}, 1<<20)) }()
		c.expect("500 5.5.2")
		c.closed()
	})
	t.Run("recipients", func(t *testing.T) {
		r := newRig(t)
		r.options.MaxRecipients = 2
		r.start()
		c := r.envelope()
		c.say("RCPT TO:<b@partner.example>", "250")
		c.say("RCPT TO:<c@partner.example>", "452 4.5.3")
	})
}

func TestIdleClientIsTold(t *testing.T) {
	r := newRig(t)
	r.options.IdleTimeout = 20 * time.Millisecond
	r.start()
	c := r.dial()
	c.expect("220")
	c.expect("421 4.4.2")
	c.closed()
}

func TestSecretHeader(t *testing.T) {
	secret := &proxy.Secret{Name: "X-Sekisho-Key", Values: []string{"new value", "old"}}
	tests := []struct{ name, header, want, left string }{
		{"right", "Subject: x\r\nX-Sekisho-Key: new value\r\nTo: a\r\n", "250", "Subject: x\r\nTo: a\r\n"},
		{"while it is changed", "x-sekisho-KEY:\r\n old\r\nSubject: x\r\n", "250", "Subject: x\r\n"},
		{"right and wrong", "X-Sekisho-Key: guess\r\nX-Sekisho-Key: old\r\nSubject: x\r\n", "250", "Subject: x\r\n"},
		{"wrong", "X-Sekisho-Key: guess\r\nSubject: x\r\n", "550 5.7.1", ""},
		{"none", "Subject: x\r\n", "550 5.7.1", ""},
		{"in another field", "Subject: x\r\n X-Sekisho-Key: old\r\n", "550 5.7.1", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			r.listener.Secret = secret
			r.start()
			body := "\r\nX-Sekisho-Key: old\r\nthe body is left alone"
			got := r.mail(tt.header + body)
			if !strings.HasPrefix(got, tt.want) {
				t.Fatalf("got %q, want %q", got, tt.want)
			}
			if tt.left == "" {
				if len(r.house.judged) != 0 {
					t.Error("mail was judged without its secret")
				}
				return
			}
			if got := withoutTrace(t, r.hop.Mails()[0].Content()); got != tt.left+body+"\r\n" {
				t.Errorf("next hop got %q", got)
			}
			if r.house.bodies[0] != tt.left+body+"\r\n" {
				t.Errorf("judged was %q", r.house.bodies[0])
			}
		})
	}
}

func TestShutdownSays421AndFinishesDATA(t *testing.T) {
	r := newRig(t).start()
	idle, busy := r.hello(), r.envelope()
	busy.say("DATA", "354")
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		done <- r.srv.Shutdown(ctx)
	}()
	idle.expect("421 4.3.2")
	idle.closed()
	busy.write(plainMail + "\r\n.\r\n")
	busy.expect("250 2.0.0 Ok")
	busy.expect("421 4.3.2")
	if err := <-done; err != nil {
		t.Errorf("shutdown: %v", err)
	}
	if n := len(r.hop.Mails()); n != 1 {
		t.Errorf("%d mails, want 1", n)
	}
}

func TestShutdownDeadlineCutsWhatIsLeft(t *testing.T) {
	r := newRig(t).start()
	c := r.envelope()
	c.say("DATA", "354")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if err := r.srv.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	c.closed()
	if n := len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// TestShutdownAnswersForAHopThatHangs: a client that waits for the next hop's answer
// hears that it should come again (RFC 5321 section 3.8).
func TestShutdownAnswersForAHopThatHangs(t *testing.T) {
	for _, step := range []string{"RCPT", "dot"} {
		t.Run(step, func(t *testing.T) {
			asked := make(chan struct{})
			r := newRig(t)
			r.hop.Answer = func(at, _ string) string {
				if at != step {
					return ""
				}
				close(asked)
				return hoptest.Hang
			}
			r.hop.Start(t)
			r.behindHop()
			c := r.hello()
			c.say("MAIL FROM:<taro@example.co.jp>", "250")
			c.write("RCPT TO:<a@partner.example>\r\n")
			if step == "dot" {
				c.expect("250")
				c.say("DATA", "354")
				c.write("x: y\r\n.\r\n")
			}
			<-asked
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_ = r.srv.Shutdown(ctx)
			c.expect("4")
		})
	}
}

// TestShutdownLeavesAMailAloneThatIsJudged: what is cut is the connection; the mail
// in hand stays whole until its own goroutine lets it go.
func TestShutdownLeavesAMailAloneThatIsJudged(t *testing.T) {
	r := newRig(t)
	r.spoolOpt.Memory = 1000
	judging, goOn := make(chan struct{}), make(chan struct{})
	r.house.onJudge = func(context.Context, email.Body) {
		close(judging)
		<-goOn
	}
	r.start()
	content := attachment(100000)
	c := r.envelope()
	c.say("DATA", "354")
	c.write(stuffed(content) + "\r\n.\r\n")
	<-judging
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	done := make(chan error, 1)
	go func() { done <- r.srv.Shutdown(ctx) }()
	c.closed()
	close(goOn)
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("shutdown: %v", err)
	}
	r.house.mu.Lock()
	defer r.house.mu.Unlock()
	if len(r.house.bodies) != 1 || r.house.bodies[0] != content+"\r\n" || len(r.house.judged[0].Recipients) != 1 {
		t.Error("the mail changed while it was judged")
	}
}

// TestServeAndShutdownAtOnce: a listener that comes late is closed, not forgotten.
func TestServeAndShutdownAtOnce(t *testing.T) {
	for range 5 {
		r := newRig(t).start()
		var lns []net.Listener
		var served sync.WaitGroup
		for range 4 {
			ln, err := r.listen()
			if err != nil {
				t.Fatal(err)
			}
			lns = append(lns, ln)
			served.Go(func() {
				if err := r.srv.Serve(ln, r.listener); err != nil && !errors.Is(err, proxy.ErrClosed) {
					t.Errorf("serve: %v", err)
				}
			})
		}
		if err := r.srv.Shutdown(t.Context()); err != nil {
			t.Errorf("shutdown: %v", err)
		}
		served.Wait()
		late, err := r.listen()
		if err != nil {
			t.Fatal(err)
		}
		if err := r.srv.Serve(late, r.listener); !errors.Is(err, proxy.ErrClosed) {
			t.Errorf("serve after shutdown: %v", err)
		}
		for _, ln := range append(lns, late) {
			if c, err := net.Dial("tcp", ln.Addr().String()); err == nil {
				_ = c.Close()
				t.Error("a listener is open after shutdown")
			}
		}
	}
}

func TestMetricsCountEndings(t *testing.T) {
	r := newRig(t).start()
	r.mail(plainMail)
	r.mail("Subject: x\n")
	if got := r.counted("sekisho_mails_total"); len(got) != 2 || got["passed"] != 1 || got["refused"] != 1 {
		t.Errorf("got %v", got)
	}
}
