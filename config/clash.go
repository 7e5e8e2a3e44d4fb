package config

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// clashes are the rules between settings: each value is good, together they are
// not.
func clashes(c *Config) []Problem {
	var out []Problem
	add := func(key, format string, args ...any) {
		out = append(out, Problem{Key: key, Text: fmt.Sprintf(format, args...), Level: Error})
	}
	for i, l := range c.Listen {
		listenClashes(c, l, fmt.Sprintf("listen[%d]", i), add)
	}
	for i, h := range c.NextHops {
		hopClashes(c, h, fmt.Sprintf("next_hops[%d]", i), add)
	}
	routed, mxTLS := map[string]bool{}, ""
	for i, r := range c.Routes {
		if len(r.NextHops) == 0 {
			if mxTLS != "" && r.MXTLS != mxTLS {
				add(fmt.Sprintf("routes[%d].mx_tls", i), "is %s, but another route to MX hosts has %s; one host may serve both, so write the same", r.MXTLS, mxTLS)
			}
			mxTLS = r.MXTLS
		}
		for j, h := range r.NextHops {
			hopClashes(c, h, fmt.Sprintf("routes[%d].next_hops[%d]", i, j), add)
		}
		for j, d := range r.Domains {
			if routed[strings.ToLower(d)] {
				add(fmt.Sprintf("routes[%d].domains[%d]", i, j), "%s has a route already; keep one of them", d)
			}
			routed[strings.ToLower(d)] = true
		}
	}
	bindClashes(c, add)
	for i, e := range c.Breaker.Exceptions {
		if e.Times == 0 && !e.Unlimited {
			add(fmt.Sprintf("breaker.exceptions[%d].times", i), "is missing; write how many times the limits %s may have, or unlimited: true", e.Sender)
		}
	}
	peopleClashes(c, add)
	ownClashes(c, add)
	repeats(c.Organization.Domains, "organization.domains[%d]", add)
	partners := make([]string, len(c.Partners))
	for i, p := range c.Partners {
		partners[i] = p.Domain
	}
	repeats(partners, "partners[%d].domain", add)
	if c.Hold.WorkingHours.From >= c.Hold.WorkingHours.To {
		add("hold.working_hours.to", "%s is not later than from (%s); write the end of the working day",
			c.Hold.WorkingHours.To, c.Hold.WorkingHours.From)
	}
	return out
}

func hopClashes(c *Config, h NextHop, key string, add func(key, format string, args ...any)) {
	if h.TLS == "none" && (h.CAFile != "" || h.CertFile != "" || h.ServerName != "") {
		add(key+".tls", "is none, so that ca_file, cert_file and server_name have no effect; write require, or leave them out")
	}
	if h.ImplicitTLS && (h.TLS == "none" || h.TLS == "opportunistic") {
		add(key+".tls", "is %s, but implicit_tls never goes without; write require or encrypt", h.TLS)
	}
	if h.Protocol == "lmtp" && h.Envelope == "one_packet" {
		add(key+".envelope", "is one_packet, which lmtp cannot do; write live")
	}
	host, _, _ := net.SplitHostPort(h.Address)
	if h.Login.Mechanism != "" && h.TLS == "none" && !local(host) {
		add(key+".tls", "is none, so that the secret would go to %s in the clear; write require", h.Address)
	}
	for j, l := range c.Listen {
		if overlap(h.Address, l.Address) {
			add(key+".address", "%s is our own listener (listen[%d]), so that mail would go in a circle; name the mail server", h.Address, j)
		}
	}
}

func listenClashes(c *Config, l Listen, key string, add func(key, format string, args ...any)) {
	if len(l.Networks) == 0 && l.TLS.ClientCAFile == "" && len(l.TLS.ClientNames) == 0 && l.Auth.Check == "none" {
		add(key+".networks", "nobody may send here; name networks, or tls.client_ca_file")
	}
	authClashes(c, l, key+".auth", add)
	for i, n := range l.Networks {
		if n.IsValid() && n.Bits() == 0 && l.SecretHeader.Name == "" {
			add(fmt.Sprintf("%s.networks[%d]", key, i), "%s lets everybody send; name your own networks, or ask for a secret_header too", n)
		}
	}
	withTLS := l.TLS.Mode == "starttls" || l.TLS.Mode == "implicit"
	switch {
	case withTLS && l.TLS.CertFile == "" && l.TLS.KeyFile == "":
		add(key+".tls.cert_file", "is missing; TLS needs a certificate, together with its key_file")
	case l.TLS.Mode != "none":
	case l.TLS.Required:
		add(key+".tls.mode", "is none although TLS is required; write starttls or implicit")
	case l.TLS.CertFile != "":
		add(key+".tls.mode", "is none although a certificate is named; write starttls or implicit")
	case len(l.TLS.ClientNames) > 0 || l.TLS.ClientCAFile != "":
		add(key+".tls.mode", "is none although client certificates are asked for; write starttls or implicit")
	}
}

// repeats finds a domain that stands twice; they are in lower case by now.
func repeats(domains []string, key string, add func(key, format string, args ...any)) {
	seen := map[string]bool{}
	for i, d := range domains {
		if d != "" && seen[d] {
			add(fmt.Sprintf(key, i), "%s stands here twice; keep one of them", d)
		}
		seen[d] = true
	}
}

// bindClashes finds two listeners on one address.
func bindClashes(c *Config, add func(key, format string, args ...any)) {
	type bound struct{ key, address string }
	var taken []bound
	for i, l := range c.Listen {
		taken = append(taken, bound{fmt.Sprintf("listen[%d].address", i), l.Address})
	}
	taken = append(taken, bound{"console.address", c.Console.Address})
	taken = append(taken, bound{"decisions.address", c.Decisions.Address})
	if c.Metrics.Address != c.Console.Address {
		taken = append(taken, bound{"metrics.address", c.Metrics.Address})
	}
	for i, b := range taken {
		for _, a := range taken[:i] {
			if overlap(a.address, b.address) {
				add(b.key, "%s is taken by %s already; choose another port", b.address, a.key)
			}
		}
	}
}

// overlap tells whether b can be reached where a listens: same port, and the
// same host or one that stands for all. Port 0 is another port each time.
func overlap(a, b string) bool {
	ah, ap, aerr := net.SplitHostPort(a)
	bh, bp, berr := net.SplitHostPort(b)
	if aerr != nil || berr != nil || ap != bp || ap == "0" {
		return false
	}
	return ah == bh || everyHost(ah) && local(bh) || everyHost(bh) && local(ah)
}

func everyHost(h string) bool {
	a, err := netip.ParseAddr(h)
	return h == "" || err == nil && a.IsUnspecified()
}

// local is true for what certainly is this machine; a foreign address with the
// same port is no clash.
func local(h string) bool {
	a, err := netip.ParseAddr(h)
	return everyHost(h) || h == "localhost" || err == nil && a.IsLoopback()
}
