package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func (s *Store) loadOne(ctx context.Context, q querier, id email.ID, lock string) (*quarantine.Hold, error) {
	holds, err := s.load(ctx, q, []email.ID{id}, lock)
	if err != nil {
		return nil, err
	}
	if len(holds) == 0 {
		return nil, quarantine.ErrNotFound
	}
	return holds[0], nil
}

// load reads holds with everything below them, in the order of ids; what does
// not exist is left out. lock is appended to the queries that lock rows.
func (s *Store) load(ctx context.Context, q querier, ids []email.ID, lock string) ([]*quarantine.Hold, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	l := loading{s: s, q: q, holds: map[email.ID]*quarantine.Hold{}, copies: map[email.ID]*quarantine.Copy{}}
	l.in = list(&l.args, ids)
	l.org = l.args.add(s.scope.Organization)
	for _, step := range []func(context.Context, string) error{l.readHolds, l.readCopies, l.readRevisions, l.readDeliveries} {
		if err := step(ctx, lock); err != nil {
			return nil, err
		}
	}
	var out []*quarantine.Hold
	for _, id := range ids {
		if h := l.holds[id]; h != nil {
			out = append(out, h)
		}
	}
	return out, nil
}

// loading is one load of several holds, table by table.
type loading struct {
	s      *Store
	q      querier
	args   args
	in     string
	org    string
	holds  map[email.ID]*quarantine.Hold
	copies map[email.ID]*quarantine.Copy
}

func (l *loading) where(column, order, lock string) string {
	return " WHERE " + column + " IN (" + l.in + ") AND organization = " + l.org + order + lock
}

func (l *loading) readHolds(ctx context.Context, lock string) error {
	return each(ctx, l.q, `SELECT id, organization, node, segment, kind, parent, created, version, sender, subject, rules,
		deadline, decision, terms, sealed, look, desk FROM holds`+l.where("id", " ORDER BY id", lock), l.args.values, func(r *sql.Rows) error {
		h := &quarantine.Hold{}
		var shut, desk []byte
		err := r.Scan(&h.ID, &h.Scope.Organization, &h.Scope.Node, &h.Scope.Segment, &h.Kind, &h.Parent, moment{&h.Created},
			&h.Version, address{&h.Sender}, &h.Subject, column{&h.Rules}, moment{&h.Deadline}, column{&h.Decision},
			column{&h.Terms}, &shut, moment{&h.Look}, &desk)
		if err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		var open sealedHold
		if err := l.s.keys.unwrap(shut, holdPlace(h.ID), &open); err != nil {
			return err
		}
		h.Facts, h.Verdict = open.Facts, open.Verdict
		if err := l.s.openDesk(desk, h); err != nil {
			return err
		}
		l.holds[h.ID] = h
		return nil
	})
}

func (l *loading) readCopies(ctx context.Context, _ string) error {
	return each(ctx, l.q, `SELECT id, hold, number, sealed FROM copies`+l.where("hold", " ORDER BY hold, number", ""), l.args.values, func(r *sql.Rows) error {
		c := &quarantine.Copy{}
		var hold email.ID
		var shut []byte
		if err := r.Scan(&c.ID, &hold, &c.Number, &shut); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		if err := l.s.keys.unwrap(shut, copyPlace(c.ID), &c.Envelope); err != nil {
			return err
		}
		h := l.holds[hold]
		if h == nil {
			return fmt.Errorf("copy %s belongs to no hold", c.ID)
		}
		h.Copies = append(h.Copies, c)
		l.copies[c.ID] = c
		return nil
	})
}

func (l *loading) readRevisions(ctx context.Context, _ string) error {
	return each(ctx, l.q, `SELECT copy, number, repair, body, size, created, made_by, sealed FROM revisions`+
		l.where("hold", " ORDER BY copy, number", ""), l.args.values, func(r *sql.Rows) error {
		v := &quarantine.Revision{}
		var id email.ID
		var body string
		var shut []byte
		if err := r.Scan(&id, &v.Number, &v.Repair, &body, &v.Size, moment{&v.Created}, column{&v.By}, &shut); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		if err := l.s.keys.unwrap(shut, revisionPlace(id, v.Number), &v.Verdict); err != nil {
			return err
		}
		var err error
		if v.Body, err = email.ParseDigest(body); err != nil {
			return fmt.Errorf("decode body digest: %w", err)
		}
		c := l.copies[id]
		if c == nil {
			return fmt.Errorf("revision of unknown copy %s", id)
		}
		c.Revisions = append(c.Revisions, v)
		return nil
	})
}

func (l *loading) readDeliveries(ctx context.Context, lock string) error {
	return each(ctx, l.q, `SELECT id, copy, address, options, action, state, due, since, revision, version, attempts, lost,
		owner, attempting, bounce, reply, decision, ended FROM deliveries`+
		l.where("hold", " ORDER BY copy, place", lock), l.args.values, func(r *sql.Rows) error {
		d := &quarantine.Delivery{}
		var id email.ID
		var action string
		err := r.Scan(&d.ID, &id, address{&d.Recipient.Address}, column{&d.Recipient.Options}, &action, &d.State,
			moment{&d.Due}, moment{&d.Since}, &d.Revision, &d.Version, &d.Attempts, &d.Lost, &d.Owner, truth{&d.Attempting},
			truth{&d.Bounce}, column{&d.Reply}, column{&d.Decision}, moment{&d.Ended})
		if err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		_ = d.Action.UnmarshalText([]byte(action)) // it never fails
		c := l.copies[id]
		if c == nil {
			return fmt.Errorf("delivery of unknown copy %s", id)
		}
		c.Deliveries = append(c.Deliveries, d)
		return nil
	})
}
