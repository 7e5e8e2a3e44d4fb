package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/quarantine"
)

// WriteEvent appends an event that moves no delivery; it is durable on return.
func (s *Store) WriteEvent(ctx context.Context, e quarantine.Event) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		return s.appendEvents(ctx, tx, []quarantine.Event{e})
	})
	if err != nil {
		return fmt.Errorf("write event: %w", s.d.explain(err))
	}
	return nil
}

// maxEvents bounds one page of events.
const maxEvents = 1000

// SearchEvents lists events, newest first, and the cursor of the next page.
func (s *Store) SearchEvents(ctx context.Context, q quarantine.EventQuery) ([]quarantine.Event, string, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxEvents)
	var a args
	where := []string{"organization = " + a.add(s.scope.Organization)}
	also := func(ok bool, clause string, v any) {
		if ok {
			where = append(where, clause+a.add(v))
		}
	}
	also(q.Hold != "", "hold = ", q.Hold)
	also(q.Verb != "", "verb = ", q.Verb)
	also(q.By != "", "actor = ", strings.ToLower(q.By))
	also(!q.Since.IsZero(), "at >= ", micros(q.Since))
	also(!q.Till.IsZero(), "at < ", micros(q.Till))
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor, 4)
		if err != nil {
			return nil, "", err
		}
		where = append(where, "(at, node, segment, seq) < ("+list(&a, c)+")")
	}
	var out []quarantine.Event
	var next [4]int64
	err := each(ctx, s.read, `SELECT at, node, segment, seq, canonical FROM events WHERE `+strings.Join(where, " AND ")+
		` ORDER BY at DESC, node DESC, segment DESC, seq DESC LIMIT `+a.add(limit), a.values, func(r *sql.Rows) error {
		var b []byte
		if err := r.Scan(&next[0], &next[1], &next[2], &next[3], &b); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		e, err := quarantine.ParseEvent(b)
		out = append(out, e)
		return err //nolint:wrapcheck // each wraps it
	})
	if err != nil {
		return nil, "", fmt.Errorf("search events: %w", s.d.explain(err))
	}
	if len(out) < limit {
		return out, "", nil
	}
	return out, fmt.Sprintf("%d.%d.%d.%d", next[0], next[1], next[2], next[3]), nil
}

// Outlines lists what statistics know of the mails that were held from since
// until till, oldest first. Nothing sealed is opened.
func (s *Store) Outlines(ctx context.Context, since, till time.Time) ([]quarantine.Outline, error) {
	var out []quarantine.Outline
	err := each(ctx, s.read, `SELECT id, created, sender, rules, decision FROM holds
		WHERE organization = $1 AND kind = $2 AND created >= $3 AND created < $4 ORDER BY created, id`,
		[]any{s.scope.Organization, quarantine.KindMail, micros(since), micros(till)}, func(r *sql.Rows) error {
			var o quarantine.Outline
			err := r.Scan(&o.ID, moment{&o.Created}, address{&o.Sender}, column{&o.Rules}, column{&o.Decision})
			out = append(out, o)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("list outlines: %w", s.d.explain(err))
	}
	return out, nil
}
