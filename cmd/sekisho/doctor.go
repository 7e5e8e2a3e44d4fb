package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/config"
)

// resolver answers the doctor's DNS questions. *net.Resolver is one.
type resolver interface {
	LookupHost(ctx context.Context, host string) ([]string, error)
	LookupMX(ctx context.Context, name string) ([]*net.MX, error)
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// doctor looks at a site from where it runs: settings, certificates, DNS, and
// whether the servers answer. What it cannot see from here it names.
type doctor struct {
	cfg  *config.Config
	dns  resolver
	dial func(ctx context.Context, network, address string) (net.Conn, error)
	now  time.Time
	out  io.Writer
	// round is the probe to send; it is none without a sender.
	round probe

	language string // of the steps: en or ja

	bad int // findings that must be mended
}

const probeTimeout = 10 * time.Second

func doctorCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Print the set-up of the mail system around the guard, and check what can be checked",
		Long: "Each sub-command prints the exact steps for this site's configuration, then checks\n" +
			"certificates, DNS and connections from here, and says what it could not check.\n" +
			"Exit status 1: something must be mended.",
	}
	for _, g := range guides {
		var round probe
		var language string
		guide := &cobra.Command{
			Use: g.name, Short: g.short, Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				if language != "en" && language != "ja" {
					return fmt.Errorf("--language %q is neither en nor ja", language)
				}
				cfg, err := loadConfig(c)
				if err != nil {
					return err
				}
				d := &doctor{cfg: cfg, dns: net.DefaultResolver, dial: (&net.Dialer{}).DialContext, now: time.Now(), out: c.OutOrStdout(), round: round, language: language}
				return d.examine(c.Context(), g)
			},
		}
		f := guide.Flags()
		f.StringVar(&language, "language", "en", "of the steps: en or ja; what the checks say is in English")
		f.StringVar(&round.from, "probe", "", "send a mail round from this address of yours: to the system in front and back here, where it is removed")
		f.StringVar(&round.to, "probe-to", "probe@sekisho.invalid", "whom the probe is for; an address that nobody has, in case it does not come here")
		f.StringVar(&round.via, "probe-via", "", "server that is given the probe, host:port (default: the first next hop)")
		f.DurationVar(&round.wait, "probe-wait", 2*time.Minute, "how long to wait for it")
		cmd.AddCommand(guide)
	}
	return cmd
}

// examine prints a guide and runs its checks.
func (d *doctor) examine(ctx context.Context, g guide) error {
	if err := g.print(d.out, d.cfg, d.language); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\n== Checks\n\n")
	for _, p := range config.Check(d.cfg, d.now) {
		d.say(p.Level == config.Error, p.Key, "%s", p.Text)
	}
	d.names(ctx)
	for i, l := range d.cfg.Listen {
		d.listener(ctx, fmt.Sprintf("listen[%d]", i), l)
	}
	for i, h := range d.cfg.NextHops {
		d.hop(ctx, fmt.Sprintf("next_hops[%d]", i), h)
	}
	if g.check != nil {
		g.check(ctx, d)
	}
	unseen := g.unseen
	if d.round.from == "" {
		unseen = append(slices.Clone(unseen), "whether mail really comes here and goes on: --probe ADDRESS sends one round")
	} else if err := d.sendProbe(ctx, d.round); err != nil {
		return err
	}
	fmt.Fprintf(d.out, "\n== Not checked from here\n\n")
	for _, s := range unseen {
		fmt.Fprintf(d.out, "- %s\n", s)
	}
	if d.bad > 0 {
		return exitCode{1, fmt.Errorf("%d things must be mended", d.bad)}
	}
	return nil
}

func (d *doctor) say(bad bool, what, format string, args ...any) {
	mark := "warn"
	if bad {
		mark = "BAD "
		d.bad++
	}
	fmt.Fprintf(d.out, "%s  %s: %s\n", mark, what, fmt.Sprintf(format, args...))
}

func (d *doctor) fine(what, format string, args ...any) {
	fmt.Fprintf(d.out, "ok    %s: %s\n", what, fmt.Sprintf(format, args...))
}

// names asks whether our name can be found: receivers of our Received fields and
// senders that connect to us by name need that.
func (d *doctor) names(ctx context.Context) {
	name := hostName(d.cfg)
	addrs, err := d.lookupHost(ctx, name)
	if err != nil {
		d.say(false, "hostname", "%s has no address in DNS (%s); set hostname to the name that others know", name, plainDNS(err))
		return
	}
	d.fine("hostname", "%s is %s", name, strings.Join(addrs, ", "))
}

func (d *doctor) lookupHost(ctx context.Context, name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	return d.dns.LookupHost(ctx, name) //nolint:wrapcheck // plainDNS puts it into words
}

func plainDNS(err error) string {
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound {
		return "there is none"
	}
	return "the resolver does not answer"
}

// listener looks at its certificate and says EHLO to it.
func (d *doctor) listener(ctx context.Context, key string, l config.Listen) {
	if l.TLS.Mode != "none" {
		d.certificate(key+".tls.cert_file", l.TLS.CertFile, hostName(d.cfg))
	}
	address := l.Address
	if host, port, err := net.SplitHostPort(address); err == nil && (host == "" || net.ParseIP(host).IsUnspecified()) {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	if len(l.Proxies) > 0 || l.TLS.Mode == "implicit" {
		d.probeConnect(ctx, key, address, "the guard")
		return
	}
	lines, err := d.ehlo(ctx, address)
	switch {
	case err != nil:
		d.say(true, key, "%s does not answer (%s); start the guard, or look at its log", address, plainError(err))
	case l.TLS.Mode == "starttls" && !has(lines, "STARTTLS"):
		d.say(true, key, "%s does not offer STARTTLS although the configuration says so; restart the guard", address)
	default:
		d.fine(key, "%s answers and announces %s", address, strings.Join(lines[1:], ", "))
	}
}

func (d *doctor) hop(ctx context.Context, key string, h config.NextHop) {
	if h.ImplicitTLS || h.Protocol == "lmtp" {
		if d.probeConnect(ctx, key, h.Address, "the next hop") {
			d.hopCertificate(ctx, key, h)
		}
		return
	}
	lines, err := d.ehlo(ctx, h.Address)
	switch {
	case err != nil:
		d.say(true, key, "%s does not answer (%s); is it running, and does a firewall let us through?", h.Address, plainError(err))
	case (h.TLS == "require" || h.TLS == "encrypt") && !has(lines, "STARTTLS"):
		d.say(true, key, "%s offers no STARTTLS, but tls is %s; give it a certificate", h.Address, h.TLS)
	case h.Login.Mechanism != "" && h.TLS == "none" && !has(lines, "AUTH"):
		d.say(true, key, "%s offers no AUTH, but a log-in is set", h.Address)
	default:
		d.fine(key, "%s answers and announces %s", h.Address, strings.Join(lines[1:], ", "))
		d.hopCertificate(ctx, key, h)
	}
}

// probeConnect tells whether somebody is there.
func (d *doctor) probeConnect(ctx context.Context, key, address, who string) bool {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := d.dial(ctx, "tcp", address)
	if err != nil {
		d.say(true, key, "%s at %s cannot be reached (%s)", who, address, plainError(err))
		return false
	}
	_ = conn.Close()
	d.fine(key, "%s can be reached; its dialogue was not tried", address)
	return true
}

// ehlo gives the lines of a server's reply to EHLO.
func (d *doctor) ehlo(ctx context.Context, address string) ([]string, error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := d.dial(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(probeTimeout))
	r := bufio.NewReader(conn)
	if _, err := reply(r); err != nil {
		return nil, err
	}
	if _, err := fmt.Fprintf(conn, "EHLO %s\r\n", hostName(d.cfg)); err != nil {
		return nil, fmt.Errorf("say EHLO: %w", err)
	}
	lines, err := reply(r)
	_, _ = conn.Write([]byte("QUIT\r\n"))
	return lines, err
}

var errNotSMTP = errors.New("it does not speak SMTP")

func reply(r *bufio.Reader) ([]string, error) {
	var lines []string
	for range 100 {
		line, err := r.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read: %w", err)
		}
		line = strings.TrimRight(line, "\r\n")
		switch {
		case len(line) < 4:
			return nil, errNotSMTP
		case line[0] != '2':
			return nil, fmt.Errorf("it says %q", line[:3])
		}
		if lines = append(lines, line[4:]); line[3] == ' ' {
			return lines, nil
		}
	}
	return nil, errNotSMTP
}

func has(lines []string, extension string) bool {
	for _, l := range lines[1:] {
		word, _, _ := strings.Cut(l, " ")
		if strings.EqualFold(word, extension) {
			return true
		}
	}
	return false
}

// plainError is an error without the names that were just said.
func plainError(err error) string {
	var op *net.OpError
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "no answer in time"
	case errors.As(err, &op):
		return op.Err.Error()
	case errors.Is(err, io.EOF):
		return "it hangs up"
	}
	return strings.TrimPrefix(err.Error(), "read: ")
}

// certificate looks whether a certificate is for our name; its dates were looked
// at with the settings.
func (d *doctor) certificate(key, file, name string) {
	pair, err := os.ReadFile(file)
	if err != nil {
		return // said with the settings
	}
	leaf, err := firstCertificate(pair)
	switch {
	case err != nil:
		d.say(true, key, "%s: %s", file, err)
	case leaf.VerifyHostname(name) != nil:
		d.say(true, key, "%s is for %s, not for %s; senders that check it will not connect", file, strings.Join(leaf.DNSNames, ", "), name)
	case leaf.Issuer.String() == leaf.Subject.String():
		d.say(false, key, "%s is self-signed; cloud services want one of a public authority", file)
	default:
		d.fine(key, "%s is for %s until %s", file, name, leaf.NotAfter.UTC().Format(time.DateOnly))
	}
}

func firstCertificate(pem []byte) (*x509.Certificate, error) {
	var pair tls.Certificate
	for rest := pem; ; {
		block, next := decodePEM(rest)
		if block == nil {
			break
		}
		pair.Certificate, rest = append(pair.Certificate, block), next
	}
	if len(pair.Certificate) == 0 {
		return nil, errors.New("holds no certificate in PEM form")
	}
	return x509.ParseCertificate(pair.Certificate[0]) //nolint:wrapcheck // shown as it is
}
