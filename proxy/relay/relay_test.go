package relay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

var _ proxy.NextHop = (*Relay)(nil)

func newRelay(t *testing.T, o Options, hops ...Hop) *Relay {
	t.Helper()
	o.Hops, o.Host = hops, "guard.example.co.jp"
	r, err := New(o, Deps{Dial: (&net.Dialer{}).DialContext, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func noTLS(h *hoptest.Hop) Hop { return Hop{Address: h.Addr, TLS: NoTLS} }

func envelope(to ...string) email.Envelope {
	env := email.Envelope{ID: "01x", Sender: email.MustAddress("taro@example.co.jp")}
	for _, a := range to {
		env.Recipients = append(env.Recipients, email.Recipient{Address: email.MustAddress(a)})
	}
	return env
}

const trace = "Received: by guard\r\n"

func send(t *testing.T, r *Relay, content string, env email.Envelope) ([]email.Reply, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return r.Send(ctx, env, email.BytesBody([]byte(content)), []byte(trace), nil)
}

func TestSend(t *testing.T) {
	tests := []struct{ name, content, wire string }{
		{"plain", "Subject: x\r\n\r\nbody\r\n", "Subject: x\r\n\r\nbody\r\n"},
		{"dots", ".a\r\n..\r\n.\r\na.\r\n", "..a\r\n...\r\n..\r\na.\r\n"},
		{"no line end at the end", "a\r\nb", "a\r\nb\r\n"},
		{"dot at the end", "a\r\n.", "a\r\n..\r\n"},
		{"empty", "", ""},
		{"large", strings.Repeat(".個人情報\r\n", 50000), strings.Repeat("..個人情報\r\n", 50000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := (&hoptest.Hop{}).Start(t)
			replies, err := send(t, newRelay(t, Options{}, noTLS(h)), tt.content, envelope("a@partner.example"))
			if err != nil || len(replies) != 1 || replies[0].String() != "250 2.0.0 Ok: queued as 4F2" {
				t.Fatalf("got %v, %v", replies, err)
			}
			if got := string(h.Mails()[0].Wire); got != trace+tt.wire {
				t.Errorf("on the wire: %.100q", got)
			}
		})
	}
}

func TestNoBareLineEndLeaves(t *testing.T) {
	for _, content := range []string{"a\nb\r\n", "a\rb\r\n", "a\r\r\n", "a\r", "\n", "a\r\n\n.\r\n", "x\r\n.\r\r\n"} {
		h := (&hoptest.Hop{}).Start(t)
		_, err := send(t, newRelay(t, Options{}, noTLS(h)), content, envelope("a@partner.example"))
		if !errors.Is(err, ErrBareLineEnd) {
			t.Errorf("%q: got %v", content, err)
		}
		if n := len(h.Mails()); n != 0 {
			t.Errorf("%q: %d mails", content, n)
		}
	}
}

func FuzzWire(f *testing.F) {
	for _, s := range []string{"", ".", "..\r\n", "a\r\n.b\r\n", "a\rb", "\n", "a\r\n\r\n.\r\n", "\r"} {
		f.Add(s, uint8(3), uint8(5))
	}
	f.Fuzz(func(t *testing.T, content string, piece, block uint8) {
		var out strings.Builder
		w := &wire{w: &out, buf: make([]byte, 0, int(block)+5), in: make([]byte, int(piece)+1)}
		_, err := w.ReadFrom(strings.NewReader(content))
		if err == nil {
			err = w.end()
		}
		if bare := strings.ContainsAny(strings.ReplaceAll(content, "\r\n", ""), "\r\n"); bare != (err != nil) {
			t.Fatalf("%q: error %v", content, err)
		}
		if strings.HasSuffix("\r\n"+out.String(), "\r\n.\r\n") {
			t.Fatalf("%q: the final dot is out before its time: %q", content, out.String())
		}
		if err != nil {
			return
		}
		if _, err := w.flush(); err != nil {
			t.Fatal(err)
		}
		want := strings.ReplaceAll("\r\n"+content, "\r\n.", "\r\n..")
		if !strings.HasSuffix(want, "\r\n") {
			want += "\r\n"
		}
		if got := "\r\n" + out.String(); got != want+".\r\n" {
			t.Fatalf("%q: on the wire %q, want %q", content, got, want+".\r\n")
		}
	})
}

func TestOneReplyPerRecipient(t *testing.T) {
	for vector := range 27 { // each of three recipients: accepted, 450, 550
		h := &hoptest.Hop{}
		h.Answer = func(step, arg string) string {
			if step != "RCPT" {
				return ""
			}
			i := int(arg[4] - '0')
			switch vector / []int{1, 3, 9}[i] % 3 {
			case 1:
				return fmt.Sprintf("450 4.2.1 later %d", i)
			case 2:
				return fmt.Sprintf("550-5.1.1 no %d\r\n550 5.1.1 never", i)
			}
			return ""
		}
		h.Start(t)
		replies, err := send(t, newRelay(t, Options{}, noTLS(h)), "x: y\r\n", envelope("0@p.example", "1@p.example", "2@p.example"))
		if err != nil {
			t.Fatal(err)
		}
		var to []string
		for i, r := range replies {
			want := "250 2.0.0 Ok: queued as 4F2"
			switch vector / []int{1, 3, 9}[i] % 3 {
			case 0:
				to = append(to, fmt.Sprintf("%d@p.example", i))
			case 1:
				want = fmt.Sprintf("450 4.2.1 later %d", i)
			case 2:
				want = fmt.Sprintf("550 5.1.1 no %d / 5.1.1 never", i)
			}
			if r.String() != want {
				t.Errorf("vector %d: recipient %d got %q, want %q", vector, i, r, want)
			}
		}
		mails := h.Mails()
		if len(mails) != min(1, len(to)) || len(to) > 0 && strings.Join(mails[0].To, " ") != strings.Join(to, " ") {
			t.Errorf("vector %d: mails %+v", vector, mails)
		}
	}
}

func TestFaultsAtEachStep(t *testing.T) {
	tests := []struct {
		step, answer string
		reply        string // of the one recipient; "" is an error
		unknown      bool
	}{
		{"connect", hoptest.Drop, "", false},
		{"connect", "421 busy", "", false},
		{"connect", "554 go away", "", false},
		{"EHLO", hoptest.Drop, "", false},
		{"EHLO", "421 busy", "", false},
		{"EHLO", "250-not\r\n251 consistent", "", false},
		{"EHLO", "what", "", false},
		{"MAIL", hoptest.Drop, "", false},
		{"MAIL", "421 4.3.2 busy", "", false},
		{"MAIL", "550 5.7.1 not you", "550 5.7.1 not you", false},
		{"MAIL", "451 4.3.0 later", "451 4.3.0 later", false},
		{"RCPT", hoptest.Drop, "", false},
		{"RCPT", "421 4.3.2 busy", "", false},
		{"DATA", hoptest.Drop, "", false},
		{"DATA", "421 4.3.2 busy", "", false},
		{"DATA", "451 4.3.0 later", "451 4.3.0 later", false},
		{"DATA", "554 5.5.1 no", "554 5.5.1 no", false},
		{"dot", hoptest.Drop, "", true},
		{"dot", "garbage", "", true},
		{"dot", "451 4.3.0 later", "451 4.3.0 later", false},
		{"dot", "550 5.7.1 spam", "550 5.7.1 spam", false},
		{"dot", "421 4.3.2 closing", "421 4.3.2 closing", false},
		{"RSET", hoptest.Drop, "250 2.0.0 Ok: queued as 4F2", false},
		{"QUIT", hoptest.Drop, "250 2.0.0 Ok: queued as 4F2", false},
	}
	for _, tt := range tests {
		t.Run(tt.step+" "+tt.answer, func(t *testing.T) {
			h := &hoptest.Hop{Answer: func(step, _ string) string {
				if step == tt.step {
					return tt.answer
				}
				return ""
			}}
			h.Start(t)
			replies, err := send(t, newRelay(t, Options{}, noTLS(h)), "x: y\r\n", envelope("a@p.example"))
			switch {
			case tt.reply == "":
				if err == nil || errors.Is(err, email.ErrOutcomeUnknown) != tt.unknown {
					t.Errorf("got %v, %v; outcome unknown should be %v", replies, err, tt.unknown)
				}
				if !email.IsTemporary(err) {
					t.Errorf("%v is permanent", err)
				}
			case err != nil || replies[0].String() != tt.reply:
				t.Errorf("got %v, %v, want %q", replies, err, tt.reply)
			}
		})
	}
}

// TestFarewellIsTold: whoever hears that the next hop takes its leave hears why, and
// another hop is asked first.
func TestFarewellIsTold(t *testing.T) {
	const words = "421 4.7.0 Too many mails from you, slow down"
	for _, step := range []string{"MAIL", "RCPT", "DATA"} {
		h := (&hoptest.Hop{Answer: func(s, _ string) string {
			if s == step {
				return words
			}
			return ""
		}}).Start(t)
		other := (&hoptest.Hop{}).Start(t)
		_, err := inline(t, newRelay(t, Options{}, noTLS(h)), "a@p.example")
		var fault *email.Fault
		if !errors.As(err, &fault) || fault.Reply.String() != words || !email.IsTemporary(err) {
			t.Errorf("%s: got %v", step, err)
		}
		if reply, err := inline(t, newRelay(t, Options{}, noTLS(h), noTLS(other)), "a@p.example"); step == "MAIL" && (err != nil || reply.Code != 250) {
			t.Errorf("%s: with another hop: %v, %v", step, reply, err)
		}
	}
}

// TestAnswerThatIsNone: a 354 to MAIL or RCPT is not what was asked for, so nothing
// more is said on that connection.
func TestAnswerThatIsNone(t *testing.T) {
	for _, step := range []string{"MAIL", "RCPT"} {
		h := (&hoptest.Hop{Answer: func(s, _ string) string {
			if s == step {
				return "354 Go on"
			}
			return ""
		}}).Start(t)
		_, err := inline(t, newRelay(t, Options{}, noTLS(h)), "a@p.example")
		if !errors.Is(err, errReply) || len(h.Mails()) != 0 {
			t.Errorf("%s: got %v, %d mails", step, err, len(h.Mails()))
		}
	}
}

func TestDATAAnsweredWith250IsNoDelivery(t *testing.T) {
	h := &hoptest.Hop{Answer: func(step, _ string) string {
		if step == "DATA" {
			return "250 2.0.0 what"
		}
		return ""
	}}
	h.Start(t)
	if _, err := send(t, newRelay(t, Options{}, noTLS(h)), "x: y\r\n", envelope("a@p.example")); err == nil {
		t.Error("a 250 to DATA passes for a delivery")
	}
}

func TestErrorsDoNotTellAddresses(t *testing.T) {
	for _, step := range []string{"connect", "EHLO", "RCPT", "DATA"} {
		h := &hoptest.Hop{Answer: func(s, _ string) string {
			if s == step {
				return "421 4.3.2 <hanako@partner.example> has trouble"
			}
			return ""
		}}
		h.Start(t)
		_, err := send(t, newRelay(t, Options{}, noTLS(h)), "x: y\r\n", envelope("hanako@partner.example"))
		if err == nil || strings.Contains(err.Error(), "hanako") {
			t.Errorf("%s: %v", step, err)
		}
	}
}

func TestGate(t *testing.T) {
	h := (&hoptest.Hop{}).Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	stop := errors.New("lease is lost")
	_, err := r.Send(context.Background(), envelope("a@p.example"), email.BytesBody([]byte(strings.Repeat("x\r\n", 100000))), nil,
		func(context.Context) error {
			if n := len(h.Mails()); n != 0 {
				t.Errorf("%d mails accepted before the gate", n)
			}
			return stop
		})
	if !errors.Is(err, stop) || errors.Is(err, email.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	h.Stop()
	if n := len(h.Mails()); n != 0 {
		t.Errorf("%d mails went past the gate", n)
	}
}

type brokenBody struct{ email.Body }

func (brokenBody) Open() (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader("x: y\r\n"), iotestErr{})), nil
}

type iotestErr struct{}

func (iotestErr) Read([]byte) (int, error) { return 0, errors.New("disk error") }

func TestBodyThatBreaksIsNotDelivered(t *testing.T) {
	h := (&hoptest.Hop{}).Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	_, err := r.Send(context.Background(), envelope("a@p.example"), brokenBody{email.BytesBody([]byte("x"))}, nil, nil)
	if err == nil || errors.Is(err, email.ErrOutcomeUnknown) {
		t.Errorf("got %v", err)
	}
	h.Stop()
	if n := len(h.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestContextEndsAnyStep(t *testing.T) {
	for _, step := range []string{"connect", "EHLO", "MAIL", "RCPT", "DATA", "dot"} {
		ctx, cancel := context.WithCancel(t.Context())
		h := &hoptest.Hop{Answer: func(s, _ string) string {
			if s == step {
				cancel()
				return hoptest.Hang
			}
			return ""
		}}
		h.Start(t)
		_, err := newRelay(t, Options{}, noTLS(h)).Send(ctx, envelope("a@p.example"), email.BytesBody([]byte("x: y\r\n")), nil, nil)
		cancel()
		if err == nil || errors.Is(err, email.ErrOutcomeUnknown) != (step == "dot") {
			t.Errorf("%s: got %v", step, err)
		}
	}
}

func TestFailover(t *testing.T) {
	dead := Hop{Address: "127.0.0.1:1", TLS: NoTLS}
	busy := &hoptest.Hop{Answer: func(step, _ string) string {
		if step == "connect" {
			return "421 4.3.2 busy"
		}
		return ""
	}}
	busy.Start(t)
	h := (&hoptest.Hop{}).Start(t)
	r := newRelay(t, Options{}, dead, noTLS(busy), noTLS(h))
	for range 2 {
		if _, err := send(t, r, "x: y\r\n", envelope("a@p.example")); err != nil {
			t.Fatal(err)
		}
	}
	if n := busy.Connections(); n != 1 {
		t.Errorf("hop that was down was asked %d times, want once", n)
	}
	if n := len(h.Mails()); n != 2 {
		t.Errorf("%d mails, want 2", n)
	}
	_, err := send(t, newRelay(t, Options{}, dead), "x: y\r\n", envelope("a@p.example"))
	if err == nil || !email.IsTemporary(err) {
		t.Errorf("got %v", err)
	}
}

func TestSMTPUTF8GoesToTheHopThatHasIt(t *testing.T) {
	env := envelope("花子@p.example")
	env.Options.UTF8 = true
	old, modern := (&hoptest.Hop{}).Start(t), (&hoptest.Hop{Extensions: []string{"SMTPUTF8"}}).Start(t)
	replies, err := send(t, newRelay(t, Options{}, noTLS(old), noTLS(modern)), "x: y\r\n", env)
	if err != nil || !accepted(replies[0]) || len(modern.Mails()) != 1 {
		t.Errorf("got %v, %v", replies, err)
	}
	replies, err = send(t, newRelay(t, Options{}, noTLS(old)), "x: y\r\n", env)
	if err != nil || replies[0].Code != 550 || replies[0].Enhanced() != "5.6.7" {
		t.Errorf("old hop alone: %v, %v", replies, err)
	}
	// Another hop might have it, once it is back.
	_, err = send(t, newRelay(t, Options{}, noTLS(old), Hop{Address: "127.0.0.1:1", TLS: NoTLS}), "x: y\r\n", env)
	if err == nil || !email.IsTemporary(err) {
		t.Errorf("with a hop that is away: %v", err)
	}
}

func TestHELOForOldServers(t *testing.T) {
	h := &hoptest.Hop{Answer: func(step, _ string) string {
		if step == "EHLO" {
			return "500 5.5.1 what"
		}
		return ""
	}}
	h.Start(t)
	env := envelope("a@p.example")
	env.Options = email.MailOptions{EightBit: true, Return: "FULL", Size: 5}
	if _, err := send(t, newRelay(t, Options{}, noTLS(h)), "x: y\r\n", env); err != nil {
		t.Fatal(err)
	}
	if m := h.Mails(); len(m) != 1 || m[0].MailParams != "" {
		t.Errorf("mails %+v", m)
	}
}

func TestNewRefusesWhatCannotWork(t *testing.T) {
	deps := Deps{Metrics: prometheus.NewRegistry()}
	for name, o := range map[string]Options{
		"no hop":  {Host: "a"},
		"no host": {Hops: []Hop{{Address: "a:25", TLS: NoTLS}}},
		"no port": {Host: "a", Hops: []Hop{{Address: "a", TLS: NoTLS}}},
		"policy":  {Host: "a", Hops: []Hop{{Address: "a:25", TLS: "maybe"}}},
	} {
		if _, err := New(o, deps); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}

func TestParameters(t *testing.T) {
	all := capabilities{Capabilities: proxy.Capabilities{Size: 1 << 30, UTF8: true, DSN: true, RequireTLS: true}, eightBit: true, auth: true}
	env := envelope("a@p.example")
	env.Options = email.MailOptions{Size: 42, EightBit: true, UTF8: true, RequireTLS: true, Return: "HDRS", EnvelopeID: "a+b=c d", Auth: "x+y@z.example"}
	line, err := mailLine(env, all)
	want := "MAIL FROM:<taro@example.co.jp> SIZE=42 BODY=8BITMIME SMTPUTF8 REQUIRETLS RET=HDRS ENVID=a+2Bb+3Dc+20d AUTH=x+2By@z.example"
	if err != nil || line != want {
		t.Errorf("got  %q, %v\nwant %q", line, err, want)
	}
	env.Options = email.MailOptions{Size: 42, EightBit: true, Return: "HDRS", EnvelopeID: "x", Auth: "<>"}
	if line, err = mailLine(env, capabilities{}); err != nil || line != "MAIL FROM:<taro@example.co.jp>" {
		t.Errorf("to a bare hop: %q, %v", line, err)
	}
	env.Options = email.MailOptions{RequireTLS: true}
	if line, err = mailLine(env, capabilities{}); err == nil {
		t.Errorf("REQUIRETLS to a hop without: %q", line)
	}
	env.Sender = email.Address{} // RFC 8689 section 5: a bounce is not lost for it
	if line, err = mailLine(env, capabilities{}); err != nil || line != "MAIL FROM:<>" {
		t.Errorf("a bounce to a hop without REQUIRETLS: %q, %v", line, err)
	}
	rcpt := email.Recipient{Address: email.MustAddress("a@p.example"),
		Options: email.RecipientOptions{Notify: []string{"SUCCESS", "DELAY"}, OriginalType: "utf-8", Original: `花\子@p.example`}}
	for utf8, want := range map[bool]string{
		true:  `RCPT TO:<a@p.example> NOTIFY=SUCCESS,DELAY ORCPT=utf-8;花\x{5C}子@p.example`,
		false: `RCPT TO:<a@p.example> NOTIFY=SUCCESS,DELAY ORCPT=utf-8;\x{82B1}\x{5C}\x{5B50}@p.example`,
	} {
		if got := rcptLine(rcpt, all, utf8); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := rcptLine(rcpt, capabilities{}, false); got != "RCPT TO:<a@p.example>" {
		t.Errorf("to a bare hop: %q", got)
	}
}
