// Package store keeps the quarantine in an SQL database: SQLite on one node,
// PostgreSQL for several.
//
// Promises:
//
//   - Every method is one transaction. What it wrote is on disk when it returns
//     (SQLite: WAL with synchronous FULL; PostgreSQL: synchronous_commit on).
//   - Writes of one process are committed in groups, one group at a time, so the
//     event chain has no gaps and a burst of holds shares one sync. A write that
//     fails takes nothing of its group with it.
//   - Raw header values, envelopes and verdicts are sealed under the site's key,
//     each bound to its row; a Message-ID is looked up by a keyed hash.
//   - A schema that is not exactly ours is refused at Open. Migrate changes it.
//
// Errors an operator can mend say how; a full disk is quarantine.ErrStoreFull.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"

	"github.com/sekisho-mail/sekisho/policy/email/sealed"
	"github.com/sekisho-mail/sekisho/quarantine"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Errors of Open.
var (
	// ErrDamaged: the file is no database or has broken pages.
	ErrDamaged = errors.New("store: the database is damaged")
	// ErrSchemaOld: `sekisho migrate` has to run first.
	ErrSchemaOld = errors.New("store: the database has an older schema than this program: stop all nodes and run `sekisho migrate`")
	// ErrSchemaNew: a newer program has used the database.
	ErrSchemaNew = errors.New("store: the database has a newer schema than this program: install the version that made it, or restore a backup")
	// ErrWrongKey: the database was sealed with another key.
	ErrWrongKey = errors.New("store: the site key does not open this database: use the key file that belongs to it")
)

// Options say which database, and under which key.
type Options struct {
	// File is the SQLite file. Either File or Postgres is set.
	File string
	// Postgres is a connection string.
	Postgres string
	// Create lets Open make a database that does not exist yet. It never
	// changes the schema of one that does.
	Create bool
	// Key seals header values. The same key opens them again; without it they
	// are lost.
	Key sealed.Key
	// Alone tells that no other process inserts holds while this one is open; what
	// is certainly not there is then known without a query.
	Alone bool
	// Scope is whose events this process writes; zero is 1, 1, 1.
	Scope quarantine.Scope
}

// Store is the database. It is safe for concurrent use.
type Store struct {
	write, read *sql.DB
	d           dialect
	scope       quarantine.Scope
	keys        keys
	group       group
	joins, tied *knownKeys // nil when others insert holds too
}

var _ quarantine.Store = (*Store)(nil)

// Open opens a database whose schema is exactly this program's.
func Open(ctx context.Context, o Options) (*Store, error) {
	s, err := connect(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx, o); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func connect(ctx context.Context, o Options) (*Store, error) {
	if o.Scope == (quarantine.Scope{}) {
		o.Scope = quarantine.Scope{Organization: 1, Node: 1, Segment: 1}
	}
	d := sqliteDialect()
	if o.Postgres != "" {
		d = postgresDialect()
	} else if o.File == "" {
		return nil, errors.New("open store: neither a file nor a PostgreSQL server is named")
	}
	write, read, err := d.open(ctx, o)
	if err != nil {
		return nil, err
	}
	s := &Store{write: write, read: read, d: d, scope: o.Scope, keys: newKeys(o.Key)}
	s.group.run = s.commit
	return s, nil
}

// ready checks the schema and the key.
func (s *Store) ready(ctx context.Context, o Options) error {
	current, target, err := s.versions(ctx)
	if err != nil {
		return err
	}
	if current == 0 && o.Create {
		if _, err := s.up(ctx); err != nil {
			return err
		}
		current = target
	}
	switch {
	case current < target:
		return fmt.Errorf("%w (schema %d, needed %d)", ErrSchemaOld, current, target)
	case current > target:
		return fmt.Errorf("%w (schema %d, known %d)", ErrSchemaNew, current, target)
	}
	if err := s.checkKey(ctx); err != nil || !o.Alone {
		return err
	}
	return s.loadKnown(ctx)
}

// Migrate brings the database to this program's schema, and makes one that does
// not exist. It returns the schema versions before and after. Several processes
// may do it at once; one does the work.
func Migrate(ctx context.Context, o Options) (from, to int64, err error) {
	o.Create = true
	s, err := connect(ctx, o)
	if err != nil {
		return 0, 0, err
	}
	defer s.Close()
	from, to, err = s.versions(ctx)
	if err != nil {
		return 0, 0, err
	}
	if from > to {
		return from, to, fmt.Errorf("%w (schema %d, known %d)", ErrSchemaNew, from, to)
	}
	if to, err = s.up(ctx); err != nil {
		return from, from, err
	}
	return from, to, nil
}

func (s *Store) provider() (*goose.Provider, error) {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	opts := append([]goose.ProviderOption{goose.WithDisableGlobalRegistry(true)}, s.d.migrate...)
	p, err := goose.NewProvider(s.d.goose, s.write, dir, opts...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// racers bounds how often we look again when several processes start at once on
// a new SQLite file: the loser of a race sees an error and then the work done.
const racers = 5

func (s *Store) versions(ctx context.Context) (current, target int64, err error) {
	for range racers {
		var p *goose.Provider
		if p, err = s.provider(); err != nil {
			return 0, 0, err
		}
		if current, target, err = p.GetVersions(ctx); err == nil {
			return current, target, nil
		}
	}
	return 0, 0, fmt.Errorf("read schema version: %w", s.d.explain(err))
}

func (s *Store) up(ctx context.Context) (int64, error) {
	var failed error
	for range racers {
		p, err := s.provider()
		if err != nil {
			return 0, err
		}
		_, failed = p.Up(ctx)
		current, target, err := s.versions(ctx)
		if err != nil {
			return 0, err
		}
		if current >= target {
			return current, nil
		}
	}
	return 0, fmt.Errorf("migrate store: %w", s.d.explain(failed))
}

// Ping tells whether the database answers; for /readyz.
func (s *Store) Ping(ctx context.Context) error {
	var one int
	if err := s.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("ask store: %w", s.d.explain(err))
	}
	return nil
}

// Close ends all connections. Writes that are under way finish first.
func (s *Store) Close() error {
	err := s.write.Close()
	if s.read != s.write {
		err = errors.Join(err, s.read.Close())
	}
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}
