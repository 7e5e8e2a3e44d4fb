package store

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// appendEvents links events to this process's chain. The head's row is locked
// first, so writers of one scope take turns and there are no gaps.
func (s *Store) appendEvents(ctx context.Context, tx *sql.Tx, events []quarantine.Event) error {
	if len(events) == 0 {
		return nil
	}
	c := s.scope
	if _, err := tx.ExecContext(ctx, `INSERT INTO event_heads (organization, node, segment, seq, hash, mac) VALUES ($1, $2, $3, 0, $4, $5)
		ON CONFLICT (organization, node, segment) DO NOTHING`,
		c.Organization, c.Node, c.Segment, make([]byte, len(email.Digest{})), s.keys.headMAC(c, 0, email.Digest{})); err != nil {
		return fmt.Errorf("begin event chain: %w", err)
	}
	var seq int64
	var hash []byte
	err := tx.QueryRowContext(ctx, `SELECT seq, hash FROM event_heads WHERE organization = $1 AND node = $2 AND segment = $3`+s.d.forUpdate,
		c.Organization, c.Node, c.Segment).Scan(&seq, &hash)
	if err != nil {
		return fmt.Errorf("read head of event chain: %w", err)
	}
	var prev email.Digest
	copy(prev[:], hash)
	for _, e := range events {
		e.Scope = c
		canonical, err := e.Link(seq, prev)
		if err != nil {
			return err //nolint:wrapcheck // it says what it was doing
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO events (organization, node, segment, seq, hold, hash, canonical, at, verb, actor)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			c.Organization, c.Node, c.Segment, e.Seq, e.Hold, e.Hash[:], canonical, micros(e.Time), e.Verb, strings.ToLower(e.By.Name)); err != nil {
			return fmt.Errorf("write event: %w", err)
		}
		seq, prev = e.Seq, e.Hash
	}
	_, err = tx.ExecContext(ctx, `UPDATE event_heads SET seq = $1, hash = $2, mac = $3 WHERE organization = $4 AND node = $5 AND segment = $6`,
		seq, prev[:], s.keys.headMAC(c, seq, prev), c.Organization, c.Node, c.Segment)
	if err != nil {
		return fmt.Errorf("write head of event chain: %w", err)
	}
	return nil
}

// Events lists a hold's events. See quarantine.Ledger.
func (s *Store) Events(ctx context.Context, hold email.ID) ([]quarantine.Event, error) {
	var out []quarantine.Event
	err := each(ctx, s.read, `SELECT canonical FROM events WHERE hold = $1 AND organization = $2 ORDER BY node, segment, seq`,
		[]any{hold, s.scope.Organization}, func(r *sql.Rows) error {
			var b []byte
			if err := r.Scan(&b); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			e, err := quarantine.ParseEvent(b)
			out = append(out, e)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("list events: %w", s.d.explain(err))
	}
	// Several nodes may have written; their clocks give the order between them.
	slices.SortStableFunc(out, func(a, b quarantine.Event) int { return a.Time.Compare(b.Time) })
	return out, nil
}

// VerifyEvents walks all chains of the organisation. See quarantine.Ledger.
func (s *Store) VerifyEvents(ctx context.Context) (quarantine.ChainReport, error) {
	var report quarantine.ChainReport
	tx, err := s.snapshot(ctx)
	if err != nil {
		return report, fmt.Errorf("verify events: %w", s.d.explain(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	heads, err := s.heads(ctx, tx)
	if err != nil {
		return report, fmt.Errorf("verify events: %w", s.d.explain(err))
	}
	for _, h := range heads {
		report.Chains++
		broken, n, err := s.walk(ctx, tx, h)
		report.Events += n
		if err != nil {
			return report, fmt.Errorf("verify events: %w", s.d.explain(err))
		}
		if broken != nil {
			report.Broken = broken
			return report, nil
		}
	}
	return report, nil
}

type head struct {
	scope quarantine.Scope
	seq   int64
	hash  email.Digest
	mac   []byte
}

// heads lists the chains by their heads, and those that have events but no head
// any more.
func (s *Store) heads(ctx context.Context, q querier) ([]head, error) {
	var out []head
	err := each(ctx, q, `SELECT organization, node, segment, seq, hash, mac FROM event_heads WHERE organization = $1
		UNION ALL SELECT DISTINCT organization, node, segment, 0, hash, hash FROM events e WHERE organization = $1 AND seq = 1
		AND NOT EXISTS (SELECT 1 FROM event_heads h WHERE h.organization = e.organization AND h.node = e.node AND h.segment = e.segment)
		ORDER BY 2, 3`,
		[]any{s.scope.Organization}, func(r *sql.Rows) error {
			var h head
			var hash []byte
			err := r.Scan(&h.scope.Organization, &h.scope.Node, &h.scope.Segment, &h.seq, &hash, &h.mac)
			copy(h.hash[:], hash)
			out = append(out, h)
			return err //nolint:wrapcheck // each wraps it
		})
	return out, err
}

func (s *Store) walk(ctx context.Context, q querier, h head) (*quarantine.BrokenEvent, int64, error) {
	w := quarantine.ChainWalk{Scope: h.scope}
	var broken *quarantine.BrokenEvent
	var n int64
	err := each(ctx, q, `SELECT seq, hold, hash, canonical FROM events WHERE organization = $1 AND node = $2 AND segment = $3 ORDER BY seq`,
		[]any{h.scope.Organization, h.scope.Node, h.scope.Segment}, func(r *sql.Rows) error {
			var seq int64
			var hold email.ID
			var sum, canonical []byte
			if err := r.Scan(&seq, &hold, &sum, &canonical); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			if broken == nil {
				var d email.Digest
				copy(d[:], sum)
				broken = w.Next(seq, hold, d, canonical)
				n++
			}
			return nil
		})
	if err != nil || broken != nil {
		return broken, n, err
	}
	if broken = w.End(h.seq, h.hash); broken != nil {
		return broken, n, nil
	}
	if !hmac.Equal(h.mac, s.keys.headMAC(h.scope, h.seq, h.hash)) {
		return &quarantine.BrokenEvent{Scope: h.scope, Seq: h.seq, Why: "the recorded head of the chain was not written by this program"}, n, nil
	}
	return nil, n, nil
}
