package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2027, 4, 1, 3, 0, 0, 0, time.UTC) // 12:00 in Tokyo

// certificate writes a self-signed pair and returns the two paths.
func certificate(t *testing.T, dir string, from, to time.Time) (cert, key string) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.co.jp"}, NotBefore: from, NotAfter: to}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	kder, err := x509.MarshalPKCS8PrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: kder}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func told(problems []Problem) string {
	lines := make([]string, len(problems))
	for i, p := range problems {
		lines[i] = string(p.Level) + " " + p.String()
	}
	return strings.Join(lines, "\n")
}

// inDir is a config whose data folder can be made.
func inDir(t *testing.T) (*Config, string) {
	t.Helper()
	dir := t.TempDir()
	c := Default()
	c.Data, c.SealKeyFile = filepath.Join(dir, "deep", "data"), filepath.Join(dir, "deep", "data", "seal.key")
	return c, dir
}

func TestCheckFindsNothingWrongWithTheDefault(t *testing.T) {
	c, dir := inDir(t)
	if got := told(Check(c, noon)); got != "" {
		t.Error(got)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("the check left %v behind", left)
	}
}

func TestCheckCertificates(t *testing.T) {
	day := 24 * time.Hour
	for name, tc := range map[string]struct {
		from, to time.Duration
		want     string
	}{
		"good":     {-day, 90 * day, ""},
		"soon":     {-day, 10 * day, "warning listen[0].tls.cert_file: CERT expires on 2027-04-11; renew it"},
		"expired":  {-9 * day, -day, "error listen[0].tls.cert_file: CERT expired on 2027-03-31; renew it"},
		"tomorrow": {day, 90 * day, "error listen[0].tls.cert_file: CERT is not valid before 2027-04-02; check the clock"},
	} {
		t.Run(name, func(t *testing.T) {
			c, dir := inDir(t)
			tls := &c.Listen[0].TLS
			tls.Mode = "starttls"
			tls.CertFile, tls.KeyFile = certificate(t, dir, noon.Add(tc.from), noon.Add(tc.to))
			tls.ClientCAFile = tls.CertFile
			if got := strings.ReplaceAll(told(Check(c, noon)), tls.CertFile, "CERT"); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestCheckFindsWhatIsWrongOnDisk(t *testing.T) {
	junk := func(t *testing.T, dir string) string {
		t.Helper()
		path := filepath.Join(dir, "junk")
		if err := os.WriteFile(path, []byte("not what it should be\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, tc := range map[string]struct {
		change func(t *testing.T, c *Config, dir string)
		want   string
	}{
		"no directory": {func(_ *testing.T, c *Config, dir string) { c.Directory = filepath.Join(dir, "people.csv") },
			"error directory: DIR/people.csv: no such file or directory; name an existing file"},
		"directory is a folder": {func(_ *testing.T, c *Config, dir string) { c.Directory = dir },
			"error directory: DIR: is a folder; name a file"},
		"no rules": {func(_ *testing.T, c *Config, dir string) {
			c.Rules = []string{filepath.Join(dir, "r.yaml"), filepath.Join(dir, "*.yaml"), dir}
		}, "error rules[0]: DIR/r.yaml: no such file or directory; name an existing file\n" +
			"error rules[1]: DIR/*.yaml: no rule file is there; name a file, a folder with *.yaml files, or leave rules out for the default set\n" +
			"error rules[2]: DIR: no rule file is there; name a file, a folder with *.yaml files, or leave rules out for the default set"},
		"bad certificate": {func(t *testing.T, c *Config, dir string) {
			c.NextHops[0].CertFile, c.NextHops[0].KeyFile = junk(t, dir), junk(t, dir)
		}, "error next_hops[0].cert_file: DIR/junk and its key cannot be used: failed to find any PEM data in certificate input"},
		"bad authorities": {func(t *testing.T, c *Config, dir string) { c.NextHops[0].CAFile = junk(t, dir) },
			"error next_hops[0].ca_file: DIR/junk holds no certificate in PEM form"},
		"data is a file": {func(t *testing.T, c *Config, dir string) { c.Data = junk(t, dir) },
			"error data: DIR/junk is not a folder; name another"},
		"data below a file": {func(t *testing.T, c *Config, dir string) { c.Data = filepath.Join(junk(t, dir), "data") },
			"error data: DIR/junk/data: not a directory"},
		"clear text": {func(_ *testing.T, c *Config, _ string) {
			c.NextHops[0].Address, c.NextHops[0].TLS, c.NextHops[0].Trusted = "203.0.113.5:25", "none", true
		}, "warning next_hops[0].tls: is none, so that mail goes to 203.0.113.5:25 in the clear; write require, or opportunistic\n" +
			"warning next_hops[0].trusted: 203.0.113.5 is a public address; trust only a server of your own that drops a mail without its final dot"},
		"open console": {func(_ *testing.T, c *Config, _ string) {
			c.Console = Console{Address: ":8080", PublicURL: "http://guard.example.co.jp"}
		}, "warning console.public_url: has no TLS, so that links and log-ins travel in the clear; put a proxy with TLS in front and write https\n" +
			"warning console.address: :8080 listens on every address; name one inside the company"},
		"partner over": {func(_ *testing.T, c *Config, _ string) {
			c.Partners = []Partner{{Domain: "a.example", Until: Date{2027, 3, 31}}, {Domain: "b.example", Until: Date{2027, 4, 1}}, {Domain: "c.example"}}
		}, "warning partners[0].until: a.example was trusted until 2027-03-31; extend the date or delete the entry"},
		"monitor": {func(_ *testing.T, c *Config, _ string) { c.Mode = "monitor" },
			"warning mode: is monitor: no mail is held; write enforce when the rules have proved themselves"},
	} {
		t.Run(name, func(t *testing.T) {
			c, dir := inDir(t)
			tc.change(t, c, dir)
			if got := strings.ReplaceAll(told(Check(c, noon)), dir, "DIR"); got != tc.want {
				t.Errorf("got\n%s\nwant\n%s", got, tc.want)
			}
		})
	}
}
