package store_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
	"github.com/sekisho-mail/sekisho/quarantine/store"
	"github.com/sekisho-mail/sekisho/quarantine/store/storetest"
)

func TestSQLite(t *testing.T) {
	storetest.Run(t, func(t testing.TB) storetest.Database {
		o := storetest.SQLite(t)
		if err := os.WriteFile(o.File, nil, 0o600); err != nil { // an empty file is an empty database
			t.Fatal(err)
		}
		return storetest.Database{Options: o, Raw: raw(t, o)}
	})
}

// raw opens the file past the store.
func raw(t testing.TB, o store.Options) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+o.File+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	garbage := filepath.Join(dir, "garbage.db")
	if err := os.WriteFile(garbage, bytes.Repeat([]byte("this is no database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		o      store.Options
		is     error
		advice string
	}{
		{"missing", store.Options{File: filepath.Join(dir, "none.db")}, fs.ErrNotExist, "sekisho migrate"},
		{"missing folder", store.Options{File: filepath.Join(dir, "no", "none.db"), Create: true}, fs.ErrNotExist, "the folder"},
		{"a folder", store.Options{File: dir, Create: true}, nil, "is a directory"},
		{"garbage", store.Options{File: garbage}, store.ErrDamaged, "restore the latest backup"},
		{"nothing named", store.Options{}, nil, "neither"},
		{"bad postgres", store.Options{Postgres: "postgres://u:hunter2@[::1/x"}, nil, "postgres://USER@HOST"},
	} {
		_, err := store.Open(t.Context(), c.o)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.advice) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestReadOnlyFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everything")
	}
	o := storetest.SQLite(t)
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(o.File, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), o); !errors.Is(err, fs.ErrPermission) || !strings.Contains(err.Error(), "cannot be written") {
		t.Errorf("%v", err)
	}
}

// A page that breaks while the store runs is named as what it is.
func TestDamagedPage(t *testing.T) {
	o := storetest.SQLite(t)
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	clock := storetest.NewClock()
	k := storetest.Keeper(t, s, &storetest.Blobs{}, clock)
	for _, text := range []string{"a", "b", "c"} {
		storetest.NewMail(clock.Now(), text, "x@partner.example").Hold(t, k)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(o.File)
	if err != nil {
		t.Fatal(err)
	}
	for i := 3 * 4096; i < len(b); i++ { // leaves the schema and goose's table
		b[i] = 0xff
	}
	if err := os.WriteFile(o.File, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = store.Open(t.Context(), o)
	if err == nil {
		defer s.Close()
		_, err = s.Find(t.Context(), quarantine.Query{})
	}
	if !errors.Is(err, store.ErrDamaged) || !strings.Contains(err.Error(), "restore the latest backup") {
		t.Errorf("%v", err)
	}
}

func TestFileIsPrivateAndSynced(t *testing.T) {
	o := storetest.SQLite(t)
	storetest.Open(t, o)
	info, err := os.Stat(o.File)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	var mode string
	if err := raw(t, o).QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&mode); err != nil || mode != "wal" {
		t.Errorf("journal mode %q, %v", mode, err)
	}
}

// What is raw in a mail's header is nowhere in the files.
func TestNothingRawAtRest(t *testing.T) {
	o := storetest.SQLite(t)
	s, err := store.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	clock := storetest.NewClock()
	k := storetest.Keeper(t, s, &storetest.Blobs{}, clock)
	m := storetest.NewMail(clock.Now(), "a", "x@partner.example")
	m.Message.Header.Subject = "極秘 87654321 MARKERSUBJECTTOKEN"
	m.Message.Header.From[0].Name = "MARKERNAME"
	m.Message.Envelope.Client.Helo = "MARKERHELO"
	m.Message.Header.MessageID = "<MARKERID@example.co.jp>"
	m.Hold(t, k)
	markers := []string{"87654321", "MARKER"}
	grep := func() {
		t.Helper()
		files, err := filepath.Glob(o.File + "*")
		if err != nil || len(files) == 0 {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range markers {
				if bytes.Contains(b, []byte(m)) {
					t.Errorf("%s is in %s", m, filepath.Base(f))
				}
			}
		}
	}
	grep()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	grep()
}

// A killed process leaves the files as they are at that moment: what was
// acknowledged is in them, without a clean end.
func TestFilesOfAKilledProcess(t *testing.T) {
	o := storetest.SQLite(t)
	clock := storetest.NewClock()
	k := storetest.Keeper(t, storetest.Open(t, o), &storetest.Blobs{}, clock)
	var ids []email.ID
	for i := range 20 {
		ids = append(ids, storetest.NewMail(clock.Now(), strings.Repeat("x", i), "x@partner.example").Hold(t, k))
	}
	after := o
	after.Create, after.File = false, filepath.Join(t.TempDir(), "sekisho.db")
	for _, suffix := range []string{"", "-wal"} { // the -shm is rebuilt
		b, err := os.ReadFile(o.File + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(after.File+suffix, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	again := storetest.Open(t, after)
	for _, id := range ids {
		if _, err := again.Load(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if r, err := again.VerifyEvents(t.Context()); err != nil || r.Broken != nil || r.Events != 20 {
		t.Errorf("%+v, %v", r, err)
	}
}
