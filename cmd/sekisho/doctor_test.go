package main

import (
	"context"
	"crypto/tls"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/proxy/hoptest"
)

// records are DNS answers of a test's own.
type records struct {
	hosts map[string][]string
	mx    map[string]string
	txt   map[string][]string
}

func (r records) LookupHost(_ context.Context, name string) ([]string, error) {
	if a, ok := r.hosts[name]; ok {
		return a, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (r records) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	if h, ok := r.mx[name]; ok {
		return []*net.MX{{Host: h}}, nil
	}
	return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

func (r records) LookupTXT(_ context.Context, name string) ([]string, error) {
	if t, ok := r.txt[name]; ok {
		return t, nil
	}
	return nil, &net.DNSError{Err: "i/o timeout", Name: name, IsTimeout: true}
}

// configured is a configuration as it is read from a file.
func configured(t *testing.T, yaml string) *config.Config {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sekisho.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// examined runs a guide over a configuration and returns what it prints.
func examined(t *testing.T, name, yaml string, dns records) (string, error) {
	t.Helper()
	cfg := configured(t, yaml)
	for _, g := range guides {
		if g.name == name {
			var out strings.Builder
			d := &doctor{cfg: cfg, dns: dns, dial: (&net.Dialer{}).DialContext, now: time.Now(), out: &out}
			err := d.examine(t.Context(), g)
			return out.String(), err
		}
	}
	t.Fatalf("there is no guide %s", name)
	return "", nil
}

func TestDoctorPostfix(t *testing.T) {
	in, next := (&hoptest.Hop{Extensions: []string{"SIZE 1000"}}).Start(t), (&hoptest.Hop{Extensions: []string{"PIPELINING"}}).Start(t)
	yaml := `
organization: {domains: [example.co.jp]}
hostname: guard.example.co.jp
listen: [{address: "` + in.Addr + `", networks: [127.0.0.0/8], xforward: [127.0.0.0/8]}]
next_hops: [{address: "` + next.Addr + `", tls: none, trusted: true}]
`
	out, err := examined(t, "postfix", yaml, records{hosts: map[string][]string{"guard.example.co.jp": {"192.0.2.1"}}})
	if err != nil {
		t.Errorf("got %v\n%s", err, out)
	}
	for _, want := range []string{
		"smtpd_proxy_filter=" + in.Addr, "relayhost = [guard.example.co.jp]:", next.Addr + "  inet  n", "Domains that may send: example.co.jp",
		"ok    hostname: guard.example.co.jp is 192.0.2.1", "answers and announces PIPELINING", "== Not checked from here", "postconf -n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q\n%s", want, out)
		}
	}
	_, port, _ := net.SplitHostPort(in.Addr)
	everywhere, err := examined(t, "postfix", strings.ReplaceAll(yaml, in.Addr, "0.0.0.0:"+port), records{})
	if err != nil || !strings.Contains(everywhere, "smtpd_proxy_filter="+in.Addr) || strings.Contains(everywhere, "filter=0.0.0.0") {
		t.Errorf("a listener on all addresses: %v\n%s", err, everywhere)
	}
	next.Stop()
	out, err = examined(t, "postfix", yaml, records{})
	if err == nil || !strings.Contains(out, "BAD   next_hops[0]: "+next.Addr+" does not answer (connect: connection refused)") || !strings.Contains(out, "warn  hostname: guard.example.co.jp has no address in DNS (there is none)") {
		t.Errorf("got %v\n%s", err, out)
	}
}

func TestDoctorCloud(t *testing.T) {
	in, next := (&hoptest.Hop{}).Start(t), (&hoptest.Hop{}).Start(t)
	bare := `
organization: {domains: [example.co.jp, example.jp]}
hostname: guard.example.co.jp
listen: [{address: "` + in.Addr + `", networks: [127.0.0.0/8]}]
next_hops: [{address: "` + next.Addr + `", tls: opportunistic}]
`
	dns := records{
		hosts: map[string][]string{"guard.example.co.jp": {"192.0.2.1"}},
		mx:    map[string]string{"example.co.jp": "Example-CO-JP.mail.protection.outlook.com.", "example.jp": "mx.elsewhere.example."},
		txt:   map[string][]string{"example.co.jp": {"google-site-verification=x", "v=spf1 include:spf.protection.outlook.com -all"}, "example.jp": {"v=spf1 ip4:192.0.2.1 -all"}},
	}
	out, err := examined(t, "m365", bare, dns)
	if err == nil {
		t.Error("nothing is bad")
	}
	for _, want := range []string{
		`-SmartHosts "guard.example.co.jp"`, `-TlsSenderCertificateName "guard.example.co.jp"`, "X-Sekisho-Key", "X-Sekisho-Mark",
		"ok    organization.domains[0]: MX of example.co.jp is", "ok    organization.domains[0]: SPF of example.co.jp names the service",
		"warn  organization.domains[1]: MX of example.jp is not at", "BAD   organization.domains[1]: SPF of example.jp does not include spf.protection.outlook.com",
		"BAD   listen: lets in nobody from outside", "BAD   listen: nothing tells this organization's mail", "BAD   next_hops[0].tls: is opportunistic", "warn  mark_header: is empty", "Get-TransportRule",
		"warn  listen: has no address on port 25", "chown root:<group that Sekisho runs as> /etc/sekisho/key-values && chmod 640",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q\n%s", want, out)
		}
	}
	if out, _ := examined(t, "m365", strings.Replace(bare, "networks:", "networks: [127.0.0.0/8]}, {address: \"127.0.0.1:25\", networks:", 1), dns); strings.Contains(out, "port 25, the only one") {
		t.Errorf("a listener on port 25 is not seen:\n%s", out)
	}
	out, err = examined(t, "google", bare, records{mx: map[string]string{"example.co.jp": "smtp.google.com."}})
	if err == nil || !strings.Contains(out, "MX of example.co.jp is smtp.google.com.") || !strings.Contains(out, "SPF of example.jp could not be found (the resolver does not answer)") ||
		strings.Contains(out, "inbound connector knows us") || strings.Contains(out, "port 25, the only one") || !strings.Contains(out, "smtp-relay.gmail.com:587") {
		t.Errorf("got %v\n%s", err, out)
	}
}

// TestGuidesSayTheSameInBothLanguages: what is to be typed is the same, word for word;
// in Japanese no line is left in English.
func TestGuidesSayTheSameInBothLanguages(t *testing.T) {
	yaml := "organization: {domains: [example.co.jp]}\nhostname: guard.example.co.jp\nlisten: [{address: \"127.0.0.1:2525\", networks: [127.0.0.0/8]}]\n" +
		"next_hops: [{address: \"127.0.0.1:2526\"}]\n"
	cfg := configured(t, yaml)
	for _, g := range guides {
		typed := map[string]int{}
		for weight, language := range map[int]string{1: "en", -1: "ja"} {
			var out strings.Builder
			if err := g.print(&out, cfg, language); err != nil {
				t.Fatal(err)
			}
			if strings.Contains(out.String(), "メール") != (language == "ja") && g.name != "postfix" {
				t.Errorf("%s in %s:\n%s", g.name, language, out.String())
			}
			for _, line := range strings.Split(out.String(), "\n") {
				if strings.HasPrefix(line, "     ") && strings.ContainsAny(line, "=$`") && !strings.ContainsAny(line, "<#\"") {
					typed[line] += weight
				}
			}
		}
		for line, n := range typed {
			if n != 0 {
				t.Errorf("%s: only one language says %q", g.name, line)
			}
		}
	}
}

func TestDoctorReadsForeignServersWithCare(t *testing.T) {
	for answer, want := range map[string]string{
		"220": "does not speak SMTP", "554 go away": `it says "554"`, strings.Repeat("220-x\r\n", 300) + "220 x": "does not speak SMTP", hoptest.Drop: "hangs up",
	} {
		h := (&hoptest.Hop{Answer: func(step, _ string) string {
			if step == "connect" {
				return answer
			}
			return ""
		}}).Start(t)
		in := (&hoptest.Hop{}).Start(t)
		out, err := examined(t, "postfix", `
organization: {domains: [example.co.jp]}
listen: [{address: "`+in.Addr+`", networks: [127.0.0.0/8]}]
next_hops: [{address: "`+h.Addr+`", tls: none}]
`, records{})
		if err == nil || !strings.Contains(out, want) {
			t.Errorf("%.20q: got %v\n%s", answer, err, out[strings.Index(out, "== Checks"):])
		}
	}
}

// TestDoctorLooksAtTheHopsCertificate: name, authority and date, as far as the
// policy wants them.
func TestDoctorLooksAtTheHopsCertificate(t *testing.T) {
	dir := t.TempDir()
	ca, _, cert := certificate(t, dir, "hop.example.co.jp")
	start := (&hoptest.Hop{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}}).Start(t)
	implicit := (&hoptest.Hop{TLS: &tls.Config{Certificates: []tls.Certificate{cert}}, Implicit: true}).Start(t)
	in := (&hoptest.Hop{}).Start(t)
	for _, tt := range []struct{ hop, want string }{
		{`address: "` + start.Addr + `", tls: require, ca_file: ` + ca, "warn  next_hops[0]: the certificate of " + start.Addr + " expires on"}, // in an hour
		{`address: "` + implicit.Addr + `", tls: require, implicit_tls: true, ca_file: ` + ca, "warn  next_hops[0]: the certificate of " + implicit.Addr + " expires on"},
		{`address: "` + start.Addr + `", tls: require`, "BAD   next_hops[0]: the certificate of " + start.Addr + " is not good for 127.0.0.1 (certificate signed by unknown authority)"},
		{`address: "` + start.Addr + `", tls: require, server_name: other.example, ca_file: ` + ca, "is not good for other.example (certificate is valid for hop.example.co.jp, not other.example)"},
		{`address: "` + in.Addr + `", tls: require`, "offers no STARTTLS, but tls is require"},
		{`address: "` + in.Addr + `", tls: require, implicit_tls: true`, "TLS with " + in.Addr + " fails"},
	} {
		out, _ := examined(t, "postfix", `
organization: {domains: [example.co.jp]}
listen: [{address: "127.0.0.1:2599", networks: [127.0.0.0/8]}]
next_hops: [{`+tt.hop+`}]
`, records{})
		if !strings.Contains(out, tt.want) {
			t.Errorf("%s: not said: %q\n%s", tt.hop, tt.want, out[strings.Index(out, "== Checks"):])
		}
	}
}
