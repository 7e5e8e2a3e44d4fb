package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Setting reads a value that the running guard keeps, or ErrNotFound.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var v string
	err := s.read.QueryRowContext(ctx, `SELECT value FROM settings WHERE organization = $1 AND name = $2`,
		s.scope.Organization, name).Scan(&v)
	if err = noRows(err, quarantine.ErrNotFound); err != nil {
		return "", fmt.Errorf("read setting: %w", s.d.explain(err))
	}
	return v, nil
}

// SetSetting writes one.
func (s *Store) SetSetting(ctx context.Context, name, value string, at time.Time) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO settings (organization, name, value, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organization, name) DO UPDATE SET value = excluded.value, at = excluded.at`,
			s.scope.Organization, name, value, micros(at))
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("write setting: %w", s.d.explain(err))
	}
	return nil
}

// OpenBypass opens a window, with its event.
func (s *Store) OpenBypass(ctx context.Context, b quarantine.Bypass) error {
	by, err := jsonText(b.By, false)
	if err != nil {
		return err
	}
	err = s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO bypasses (id, organization, node, segment, begins, ends, reason, opened_by)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			b.ID, s.scope.Organization, s.scope.Node, s.scope.Segment, micros(b.From), micros(b.Until), b.Reason, by)
		if err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		return s.appendEvents(ctx, tx, []quarantine.Event{{Time: b.From, Verb: quarantine.VerbBypass, By: b.By, Reason: b.Reason,
			Detail: string(b.ID) + " until " + b.Until.UTC().Format(time.RFC3339)}})
	})
	if err != nil {
		return fmt.Errorf("open bypass: %w", s.d.explain(err))
	}
	return nil
}

// CurrentBypass finds the window that is open at now and ends last, or
// ErrNotFound.
func (s *Store) CurrentBypass(ctx context.Context, now time.Time) (quarantine.Bypass, error) {
	var b quarantine.Bypass
	err := s.read.QueryRowContext(ctx, `SELECT id, begins, ends, reason, opened_by FROM bypasses
		WHERE organization = $1 AND begins <= $2 AND ends > $2 ORDER BY ends DESC LIMIT 1`,
		s.scope.Organization, micros(now)).Scan(&b.ID, moment{&b.From}, moment{&b.Until}, &b.Reason, column{&b.By})
	if err = noRows(err, quarantine.ErrNotFound); err != nil {
		return b, fmt.Errorf("look for bypass: %w", s.d.explain(err))
	}
	return b, nil
}

// EndBypass closes a window before its time, with its event. ErrNotFound when it
// is over already.
func (s *Store) EndBypass(ctx context.Context, id email.ID, by quarantine.Actor, at time.Time) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE bypasses SET ends = $1 WHERE id = $2 AND organization = $3 AND ends > $1`,
			micros(at), id, s.scope.Organization)
		if err := one(res, err)(quarantine.ErrNotFound); err != nil {
			return err
		}
		return s.appendEvents(ctx, tx, []quarantine.Event{{Time: at, Verb: quarantine.VerbBypassEnd, By: by, Detail: string(id)}})
	})
	if err != nil {
		return fmt.Errorf("end bypass: %w", s.d.explain(err))
	}
	return nil
}

// keepOrders is how long an idempotency key is remembered.
const keepOrders = 30 * 24 * time.Hour

// Sweep forgets join keys and references that ran out, and idempotency keys older
// than 30 days with what was answered to them.
// It never touches holds, events or records.
func (s *Store) Sweep(ctx context.Context, now time.Time) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM joins WHERE organization = $1 AND until <= $2`,
			s.scope.Organization, micros(now)); err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM ties WHERE organization = $1 AND until <= $2`,
			s.scope.Organization, micros(now)); err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		for _, query := range []string{`DELETE FROM orders WHERE organization = $1 AND at <= $2`, `DELETE FROM answers WHERE organization = $1 AND at <= $2`} {
			if _, err := tx.ExecContext(ctx, query, s.scope.Organization, micros(now.Add(-keepOrders))); err != nil {
				return err //nolint:wrapcheck // wrapped below
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("sweep store: %w", s.d.explain(err))
	}
	s.joins.expire(now)
	s.tied.expire(now)
	return nil
}
