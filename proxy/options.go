package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/proxy/spool"
)

// Options are what a site sets for all listeners. A zero means the default.
type Options struct {
	// Host is our name in greetings and Received fields.
	Host string
	// Node tells this installation from others in Received fields; loops are
	// recognised by it.
	Node string
	// Domains are the organization's own mail domains. Only they, and the null
	// sender, may send.
	Domains []string
	// Subdomains counts what stands below one of the Domains as own too.
	Subdomains bool

	// Marker is put on every mail; nil puts none.
	Marker *Marker

	// Probe recognises probes; nil knows none.
	Probe *Probe

	// MaxSize is the largest mail in octets; default 100 MiB.
	MaxSize int64
	// MaxRecipients is the largest number of recipients of one mail; default 1000.
	MaxRecipients int
	// MaxConnections and MaxPerIP limit open connections, all and from one
	// address (an IPv6 /64 counts as one); defaults 4000 and 1000, as most mail
	// comes from few servers. An idle connection costs about 17 KB.
	MaxConnections int
	MaxPerIP       int
	// MaxPerUser limits the connections that one user has logged in on; default 50.
	MaxPerUser int
	// MinRate is how many octets a second a mail must come in with, counted over
	// all of it once a minute is over; 0 is without limit.
	MinRate int64
	// HeldQuota is how many octets of one account's mail may be held within a day,
	// whatever becomes of them until Forgive; beyond it mails that would be held are
	// put off. 0 is without limit.
	HeldQuota int64
	// Breaker stops accounts that have been taken over.
	Breaker BreakerOptions
	// MaxCommands is how many commands may be given without a mail being
	// completed; default 3000. MaxErrors is how many of them may be no SMTP
	// commands, or name recipients that are not taken; default 20. Recipients of one
	// mail that are not taken count once it is given up, and at once when they are
	// more than MaxRecipients: a list may have many dead addresses.
	MaxCommands int
	MaxErrors   int

	// IdleTimeout is the wait for a whole command; default 5 minutes (RFC 5321
	// section 4.5.3.2.7).
	IdleTimeout time.Duration
	// DataIdleTimeout is the wait for the next octets of a mail, renewed by every
	// one that comes; default 3 minutes. DataTimeout is the time for the whole
	// mail; default 1 hour.
	DataIdleTimeout time.Duration
	DataTimeout     time.Duration
	// JudgeTimeout is how long judging may take before what is not known by then
	// holds the mail; default 2 minutes.
	JudgeTimeout time.Duration
	// HoldTimeout is how long keeping a mail may take; default 1 minute.
	HoldTimeout time.Duration
	// HopTimeout is the wait for the next hop's answer to MAIL or RCPT, and
	// HopDataTimeout for the transfer with its final answer; defaults 4 and 9
	// minutes, a minute less than a client waits for us (RFC 5321 section 4.5.3.2).
	HopTimeout     time.Duration
	HopDataTimeout time.Duration
}

// Deps are what the road stands on.
type Deps struct {
	Spool     *spool.Spool
	Hop       NextHop
	Inspector Inspector
	Holder    Holder
	Journal   Journal
	// Probed is told of a probe that has arrived; its error is a 451. It may be nil.
	Probed  func(Arrival) error
	Now     func() time.Time
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Listener says who may send mail through one port, and how.
type Listener struct {
	// Name is the listener's address as configured; it is kept in envelopes.
	Name string
	// TLS offers STARTTLS, or is used from the first octet when Implicit is set.
	// It may be nil.
	TLS      *tls.Config
	Implicit bool
	// RequireTLS takes no mail without TLS.
	RequireTLS bool
	// Accounts lets clients send that log in; AUTH is offered inside TLS, and
	// without it on the loopback interface only. It may be nil.
	Accounts Accounts
	// Networks are the clients that may send.
	Networks []netip.Prefix
	// ClientCA lets clients send that show a certificate which these sign. When
	// ClientNames is set, its subject's common name or one of its DNS names must
	// be among them; "*.example.com" stands for one label.
	ClientCA    *x509.CertPool
	ClientNames []string
	// Secret must be in each mail when it is set, besides all other conditions.
	Secret *Secret
	// Proxies are load balancers: a connection from them must begin with a PROXY
	// header (version 1 or 2), which says who the client is.
	Proxies []netip.Prefix
	// XClient are clients that may speak for others in everything, permission
	// included (XCLIENT); XForward are those that may name the client that they
	// have the mail from, for Received fields and records (XFORWARD).
	XClient  []netip.Prefix
	XForward []netip.Prefix
	// Chunking takes mail by BDAT too, where the next hop does (RFC 3030). It goes
	// on with DATA, so a mail that does not end in CRLF is refused.
	Chunking bool
	// Normalise turns bare CR and LF in mails into CRLF instead of refusing the
	// mail: for trusted, sloppy applications only, as it changes what was signed.
	Normalise bool
}

// Sentinels of New and Serve for settings that cannot work.
var (
	ErrNoDomains = errors.New("proxy: the organization's own domains are missing, nobody could send")
	ErrNobody    = errors.New("proxy: listener allows nobody: set networks or a client CA")
)

func (o Options) withDefaults() Options {
	o.MaxSize = orDefault(o.MaxSize, 100<<20)
	o.MaxRecipients = orDefault(o.MaxRecipients, 1000)
	o.MaxConnections = orDefault(o.MaxConnections, 4000)
	o.MaxPerIP = orDefault(o.MaxPerIP, 1000)
	o.MaxPerUser = orDefault(o.MaxPerUser, 50)
	o.Breaker = o.Breaker.withDefaults()
	o.MaxCommands = orDefault(o.MaxCommands, 3000)
	o.MaxErrors = orDefault(o.MaxErrors, 20)
	o.IdleTimeout = orDefault(o.IdleTimeout, 5*time.Minute)
	o.DataIdleTimeout = orDefault(o.DataIdleTimeout, 3*time.Minute)
	o.DataTimeout = orDefault(o.DataTimeout, time.Hour)
	o.JudgeTimeout = orDefault(o.JudgeTimeout, 2*time.Minute)
	o.HoldTimeout = orDefault(o.HoldTimeout, time.Minute)
	o.HopTimeout = orDefault(o.HopTimeout, 4*time.Minute)
	o.HopDataTimeout = orDefault(o.HopDataTimeout, 9*time.Minute)
	return o
}

func orDefault[T int | int64 | time.Duration](v, def T) T {
	if v <= 0 {
		return def
	}
	return v
}

func (o Options) check() error {
	if len(o.Domains) == 0 {
		return ErrNoDomains
	}
	for _, word := range []struct{ name, value string }{{"host", o.Host}, {"node", o.Node}} {
		if word.value == "" || strings.ContainsAny(word.value, " \t\r\n()<>;") {
			return fmt.Errorf("proxy: %s %q is not a name", word.name, word.value)
		}
	}
	return nil
}

func (l Listener) check() error {
	if len(l.Networks) == 0 && l.ClientCA == nil && l.Accounts == nil {
		return ErrNobody
	}
	if l.TLS == nil && (l.Implicit || l.ClientCA != nil) {
		return errors.New("proxy: listener needs a certificate for implicit TLS or client certificates")
	}
	if l.Secret != nil && (l.Secret.Name == "" || len(l.Secret.current()) == 0) {
		return errors.New("proxy: secret header needs a name and a value")
	}
	return nil
}
