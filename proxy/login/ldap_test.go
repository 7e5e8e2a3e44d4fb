package login

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

const slapdConf = `include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
moduleload back_mdb
modulepath /usr/lib/ldap
pidfile %[1]s/slapd.pid
TLSCertificateFile %[1]s/cert.pem
TLSCertificateKeyFile %[1]s/key.pem
disallow bind_anon
allow bind_v2
database mdb
suffix "dc=example,dc=co,dc=jp"
directory %[1]s/db
rootdn "cn=root,dc=example,dc=co,dc=jp"
access to attrs=userPassword by anonymous auth by * none
access to * by dn="cn=guard,dc=example,dc=co,dc=jp" read by self read by users search
`

// The names with characters that mean something in filters and DNs are real
// names to a directory.
const entries = `dn: dc=example,dc=co,dc=jp
objectClass: domain
dc: example

dn: ou=people,dc=example,dc=co,dc=jp
objectClass: organizationalUnit
ou: people

dn: cn=guard,dc=example,dc=co,dc=jp
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: guard
userPassword: guardword

dn: uid=taro,ou=people,dc=example,dc=co,dc=jp
objectClass: inetOrgPerson
uid: taro
cn: Suzuki Taro
sn: Suzuki
mail: taro@example.co.jp
mail: sales@example.co.jp
description: SMTP:taro@example.co.jp
description: smtp:suzuki@example.co.jp
description: sip:taro@example.co.jp
description: @example.co.jp
description: *
userPassword: geheim

dn: uid=o\,brien (x)*,ou=people,dc=example,dc=co,dc=jp
objectClass: inetOrgPerson
uid: o,brien (x)*
cn: O
sn: Brien
mail: obrien@example.co.jp
userPassword: geheim

dn: uid=nopass,ou=people,dc=example,dc=co,dc=jp
objectClass: inetOrgPerson
uid: nopass
cn: N
sn: N
mail: shared@example.co.jp

dn: uid=twin,ou=people,dc=example,dc=co,dc=jp
objectClass: inetOrgPerson
uid: twin
cn: T
sn: T
mail: shared@example.co.jp
userPassword: geheim
`

// slapd is a real OpenLDAP server.
type slapd struct {
	plain, secure string // host:port
	roots         *x509.CertPool
	stop          func()
}

func startSlapd(t *testing.T) *slapd {
	t.Helper()
	path := "/usr/sbin/slapd"
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("slapd is missing")
		}
		t.Skip("skipped: needs slapd (make peers)")
	}
	dir, err := os.MkdirTemp("", "sekisho-slapd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	s := &slapd{plain: hoptest.FreeAddr(t), secure: hoptest.FreeAddr(t), roots: writeCertificate(t, dir)}
	if err := os.Mkdir(filepath.Join(dir, "db"), 0o700); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(dir, "slapd.conf")
	for file, text := range map[string]string{conf: fmt.Sprintf(slapdConf, dir), filepath.Join(dir, "data.ldif"): entries} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(path, "-T", "add", "-f", conf, "-l", filepath.Join(dir, "data.ldif")).CombinedOutput(); err != nil {
		t.Fatalf("slapadd: %v\n%s", err, out)
	}
	var said strings.Builder
	cmd := exec.Command(path, "-f", conf, "-d", "0", "-h", "ldap://"+s.plain+"/ ldaps://"+s.secure+"/")
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.stop = sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(s.stop)
	if !hoptest.Listens(s.secure) {
		s.stop()
		t.Fatalf("slapd does not listen: %s", said.String())
	}
	return s
}

func writeCertificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "ldap.example"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, data := range map[string][]byte{"cert.pem": certPEM, "key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	return pool
}

const base = "ou=people,dc=example,dc=co,dc=jp"

// searching finds the entry first, over ldaps.
func (s *slapd) searching() LDAPOptions {
	return LDAPOptions{
		Servers: []string{"ldaps://" + s.secure}, TLS: &tls.Config{RootCAs: s.roots}, Base: base, Filter: "(|(uid={user})(mail={user}))",
		SearchDN: "cn=guard,dc=example,dc=co,dc=jp", SearchSecret: func() (string, error) { return "guardword", nil },
		SenderAttributes: []string{"mail"},
	}
}

func newLDAP(t *testing.T, o LDAPOptions) *LDAP {
	t.Helper()
	l, err := NewLDAP(o, LDAPDeps{Dial: (&net.Dialer{}).DialContext, Now: time.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	return l
}

func TestLDAP(t *testing.T) {
	s := startSlapd(t)
	byName := s.searching()
	byName.Servers, byName.StartTLS = []string{"ldap://" + s.plain}, true
	byName.Bind, byName.SearchDN, byName.NameAttribute = "uid={user},"+base, "", "uid"
	bindOnly := byName
	bindOnly.Base, bindOnly.Filter = "", ""
	byLocal := bindOnly
	byLocal.Bind = "uid={local}," + base
	byDomain := bindOnly
	byDomain.Bind = "uid={local},dc={domain}," + base
	windows := s.searching()
	windows.SenderAttributes = []string{"description"}
	for _, tt := range []struct {
		name         string
		o            LDAPOptions
		user, secret string
		want         string // user and senders
		bad          bool   // wrong credentials; neither: an error of ours
	}{
		{"search", s.searching(), "taro", "geheim", "taro@example.co.jp: taro@example.co.jp sales@example.co.jp", false},
		{"search by address", s.searching(), "Sales@example.co.jp", "geheim", "taro@example.co.jp: taro@example.co.jp sales@example.co.jp", false},
		{"wrong password", s.searching(), "taro", "falsch", "", true},
		{"unknown", s.searching(), "nobody", "geheim", "", true},
		{"any user", s.searching(), "*", "geheim", "", true},
		{"filter injection", s.searching(), "x)(uid=taro", "geheim", "", true},
		{"special characters", s.searching(), "o,brien (x)*", "geheim", "obrien@example.co.jp: obrien@example.co.jp", false},
		{"empty password", s.searching(), "taro", "", "", true},
		{"empty user", s.searching(), "", "geheim", "", true},
		{"entry without password", s.searching(), "nopass", "geheim", "", true},
		{"two entries", s.searching(), "shared@example.co.jp", "geheim", "", false},
		{"proxy addresses", windows, "taro", "geheim", "taro@example.co.jp: taro@example.co.jp suzuki@example.co.jp", false},
		{"bind by name", byName, "Taro", "geheim", "taro: taro@example.co.jp sales@example.co.jp", false},
		{"bind by name, wrong", byName, "taro", "falsch", "", true},
		{"bind by name, empty", byName, "taro", "", "", true},
		{"bind by name, special", byName, "o,brien (x)*", "geheim", "o,brien (x)*: obrien@example.co.jp", false},
		{"DN injection", byName, "taro,ou=people", "geheim", "", true},
		{"bind by part of a name", byLocal, "taro@example.co.jp", "geheim", "taro@example.co.jp:", false},
		{"bind by part of a name that is empty", byLocal, "@example.co.jp", "geheim", "", true},
		{"bind by domain of a name without one", byDomain, "taro", "geheim", "", true},
		{"bind only", bindOnly, " ＴＡＲＯ", "geheim", "taro:", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			a, err := newLDAP(t, tt.o).Login(t.Context(), proxy.Credentials{Mechanism: "PLAIN", User: tt.user, Secret: tt.secret})
			got := ""
			if err == nil {
				got = strings.TrimSpace(a.User + ": " + strings.Join(a.Senders, " "))
			}
			if got != tt.want || errors.Is(err, proxy.ErrBadLogin) != tt.bad {
				t.Errorf("got %q, %v", got, err)
			}
			if err != nil && strings.Contains(err.Error(), "geheim") {
				t.Errorf("password in %q", err)
			}
		})
	}
}

// TestLDAPPool logs many in at once over few connections, wrong passwords among
// them, and takes over on another server when one dies.
func TestLDAPPool(t *testing.T) {
	first, second := startSlapd(t), startSlapd(t)
	o := first.searching()
	o.TLS.RootCAs, o.StartTLS, o.Connections = second.roots, true, 3
	o.Servers = []string{"ldap://" + first.plain, "ldap://" + second.plain} // nobody trusts the first one's certificate
	var mu sync.Mutex
	dialled := map[string]int{}
	l := newLDAP(t, o)
	l.d.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
		mu.Lock()
		dialled[address]++
		mu.Unlock()
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	login := func(secret string) error {
		_, err := l.Login(t.Context(), proxy.Credentials{User: "taro", Secret: secret})
		return err
	}
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			if i%4 == 0 {
				if err := login("falsch"); !errors.Is(err, proxy.ErrBadLogin) {
					t.Errorf("wrong password: %v", err)
				}
			} else if err := login("geheim"); err != nil {
				t.Errorf("right password: %v", err)
			}
		})
	}
	all.Wait()
	if n := dialled[second.plain]; n == 0 || n > 3 {
		t.Errorf("%d connections to the good server, want at most 3", n)
	}
	if n := dialled[first.plain]; n == 0 || n > 3 {
		t.Errorf("%d connections to the server that is not trusted, want one for each of those who came first", n)
	}
	second.stop() // the connections that wait are dead now
	if err := login("geheim"); err == nil || errors.Is(err, proxy.ErrBadLogin) {
		t.Errorf("with all servers away: %v", err)
	}
}

// TestLDAPAwayIsTemporary: whatever a server does but answer is no wrong password.
func TestLDAPAwayIsTemporary(t *testing.T) {
	for name, serve := range map[string]func(net.Conn){
		"hangs":   func(c net.Conn) { _, _ = io.Copy(io.Discard, c) },
		"garbage": func(c net.Conn) { _, _ = c.Write([]byte("220 mail.example ESMTP\r\n")); _ = c.Close() },
		"cut":     func(c net.Conn) { _ = c.Close() },
		"busy": func(c net.Conn) {
			_, _ = c.Read(make([]byte, 1000))
			_, _ = c.Write([]byte("\x30\x0c\x02\x01\x01\x61\x07\x0a\x01\x33\x04\x00\x04\x00")) // bindResponse, busy
		},
	} {
		for _, startTLS := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/%v", name, startTLS), func(t *testing.T) {
				t.Parallel()
				ln, err := net.Listen("tcp", "127.0.0.1:0")
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { _ = ln.Close() })
				go func() {
					for {
						c, err := ln.Accept()
						if err != nil {
							return
						}
						go serve(c)
					}
				}()
				l := newLDAP(t, LDAPOptions{Servers: []string{"ldap://" + ln.Addr().String()}, StartTLS: startTLS,
					Bind: "uid={user}," + base, Timeout: 200 * time.Millisecond})
				_, err = l.Login(t.Context(), proxy.Credentials{User: "taro", Secret: "geheim"})
				if err == nil || errors.Is(err, proxy.ErrBadLogin) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

func TestLDAPThatCannotWork(t *testing.T) {
	for name, o := range map[string]LDAPOptions{
		"no server": {Bind: "{user}"}, "no way to find users": {Servers: []string{"ldap://a"}},
		"web address": {Servers: []string{"https://a"}, Bind: "{user}"}, "password in the address": {Servers: []string{"ldap://u:p@a"}, Bind: "{user}"},
		"broken filter": {Servers: []string{"ldap://a"}, Base: "dc=x", Filter: "(uid={user}"},
	} {
		if _, err := NewLDAP(o, LDAPDeps{}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}
