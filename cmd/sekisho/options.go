package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
	"github.com/sekisho-mail/sekisho/quarantine/blob"
)

// hostName is our name in SMTP.
func hostName(cfg *config.Config) string {
	if cfg.Hostname != "" {
		return cfg.Hostname
	}
	if name, err := os.Hostname(); err == nil && name != "" {
		return name
	}
	return "localhost"
}

// nodeName tells this installation from others.
func nodeName(cfg *config.Config) string {
	if cfg.Node != "" {
		return cfg.Node
	}
	return hostName(cfg)
}

func proxyOptions(cfg *config.Config) proxy.Options {
	l := cfg.Limits
	return proxy.Options{
		Host: hostName(cfg), Node: nodeName(cfg), Domains: cfg.Organization.Domains, Subdomains: cfg.Organization.Subdomains,
		MaxSize: int64(l.MessageSize), MaxRecipients: l.Recipients,
		MaxConnections: l.Connections, MaxPerIP: l.ConnectionsPerIP, MaxPerUser: l.ConnectionsPerUser,
		MinRate: int64(l.MinRate), HeldQuota: int64(l.HeldPerAccount), Breaker: breakerOptions(cfg),
		IdleTimeout: time.Duration(l.CommandTimeout), DataIdleTimeout: time.Duration(l.DataTimeout),
		DataTimeout: time.Duration(l.TotalTimeout),
	}
}

// marker signs the header field that tells how often a mail was here; nil when
// the site wants none. Its key comes from the site key.
func marker(cfg *config.Config) (*proxy.Marker, error) {
	if cfg.MarkHeader == "" {
		return nil, nil //nolint:nilnil // none is wanted
	}
	key, err := blob.LoadOrCreateKey(cfg.SealKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read site key: %w", err)
	}
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte("sekisho mark"))
	return &proxy.Marker{Name: cfg.MarkHeader, Node: nodeName(cfg), Keys: [][]byte{mac.Sum(nil)}}, nil
}

func breakerOptions(cfg *config.Config) proxy.BreakerOptions {
	b := cfg.Breaker
	o := proxy.BreakerOptions{
		Mode: proxy.BreakerMode(b.Mode), Recipients: b.Recipients, NewRecipients: b.NewRecipients, SameContent: b.SameContent,
		NightFrom: int(b.NightFrom) / 60, NightTo: int(b.NightTo) / 60, Location: cfg.Organization.Location(), PerAddress: b.PerAddress,
	}
	for _, e := range b.Exceptions {
		if e.Unlimited {
			e.Times = 0
		}
		o.Exceptions = append(o.Exceptions, proxy.BreakerException{Sender: e.Sender, Times: e.Times})
	}
	return o
}

func prefixes(list []config.Network) []netip.Prefix {
	var out []netip.Prefix
	for _, n := range list {
		out = append(out, n.Prefix)
	}
	return out
}

// proxyListener makes the rules of one listener.
func proxyListener(l config.Listen, hops *relay.Relay, log *slog.Logger) (proxy.Listener, error) {
	out := proxy.Listener{Name: l.Address, Implicit: l.TLS.Mode == "implicit", ClientNames: l.TLS.ClientNames,
		RequireTLS: l.TLS.Required, Normalise: l.BareNewlines == "normalise", Chunking: l.Chunking,
		Networks: prefixes(l.Networks), Proxies: prefixes(l.Proxies), XClient: prefixes(l.XClient), XForward: prefixes(l.XForward)}
	var err error
	if l.TLS.Mode != "none" {
		if out.TLS, err = proxy.LoadTLS(l.TLS.CertFile, l.TLS.KeyFile, time.Now, log); err != nil {
			return out, fmt.Errorf("read certificate of %s: %w", l.Address, err)
		}
	}
	if l.TLS.ClientCAFile != "" {
		if out.ClientCA, err = proxy.LoadClientCA(l.TLS.ClientCAFile); err != nil {
			return out, fmt.Errorf("read client authorities of %s: %w", l.Address, err)
		}
	}
	if out.Accounts, err = accounts(l, hops, log); err != nil {
		return out, fmt.Errorf("set up log-ins of %s: %w", l.Address, err)
	}
	if s := l.SecretHeader; s.Name != "" {
		if out.Secret, err = proxy.LoadSecret(s.Name, s.ValuesFile, time.Now, log); err != nil {
			return out, fmt.Errorf("read secret header of %s: %w", l.Address, err)
		}
	}
	return out, nil
}

func relayOptions(cfg *config.Config) (relay.Options, error) {
	o := relay.Options{Host: hostName(cfg)}
	var err error
	if o.Hops, err = relayHops(cfg.NextHops); err != nil {
		return o, err
	}
	for _, r := range cfg.Routes {
		hops, err := relayHops(r.NextHops)
		if err != nil {
			return o, err
		}
		o.Routes = append(o.Routes, relay.Route{Domains: r.Domains, Hops: hops})
		if len(hops) == 0 {
			o.MX = &relay.Hop{TLS: relay.TLSPolicy(r.MXTLS)}
		}
	}
	return o, nil
}

func relayHops(list []config.NextHop) ([]relay.Hop, error) {
	var out []relay.Hop
	for _, h := range list {
		hop := relay.Hop{
			Address: h.Address, TLS: relay.TLSPolicy(h.TLS), Implicit: h.ImplicitTLS, Trusted: h.Trusted, LMTP: h.Protocol == "lmtp", OnePacket: h.Envelope == "one_packet",
			LockStep:       h.Envelope == "lock_step",
			MaxConnections: h.Connections, MaxIdle: h.Idle, IdleTime: time.Duration(h.IdleTime), MaxUses: h.Uses,
			Timeouts: relay.Timeouts{
				Connect: time.Duration(h.ConnectTimeout), Greeting: time.Duration(h.GreetingTimeout), Command: time.Duration(h.CommandTimeout),
				Data: time.Duration(h.DataTimeout), Block: time.Duration(h.BlockTimeout), Final: time.Duration(h.FinalTimeout),
			},
		}
		if hop.MaxIdle == 0 {
			hop.MaxIdle = -1
		}
		if l := h.Login; l.Mechanism != "" {
			hop.Login = &relay.Login{Mechanism: l.Mechanism, User: l.User, Secret: secretIn(l.SecretFile)}
		}
		if h.TLS != "none" {
			var err error
			if hop.TLSConfig, err = relay.LoadTLS(h.CAFile, h.CertFile, h.KeyFile, h.ServerName); err != nil {
				return nil, fmt.Errorf("read TLS settings of next hop %s: %w", h.Address, err)
			}
		}
		out = append(out, hop)
	}
	return out, nil
}
