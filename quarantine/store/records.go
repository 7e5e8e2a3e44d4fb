package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func recordPlace(sc quarantine.Scope, seq int64) string {
	return fmt.Sprintf("record %d %d %d %d", sc.Organization, sc.Node, sc.Segment, seq)
}

// InsertRecords writes drained journal lines of this node. Lines that are there
// already (same sequence number) are left as they are, so a drain that was cut
// short can be repeated.
func (s *Store) InsertRecords(ctx context.Context, lines []quarantine.Line) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for len(lines) > 0 {
			n := min(len(lines), s.d.recordsAtOnce)
			whole := len(lines) - len(lines)%n
			if err := s.insertRecords(ctx, tx, lines[:whole], n); err != nil {
				return err
			}
			lines = lines[whole:]
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("insert records: %w", s.d.explain(err))
	}
	return nil
}

// recordColumns is how many values a record has.
const recordColumns = 13

// insertRecords writes lines, n in each call of one prepared statement.
func (s *Store) insertRecords(ctx context.Context, tx *sql.Tx, lines []quarantine.Line, n int) error {
	// The driver would watch a context that can end with a goroutine for every
	// call; what is written is committed within the group's own time.
	ctx = context.WithoutCancel(ctx)
	var a args
	rows := make([]string, n)
	for i := range rows {
		rows[i] = "(" + list(&a, make([]any, recordColumns)) + ")"
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO records (organization, node, segment, seq, mail, hold, at, stage, direction, sender_key, action, hash, sealed)
		VALUES `+strings.Join(rows, ", ")+` ON CONFLICT (organization, node, segment, seq) DO NOTHING`)
	if err != nil {
		return err //nolint:wrapcheck // the caller wraps it
	}
	defer insert.Close()
	for ; len(lines) > 0; lines = lines[n:] {
		a.values = a.values[:0]
		for _, l := range lines[:n] {
			if a.values, err = s.recordValues(a.values, l); err != nil {
				return err
			}
		}
		if _, err := insert.ExecContext(ctx, a.values...); err != nil {
			return err //nolint:wrapcheck // the caller wraps it
		}
	}
	return nil
}

// recordValues appends the columns of one record.
func (s *Store) recordValues(to []any, l quarantine.Line) ([]any, error) {
	text := l.Text
	if text == nil {
		var err error
		if text, err = json.Marshal(l.Record); err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
	}
	sender, action := "", ""
	if l.Record.Facts != nil {
		sender = l.Record.Facts.Envelope.Sender.Key()
	}
	if l.Record.Verdict != nil {
		action = l.Record.Verdict.Action().String()
	}
	c := s.scope
	return append(to, c.Organization, c.Node, c.Segment, l.Seq, l.Record.ID, l.Record.Hold, micros(l.Record.Time), l.Record.Stage,
		l.Record.Direction, sender, action, l.Hash[:], s.keys.wrapper.Wrap(text, recordPlace(c, l.Seq))), nil
}

// LastRecord is the highest journal sequence number of this node that is in the
// store, 0 without any: where a drain goes on.
func (s *Store) LastRecord(ctx context.Context) (int64, error) {
	var n int64
	err := s.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM records WHERE organization = $1 AND node = $2 AND segment = $3`,
		s.scope.Organization, s.scope.Node, s.scope.Segment).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("read last record: %w", s.d.explain(err))
	}
	return n, nil
}

// Records lists journal lines, newest first.
func (s *Store) Records(ctx context.Context, q quarantine.RecordQuery) ([]policy.Record, string, error) {
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	limit = min(limit, 10*maxLimit)
	var a args
	where := []string{"organization = " + a.add(s.scope.Organization)}
	also := func(ok bool, clause string, v any) {
		if ok {
			where = append(where, clause+a.add(v))
		}
	}
	also(q.Mail != "", "mail = ", q.Mail)
	also(q.Hold != "", "hold = ", q.Hold)
	also(!q.Sender.IsNull(), "sender_key = ", q.Sender.Key())
	also(q.Stage != "", "stage = ", q.Stage)
	also(!q.Since.IsZero(), "at >= ", micros(q.Since))
	also(!q.Till.IsZero(), "at < ", micros(q.Till))
	if q.Cursor != "" {
		c, err := parseCursor(q.Cursor)
		if err != nil {
			return nil, "", err
		}
		where = append(where, "(at, node, segment, seq) < ("+list(&a, c[:])+")")
	}
	var out []policy.Record
	var next [4]int64
	err := each(ctx, s.read, `SELECT organization, node, segment, seq, at, sealed FROM records WHERE `+strings.Join(where, " AND ")+
		` ORDER BY at DESC, node DESC, segment DESC, seq DESC LIMIT `+a.add(limit), a.values, func(r *sql.Rows) error {
		var sc quarantine.Scope
		var seq, at int64
		var shut []byte
		if err := r.Scan(&sc.Organization, &sc.Node, &sc.Segment, &seq, &at, &shut); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		var rec policy.Record
		err := s.keys.unwrap(shut, recordPlace(sc, seq), &rec)
		out, next = append(out, rec), [4]int64{at, sc.Node, sc.Segment, seq}
		return err
	})
	if err != nil {
		return nil, "", fmt.Errorf("list records: %w", s.d.explain(err))
	}
	if len(out) < limit {
		return out, "", nil
	}
	return out, fmt.Sprintf("%d.%d.%d.%d", next[0], next[1], next[2], next[3]), nil
}

func parseCursor(s string) (c [4]int64, err error) {
	parts := strings.Split(s, ".")
	if len(parts) != len(c) {
		return c, fmt.Errorf("read cursor: %w", quarantine.ErrNotFound)
	}
	for i, p := range parts {
		if c[i], err = strconv.ParseInt(p, 10, 64); err != nil {
			return c, fmt.Errorf("read cursor: %w", quarantine.ErrNotFound)
		}
	}
	return c, nil
}

// CountRecords counts outgoing journal lines by stage and action.
func (s *Store) CountRecords(ctx context.Context, q quarantine.RecordQuery) ([]quarantine.RecordCount, error) {
	var a args
	where := "organization = " + a.add(s.scope.Organization)
	if !q.Since.IsZero() {
		where += " AND at >= " + a.add(micros(q.Since))
	}
	if !q.Till.IsZero() {
		where += " AND at < " + a.add(micros(q.Till))
	}
	if !q.Sender.IsNull() {
		where += " AND sender_key = " + a.add(q.Sender.Key())
	}
	var out []quarantine.RecordCount
	err := each(ctx, s.read, "SELECT stage, action, COUNT(*) FROM records WHERE "+where+" AND direction <> 'in' GROUP BY stage, action ORDER BY stage, action",
		a.values, func(r *sql.Rows) error {
			var c quarantine.RecordCount
			var action string
			err := r.Scan(&c.Stage, &action, &c.Count)
			c.Action = action
			out = append(out, c)
			return err //nolint:wrapcheck // each wraps it
		})
	if err != nil {
		return nil, fmt.Errorf("count records: %w", s.d.explain(err))
	}
	return out, nil
}

// SaveRuleSet keeps the source of a rule set under its digest; a set that is
// there already stays as it is.
func (s *Store) SaveRuleSet(ctx context.Context, set quarantine.RuleSet) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO rule_sets (organization, digest, at, source) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organization, digest) DO NOTHING`,
			s.scope.Organization, set.Digest.String(), micros(set.At), set.Source)
		return err //nolint:wrapcheck // wrapped below
	})
	if err != nil {
		return fmt.Errorf("save rule set: %w", s.d.explain(err))
	}
	return nil
}

// RuleSet finds the rule set that a verdict names, or ErrNotFound.
func (s *Store) RuleSet(ctx context.Context, digest email.Digest) (quarantine.RuleSet, error) {
	set := quarantine.RuleSet{Digest: digest}
	err := s.read.QueryRowContext(ctx, `SELECT at, source FROM rule_sets WHERE organization = $1 AND digest = $2`,
		s.scope.Organization, digest.String()).Scan(moment{&set.At}, &set.Source)
	if err = noRows(err, quarantine.ErrNotFound); err != nil {
		return set, fmt.Errorf("load rule set: %w", s.d.explain(err))
	}
	return set, nil
}
