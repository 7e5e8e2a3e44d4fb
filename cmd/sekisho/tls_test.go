package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gosmtp "github.com/emersion/go-smtp"
)

// certificate writes a self-signed certificate for 127.0.0.1 and its key.
func certificate(t *testing.T, dir, name string) (certFile, keyFile string, cert tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER})
	certFile, keyFile = filepath.Join(dir, name+".crt"), filepath.Join(dir, name+".key")
	for file, b := range map[string][]byte{certFile: certPEM, keyFile: keyPEM} {
		if err := os.WriteFile(file, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cert, err = tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return certFile, keyFile, cert
}

// TestTLSOnBothSides: STARTTLS from the client, a client certificate as the only
// way in, and STARTTLS with a checked certificate to the next hop.
func TestTLSOnBothSides(t *testing.T) {
	dir := t.TempDir()
	guardCert, guardKey, _ := certificate(t, dir, "guard.example.co.jp")
	hopCert, _, hopPair := certificate(t, dir, "hop.test.example")
	clientCert, _, clientPair := certificate(t, dir, "mail.example.co.jp")

	h := startHop(t)
	secured := &hop{refused: map[string]*gosmtp.SMTPError{}}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secured.server = gosmtp.NewServer(gosmtp.BackendFunc(func(c *gosmtp.Conn) (gosmtp.Session, error) {
		if _, ok := c.TLSConnectionState(); !ok {
			return &refusingSession{}, nil
		}
		return &hopSession{hop: h}, nil
	}))
	secured.server.Domain, secured.server.TLSConfig = "hop.test.example", &tls.Config{Certificates: []tls.Certificate{hopPair}}
	go func() { _ = secured.server.Serve(ln) }()
	t.Cleanup(func() { _ = secured.server.Close() })

	p := newProgram(t, ln.Addr().String(), `organization: {domains: [example.co.jp]}
hostname: guard.example.co.jp
listen:
  - address: "{{.Listen}}"
    networks: []
    tls: {mode: starttls, cert_file: `+guardCert+`, key_file: `+guardKey+`, client_ca_file: `+clientCert+`, client_names: [mail.example.co.jp]}
next_hops: [{address: "{{.Hop}}", tls: require, ca_file: `+hopCert+`, server_name: hop.test.example}]
console: {address: "{{.Console}}", public_url: "http://{{.Console}}"}
decisions: {address: "{{.Decisions}}", public_url: "http://{{.Decisions}}"}
data: {{.Dir}}/data
`)
	p.start()
	roots := x509.NewCertPool()
	pemBytes, _ := os.ReadFile(guardCert)
	roots.AppendCertsFromPEM(pemBytes)
	config := &tls.Config{RootCAs: roots, ServerName: "guard.example.co.jp"}

	if err := sendTLS(p.Listen, config); err == nil || !strings.Contains(err.Error(), "5.7") {
		t.Errorf("a client without certificate may relay: %v", err)
	}
	config.Certificates = []tls.Certificate{clientPair}
	if err := sendTLS(p.Listen, config); err != nil {
		t.Fatalf("send with client certificate: %v", err)
	}
	mails := h.wait(t, 1)
	if !strings.Contains(string(mails[0].data), "with ESMTPS id") {
		t.Errorf("the trace does not tell of TLS: %.300s", mails[0].data)
	}
	p.stop()
}

func sendTLS(addr string, config *tls.Config) error {
	c, err := smtp.Dial(addr)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.StartTLS(config); err != nil {
		return err
	}
	if err := c.Mail("hanako.sato@example.co.jp"); err != nil {
		return err
	}
	if err := c.Rcpt("tanaka@partner.example"); err != nil {
		return err
	}
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write([]byte("From: hanako.sato@example.co.jp\r\nTo: tanaka@partner.example\r\nSubject: tls\r\n\r\nhello\r\n")); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return c.Quit()
}

// refusingSession takes nothing without TLS.
type refusingSession struct{ hopSession }

func (*refusingSession) Mail(string, *gosmtp.MailOptions) error {
	return &gosmtp.SMTPError{Code: 530, EnhancedCode: gosmtp.EnhancedCode{5, 7, 0}, Message: "TLS first"}
}
