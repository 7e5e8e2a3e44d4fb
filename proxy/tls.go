package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"sync"
	"time"
)

// LoadTLS reads a listener's certificate and key from PEM files. The files are
// looked at again when they have changed, at most once a minute, so that a
// renewed certificate needs no restart; one that cannot be read leaves the old
// one in use.
func LoadTLS(certFile, keyFile string, now func() time.Time) (*tls.Config, error) {
	c := &certificate{certFile: certFile, keyFile: keyFile, now: now}
	if err := c.load(); err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}, nil
}

// LoadClientCA reads the certificates that may sign those of clients.
func LoadClientCA(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read client CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("proxy: no certificate in client CA file %s", file)
	}
	return pool, nil
}

const certificateAge = time.Minute

type certificate struct {
	certFile, keyFile string
	now               func() time.Time

	mu      sync.Mutex
	current *tls.Certificate
	changed time.Time // of the file, when it was read
	looked  time.Time
}

func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.looked) >= certificateAge {
		_ = c.loadLocked() // keeps the old one
	}
	return c.current, nil
}

func (c *certificate) load() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.loadLocked()
}

func (c *certificate) loadLocked() error {
	c.looked = c.now()
	info, err := os.Stat(c.certFile)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	if c.current != nil && info.ModTime().Equal(c.changed) {
		return nil
	}
	pair, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		return fmt.Errorf("read certificate: %w", err)
	}
	c.current, c.changed = &pair, info.ModTime()
	return nil
}
