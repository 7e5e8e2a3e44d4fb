package login

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"github.com/go-ldap/ldap/v3"
	"golang.org/x/text/unicode/norm"

	"github.com/sekisho-mail/sekisho/proxy"
)

// LDAPOptions say where a directory is and how a user is found in it. In Bind and
// Filter, {user} stands for the name as the client gave it, {local} and {domain}
// for what stands before and behind its last @; each is escaped for its place
// (RFC 4514, RFC 4515).
type LDAPOptions struct {
	// Servers are tried in this order: ldap://host:389, ldaps://host:636. One that
	// could not be reached is tried last for a moment.
	Servers []string
	// StartTLS encrypts ldap:// connections before anything is said (RFC 4513
	// section 3); a server that refuses is not used.
	StartTLS bool
	// TLS carries RootCAs, which pin the directory's CA; nil is the system's. The
	// server's name is that of its URL.
	TLS *tls.Config

	// Bind is the name that a user binds with, "uid={user},ou=people,dc=example"
	// or "{user}@corp.example". Empty: the user's entry is searched for first, and
	// its own DN binds.
	Bind string
	// Base and Filter find the user's entry, "(|(uid={user})(mail={user}))". With
	// Bind they may be empty: then nothing is read from the directory.
	Base, Filter string
	// SearchDN and SearchSecret log in for the search; without SearchDN it is done
	// anonymously, or with Bind as the user. The secret is asked for with each
	// connection.
	SearchDN     string
	SearchSecret func() (string, error)

	// NameAttribute is what goes into envelopes as the user's name. Without it that
	// is the first of the user's addresses, else the name as it was given, folded,
	// since a directory takes "Taro" and "taro " for the same.
	NameAttribute string
	// SenderAttributes hold the addresses that the user may send from. A prefix
	// "smtp:", as in Active Directory's proxyAddresses, is taken off; values with
	// another scheme ("sip:") are left out.
	SenderAttributes []string

	// Timeout bounds each step; default 5 seconds. Connections is how many may be
	// open at a time; default 8.
	Timeout     time.Duration
	Connections int
}

// LDAPDeps are what LDAP stands on.
type LDAPDeps struct {
	// Dial opens connections; (&net.Dialer{}).DialContext.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	Now  func() time.Time
	Log  *slog.Logger
}

// LDAP checks passwords by binding to a directory as the user (RFC 4513 section
// 5.1.3), or by searching for the entry first and binding as that. It is safe for
// concurrent use.
type LDAP struct {
	o     LDAPOptions
	d     LDAPDeps
	hosts []*ldapHost
	slots chan struct{}
}

// NewLDAP checks the options. No connection is made yet.
func NewLDAP(o LDAPOptions, d LDAPDeps) (*LDAP, error) {
	if o.Timeout <= 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Connections <= 0 {
		o.Connections = 8
	}
	l := &LDAP{o: o, d: d, slots: make(chan struct{}, o.Connections)}
	if len(o.Servers) == 0 {
		return nil, errors.New("login: LDAP needs a server")
	}
	for _, s := range o.Servers {
		h, err := newLDAPHost(s)
		if err != nil {
			return nil, err
		}
		l.hosts = append(l.hosts, h)
	}
	if o.Bind == "" && (o.Base == "" || o.Filter == "") {
		return nil, errors.New("login: LDAP needs a bind name, or base and filter to search with")
	}
	if o.Filter != "" {
		if _, err := ldap.CompileFilter(fillIn(o.Filter, "x@example.com", ldap.EscapeFilter)); err != nil {
			return nil, fmt.Errorf("read LDAP filter: %w", err)
		}
	}
	return l, nil
}

// Mechanisms implements proxy.Accounts.
func (l *LDAP) Mechanisms() []string { return []string{"PLAIN", "LOGIN"} }

// Login implements proxy.Accounts. Servers are tried in turn until one answers;
// its answer counts.
func (l *LDAP) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	if c.User == "" || c.Secret == "" { // an empty password binds anonymously and always succeeds
		return proxy.Account{}, proxy.ErrBadLogin
	}
	var account proxy.Account
	err := l.anyHost(ctx, func(s *ldapSession) (err error) {
		account, err = l.check(s, c)
		return err
	})
	return account, err
}

// Known finds who a name is without a password, for log-ins that were proved
// another way. It needs base, filter and, unless anybody may search, a search
// log-in.
func (l *LDAP) Known(ctx context.Context, user string) (proxy.Account, error) {
	var account proxy.Account
	err := l.anyHost(ctx, func(s *ldapSession) error {
		entry, err := l.find(s, user)
		if err == nil {
			account = l.account(user, entry)
		}
		return err
	})
	return account, err
}

// check binds as the user, with the search before it or, with a bind name, after.
func (l *LDAP) check(s *ldapSession, c proxy.Credentials) (proxy.Account, error) {
	if l.o.Bind == "" {
		entry, err := l.find(s, c.User)
		if err != nil {
			return proxy.Account{}, err
		}
		if err := s.bind(entry.DN, c.Secret); err != nil {
			return proxy.Account{}, err
		}
		return l.account(c.User, entry), nil
	}
	escape := ldap.EscapeDN
	if !strings.Contains(l.o.Bind, "=") { // not a DN: "{user}@corp.example", as Active Directory takes it
		escape = func(s string) string { return s }
	}
	if !fits(l.o.Bind, c.User) { // "uid=,ou=people" is an error of syntax to the server, and looks like one of ours
		return proxy.Account{}, proxy.ErrBadLogin
	}
	if err := s.bind(fillIn(l.o.Bind, c.User, escape), c.Secret); err != nil {
		return proxy.Account{}, err
	}
	if l.o.Filter == "" {
		return l.account(c.User, nil), nil
	}
	entry, err := l.find(s, c.User)
	if errors.Is(err, proxy.ErrBadLogin) { // the password was right, so it is the filter that does not fit
		err = errors.New("login: LDAP filter does not find the user who has logged in")
	}
	if err != nil {
		return proxy.Account{}, err
	}
	return l.account(c.User, entry), nil
}

// find searches for the user's entry. Nobody is ErrBadLogin, and so that nobody
// logs in as somebody else, two are an error.
func (l *LDAP) find(s *ldapSession, user string) (*ldap.Entry, error) {
	if l.o.SearchDN != "" || l.o.Bind == "" {
		if err := s.asSearcher(); err != nil {
			return nil, err
		}
	}
	attributes := append([]string(nil), l.o.SenderAttributes...)
	if l.o.NameAttribute != "" {
		attributes = append(attributes, l.o.NameAttribute)
	}
	if len(attributes) == 0 {
		attributes = []string{"1.1"} // none (RFC 4511 section 4.5.1.8)
	}
	res, err := s.conn.Search(ldap.NewSearchRequest(l.o.Base, ldap.ScopeWholeSubtree, ldap.NeverDerefAliases, 2,
		int(l.o.Timeout/time.Second)+1, false, fillIn(l.o.Filter, user, ldap.EscapeFilter), attributes, nil))
	switch {
	case ldap.IsErrorWithCode(err, ldap.LDAPResultSizeLimitExceeded), err == nil && len(res.Entries) > 1:
		return nil, errors.New("login: LDAP filter finds more than one entry for a user")
	case err != nil:
		return nil, s.fault("search", err)
	case len(res.Entries) == 0:
		return nil, proxy.ErrBadLogin
	}
	return res.Entries[0], nil
}

func (l *LDAP) account(user string, entry *ldap.Entry) proxy.Account {
	a := proxy.Account{User: strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(user))), " ")}
	if entry == nil {
		return a
	}
	for _, attribute := range l.o.SenderAttributes {
		for _, v := range entry.GetEqualFoldAttributeValues(attribute) {
			if scheme, address, ok := strings.Cut(v, ":"); ok {
				if !strings.EqualFold(scheme, "smtp") {
					continue
				}
				v = address
			}
			if v != "" && v != "*" && v[0] != '@' { // those would be more than an address
				a.Senders = append(a.Senders, v)
			}
		}
	}
	if len(a.Senders) > 0 {
		a.User = a.Senders[0]
	}
	if name := entry.GetEqualFoldAttributeValue(l.o.NameAttribute); name != "" && l.o.NameAttribute != "" {
		a.User = name
	}
	return a
}

// fits tells that the user's name leaves no place of a template empty.
func fits(template, user string) bool {
	local, domain := split(user)
	return (local != "" || !strings.Contains(template, "{local}")) && (domain != "" || !strings.Contains(template, "{domain}"))
}

// split cuts a name at its last @.
func split(user string) (local, domain string) {
	if i := strings.LastIndexByte(user, '@'); i >= 0 {
		return user[:i], user[i+1:]
	}
	return user, ""
}

// fillIn puts the user's name into a template.
func fillIn(template, user string, escape func(string) string) string {
	local, domain := split(user)
	return strings.NewReplacer("{user}", escape(user), "{local}", escape(local), "{domain}", escape(domain)).Replace(template)
}
