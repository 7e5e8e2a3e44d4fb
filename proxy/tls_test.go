package proxy_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// authority signs certificates for tests.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t, pool: x509.NewCertPool()}
	a.key = newKey(t)
	tpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &a.key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pool.AddCert(a.cert)
	return a
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// issue signs a certificate for a host name and 127.0.0.1.
func (a *authority) issue(name string) tls.Certificate {
	a.t.Helper()
	key := newKey(a.t)
	tpl := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	der, err := x509.CreateCertificate(rand.Reader, tpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// files writes a certificate and its key as PEM.
func (a *authority) files(dir string, c tls.Certificate) (cert, key string) {
	a.t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(c.PrivateKey)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{
		cert: {Type: "CERTIFICATE", Bytes: c.Certificate[0]}, key: {Type: "PRIVATE KEY", Bytes: der},
	} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return cert, key
}

func tlsRig(t *testing.T) (*rig, *authority) {
	a := newAuthority(t)
	r := newRig(t)
	r.listener.TLS = &tls.Config{Certificates: []tls.Certificate{a.issue("guard.example.co.jp")}}
	return r, a
}

func (a *authority) client() *tls.Config {
	return &tls.Config{RootCAs: a.pool, ServerName: "guard.example.co.jp"}
}

func TestSTARTTLS(t *testing.T) {
	r, a := tlsRig(t)
	r.start()
	c := r.dial()
	c.expect("220")
	if got := c.say("EHLO before", "250"); !strings.Contains(got, "STARTTLS") {
		t.Errorf("not offered: %q", got)
	}
	c.say("MAIL FROM:<before@example.co.jp>", "250")
	c.say("STARTTLS x", "501")
	c.say("STARTTLS", "220")
	if err := c.startTLS(a.client()); err != nil {
		t.Fatal(err)
	}
	c.say("MAIL FROM:<taro@example.co.jp>", "503") // nothing from before is left
	if got := c.say("EHLO client.example.co.jp", "250"); strings.Contains(got, "STARTTLS") {
		t.Errorf("offered again: %q", got)
	}
	c.say("STARTTLS", "503")
	c.say("MAIL FROM:<taro@example.co.jp>", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n\r\nz\r\n.\r\n")
	c.expect("250")
	env := r.house.judged[0]
	if env.Client.TLS != "TLS1.3 TLS_AES_128_GCM_SHA256" || env.Sender.String() != "taro@example.co.jp" || env.Client.Helo != "client.example.co.jp" {
		t.Errorf("envelope %+v", env)
	}
	if m := r.hop.Mails(); len(m) != 1 || !strings.Contains(string(m[0].Wire), "with ESMTPS id") {
		t.Errorf("mails %+v", m)
	}
}

func TestSTARTTLSInjection(t *testing.T) {
	injected := []string{
		"MAIL FROM:<evil@example.co.jp>\r\n", "EHLO evil\r\nMAIL FROM:<evil@example.co.jp>\r\nRCPT TO:<v@partner.example>\r\n",
		"NOOP\r\n", "STARTTLS\r\n", "x", "\r\n", "QUIT\r\n", "RSET\r\n", "AUTH PLAIN AGEAYQ==\r\n", "\x16\x03\x01",
	}
	for _, in := range injected {
		t.Run(in, func(t *testing.T) {
			r, _ := tlsRig(t)
			r.start()
			c := r.hello()
			c.write("STARTTLS\r\n" + in)
			c.expect("554 5.5.1")
			c.closed()
			if n := len(r.hop.Mails()); n != 0 {
				t.Errorf("%d mails", n)
			}
		})
	}
}

func TestFailedHandshakeEndsTheConnection(t *testing.T) {
	r, _ := tlsRig(t)
	r.start()
	c := r.hello()
	c.say("STARTTLS", "220")
	c.try("EHLO plain\r\nMAIL FROM:<taro@example.co.jp>\r\nRCPT TO:<a@partner.example>\r\nDATA\r\nx\r\n.\r\n")
	for got := c.reply(); got != ""; got = c.reply() {
		if strings.HasPrefix(got, "250") || strings.HasPrefix(got, "354") {
			t.Fatalf("dialogue went on in plain text: %q", got)
		}
		c.try("NOOP\r\n")
	}
	if n := len(r.hop.Mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

func TestImplicitTLS(t *testing.T) {
	r, a := tlsRig(t)
	r.listener.Implicit = true
	r.start()
	c := r.dial()
	if err := c.startTLS(a.client()); err != nil {
		t.Fatal(err)
	}
	c.expect("220")
	if got := c.say("EHLO client", "250"); strings.Contains(got, "STARTTLS") {
		t.Errorf("STARTTLS inside TLS: %q", got)
	}
}

func TestClientCertificates(t *testing.T) {
	clients := newAuthority(t)
	strangers := newAuthority(t)
	tests := []struct {
		name  string
		certs []tls.Certificate
		names []string
		local bool // the listener also lists our network
		want  string
	}{
		{"right name", []tls.Certificate{clients.issue("mail.partner.test")}, []string{"mail.partner.test"}, false, "250"},
		{"wildcard", []tls.Certificate{clients.issue("eur.outlook.test")}, []string{"*.outlook.test"}, false, "250"},
		{"any of the CA", []tls.Certificate{clients.issue("x.test")}, nil, false, "250"},
		{"other name", []tls.Certificate{clients.issue("evil.test")}, []string{"mail.partner.test"}, false, "550 5.7.1"},
		{"two labels for one star", []tls.Certificate{clients.issue("a.b.outlook.test")}, []string{"*.outlook.test"}, false, "550 5.7.1"},
		{"stranger's", []tls.Certificate{strangers.issue("mail.partner.test")}, []string{"mail.partner.test"}, false, "550 5.7.1"},
		{"stranger's from a listed network", []tls.Certificate{strangers.issue("x.test")}, nil, true, "250"},
		{"none", nil, nil, false, "550 5.7.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, a := tlsRig(t)
			r.listener.ClientCA, r.listener.ClientNames = clients.pool, tt.names
			if !tt.local {
				r.listener.Networks = nil
			}
			r.start()
			c := r.hello()
			c.say("STARTTLS", "220")
			cfg := a.client()
			// Shown whoever the server says it trusts, as mail servers do.
			cfg.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
				if tt.certs == nil {
					return &tls.Certificate{}, nil
				}
				return &tt.certs[0], nil
			}
			if err := c.startTLS(cfg); err != nil {
				t.Fatal(err)
			}
			c.say("EHLO client", "250")
			c.say("MAIL FROM:<taro@example.co.jp>", tt.want)
		})
	}
}

func TestREQUIRETLSOnlyWhereItHolds(t *testing.T) {
	r, a := tlsRig(t)
	r.hop.Extensions = []string{"REQUIRETLS"}
	r.hop.TLS = &tls.Config{Certificates: []tls.Certificate{a.issue("hop.example")}}
	r.hop.Start(t)
	r.relayOpt.Hops = []relay.Hop{{Address: r.hop.Addr, TLS: relay.Require, TLSConfig: &tls.Config{RootCAs: a.pool}}}
	r.behindHop()
	c := r.hello()
	c.say("STARTTLS", "220")
	if err := c.startTLS(a.client()); err != nil {
		t.Fatal(err)
	}
	if got := c.say("EHLO client", "250"); !strings.Contains(got, "REQUIRETLS") {
		t.Errorf("not announced: %q", got)
	}
	c.say("MAIL FROM:<taro@example.co.jp> REQUIRETLS", "250")
	c.say("RCPT TO:<a@partner.example>", "250")
	c.say("DATA", "354")
	c.write("x: y\r\n\r\nz\r\n.\r\n")
	c.expect("250")
	if m := r.hop.Mails(); len(m) != 1 || m[0].MailParams != "REQUIRETLS" || !m[0].TLS {
		t.Errorf("mails %+v", m)
	}
	if got := r.dialPlain(); strings.Contains(got, "REQUIRETLS") {
		t.Errorf("announced without TLS: %q", got)
	}
}

func (r *rig) dialPlain() string {
	c := r.dial()
	c.expect("220")
	return c.say("EHLO client", "250")
}

func TestLoadTLSTakesARenewedCertificate(t *testing.T) {
	a := newAuthority(t)
	dir := t.TempDir()
	cert, key := a.files(dir, a.issue("old.test"))
	now := time.Now()
	cfg, err := proxy.LoadTLS(cert, key, func() time.Time { return now }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	name := func() string {
		c, err := cfg.GetCertificate(nil)
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := x509.ParseCertificate(c.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.Subject.CommonName
	}
	if got := name(); got != "old.test" {
		t.Errorf("got %s", got)
	}
	a.files(dir, a.issue("new.test"))
	if err := os.Chtimes(cert, now, now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	if got := name(); got != "new.test" {
		t.Errorf("got %s after renewal", got)
	}
	if err := os.WriteFile(cert, []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	now = now.Add(2 * time.Minute)
	if got := name(); got != "new.test" {
		t.Errorf("got %s after a broken renewal", got)
	}
	if _, err := proxy.LoadTLS(cert, key, time.Now, slog.New(slog.DiscardHandler)); err == nil {
		t.Error("a broken file is taken at start")
	}
	if _, err := proxy.LoadClientCA(key); err == nil {
		t.Error("a key is taken for a CA")
	}
}

func TestListenersThatCannotWork(t *testing.T) {
	r := newRig(t).start()
	for name, l := range map[string]proxy.Listener{
		"nobody may send":       {},
		"implicit without TLS":  {Networks: r.listener.Networks, Implicit: true},
		"client CA without TLS": {ClientCA: x509.NewCertPool()},
		"secret without value":  {Networks: []netip.Prefix{netip.MustParsePrefix("::1/128")}, Secret: &proxy.Secret{Name: "X"}},
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if err := r.srv.Serve(ln, l); err == nil {
			t.Errorf("%s: served", name)
		}
	}
	for name, o := range map[string]proxy.Options{
		"no domains": {Host: "a", Node: "b"}, "no host": {Node: "b", Domains: []string{"x"}}, "bad node": {Host: "a", Node: "b)", Domains: []string{"x"}},
	} {
		if _, err := proxy.New(o, proxy.Deps{}); err == nil {
			t.Errorf("%s: made", name)
		}
	}
}

func TestMailIsRefusedBeforeRequiredTLS(t *testing.T) {
	r := newRig(t)
	r.listener.RequireTLS = true
	r.start()
	c := r.hello()
	c.say("MAIL FROM:<taro@example.co.jp>", "530 5.7.0")
	c.say("RCPT TO:<a@partner.example>", "503")
}
