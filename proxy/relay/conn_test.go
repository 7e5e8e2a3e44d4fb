package relay

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// selfSigned is a certificate for a name and 127.0.0.1 that is its own CA.
func selfSigned(t *testing.T, name string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, tpl, tpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

func TestTLSPolicies(t *testing.T) {
	cert, pool := selfSigned(t, "hop.example")
	right := &tls.Config{RootCAs: pool, ServerName: "hop.example"}
	tests := []struct {
		name   string
		offers bool
		answer string // to STARTTLS
		policy TLSPolicy
		cfg    *tls.Config
		sent   bool
		tls    bool
	}{
		{"none, offered", true, "", NoTLS, nil, true, false},
		{"opportunistic, not offered", false, "", Opportunistic, nil, true, false},
		{"opportunistic, unknown certificate", true, "", Opportunistic, nil, true, true},
		{"opportunistic, refused", true, "454 4.7.0 no", Opportunistic, nil, true, false},
		{"opportunistic, words behind the 220", true, "220 ok\r\n250 injected", Opportunistic, nil, true, false},
		{"require, right certificate", true, "", Require, right, true, true},
		{"require, not offered", false, "", Require, right, false, false},
		{"require, unknown certificate", true, "", Require, &tls.Config{ServerName: "hop.example"}, false, false},
		{"require, other name", true, "", Require, &tls.Config{RootCAs: pool, ServerName: "other.example"}, false, false},
		{"require, name of the address", true, "", Require, &tls.Config{RootCAs: pool}, false, false},
		{"require, refused", true, "454 4.7.0 no", Require, right, false, false},
		{"require, words behind the 220", true, "220 ok\r\n250 injected", Require, right, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := &hoptest.Hop{Answer: func(step, _ string) string {
				if step == "STARTTLS" {
					return tt.answer
				}
				return ""
			}}
			if tt.offers {
				h.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
			}
			h.Start(t)
			_, err := send(t, newRelay(t, Options{}, Hop{Address: h.Addr, TLS: tt.policy, TLSConfig: tt.cfg}), "x: y\r\n", envelope("a@p.example"))
			mails := h.Mails()
			if (err == nil) != tt.sent || len(mails) != map[bool]int{true: 1}[tt.sent] {
				t.Fatalf("got %v and %d mails", err, len(mails))
			}
			if tt.sent && mails[0].TLS != tt.tls {
				t.Errorf("TLS is %v", mails[0].TLS)
			}
			if tt.policy == Require && strings.Contains(strings.Join(h.Commands(), " "), "MAIL") != tt.sent {
				t.Error("sender was named without TLS")
			}
		})
	}
}

// TestTLSThatFailsLate: with TLS 1.3 a server that wants another certificate says so
// when the client takes the handshake for done. Where TLS is a matter of chance the
// mail goes without (RFC 7435 section 3), where it is a must it does not go.
func TestTLSThatFailsLate(t *testing.T) {
	cert, pool := selfSigned(t, "hop.example")
	other, _ := selfSigned(t, "guard.example")
	wants := func(version uint16) *tls.Config {
		return &tls.Config{Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MaxVersion: version}
	}
	drops := func(step, arg string) string {
		if step == "STARTTLS" {
			return hoptest.Drop
		}
		return ""
	}
	for _, tt := range []struct {
		name   string
		hop    *hoptest.Hop
		policy TLSPolicy
		show   []tls.Certificate
		sent   bool
		tls    bool
	}{
		{"at will, no certificate", &hoptest.Hop{TLS: wants(tls.VersionTLS13)}, Opportunistic, nil, true, false},
		{"at will, no certificate, TLS 1.2", &hoptest.Hop{TLS: wants(tls.VersionTLS12)}, Opportunistic, nil, true, false},
		{"at will, another's certificate", &hoptest.Hop{TLS: wants(tls.VersionTLS13)}, Opportunistic, []tls.Certificate{other}, true, false},
		{"at will, right certificate", &hoptest.Hop{TLS: wants(tls.VersionTLS13)}, Opportunistic, []tls.Certificate{cert}, true, true},
		{"at will, cut at STARTTLS", &hoptest.Hop{TLS: wants(tls.VersionTLS13), Answer: drops}, Opportunistic, nil, true, false},
		{"must, no certificate", &hoptest.Hop{TLS: wants(tls.VersionTLS13)}, Encrypt, nil, false, false},
		{"must, cut at STARTTLS", &hoptest.Hop{TLS: wants(tls.VersionTLS13), Answer: drops}, Encrypt, nil, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := tt.hop.Start(t)
			r := newRelay(t, Options{}, Hop{Address: h.Addr, TLS: tt.policy, TLSConfig: &tls.Config{Certificates: tt.show}})
			_, err := send(t, r, "x: y\r\n", envelope("a@p.example"))
			if mails := h.Mails(); (err == nil) != tt.sent || tt.sent && mails[0].TLS != tt.tls {
				t.Errorf("got %v and %+v", err, mails)
			}
		})
	}
}

func TestClientCertificateFromFiles(t *testing.T) {
	cert, pool := selfSigned(t, "hop.example")
	dir := t.TempDir()
	write := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile := write("cert.pem", "CERTIFICATE", cert.Certificate[0]), write("key.pem", "PRIVATE KEY", key)
	cfg, err := LoadTLS(certFile, certFile, keyFile, "hop.example")
	if err != nil {
		t.Fatal(err)
	}
	h := (&hoptest.Hop{TLS: &tls.Config{Certificates: []tls.Certificate{cert}, ClientCAs: pool, ClientAuth: tls.RequireAnyClientCert}}).Start(t)
	if _, err := send(t, newRelay(t, Options{}, Hop{Address: h.Addr, TLS: Require, TLSConfig: cfg}), "x: y\r\n", envelope("a@p.example")); err != nil {
		t.Error(err)
	}
	for _, bad := range [][3]string{{"nowhere", "", ""}, {keyFile, "", ""}, {"", certFile, "nowhere"}, {"", keyFile, certFile}} {
		if _, err := LoadTLS(bad[0], bad[1], bad[2], ""); err == nil {
			t.Errorf("%v: loaded", bad)
		}
	}
}

func FuzzReply(f *testing.F) {
	for _, s := range []string{
		"250 ok\r\n", "250-a\r\n250 b\r\n", "250\r\n", "250-a\r\n550 b\r\n", "25", "999 x\r\n", "250 a\rb\x00\r\n", "250 \x83\x65\r\n",
		"250-" + strings.Repeat("x", 5000) + "\r\n", strings.Repeat("250-a\r\n", 300), "+50 x\r\n", "250_x\r\n", "\r\n", "-25 x\r\n",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := &conn{r: bufio.NewReader(strings.NewReader(s))}
		r, err := c.reply()
		if err != nil {
			return
		}
		if r.Code < 200 || r.Code > 599 || len(r.Lines) == 0 || len(r.Lines) > maxReplyLines {
			t.Fatalf("%q: got %+v", s, r)
		}
		for _, line := range r.Lines {
			if strings.ContainsAny(line, "\r\n\x00") {
				t.Fatalf("%q: control character in %q", s, line)
			}
		}
	})
}

func TestEndlessReply(t *testing.T) {
	h := &hoptest.Hop{Answer: func(step, _ string) string {
		if step == "connect" {
			return strings.Repeat("220-x\r\n", 100000)
		}
		return ""
	}}
	h.Start(t)
	if _, err := send(t, newRelay(t, Options{}, noTLS(h)), "x: y\r\n", envelope("a@p.example")); err == nil {
		t.Error("taken")
	}
}

// TestWaitingConnectionsEnd runs on a clock of its own, with connections in memory.
func TestWaitingConnectionsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRelay(t, Options{IdleTime: time.Minute, MaxIdle: 2}, Hop{Address: "hop:25", TLS: NoTLS})
		ended := make(chan struct{}, 10)
		r.d.Dial = func(context.Context, string, string) (net.Conn, error) {
			a, b := net.Pipe()
			go func() {
				defer func() { ended <- struct{}{} }()
				in := bufio.NewReader(b)
				_, _ = b.Write([]byte("220 hop\r\n"))
				for {
					line, err := in.ReadString('\n')
					if err != nil {
						return
					}
					if _, err := b.Write([]byte("250 ok\r\n")); err != nil || strings.HasPrefix(line, "QUIT") {
						_ = b.Close()
						return
					}
				}
			}()
			return a, nil
		}
		var conns []*conn
		for range 3 {
			c, err := r.hops()[0].dial(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, c)
		}
		for _, c := range conns {
			r.hops()[0].put(c)
		}
		<-ended // one too many
		if n := r.hops()[0].waiting(); n != 2 {
			t.Errorf("%d wait, want 2", n)
		}
		time.Sleep(30 * time.Second)
		c := r.hops()[0].takeAs(nil)
		r.hops()[0].put(c) // its minute begins again
		time.Sleep(40 * time.Second)
		if n := r.hops()[0].waiting(); n != 1 {
			t.Errorf("%d wait after 70 seconds, want 1", n)
		}
		<-ended
		time.Sleep(2 * time.Minute)
		<-ended
		if n := r.hops()[0].waiting(); n != 0 {
			t.Errorf("%d wait after all", n)
		}
	})
}
