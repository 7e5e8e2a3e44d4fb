package relay

import (
	"context"
	"errors"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// identity is an account of the next hop that a client of ours has logged in to:
// its mails go on connections that are logged in as that account, and no other
// account's mail does. The credentials live as long as the client's connection.
type identity struct {
	r     *Relay
	login *Login
}

// PassThrough checks credentials by logging in at the next hop with them. Mail
// of such an account goes out under its own name; what is sent later (releases,
// bounces, notices) needs the hop's own Login.
func (r *Relay) PassThrough() proxy.Accounts { return passThrough{r} }

type passThrough struct{ r *Relay }

// Mechanisms implements proxy.Accounts.
func (passThrough) Mechanisms() []string { return []string{"PLAIN", "LOGIN", "XOAUTH2"} }

// Login implements proxy.Accounts.
func (p passThrough) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	mechanism := "plain"
	if c.Mechanism == "XOAUTH2" {
		mechanism = "xoauth2"
	}
	id := &identity{r: p.r, login: &Login{Mechanism: mechanism, User: c.User, Secret: func() (string, error) { return c.Secret, nil }}}
	if id.login.check() != nil {
		return proxy.Account{}, proxy.ErrBadLogin
	}
	last := errDown
	for _, h := range inOrder(p.r.ways[0].hops) {
		conn, err := h.dialAs(ctx, id)
		switch {
		case err == nil:
			h.put(conn)
			return proxy.Account{User: c.User, Senders: []string{"*"}, Hop: id}, nil
		case errors.Is(err, errLogin):
			return proxy.Account{}, proxy.ErrBadLogin
		}
		last = err
	}
	return proxy.Account{}, fmt.Errorf("log in at next hop: %w", last)
}

// Begin implements proxy.NextHop.
func (id *identity) Begin(ctx context.Context, env email.Envelope) (proxy.Transaction, email.Reply, error) {
	t, reply, err := id.r.begin(ctx, env, id)
	if t == nil {
		return nil, reply, err
	}
	return t, reply, err
}

// Way implements proxy.NextHop.
func (id *identity) Way(to email.Address) proxy.Way { return id.r.Way(to) }

// Capabilities implements proxy.NextHop.
func (id *identity) Capabilities(ctx context.Context) (proxy.Capabilities, error) {
	return id.r.Capabilities(ctx)
}
