package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

const (
	defaultLimit = 50
	maxLimit     = 500
)

// Find lists holds, newest first; the cursor is the last id of the page before.
// See quarantine.Index.
func (s *Store) Find(ctx context.Context, q quarantine.Query) (quarantine.Page, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, maxLimit)
	var a args
	where := s.conditions(&a, q)
	tx, err := s.snapshot(ctx)
	if err != nil {
		return quarantine.Page{}, fmt.Errorf("find holds: %w", s.d.explain(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	var ids []email.ID
	err = each(ctx, tx, "SELECT id FROM holds WHERE "+strings.Join(where, " AND ")+" ORDER BY id DESC LIMIT "+a.add(limit+1), a.values,
		func(r *sql.Rows) error {
			var id email.ID
			err := r.Scan(&id)
			ids = append(ids, id)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return quarantine.Page{}, fmt.Errorf("find holds: %w", s.d.explain(err))
	}
	var page quarantine.Page
	if len(ids) > limit {
		ids = ids[:limit]
		page.Next = string(ids[limit-1])
	}
	if page.Holds, err = s.load(ctx, tx, ids, ""); err != nil {
		return quarantine.Page{}, fmt.Errorf("find holds: %w", s.d.explain(err))
	}
	return page, nil
}

// likeEscape takes the meaning from LIKE's wildcards.
func likeEscape(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}

func (s *Store) conditions(a *args, q quarantine.Query) []string {
	org := a.add(s.scope.Organization)
	where := []string{"organization = " + org}
	also := func(ok bool, clause func() string) {
		if ok {
			where = append(where, clause())
		}
	}
	also(q.State != "", func() string {
		return "id IN (SELECT hold FROM deliveries WHERE organization = " + org + " AND state = " + a.add(q.State) + ")"
	})
	also(!q.Recipient.IsNull(), func() string {
		return "id IN (SELECT hold FROM deliveries WHERE organization = " + org + " AND address_key = " + a.add(q.Recipient.Key()) + ")"
	})
	party := func(part string, who email.Address) string {
		return "id IN (SELECT hold FROM parties WHERE organization = " + org + " AND part = " + a.add(part) + " AND address_key = " + a.add(who.Key()) + ")"
	}
	also(!q.Approver.IsNull(), func() string { return party(partApprover, q.Approver) })
	also(!q.Mine.IsNull(), func() string { return "(sender_key = " + a.add(q.Mine.Key()) + " OR " + party(partMine, q.Mine) + ")" })
	also(q.Review, func() string { return "review = 1" })
	also(q.Forwards, func() string { return "forwards = 1" })
	also(q.Kind != "", func() string { return "kind = " + a.add(q.Kind) })
	also(!q.Sender.IsNull(), func() string { return "sender_key = " + a.add(q.Sender.Key()) })
	also(q.MessageID != "", func() string { return "message_id = " + a.add(s.keys.messageID(q.MessageID)) })
	also(q.ID != "", func() string { return "id LIKE " + a.add(likeEscape(strings.ToLower(q.ID))+"%") + ` ESCAPE '\'` })
	also(q.Subject != "", func() string {
		return "lower(subject) LIKE " + a.add("%"+likeEscape(strings.ToLower(quarantine.MaskSubject(q.Subject)))+"%") + ` ESCAPE '\'`
	})
	also(q.Rule != "", func() string {
		name, _ := json.Marshal(q.Rule) // a string always encodes
		return "rules LIKE " + a.add("%"+likeEscape(string(name))+"%") + ` ESCAPE '\'`
	})
	also(!q.Since.IsZero(), func() string { return "created >= " + a.add(micros(q.Since)) })
	also(!q.Till.IsZero(), func() string { return "created < " + a.add(micros(q.Till)) })
	also(q.Cursor != "", func() string { return "id < " + a.add(q.Cursor) })
	return where
}

// Stats counts what is open. See quarantine.Index.
func (s *Store) Stats(ctx context.Context) (quarantine.Stats, error) {
	st := quarantine.Stats{Open: map[quarantine.State]int64{}}
	tx, err := s.snapshot(ctx)
	if err != nil {
		return st, fmt.Errorf("count deliveries: %w", s.d.explain(err))
	}
	defer tx.Rollback() //nolint:errcheck // it only read
	open := []quarantine.State{quarantine.Waiting, quarantine.Due, quarantine.Sending, quarantine.Unknown}
	for _, state := range open {
		st.Open[state] = 0
	}
	var a args
	org := a.add(s.scope.Organization)
	err = each(ctx, tx, "SELECT state, COUNT(*) FROM deliveries WHERE organization = "+org+" AND state IN ("+list(&a, open)+") GROUP BY state", a.values,
		func(r *sql.Rows) error {
			var state quarantine.State
			var n int64
			err := r.Scan(&state, &n)
			st.Open[state] = n
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return st, fmt.Errorf("count deliveries: %w", s.d.explain(err))
	}
	var first sql.NullString
	err = tx.QueryRowContext(ctx, `SELECT COUNT(DISTINCT hold), MIN(hold) FROM deliveries WHERE organization = $1 AND state = $2`,
		s.scope.Organization, quarantine.Waiting).Scan(&st.Holds, &first)
	if err != nil {
		return st, fmt.Errorf("count holds: %w", s.d.explain(err))
	}
	if first.Valid { // ids sort by time
		st.Oldest = email.ID(first.String).Time()
	}
	return st, nil
}

// Referenced tells whether a revision still needs the body.
func (s *Store) Referenced(ctx context.Context, body email.Digest) (bool, error) {
	var n int64
	err := s.read.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM revisions WHERE body = $1 LIMIT 1) AS r`, body.String()).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("look up body: %w", s.d.explain(err))
	}
	return n > 0, nil
}
