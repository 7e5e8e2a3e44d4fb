package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// renewWithin is how long before its end a foreign certificate is worth a word.
const renewWithin = 14 * 24 * time.Hour

// hopCertificate shakes hands with a next hop as the guard would and says what
// its certificate is good for. The server's answers were looked at before.
func (d *doctor) hopCertificate(ctx context.Context, key string, h config.NextHop) {
	if h.TLS == "none" || h.Protocol == "lmtp" && !h.ImplicitTLS {
		return
	}
	cfg, err := relay.LoadTLS(h.CAFile, h.CertFile, h.KeyFile, h.ServerName)
	if err != nil {
		return // said with the settings
	}
	if cfg.ServerName == "" {
		cfg.ServerName, _, _ = net.SplitHostPort(h.Address)
	}
	leaf, fault, err := d.shakeHands(ctx, h, cfg)
	switch {
	case err != nil:
		d.say(h.TLS != "opportunistic", key, "TLS with %s fails (%s)", h.Address, plainError(err))
	case leaf == nil: // it offers none, which was said
	case d.now.After(leaf.NotAfter):
		d.say(h.TLS == "require", key, "the certificate of %s expired on %s", h.Address, leaf.NotAfter.UTC().Format(time.DateOnly))
	case fault != nil && h.TLS == "require":
		d.say(true, key, "the certificate of %s is not good for %s (%s); name its authority with ca_file, or its name with server_name", h.Address, cfg.ServerName, certificateFault(fault))
	case leaf.NotAfter.Sub(d.now) < renewWithin:
		d.say(false, key, "the certificate of %s expires on %s", h.Address, leaf.NotAfter.UTC().Format(time.DateOnly))
	case fault != nil:
		d.fine(key, "TLS with %s works; its certificate is not checked (tls: %s)", h.Address, h.TLS)
	default:
		d.fine(key, "the certificate of %s is good for %s until %s", h.Address, cfg.ServerName, leaf.NotAfter.UTC().Format(time.DateOnly))
	}
}

// shakeHands gives the server's certificate, and why it is not good.
func (d *doctor) shakeHands(ctx context.Context, h config.NextHop, cfg *tls.Config) (leaf *x509.Certificate, fault, err error) {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	conn, err := d.dial(ctx, "tcp", h.Address)
	if err != nil {
		return nil, nil, fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(probeTimeout))
	if !h.ImplicitTLS {
		r := bufio.NewReader(conn)
		for i, line := range []string{"", "EHLO " + hostName(d.cfg), "STARTTLS"} {
			if line != "" {
				if _, err := fmt.Fprintf(conn, "%s\r\n", line); err != nil {
					return nil, nil, fmt.Errorf("say %s: %w", line, err)
				}
			}
			lines, err := reply(r)
			if err != nil {
				return nil, nil, err
			}
			if i == 1 && !has(lines, "STARTTLS") {
				return nil, nil, nil
			}
		}
	}
	cfg.InsecureSkipVerify = true //nolint:gosec // it is looked at below, so that more can be said of it
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		return nil, nil, fmt.Errorf("shake hands: %w", err)
	}
	chain := secure.ConnectionState().PeerCertificates
	between := x509.NewCertPool()
	for _, c := range chain[1:] {
		between.AddCert(c)
	}
	_, fault = chain[0].Verify(x509.VerifyOptions{DNSName: cfg.ServerName, Roots: cfg.RootCAs, Intermediates: between, CurrentTime: d.now})
	return chain[0], fault, nil
}

func certificateFault(err error) string { return strings.TrimPrefix(err.Error(), "x509: ") }
