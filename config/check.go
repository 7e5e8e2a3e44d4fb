package config

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"
)

// expirySoon is how long before its end a certificate is worth a warning.
const expirySoon = 30 * 24 * time.Hour

// checker gathers what Check finds.
type checker struct {
	c        *Config
	now      time.Time
	problems []Problem
}

// Check looks at what the settings name, without the network: files, folders,
// certificates, days that are over. The result is in no error, since a server
// may start with warnings; nil means that all is well.
func Check(c *Config, now time.Time) []Problem {
	k := &checker{c: c, now: now}
	k.files()
	for i, l := range c.Listen {
		k.listen(fmt.Sprintf("listen[%d]", i), l)
	}
	for i, h := range c.NextHops {
		k.nextHop(fmt.Sprintf("next_hops[%d]", i), h)
	}
	for i, r := range c.Routes {
		for j, h := range r.NextHops {
			k.nextHop(fmt.Sprintf("routes[%d].next_hops[%d]", i, j), h)
		}
	}
	k.dataFolder()
	k.console()
	k.partners()
	if c.Mode == "monitor" {
		k.warn("mode", "is monitor: no mail is held; write enforce when the rules have proved themselves")
	}
	return k.problems
}

func (k *checker) fail(key, format string, args ...any) {
	k.problems = append(k.problems, Problem{Key: key, Text: fmt.Sprintf(format, args...), Level: Error})
}

func (k *checker) warn(key, format string, args ...any) {
	k.problems = append(k.problems, Problem{Key: key, Text: fmt.Sprintf(format, args...), Level: Warning})
}

// files makes sure that every file that is named can be read.
func (k *checker) files() {
	k.c.paths(func(key string, p *string, tag reflect.StructTag) {
		switch kind := tag.Get("path"); {
		case *p == "" || kind == "dir" || kind == "glob" && *p == defaultRules:
		case kind == "glob":
			k.pattern(key, *p)
		default:
			err := readable(*p)
			if tag.Get("secret") == "may" && errors.Is(err, fs.ErrNotExist) {
				return // it will be created
			}
			if err != nil {
				k.fail(key, "%s: %s%s", *p, cause(err), advice(err))
			}
		}
	})
}

func readable(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open named file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("look at named file: %w", err)
	}
	if info.IsDir() {
		return errors.New("is a folder; name a file")
	}
	return nil
}

func (k *checker) pattern(key, pattern string) {
	names := []string{pattern}
	if info, err := os.Stat(pattern); err == nil && info.IsDir() {
		names, _ = filepath.Glob(filepath.Join(pattern, "*.yaml"))
	} else if err != nil && strings.ContainsAny(pattern, "*?[") {
		names, err = filepath.Glob(pattern)
		if err != nil {
			k.fail(key, "%s is not a pattern; use * and ? only", pattern)
			return
		}
	}
	if len(names) == 0 {
		k.fail(key, "%s: no rule file is there; name a file, a folder with *.yaml files, or leave rules out for the default set", pattern)
	}
	for _, name := range names {
		if err := readable(name); err != nil {
			k.fail(key, "%s: %s%s", name, cause(err), advice(err))
		}
	}
}

func (k *checker) listen(key string, l Listen) {
	k.certificate(key+".tls.cert_file", l.TLS.CertFile, l.TLS.KeyFile)
	k.authorities(key+".tls.client_ca_file", l.TLS.ClientCAFile)
	k.authorities(key+".auth.ldap.ca_file", l.Auth.LDAP.CAFile)
	k.authorities(key+".auth.tokens.ca_file", l.Auth.Tokens.CAFile)
}

func (k *checker) nextHop(key string, h NextHop) {
	k.certificate(key+".cert_file", h.CertFile, h.KeyFile)
	k.authorities(key+".ca_file", h.CAFile)
	host, _, _ := net.SplitHostPort(h.Address)
	if h.TLS == "none" && !local(host) {
		k.warn(key+".tls", "is none, so that mail goes to %s in the clear; write require, or opportunistic", h.Address)
	}
	if a, err := netip.ParseAddr(host); h.Trusted && err == nil && !a.IsLoopback() && !a.IsPrivate() {
		k.warn(key+".trusted", "%s is a public address; trust only a server of your own that drops a mail without its final dot", host)
	}
}

// certificate checks a pair of files; those that cannot be read were reported.
func (k *checker) certificate(key, certFile, keyFile string) {
	if certFile == "" || keyFile == "" || readable(certFile) != nil || readable(keyFile) != nil {
		return
	}
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		k.fail(key, "%s and its key cannot be used: %s", certFile, strings.TrimPrefix(err.Error(), "tls: "))
		return
	}
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil {
		k.fail(key, "%s is not a certificate: %s", certFile, err)
		return
	}
	switch day := leaf.NotAfter.UTC().Format(time.DateOnly); {
	case k.now.After(leaf.NotAfter):
		k.fail(key, "%s expired on %s; renew it", certFile, day)
	case k.now.Before(leaf.NotBefore):
		k.fail(key, "%s is not valid before %s; check the clock", certFile, leaf.NotBefore.UTC().Format(time.DateOnly))
	case leaf.NotAfter.Sub(k.now) < expirySoon:
		k.warn(key, "%s expires on %s; renew it", certFile, day)
	}
}

func (k *checker) authorities(key, file string) {
	if file == "" || readable(file) != nil {
		return
	}
	data, err := os.ReadFile(file)
	if err != nil {
		k.fail(key, "%s: %s", file, cause(err))
		return
	}
	if !bytes.Contains(data, []byte("-----BEGIN CERTIFICATE-----")) || !x509.NewCertPool().AppendCertsFromPEM(data) {
		k.fail(key, "%s holds no certificate in PEM form", file)
	}
}

// dataFolder makes sure that the folder, or the nearest one above it, can be
// written to.
func (k *checker) dataFolder() {
	dir := k.c.Data
	for {
		info, err := os.Stat(dir)
		if err == nil && !info.IsDir() {
			k.fail("data", "%s is not a folder; name another", dir)
			return
		}
		if err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || parent == dir {
			k.fail("data", "%s: %s%s", dir, cause(err), advice(err))
			return
		}
		dir = parent
	}
	probe, err := os.CreateTemp(dir, ".sekisho-check-*")
	if err != nil {
		k.fail("data", "%s: %s; let the server's user write there", dir, cause(err))
		return
	}
	_ = probe.Close()
	if err := os.Remove(probe.Name()); err != nil {
		k.warn("data", "%s: the file that was written to try could not be removed: %s", dir, cause(err))
	}
}

func (k *checker) console() {
	host, _, _ := net.SplitHostPort(k.c.Console.Address)
	u, err := url.Parse(k.c.Console.PublicURL)
	if err == nil && u.Scheme == "http" && !local(u.Hostname()) {
		k.warn("console.public_url", "has no TLS, so that links and log-ins travel in the clear; put a proxy with TLS in front and write https")
	}
	if a, err := netip.ParseAddr(host); host == "" || err == nil && a.IsUnspecified() {
		k.warn("console.address", "%s listens on every address; name one inside the company", k.c.Console.Address)
	}
}

func (k *checker) partners() {
	loc := k.c.Organization.Location()
	for i, p := range k.c.Partners {
		if end := p.Until.End(loc); !end.IsZero() && !k.now.Before(end) {
			k.warn(fmt.Sprintf("partners[%d].until", i), "%s was trusted until %s; extend the date or delete the entry", p.Domain, p.Until)
		}
	}
}
