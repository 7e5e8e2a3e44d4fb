package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/sekisho-mail/sekisho/quarantine"
)

func postgresDialect() dialect {
	d := dialect{
		name:       "PostgreSQL",
		goose:      goose.DialectPostgres,
		open:       openPostgres,
		forUpdate:  " FOR UPDATE",
		skipLocked: " FOR UPDATE SKIP LOCKED",
		reading:    sql.LevelRepeatableRead,
		again:      againPostgres,
		explain:    explainPostgres,

		recordsAtOnce: rowsAtOnce,
	}
	if l, err := lock.NewPostgresSessionLocker(); err == nil { // it has no failing options
		d.migrate = []goose.ProviderOption{goose.WithSessionLocker(l)}
	}
	return d
}

// connectTimeout: a stopped server answers at once, a lost one never.
const connectTimeout = 5 * time.Second

func openPostgres(ctx context.Context, o Options) (write, read *sql.DB, err error) {
	c, err := pgx.ParseConfig(o.Postgres)
	if err != nil {
		// The text of the error may hold the password.
		return nil, nil, errors.New("open store: the PostgreSQL connection string cannot be read: postgres://USER@HOST/DATABASE is expected")
	}
	if c.ConnectTimeout == 0 {
		c.ConnectTimeout = connectTimeout
	}
	// A site-wide "off" must not weaken the promise that 250 means durable.
	c.RuntimeParams["synchronous_commit"] = "on"
	c.RuntimeParams["application_name"] = "sekisho"
	db := stdlib.OpenDB(*c)
	db.SetMaxOpenConns(8)
	db.SetMaxIdleConns(8)
	if err := db.PingContext(ctx); err != nil {
		_ = db.Close()
		return nil, nil, fmt.Errorf("open store: PostgreSQL at %s does not answer: check that it runs and lets this host and user in: %w", c.Host, explainPostgres(err))
	}
	return db, db, nil
}

func againPostgres(err error) bool {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return false
	}
	return e.Code == "40001" || e.Code == "40P01" // serialisation failure, deadlock
}

// explainPostgres says what to do about the conditions that an operator can mend.
func explainPostgres(err error) error {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return err
	}
	switch {
	case e.Code == "53100":
		return fmt.Errorf("%w: free some space on the database server: %w", quarantine.ErrStoreFull, err)
	case e.Code == "25006":
		return fmt.Errorf("the database server is read-only: name the primary, not a replica: %w", err)
	case e.Code == "42501":
		return fmt.Errorf("the database user lacks rights: make it the owner of the database: %w", err)
	case e.Code == "28P01", e.Code == "28000":
		return fmt.Errorf("the database server does not let this user in: check user, password and pg_hba.conf: %w", err)
	case e.Code == "XX001", e.Code == "XX002":
		return fmt.Errorf("%w: restore the latest backup: %w", ErrDamaged, err)
	}
	return err
}
