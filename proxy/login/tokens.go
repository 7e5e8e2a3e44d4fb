package login

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/sekisho-mail/sekisho/proxy"
)

// TokenOptions say whose bearer tokens are believed, and of whom they speak.
type TokenOptions struct {
	// Issuer signs JWTs with the keys that its OpenID discovery names.
	Issuer string
	// IntrospectionURL is asked about every token instead (RFC 7662), by ClientID
	// with ClientSecret.
	IntrospectionURL string
	ClientID         string
	ClientSecret     func() (string, error)
	// Audience must be among those that a token is for.
	Audience string
	// UserClaim holds the user's name or address; "email" by default. When it is
	// "email", a token that calls the address unverified is refused.
	UserClaim string
	// Scope must be among a token's scopes; "" is any.
	Scope string
	// Timeout bounds the provider's answers; default 10 seconds.
	Timeout time.Duration
}

// Known finds the account behind a name that was proved otherwise.
type Known interface {
	// Known gives the account, or proxy.ErrBadLogin when there is none.
	Known(ctx context.Context, user string) (proxy.Account, error)
}

// Tokens checks the bearer tokens of XOAUTH2 and OAUTHBEARER (RFC 7628): JWTs by
// the issuer's keys, others by introspection. A provider that does not answer is
// a temporary failure, not a wrong token.
type Tokens struct {
	o     TokenOptions
	now   func() time.Time
	http  *http.Client
	users Known

	failures atomic.Int64 // requests that the provider did not answer well
	mu       sync.Mutex
	verifier *oidc.IDTokenVerifier
}

// NewTokens makes a check of tokens. The users that they speak of must be known
// to users, and may send from those addresses; when it is nil, whoever has a
// token may send from the address that stands in it.
func NewTokens(o TokenOptions, users Known, transport http.RoundTripper, now func() time.Time) (*Tokens, error) {
	if (o.Issuer == "") == (o.IntrospectionURL == "") || o.Audience == "" {
		return nil, errors.New("login: tokens need an audience, and an issuer or an introspection address")
	}
	if o.UserClaim == "" {
		o.UserClaim = "email"
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Second
	}
	t := &Tokens{o: o, users: users, now: now}
	t.http = &http.Client{Transport: watched{t, transport}, Timeout: o.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return t, nil
}

// watched counts what the provider did not answer well, since the library tells
// that and a wrong token in the same way.
type watched struct {
	t    *Tokens
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (w watched) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := w.next.RoundTrip(r)
	if err != nil || res.StatusCode != http.StatusOK {
		w.t.failures.Add(1)
	}
	return res, err //nolint:wrapcheck // the transport's own
}

// Mechanisms implements proxy.Accounts.
func (t *Tokens) Mechanisms() []string { return []string{"XOAUTH2", "OAUTHBEARER"} }

// Login implements proxy.Accounts.
func (t *Tokens) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	if c.Secret == "" {
		return proxy.Account{}, proxy.ErrBadLogin
	}
	read := t.signed
	if t.o.Issuer == "" {
		read = t.introspected
	}
	claims, err := read(ctx, c.Secret)
	if err != nil {
		return proxy.Account{}, err
	}
	user, _ := claims[t.o.UserClaim].(string)
	verified, said := claims["email_verified"]
	switch {
	case user == "" || c.User != "" && !strings.EqualFold(user, c.User): // a token of somebody else
		return proxy.Account{}, proxy.ErrBadLogin
	case t.o.UserClaim == "email" && said && verified != true && verified != "true":
		return proxy.Account{}, proxy.ErrBadLogin
	case t.o.Scope != "" && !slices.Contains(words(claims["scope"], claims["scp"]), t.o.Scope):
		return proxy.Account{}, proxy.ErrBadLogin
	case t.users == nil:
		return proxy.Account{User: user}, nil
	}
	return t.users.Known(ctx, user) //nolint:wrapcheck // told apart by the caller
}

// words are the members of claims that are lists, or texts with blanks.
func words(claims ...any) []string {
	var out []string
	for _, c := range claims {
		switch c := c.(type) {
		case string:
			out = append(out, strings.Fields(c)...)
		case []any:
			for _, w := range c {
				if s, ok := w.(string); ok {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// signed reads a JWT. What is wrong with it is never said: it could be in a log.
func (t *Tokens) signed(ctx context.Context, token string) (map[string]any, error) {
	ctx = oidc.ClientContext(ctx, t.http)
	before := t.failures.Load()
	v, err := t.provider(ctx)
	if err != nil {
		return nil, err
	}
	read, err := v.Verify(ctx, token)
	switch {
	case err != nil && (t.failures.Load() != before || ctx.Err() != nil):
		return nil, errors.New("login: the token issuer's keys cannot be fetched")
	case err != nil:
		return nil, proxy.ErrBadLogin
	}
	claims := map[string]any{}
	if err := read.Claims(&claims); err != nil {
		return nil, proxy.ErrBadLogin
	}
	return claims, nil
}

// provider finds the issuer's keys when they are first needed, so that the guard
// starts while it is away.
func (t *Tokens) provider(ctx context.Context) (*oidc.IDTokenVerifier, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.verifier == nil {
		p, err := oidc.NewProvider(ctx, t.o.Issuer)
		if err != nil {
			return nil, fmt.Errorf("discover token issuer: %w", err)
		}
		t.verifier = p.Verifier(&oidc.Config{ClientID: t.o.Audience, Now: t.now})
	}
	return t.verifier, nil
}

// maxIntrospection bounds the answer about a token.
const maxIntrospection = 64 << 10

// introspected asks about a token (RFC 7662 section 2).
func (t *Tokens) introspected(ctx context.Context, token string) (map[string]any, error) {
	form := url.Values{"token": {token}, "token_type_hint": {"access_token"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.o.IntrospectionURL, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("ask about token: %w", err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	if t.o.ClientID != "" {
		secret, err := t.o.ClientSecret()
		if err != nil {
			return nil, fmt.Errorf("read client secret: %w", err)
		}
		r.SetBasicAuth(url.QueryEscape(t.o.ClientID), url.QueryEscape(secret)) // RFC 6749 section 2.3.1
	}
	res, err := t.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("ask about token: %w", err)
	}
	defer res.Body.Close()
	kind, _, _ := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if res.StatusCode != http.StatusOK || kind != "application/json" {
		return nil, fmt.Errorf("login: introspection answers with status %d", res.StatusCode)
	}
	claims := map[string]any{}
	if err := json.NewDecoder(io.LimitReader(res.Body, maxIntrospection)).Decode(&claims); err != nil {
		return nil, fmt.Errorf("read introspection: %w", err)
	}
	until, ends := claims["exp"].(float64)
	if claims["active"] != true || !slices.Contains(words(claims["aud"]), t.o.Audience) || ends && t.now().Unix() >= int64(until) {
		return nil, proxy.ErrBadLogin
	}
	return claims, nil
}

// Either checks passwords in one place and tokens in another.
type Either struct {
	Passwords proxy.Accounts
	Tokens    *Tokens
}

// Mechanisms implements proxy.Accounts.
func (e Either) Mechanisms() []string {
	return append(slices.Clone(e.Passwords.Mechanisms()), e.Tokens.Mechanisms()...)
}

// Login implements proxy.Accounts.
func (e Either) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	if slices.Contains(e.Tokens.Mechanisms(), c.Mechanism) {
		return e.Tokens.Login(ctx, c)
	}
	return e.Passwords.Login(ctx, c) //nolint:wrapcheck // told apart by the caller
}

// Only offers some of the mechanisms that can be checked.
type Only struct {
	proxy.Accounts
	Names []string // in upper case
}

// Mechanisms implements proxy.Accounts.
func (o Only) Mechanisms() []string {
	return slices.DeleteFunc(slices.Clone(o.Accounts.Mechanisms()), func(m string) bool { return !slices.Contains(o.Names, m) })
}
