package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func sessionPlace(id string) string { return "session " + id }

// Session finds a log-in, or quarantine.ErrNotFound.
func (s *Store) Session(ctx context.Context, id string) (quarantine.Session, error) {
	list, err := s.listSessions(ctx, "id = $2", id)
	if err != nil {
		return quarantine.Session{}, fmt.Errorf("find session: %w", s.d.explain(err))
	}
	if len(list) == 0 {
		return quarantine.Session{}, fmt.Errorf("find session: %w", quarantine.ErrNotFound)
	}
	return list[0], nil
}

// SessionsOf lists an account's log-ins, the latest seen first.
func (s *Store) SessionsOf(ctx context.Context, account email.ID) ([]quarantine.Session, error) {
	list, err := s.listSessions(ctx, "account = $2", account)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", s.d.explain(err))
	}
	return list, nil
}

func (s *Store) listSessions(ctx context.Context, where string, value any) ([]quarantine.Session, error) {
	var out []quarantine.Session
	err := each(ctx, s.read, `SELECT id, account, created, seen, until, sealed FROM sessions WHERE organization = $1 AND `+where+` ORDER BY seen DESC, id`,
		[]any{s.scope.Organization, value}, func(r *sql.Rows) error {
			var one quarantine.Session
			var shut []byte
			if err := r.Scan(&one.ID, &one.Account, moment{&one.Created}, moment{&one.Seen}, moment{&one.Until}, &shut); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			if err := s.keys.unwrap(shut, sessionPlace(one.ID), &one.Data); err != nil {
				return err
			}
			out = append(out, one)
			return nil
		})
	return out, err
}

// PutSession writes a log-in, and forgets those whose time is over.
func (s *Store) PutSession(ctx context.Context, one quarantine.Session) error {
	shut, err := s.keys.wrap(one.Data, sessionPlace(one.ID))
	if err != nil {
		return err
	}
	err = s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE organization = $1 AND until < $2`, s.scope.Organization, micros(one.Seen)); err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO sessions (id, organization, account, created, seen, until, sealed) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (organization, id) DO UPDATE SET account = excluded.account, seen = excluded.seen, until = excluded.until, sealed = excluded.sealed`,
			one.ID, s.scope.Organization, one.Account, micros(one.Created), micros(one.Seen), micros(one.Until), shut)
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("write session: %w", s.d.explain(err))
	}
	return nil
}

// DropSession forgets a log-in; it is no error when it is gone.
func (s *Store) DropSession(ctx context.Context, id string) error {
	return s.exec(ctx, "session", `DELETE FROM sessions WHERE organization = $1 AND id = $2`, s.scope.Organization, id)
}

func (s *Store) exec(ctx context.Context, what, query string, values ...any) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, query, values...)
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", what, s.d.explain(err))
	}
	return nil
}

// Views lists an account's saved searches by name.
func (s *Store) Views(ctx context.Context, account email.ID) ([]quarantine.SavedView, error) {
	var out []quarantine.SavedView
	err := each(ctx, s.read, `SELECT id, name, query, created FROM saved_views WHERE organization = $1 AND account = $2 ORDER BY name, id`,
		[]any{s.scope.Organization, account}, func(r *sql.Rows) error {
			v := quarantine.SavedView{Account: account}
			err := r.Scan(&v.ID, &v.Name, &v.Query, moment{&v.Created})
			out = append(out, v)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("list views: %w", s.d.explain(err))
	}
	return out, nil
}

// PutView writes a saved search.
func (s *Store) PutView(ctx context.Context, v quarantine.SavedView) error {
	return s.exec(ctx, "view", `INSERT INTO saved_views (id, organization, account, name, query, created) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (organization, account, id) DO UPDATE SET name = excluded.name, query = excluded.query`,
		v.ID, s.scope.Organization, v.Account, v.Name, v.Query, micros(v.Created))
}

// DropView forgets one of an account's saved searches.
func (s *Store) DropView(ctx context.Context, account, id email.ID) error {
	return s.exec(ctx, "view", `DELETE FROM saved_views WHERE organization = $1 AND account = $2 AND id = $3`, s.scope.Organization, account, id)
}

// PutToken writes an API token.
func (s *Store) PutToken(ctx context.Context, t quarantine.Token) error {
	scopes, err := jsonText(t.Scopes, false)
	if err != nil {
		return err
	}
	return s.exec(ctx, "token", `INSERT INTO tokens (id, organization, account, hash, name, scopes, created, expires, used)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (organization, id) DO UPDATE SET used = excluded.used`,
		t.ID, s.scope.Organization, t.Account, t.Hash.String(), t.Name, scopes, micros(t.Created), micros(t.Expires), micros(t.Used))
}

// TokenOf finds a token by the hash of its key, or quarantine.ErrNotFound.
func (s *Store) TokenOf(ctx context.Context, hash email.Digest) (quarantine.Token, error) {
	list, err := s.tokens(ctx, "hash = $2", hash.String())
	if err != nil {
		return quarantine.Token{}, fmt.Errorf("find token: %w", s.d.explain(err))
	}
	if len(list) == 0 {
		return quarantine.Token{}, fmt.Errorf("find token: %w", quarantine.ErrNotFound)
	}
	return list[0], nil
}

// Tokens lists an account's API tokens, the newest first.
func (s *Store) Tokens(ctx context.Context, account email.ID) ([]quarantine.Token, error) {
	list, err := s.tokens(ctx, "account = $2", account)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", s.d.explain(err))
	}
	return list, nil
}

func (s *Store) tokens(ctx context.Context, where string, value any) ([]quarantine.Token, error) {
	var out []quarantine.Token
	err := each(ctx, s.read, `SELECT id, account, hash, name, scopes, created, expires, used FROM tokens WHERE organization = $1 AND `+where+` ORDER BY id DESC`,
		[]any{s.scope.Organization, value}, func(r *sql.Rows) error {
			var t quarantine.Token
			var hash, scopes string
			if err := r.Scan(&t.ID, &t.Account, &hash, &t.Name, &scopes, moment{&t.Created}, moment{&t.Expires}, moment{&t.Used}); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			if err := t.Hash.UnmarshalText([]byte(hash)); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			if err := json.Unmarshal([]byte(scopes), &t.Scopes); err != nil {
				return fmt.Errorf("decode scopes: %w", err)
			}
			out = append(out, t)
			return nil
		})
	return out, err
}

// UseToken notes when a token was used.
func (s *Store) UseToken(ctx context.Context, id email.ID, at time.Time) error {
	return s.exec(ctx, "token", `UPDATE tokens SET used = $1 WHERE organization = $2 AND id = $3`, micros(at), s.scope.Organization, id)
}

// DropToken forgets one of an account's tokens.
func (s *Store) DropToken(ctx context.Context, account, id email.ID) error {
	return s.exec(ctx, "token", `DELETE FROM tokens WHERE organization = $1 AND account = $2 AND id = $3`, s.scope.Organization, account, id)
}
