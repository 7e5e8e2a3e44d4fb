package main

import (
	"fmt"
	"os"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
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
		Host: hostName(cfg), Node: nodeName(cfg), Domains: cfg.Organization.Domains,
		MaxSize: int64(l.MessageSize), MaxRecipients: l.Recipients,
		MaxConnections: l.Connections, MaxPerIP: l.ConnectionsPerIP,
		IdleTimeout: time.Duration(l.CommandTimeout), DataIdleTimeout: time.Duration(l.DataTimeout),
		DataTimeout: time.Duration(l.TotalTimeout),
	}
}

// proxyListener makes the rules of one listener.
func proxyListener(l config.Listen) (proxy.Listener, error) {
	out := proxy.Listener{Name: l.Address, Implicit: l.TLS.Mode == "implicit", ClientNames: l.TLS.ClientNames,
		Normalise: l.BareNewlines == "normalise"}
	for _, n := range l.Networks {
		out.Networks = append(out.Networks, n.Prefix)
	}
	var err error
	if l.TLS.Mode != "none" {
		if out.TLS, err = proxy.LoadTLS(l.TLS.CertFile, l.TLS.KeyFile, time.Now); err != nil {
			return out, fmt.Errorf("read certificate of %s: %w", l.Address, err)
		}
	}
	if l.TLS.ClientCAFile != "" {
		if out.ClientCA, err = proxy.LoadClientCA(l.TLS.ClientCAFile); err != nil {
			return out, fmt.Errorf("read client authorities of %s: %w", l.Address, err)
		}
	}
	if s := l.SecretHeader; s.Name != "" {
		out.Secret = &proxy.Secret{Name: s.Name}
		for _, v := range s.Values {
			out.Secret.Values = append(out.Secret.Values, v.Reveal())
		}
	}
	return out, nil
}

func relayOptions(cfg *config.Config) (relay.Options, error) {
	// The waits are those of the first hop; the others stand in for it.
	first := cfg.NextHops[0]
	o := relay.Options{Host: hostName(cfg), MaxIdle: first.Idle, Timeouts: relay.Timeouts{
		Connect: time.Duration(first.ConnectTimeout), Command: time.Duration(first.CommandTimeout),
		Final: time.Duration(first.FinalTimeout),
	}}
	for _, h := range cfg.NextHops {
		hop := relay.Hop{Address: h.Address, TLS: relay.TLSPolicy(h.TLS), Trusted: h.Trusted}
		if h.TLS != "none" {
			var err error
			if hop.TLSConfig, err = relay.LoadTLS(h.CAFile, h.CertFile, h.KeyFile, h.ServerName); err != nil {
				return o, fmt.Errorf("read TLS settings of next hop %s: %w", h.Address, err)
			}
		}
		o.Hops = append(o.Hops, hop)
	}
	return o, nil
}
