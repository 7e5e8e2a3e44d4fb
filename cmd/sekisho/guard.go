package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/policy/rule"
	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/proxy/relay"
	"github.com/sekisho-mail/sekisho/proxy/spool"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/blob"
	"github.com/sekisho-mail/sekisho/quarantine/dispatch"
	"github.com/sekisho-mail/sekisho/quarantine/journal"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// guard is the running program: every house, opened from the ground up. Its
// fields stand in the order in which they are opened; they are closed in the
// opposite order.
type guard struct {
	cfg *config.Config
	log *slog.Logger
	reg *prometheus.Registry

	key       sealed.Key
	store     *store.Store
	blobs     *blob.Store
	journal   *journal.Journal
	history   *recipient.History
	people    *directory.Holder
	own       *standard.OwnHolder
	pool      *standard.Pool
	book      *rule.Book
	emergency *emergency
	engine    *policy.Engine
	keeper    *quarantine.Keeper
	relay     *relay.Relay
	dispatch  *dispatch.Dispatcher
	proxy     *proxy.Server
	staff     directory.Staff
	marker    notify.Marker
	notifier  *notify.Notifier // nil when notices are off
	console   *web.Server
	decisions *web.Decisions
	api       http.Handler
	started   time.Time

	intents map[email.ID]*policy.Letter // of mails whose result is not drained yet; drains alone use it

	closers []func() error
}

// openGuard opens everything but the listeners. On an error what was opened is
// closed again.
func openGuard(ctx context.Context, cfg *config.Config, log *slog.Logger) (*guard, error) {
	g := &guard{cfg: cfg, log: log, reg: prometheus.NewRegistry(), started: time.Now()}
	g.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	steps := []struct {
		name string
		open func(context.Context) error
	}{
		{"data", g.openData}, {"judgement", g.openJudgement}, {"quarantine", g.openQuarantine}, {"road", g.openRoad}, {"console", g.openPeople},
	}
	for _, s := range steps {
		if err := s.open(ctx); err != nil {
			g.close()
			return nil, fmt.Errorf("open %s: %w", s.name, err)
		}
	}
	return g, nil
}

// onClose notes how to close what was just opened.
func (g *guard) onClose(f func() error) { g.closers = append(g.closers, f) }

func (g *guard) close() {
	for i := len(g.closers) - 1; i >= 0; i-- {
		if err := g.closers[i](); err != nil {
			g.log.Error("close failed", "error", err)
		}
	}
	g.closers = nil
}

// openData opens what lies on disk: database, bodies, journal, history.
func (g *guard) openData(ctx context.Context) error {
	at := placeOf(g.cfg)
	if err := os.MkdirAll(g.cfg.Data, 0o700); err != nil {
		return fmt.Errorf("make data folder: %w", err)
	}
	key, err := blob.LoadOrCreateKey(g.cfg.SealKeyFile)
	if err != nil {
		return err
	}
	g.key = key
	if g.store, err = store.Open(ctx, store.Options{File: at.database(), Create: true, Key: key, Alone: true}); err != nil {
		return err
	}
	g.onClose(g.store.Close)
	// One node: whatever a killed process had leased is free at once.
	if err := g.store.VoidLeases(ctx, time.Now()); err != nil {
		return err
	}
	if g.blobs, err = blob.Open(at.blobs(), key, blob.Options{Log: g.log, Now: time.Now}); err != nil {
		return err
	}
	g.onClose(g.blobs.Close)
	if g.journal, err = journal.Open(at.journal(), journal.Options{
		SyncEvery: time.Duration(g.cfg.Journal.Sync), SegmentSize: int64(g.cfg.Journal.SegmentSize),
		Keep: time.Duration(g.cfg.Journal.Keep), Key: journalKey(key), Now: time.Now, Log: g.log,
	}); err != nil {
		return err
	}
	g.onClose(g.journal.Close)
	if g.history, err = recipient.Open(at.history(), time.Now); err != nil {
		return err
	}
	g.onClose(g.history.Close)
	if g.people, err = directory.OpenLists(directory.Options{
		People: g.cfg.Directory, Senders: g.cfg.Senders, Zone: g.cfg.Organization.Location(),
		Now: time.Now, Log: g.log, Metrics: g.reg,
	}); err != nil {
		return err
	}
	g.marker = notify.NewMarker(key[:])
	g.staff, err = staffOf(g.cfg, g.people)
	return err
}

// openJudgement starts workers and compiles rules. The engine comes first, since
// the rules' own tests on mail files need it to find out facts.
func (g *guard) openJudgement(ctx context.Context) (err error) {
	if g.own, err = standard.OpenOwn(g.cfg, g.log, g.reg); err != nil {
		return err
	}
	if g.pool, err = openWorkers(g.cfg, g.own, g.log, g.reg); err != nil {
		return err
	}
	g.onClose(func() error { g.pool.Close(); return nil })
	g.emergency = newEmergency(g.store, g.log, time.Now)
	if g.engine, err = standard.NewEngine(g.cfg, standard.Deps{
		Workers: g.pool, History: g.history, Directory: g.people, Decider: g.emergency, Own: g.own, Companions: g.companions, Log: g.log,
	}); err != nil {
		return err
	}
	g.book, err = rule.NewBook(ctx, rule.BookOptions{
		Options: ruleOptions(g.cfg), Paths: g.cfg.Rules, Survey: surveyor(g.engine),
		Now: time.Now, Log: g.log, Registerer: g.reg,
	})
	g.emergency.rules = g.book
	return err
}

// surveyor finds out the facts of mail files for the rules' own tests.
func surveyor(engine *policy.Engine) rule.Survey {
	return func(ctx context.Context, file, from string, to []string) (*policy.Message, error) {
		env, body, err := readMail(file, from, to)
		if err != nil {
			return nil, err
		}
		m := &policy.Message{Envelope: env}
		engine.Survey(ctx, m, body)
		return m, nil
	}
}

// openQuarantine opens the holding and its clockwork.
func (g *guard) openQuarantine(context.Context) (err error) {
	o := keeperOptions(g.cfg, g.store, g.blobs, g.log, g.reg)
	o.Staff, o.Notices, o.Judge = g.staff, g.cfg.Notices.Enabled, func(ctx context.Context, env email.Envelope, body email.Body) (*policy.Message, policy.Verdict) {
		return g.engine.Judge(ctx, env, body)
	}
	if g.keeper, err = quarantine.New(o); err != nil {
		return err
	}
	g.engine.Checks = append(g.engine.Checks, g.keeper.Earlier()) // nothing is judged yet
	hops, err := relayOptions(g.cfg)
	if err != nil {
		return err
	}
	if hops.Marker, err = marker(g.cfg); err != nil {
		return err
	}
	if g.relay, err = relay.New(hops, relay.Deps{
		Dial: (&net.Dialer{}).DialContext, Resolver: net.DefaultResolver, Now: time.Now, Log: g.log, Metrics: g.reg,
	}); err != nil {
		return err
	}
	g.onClose(func() error { g.relay.Close(); return nil })
	g.dispatch, err = dispatch.New(g.dispatchOptions())
	return err
}

// openRoad makes the SMTP server; serve opens its listeners.
func (g *guard) openRoad(ctx context.Context) error {
	mails, err := spool.New(spool.Options{
		Dir: placeOf(g.cfg).spool(), Memory: int64(g.cfg.Limits.SpoolMemory), TotalMemory: int64(g.cfg.Limits.SpoolTotal),
		TotalDisk: int64(g.cfg.Limits.SpoolDisk),
	}, time.Now, g.log, g.reg)
	if err != nil {
		return err
	}
	options := proxyOptions(g.cfg)
	if options.Marker, err = marker(g.cfg); err != nil {
		return err
	}
	if options.Probe, err = prober(g.cfg); err != nil {
		return err
	}
	g.proxy, err = proxy.New(options, proxy.Deps{
		Spool: mails, Hop: g.relay, Inspector: inspector{g.engine, g.marker, g.keeper, g.log}, Holder: holder{g.keeper, g.log}, Journal: g.journal,
		Probed: g.probed, Now: time.Now, Log: g.log, Metrics: g.reg,
	})
	if err == nil {
		g.restoreBreaker(ctx)
	}
	return err
}

// holder is the quarantine as the road sees it. When the store is away, mail that
// may pass still passes: it is only not known then whether an earlier copy of it
// is held.
type holder struct {
	*quarantine.Keeper
	log *slog.Logger
}

// Joins answers no when the store cannot be asked.
func (h holder) Joins(ctx context.Context, m *policy.Message) (bool, error) {
	joins, err := h.Keeper.Joins(ctx, m)
	if err != nil {
		h.log.Warn("earlier copies could not be looked up", "mail", m.Envelope.ID, "error", err)
		return false, nil
	}
	return joins, nil
}
