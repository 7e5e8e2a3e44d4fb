package login

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/go-ldap/ldap/v3"

	"github.com/sekisho-mail/sekisho/proxy"
)

const (
	// ldapDown is how long a server that could not be reached is tried last.
	ldapDown = 10 * time.Second
	// ldapIdle is how long a connection waits for its next use.
	ldapIdle = time.Minute
)

// ldapHost is one server with its connections that wait.
type ldapHost struct {
	name, address string
	secure        bool // TLS from the first octet

	mu     sync.Mutex
	idle   []*ldapSession
	downAt time.Time
}

// ldapSession is one connection to a server, used by one log-in at a time.
type ldapSession struct {
	l      *LDAP
	conn   *ldap.Conn
	since  time.Time // when it was put back
	search bool      // bound for searching, or anonymous where that is how it is done
	broken bool
}

func newLDAPHost(s string) (*ldapHost, error) {
	u, err := url.Parse(s)
	if err != nil || u.Hostname() == "" || u.Scheme != "ldap" && u.Scheme != "ldaps" || u.User != nil || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("login: %q is not an LDAP server: write ldap://host or ldaps://host", s)
	}
	port := u.Port()
	if port == "" {
		port = map[bool]string{true: "636", false: "389"}[u.Scheme == "ldaps"]
	}
	return &ldapHost{name: u.Hostname(), address: net.JoinHostPort(u.Hostname(), port), secure: u.Scheme == "ldaps"}, nil
}

// anyHost does something on the first server that answers. A connection that
// waited may have been dropped, so it is worth a second try on a fresh one.
func (l *LDAP) anyHost(ctx context.Context, do func(*ldapSession) error) error {
	select {
	case l.slots <- struct{}{}:
		defer func() { <-l.slots }()
	case <-ctx.Done():
		return fmt.Errorf("wait for LDAP: %w", ctx.Err())
	}
	var last error
	for _, h := range l.inOrder() {
		for fresh := false; !fresh; {
			s := h.take(l.d.Now())
			fresh = s == nil
			var err error
			if fresh {
				if s, err = l.connect(ctx, h); err != nil {
					h.down(l.d.Now())
					l.d.Log.Warn("LDAP server cannot be reached", "server", h.address, "error", err)
					last = err
					break
				}
			}
			stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
			err = do(s)
			if !stop() {
				s.broken = true
			}
			h.put(s, l.d.Now())
			if !s.broken || err == nil || errors.Is(err, proxy.ErrBadLogin) {
				return err
			}
			last = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return fmt.Errorf("ask LDAP: %w", last)
}

func (l *LDAP) inOrder() []*ldapHost {
	var up, down []*ldapHost
	for _, h := range l.hosts {
		h.mu.Lock()
		was := !h.downAt.IsZero() && l.d.Now().Sub(h.downAt) < ldapDown
		h.mu.Unlock()
		if was {
			down = append(down, h)
		} else {
			up = append(up, h)
		}
	}
	return append(up, down...)
}

// connect opens a connection; with StartTLS nothing is said before TLS.
func (l *LDAP) connect(ctx context.Context, h *ldapHost) (*ldapSession, error) {
	ctx, cancel := context.WithTimeout(ctx, l.o.Timeout)
	defer cancel()
	raw, err := l.d.Dial(ctx, "tcp", h.address)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12}
	if l.o.TLS != nil {
		cfg = l.o.TLS.Clone()
	}
	cfg.ServerName = h.name
	_ = raw.SetDeadline(l.d.Now().Add(l.o.Timeout)) // the library sets none for its handshake
	if h.secure {
		secure := tls.Client(raw, cfg)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = raw.Close()
			return nil, fmt.Errorf("shake hands: %w", err)
		}
		return l.session(raw, secure, true), nil
	}
	s := l.session(raw, raw, false)
	if !l.o.StartTLS {
		return s, nil
	}
	_ = raw.SetDeadline(l.d.Now().Add(l.o.Timeout))
	if err := s.conn.StartTLS(cfg); err != nil {
		_ = s.conn.Close()
		return nil, fmt.Errorf("start TLS: %w", err)
	}
	_ = raw.SetDeadline(time.Time{})
	return s, nil
}

func (l *LDAP) session(raw, conn net.Conn, secure bool) *ldapSession {
	_ = raw.SetDeadline(time.Time{})
	c := ldap.NewConn(conn, secure)
	c.SetTimeout(l.o.Timeout)
	c.Start()
	return &ldapSession{l: l, conn: c}
}

// bind logs in on the connection. Of all that a server may answer only wrong
// credentials are the client's fault; a locked account is said the same way.
func (s *ldapSession) bind(name, secret string) error {
	if name == "" || secret == "" {
		return proxy.ErrBadLogin
	}
	s.search = false
	err := s.conn.Bind(name, secret)
	switch {
	case err == nil:
		return nil
	case ldap.IsErrorAnyOf(err, ldap.LDAPResultInvalidCredentials, ldap.LDAPResultInappropriateAuthentication):
		return proxy.ErrBadLogin
	}
	return s.fault("bind", err)
}

// asSearcher makes sure that the connection may search.
func (s *ldapSession) asSearcher() error {
	if s.search {
		return nil
	}
	o := s.l.o
	if o.SearchDN == "" {
		if err := s.conn.UnauthenticatedBind(""); err != nil {
			return s.fault("bind anonymously", err)
		}
		s.search = true
		return nil
	}
	secret, err := o.SearchSecret()
	if err != nil {
		return fmt.Errorf("read LDAP search secret: %w", err)
	}
	err = s.bind(o.SearchDN, secret)
	if errors.Is(err, proxy.ErrBadLogin) { // ours is wrong, not the client's
		return errors.New("login: LDAP does not accept the search log-in")
	}
	s.search = err == nil
	return err
}

// fault is an error that is not the client's. The connection is used again only
// when the server itself has spoken.
func (s *ldapSession) fault(what string, err error) error {
	var said *ldap.Error
	if !errors.As(err, &said) || said.ResultCode >= ldap.ErrorNetwork {
		s.broken = true
		return fmt.Errorf("%s: %w", what, err)
	}
	if said.ResultCode == ldap.LDAPResultUnavailable || said.ResultCode == ldap.LDAPResultBusy {
		s.broken = true // another server may do better
	}
	// What it says beside the code may name the user.
	return fmt.Errorf("login: LDAP answers %q to %s", ldap.LDAPResultCodeMap[said.ResultCode], what)
}

func (h *ldapHost) take(now time.Time) *ldapSession {
	h.mu.Lock()
	defer h.mu.Unlock()
	for n := len(h.idle); n > 0; n = len(h.idle) {
		s := h.idle[n-1]
		h.idle = h.idle[:n-1]
		if now.Sub(s.since) < ldapIdle && !s.conn.IsClosing() {
			return s
		}
		go func() { _ = s.conn.Close() }()
	}
	return nil
}

func (h *ldapHost) put(s *ldapSession, now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s.broken || s.conn.IsClosing() {
		go func() { _ = s.conn.Close() }()
		return
	}
	h.downAt = time.Time{}
	s.since = now
	h.idle = append(h.idle, s)
}

func (h *ldapHost) down(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.downAt = now
}

// Close closes the connections that wait.
func (l *LDAP) Close() {
	for _, h := range l.hosts {
		h.mu.Lock()
		for _, s := range h.idle {
			_ = s.conn.Close()
		}
		h.idle = nil
		h.mu.Unlock()
	}
}
