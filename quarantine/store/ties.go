package store

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// tiedAtMost bounds the earlier mails that one reference leads to.
const tiedAtMost = 20

func (k keys) tie(r quarantine.Reference) []byte {
	return k.digest("tie "+r.Kind, r.Values...)
}

// insertTies writes references to a mail; those that are there already stay.
func (s *Store) insertTies(ctx context.Context, tx *sql.Tx, hold email.ID, at time.Time, refs []quarantine.Reference) error {
	for _, r := range refs {
		key := s.keys.tie(r)
		s.tied.add(key, r.Until)
		_, err := tx.ExecContext(ctx, `INSERT INTO ties (organization, node, segment, key, at, hold, until) VALUES ($1, $2, $3, $4, $5, $6, $7)
			ON CONFLICT (organization, key, at, hold) DO NOTHING`,
			s.scope.Organization, s.scope.Node, s.scope.Segment, key, micros(at), hold, micros(r.Until))
		if err != nil {
			return fmt.Errorf("insert references: %w", err)
		}
	}
	return nil
}

// Refer writes references to a mail that was not held. See quarantine.Ties.
func (s *Store) Refer(ctx context.Context, at time.Time, refs []quarantine.Reference) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.insertTies(ctx, tx, "", at, refs) })
	if err != nil {
		return fmt.Errorf("write references: %w", s.d.explain(err))
	}
	return nil
}

// Tied finds the mails that references lead to, in the order of the references.
// See quarantine.Ties.
func (s *Store) Tied(ctx context.Context, refs []quarantine.Reference, now time.Time) ([]quarantine.Referred, error) {
	var a args
	org, from := a.add(s.scope.Organization), a.add(micros(now))
	keys, marks := make([][]byte, len(refs)), make([]string, 0, len(refs))
	for i, r := range refs {
		keys[i] = s.keys.tie(r)
		if !s.tied.lacks(keys[i]) {
			marks = append(marks, a.add(keys[i]))
		}
	}
	if len(marks) == 0 {
		return nil, nil
	}
	found := make([][]quarantine.Referred, len(refs))
	err := each(ctx, s.read, "SELECT key, hold, at FROM ties WHERE organization = "+org+" AND until > "+from+
		" AND key IN ("+strings.Join(marks, ", ")+") ORDER BY at DESC", a.values, func(r *sql.Rows) error {
		var key []byte
		var f quarantine.Referred
		if err := r.Scan(&key, &f.Hold, moment{&f.At}); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		f.Reference = slices.IndexFunc(keys, func(k []byte) bool { return bytes.Equal(k, key) })
		if f.Reference >= 0 && len(found[f.Reference]) < tiedAtMost {
			found[f.Reference] = append(found[f.Reference], f)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look up references: %w", s.d.explain(err))
	}
	return slices.Concat(found...), nil
}
