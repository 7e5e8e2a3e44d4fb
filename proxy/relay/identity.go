package relay

import (
	"context"
	"errors"
	"fmt"
	"slices"

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

// Mechanisms implements proxy.Accounts: what the next hop is known to offer can be
// checked there, passwords by either of PLAIN and LOGIN, tokens by either of
// XOAUTH2 and OAUTHBEARER. Nothing is known of a hop that was never reached; then
// all are offered, and a log-in is put off.
func (p passThrough) Mechanisms() []string {
	known, words, tokens := false, false, false
	for _, h := range p.r.ways[0].hops {
		offered, ok := h.mechanisms()
		known = known || ok
		words = words || slices.Contains(offered, "PLAIN") || slices.Contains(offered, "LOGIN")
		tokens = tokens || slices.Contains(offered, "XOAUTH2") || slices.Contains(offered, "OAUTHBEARER")
	}
	var out []string
	if words || !known {
		out = append(out, "PLAIN", "LOGIN")
	}
	if tokens || !known {
		out = append(out, "XOAUTH2", "OAUTHBEARER")
	}
	return out
}

// Login implements proxy.Accounts.
func (p passThrough) Login(ctx context.Context, c proxy.Credentials) (proxy.Account, error) {
	mechanism := "plain"
	if c.Mechanism == "XOAUTH2" || c.Mechanism == "OAUTHBEARER" {
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

// Begin implements proxy.NextHop. The user's log-in is said to the hops that have
// checked it and to no others: what takes another route goes as ours.
func (id *identity) Begin(ctx context.Context, env email.Envelope) (proxy.Transaction, email.Reply, error) {
	as := id
	if len(env.Recipients) > 0 && id.r.wayOf(env.Recipients[0].Address.Domain()) != id.r.ways[0] {
		as = nil
	}
	t, reply, err := id.r.begin(ctx, env, as, atOnce)
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
