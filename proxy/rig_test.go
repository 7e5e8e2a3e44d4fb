package proxy_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
	"github.com/sekisho-mail/sekisho/proxy/relay"
	"github.com/sekisho-mail/sekisho/proxy/spool"
)

// house is everything behind the proxy but the next hop: it judges as it is
// told, holds into memory and journals into a list.
type house struct {
	mu      sync.Mutex
	action  policy.Action
	actions []policy.Action // per recipient, instead of action
	perMail []policy.Action // one after the other, instead of action
	onJudge func(ctx context.Context, body email.Body)
	joins   bool
	fresh   bool  // recipients are first contacts
	like    int64 // of the content
	short   bool  // leave the last recipient out of the verdict
	holdErr error
	joinErr error
	noteErr error

	judged   []email.Envelope
	bodies   []string
	held     []string // bodies
	heldEnv  []email.Envelope
	verdicts []policy.Verdict // of those held
	files    []bool           // whether a hold could take over a sealed file
	notes    []policy.Record
}

func (h *house) Judge(ctx context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict) {
	if h.onJudge != nil {
		h.onJudge(ctx, body)
	}
	content, err := email.ReadBody(body, 1<<30)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		return nil, policy.HoldAll(env, "test", policy.Text{EN: err.Error()})
	}
	h.judged = append(h.judged, env)
	h.bodies = append(h.bodies, string(content))
	v := policy.Verdict{}
	for i, r := range env.Recipients {
		a := h.action
		if h.perMail != nil {
			a = h.perMail[len(h.judged)%len(h.perMail)]
		}
		if h.actions != nil {
			a = h.actions[i]
		}
		v.Recipients = append(v.Recipients, policy.RecipientVerdict{Address: r.Address, Action: a})
	}
	if h.short {
		v.Recipients = v.Recipients[:len(v.Recipients)-1]
	}
	if h.action == policy.Reject {
		v.Fired = []policy.Fired{{Name: "no", Action: policy.Reject,
			Reasons: []policy.Text{{JA: "送れません。", EN: "Personal data of about 23,012 people would leave unencrypted, 例."}}}}
	}
	m := &policy.Message{Envelope: env, Likeness: h.like, Recipients: make([]policy.Recipient, len(env.Recipients))}
	for i := range m.Recipients {
		m.Recipients[i].FirstContact = h.fresh
	}
	return m, v
}

func (h *house) Joins(context.Context, *policy.Message) (bool, error) { return h.joins, h.joinErr }

func (h *house) Hold(_ context.Context, m *policy.Message, v policy.Verdict, body email.Body) (email.ID, error) {
	if h.holdErr != nil {
		return "", h.holdErr
	}
	content, err := email.ReadBody(body, 1<<30)
	if err != nil {
		return "", err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	_, isFile := body.(*sealed.File)
	h.held = append(h.held, string(content))
	h.verdicts = append(h.verdicts, v)
	h.heldEnv = append(h.heldEnv, m.Envelope)
	h.files = append(h.files, isFile)
	return "01hold", nil
}

func (h *house) Write(_ context.Context, r policy.Record) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.notes = append(h.notes, r)
	return h.noteErr
}

// forget empties the lists, so that long tests do not fill memory.
func (h *house) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.judged, h.bodies, h.held, h.heldEnv, h.files, h.notes, h.verdicts = nil, nil, nil, nil, nil, nil, nil
}

func (h *house) stages() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, n := range h.notes {
		out = append(out, n.Stage)
	}
	return strings.Join(out, " ")
}

// rig is a running proxy with a scripted next hop.
type rig struct {
	t     *testing.T
	hop   *hoptest.Hop
	house *house
	relay *relay.Relay
	srv   *proxy.Server
	addr  string
	dir   string
	reg   *prometheus.Registry

	judge       proxy.Inspector                   // instead of the house when set
	holder      proxy.Holder                      // instead of the house when set
	probed      func(proxy.Arrival) error         // what is done with probes
	passThrough bool                              // clients log in at the next hop
	pipes       *pipes                            // instead of TCP when set
	wrap        func(proxy.NextHop) proxy.NextHop // around the relay when set

	options  proxy.Options
	listener proxy.Listener
	relayOpt relay.Options
	spoolOpt spool.Options
}

func newRig(t *testing.T) *rig {
	return &rig{
		t: t, hop: &hoptest.Hop{Extensions: []string{"PIPELINING", "8BITMIME", "SIZE 50000000"}}, house: &house{},
		reg:     prometheus.NewRegistry(),
		options: proxy.Options{Host: "guard.example.co.jp", Node: "n1", Domains: []string{"example.co.jp"}},
		listener: proxy.Listener{
			Name: "127.0.0.1:2525", Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}},
		spoolOpt: spool.Options{},
	}
}

func (r *rig) start() *rig {
	r.t.Helper()
	if r.pipes != nil {
		r.hop.Serve(r.pipes.listen("hop:25"))
		r.t.Cleanup(r.hop.Stop)
	} else {
		r.hop.Start(r.t)
	}
	return r.behindHop()
}

// behindHop starts everything in front of a next hop that runs already.
func (r *rig) behindHop() *rig {
	r.t.Helper()
	r.dir = filepath.Join(r.t.TempDir(), "spool")
	r.spoolOpt.Dir = r.dir
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	sp, err := spool.New(r.spoolOpt, time.Now, log, r.reg)
	if err != nil {
		r.t.Fatal(err)
	}
	r.relayOpt.Host = "guard.example.co.jp"
	if r.relayOpt.Hops == nil {
		r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.NoTLS, Trusted: true}}
	}
	dial := (&net.Dialer{}).DialContext
	if r.pipes != nil {
		dial = r.pipes.dial
	}
	r.relay, err = relay.New(r.relayOpt, relay.Deps{
		Dial: dial, Now: time.Now, Log: log, Metrics: r.reg})
	if err != nil {
		r.t.Fatal(err)
	}
	if r.passThrough {
		r.listener.Accounts = r.relay.PassThrough()
	}
	hop := proxy.NextHop(r.relay)
	if r.wrap != nil {
		hop = r.wrap(hop)
	}
	if r.judge == nil {
		r.judge = r.house
	}
	if r.holder == nil {
		r.holder = r.house
	}
	r.srv, err = proxy.New(r.options, proxy.Deps{
		Spool: sp, Hop: hop, Inspector: r.judge, Holder: r.holder, Journal: r.house,
		Probed: r.probed,
		Now:    time.Now, Log: log, Metrics: r.reg})
	if err != nil {
		r.t.Fatal(err)
	}
	ln, err := r.listen()
	if err != nil {
		r.t.Fatal(err)
	}
	r.addr = ln.Addr().String()
	served := make(chan error, 1)
	go func() { served <- r.srv.Serve(ln, r.listener) }()
	r.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := r.srv.Shutdown(ctx); err != nil && !errors.Is(err, proxy.ErrClosed) {
			r.t.Errorf("shutdown: %v", err)
		}
		if err := <-served; err != nil && !errors.Is(err, proxy.ErrClosed) {
			r.t.Errorf("serve: %v", err)
		}
		r.relay.Close()
		if left, _ := filepath.Glob(filepath.Join(r.dir, "*")); len(left) > 0 {
			r.t.Errorf("spool files left: %d", len(left))
		}
	})
	return r
}

// counted is a counter by its only label.
func (r *rig) counted(name string) map[string]float64 {
	r.t.Helper()
	families, err := r.reg.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			if f.GetName() == name {
				got[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	return got
}

func (r *rig) listen() (net.Listener, error) {
	if r.pipes != nil {
		return r.pipes.listen("guard:25"), nil
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// client speaks SMTP by hand.
type client struct {
	t *testing.T
	c net.Conn
	r *bufio.Reader
}

func (r *rig) dial() *client {
	r.t.Helper()
	dial, limit := (&net.Dialer{}).DialContext, 2*time.Minute
	if r.pipes != nil {
		dial, limit = r.pipes.dial, 24*time.Hour
	}
	c, err := dial(context.Background(), "tcp", r.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(limit))
	return &client{t: r.t, c: c, r: bufio.NewReader(c)}
}

// hello dials, reads the greeting and says EHLO.
func (r *rig) hello() *client {
	c := r.dial()
	c.expect("220")
	c.say("EHLO client.example.co.jp", "250")
	return c
}

// envelope opens a transaction with one recipient.
func (r *rig) envelope() *client {
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<hanako@partner.example>", "250")
	return c
}

// mail sends a mail and returns the reply to its end.
func (r *rig) mail(content string) string {
	c := r.envelope()
	c.say("DATA", "354")
	c.write(content + "\r\n.\r\n")
	return c.reply()
}

func (c *client) write(s string) {
	c.t.Helper()
	if _, err := c.c.Write([]byte(s)); err != nil {
		c.t.Fatalf("write: %v", err)
	}
}

// try writes where the peer may have hung up already.
func (c *client) try(s string) { _, _ = c.c.Write([]byte(s)) }

// reply reads a reply of one or many lines; "" when the connection is closed.
func (c *client) reply() string {
	c.t.Helper()
	var out strings.Builder
	for {
		line, err := c.r.ReadString('\n')
		if err != nil {
			var ne net.Error
			if errors.As(err, &ne) && ne.Timeout() {
				c.t.Fatalf("no reply in time, got %q", out.String())
			}
			return ""
		}
		out.WriteString(line)
		if len(line) < 4 || line[3] != '-' {
			return strings.TrimRight(out.String(), "\r\n")
		}
	}
}

func (c *client) expect(prefix string) string {
	c.t.Helper()
	got := c.reply()
	if !strings.HasPrefix(got, prefix) || got == "" {
		c.t.Fatalf("got reply %q, want %q", got, prefix)
	}
	return got
}

func (c *client) say(line, prefix string) string {
	c.t.Helper()
	c.write(line + "\r\n")
	return c.expect(prefix)
}

// closed expects that the server hangs up.
func (c *client) closed() {
	c.t.Helper()
	if got := c.reply(); got != "" {
		c.t.Fatalf("got %q where the connection should be closed", got)
	}
}

func (c *client) startTLS(cfg *tls.Config) error {
	conn := tls.Client(c.c, cfg)
	if err := conn.Handshake(); err != nil {
		return err
	}
	c.c, c.r = conn, bufio.NewReader(conn)
	return nil
}

const plainMail = "From: taro@example.co.jp\r\nTo: hanako@partner.example\r\n" +
	"Subject: =?ISO-2022-JP?B?GyRCOCsbKEI=?=\r\nMessage-ID: <1@example.co.jp>\r\n\r\n" +
	"お世話になっております。\r\n.点で始まる行\r\n..\r\n最後の行"
