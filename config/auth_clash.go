package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// goodLDAPURL is ldap://host or ldaps://host, with a port where wanted.
func goodLDAPURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "ldap" || u.Scheme == "ldaps") && u.Hostname() != "" && u.User == nil &&
		strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

// authClashes look at how clients log in.
func authClashes(c *Config, l Listen, key string, add func(key, format string, args ...any)) {
	host, _, _ := net.SplitHostPort(l.Address)
	a := l.Auth
	switch {
	case a.Check == "none":
		for _, other := range []struct {
			set         bool
			name, check string
		}{{a.UsersFile != "", "users_file", "users"}, {len(a.LDAP.Servers) > 0, "ldap.servers", "ldap"}, {a.Tokens.Set(), "tokens", "tokens"}} {
			if other.set {
				add(key+".check", "is none although %s is named; write %s", other.name, other.check)
			}
		}
		return
	case l.TLS.Mode == "none" && (everyHost(host) || !local(host)):
		add(key+".check", "is %s, but log-ins are taken inside TLS only; set tls.mode to starttls or implicit", a.Check)
	}
	switch a.Check {
	case "users":
		if a.UsersFile == "" {
			add(key+".users_file", "is missing; name the file of users")
		}
	case "ldap":
		ldapClashes(a, key+".ldap", add)
	case "tokens":
		if !a.Tokens.Set() {
			add(key+".tokens.issuer", "is missing; name the identity provider, or its introspection_url")
		}
	case "pass_through":
		for i, h := range c.NextHops { // any of them may be the one that answers
			if h.Login.Mechanism == "" {
				add(fmt.Sprintf("next_hops[%d].login.mechanism", i), "is missing: credentials of users are never kept, so releases, bounces and notices need a log-in of their own")
			}
		}
	}
	tokenClashes(a, key, add)
}

func ldapClashes(a ListenAuth, key string, add func(key, format string, args ...any)) {
	l := a.LDAP
	if len(l.Servers) == 0 {
		add(key+".servers", "is missing; name the directory's servers: ldaps://ldap.example.co.jp")
	}
	for _, s := range l.Servers {
		if u, err := url.Parse(s); err == nil && u.Scheme == "ldap" && !l.StartTLS && !local(u.Hostname()) {
			add(key+".start_tls", "is false, so that passwords would go to %s in the clear; leave it out, or write ldaps://", s)
		}
	}
	switch {
	case l.Bind == "" && (l.Base == "" || l.Filter == ""):
		add(key+".bind", `is missing, and so is a search; write bind, like "uid={user},ou=people,dc=example", or base and filter`)
	case (l.Base == "") != (l.Filter == ""):
		add(key+".filter", "and base belong together; write both or none")
	}
	for _, t := range []struct{ name, text string }{{".bind", l.Bind}, {".filter", l.Filter}} {
		if t.text != "" && !strings.Contains(t.text, "{user}") && !strings.Contains(t.text, "{local}") {
			add(key+t.name, "does not say where the user's name goes, so that everybody would be the same; write {user} or {local}")
		}
	}
	if l.Base == "" && len(l.SenderAttributes) > 0 {
		add(key+".sender_attributes", "need base and filter, by which the user's entry is read")
	}
	if a.Tokens.Set() && (l.Base == "" || l.Bind != "" && l.SearchDN == "") {
		add(key+".search_dn", "is missing: the user of a token has no password to bind with, so the entry is found with base, filter and search_dn")
	}
}

// tokenClashes make sure that every mechanism that is offered has somebody who
// can check it.
func tokenClashes(a ListenAuth, key string, add func(key, format string, args ...any)) {
	t := a.Tokens
	if t.Set() && slices.Contains([]string{"dovecot", "pass_through"}, a.Check) {
		add(key+".tokens", "have no effect with check: %s, which checks tokens itself; leave them out", a.Check)
	}
	if t.Issuer != "" && t.IntrospectionURL != "" {
		add(key+".tokens.introspection_url", "and issuer cannot both be set; keep one of them")
	}
	if t.Set() && t.Audience == "" {
		add(key+".tokens.audience", "is missing: without it a token that was issued for another service would do; write the aud that mail clients ask for")
	}
	for _, u := range []struct{ name, url string }{{"issuer", t.Issuer}, {"introspection_url", t.IntrospectionURL}} {
		if parsed, err := url.Parse(u.url); err == nil && parsed.Scheme == "http" && !local(parsed.Hostname()) {
			add(key+".tokens."+u.name, "has no TLS, so that anybody on the way could say who is who; write https")
		}
	}
	for _, m := range a.Mechanisms {
		bearer := m == "xoauth2" || m == "oauthbearer"
		switch {
		case bearer && !t.Set() && (a.Check == "users" || a.Check == "ldap"):
			add(key+".mechanisms", "%s cannot be checked: %s knows passwords only; set tokens.issuer or tokens.introspection_url, or check: dovecot or pass_through", m, a.Check)
		case !bearer && a.Check == "tokens":
			add(key+".mechanisms", "%s cannot be checked: check is tokens, which knows no passwords; write users, ldap, dovecot or pass_through", m)
		}
	}
}
