package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/proxy"
)

// TLSPolicy says what a hop's connection must have.
type TLSPolicy string

// TLS policies.
const (
	// NoTLS never uses TLS.
	NoTLS TLSPolicy = "none"
	// Opportunistic uses STARTTLS when it is offered and works, without asking
	// who answers (RFC 7435).
	Opportunistic TLSPolicy = "opportunistic"
	// Encrypt sends nothing without TLS, but takes any certificate.
	Encrypt TLSPolicy = "encrypt"
	// Require sends nothing without TLS and a certificate that is valid for the
	// hop's name.
	Require TLSPolicy = "require"
)

// Hop is one server that takes mail.
type Hop struct {
	// Address is host:port.
	Address string
	TLS     TLSPolicy
	// Implicit begins TLS with the first octet (port 465) instead of STARTTLS.
	Implicit bool
	// TLSConfig may carry RootCAs (which pin a CA), ServerName and client
	// certificates; nil is the system's roots and the host of Address. LoadTLS
	// makes one from files.
	TLSConfig *tls.Config
	// Trusted marks a hop of ours that drops a mail without final dot: it may be told
	// DATA, and be sent all of a large mail but its end, before the verdict.
	Trusted bool
	// LockStep asks for the sender while the client waits for the answer to MAIL, and
	// not with the first recipient.
	LockStep bool
	// OnePacket says MAIL, all RCPTs and DATA in one packet once the mail has
	// passed its judgement (RFC 2920), instead of asking the hop while the client
	// waits: fewer round trips, but the client hears of an unknown user only at
	// the end of its mail. Where the hop does not take commands in a row, it is
	// asked as usual.
	OnePacket bool
	// LMTP speaks RFC 2033: mail is never passed inline, since each recipient has
	// an answer of its own.
	LMTP bool
	// Login is who we are at this hop; nil logs in nowhere.
	Login *Login

	// MaxConnections is how many mails may be under way to this hop at a time;
	// further ones wait up to SlotWait. 0 is without limit.
	MaxConnections int
	// MaxIdle, IdleTime and MaxUses are as in Options, for this hop alone; a
	// negative MaxIdle keeps no connection.
	MaxIdle  int
	IdleTime time.Duration
	MaxUses  int
	// Timeouts are those of this hop; a zero is that of Options.
	Timeouts Timeouts
}

// Timeouts are the waits for one step each (RFC 5321 section 4.5.3.2). A zero
// means the default; a context that ends sooner cuts any step short.
type Timeouts struct {
	Connect  time.Duration // default 30 seconds
	Greeting time.Duration // also EHLO, STARTTLS and AUTH; default 5 minutes
	Command  time.Duration // MAIL, RCPT, RSET; default 5 minutes
	Data     time.Duration // the 354; default 2 minutes
	Block    time.Duration // each block of the mail; default 3 minutes
	Final    time.Duration // the final dot; default 10 minutes
}

// Route sends mail for some domains another way than Options.Hops.
type Route struct {
	// Domains are those of the recipients; ".example.com" is everything below
	// example.com, "*" is everything that no other route names.
	Domains []string
	// Hops are tried in order. None: delivery goes to the domain's MX hosts.
	Hops []Hop
}

// Options are what a site sets for its next hops. A zero means the default.
type Options struct {
	// Hops are tried in this order; the first that can be reached gets the mail.
	// They may be left out when MX is set.
	Hops []Hop
	// Routes are looked at first; the longest domain that fits wins.
	Routes []Route
	// MX makes delivery to the MX hosts of each recipient's domain possible: it is
	// how those hosts are spoken to (its Address is not used). It is the way of
	// routes without hops, and of everything when there are no Hops.
	MX *Hop
	// MXPort is the port of MX hosts; default 25.
	MXPort int
	// Host is our name in EHLO.
	Host string
	// Marker is put on mails that Send brings; nil puts none. Inline mails have it
	// from the road.
	Marker   *proxy.Marker
	Timeouts Timeouts
	// MaxIdle is how many connections per hop wait for the next mail (default 20; fewer
	// while the hop shows that it has no room for further ones),
	// IdleTime for how long (default 30 seconds), MaxUses how many mails one
	// connection carries (default 100).
	MaxIdle  int
	IdleTime time.Duration
	MaxUses  int
	// SlotWait is how long a mail waits for a place at a hop that has as many
	// mails under way as it may; default 30 seconds.
	SlotWait time.Duration
	// CapabilityAge is how long a hop's EHLO reply is believed; default 5 minutes.
	CapabilityAge time.Duration
	// Down is how long a hop that could not be reached is tried last; default 10
	// seconds.
	Down time.Duration
	// BreakAfter failures in a row open a hop's circuit breaker: for BreakFor it
	// is not tried at all, then by one mail, and each failure of that doubles the
	// time up to a minute. Defaults 5 and 2 seconds.
	BreakAfter int
	BreakFor   time.Duration
}

// Resolver finds the MX hosts of a domain. *net.Resolver is one.
type Resolver interface {
	LookupMX(ctx context.Context, domain string) ([]*net.MX, error)
}

// Deps are what the relay stands on.
type Deps struct {
	// Dial opens connections; (&net.Dialer{}).DialContext.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Resolver is asked for MX hosts; it may be nil when Options.MX is.
	Resolver Resolver
	Now      func() time.Time
	Log      *slog.Logger
	Metrics  prometheus.Registerer
}

// maxBreak is the longest time for which a hop is not tried.
const maxBreak = time.Minute

func (o Options) withDefaults() Options {
	o.Timeouts = o.Timeouts.or(Timeouts{
		Connect: 30 * time.Second, Greeting: 5 * time.Minute, Command: 5 * time.Minute,
		Data: 2 * time.Minute, Block: 3 * time.Minute, Final: 10 * time.Minute,
	})
	o.MXPort = orDefault(o.MXPort, 25)
	o.MaxIdle = orDefault(o.MaxIdle, 20)
	o.IdleTime = orDefault(o.IdleTime, 30*time.Second)
	o.MaxUses = orDefault(o.MaxUses, 100)
	o.SlotWait = orDefault(o.SlotWait, 30*time.Second)
	o.CapabilityAge = orDefault(o.CapabilityAge, 5*time.Minute)
	o.Down = orDefault(o.Down, 10*time.Second)
	o.BreakAfter = orDefault(o.BreakAfter, 5)
	o.BreakFor = orDefault(o.BreakFor, 2*time.Second)
	return o
}

func (t Timeouts) or(def Timeouts) Timeouts {
	t.Connect = orDefault(t.Connect, def.Connect)
	t.Greeting = orDefault(t.Greeting, def.Greeting)
	t.Command = orDefault(t.Command, def.Command)
	t.Data = orDefault(t.Data, def.Data)
	t.Block = orDefault(t.Block, def.Block)
	t.Final = orDefault(t.Final, def.Final)
	return t
}

func orDefault[T int | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

// check looks at settings that cannot work together.
func (h *Hop) check() error {
	switch h.TLS {
	case NoTLS, Opportunistic, Encrypt, Require:
	default:
		return fmt.Errorf("relay: TLS policy %q is none of none, opportunistic, encrypt, require", h.TLS)
	}
	if h.Implicit && (h.TLS == NoTLS || h.TLS == Opportunistic) {
		return errors.New("relay: TLS from the first octet needs the policy encrypt or require")
	}
	if h.OnePacket && h.LMTP {
		return errors.New("relay: an LMTP hop cannot be given the envelope in one packet")
	}
	if h.OnePacket && h.LockStep {
		return errors.New("relay: a hop is asked in lock step or in one packet, not both")
	}
	if h.Login != nil {
		return h.Login.check()
	}
	return nil
}
