package main

import (
	"context"
	"embed"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"text/template"

	"github.com/sekisho-mail/sekisho/config"
)

//go:embed doctor/*.txt
var guideTexts embed.FS

// guide is the set-up of one kind of mail system around the guard.
type guide struct {
	name, short string
	check       func(ctx context.Context, d *doctor)
	unseen      []string // what nobody can check from here
}

var guides = []guide{
	{
		name: "postfix", short: "Postfix in front of the guard, behind it, or both",
		check: func(_ context.Context, d *doctor) { d.loopback() },
		unseen: []string{
			"main.cf and master.cf of Postfix itself: run `postconf -n` and `postconf -Mf` there and compare",
			"whether other ways lead out past the guard: no other server may relay to the internet, port 25 outward is closed for all but the last hop",
		},
	},
	{
		name: "m365", short: "Microsoft 365 sends through the guard and takes mail back",
		check: func(ctx context.Context, d *doctor) {
			d.cloud(ctx, ".mail.protection.outlook.com", "spf.protection.outlook.com", true)
			if !slices.ContainsFunc(d.cfg.Listen, onPort25) {
				d.say(false, "listen", "has no address on port 25, the only one that an outbound connector speaks to: listen there, or forward port 25 to it")
			}
		},
		unseen: []string{
			"connectors and rules in Exchange Online: run Get-OutboundConnector, Get-InboundConnector and Get-TransportRule there",
			"whether port 25 of this machine can be reached from Microsoft's networks: Validate-OutboundConnector there tries it",
			"whether the certificate's authority is one that Microsoft trusts",
		},
	},
	{
		name: "google", short: "Google Workspace sends through the guard and relays for it",
		check: func(ctx context.Context, d *doctor) {
			d.cloud(ctx, ".google.com", "_spf.google.com", false)
		},
		unseen: []string{
			"routes and the SMTP relay service in the Admin console: Apps > Google Workspace > Gmail",
			"whether port 25 of this machine can be reached from Google's networks: send a mail from Gmail and look at its log there (Reporting > Email Log Search)",
			"Google's list of sending networks changes: compare it with listen[].networks now and then (TXT of _spf.google.com)",
		},
	},
}

// site is what the guides' texts speak of.
type guideSite struct {
	Host, Port, Listen, Hop, HopHost, HopPort, Header, Values, Mark, CertName string
	Domains                                                                   []string
}

func (g guide) print(w io.Writer, cfg *config.Config, language string) error {
	file := g.name + ".txt"
	if language == "ja" {
		file = g.name + ".ja.txt"
	}
	text, err := template.New(file).Funcs(template.FuncMap{"join": strings.Join}).ParseFS(guideTexts, "doctor/"+file)
	if err != nil {
		return fmt.Errorf("read guide: %w", err)
	}
	s := guideSite{Host: hostName(cfg), Domains: cfg.Organization.Domains, Mark: cfg.MarkHeader, Header: "X-Sekisho-Key", Values: "/etc/sekisho/key-values", CertName: hostName(cfg)}
	s.Listen, s.Hop = nearby(cfg.Listen[0].Address), cfg.NextHops[0].Address
	_, s.Port, _ = net.SplitHostPort(s.Listen)
	s.HopHost, s.HopPort, _ = net.SplitHostPort(s.Hop)
	for _, l := range cfg.Listen {
		if l.SecretHeader.Name != "" {
			s.Header, s.Values = l.SecretHeader.Name, l.SecretHeader.ValuesFile
		}
	}
	if s.Mark == "" {
		s.Mark = "X-Sekisho-Mark"
	}
	if err := text.Execute(w, s); err != nil {
		return fmt.Errorf("write guide: %w", err)
	}
	return nil
}

// nearby is how a program on this machine reaches a listener: one that listens on all
// addresses has none to connect to.
func nearby(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}

func onPort25(l config.Listen) bool {
	_, port, _ := net.SplitHostPort(l.Address)
	return port == "25"
}

// letsIn tells that a client outside the company may relay through the listener.
func letsIn(l config.Listen) bool {
	return l.TLS.ClientCAFile != "" || slices.ContainsFunc(l.Networks, func(n config.Network) bool {
		return !n.Addr().IsLoopback() && !n.Addr().IsPrivate()
	})
}

// loopback makes sure that Postfix does not hand mail back to the guard's own
// listener and that the guard would know it.
func (d *doctor) loopback() {
	for i, l := range d.cfg.Listen {
		if len(l.XForward) == 0 {
			d.say(false, fmt.Sprintf("listen[%d].xforward", i), "is empty: with smtpd_proxy_filter or content_filter in front, name Postfix's address here so that the true client is known")
		}
	}
	if d.cfg.NextHops[0].Trusted {
		d.fine("next_hops[0].trusted", "Postfix drops a mail without its final dot")
	}
}

// cloud checks what a cloud service in front needs: its DNS records, a
// certificate, and that its shared addresses are not all that is asked for.
func (d *doctor) cloud(ctx context.Context, mx, spf string, certificates bool) {
	for i, domain := range d.cfg.Organization.Domains {
		key := fmt.Sprintf("organization.domains[%d]", i)
		d.mx(ctx, key, domain, mx)
		d.spf(ctx, key, domain, spf)
	}
	if !slices.ContainsFunc(d.cfg.Listen, letsIn) {
		d.say(true, "listen", "lets in nobody from outside: the service is refused at MAIL; set tls.client_ca_file and tls.client_names for Microsoft 365, the service's networks for Google")
	}
	proved := false
	for i, l := range d.cfg.Listen {
		key := fmt.Sprintf("listen[%d]", i)
		if l.SecretHeader.Name != "" || certificates && l.TLS.ClientCAFile != "" && len(l.TLS.ClientNames) > 0 {
			proved = true
		}
		if l.TLS.Mode == "none" && l.SecretHeader.Name != "" {
			d.say(true, key+".tls.mode", "is none, so that the secret header comes in the clear; write starttls with a certificate")
		}
	}
	if !proved {
		d.say(true, "listen", "nothing tells this organization's mail from that of other customers of the service: set secret_header, or client certificates with names")
	}
	if d.cfg.MarkHeader == "" {
		d.say(false, "mark_header", "is empty: a mail that the service sends back to us is only noticed by its Received fields; write X-Sekisho-Mark")
	}
	if h := d.cfg.NextHops[0]; h.TLS != "require" {
		d.say(true, "next_hops[0].tls", "is %s; mail to a cloud service goes over the internet: write require", h.TLS)
	} else if certificates && h.CertFile == "" {
		d.say(true, "next_hops[0].cert_file", "is missing: the inbound connector knows us by our certificate")
	}
}

func (d *doctor) mx(ctx context.Context, key, domain, want string) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	list, err := d.dns.LookupMX(ctx, domain)
	if err != nil {
		d.say(false, key, "MX of %s could not be found (%s)", domain, plainDNS(err))
		return
	}
	for _, m := range list {
		if strings.HasSuffix(strings.ToLower(strings.TrimSuffix(m.Host, ".")), want) {
			d.fine(key, "MX of %s is %s", domain, m.Host)
			return
		}
	}
	d.say(false, key, "MX of %s is not at *%s: replies take another way, which may be meant", domain, want)
}

// spf makes sure that the domain's SPF record names whom mail leaves from in the
// end, which is the service.
func (d *doctor) spf(ctx context.Context, key, domain, include string) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	list, err := d.dns.LookupTXT(ctx, domain)
	if err != nil {
		d.say(false, key, "SPF of %s could not be found (%s)", domain, plainDNS(err))
		return
	}
	for _, txt := range list {
		if strings.HasPrefix(strings.ToLower(txt), "v=spf1") {
			if strings.Contains(strings.ToLower(txt), "include:"+include) {
				d.fine(key, "SPF of %s names the service", domain)
			} else {
				d.say(true, key, "SPF of %s does not include %s, from where its mail leaves", domain, include)
			}
			return
		}
	}
	d.say(true, key, "%s has no SPF record; publish: v=spf1 include:%s -all", domain, include)
}

func decodePEM(data []byte) (certificate, rest []byte) {
	for {
		block, next := pem.Decode(data)
		if block == nil || block.Type == "CERTIFICATE" {
			if block == nil {
				return nil, nil
			}
			return block.Bytes, next
		}
		data = next
	}
}
