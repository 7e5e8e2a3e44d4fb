package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// sealedDesk is what of a hold is about people, sealed on its own since it
// changes.
type sealedDesk struct {
	Assignment policy.Assignment `json:"assignment"`
	Desk       quarantine.Desk   `json:"desk"`
}

func deskPlace(id email.ID) string { return "desk " + string(id) }

// shutDesk seals it; empty when nothing is known.
func (s *Store) shutDesk(h *quarantine.Hold) ([]byte, error) {
	plain, err := deskOf(h)
	if err != nil || plain == nil {
		return []byte{}, err
	}
	return s.keys.wrap(sealedDesk{h.Assignment, h.Desk}, deskPlace(h.ID))
}

func (s *Store) openDesk(shut []byte, h *quarantine.Hold) error {
	if len(shut) == 0 {
		return nil
	}
	var open sealedDesk
	if err := s.keys.unwrap(shut, deskPlace(h.ID), &open); err != nil {
		return err
	}
	h.Assignment, h.Desk = open.Assignment, open.Desk
	return nil
}

// deskOf is the plain form, by which changes are noticed; nil for an empty one.
func deskOf(h *quarantine.Hold) ([]byte, error) {
	b, err := json.Marshal(sealedDesk{h.Assignment, h.Desk})
	if err != nil {
		return nil, fmt.Errorf("encode desk: %w", err)
	}
	empty, err := json.Marshal(sealedDesk{})
	if err != nil {
		return nil, fmt.Errorf("encode desk: %w", err)
	}
	if bytes.Equal(b, empty) {
		return nil, nil
	}
	return b, nil
}

// Parts of the parties table.
const (
	partApprover = "approver"
	partMine     = "mine"
)

// writeParties indexes who has to do with a hold.
func (s *Store) writeParties(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, anew bool) error {
	if anew {
		if _, err := tx.ExecContext(ctx, `DELETE FROM parties WHERE hold = $1 AND organization = $2`, h.ID, s.scope.Organization); err != nil {
			return fmt.Errorf("forget parties: %w", err)
		}
	}
	var values []any
	seen := map[string]bool{}
	add := func(part string, who email.Address) {
		if key := part + " " + who.Key(); !who.IsNull() && !seen[key] {
			seen[key] = true
			values = append(values, h.Scope.Organization, h.Scope.Node, h.Scope.Segment, h.ID, part, who.Key())
		}
	}
	for _, p := range h.Assignment.Approvers {
		add(partApprover, p.Address)
	}
	for _, who := range append(slices.Clone(h.Assignment.Principal.Acted), h.Assignment.Principal.Members...) {
		add(partMine, who)
	}
	for _, p := range h.Assignment.Cancellers {
		add(partMine, p.Address)
	}
	for row := range slices.Chunk(values, 6*rowsAtOnce) {
		var a args
		var rows []string
		for one := range slices.Chunk(row, 6) {
			rows = append(rows, "("+list(&a, one)+")")
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO parties (organization, node, segment, hold, part, address_key) VALUES `+
			strings.Join(rows, ", "), a.values...); err != nil {
			return fmt.Errorf("write parties: %w", err)
		}
	}
	return nil
}

// Looks lists up to limit holds that the notices have to look at, those first
// that have waited longest.
func (s *Store) Looks(ctx context.Context, now time.Time, limit int) ([]email.ID, error) {
	var out []email.ID
	err := each(ctx, s.read, `SELECT id FROM holds WHERE organization = $1 AND look > 0 AND look <= $2 ORDER BY look, id LIMIT $3`,
		[]any{s.scope.Organization, micros(now), limit}, func(r *sql.Rows) error {
			var id email.ID
			err := r.Scan(&id)
			out = append(out, id)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("look for holds to tell about: %w", s.d.explain(err))
	}
	return out, nil
}

// PutLink keeps a link.
func (s *Store) PutLink(ctx context.Context, l quarantine.Link) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.insertLink(ctx, tx, l) })
	if err != nil {
		return fmt.Errorf("keep link: %w", s.d.explain(err))
	}
	return nil
}

func (s *Store) insertLink(ctx context.Context, tx *sql.Tx, l quarantine.Link) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO links (organization, node, segment, hash, hold, person, person_key, purpose, issued, expires, spent)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		s.scope.Organization, s.scope.Node, s.scope.Segment, l.Hash.String(), l.Hold, l.Person.String(), l.Person.Key(), string(l.Purpose),
		micros(l.Issued), micros(l.Expires), micros(l.Spent))
	if err != nil {
		return fmt.Errorf("insert link: %w", err)
	}
	return nil
}

// Link finds one by the hash of its key, or ErrNotFound.
func (s *Store) Link(ctx context.Context, hash email.Digest) (quarantine.Link, error) {
	l, err := s.readLink(ctx, s.read, hash, "")
	if err != nil {
		return l, fmt.Errorf("find link: %w", s.d.explain(err))
	}
	return l, nil
}

func (s *Store) readLink(ctx context.Context, q querier, hash email.Digest, lock string) (quarantine.Link, error) {
	l := quarantine.Link{Hash: hash}
	err := q.QueryRowContext(ctx, `SELECT hold, person, purpose, issued, expires, spent FROM links WHERE organization = $1 AND hash = $2`+lock,
		s.scope.Organization, hash.String()).Scan(&l.Hold, address{&l.Person}, &l.Purpose, moment{&l.Issued}, moment{&l.Expires}, moment{&l.Spent})
	return l, noRows(err, quarantine.ErrNotFound)
}

// SpendLink uses a link up for a hold outside of any edit; ErrNotFound,
// ErrLinkForeign, ErrLinkSpent or ErrLinkExpired when it cannot be.
func (s *Store) SpendLink(ctx context.Context, hold email.ID, u quarantine.LinkUse) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error { return s.useLink(ctx, tx, hold, u) })
	if err != nil {
		return fmt.Errorf("spend link: %w", s.d.explain(err))
	}
	return nil
}

func (s *Store) useLink(ctx context.Context, tx *sql.Tx, hold email.ID, u quarantine.LinkUse) error {
	l, err := s.readLink(ctx, tx, u.Hash, s.d.forUpdate)
	if err != nil {
		return err
	}
	if err := l.Spend(hold, u); err != nil {
		return err //nolint:wrapcheck // it is the answer
	}
	res, err := tx.ExecContext(ctx, `UPDATE links SET spent = $1 WHERE organization = $2 AND hash = $3 AND spent = 0`,
		micros(u.At), s.scope.Organization, u.Hash.String())
	return one(res, err)(quarantine.ErrLinkSpent)
}

// unspend lets somebody's links to a hold work again.
func (s *Store) unspend(ctx context.Context, tx *sql.Tx, hold email.ID, who email.Address) error {
	_, err := tx.ExecContext(ctx, `UPDATE links SET spent = 0 WHERE hold = $1 AND organization = $2 AND person_key = $3`,
		hold, s.scope.Organization, who.Key())
	if err != nil {
		return fmt.Errorf("take back the use of a link: %w", err)
	}
	return nil
}

// ForgetLinks removes links that expired before t and returns how many.
func (s *Store) ForgetLinks(ctx context.Context, t time.Time) (int64, error) {
	var n int64
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `DELETE FROM links WHERE organization = $1 AND expires < $2`, s.scope.Organization, micros(t))
		if err == nil {
			n, err = res.RowsAffected()
		}
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return 0, fmt.Errorf("forget links: %w", s.d.explain(err))
	}
	return n, nil
}
