package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/sekisho-mail/sekisho/config"
	"github.com/sekisho-mail/sekisho/policy/directory"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/blob"
	"github.com/sekisho-mail/sekisho/quarantine/store"
)

// loadConfig reads the configuration that --config names, or the defaults.
func loadConfig(c *cobra.Command) (*config.Config, error) {
	path, err := c.Flags().GetString("config")
	if err != nil {
		return nil, fmt.Errorf("read flag: %w", err)
	}
	cfg, err := config.Load(path, os.Environ())
	if err != nil {
		return nil, exitCode{2, err}
	}
	return cfg, nil
}

// place is where in the data folder things lie.
type place string

func placeOf(cfg *config.Config) place { return place(cfg.Data) }

func (p place) database() string { return filepath.Join(string(p), "sekisho.db") }
func (p place) blobs() string    { return filepath.Join(string(p), "blobs") }
func (p place) journal() string  { return filepath.Join(string(p), "journal") }
func (p place) history() string  { return filepath.Join(string(p), "history") }
func (p place) spool() string    { return filepath.Join(string(p), "spool") }

// site is the quarantine opened from a command, beside a running guard or
// without one.
type site struct {
	cfg    *config.Config
	key    sealed.Key
	store  *store.Store
	keeper *quarantine.Keeper
}

// openSite opens the database of the site that --config names. It never creates
// one: a command that asks about mail has nothing to say about an empty folder.
func openSite(ctx context.Context, c *cobra.Command) (*site, error) {
	cfg, err := loadConfig(c)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(placeOf(cfg).database()); errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("there is no database in %s: name the site with --config, or start it with `sekisho serve`", cfg.Data)
	}
	key, err := blob.LoadOrCreateKey(cfg.SealKeyFile)
	if err != nil {
		return nil, fmt.Errorf("read site key: %w", err)
	}
	db, err := store.Open(ctx, store.Options{File: placeOf(cfg).database(), Key: key})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &site{cfg: cfg, key: key, store: db}
	if s.keeper, err = s.openKeeper(); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open quarantine: %w", err)
	}
	return s, nil
}

// openKeeper makes a keeper that decides as the running guard would.
func (s *site) openKeeper() (*quarantine.Keeper, error) {
	people, err := directory.OpenLists(directory.Options{People: s.cfg.Directory, Senders: s.cfg.Senders,
		Zone: s.cfg.Organization.Location(), Now: time.Now, Log: quietLog()})
	if err != nil {
		return nil, fmt.Errorf("read directory: %w", err)
	}
	o := keeperOptions(s.cfg, s.store, noBlobs{}, quietLog(), prometheus.NewRegistry())
	o.Notices = s.cfg.Notices.Enabled
	if o.Staff, err = staffOf(s.cfg, people); err != nil {
		return nil, err
	}
	return quarantine.New(o)
}

func (s *site) Close() { _ = s.store.Close() }

// journalKey is the key under which the head of the journal is kept; it comes
// from the site key, so that one file is to be backed up.
func journalKey(site sealed.Key) []byte {
	mac := hmac.New(sha256.New, site[:])
	mac.Write([]byte("sekisho journal head"))
	return mac.Sum(nil)
}

// keeperOptions are the quarantine's options from the configuration.
func keeperOptions(cfg *config.Config, db *store.Store, blobs quarantine.Blobs, log *slog.Logger, reg prometheus.Registerer) quarantine.Options {
	return quarantine.Options{
		Store: db, Blobs: blobs, Calendar: calendar(cfg), Deadline: cfg.Hold.Deadline.String(),
		JoinFor: time.Duration(cfg.Hold.JoinFor), AlarmPerHour: cfg.Alarm.HoldsPerHour,
		Now: time.Now, Log: log, Metrics: reg,
	}
}

// calendar is the working calendar of the configuration.
func calendar(cfg *config.Config) quarantine.Calendar {
	cal := quarantine.DefaultCalendar(cfg.Organization.Location())
	w := cfg.Hold.WorkingHours
	cal.Opens, cal.Closes = time.Duration(w.From)*time.Minute, time.Duration(w.To)*time.Minute
	cal.Days = nil
	for _, d := range w.Days {
		for i, name := range []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} {
			if d == name {
				cal.Days = append(cal.Days, time.Weekday(i))
			}
		}
	}
	cal.Holidays = cfg.Hold.Holidays
	return cal
}

// noBlobs stands for the bodies where a command only decides: deciding reads and
// writes rows alone, and the running guard owns the body files.
type noBlobs struct{}

var errNoBlobs = errors.New("bodies belong to the running guard")

func (noBlobs) Put(context.Context, email.Body) (email.Digest, error) {
	return email.Digest{}, errNoBlobs
}
func (noBlobs) Open(context.Context, email.Digest) (email.Body, error) { return nil, errNoBlobs }
func (noBlobs) Remove(context.Context, email.Digest) error             { return errNoBlobs }

// operator is who acts from the command line.
func operator() quarantine.Actor {
	name := os.Getenv("SUDO_USER")
	if name == "" {
		name = os.Getenv("USER")
	}
	if name == "" {
		name = "root"
	}
	return quarantine.Actor{Kind: quarantine.ActorAdmin, Name: name, Via: "cli"}
}
