package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func bulkPlace(id email.ID) string { return "bulk " + string(id) }

// PutBulk writes a new one. See quarantine.Bulks.
func (s *Store) PutBulk(ctx context.Context, b quarantine.Bulk) error {
	shut, err := s.keys.wrap(b, bulkPlace(b.ID))
	if err != nil {
		return err
	}
	err = s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO bulks (id, organization, node, segment, created, sealed) VALUES ($1, $2, $3, $4, $5, $6)`,
			b.ID, s.scope.Organization, s.scope.Node, s.scope.Segment, micros(b.Created), shut)
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("write bulk decision: %w", s.d.explain(err))
	}
	return nil
}

// Bulk finds one. See quarantine.Bulks.
func (s *Store) Bulk(ctx context.Context, id email.ID) (quarantine.Bulk, error) {
	list, err := s.bulks(ctx, "id = $2", id)
	if err != nil {
		return quarantine.Bulk{}, err
	}
	if len(list) == 0 {
		return quarantine.Bulk{}, fmt.Errorf("find bulk decision: %w", quarantine.ErrNotFound)
	}
	return list[0], nil
}

// Bulks lists those that are not over. See quarantine.Bulks.
func (s *Store) Bulks(ctx context.Context) ([]quarantine.Bulk, error) {
	return s.bulks(ctx, "(ended = 0 OR noticed = 0)")
}

func (s *Store) bulks(ctx context.Context, where string, more ...any) ([]quarantine.Bulk, error) {
	var out []quarantine.Bulk
	err := each(ctx, s.read, "SELECT id, sealed FROM bulks WHERE organization = $1 AND "+where+" ORDER BY id", append([]any{s.scope.Organization}, more...),
		func(r *sql.Rows) error {
			var id email.ID
			var shut []byte
			if err := r.Scan(&id, &shut); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			var b quarantine.Bulk
			if err := s.keys.unwrap(shut, bulkPlace(id), &b); err != nil {
				return err
			}
			out = append(out, b)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("read bulk decisions: %w", s.d.explain(err))
	}
	return out, nil
}

// KeepBulk writes how far it has come. See quarantine.Bulks.
func (s *Store) KeepBulk(ctx context.Context, b quarantine.Bulk, owner string, now, until time.Time, event *quarantine.Event) error {
	shut, err := s.keys.wrap(b, bulkPlace(b.ID))
	if err != nil {
		return err
	}
	err = s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE bulks SET sealed = $1, ended = $2, owner = $3, lease = $4
			WHERE organization = $5 AND id = $6 AND ended = 0 AND (owner = $3 OR lease <= $7)`,
			shut, micros(b.Ended), owner, micros(until), s.scope.Organization, b.ID, micros(now))
		if err := one(res, err)(quarantine.ErrLeaseLost); err != nil {
			return err
		}
		if event == nil {
			return nil
		}
		return s.appendEvents(ctx, tx, []quarantine.Event{*event})
	})
	if err != nil {
		return fmt.Errorf("keep bulk decision: %w", s.d.explain(err))
	}
	return nil
}

// NoticeBulk notes that the end was told. See quarantine.Bulks.
func (s *Store) NoticeBulk(ctx context.Context, id email.ID) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE bulks SET noticed = 1 WHERE organization = $1 AND id = $2`, s.scope.Organization, id)
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("note bulk decision: %w", s.d.explain(err))
	}
	return nil
}

// Chosen lists ids alone. See quarantine.Bulks.
func (s *Store) Chosen(ctx context.Context, q quarantine.Query, before email.ID, limit int) ([]email.ID, error) {
	q.Cursor = string(before)
	var a args
	where := s.conditions(&a, q)
	var out []email.ID
	err := each(ctx, s.read, "SELECT id FROM holds WHERE "+strings.Join(where, " AND ")+" ORDER BY id DESC LIMIT "+a.add(limit), a.values,
		func(r *sql.Rows) error {
			var id email.ID
			err := r.Scan(&id)
			out = append(out, id)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("list chosen holds: %w", s.d.explain(err))
	}
	return out, nil
}

// CountChosen counts them. See quarantine.Bulks.
func (s *Store) CountChosen(ctx context.Context, q quarantine.Query) (quarantine.BulkCount, error) {
	var a args
	chosen := "SELECT id FROM holds WHERE " + strings.Join(s.conditions(&a, q), " AND ")
	org, state := a.add(s.scope.Organization), a.add(quarantine.Waiting)
	var n quarantine.BulkCount
	err := s.read.QueryRowContext(ctx, "SELECT COUNT(DISTINCT hold), COUNT(*) FROM deliveries WHERE organization = "+org+" AND state = "+state+" AND hold IN ("+chosen+")",
		a.values...).Scan(&n.Holds, &n.Recipients)
	if err != nil {
		return n, fmt.Errorf("count chosen holds: %w", s.d.explain(err))
	}
	return n, nil
}
