package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"syscall"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/quarantine/notify"
	"github.com/sekisho-mail/sekisho/quarantine/web"
)

// decisionPath is where personal links begin on the decision listener.
const decisionPath = "/d/"

// staffOf tells who decides about mail, from the configuration and the directory.
func staffOf(cfg *config.Config, people *directory.Holder) (directory.Staff, error) {
	org, err := recipient.NewOrganization(cfg.Organization.Domains, cfg.Organization.Subdomains)
	if err != nil {
		return directory.Staff{}, fmt.Errorf("read organization: %w", err)
	}
	s := directory.Staff{People: people, Own: org.Own, Roles: map[string][]email.Address{}, Titles: map[string]policy.Text{}}
	if s.Fallback, err = addresses(cfg.FallbackApprovers); err != nil {
		return s, err
	}
	for _, r := range cfg.Roles {
		s.Titles[r.Name] = policy.Text{JA: r.TitleJA, EN: r.TitleEN}
		if s.Roles[r.Name], err = addresses(r.Members); err != nil {
			return s, err
		}
	}
	return s, nil
}

func addresses(in []string) ([]email.Address, error) {
	var out []email.Address
	for _, s := range in {
		a, err := email.ParseAddress(s)
		if err != nil {
			return nil, fmt.Errorf("read address %q: %w", s, err)
		}
		out = append(out, a)
	}
	return out, nil
}

// openPeople makes what talks to people: notices, console, decision pages.
func (g *guard) openPeople(context.Context) error {
	if g.cfg.Notices.Enabled {
		o, err := g.noticeOptions()
		if err != nil {
			return err
		}
		if g.notifier, err = notify.New(o); err != nil {
			return err
		}
	}
	var err error
	if g.console, err = web.New(g.consoleOptions()); err != nil {
		return err
	}
	if g.decisions, err = web.NewDecisions(g.decisionOptions()); err != nil {
		return err
	}
	g.api, err = web.NewAPI(web.APIOptions{
		Holds: g.keeper, Decider: g.keeper, Mender: g.keeper, Ledger: g.store, Outlines: g.store, Records: g.store,
		Bypasses: g.store, Rules: g.book, Accounts: g.store, Tokens: g.store, Answers: g.store, Person: g.person,
		Desk: g.keeper, Bulk: g.keeper, Repairs: g.keeper, Bodies: g.keeper, Render: g.render,
		Version: buildVersion(), Now: time.Now, Log: g.log,
	})
	return err
}

func (g *guard) noticeOptions() (notify.Options, error) {
	n := g.cfg.Notices
	from, err := email.ParseAddress(g.cfg.NoticeSender())
	if err != nil {
		return notify.Options{}, fmt.Errorf("read notices.from: %w", err)
	}
	help, err := email.ParseAddress(n.HelpDesk)
	if err != nil {
		return notify.Options{}, fmt.Errorf("read notices.help_desk: %w", err)
	}
	var admins []policy.Party
	for _, a := range g.staff.Roles[directory.RoleAdmin] {
		admins = append(admins, g.staff.Party(a))
	}
	return notify.Options{
		Store: g.store, Keeper: g.keeper, Marker: g.marker, Calendar: calendar(g.cfg), Own: g.staff.Own,
		Links: notify.Links{Store: g.store, Base: g.cfg.Decisions.PublicURL + decisionPath, Now: time.Now},
		From:  from, Name: n.Name, HelpDesk: help, HelpPhone: n.HelpPhone, Host: hostName(g.cfg), Admins: admins,
		Now: time.Now, Log: g.log, Metrics: g.reg,
	}, nil
}

// render reads a mail in a worker for somebody who may see it.
func (g *guard) render(ctx context.Context, env email.Envelope, body email.Body) (policy.Rendering, error) {
	return g.pool.Render(ctx, standard.Job{Mail: true, Sender: env.Sender, Recipients: env.Addresses(),
		Domains: g.cfg.Organization.Domains}, body)
}

func (g *guard) survey(ctx context.Context, env email.Envelope, body email.Body) *policy.Message {
	m := &policy.Message{Envelope: env}
	g.engine.Survey(ctx, m, body)
	return m
}

func (g *guard) person(a email.Address) (directory.Person, bool) {
	return g.people.Current().Lookup(a)
}

// find searches the directory as it is now.
func (g *guard) find(words string, limit int) []directory.Person {
	return g.people.Current().Find(words, limit)
}

func (g *guard) consoleOptions() web.Options {
	return web.Options{
		Holds: g.keeper, Decider: g.keeper, Mender: g.keeper, Desk: g.keeper, Bodies: g.keeper,
		Ledger: g.store, Outlines: g.store, Records: g.store, Bypasses: g.store, Rules: g.book,
		Accounts: g.store, Sessions: g.store, Views: g.store, Repairs: g.keeper, Tokens: g.store,
		Render: g.render, Survey: g.survey, Person: g.person, Find: g.find, Status: g.status, Resume: g.dispatch.Resume,
		Organization: g.cfg.Organization.Name, Domains: g.cfg.Organization.Domains, PublicURL: g.cfg.Console.PublicURL,
		Zone: g.cfg.Organization.Location(), Limits: standard.Limits(g.cfg), Now: time.Now, Log: g.log,
	}
}

func (g *guard) decisionOptions() web.DecisionOptions {
	return web.DecisionOptions{
		Holds: g.keeper, Decider: g.keeper, Desk: g.keeper, Links: g.store, Bodies: g.keeper, Witness: g.store,
		Render: g.render, Repairs: g.keeper, Person: g.person, Find: g.find, Accounts: g.store, Organization: g.cfg.Organization.Name, Help: g.cfg.Notices.HelpPhone,
		PublicURL: g.cfg.Decisions.PublicURL, Zone: g.cfg.Organization.Location(), Now: time.Now, Log: g.log,
	}
}

// status is what the system page shows beside the store's own figures.
func (g *guard) status(ctx context.Context) web.SystemStatus {
	s := web.SystemStatus{
		Version: buildVersion(), Host: hostName(g.cfg), Started: g.started, Mode: g.cfg.Mode, Workers: g.cfg.Workers.Count,
		People: g.people.Current().Len(), JournalBehind: g.journal.Behind(), HoldsLastHour: g.keeper.HoldsLastHour(),
		AlarmPerHour: g.cfg.Alarm.HoldsPerHour, Alarm: g.keeper.Alarm(), Paused: g.dispatch.Paused(),
		DirectoryError: g.people.Status().Problem, Tripped: g.tripped(), Components: []web.Component{{Name: "Go", Version: runtime.Version()}},
	}
	if s.Workers == 0 {
		s.Workers = runtime.NumCPU()
	}
	if err := g.store.Ping(ctx); err != nil {
		s.StoreError = "the store does not answer"
	}
	_, err := g.relay.Capabilities(ctx)
	for _, h := range g.cfg.NextHops {
		hop := web.HopStatus{Address: h.Address, Up: err == nil}
		if err != nil {
			hop.Problem = "it does not answer"
		}
		s.Hops = append(s.Hops, hop)
	}
	var fs syscall.Statfs_t
	if syscall.Statfs(g.cfg.Data, &fs) == nil {
		s.DiskFree, s.DiskSize = int64(fs.Bavail)*fs.Bsize, int64(fs.Blocks)*fs.Bsize
	}
	return s
}

// alert writes to the admins about the guard itself, where notices are on.
func (g *guard) alert(ctx context.Context, key string, subject, text policy.Text) {
	if g.notifier != nil {
		g.notifier.Alert(ctx, key, subject, text)
	}
}

// watchPeople reloads the directory when its files change; that it can only poll
// is logged there and no reason to end.
func (g *guard) watchPeople(ctx context.Context) error {
	_ = g.people.Watch(ctx)
	return nil
}

// notices runs the notifier, where there is one.
func (g *guard) notices(ctx context.Context) error {
	if g.notifier == nil {
		return nil
	}
	return g.notifier.Run(ctx)
}

// serveDecisions answers personal links on a listener of its own.
func (g *guard) serveDecisions(ctx context.Context) error {
	return listenHTTP(ctx, &http.Server{Addr: g.cfg.Decisions.Address, Handler: g.decisions})
}

// listenHTTP serves until ctx ends.
func listenHTTP(ctx context.Context, s *http.Server) error {
	s.ReadHeaderTimeout, s.ReadTimeout, s.WriteTimeout = 10*time.Second, 2*time.Minute, 2*time.Minute
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if s.Shutdown(end) != nil {
			_ = s.Close()
		}
	}()
	if err := s.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("listen on %s: %w", s.Addr, plainOpError(err))
	}
	<-stopped
	return nil
}
