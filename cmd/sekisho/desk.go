package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/mail"
	"os"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/recipient"
	"github.com/sekisho-mail/sekisho/policy/rule"
	"github.com/sekisho-mail/sekisho/policy/standard"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// openFileWorkers are the workers of a command that reads files. No file gives way to
// another: all of them are to be read.
func openFileWorkers(cfg *config.Config) (*workers, *standard.OwnHolder, error) {
	own, err := standard.OpenOwn(cfg, quietLog(), nil)
	if err != nil {
		return nil, nil, fmt.Errorf("read own data: %w", err)
	}
	batch := *cfg
	batch.Workers.SlowCount = 0
	pool, err := openWorkers(&batch, own, quietLog(), nil)
	return pool, own, err
}

// desk judges mail files outside the road: the same engine and history, no
// quarantine.
type desk struct {
	engine *policy.Engine
	set    *rule.Set
	pool   *workers
}

type deskOptions struct {
	// set is used instead of the configuration's rules when it is not nil.
	set *rule.Set
}

func openDesk(_ context.Context, cfg *config.Config, o deskOptions) (*desk, error) {
	set := o.set
	if set == nil {
		var err error
		if set, err = rule.Load(ruleOptions(cfg), cfg.Rules...); err != nil {
			return nil, err
		}
	}
	people, err := directory.OpenLists(directory.Options{People: cfg.Directory, Senders: cfg.Senders, Zone: cfg.Organization.Location()})
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	pool, own, err := openFileWorkers(cfg)
	if err != nil {
		return nil, err
	}
	history, err := deskHistory(cfg)
	if err != nil {
		pool.Close()
		return nil, err
	}
	engine, err := standard.NewEngine(cfg, standard.Deps{
		Workers: pool, History: history, Directory: people, Decider: set, Own: own, Log: quietLog(),
	})
	if err != nil {
		pool.Close()
		return nil, err
	}
	return &desk{engine: engine, set: set, pool: pool}, nil
}

// deskHistory is the site's history as it is now, beside a running guard or
// without one; an empty one where there is none.
func deskHistory(cfg *config.Config) (*recipient.History, error) {
	dir := placeOf(cfg).history()
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return recipient.NewHistory(), nil
	}
	h, err := recipient.View(dir, time.Now)
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	return h, nil
}

// ruleOptions are the rules' options from the configuration, and the repairs that
// rules may offer.
func ruleOptions(cfg *config.Config) rule.Options {
	return rule.Options{Monitor: cfg.Mode == "monitor", Offers: []string{quarantine.RepairToBcc}}
}

func (d *desk) Close() { d.pool.Close() }

func quietLog() *slog.Logger { return slog.New(slog.NewTextHandler(io.Discard, nil)) }

// envelopeFor makes the envelope of a mail file: from and to as given, else
// what its header says.
func envelopeFor(raw []byte, from string, to []string, now time.Time) (email.Envelope, error) {
	env := email.Envelope{ID: email.NewID(now), Received: now}
	head, err := mail.ReadMessage(strings.NewReader(headBlock(raw)))
	if err != nil && (from == "" || len(to) == 0) {
		return env, fmt.Errorf("the header cannot be read; give --from and --to")
	}
	if from == "" {
		if list, err := head.Header.AddressList("From"); err == nil && len(list) > 0 {
			from = list[0].Address
		}
	}
	if env.Sender, err = email.ParseAddress(strings.Trim(from, "<>")); err != nil {
		return env, fmt.Errorf("sender %q is not a mail address", from)
	}
	if len(to) == 0 {
		for _, field := range []string{"To", "Cc", "Bcc"} {
			list, err := head.Header.AddressList(field)
			if err != nil {
				continue
			}
			for _, a := range list {
				to = append(to, a.Address)
			}
		}
	}
	for _, t := range to {
		a, err := email.ParseAddress(strings.TrimSpace(t))
		if err != nil || a.IsNull() {
			return env, fmt.Errorf("recipient %q is not a mail address", t)
		}
		env.Recipients = append(env.Recipients, email.Recipient{Address: a})
	}
	if len(env.Recipients) == 0 {
		return env, errNoRecipients
	}
	return env, nil
}

// headBlock is the header block of a mail with LF or CRLF.
func headBlock(raw []byte) string {
	s := string(raw[:min(len(raw), 256<<10)])
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if i := strings.Index(s, end); i >= 0 {
			return s[:i+len(end)]
		}
	}
	return s + "\r\n\r\n"
}
