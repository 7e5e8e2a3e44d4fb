package store

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// Insert writes a new hold. See quarantine.Holds.
func (s *Store) Insert(ctx context.Context, h *quarantine.Hold, join *quarantine.JoinKey, events ...quarantine.Event) error {
	var key []byte
	if join != nil {
		key = s.keys.join(*join)
		s.joins.add(key, join.Until)
	}
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		if join != nil {
			// An expired key is taken over; a living one is left alone.
			err := one(tx.ExecContext(ctx, `INSERT INTO joins (organization, segment, node, key, hold, until) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (organization, segment, key) DO UPDATE SET hold = excluded.hold, until = excluded.until, node = excluded.node
				WHERE joins.until <= $7`,
				h.Scope.Organization, h.Scope.Segment, h.Scope.Node, key, h.ID, micros(join.Until), micros(join.From)))(quarantine.ErrJoined)
			if err != nil {
				return err
			}
		}
		if err := s.insertHold(ctx, tx, h); err != nil {
			return err
		}
		return s.appendEvents(ctx, tx, events)
	})
	if err != nil {
		return fmt.Errorf("insert hold: %w", s.d.explain(err))
	}
	return nil
}

// errNoJoinKey is the answer for nearly every mail.
var errNoJoinKey = fmt.Errorf("look up join key: %w", quarantine.ErrNotFound)

// Joined finds the hold that has a key. See quarantine.Holds.
func (s *Store) Joined(ctx context.Context, key quarantine.JoinKey, now time.Time) (email.ID, error) {
	var id email.ID
	digest := s.keys.join(key)
	if s.joins.lacks(digest) {
		return "", errNoJoinKey
	}
	err := s.read.QueryRowContext(ctx, `SELECT hold FROM joins WHERE organization = $1 AND segment = $2 AND key = $3 AND until > $4`,
		s.scope.Organization, s.scope.Segment, digest, micros(now)).Scan(&id)
	if err = noRows(err, quarantine.ErrNotFound); err != nil {
		return "", fmt.Errorf("look up join key: %w", s.d.explain(err))
	}
	return id, nil
}

// Load reads a hold. See quarantine.Holds.
func (s *Store) Load(ctx context.Context, id email.ID) (*quarantine.Hold, error) {
	tx, err := s.snapshot(ctx)
	if err != nil {
		return nil, fmt.Errorf("load hold: %w", s.d.explain(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	h, err := s.loadOne(ctx, tx, id, "")
	if err != nil {
		return nil, fmt.Errorf("load hold: %w", s.d.explain(err))
	}
	return h, nil
}

// snapshot begins a transaction that sees one state of the database throughout.
func (s *Store) snapshot(ctx context.Context) (*sql.Tx, error) {
	tx, err := s.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true, Isolation: s.d.reading})
	if err != nil {
		return nil, fmt.Errorf("begin: %w", err)
	}
	return tx, nil
}

// Change edits a hold. See quarantine.Holds.
func (s *Store) Change(ctx context.Context, e quarantine.Edit) error {
	var applied error // what Apply said, handed back unwrapped
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		applied = nil
		if e.Key != "" {
			if err := s.useKey(ctx, tx, e); err != nil {
				return err
			}
		}
		h, err := s.loadOne(ctx, tx, e.Hold, s.d.forUpdate)
		if err != nil {
			return err
		}
		was, err := snapshotOf(h)
		if err != nil {
			return err
		}
		if e.Link != nil {
			if err := s.useLink(ctx, tx, e.Hold, *e.Link); err != nil {
				return err
			}
		}
		out, err := e.Apply(h)
		if err != nil {
			applied = err
			return err
		}
		if !e.Unspend.IsNull() {
			if err := s.unspend(ctx, tx, e.Hold, e.Unspend); err != nil {
				return err
			}
		}
		return s.writeChange(ctx, tx, h, was, out)
	})
	if applied != nil {
		return applied
	}
	if err != nil {
		return fmt.Errorf("change hold: %w", s.d.explain(err))
	}
	return nil
}

func (s *Store) useKey(ctx context.Context, tx *sql.Tx, e quarantine.Edit) error {
	res, err := tx.ExecContext(ctx, `INSERT INTO orders (organization, node, segment, key, print, at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (organization, key) DO NOTHING`,
		s.scope.Organization, s.scope.Node, s.scope.Segment, e.Key, e.Print, micros(e.At))
	taken := errors.New("taken")
	if err = one(res, err)(taken); !errors.Is(err, taken) {
		return err
	}
	var print string
	if err := tx.QueryRowContext(ctx, `SELECT print FROM orders WHERE organization = $1 AND key = $2`,
		s.scope.Organization, e.Key).Scan(&print); err != nil {
		return fmt.Errorf("read idempotency key: %w", err)
	}
	if print == e.Print {
		return quarantine.ErrRepeated
	}
	return quarantine.ErrKeyReused
}

// before is what a hold was when it was loaded; a row is written when its
// version is another one.
type before struct {
	version    int64
	desk       []byte
	look       time.Time
	deliveries map[email.ID]quarantine.Delivery
	copies     map[email.ID]int // number of revisions
}

func snapshotOf(h *quarantine.Hold) (before, error) {
	desk, err := deskOf(h)
	b := before{version: h.Version, desk: desk, look: h.Look, deliveries: map[email.ID]quarantine.Delivery{}, copies: map[email.ID]int{}}
	for _, c := range h.Copies {
		b.copies[c.ID] = len(c.Revisions)
		for _, d := range c.Deliveries {
			b.deliveries[d.ID] = *d
		}
	}
	return b, err
}

func (s *Store) writeChange(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, was before, out quarantine.Outcome) error {
	if err := s.writeHold(ctx, tx, h, was); err != nil {
		return err
	}
	for _, c := range h.Copies {
		revisions, old := was.copies[c.ID]
		if !old {
			if err := s.insertCopy(ctx, tx, h, c); err != nil {
				return err
			}
			continue
		}
		if err := s.insertRevisions(ctx, tx, h, c, c.Revisions[revisions:]); err != nil {
			return err
		}
		for i, d := range c.Deliveries {
			old, known := was.deliveries[d.ID]
			switch {
			case !known:
				if err := s.insertDeliveries(ctx, tx, h, c, i, i+1); err != nil {
					return err
				}
			case old.Version != d.Version || old.Bounce != d.Bounce:
				if err := s.updateDelivery(ctx, tx, d, old.Version); err != nil {
					return err
				}
			}
		}
	}
	for _, also := range out.Also {
		if err := s.insertHold(ctx, tx, also); err != nil {
			return err
		}
	}
	for _, l := range out.Links {
		if err := s.insertLink(ctx, tx, l); err != nil {
			return err
		}
	}
	return s.appendEvents(ctx, tx, out.Events)
}

// writeHold writes the hold's own row when something in it changed.
func (s *Store) writeHold(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, was before) error {
	desk, err := deskOf(h)
	if err != nil {
		return err
	}
	told := !bytes.Equal(desk, was.desk)
	if h.Version == was.version && h.Look.Equal(was.look) && !told {
		return nil
	}
	if told {
		if err := s.writeParties(ctx, tx, h, true); err != nil {
			return err
		}
	}
	return s.updateHold(ctx, tx, h, was.version)
}

func (s *Store) updateHold(ctx context.Context, tx *sql.Tx, h *quarantine.Hold, version int64) error {
	decision, err := jsonText(h.Decision, h.Decision.IsZero())
	if err != nil {
		return err
	}
	terms, err := jsonText(h.Terms, false)
	if err != nil {
		return err
	}
	desk, err := s.shutDesk(h)
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE holds SET version = $1, deadline = $2, decision = $3, terms = $4, look = $5, desk = $6, review = $7, forwards = $8
		WHERE id = $9 AND organization = $10 AND version = $11`,
		h.Version, micros(h.Deadline), decision, terms, micros(h.Look), desk, bit(h.Reviewing()), bit(h.Standing()), h.ID, s.scope.Organization, version)
	return one(res, err)(quarantine.ErrChanged)
}

func (s *Store) updateDelivery(ctx context.Context, tx *sql.Tx, d *quarantine.Delivery, version int64) error {
	reply, err := jsonText(d.Reply, d.Reply.IsZero())
	if err != nil {
		return err
	}
	decision, err := jsonText(d.Decision, d.Decision.IsZero())
	if err != nil {
		return err
	}
	res, err := tx.ExecContext(ctx, `UPDATE deliveries SET state = $1, due = $2, since = $3, revision = $4, version = $5,
		attempts = $6, lost = $7, owner = $8, attempting = $9, bounce = $10, reply = $11, decision = $12, ended = $13
		WHERE id = $14 AND organization = $15 AND version = $16`,
		d.State, micros(d.Due), micros(d.Since), d.Revision, d.Version, d.Attempts, d.Lost, d.Owner, bit(d.Attempting),
		bit(d.Bounce), reply, decision, micros(d.Ended), d.ID, s.scope.Organization, version)
	return one(res, err)(quarantine.ErrChanged)
}
