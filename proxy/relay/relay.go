package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// TLSPolicy says what a hop's connection must have.
type TLSPolicy string

// TLS policies.
const (
	// NoTLS never uses STARTTLS.
	NoTLS TLSPolicy = "none"
	// Opportunistic uses STARTTLS when it is offered and works, without asking
	// who answers (RFC 7435).
	Opportunistic TLSPolicy = "opportunistic"
	// Require sends nothing without TLS and a certificate that is valid for the
	// hop's name.
	Require TLSPolicy = "require"
)

// Hop is one server that takes mail.
type Hop struct {
	// Address is host:port.
	Address string
	TLS     TLSPolicy
	// TLSConfig may carry RootCAs, ServerName and client certificates; nil is the
	// system's roots and the host of Address. LoadTLS makes one from files.
	TLSConfig *tls.Config
	// Trusted marks a hop of ours that drops a mail without final dot.
	Trusted bool
}

// Timeouts are the waits for one step each (RFC 5321 section 4.5.3.2). A zero
// means the default; a context that ends sooner cuts any step short.
type Timeouts struct {
	Connect  time.Duration // default 30 seconds
	Greeting time.Duration // also EHLO and STARTTLS; default 5 minutes
	Command  time.Duration // MAIL, RCPT, RSET; default 5 minutes
	Data     time.Duration // the 354; default 2 minutes
	Block    time.Duration // each block of the mail; default 3 minutes
	Final    time.Duration // the final dot; default 10 minutes
}

// Options are what a site sets for its next hops. A zero means the default.
type Options struct {
	// Hops are tried in this order; the first that can be reached gets the mail.
	Hops []Hop
	// Host is our name in EHLO.
	Host     string
	Timeouts Timeouts
	// MaxIdle is how many connections per hop wait for the next mail (default 20),
	// IdleTime for how long (default 30 seconds), MaxUses how many mails one
	// connection carries (default 100).
	MaxIdle  int
	IdleTime time.Duration
	MaxUses  int
	// CapabilityAge is how long a hop's EHLO reply is believed; default 5 minutes.
	CapabilityAge time.Duration
	// Down is how long a hop that could not be reached is tried last; default 10
	// seconds.
	Down time.Duration
}

// Deps are what the relay stands on.
type Deps struct {
	// Dial opens connections; (&net.Dialer{}).DialContext.
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Relay sends mail to the next hops. It is a proxy.NextHop, and safe for
// concurrent use.
type Relay struct {
	o      Options
	d      Deps
	m      *metrics
	hops   []*hop
	blocks sync.Pool // of *[]byte: a mail on its way out
}

// New checks the options and makes a relay. No connection is made yet.
func New(o Options, d Deps) (*Relay, error) {
	if len(o.Hops) == 0 {
		return nil, errors.New("relay: no next hop is set")
	}
	if o.Host == "" {
		return nil, errors.New("relay: no host name is set")
	}
	r := &Relay{o: o.withDefaults(), d: d}
	r.blocks.New = func() any { b := make([]byte, blockSize); return &b }
	for _, h := range o.Hops {
		host, _, err := net.SplitHostPort(h.Address)
		if err != nil {
			return nil, fmt.Errorf("read next hop's address: %w", err)
		}
		switch h.TLS {
		case NoTLS, Opportunistic, Require:
		default:
			return nil, fmt.Errorf("relay: TLS policy %q is none of none, opportunistic, require", h.TLS)
		}
		r.hops = append(r.hops, &hop{Hop: h, host: host, r: r})
	}
	m, err := newMetrics(d.Metrics, r)
	if err != nil {
		return nil, err
	}
	r.m = m
	return r, nil
}

func (o Options) withDefaults() Options {
	o.Timeouts.Connect = orDefault(o.Timeouts.Connect, 30*time.Second)
	o.Timeouts.Greeting = orDefault(o.Timeouts.Greeting, 5*time.Minute)
	o.Timeouts.Command = orDefault(o.Timeouts.Command, 5*time.Minute)
	o.Timeouts.Data = orDefault(o.Timeouts.Data, 2*time.Minute)
	o.Timeouts.Block = orDefault(o.Timeouts.Block, 3*time.Minute)
	o.Timeouts.Final = orDefault(o.Timeouts.Final, 10*time.Minute)
	o.MaxIdle = orDefault(o.MaxIdle, 20)
	o.IdleTime = orDefault(o.IdleTime, 30*time.Second)
	o.MaxUses = orDefault(o.MaxUses, 100)
	o.CapabilityAge = orDefault(o.CapabilityAge, 5*time.Minute)
	o.Down = orDefault(o.Down, 10*time.Second)
	return o
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// Begin implements proxy.NextHop.
func (r *Relay) Begin(ctx context.Context, env email.Envelope) (proxy.Transaction, email.Reply, error) {
	t, reply, err := r.begin(ctx, env)
	if t == nil {
		return nil, reply, err
	}
	return t, reply, err
}

// begin asks the hops in order. A hop that cannot be reached, or lacks what the
// mail needs, is passed over; a refusal is an answer.
func (r *Relay) begin(ctx context.Context, env email.Envelope) (*transaction, email.Reply, error) {
	var lacking, away error
	for _, h := range r.inOrder() {
		t, reply, err := h.begin(ctx, env)
		var fault *email.Fault
		switch {
		case err == nil:
			return t, reply, nil
		case errors.As(err, &fault):
			lacking = err
		default:
			away = err
			r.d.Log.Warn("next hop cannot be reached", "hop", h.Address, "error", err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if away != nil { // it might have what the others lack
		return nil, email.Reply{}, away
	}
	return nil, email.Reply{}, lacking
}

// inOrder lists the hops as configured, those that were down a moment ago last.
func (r *Relay) inOrder() []*hop {
	if len(r.hops) == 1 {
		return r.hops
	}
	var up, down []*hop
	for _, h := range r.hops {
		if h.wasDown() {
			down = append(down, h)
		} else {
			up = append(up, h)
		}
	}
	return append(up, down...)
}

// Capabilities implements proxy.NextHop: what all hops have in common that are
// known to answer. A hop is asked when nothing is known of any.
func (r *Relay) Capabilities(ctx context.Context) (proxy.Capabilities, error) {
	common, known := r.common()
	if known {
		return common, nil
	}
	last := errDown
	for _, h := range r.inOrder() {
		if h.wasDown() { // a greeting shall not wait for it again
			continue
		}
		c, err := h.dial(ctx)
		if err != nil {
			last = err
			continue
		}
		h.put(c)
		common, _ = r.common()
		return common, nil
	}
	return proxy.Capabilities{}, last
}

var errDown = errors.New("relay: next hop was down a moment ago")

func (r *Relay) common() (all proxy.Capabilities, known bool) {
	for _, h := range r.hops {
		c, ok := h.known()
		switch {
		case !ok:
		case !known:
			all, known = c, true
		default:
			all = intersect(all, c)
		}
	}
	return all, known
}

func intersect(a, b proxy.Capabilities) proxy.Capabilities {
	size := a.Size
	if size == 0 || b.Size > 0 && b.Size < size {
		size = b.Size
	}
	return proxy.Capabilities{
		Size: size, UTF8: a.UTF8 && b.UTF8, DSN: a.DSN && b.DSN, RequireTLS: a.RequireTLS && b.RequireTLS,
	}
}

// Send brings a mail to env's recipients in one transaction. It returns one
// reply per recipient, in order: the refusal of its RCPT, or the reply to the
// final dot (of MAIL or DATA, when those were refused; a 550 of ours when every
// hop lacks an extension that the mail needs). trace goes in front of
// body. gate is called directly before the final dot; its error is returned and
// the mail is not delivered.
//
// An error means that nothing was delivered and Send may be called again, unless
// it is email.ErrOutcomeUnknown: the connection broke between the final dot and
// its reply.
func (r *Relay) Send(ctx context.Context, env email.Envelope, body email.Body, trace []byte,
	gate func(context.Context) error,
) ([]email.Reply, error) {
	if env.Options.Size = body.Size() + int64(len(trace)); len(env.Recipients) == 0 {
		return nil, errors.New("relay: mail has no recipients")
	}
	t, reply, err := r.begin(ctx, env)
	var lacks *email.Fault
	if errors.As(err, &lacks) {
		reply, err = lacks.Reply, nil
	}
	if err != nil {
		return nil, fmt.Errorf("begin transaction: %w", err)
	}
	replies := make([]email.Reply, len(env.Recipients))
	if t == nil {
		fill(replies, reply)
		return replies, nil
	}
	defer t.Reset()
	taken := 0
	for i, rcpt := range env.Recipients {
		reply, err := t.Rcpt(ctx, rcpt)
		switch {
		case err != nil:
			return nil, fmt.Errorf("ask for recipient: %w", err)
		case accepted(reply):
			taken++
		default:
			replies[i] = reply
		}
	}
	if taken == 0 {
		return replies, nil
	}
	final, err := t.sendBody(ctx, body, trace, gate)
	if err != nil {
		return nil, err
	}
	fill(replies, final)
	return replies, nil
}

// fill answers those that have no answer yet.
func fill(replies []email.Reply, r email.Reply) {
	for i := range replies {
		if replies[i].IsZero() {
			replies[i] = r
		}
	}
}

// Close closes the connections that wait for a mail. Those in use end with
// their transaction.
func (r *Relay) Close() {
	for _, h := range r.hops {
		h.close()
	}
}

func accepted(r email.Reply) bool { return r.Code/100 == 2 }
