package proxy_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// number is how many rounds a long proof makes: what the environment variable
// says, else def, or a tenth of it with -short.
func number(t *testing.T, name string, def int) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv(name))
	switch {
	case err == nil:
		return n
	case testing.Short():
		return def / 10
	}
	return def
}

// randomMail is a mail that a good client could send: any octets but bare CR and
// LF, lines of all lengths, dots where they hurt.
func randomMail(r *rand.Rand) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: taro@example.co.jp\r\nSubject: %x\r\n\r\n", r.Uint64())
	for range r.IntN(40) {
		switch r.IntN(8) {
		case 0:
			b.WriteString(strings.Repeat(".", r.IntN(5)))
		case 1:
			b.WriteString("QUIT\r\nMAIL FROM:<x@y.example>")
		case 2:
			for range r.IntN(9000) {
				if c := byte(r.IntN(256)); c != '\r' && c != '\n' {
					b.WriteByte(c)
				}
			}
		case 3:
			b.WriteString("個人情報の一覧、" + strings.Repeat("東京都", r.IntN(30)))
		case 4:
			b.Write(bytes.Repeat([]byte{'x'}, []int{0, 1, 997, 998, 999, 1000, 2000, 16383, 16384, 65535, 65536, 100000}[r.IntN(12)]))
		default:
			fmt.Fprintf(&b, ".%d", r.Uint32())
		}
		b.WriteString("\r\n")
	}
	return b.Bytes()
}

// TestRandomCleanMailsArriveOctetByOctet sends SEKISHO_MAILS mails (100,000 in
// the full proof) in random pieces.
func TestRandomCleanMailsArriveOctetByOctet(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 1))
	r := newRig(t)
	r.spoolOpt.Memory, r.spoolOpt.TotalMemory = 100_000, 1<<20 // both ways, memory and file
	r.start()
	c := r.hello()
	for n := range number(t, "SEKISHO_MAILS", 1000) {
		mail := randomMail(rnd)
		c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nDATA\r\n")
		for _, want := range []string{"250", "250", "354"} {
			c.expect(want)
		}
		wire := append(bytes.ReplaceAll(append([]byte("\r\n"), mail...), []byte("\r\n."), []byte("\r\n.."))[2:], ".\r\n"...)
		for len(wire) > 0 {
			k := 1 + rnd.IntN(len(wire))
			c.write(string(wire[:k]))
			wire = wire[k:]
		}
		c.expect("250")
		mails := r.hop.TakeMails()
		if len(mails) != 1 || withoutTrace(t, mails[0].Content()) != string(mail) {
			t.Fatalf("mail %d of seed %d changed, or %d mails", n, seed, len(mails))
		}
		r.house.forget()
		if n%90 == 89 {
			c.say("QUIT", "221")
			c = r.hello()
		}
	}
}

// TestRandomRecipientVectors lets the next hop answer each recipient at random,
// with the client's commands one by one and in a row.
func TestRandomRecipientVectors(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 2))
	for _, onePacket := range []bool{false, true} {
		r := newRig(t)
		r.options.MaxErrors = 1000 // refused recipients are what this is about
		r.hop.Start(t)
		r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS, OnePacket: onePacket}}
		r.behindHop()
		c := r.hello()
		for range number(t, "SEKISHO_VECTORS", 500) / 2 {
			n := 1 + rnd.IntN(12)
			answers, commands := map[string]string{}, "MAIL FROM:<taro@example.co.jp>\r\n"
			var good []string
			for i := range n {
				to := fmt.Sprintf("r%d@partner.example", i)
				answers["TO:<"+to+">"] = []string{"", "", "", "450 4.2.1 later", "550 5.1.1 never", "552 5.2.2 full", "251 2.1.5 elsewhere"}[rnd.IntN(7)]
				if a := answers["TO:<"+to+">"]; a == "" || a[0] == '2' {
					good = append(good, to)
				}
				commands += "RCPT TO:<" + to + ">\r\n"
			}
			r.hop.Script(func(step, arg string) string {
				if step == "DATA" && len(good) == 0 {
					return "554 5.5.1 no valid recipients"
				}
				return map[bool]string{true: answers[arg]}[step == "RCPT"]
			})
			inRow := rnd.IntN(2) == 0
			if inRow {
				c.write(commands)
			}
			for i, line := range strings.SplitAfter(commands, "\r\n")[:n+1] {
				if !inRow {
					c.write(line)
				}
				want := "250"
				if a := answers[strings.TrimSpace(strings.TrimPrefix(line, "RCPT "))]; i > 0 && a != "" && !onePacket {
					want = a
				}
				c.expect(want)
			}
			if len(good) == 0 && !onePacket {
				c.say("DATA", "554")
				c.say("RSET", "250")
				continue
			}
			c.say("DATA", "354")
			c.write("x: y\r\n.\r\n")
			reply := c.reply()
			mails := r.hop.TakeMails()
			switch {
			case len(good) == n, !onePacket:
				if !strings.HasPrefix(reply, "250 2.0.0 Ok") || len(mails) != 1 || strings.Join(mails[0].To, " ") != strings.Join(good, " ") {
					t.Fatalf("seed %d: %q for %v, mails %v", seed, reply, good, mails)
				}
			case len(good) == 0:
				if reply[0] != '4' && reply[0] != '5' || len(mails) > 0 {
					t.Fatalf("seed %d: %q, %d mails", seed, reply, len(mails))
				}
			default: // some are refused, and the client has been told that all are taken
				if !strings.HasPrefix(reply, "250 2.0.0 queued as") || len(mails) > 0 || len(r.house.heldEnv[0].Recipients) != n {
					t.Fatalf("seed %d: %q, %d mails", seed, reply, len(mails))
				}
			}
			r.house.forget()
		}
	}
}

// sink starts Postfix's smtp-sink with the given options.
func sink(t *testing.T, options ...string) string {
	t.Helper()
	path, err := exec.LookPath("smtp-sink")
	if err != nil {
		path = "/usr/sbin/smtp-sink"
	}
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("smtp-sink is missing")
		}
		t.Skip("skipped: needs smtp-sink (apt-get install postfix)")
	}
	addr := hoptest.FreeAddr(t)
	if os.Getuid() == 0 {
		options = append(options, "-u", "nobody")
	}
	cmd := exec.Command(path, append(options, addr, "100")...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	if !hoptest.Listens(addr) {
		t.Fatal("smtp-sink does not listen")
	}
	return addr
}

// TestSinkWithFaults has a foreign server misbehave at each step.
func TestSinkWithFaults(t *testing.T) {
	for _, tt := range []struct {
		options []string
		want    string // of the dialogue's last reply
	}{
		{nil, "250 2.0.0 Ok"},
		{[]string{"-p"}, "250 2.0.0 Ok"},            // no PIPELINING
		{[]string{"-8"}, "250 2.0.0 Ok"},            // no 8BITMIME
		{[]string{"-e"}, "250 2.0.0 Ok"},            // no ESMTP
		{[]string{"-w", "1"}, "250 2.0.0 Ok"},       // delays
		{[]string{"-f", "connect"}, "451 4.4.1"},    // 5xx to ...
		{[]string{"-f", "ehlo"}, "250 2.0.0 Ok"},    // HELO helps
		{[]string{"-f", "helo,ehlo"}, "451 4.4.1"},  //
		{[]string{"-f", "mail"}, "500 5.3.0 Error"}, //
		{[]string{"-f", "rcpt"}, "500 5.3.0 Error"}, //
		{[]string{"-f", "data"}, "500 5.3.0 Error"}, //
		{[]string{"-f", "."}, "500 5.3.0 Error"},    //
		{[]string{"-r", "mail"}, "450 4.3.0 Error"}, // 4xx to ...
		{[]string{"-r", "rcpt"}, "450 4.3.0 Error"}, //
		{[]string{"-r", "data"}, "450 4.3.0 Error"}, //
		{[]string{"-r", "."}, "450 4.3.0 Error"},    //
		{[]string{"-q", "connect"}, "451 4.4.1"},    // hangs up at ...
		{[]string{"-q", "helo,ehlo"}, "451 4.4.1"},  //
		{[]string{"-q", "mail"}, "451 4.4.1"},       //
		{[]string{"-q", "rcpt"}, "451 4.4.1"},       //
		{[]string{"-q", "data"}, "451 4.4.1"},       //
		{[]string{"-q", "."}, "451 4.4.2"},          // the answer is lost
	} {
		t.Run(strings.Join(tt.options, " "), func(t *testing.T) {
			t.Parallel()
			addr := sink(t, tt.options...)
			for _, size := range []int{100, 300_000} {
				r := newRig(t)
				r.relayOpt.Hops = []relay.Hop{{Address: addr, TLS: relay.NoTLS, Trusted: true}}
				r.behindHop()
				c := r.hello()
				got := ""
				for _, line := range []string{"MAIL FROM:<taro@example.co.jp>", "RCPT TO:<a@partner.example>", "DATA", attachment(size) + "\r\n."} {
					c.write(line + "\r\n")
					if got = c.reply(); got == "" || got[0] > '3' {
						break
					}
				}
				if !strings.HasPrefix(got, tt.want) {
					t.Errorf("%d octets: got %q, want %q", size, got, tt.want)
				}
				c.say("RSET", "250") // in step
			}
		})
	}
}

// TestNothingIsLeftBehindAfterManyMails is the soak: SEKISHO_SOAK mails (100,000
// in the full proof), then everything is as before.
func TestNothingIsLeftBehindAfterManyMails(t *testing.T) {
	r := newRig(t).start()
	if got := r.mail(plainMail); !strings.HasPrefix(got, "250") {
		t.Fatal(got)
	}
	base := runtime.NumGoroutine()
	done := make(chan string)
	total := number(t, "SEKISHO_SOAK", 2000)
	for i := range 8 {
		go func() {
			for n := range total / 8 {
				c := r.hello()
				c.write("MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nDATA\r\n")
				for _, want := range []string{"250", "250", "354"} {
					if got := c.reply(); !strings.HasPrefix(got, want) {
						done <- got
						return
					}
				}
				switch (n + i) % 4 {
				case 0: // vanishes inside the mail
					c.write(attachment(80_000))
				case 1:
					c.write(attachment(80_000) + "\r\n.\r\n")
					c.reply()
				default:
					c.write("x: y\r\n.\r\n")
					c.reply()
				}
				_ = c.c.Close()
				if n%100 == 0 {
					r.hop.TakeMails()
					r.house.forget()
				}
			}
			done <- ""
		}()
	}
	for range 8 {
		if got := <-done; got != "" {
			t.Error(got)
		}
	}
	r.relay.Close()
	if !hoptest.Soon(func() bool { return runtime.NumGoroutine() <= base }) {
		buf := make([]byte, 1<<20)
		t.Errorf("%d goroutines, %d before\n%s", runtime.NumGoroutine(), base, buf[:runtime.Stack(buf, true)])
	}
}
