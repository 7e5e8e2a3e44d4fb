package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// WaitingSenders lists the keys of the envelope senders of whom a mail waits. See
// quarantine.Index.
func (s *Store) WaitingSenders(ctx context.Context) ([]string, error) {
	var out []string
	err := each(ctx, s.read, `SELECT DISTINCT sender_key FROM holds WHERE organization = $1
		AND id IN (SELECT hold FROM deliveries WHERE organization = $1 AND state = $2)`, []any{s.scope.Organization, quarantine.Waiting},
		func(r *sql.Rows) error {
			var key string
			err := r.Scan(&key)
			out = append(out, key)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("list senders of waiting mail: %w", s.d.explain(err))
	}
	return out, nil
}
