package relay

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

var errHandshake = errors.New("relay: TLS handshake with next hop failed")

// startTLS asks for TLS and does the handshake. What the hop has said before it
// is forgotten, and nothing may stand between its 220 and the handshake.
func (c *conn) startTLS(ctx context.Context, policy TLSPolicy) error {
	reply, err := c.command(ctx, c.h.Timeouts.Greeting, "STARTTLS")
	switch {
	case err != nil:
		return fmt.Errorf("say STARTTLS: %w: %w", errHandshake, err)
	case reply.Code != 220:
		return fmt.Errorf("say STARTTLS: %w: answered with %d", errHandshake, reply.Code)
	case c.r.Buffered() > 0:
		return fmt.Errorf("say STARTTLS: %w: more than the reply came back", errHandshake)
	}
	return c.handshake(ctx, policy)
}

// handshake begins TLS; what was announced before it is forgotten.
func (c *conn) handshake(ctx context.Context, policy TLSPolicy) error {
	c.limit(ctx, c.h.Timeouts.Greeting)
	conn := tls.Client(c.nc, c.h.clientConfig(policy))
	if err := conn.HandshakeContext(ctx); err != nil {
		return fmt.Errorf("%w: %w", errHandshake, err)
	}
	c.mu.Lock()
	c.nc = conn
	c.mu.Unlock()
	c.r, c.caps = bufio.NewReaderSize(conn, replyBuffer), capabilities{}
	return nil
}

func (h *hop) clientConfig(policy TLSPolicy) *tls.Config {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if h.TLSConfig != nil {
		cfg = h.TLSConfig.Clone()
	}
	if cfg.ServerName == "" {
		cfg.ServerName = h.host
	}
	if policy == Opportunistic || policy == Encrypt {
		cfg.InsecureSkipVerify = true //nolint:gosec // RFC 7435: better than plain text
	}
	return cfg
}

// LoadTLS reads a client's TLS settings from PEM files; each may be "". caFile
// replaces the system's roots, so it also pins a private CA. serverName is the
// name the certificate must have, "" for the hop's host.
func LoadTLS(caFile, certFile, keyFile, serverName string) (*tls.Config, error) {
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: serverName}
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("read CA file: %w", err)
		}
		cfg.RootCAs = x509.NewCertPool()
		if !cfg.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("relay: no certificate in CA file %s", caFile)
		}
	}
	if certFile == "" {
		return cfg, nil
	}
	cert, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		return nil, fmt.Errorf("read client certificate: %w", err)
	}
	cfg.Certificates = []tls.Certificate{cert}
	return cfg, nil
}
