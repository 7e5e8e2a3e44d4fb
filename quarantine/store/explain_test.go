package store

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// SQLite itself says what a full disk looks like.
func TestFullDiskOfSQLite(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "x.db")+"?_pragma=max_page_count(4)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE t (x BLOB)"); err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "INSERT INTO t VALUES (randomblob(100000))")
	if err == nil || !errors.Is(explainSQLite(err), quarantine.ErrStoreFull) {
		t.Errorf("%v", explainSQLite(err))
	}
}

func TestPostgresErrorsSayWhatToDo(t *testing.T) {
	for code, c := range map[string]struct {
		is     error
		advice string
	}{
		"53100": {quarantine.ErrStoreFull, "free some space"},
		"25006": {nil, "name the primary"},
		"42501": {nil, "owner of the database"},
		"28P01": {nil, "pg_hba.conf"},
		"XX001": {ErrDamaged, "backup"},
	} {
		err := explainPostgres(&pgconn.PgError{Code: code})
		if c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.advice) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if !againPostgres(&pgconn.PgError{Code: "40P01"}) || againPostgres(&pgconn.PgError{Code: "23505"}) || againPostgres(errors.New("x")) {
		t.Error("only deadlocks and serialisation failures are tried again")
	}
}

// A write that panics must not leave the others waiting.
func TestGroupSurvivesAPanic(t *testing.T) {
	s, err := Open(t.Context(), Options{File: filepath.Join(t.TempDir(), "x.db"), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.group.submit(t.Context(), func(context.Context, *sql.Tx) error { panic("x") })
	}()
	if err := s.group.submit(t.Context(), func(context.Context, *sql.Tx) error { return nil }); err != nil {
		t.Error(err)
	}
}

// Work that the database wants repeated is repeated as a whole.
func TestGroupRepeats(t *testing.T) {
	s, err := Open(t.Context(), Options{File: filepath.Join(t.TempDir(), "x.db"), Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	deadlock := errors.New("deadlock")
	s.d.again = func(err error) bool { return errors.Is(err, deadlock) }
	for fails, want := range map[int]error{againTries - 1: nil, againTries: deadlock} {
		n := 0
		err := s.group.submit(t.Context(), func(context.Context, *sql.Tx) error {
			if n++; n <= fails {
				return deadlock
			}
			return nil
		})
		if !errors.Is(err, want) {
			t.Errorf("%d deadlocks: %v", fails, err)
		}
	}
}
