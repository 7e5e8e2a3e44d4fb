package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/login"
	"github.com/sekisho-mail/sekisho/proxy/relay"
)

// accounts is how the clients of a listener log in; nil when they do not.
func accounts(l config.Listen, hops *relay.Relay, log *slog.Logger) (proxy.Accounts, error) {
	a := l.Auth
	var out proxy.Accounts
	var users login.Known
	switch a.Check {
	case "none":
		return nil, nil //nolint:nilnil // nobody logs in
	case "users":
		file, err := login.OpenUsers(a.UsersFile, log)
		if err != nil {
			return nil, err //nolint:wrapcheck // it says what it was doing
		}
		out, users = file, file
	case "ldap":
		directory, err := ldapAccounts(a.LDAP, log)
		if err != nil {
			return nil, err
		}
		out, users = directory, directory
	case "dovecot":
		out = &login.Dovecot{Now: time.Now, Dial: func(ctx context.Context) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", a.DovecotSocket)
		}}
	case "pass_through":
		out = hops.PassThrough()
	}
	if a.Tokens.Set() {
		tokens, err := tokenAccounts(a.Tokens, users)
		if err != nil {
			return nil, err
		}
		if out == nil {
			out = tokens
		} else {
			out = login.Either{Passwords: out, Tokens: tokens}
		}
	}
	if len(a.Mechanisms) == 0 {
		return out, nil
	}
	only := login.Only{Accounts: out}
	for _, m := range a.Mechanisms {
		only.Names = append(only.Names, strings.ToUpper(m))
	}
	return only, nil
}

func ldapAccounts(l config.AuthLDAP, log *slog.Logger) (*login.LDAP, error) {
	cfg, err := relay.LoadTLS(l.CAFile, "", "", "")
	if err != nil {
		return nil, fmt.Errorf("read authorities of LDAP: %w", err)
	}
	return login.NewLDAP(login.LDAPOptions{ //nolint:wrapcheck // it says what it was doing
		Servers: l.Servers, StartTLS: l.StartTLS, TLS: cfg, Bind: l.Bind, Base: l.Base, Filter: l.Filter,
		SearchDN: l.SearchDN, SearchSecret: secretIn(l.SearchSecretFile),
		NameAttribute: l.NameAttribute, SenderAttributes: l.SenderAttributes,
		Timeout: time.Duration(l.Timeout), Connections: l.Connections,
	}, login.LDAPDeps{Dial: (&net.Dialer{}).DialContext, Now: time.Now, Log: log})
}

func tokenAccounts(t config.AuthTokens, users login.Known) (*login.Tokens, error) {
	cfg, err := relay.LoadTLS(t.CAFile, "", "", "")
	if err != nil {
		return nil, fmt.Errorf("read authorities of the identity provider: %w", err)
	}
	return login.NewTokens(login.TokenOptions{ //nolint:wrapcheck // it says what it was doing
		Issuer: t.Issuer, IntrospectionURL: t.IntrospectionURL, ClientID: t.ClientID, ClientSecret: secretIn(t.ClientSecretFile),
		Audience: t.Audience, UserClaim: t.UserClaim, Scope: t.Scope,
	}, users, transport(cfg), time.Now)
}

func transport(cfg *tls.Config) http.RoundTripper {
	t := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // it is one
	t.TLSClientConfig = cfg
	return t
}

// secretIn reads a secret each time it is asked for, so that another program may
// renew it.
func secretIn(file string) func() (string, error) {
	return func() (string, error) {
		if file == "" {
			return "", nil
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return "", fmt.Errorf("read secret file: %w", err)
		}
		return strings.TrimSpace(string(data)), nil
	}
}
