package relay

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
)

// Relay sends mail to the next hops. It is a proxy.NextHop, and safe for
// concurrent use.
type Relay struct {
	o        Options
	d        Deps
	m        *metrics
	ways     []*way // the default first
	byDomain map[string]*way
	mx       mxTable
	blocks   sync.Pool // of *[]byte: a mail on its way out

	smallBlocks sync.Pool
}

// New checks the options and makes a relay. No connection is made yet.
func New(o Options, d Deps) (*Relay, error) {
	if o.Host == "" {
		return nil, errors.New("relay: no host name is set")
	}
	r := &Relay{o: o.withDefaults(), d: d}
	r.blocks.New = func() any { b := make([]byte, blockSize); return &b }
	r.smallBlocks.New = func() any { b := make([]byte, smallBlock); return &b }
	if err := r.newWays(); err != nil {
		return nil, err
	}
	m, err := newMetrics(d.Metrics, r)
	if err != nil {
		return nil, err
	}
	r.m = m
	return r, nil
}

// Begin implements proxy.NextHop.
func (r *Relay) Begin(ctx context.Context, env email.Envelope) (proxy.Transaction, email.Reply, error) {
	t, reply, err := r.begin(ctx, env, nil, atOnce)
	if t == nil {
		return nil, reply, err
	}
	return t, reply, err
}

// beginAsDeclared asks the hops in order. A hop that cannot be reached, or lacks what the
// mail needs, is passed over; a refusal is an answer.
func (r *Relay) beginAsDeclared(ctx context.Context, env email.Envelope, as *identity, way asking) (*transaction, email.Reply, error) {
	var to email.Address
	if len(env.Recipients) > 0 {
		to = env.Recipients[0].Address
	}
	hops, err := r.hopsFor(ctx, to)
	if err != nil {
		return nil, email.Reply{}, err
	}
	var lacking, away error
	var full *hop
	for _, h := range hops {
		t, reply, err := h.begin(ctx, env, as, way)
		var fault *email.Fault
		switch {
		case err == nil:
			return t, reply, nil
		case errors.As(err, &fault) && !leftAlone(err):
			lacking = err
		case errors.Is(err, errFull) && full == nil && h.inUse():
			full, away = h, err
		default:
			away = err
			r.d.Log.Warn("next hop cannot be reached", "hop", h.Address, "error", err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	if full != nil && ctx.Err() == nil { // and no other one has taken it
		return full.beginInTurn(ctx, env, as, way)
	}
	if away != nil { // it might have what the others lack
		return nil, email.Reply{}, away
	}
	return nil, email.Reply{}, lacking
}

// hops are those that are configured.
func (r *Relay) hops() []*hop {
	if len(r.ways) == 1 {
		return r.ways[0].hops
	}
	var out []*hop
	for _, w := range r.ways {
		out = append(out, w.hops...)
	}
	return out
}

// Send brings a mail to env's recipients, in one transaction for each way that
// they take. It returns one reply per recipient, in order: the refusal of its
// RCPT, or the reply to the final dot (of MAIL or DATA, when those were refused;
// a 550 of ours when every hop lacks an extension that the mail needs). trace
// goes in front of body. gate is called directly before the first final dot; its
// error is returned and the mail is not delivered. What comes after it is stopped
// by ctx.
//
// An error means that nothing was delivered and Send may be called again, unless
// it is email.ErrOutcomeUnknown: the connection broke between the final dot and
// its reply. Where recipients take several ways and one fails after another has
// delivered, its recipients have a 451 instead. A zero reply says that the outcome
// is unknown for that recipient alone: an LMTP hop broke off after it had answered
// for others, or a further way did between final dot and reply.
func (r *Relay) Send(ctx context.Context, env email.Envelope, body email.Body, trace []byte,
	gate func(context.Context) error,
) ([]email.Reply, error) {
	if r.o.Marker != nil {
		trace = append(r.o.Marker.Field(env, 1), trace...)
	}
	if env.Options.Size = body.Size() + int64(len(trace)); len(env.Recipients) == 0 {
		return nil, errors.New("relay: mail has no recipients")
	}
	replies := make([]email.Reply, len(env.Recipients))
	delivered := false
	gate = onceOpen(gate)
	for _, part := range r.divide(env.Recipients) {
		some := env
		some.Recipients = nil
		for _, i := range part {
			some.Recipients = append(some.Recipients, env.Recipients[i])
		}
		got, err := r.sendOneWay(ctx, some, body, trace, gate)
		if err != nil && !delivered {
			return nil, err
		}
		for n, i := range part {
			if err != nil {
				replies[i] = afterDelivery(err)
				continue
			}
			replies[i] = got[n]
			delivered = delivered || accepted(got[n])
		}
	}
	return replies, nil
}

// onceOpen asks a gate until it has opened: what it writes down is said of the
// whole mail, and cannot be said again.
func onceOpen(gate func(context.Context) error) func(context.Context) error {
	opened := false
	return func(ctx context.Context) error {
		if gate == nil || opened {
			return nil
		}
		err := gate(ctx)
		opened = err == nil
		return err
	}
}

// divide sorts recipients by the way they take; the result holds their places.
func (r *Relay) divide(list []email.Recipient) [][]int {
	var out [][]int
	place := map[string]int{}
	for i, rcpt := range list {
		name := r.Way(rcpt.Address).Name
		n, ok := place[name]
		if !ok {
			n = len(out)
			place[name] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], i)
	}
	return out
}

// afterDelivery is the answer of a way that failed when another has delivered.
func afterDelivery(err error) email.Reply {
	var f *email.Fault
	switch {
	case errors.As(err, &f):
		return f.Reply
	case errors.Is(err, email.ErrOutcomeUnknown):
		return email.Reply{}
	}
	return email.NewReply(451, "4.4.1", "The next mail server cannot be reached")
}

// sendOneWay sends to recipients that share a way.
func (r *Relay) sendOneWay(ctx context.Context, env email.Envelope, body email.Body, trace []byte,
	gate func(context.Context) error,
) ([]email.Reply, error) {
	t, reply, err := r.begin(ctx, env, nil, oneByOne)
	var lacks *email.Fault
	if errors.As(err, &lacks) && !leftAlone(err) {
		reply, err = lacks.Reply, nil
	}
	if err != nil {
		return nil, fmt.Errorf("begin transaction: %w", err)
	}
	replies := make([]email.Reply, len(env.Recipients))
	if t == nil {
		fill(replies, reply)
		return replies, nil
	}
	defer t.Reset()
	taken := 0
	for i, rcpt := range env.Recipients {
		reply, err := t.Rcpt(ctx, rcpt)
		switch {
		case err != nil:
			return nil, fmt.Errorf("ask for recipient: %w", err)
		case accepted(reply):
			taken++
		default:
			replies[i] = reply
		}
	}
	if taken == 0 {
		return replies, nil
	}
	final, err := t.sendBody(ctx, body, trace, gate)
	if errors.Is(err, errNoUTF8) {
		fill(replies, errNoUTF8.Reply)
		return replies, nil
	}
	if err != nil {
		return nil, err
	}
	fill(replies, final...)
	return replies, nil
}

// fill answers those that have no answer yet, in order; the last answer is that
// of all further ones.
func fill(replies []email.Reply, with ...email.Reply) {
	for i := range replies {
		if !replies[i].IsZero() {
			continue
		}
		replies[i] = with[0]
		if len(with) > 1 {
			with = with[1:]
		}
	}
}

// Close closes the connections that wait for a mail. Those in use end with
// their transaction.
func (r *Relay) Close() {
	for _, h := range append(r.mx.all(), r.hops()...) {
		h.close()
	}
}

func accepted(r email.Reply) bool { return r.Code/100 == 2 }
