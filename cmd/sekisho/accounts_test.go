package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// TestMechanismsThatAreOffered: what a listener announces is what somebody can
// check; nobody is asked for that.
func TestMechanismsThatAreOffered(t *testing.T) {
	users := filepath.Join(t.TempDir(), "users")
	line := "hanako:$2a$04$KNmSFr4c9zg51EeyTPi8CePE8PIu5HmOonIIXcQzrfZZ3.2qYzi0q:hanako.sato@example.co.jp\n"
	if err := os.WriteFile(users, []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	tokens := `tokens: {issuer: "https://id.example.co.jp", audience: mail}`
	directory := `ldap: {servers: ["ldaps://ldap.example.co.jp"], base: "dc=example", filter: "(uid={user})"}`
	for auth, want := range map[string]string{
		`{check: none}`:                                    "",
		`{check: users, users_file: "USERS"}`:              "PLAIN LOGIN",
		`{check: ldap, ` + directory + `}`:                 "PLAIN LOGIN",
		`{check: tokens, ` + tokens + `}`:                  "XOAUTH2 OAUTHBEARER",
		`{check: pass_through}`:                            "PLAIN LOGIN XOAUTH2 OAUTHBEARER",
		`{check: ldap, ` + directory + `, ` + tokens + `}`: "PLAIN LOGIN XOAUTH2 OAUTHBEARER",
		`{check: users, users_file: "USERS", ` + tokens + `, mechanisms: [xoauth2, plain]}`:               "PLAIN XOAUTH2",
		`{check: dovecot, dovecot_socket: "` + filepath.Dir(users) + `/none", mechanisms: [oauthbearer]}`: "OAUTHBEARER",
	} {
		yaml := `
organization: {domains: [example.co.jp]}
listen: [{address: "127.0.0.1:2587", networks: [127.0.0.0/8], auth: ` + strings.ReplaceAll(auth, "USERS", users) + `}]
next_hops: [{address: "127.0.0.1:2526", tls: none, login: {mechanism: plain, user: guard, secret_file: "` + users + `"}}]
`
		path := filepath.Join(t.TempDir(), "sekisho.yaml")
		if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Load(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		o, err := relayOptions(cfg)
		if err != nil {
			t.Fatal(err)
		}
		hops, err := relay.New(o, relay.Deps{Dial: (&net.Dialer{}).DialContext, Now: time.Now, Log: quietLog(), Metrics: prometheus.NewRegistry()})
		if err != nil {
			t.Fatal(err)
		}
		l, err := proxyListener(cfg.Listen[0], hops, quietLog())
		if err != nil {
			t.Fatalf("%s: %v", auth, err)
		}
		got := ""
		if l.Accounts != nil {
			got = strings.Join(l.Accounts.Mechanisms(), " ")
		}
		if got != want {
			t.Errorf("%s: offers %q, want %q", auth, got, want)
		}
	}
}
