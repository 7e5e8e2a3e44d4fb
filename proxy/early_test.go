package proxy_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// steadyRig is a guard whose trusted hop has taken twenty mails, so that it is told
// DATA early from now on; each DATA is told to said.
func steadyRig(t *testing.T) (r *rig, said chan struct{}) {
	t.Helper()
	r = chunking(t).start()
	for range 20 {
		if got := r.mail(plainMail); !strings.HasPrefix(got, "250 2.0.0 Ok") {
			t.Fatalf("got %q", got)
		}
	}
	said = make(chan struct{}, 10)
	r.hop.Script(func(step, _ string) string {
		if step == "DATA" {
			said <- struct{}{}
		}
		return ""
	})
	return r, said
}

// early waits until the hop has DATA.
func early(t *testing.T, said <-chan struct{}) {
	t.Helper()
	select {
	case <-said:
	case <-time.After(time.Minute):
		t.Fatal("DATA is not said early")
	}
}

// broken waits until the hop has seen n mails break off, and checks that nothing of
// them had come.
func (r *rig) broken(n int) {
	r.t.Helper()
	for begin := time.Now(); len(r.hop.Broken()) < n && time.Since(begin) < time.Minute; {
		time.Sleep(time.Millisecond)
	}
	if got := r.hop.Broken(); len(got) != n || strings.Join(got, "") != "" {
		r.t.Errorf("the hop has seen %d mails break off, with %q; want %d with nothing", len(got), got, n)
	}
}

// A mail in chunks is told of early as one in DATA is. Nothing of it goes to the
// hop before the verdict, and what ends it ends the hop's wait.
func TestDATAIsSaidWhileChunksComeIn(t *testing.T) {
	const first, rest = "BDAT 4\r\nx: y", "BDAT 2 LAST\r\n\r\n"
	for _, tt := range []struct {
		name, say, want string
		action          policy.Action
		arrives         bool
	}{
		{"passes", rest, "250 2.0.0 Ok", policy.Pass, true},
		{"is held", rest, "250 2.0.0 held as", policy.Hold, false},
		{"is rejected", rest, "550 5.7.1", policy.Reject, false},
		{"is given up", "RSET\r\n", "250", policy.Pass, false},
		{"names another recipient", "RCPT TO:<b@partner.example>\r\n" + rest, "503", policy.Pass, true},
		{"does not end in CRLF", "BDAT 1 LAST\r\nx", "554 5.6.0", policy.Pass, false},
		{"has a chunk without size", "BDAT x\r\n", "501", policy.Pass, false},
		{"is cut", "", "", policy.Pass, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, said := steadyRig(t)
			r.house.action = tt.action
			c := r.envelope()
			c.write(first)
			c.expect("250")
			early(t, said) // and the client has not said the rest
			if tt.say == "" {
				_ = c.c.Close()
			} else {
				c.write(tt.say)
				c.expect(tt.want)
			}
			if tt.arrives && strings.HasPrefix(tt.want, "503") {
				c.expect("250 2.0.0 Ok")
			}
			if !tt.arrives {
				r.broken(1)
			}
			r.house.mu.Lock()
			r.house.action = policy.Pass
			r.house.mu.Unlock()
			if got := r.mail(plainMail); !strings.HasPrefix(got, "250 2.0.0 Ok") {
				t.Errorf("next mail: %q", got)
			}
			mails := r.hop.Mails()
			if n := len(mails); n != 21+map[bool]int{true: 1}[tt.arrives] {
				t.Errorf("%d mails at the hop", n)
			}
			if got := withoutTrace(t, mails[20].Content()); tt.arrives && (got != "x: y\r\n" || len(mails[20].To) != 1) {
				t.Errorf("%q to %q arrived", got, mails[20].To)
			}
		})
	}
}

// A server that is shut down lets the mail in hand go on where the hop waits for it
// already, and leaves nothing of it behind where it must be cut.
func TestShutdownWithAnEarlyDATA(t *testing.T) {
	for _, tt := range []struct {
		name, begin, end, want string
		patient                bool
		mails                  int
	}{
		{"the mail goes on", "DATA\r\n", plainMail + "\r\n.\r\n", "250 2.0.0 Ok", true, 21},
		{"the mail is cut", "DATA\r\n", "", "", false, 20},
		{"between chunks", "BDAT 4\r\nx: y", "", "421 4.3.2", true, 20},
		{"inside a chunk", "BDAT 9 LAST\r\nx: y", "\r\na\r\n", "250 2.0.0 Ok", true, 21},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, said := steadyRig(t)
			c := r.envelope()
			c.write(tt.begin)
			if tt.begin == "DATA\r\n" {
				c.expect("354")
			}
			if tt.name == "between chunks" {
				c.expect("250")
			}
			early(t, said)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if !tt.patient {
				cancel()
			}
			idle := r.hello()
			done := make(chan error, 1)
			go func() { done <- r.srv.Shutdown(ctx) }()
			if tt.patient {
				idle.expect("421 4.3.2") // it is on its way
			}
			c.write(tt.end)
			if tt.want != "" {
				c.expect(tt.want)
			}
			if err := <-done; (err == nil) != tt.patient || !tt.patient && !errors.Is(err, context.Canceled) {
				t.Errorf("shutdown: %v", err)
			}
			if n := len(r.hop.Mails()); n != tt.mails {
				t.Errorf("%d mails at the hop", n)
			}
			r.broken(21 - tt.mails)
		})
	}
}
