package relay

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Login is how we prove to a hop who we are. The secret is asked for with each
// new connection, so that a token file may be renewed by another program.
type Login struct {
	// Mechanism is "plain" (RFC 4616) or "xoauth2".
	Mechanism string
	User      string
	// Secret gives the password or the bearer token.
	Secret func() (string, error)
}

var (
	errNoLogin = errors.New("relay: next hop does not offer the login mechanism")
	errLogin   = errors.New("relay: next hop does not accept our login")
)

func (l *Login) check() error {
	switch {
	case l.Mechanism != "plain" && l.Mechanism != "xoauth2":
		return fmt.Errorf("relay: login mechanism %q is none of plain, xoauth2", l.Mechanism)
	case l.User == "" || strings.ContainsAny(l.User, "\x00\x01") || l.Secret == nil:
		return errors.New("relay: login needs a user and a secret")
	}
	return nil
}

// response is the mechanism's one and only answer.
func (l *Login) response(secret string) []byte {
	if l.Mechanism == "xoauth2" {
		return []byte("user=" + l.User + "\x01auth=Bearer " + secret + "\x01\x01")
	}
	return []byte("\x00" + l.User + "\x00" + secret)
}

// login logs in with an initial response (RFC 4954 section 4). A secret never
// goes over a line that TLS was wanted for and does not have.
func (c *conn) login(ctx context.Context) error {
	l := c.h.Login
	if c.as != nil {
		l = c.as.login
	}
	if l == nil {
		return nil
	}
	if c.h.TLS != NoTLS && !c.encrypted() {
		return errNoTLS
	}
	mechanism := strings.ToUpper(l.Mechanism)
	if !slices.Contains(c.caps.mechanisms, mechanism) {
		return errNoLogin
	}
	secret, err := l.Secret()
	if err != nil {
		return fmt.Errorf("read secret for next hop: %w", err)
	}
	if strings.ContainsAny(secret, "\x00\x01\r\n") {
		return errors.New("relay: secret for next hop holds control characters")
	}
	reply, err := c.command(ctx, c.h.Timeouts.Greeting,
		"AUTH "+mechanism+" "+base64.StdEncoding.EncodeToString(l.response(secret)))
	if err == nil && reply.Code == 334 { // XOAUTH2 tells details of its refusal; an empty line asks for the reply
		reply, err = c.command(ctx, c.h.Timeouts.Greeting, "")
	}
	switch {
	case err != nil:
		return fmt.Errorf("log in: %w", err)
	case reply.Temporary():
		return fmt.Errorf("log in: answered with %d", reply.Code)
	case !accepted(reply):
		return fmt.Errorf("log in: %w: answered with %d", errLogin, reply.Code)
	}
	return nil
}
