package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/pressly/goose/v3"
	sqlite "modernc.org/sqlite" // the driver "sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/sekisho-mail/sekisho/quarantine"
)

func sqliteDialect() dialect {
	return dialect{
		name:    "SQLite",
		goose:   goose.DialectSQLite3,
		open:    openSQLite,
		again:   func(error) bool { return false },
		explain: explainSQLite,

		recordsAtOnce: 1,
	}
}

// openSQLite opens the file twice: one connection that writes, so that writers
// queue here instead of polling the file's lock, and a few that only read.
func openSQLite(ctx context.Context, o Options) (write, read *sql.DB, err error) {
	path, err := filepath.Abs(o.File)
	if err != nil {
		return nil, nil, fmt.Errorf("open store %s: %w", o.File, err)
	}
	if err := probe(path, o.Create); err != nil {
		return nil, nil, err
	}
	dsn := func(extra url.Values) string {
		extra.Add("_pragma", "busy_timeout(10000)")
		extra.Add("_pragma", "foreign_keys(1)")
		u := url.URL{Scheme: "file", Path: path, RawQuery: extra.Encode()}
		return u.String()
	}
	write, err = sql.Open("sqlite", dsn(url.Values{"_txlock": {"immediate"},
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)"}}))
	if err != nil {
		return nil, nil, fmt.Errorf("open store %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := connectSQLite(ctx, write); err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("open store %s: %w", path, explainSQLite(err))
	}
	read, err = sql.Open("sqlite", dsn(url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		_ = write.Close()
		return nil, nil, fmt.Errorf("open store %s: %w", path, err)
	}
	read.SetMaxOpenConns(4)
	read.SetMaxIdleConns(4)
	return write, read, nil
}

// walWait bounds the tries of processes that start at once on a new file.
const walWait = 5 * time.Second

// connectSQLite makes the connection that writes. Where several processes turn a
// new file to write-ahead logging at once, SQLite refuses all but one without
// waiting for busy_timeout.
func connectSQLite(ctx context.Context, write *sql.DB) error {
	until, cancel := context.WithTimeout(ctx, walWait)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		err := write.PingContext(ctx)
		var e *sqlite.Error
		if err == nil || !errors.As(err, &e) || e.Code()&0xff != sqlite3.SQLITE_BUSY {
			return err //nolint:wrapcheck // explained by the caller
		}
		select {
		case <-until.Done():
			return err //nolint:wrapcheck // explained by the caller
		case <-again.C:
		}
	}
}

// probe gives the errors of the file system their own words, which SQLite's
// "unable to open database file" has not. A new file is readable by us alone.
func probe(path string, create bool) error {
	flags := os.O_RDWR
	if create {
		flags |= os.O_CREATE
	}
	f, err := os.OpenFile(path, flags, 0o600)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !create:
		return fmt.Errorf("open store: %s does not exist: check `data` in the config, or run `sekisho migrate` to make a new one: %w", path, err)
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("open store: the folder %s does not exist: make it, owned by the user that runs sekisho: %w", filepath.Dir(path), err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("open store: %s cannot be written: give the file and its folder to the user that runs sekisho, and mount them read-write: %w", path, err)
	case err != nil:
		return fmt.Errorf("open store: %w", err)
	}
	return f.Close()
}

// explainSQLite says what to do about the error codes that an operator can mend.
func explainSQLite(err error) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w: free some space on the disk: %w", quarantine.ErrStoreFull, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: stop sekisho, keep a copy of the file with its -wal and -shm, and restore the latest backup or try `sqlite3 FILE .recover`: %w", ErrDamaged, err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return fmt.Errorf("the database file or its folder is read-only: give both to the user that runs sekisho, and mount them read-write: %w", err)
	case sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the database file cannot be opened: check that the folder exists and belongs to the user that runs sekisho: %w", err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return fmt.Errorf("another process keeps the database locked: look for a backup tool or a second sekisho on the same file: %w", err)
	case sqlite3.SQLITE_IOERR:
		return fmt.Errorf("the disk under the database does not work: see the system log: %w", err)
	}
	return err
}
