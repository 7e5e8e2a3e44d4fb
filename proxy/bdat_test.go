package proxy_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// chunking is a rig whose listener and next hop take BDAT.
func chunking(t *testing.T) *rig {
	r := newRig(t)
	r.hop.Extensions = append(r.hop.Extensions, "CHUNKING")
	r.listener.Chunking = true
	return r
}

// chunks says content in pieces of the given sizes, the last one with the rest.
func chunks(content string, sizes ...int) string {
	var b strings.Builder
	for _, n := range sizes {
		fmt.Fprintf(&b, "BDAT %d\r\n%s", n, content[:n])
		content = content[n:]
	}
	fmt.Fprintf(&b, "BDAT %d LAST\r\n%s", len(content), content)
	return b.String()
}

func TestBDAT(t *testing.T) {
	body := "Subject: x\r\n\r\n.a line with a dot\r\n.\r\nMAIL FROM:<x@example.co.jp>\r\n..\r\nend\r\n"
	for _, tt := range []struct {
		name, content string
		sizes         []int
		normalise     bool
		action        policy.Action
		want          string // reply to the last chunk
		arrives       string
	}{
		{"one chunk", body, nil, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", body},
		{"three chunks", body, []int{5, 30}, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", body},
		{"empty chunks", body, []int{0, 10, 0, 0}, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", body},
		{"empty last chunk", body, []int{len(body)}, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", body},
		{"CR and LF in two chunks", body, []int{11}, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", body},
		{"empty mail", "", nil, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", ""},
		{"large", attachment(300_000) + "\r\n", []int{100_000, 1}, false, policy.Pass, "250 2.0.0 Ok: queued as 4F2", attachment(300_000) + "\r\n"},
		{"held", body, []int{20}, false, policy.Hold, "250 2.0.0 held as 01hold", ""},
		{"rejected", body, []int{20}, false, policy.Reject, "550 5.7.1", ""},
		{"no line end", body + "x", []int{20}, false, policy.Pass, "554 5.6.0 Mail that is sent with BDAT must end in CRLF", ""},
		{"last octet CR", body + "x\r", nil, false, policy.Pass, "554 5.6.0 Mail has a bare CR", ""},
		{"last octet LF", body + "x\n", nil, false, policy.Pass, "554 5.6.0 Mail has a bare LF", ""},
		{"bare LF", "Subject: x\n\r\n", nil, false, policy.Pass, "554 5.6.0 Mail has a bare LF", ""},
		{"bare CR", "Subject: x\r\r\n", []int{11}, false, policy.Pass, "554 5.6.0 Mail has a bare CR", ""},
		{"bare LF normalised", "x: y\n\n.\nz\n", []int{5}, true, policy.Pass, "250", "x: y\r\n\r\n.\r\nz\r\n"},
		{"bare CR normalised", "x: y\r\n\r\nz\r", nil, true, policy.Pass, "250", "x: y\r\n\r\nz\r\n"},
	} {
		for _, inRow := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", tt.name, inRow), func(t *testing.T) {
				r := chunking(t)
				r.listener.Normalise = tt.normalise
				r.house.action = tt.action
				r.start()
				c := r.hello()
				envelope := "MAIL FROM:<taro@example.co.jp> BODY=8BITMIME\r\nRCPT TO:<a@partner.example>\r\n"
				if inRow {
					c.write(envelope + chunks(tt.content, tt.sizes...) + "NOOP\r\n")
					c.expect("250")
					c.expect("250")
				} else {
					for _, line := range strings.SplitAfter(envelope, "\r\n")[:2] {
						c.write(line)
						c.expect("250")
					}
					c.write(chunks(tt.content, tt.sizes...) + "NOOP\r\n")
				}
				for _, n := range tt.sizes {
					c.expect(fmt.Sprintf("250 2.0.0 Ok, %d octets received", n))
				}
				c.expect(tt.want)
				c.expect("250") // NOOP: in step
				mails := r.hop.Mails()
				if (len(mails) == 1) != (tt.want[0] == '2' && tt.action == policy.Pass) {
					t.Fatalf("%d mails at the next hop", len(mails))
				}
				if len(mails) == 1 && withoutTrace(t, mails[0].Content()) != tt.arrives {
					t.Errorf("arrives %q", mails[0].Content())
				}
				if tt.action == policy.Hold && (len(r.house.held) != 1 || r.house.held[0] != tt.content) {
					t.Errorf("held %q", r.house.held)
				}
			})
		}
	}
}

// malformed are BDAT commands after which nobody can tell where the chunk ends, or
// which no mail may have; the connection ends.
var malformed = []struct{ line, want string }{
	{"BDAT", "501"}, {"BDAT ", "501"}, {"BDAT LAST", "501"}, {"BDAT LAST X", "501"}, {"BDAT 69 FOO", "501"}, {"BDAT 69 LASTX", "501"},
	{"BDAT 69 LAST LAST", "501"}, {"BDAT 69 LAST 1", "501"}, {"BDAT 69  LAST", "501"}, {"BDAT 69,LAST", "501"}, {"BDAT 0x45", "501"}, {"BDAT +69", "501"},
	{"BDAT -69", "501"}, {"BDAT -0 LAST", "501"}, {"BDAT 6 9", "501"}, {"BDAT 6.9", "501"}, {"BDAT 1e3", "501"}, {"BDAT 69_000", "501"},
	{"BDAT ٦٩", "501"}, {"BDAT ６９ LAST", "501"}, {"BDAT 69\tLAST", "501"}, {"BDAT\t69 LAST", "501"}, {"BDAT 69\x00", "501"}, {"BDAT 69\x00 LAST", "501"},
	{"BDAT 69\r LAST", "501"}, {"BDAT=69 LAST", "501"}, {"BDAT69 LAST", "501"}, {"bdat 69 last;", "501"},
	{"BDAT 99999999999 LAST", "552"}, {"BDAT 9223372036854775808", "552"}, {"BDAT 18446744073709551615 LAST", "552"}, {"BDAT 340282366920938463463374607431768211456", "552"},
}

func TestMalformedBDATEndsTheConnection(t *testing.T) {
	for _, tt := range malformed {
		for _, envelope := range []bool{false, true} {
			t.Run(fmt.Sprintf("%q/%v", tt.line, envelope), func(t *testing.T) {
				r := chunking(t).start()
				c := r.hello()
				if envelope {
					c.say("MAIL FROM:<taro@example.co.jp>", "250")
					c.say("RCPT TO:<a@partner.example>", "250")
				}
				c.write(tt.line + "\r\n" + smuggled + "\r\n.\r\n")
				c.expect(tt.want)
				c.closed()
				if n := len(r.hop.Mails()); n != 0 {
					t.Errorf("%d mails came out of a chunk", n)
				}
			})
		}
	}
}

// TestBDATOutOfPlace: the chunk is read even where it belongs to no mail.
func TestBDATOutOfPlace(t *testing.T) {
	chunk := fmt.Sprintf("BDAT %d LAST\r\n%s", len(smuggled), smuggled)
	part := strings.Replace(chunk, " LAST", "", 1)
	for _, tt := range []struct {
		name string
		says []string
	}{
		{"without a mail", []string{chunk, "503 5.5.1", part, "503", "NOOP\r\n", "250"}},
		{"without a recipient", []string{"MAIL FROM:<taro@example.co.jp>\r\n", "250", chunk, "554 5.5.1", "RCPT TO:<a@partner.example>\r\n", "250"}},
		{"refused recipient", []string{"MAIL FROM:<taro@example.co.jp>\r\n", "250", "RCPT TO:<nobody@partner.example>\r\n", "550", chunk, "554 5.5.1"}},
		{"DATA behind it", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", part, "250", "DATA\r\n", "503 5.5.1", "RSET\r\n", "250"}},
		{"RCPT behind it", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", part, "250", "RCPT TO:<b@partner.example>\r\n", "503"}},
		{"MAIL behind it", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", part, "250", "MAIL FROM:<taro@example.co.jp>\r\n", "503"}},
		{"RSET in the middle", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", part, "250", "RSET\r\n", "250", chunk, "503"}},
		{"EHLO in the middle", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", part, "250", "EHLO x.example\r\n", "250", chunk, "503"}},
		{"a second LAST", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", "BDAT 6 LAST\r\nx: y\r\n", "250", chunk, "503"}},
		{"mail after RSET", []string{"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n", "250", "", "250", part, "250", "RSET\r\n", "250",
			"MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nDATA\r\n", "250", "", "250", "", "354", "x: y\r\n.\r\n", "250"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := chunking(t)
			r.hop.Answer = func(step, arg string) string {
				return map[bool]string{true: "550 5.1.1 no"}[step == "RCPT" && strings.Contains(arg, "nobody")]
			}
			r.start()
			c := r.hello()
			for i := 0; i < len(tt.says); i += 2 {
				c.write(tt.says[i])
				c.expect(tt.says[i+1])
			}
			c.say("NOOP", "250")
			for _, m := range r.hop.Mails() {
				if strings.Contains(m.Content(), "smuggled") || m.From != "taro@example.co.jp" {
					t.Errorf("a chunk was run as commands: %+v", m)
				}
			}
		})
	}
}

// TestBDATOfferAndLimits: BDAT is offered where the next hop has it, and mail that is too large in chunks is
// refused at its end, or cut where it floods.
func TestBDATOfferAndLimits(t *testing.T) {
	r := chunking(t)
	plain := (&hoptest.Hop{Extensions: []string{"PIPELINING"}}).Start(t)
	r.hop.Start(t)
	r.options.MaxSize = 1000
	r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS}}
	r.behindHop()
	c := r.dial()
	c.expect("220")
	if got := c.say("EHLO x.example", "250"); !strings.Contains(got, "CHUNKING") {
		t.Errorf("not offered: %q", got)
	}
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	mail := "x: y\r\n\r\n" + strings.Repeat("z", 1500) + "\r\n"
	c.write(chunks(mail, 900))
	c.expect("250 2.0.0 Ok, 900")
	c.expect("552 5.3.4")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.write("BDAT 2000000 LAST\r\n")
	c.expect("552 5.3.4")
	c.closed()
	c = r.envelope() // each chunk could be one of a mail, all of them could not
	part := "BDAT 600000\r\n" + strings.Repeat("z", 600000)
	c.write(part)
	c.expect("250 2.0.0 Ok, 600000")
	c.try(part)
	c.expect("552 5.3.4")
	c.closed()
	if n := len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}

	old := chunking(t)
	old.hop = plain
	old.behindHop()
	c = old.dial()
	c.expect("220")
	if got := c.say("EHLO x.example", "250"); strings.Contains(got, "CHUNKING") {
		t.Errorf("offered although the next hop has it not: %q", got)
	}
	c.write("BDAT 4 LAST\r\nQUIT")
	c.expect("502 5.5.1")
	c.closed()
}

// TestBDATCutAtEveryPlace ends the connection after each of the first 1,000 octets
// of two mails in chunks: what is not whole is no mail, and what is whole is not
// lost.
func TestBDATCutAtEveryPlace(t *testing.T) {
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 3))
	r := chunking(t).start()
	content := "Subject: x\r\n\r\n" + strings.Repeat("QUIT\r\nRSET\r\nMAIL FROM:<evil@example.co.jp>\r\nRCPT TO:<v@partner.example>\r\n.\r\n", 8)
	envelope := "MAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\n"
	step := 1
	if testing.Short() {
		step = 9
	}
	for cut := 0; cut < 1000; cut += step {
		first := 1 + rnd.IntN(len(content)-1)
		wire := envelope + chunks(content, first)
		whole := len(wire)
		wire += envelope + chunks(content, first/2, first-first/2)
		c := r.hello()
		c.write(wire[:min(cut, len(wire))])
		if half, ok := c.c.(interface{ CloseWrite() error }); !ok || half.CloseWrite() != nil {
			t.Fatal("connection could not be ended")
		}
		for c.reply() != "" {
		}
		want := 0
		if cut >= whole {
			want = 1
		}
		mails := r.hop.TakeMails()
		if len(mails) != want {
			t.Fatalf("cut at %d of %d: %d mails, want %d", cut, whole, len(mails), want)
		}
		for _, m := range mails {
			if m.From != "taro@example.co.jp" || withoutTrace(t, m.Content()) != content {
				t.Fatalf("cut at %d: %+v", cut, m)
			}
		}
	}
}

// TestStalledChunkIsCut: a chunk that does not come ends the connection, and what
// is said later is no command.
func TestStalledChunkIsCut(t *testing.T) {
	r := chunking(t)
	r.options.DataIdleTimeout = 50 * time.Millisecond
	r.start()
	c := r.envelope()
	c.write("BDAT 1000 LAST\r\nSubject: x\r\n")
	c.expect("421 4.4.2")
	c.try(smuggled + "\r\n.\r\n")
	c.closed()
	if n := len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}
