package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Claim takes a lease until `until` for owner on up to limit deliveries that are
// due at now, and on those whose lease ran out before the final dot, oldest
// first. One statement, so two dispatchers never get the same delivery.
func (s *Store) Claim(ctx context.Context, owner string, now, until time.Time, limit int) ([]quarantine.Lease, error) {
	var out []quarantine.Lease
	if idle, err := s.nothingDue(ctx, now); err != nil || idle {
		return nil, err
	}
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		out = nil
		// MATERIALIZED: PostgreSQL may otherwise run the subquery, and with it its
		// LIMIT, more than once.
		return each(ctx, tx, `WITH next AS MATERIALIZED (SELECT id FROM deliveries
				WHERE organization = $3 AND ended = 0 AND due <= $4 AND state IN ('due', 'sending') AND attempting = 0
				ORDER BY due, id LIMIT $5`+s.d.skipLocked+`)
			UPDATE deliveries SET state = 'sending', owner = $1, due = $2, attempts = attempts + 1, version = version + 1
			WHERE organization = $3 AND id IN (SELECT id FROM next)
			RETURNING id, hold, version`,
			[]any{owner, micros(until), s.scope.Organization, micros(now), limit}, func(r *sql.Rows) error {
				l := quarantine.Lease{Owner: owner}
				err := r.Scan(&l.Delivery, &l.Hold, &l.Version)
				out = append(out, l)
				return err //nolint:wrapcheck // each wraps it
			})
	})
	if err != nil {
		return nil, fmt.Errorf("claim deliveries: %w", s.d.explain(err))
	}
	return out, nil
}

// nothingDue keeps an idle dispatcher from opening a write transaction a second.
func (s *Store) nothingDue(ctx context.Context, now time.Time) (bool, error) {
	var n int64
	err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM deliveries
		WHERE organization = $1 AND ended = 0 AND due <= $2 AND state IN ('due', 'sending') AND attempting = 0 LIMIT 1) AS d`,
		s.scope.Organization, micros(now)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look for due deliveries: %w", s.d.explain(err))
	}
	return n == 0, nil
}

// Extend renews leases until `until`, and with attempting marks that the final
// dot follows. It is all or nothing: ErrLeaseLost when one of them belongs to
// somebody else by now.
func (s *Store) Extend(ctx context.Context, leases []quarantine.Lease, until time.Time, attempting bool) error {
	if len(leases) == 0 {
		return nil
	}
	var a args
	query := "UPDATE deliveries SET due = " + a.add(micros(until)) + ", attempting = attempting + " + a.add(bit(attempting)) +
		" WHERE organization = " + a.add(s.scope.Organization) + " AND state = 'sending'"
	if attempting {
		query += " AND attempting = 0"
	}
	held := make([]string, len(leases))
	for i, l := range leases {
		held[i] = "(" + list(&a, []any{l.Delivery, l.Owner}) + ", CAST(" + a.add(l.Version) + " AS BIGINT))"
	}
	query += " AND (id, owner, version) IN (VALUES " + strings.Join(held, ", ") + ")"
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, query, a.values...)
		return all(res, err, len(leases))(quarantine.ErrLeaseLost)
	})
	if errors.Is(err, quarantine.ErrLeaseLost) {
		return err
	}
	if err != nil {
		return fmt.Errorf("extend leases: %w", s.d.explain(err))
	}
	return nil
}

// VoidLeases ends all leases at now. A process that is alone on its database
// calls it before it dispatches, so that what a killed one had leased goes out
// at once. A dispatcher that lives all the same keeps what it renews in time.
func (s *Store) VoidLeases(ctx context.Context, now time.Time) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE deliveries SET due = $1 WHERE organization = $2 AND ended = 0 AND due > $1 AND state = 'sending'`,
			micros(now), s.scope.Organization)
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("void leases: %w", s.d.explain(err))
	}
	return nil
}

// Overdue lists up to limit holds that need the clockwork: a deadline has
// passed, a lease ran out after the final dot was announced, or the sender is
// owed a report.
func (s *Store) Overdue(ctx context.Context, now time.Time, limit int) (quarantine.Overdue, error) {
	var out quarantine.Overdue
	var err error
	lists := []struct {
		to    *[]email.ID
		where string
		args  []any
	}{
		{&out.Expired, "ended = 0 AND due <= $2 AND state = 'waiting'", []any{micros(now)}},
		{&out.Lost, "ended = 0 AND due <= $2 AND state = 'sending' AND attempting = 1", []any{micros(now)}},
		{&out.Bounces, "bounce = 1", nil},
	}
	for _, l := range lists {
		values := append([]any{s.scope.Organization}, l.args...)
		a := args{values}
		query := "SELECT DISTINCT hold FROM deliveries WHERE organization = $1 AND " + l.where + " LIMIT " + a.add(limit)
		err = errors.Join(err, each(ctx, s.read, query, a.values, func(r *sql.Rows) error {
			var id email.ID
			err := r.Scan(&id)
			*l.to = append(*l.to, id)
			return err //nolint:wrapcheck // each wraps it
		}))
	}
	if err != nil {
		return out, fmt.Errorf("look for overdue holds: %w", s.d.explain(err))
	}
	return out, nil
}
