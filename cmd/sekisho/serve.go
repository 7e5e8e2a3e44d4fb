package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/worker"
	"github.com/sekisho-mail/sekisho/proxy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// drainTime is how long a shutdown waits for mails that are being received.
const drainTime = 20 * time.Second

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run the guard",
		Long: "Takes mail in, judges it, passes it on or holds it, and releases what was held. Without\n" +
			"--config: embedded store in ./data, loopback ports 2525 (in), 2526 (next hop), 8080 (console).",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(c)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			log := newLog(cfg, c.ErrOrStderr())
			g, err := openGuard(ctx, cfg, log)
			if err != nil {
				return err
			}
			defer g.close()
			return g.serve(ctx)
		},
	}
}

func newLog(cfg *config.Config, w io.Writer) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	o := &slog.HandlerOptions{Level: level}
	if cfg.Log.Format == "text" {
		return slog.New(slog.NewTextHandler(w, o))
	}
	return slog.New(slog.NewJSONHandler(w, o))
}

// serve opens the listeners and runs until ctx ends, then drains: the road first,
// so that nothing new comes in, then the clockwork and the loops.
func (g *guard) serve(ctx context.Context) error {
	roads, err := g.listen(ctx)
	if err != nil {
		return err
	}
	loops, stopLoops := context.WithCancel(context.WithoutCancel(ctx))
	defer stopLoops()
	work, failed := errgroup.WithContext(loops)
	for _, loop := range []func(context.Context) error{
		g.dispatch.Run, g.drainJournal, g.watchRules, g.watchPeople, g.watchOwn, g.reloadOnHangup, g.watchAlarm, g.sweepBodies, g.serveOperations, g.serveDecisions, g.notices, g.keepBreaker, g.runBulks, collectSeldom,
	} {
		work.Go(func() error { return loop(failed) })
	}
	for _, road := range roads {
		work.Go(func() error {
			if err := g.proxy.Serve(road.ln, road.rules); err != nil && !errors.Is(err, proxy.ErrClosed) {
				return fmt.Errorf("serve %s: %w", road.rules.Name, err)
			}
			return nil
		})
	}
	if err := errors.Join(worker.HandBack(), sleepSoundly()); err != nil {
		g.log.Info("the program will need more than it could do with", "error", err)
	}
	g.log.Info("serving", "listen", listenNames(roads), "version", buildVersion(), "rules", g.book.Status().Rules,
		"rule_set", g.book.Status().Digest.String()[:12], "mode", g.cfg.Mode)
	select {
	case <-ctx.Done():
		g.log.Info("shutting down")
	case <-failed.Done():
	}
	patience, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	if err := g.proxy.Shutdown(patience); err != nil {
		g.log.Warn("some connections had to be cut", "error", err)
	}
	stopLoops()
	if err := work.Wait(); err != nil {
		return err
	}
	return g.finish(patience)
}

// finish brings the last lines of the journal into the store.
func (g *guard) finish(ctx context.Context) error {
	if err := g.drainOnce(ctx); err != nil {
		g.log.Warn("the journal's last lines stay in its folder until the next start", "error", err)
	}
	g.log.Info("stopped")
	return nil
}

// road is a listener that is open.
type road struct {
	ln    net.Listener
	rules proxy.Listener
}

func (g *guard) listen(ctx context.Context) ([]road, error) {
	var roads []road
	for _, l := range g.cfg.Listen {
		rules, err := proxyListener(l, g.relay, g.log)
		if err == nil {
			var ln net.Listener
			// Probes for lost peers would be four system calls for each connection; the
			// road's own time-outs end it sooner.
			if ln, err = (&net.ListenConfig{KeepAlive: -1}).Listen(ctx, "tcp", l.Address); err == nil {
				roads = append(roads, road{ln, rules})
				continue
			}
			err = fmt.Errorf("listen on %s: %w; is another program (or another guard) using the port?", l.Address, plainOpError(err))
		}
		for _, r := range roads {
			_ = r.ln.Close()
		}
		return nil, err
	}
	return roads, nil
}

func plainOpError(err error) error {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Err
	}
	return err
}

func listenNames(roads []road) []string {
	var out []string
	for _, r := range roads {
		out = append(out, r.ln.Addr().String())
	}
	return out
}

// watchRules reloads rule files when they change.
func (g *guard) watchRules(ctx context.Context) error {
	if err := g.saveRules(ctx); err != nil {
		g.log.Warn("rule set could not be kept", "error", err)
	}
	if err := g.book.Watch(ctx); err != nil {
		g.log.Warn("rule files are polled, not watched", "error", err)
	}
	<-ctx.Done()
	return nil
}

// saveRules keeps the live rule set by its digest, which verdicts name.
func (g *guard) saveRules(ctx context.Context) error {
	set := g.book.Set()
	return g.store.SaveRuleSet(ctx, quarantine.RuleSet{Digest: set.Digest(), At: time.Now(), Source: set.Canonical()})
}

// reloadOnHangup reloads rules, directory and own data after SIGHUP.
func (g *guard) reloadOnHangup(ctx context.Context) error {
	hangup := make(chan struct{}, 1)
	stop := onHangup(hangup)
	defer stop()
	digest := g.book.Set().Digest()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangup:
			g.book.Hangup()
			g.people.Hangup()
			g.own.Hangup()
		case <-tick.C:
			if now := g.book.Set().Digest(); now != digest {
				digest = now
				if err := g.saveRules(ctx); err != nil {
					g.log.Warn("rule set could not be kept", "error", err)
				}
			}
		}
	}
}

// watchAlarm says aloud, once an hour at most, that a rule holds too much.
func (g *guard) watchAlarm(ctx context.Context) error {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	var last time.Time
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			if g.keeper.Alarm() && now.Sub(last) >= time.Hour {
				last = now
				g.log.Error("too many mails are held: check the rules; `sekisho bypass` lets new mail pass for a while",
					"holds_last_hour", g.keeper.HoldsLastHour(), "limit", g.cfg.Alarm.HoldsPerHour)
				g.alert(ctx, "holds", policy.Text{JA: "保留が多すぎます", EN: "Too many mails are held"}, policy.Text{
					JA: fmt.Sprintf("この1時間に%d通が保留されました。ルールをご確認ください。急ぎの場合は sekisho bypass で新しいメールを一時的に通せます。", g.keeper.HoldsLastHour()),
					EN: fmt.Sprintf("%d mails were held within an hour. Check the rules; `sekisho bypass` lets new mail pass for a while.", g.keeper.HoldsLastHour())})
			}
		}
	}
}

// serveOperations answers the console, /livez, /readyz and /metrics.
func (g *guard) serveOperations(ctx context.Context) error {
	console, metrics := http.NewServeMux(), http.NewServeMux()
	g.routes(console, metrics)
	console.Handle("/", g.console.Handler())
	console.Handle("/api", g.api)
	console.Handle("/api/", g.api)
	group, failed := errgroup.WithContext(ctx)
	group.Go(func() error {
		return listenHTTP(failed, &http.Server{Addr: g.cfg.Console.Address, Handler: console})
	})
	if g.cfg.Metrics.Address != "" {
		group.Go(func() error {
			return listenHTTP(failed, &http.Server{Addr: g.cfg.Metrics.Address, Handler: metrics})
		})
	}
	return group.Wait()
}
