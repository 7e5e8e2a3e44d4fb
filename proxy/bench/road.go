package main

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
	"github.com/sekisho-mail/sekisho/proxy/spool"
)

// nobody judges nothing, keeps nothing and writes nothing down: what is left is
// the road.
type nobody struct{}

// Judge implements proxy.Inspector.
func (nobody) Judge(_ context.Context, env email.Envelope, _ email.Body) (*policy.Message, policy.Verdict) {
	v := policy.Verdict{}
	for _, r := range env.Recipients {
		v.Recipients = append(v.Recipients, policy.RecipientVerdict{Address: r.Address, Action: policy.Pass})
	}
	return &policy.Message{Envelope: env, Recipients: make([]policy.Recipient, len(env.Recipients))}, v
}

// Joins implements proxy.Holder.
func (nobody) Joins(context.Context, *policy.Message) (bool, error) { return false, nil }

// Hold implements proxy.Holder.
func (nobody) Hold(context.Context, *policy.Message, policy.Verdict, email.Body) (email.ID, error) {
	return "", os.ErrInvalid
}

// Write implements proxy.Journal.
func (nobody) Write(context.Context, policy.Record) error { return nil }

// road is the guard's road with a judgement that passes everything at once and no
// journal: what the dialogue costs by itself.
func road(listen, next, envelope string) error {
	log, reg := slog.New(slog.DiscardHandler), prometheus.NewRegistry()
	dir, err := os.MkdirTemp("", "road")
	if err != nil {
		return err //nolint:wrapcheck // main prints it
	}
	defer os.RemoveAll(dir)
	mails, err := spool.New(spool.Options{Dir: dir}, time.Now, log, reg)
	if err != nil {
		return err //nolint:wrapcheck // main prints it
	}
	hop := relay.Hop{Address: next, TLS: relay.NoTLS, Trusted: true, OnePacket: envelope == "one_packet"}
	hops, err := relay.New(relay.Options{Hops: []relay.Hop{hop}, Host: "road.example", MaxIdle: 200},
		relay.Deps{Dial: (&net.Dialer{}).DialContext, Now: time.Now, Log: log, Metrics: reg})
	if err != nil {
		return err //nolint:wrapcheck // main prints it
	}
	s, err := proxy.New(proxy.Options{Host: "road.example", Node: "road", Domains: []string{"sender.example"}, MaxPerIP: 4000},
		proxy.Deps{Spool: mails, Hop: hops, Inspector: nobody{}, Holder: nobody{}, Journal: nobody{}, Now: time.Now, Log: log, Metrics: reg})
	if err != nil {
		return err //nolint:wrapcheck // main prints it
	}
	ln, err := (&net.ListenConfig{KeepAlive: -1}).Listen(context.Background(), "tcp", listen)
	if err != nil {
		return err //nolint:wrapcheck // main prints it
	}
	return s.Serve(ln, proxy.Listener{Name: listen, Networks: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}) //nolint:wrapcheck // main prints it
}
