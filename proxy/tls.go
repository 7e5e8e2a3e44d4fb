package proxy

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"log/slog"
	"os"
	"time"
)

// LoadTLS reads a listener's certificate and key from PEM files. They are looked at
// at most once a minute, so that a renewed certificate needs no restart; one that
// cannot be read, or does not go with its key, leaves the old one in use.
func LoadTLS(certFile, keyFile string, now func() time.Time, log *slog.Logger) (*tls.Config, error) {
	kept, err := Keep(Source[*tls.Certificate]{What: "certificate", Files: []string{certFile, keyFile}, Every: certificateAge,
		Read: func() (*tls.Certificate, error) {
			pair, err := tls.LoadX509KeyPair(certFile, keyFile)
			return &pair, err //nolint:wrapcheck // Keep says what was read
		}, Now: now, Log: log})
	if err != nil {
		return nil, err
	}
	return &tls.Config{MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return kept.Current(), nil }}, nil
}

const certificateAge = time.Minute

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
