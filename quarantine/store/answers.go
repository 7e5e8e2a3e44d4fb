package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// answerAbandoned is after how long a call that never ended may be made again:
// longer than any call takes, shorter than anybody keeps trying.
const answerAbandoned = 2 * time.Minute

// BeginAnswer claims a call with an idempotency key. It returns the sealed
// answer when the call was made before, nil when the caller is the first and has
// to end it; quarantine.ErrBusy while another one is at it, and
// quarantine.ErrKeyReused when the key belongs to another call.
func (s *Store) BeginAnswer(ctx context.Context, id, print string, at time.Time) ([]byte, error) {
	var sealed []byte
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		sealed = nil
		res, err := tx.ExecContext(ctx, `INSERT INTO answers (id, organization, print, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organization, id) DO UPDATE SET at = excluded.at WHERE answers.sealed IS NULL AND answers.print = excluded.print AND answers.at <= $5`,
			id, s.scope.Organization, print, micros(at), micros(at.Add(-answerAbandoned)))
		first := one(res, err)(quarantine.ErrBusy)
		if !errors.Is(first, quarantine.ErrBusy) {
			return first
		}
		var known string
		if err := tx.QueryRowContext(ctx, `SELECT print, sealed FROM answers WHERE organization = $1 AND id = $2`, s.scope.Organization, id).Scan(&known, &sealed); err != nil {
			return err //nolint:wrapcheck // wrapped below
		}
		switch {
		case known != print:
			return quarantine.ErrKeyReused
		case sealed == nil:
			return quarantine.ErrBusy
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("begin answer: %w", s.d.explain(err))
	}
	return sealed, nil
}

// EndAnswer keeps the sealed answer of a call that was begun.
func (s *Store) EndAnswer(ctx context.Context, id string, sealed []byte) error {
	return s.exec(ctx, "answer", `UPDATE answers SET sealed = $1 WHERE organization = $2 AND id = $3`, sealed, s.scope.Organization, id)
}

// DropAnswer forgets a call that came to nothing, so that it can be made again.
func (s *Store) DropAnswer(ctx context.Context, id string) error {
	return s.exec(ctx, "answer", `DELETE FROM answers WHERE organization = $1 AND id = $2 AND sealed IS NULL`, s.scope.Organization, id)
}
