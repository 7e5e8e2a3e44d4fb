package relay

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

func TestEncryptTakesAnyCertificateButNoPlainText(t *testing.T) {
	cert, pool := selfSigned(t, "hop.example")
	offers := &tls.Config{Certificates: []tls.Certificate{cert}}
	tests := []struct {
		name     string
		tls      *tls.Config
		implicit bool
		hop      Hop
		sent     bool
	}{
		{"encrypt, unknown certificate", offers, false, Hop{TLS: Encrypt}, true},
		{"encrypt, not offered", nil, false, Hop{TLS: Encrypt}, false},
		{"implicit, unknown certificate", offers, true, Hop{TLS: Encrypt, Implicit: true}, true},
		{"implicit, checked", offers, true, Hop{TLS: Require, Implicit: true, TLSConfig: &tls.Config{RootCAs: pool, ServerName: "hop.example"}}, true},
		{"implicit, wrong name", offers, true, Hop{TLS: Require, Implicit: true, TLSConfig: &tls.Config{RootCAs: pool, ServerName: "x.example"}}, false},
		{"implicit, other CA", offers, true, Hop{TLS: Require, Implicit: true, TLSConfig: &tls.Config{ServerName: "hop.example"}}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := (&hoptest.Hop{TLS: tt.tls, Implicit: tt.implicit}).Start(t)
			tt.hop.Address = h.Addr
			_, err := send(t, newRelay(t, Options{}, tt.hop), "x: y\r\n", envelope("a@p.example"))
			if mails := h.Mails(); (err == nil) != tt.sent || tt.sent && !mails[0].TLS {
				t.Errorf("got %v, %d mails", err, len(mails))
			}
		})
	}
}

func TestBadHopsAreRefused(t *testing.T) {
	for name, h := range map[string]Hop{
		"implicit without TLS": {Address: "h:465", TLS: NoTLS, Implicit: true},
		"implicit at will":     {Address: "h:465", TLS: Opportunistic, Implicit: true},
		"policy":               {Address: "h:25", TLS: "maybe"},
		"login mechanism":      {Address: "h:25", TLS: Require, Login: &Login{Mechanism: "cram-md5", User: "u", Secret: func() (string, error) { return "", nil }}},
		"login without user":   {Address: "h:25", TLS: Require, Login: &Login{Mechanism: "plain", Secret: func() (string, error) { return "", nil }}},
	} {
		_, err := New(Options{Host: "x", Hops: []Hop{h}}, Deps{Metrics: prometheus.NewRegistry(), Now: time.Now})
		if err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestLogin(t *testing.T) {
	cert, _ := selfSigned(t, "hop.example")
	withTLS := &tls.Config{Certificates: []tls.Certificate{cert}}
	tests := []struct {
		name, mechanism, offered, answer string
		tls                              *tls.Config
		policy                           TLSPolicy
		secret                           string
		said                             string
	}{
		{"plain", "plain", "AUTH LOGIN PLAIN", "", withTLS, Encrypt, "geheim", "\x00guard\x00geheim"},
		{"token", "xoauth2", "AUTH XOAUTH2", "", withTLS, Encrypt, "ya29.x", "user=guard\x01auth=Bearer ya29.x\x01\x01"},
		{"token at another kind of server", "xoauth2", "AUTH OAUTHBEARER", "", withTLS, Encrypt, "ya29.x", "n,a=guard,\x01auth=Bearer ya29.x\x01\x01"},
		{"not offered", "plain", "AUTH GSSAPI XOAUTH2", "", withTLS, Encrypt, "geheim", ""},
		{"in the clear where that is wanted", "plain", "AUTH PLAIN", "", nil, NoTLS, "geheim", "\x00guard\x00geheim"},
		{"never in the clear else", "plain", "AUTH PLAIN", "", nil, Opportunistic, "geheim", ""},
		{"refused", "plain", "AUTH PLAIN", "535 5.7.8 no", withTLS, Encrypt, "geheim", ""},
		{"line break in the secret", "plain", "AUTH PLAIN", "", withTLS, Encrypt, "a\nb", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := &hoptest.Hop{Extensions: []string{tt.offered}, TLS: tt.tls, Answer: func(step, _ string) string {
				if step == "AUTH" {
					return tt.answer
				}
				return ""
			}}
			h.Start(t)
			login := &Login{Mechanism: tt.mechanism, User: "guard", Secret: func() (string, error) { return tt.secret, nil }}
			r := newRelay(t, Options{}, Hop{Address: h.Addr, TLS: tt.policy, Login: login})
			_, err := send(t, r, "x: y\r\n", envelope("a@p.example"))
			if (err == nil) != (tt.said != "") {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				if strings.Contains(err.Error(), tt.secret) || len(h.Mails()) > 0 {
					t.Errorf("secret in %q, or a mail without login", err)
				}
				return
			}
			want := "AUTH " + strings.TrimPrefix(tt.offered[strings.LastIndexByte(tt.offered, ' '):], " ") + " " + base64.StdEncoding.EncodeToString([]byte(tt.said))
			if !slices.Contains(h.Commands(), want) {
				t.Errorf("said %q, want %q", h.Commands(), want)
			}
		})
	}
}

// TestLoginByLOGIN is for servers that have nothing else.
func TestLoginByLOGIN(t *testing.T) {
	h := &hoptest.Hop{Extensions: []string{"AUTH LOGIN GSSAPI"}, Answer: func(step, arg string) string {
		switch {
		case step == "AUTH" && arg == "LOGIN "+base64.StdEncoding.EncodeToString([]byte("guard")):
			return "334 UGFzc3dvcmQ6"
		case step == strings.ToUpper(base64.StdEncoding.EncodeToString([]byte("geheim"))):
			return "235 2.7.0 Ok"
		}
		return ""
	}}
	h.Start(t)
	login := &Login{Mechanism: "plain", User: "guard", Secret: func() (string, error) { return "geheim", nil }}
	if _, err := send(t, newRelay(t, Options{}, Hop{Address: h.Addr, TLS: NoTLS, Login: login}), "x: y\r\n", envelope("a@p.example")); err != nil {
		t.Error(err)
	}
	if !slices.Contains(h.Commands(), "Z2VoZWlt") {
		t.Errorf("said %q", h.Commands())
	}
}

func TestXOAUTH2RefusalIsReadToItsEnd(t *testing.T) {
	h := &hoptest.Hop{Extensions: []string{"AUTH XOAUTH2"}, Answer: func(step, _ string) string {
		switch step {
		case "AUTH":
			return "334 eyJzdGF0dXMiOiI0MDEifQ=="
		case "":
			return "535 5.7.8 expired"
		}
		return ""
	}}
	h.Start(t)
	login := &Login{Mechanism: "xoauth2", User: "g", Secret: func() (string, error) { return "t", nil }}
	_, err := send(t, newRelay(t, Options{}, Hop{Address: h.Addr, TLS: NoTLS, Login: login}), "x: y\r\n", envelope("a@p.example"))
	if !errors.Is(err, errLogin) {
		t.Errorf("got %v", err)
	}
}

func TestRoutes(t *testing.T) {
	main, partner, below := (&hoptest.Hop{}).Start(t), (&hoptest.Hop{}).Start(t), (&hoptest.Hop{}).Start(t)
	r := newRelay(t, Options{Routes: []Route{
		{Domains: []string{"Partner.example"}, Hops: []Hop{noTLS(partner)}},
		{Domains: []string{".group.example", "group.example"}, Hops: []Hop{noTLS(below)}},
	}}, noTLS(main))
	replies, err := send(t, r, "x: y\r\n", envelope("a@PARTNER.example", "b@x.example", "c@deep.er.group.example", "d@group.example", "e@notgroup.example", "f@partner.example"))
	if err != nil || len(replies) != 6 {
		t.Fatalf("got %v, %v", replies, err)
	}
	for _, tt := range []struct {
		hop *hoptest.Hop
		to  string
	}{{main, "b@x.example e@notgroup.example"}, {partner, "a@PARTNER.example f@partner.example"}, {below, "c@deep.er.group.example d@group.example"}} {
		mails := tt.hop.Mails()
		if len(mails) != 1 || strings.Join(mails[0].To, " ") != tt.to {
			t.Errorf("got %v, want %q", mails, tt.to)
		}
	}
}

func TestGateOpensOnceForAllWays(t *testing.T) {
	main, other := (&hoptest.Hop{}).Start(t), (&hoptest.Hop{}).Start(t)
	r := newRelay(t, Options{Routes: []Route{{Domains: []string{"x.example"}, Hops: []Hop{noTLS(other)}}}}, noTLS(main))
	asked, shut := 0, errors.New("not now")
	gate := func(context.Context) error {
		if asked++; asked == 1 {
			return shut
		}
		return nil
	}
	env := envelope("a@p.example", "b@x.example")
	if _, err := r.Send(t.Context(), env, email.BytesBody([]byte("x: y\r\n")), nil, gate); !errors.Is(err, shut) || len(main.Mails())+len(other.Mails()) > 0 {
		t.Errorf("closed gate: %v", err)
	}
	replies, err := r.Send(t.Context(), env, email.BytesBody([]byte("x: y\r\n")), nil, gate)
	if err != nil || replies[0].Code != 250 || replies[1].Code != 250 || asked != 2 {
		t.Errorf("%v, %v, asked %d times", replies, err, asked)
	}
}

func TestOneWayFailsAfterAnotherHasDelivered(t *testing.T) {
	main := (&hoptest.Hop{}).Start(t)
	for _, tt := range []struct{ step, answer, want string }{
		{"MAIL", "550 5.7.1 no", "550 5.7.1 no"},
		{"connect", hoptest.Drop, "451 4.4.1 The next mail server cannot be reached"},
		{"dot", hoptest.Drop, email.Reply{}.String()}, // unknown
	} {
		bad := &hoptest.Hop{Answer: func(step, _ string) string {
			if step == tt.step {
				return tt.answer
			}
			return ""
		}}
		bad.Start(t)
		r := newRelay(t, Options{Routes: []Route{{Domains: []string{"bad.example"}, Hops: []Hop{noTLS(bad)}}}}, noTLS(main))
		replies, err := send(t, r, "x: y\r\n", envelope("a@good.example", "b@bad.example"))
		if err != nil || replies[0].Code != 250 || replies[1].String() != tt.want {
			t.Errorf("%s: got %v, %v", tt.step, replies, err)
		}
		if tt.answer != hoptest.Drop {
			continue
		}
		if _, err := send(t, r, "x: y\r\n", envelope("b@bad.example", "a@good.example")); err == nil {
			t.Errorf("%s: the first way's error is not told", tt.step)
		}
	}
}

type mxRecords map[string][]*net.MX

func (m mxRecords) LookupMX(_ context.Context, domain string) ([]*net.MX, error) {
	if list, ok := m[domain]; ok {
		return list, nil
	}
	if strings.HasPrefix(domain, "broken") {
		return nil, &net.DNSError{Err: "server misbehaving", Name: domain, IsTemporary: true}
	}
	return nil, &net.DNSError{Err: "no such host", Name: domain, IsNotFound: true}
}

// mxRelay delivers by MX; every host is one of hosts, any other does not exist.
func mxRelay(t *testing.T, records mxRecords, hosts map[string]*hoptest.Hop) *Relay {
	t.Helper()
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, _ := net.SplitHostPort(address)
		if h, ok := hosts[host]; ok {
			return (&net.Dialer{}).DialContext(ctx, network, h.Addr)
		}
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	r, err := New(Options{Host: "guard.example.co.jp", MX: &Hop{TLS: Opportunistic}}, Deps{Dial: dial, Resolver: records, Now: time.Now,
		Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Metrics: prometheus.NewRegistry()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// TestEqualMXHostsShareTheLoad: which of them comes first is drawn anew for each mail,
// not for as long as the answer is remembered.
func TestEqualMXHostsShareTheLoad(t *testing.T) {
	first, second := (&hoptest.Hop{}).Start(t), (&hoptest.Hop{}).Start(t)
	r := mxRelay(t, mxRecords{"p.example": {{Host: "first.example.", Pref: 10}, {Host: "second.example.", Pref: 10}, {Host: "gone.example.", Pref: 20}}},
		map[string]*hoptest.Hop{"first.example": first, "second.example": second})
	for range 60 {
		if _, err := send(t, r, "x: y\r\n", envelope("a@p.example")); err != nil {
			t.Fatal(err)
		}
	}
	if a, b := len(first.Mails()), len(second.Mails()); a == 0 || b == 0 || a+b != 60 {
		t.Errorf("one has %d mails, the other %d", a, b)
	}
}

func TestMX(t *testing.T) {
	first, second := &hoptest.Hop{}, &hoptest.Hop{}
	first.Start(t)
	second.Start(t)
	r := mxRelay(t, mxRecords{
		"two.example":            {{Host: "Second.example.", Pref: 20}, {Host: "first.example.", Pref: 10}},
		"away.example":           {{Host: "gone.example.", Pref: 1}, {Host: "second.example.", Pref: 20}},
		"null.example":           {{Host: ".", Pref: 0}},
		"us.example":             {{Host: "guard.example.co.jp.", Pref: 10}, {Host: "second.example.", Pref: 10}},
		"behind.example":         {{Host: "guard.example.co.jp.", Pref: 10}, {Host: "first.example.", Pref: 5}},
		"xn--wgv71a119e.example": {{Host: "first.example.", Pref: 10}},
	}, map[string]*hoptest.Hop{"first.example": first, "second.example": second, "plain.example": second, "192.0.2.7": first})
	for _, tt := range []struct{ to, reply string }{
		{"a@two.example", "250 first"}, {"a@away.example", "250 second"}, {"a@plain.example", "250 second"},
		{"a@日本語.example", "250 first"}, {"a@behind.example", "250 first"}, {"a@[192.0.2.7]", "250 first"},
		{"a@null.example", "550 5.1.10"}, {"a@us.example", "550 5.4.6"}, {"a@nowhere.example", "550 5.1.2"},
		{"postmaster", "550 5.1.2"}, {"a@broken.example", "error"},
	} {
		before := []int{len(first.Mails()), len(second.Mails())}
		replies, err := send(t, r, "x: y\r\n", envelope(tt.to))
		got := "error"
		if err == nil {
			got = replies[0].String()
			for i, h := range []*hoptest.Hop{first, second} {
				if len(h.Mails()) > before[i] {
					got = "250 " + []string{"first", "second"}[i]
				}
			}
		}
		if !strings.HasPrefix(got, tt.reply) {
			t.Errorf("%s: got %q (%v), want %q", tt.to, got, err, tt.reply)
		}
	}
	if c, err := r.Capabilities(t.Context()); err != nil || c.DSN || c.UTF8 || c.RequireTLS {
		t.Errorf("promised %+v, %v for hosts nobody knows", c, err)
	}
	if a, b := r.Way(email.MustAddress("a@two.example")), r.Way(email.MustAddress("a@null.example")); a.Name == b.Name || a.Only || !a.Inline {
		t.Errorf("ways %+v and %+v", a, b)
	}
}

func TestLMTPAnswersForEachRecipient(t *testing.T) {
	h := &hoptest.Hop{LMTP: true, Answer: func(step, arg string) string {
		switch {
		case step == "dot" && strings.HasPrefix(arg, "full"):
			return "452 4.2.2 mailbox full"
		case step == "dot" && strings.HasPrefix(arg, "cut"):
			return hoptest.Drop
		case step == "RCPT" && strings.Contains(arg, "nobody"):
			return "550 5.1.1 nobody"
		case step == "EHLO":
			return "500 5.5.1 this is LMTP"
		}
		return ""
	}}
	h.Start(t)
	r := newRelay(t, Options{}, Hop{Address: h.Addr, TLS: NoTLS, LMTP: true})
	tests := []struct {
		to, want []string
		unknown  bool
	}{
		{[]string{"a@x.example", "full@x.example", "nobody@x.example", "b@x.example"}, []string{"250", "452", "550", "250"}, false},
		{[]string{"a@x.example", "cut@x.example", "b@x.example"}, []string{"250", "", ""}, false},
		{[]string{"cut@x.example", "b@x.example"}, nil, true},
	}
	for _, tt := range tests {
		replies, err := send(t, r, "x: y\r\n", envelope(tt.to...))
		if errors.Is(err, email.ErrOutcomeUnknown) != tt.unknown || len(replies) != len(tt.want) {
			t.Fatalf("%v: got %v, %v", tt.to, replies, err)
		}
		for i, want := range tt.want {
			if got := replies[i].String(); !strings.HasPrefix(got, want) || replies[i].IsZero() != (want == "") {
				t.Errorf("%s: got %q, want %s", tt.to[i], got, want)
			}
		}
	}
	if r.Way(email.MustAddress("a@x.example")).Inline {
		t.Error("LMTP is called inline")
	}
}

func TestPipelinedRecipientsKeepTheirAnswers(t *testing.T) {
	h := &hoptest.Hop{Extensions: []string{"PIPELINING"}, Answer: func(step, arg string) string {
		if step == "RCPT" && strings.Contains(arg, "odd") {
			return "550 5.1.1 " + arg[4:8]
		}
		return ""
	}}
	h.Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	var to []string
	for i := range 120 { // more than are asked ahead
		to = append(to, []string{"even", "odd-"}[i%2]+strings.Repeat("x", i)+"@p.example")
	}
	replies, err := send(t, r, "x: y\r\n", envelope(to...))
	if err != nil {
		t.Fatal(err)
	}
	for i, reply := range replies {
		if want := []int{250, 550}[i%2]; reply.Code != want {
			t.Errorf("recipient %d got %v", i, reply)
		}
	}
	if got := h.Mails()[0].To; len(got) != 60 {
		t.Errorf("%d recipients", len(got))
	}
}

func TestAskingAheadNeverAddsARecipient(t *testing.T) {
	h := (&hoptest.Hop{Extensions: []string{"PIPELINING"}}).Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	ctx := t.Context()
	rcpt := func(a string) email.Recipient { return email.Recipient{Address: email.MustAddress(a)} }
	both := envelope("a@p.example", "b@p.example")
	// Another one is asked for than was said.
	txn, _, err := r.Begin(ctx, both)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := txn.Rcpt(ctx, rcpt("b@p.example")); err == nil {
		t.Error("asked for out of order")
	}
	// One that was said is never asked for.
	if txn, _, err = r.Begin(ctx, both); err != nil {
		t.Fatal(err)
	}
	if _, err := txn.Rcpt(ctx, rcpt("a@p.example")); err != nil {
		t.Fatal(err)
	}
	if _, err := txn.Send(ctx, strings.NewReader("x: y\r\n"), nil); err == nil {
		t.Error("sent to a recipient that nobody asked for")
	}
	// Given up, the connection is good for the next mail.
	if txn, _, err = r.Begin(ctx, both); err != nil {
		t.Fatal(err)
	}
	made := h.Connections()
	txn.Reset()
	if _, err := send(t, r, "x: y\r\n", envelope("c@p.example")); err != nil {
		t.Fatal(err)
	}
	if mails := h.Mails(); h.Connections() != made || len(mails) != 1 || strings.Join(mails[0].To, "") != "c@p.example" {
		t.Errorf("%d mails, %d connections", len(mails), h.Connections()-made)
	}
}

func TestRefusedSenderLeavesPipelinedConnectionInStep(t *testing.T) {
	h := &hoptest.Hop{Extensions: []string{"PIPELINING"}}
	bad := atomic.Bool{}
	bad.Store(true)
	h.Answer = func(step, _ string) string {
		switch {
		case step == "MAIL" && bad.Load():
			return "550 5.7.1 not you"
		case step == "RCPT" && bad.Load():
			return "503 5.5.1 MAIL first"
		}
		return ""
	}
	h.Start(t)
	r := newRelay(t, Options{}, noTLS(h))
	if replies, err := send(t, r, "x: y\r\n", envelope("a@p.example", "b@p.example")); err != nil || replies[1].String() != "550 5.7.1 not you" {
		t.Fatalf("got %v, %v", replies, err)
	}
	bad.Store(false)
	if replies, err := send(t, r, "x: y\r\n", envelope("a@p.example")); err != nil || replies[0].Code != 250 || h.Connections() != 1 {
		t.Errorf("got %v, %v on connection %d", replies, err, h.Connections())
	}
}

func TestPlacesAtAHop(t *testing.T) {
	h := (&hoptest.Hop{}).Start(t)
	hop := noTLS(h)
	hop.MaxConnections = 2
	r := newRelay(t, Options{SlotWait: 20 * time.Millisecond}, hop)
	ctx := t.Context()
	a, _, err := r.Begin(ctx, envelope())
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := r.Begin(ctx, envelope())
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := r.Begin(ctx, envelope()); !errors.Is(err, errBusy) {
		t.Fatalf("a third mail: %v", err)
	}
	a.Reset()
	for range 10 { // refusals and errors give their places back
		if _, err := send(t, r, "a\rb", envelope("x@p.example")); !errors.Is(err, ErrBareLineEnd) {
			t.Fatal(err)
		}
	}
	b.Reset()
	b.Reset()
	if n := len(r.hops()[0].slots); n != 0 {
		t.Errorf("%d places taken after all", n)
	}
}

func TestCircuitBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRelay(t, Options{BreakAfter: 3, BreakFor: 2 * time.Second}, Hop{Address: "hop:25", TLS: NoTLS})
		dials, up := 0, false
		r.d.Dial = func(context.Context, string, string) (net.Conn, error) {
			if dials++; !up {
				return nil, errors.New("refused")
			}
			a, b := net.Pipe()
			h := &hoptest.Hop{}
			h.ServeConn(b)
			return a, nil
		}
		try := func() error {
			_, err := r.Send(context.Background(), envelope("a@p.example"), email.BytesBody(nil), nil, nil)
			return err
		}
		for range 3 {
			if err := try(); err == nil || errors.Is(err, errCircuit) {
				t.Fatalf("got %v", err)
			}
		}
		if err := try(); !errors.Is(err, errCircuit) || dials != 3 {
			t.Fatalf("open circuit: %v after %d dials", err, dials)
		}
		time.Sleep(2 * time.Second)
		if err := try(); err == nil || dials != 4 {
			t.Fatalf("trial: %v after %d dials", err, dials)
		}
		time.Sleep(3 * time.Second) // doubled by now
		if err := try(); !errors.Is(err, errCircuit) {
			t.Fatalf("got %v", err)
		}
		time.Sleep(time.Second)
		up = true
		if err := try(); err != nil {
			t.Fatal(err)
		}
		if err := try(); err != nil || r.hops()[0].failed != 0 {
			t.Fatalf("closed circuit: %v", err)
		}
		r.Close()
	})
}
