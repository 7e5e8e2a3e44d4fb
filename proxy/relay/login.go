package relay

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// Login is how we prove to a hop who we are. The secret is asked for with each
// new connection, so that a token file may be renewed by another program.
type Login struct {
	// Mechanism is "plain" for a password or "xoauth2" for a bearer token.
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

// choose finds a mechanism that the hop offers: passwords go by PLAIN or, at
// servers that have nothing else, LOGIN; tokens by XOAUTH2 or OAUTHBEARER.
func (l *Login) choose(offered []string) (string, bool) {
	ways := []string{"PLAIN", "LOGIN"}
	if l.Mechanism == "xoauth2" {
		ways = []string{"XOAUTH2", "OAUTHBEARER"}
	}
	for _, w := range ways {
		if slices.Contains(offered, w) {
			return w, true
		}
	}
	return "", false
}

// answers are what a mechanism says, the first of them with AUTH itself.
func (l *Login) answers(mechanism, secret string) []string {
	switch mechanism {
	case "LOGIN":
		return []string{l.User, secret}
	case "XOAUTH2":
		return []string{"user=" + l.User + "\x01auth=Bearer " + secret + "\x01\x01"}
	case "OAUTHBEARER": // RFC 7628 section 3.1
		user := strings.NewReplacer("=", "=3D", ",", "=2C").Replace(l.User)
		return []string{"n,a=" + user + ",\x01auth=Bearer " + secret + "\x01\x01"}
	}
	return []string{"\x00" + l.User + "\x00" + secret}
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
	mechanism, ok := l.choose(c.caps.mechanisms)
	if !ok {
		return errNoLogin
	}
	secret, err := l.Secret()
	if err != nil {
		return fmt.Errorf("read secret for next hop: %w", err)
	}
	if strings.ContainsAny(secret, "\x00\x01\r\n") {
		return errors.New("relay: secret for next hop holds control characters")
	}
	reply, err := c.authenticate(ctx, mechanism, l.answers(mechanism, secret))
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

// authenticate runs the dialogue and returns the reply that ends it.
func (c *conn) authenticate(ctx context.Context, mechanism string, answers []string) (email.Reply, error) {
	line := "AUTH " + mechanism + " "
	for i, a := range answers {
		reply, err := c.command(ctx, c.h.Timeouts.Greeting, line+base64.StdEncoding.EncodeToString([]byte(a)))
		if err != nil || reply.Code != 334 {
			return reply, err
		}
		if line = ""; i == len(answers)-1 {
			break
		}
	}
	// A token's refusal comes with details; this asks for the reply.
	last := ""
	if mechanism == "OAUTHBEARER" {
		last = "AQ=="
	}
	return c.command(ctx, c.h.Timeouts.Greeting, last)
}
