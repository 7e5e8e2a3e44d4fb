package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/quarantine"
)

// recordCursor is the last record that was told: its row, and whether what stands
// before it in the row is still to come.
type recordCursor struct {
	at, node, segment, seq int64
	half                   int64
}

func (c recordCursor) String() string {
	return fmt.Sprintf("%d.%d.%d.%d.%d", c.at, c.node, c.segment, c.seq, c.half)
}

func parseRecordCursor(s string) (recordCursor, error) {
	n, err := parseCursor(s, 5)
	if err != nil {
		return recordCursor{}, err
	}
	return recordCursor{n[0], n[1], n[2], n[3], n[4]}, nil
}

// parseCursor reads n numbers.
func parseCursor(s string, n int) ([]int64, error) {
	parts := strings.Split(s, ".")
	if len(parts) != n {
		return nil, fmt.Errorf("read cursor: %w", quarantine.ErrNotFound)
	}
	out := make([]int64, n)
	for i, p := range parts {
		var err error
		if out[i], err = strconv.ParseInt(p, 10, 64); err != nil {
			return nil, fmt.Errorf("read cursor: %w", quarantine.ErrNotFound)
		}
	}
	return out, nil
}

// recordsWhere selects the rows in which a record of the query stands.
func (s *Store) recordsWhere(a *args, q quarantine.RecordQuery) string {
	where := []string{"organization = " + a.add(s.scope.Organization)}
	also := func(ok bool, clause string, v any) {
		if ok {
			where = append(where, clause+a.add(v))
		}
	}
	also(q.Mail != "", "mail = ", q.Mail)
	also(q.Hold != "", "hold = ", q.Hold)
	also(!q.Sender.IsNull(), "sender_key = ", q.Sender.Key())
	also(!q.Since.IsZero(), "at >= ", micros(q.Since))
	also(!q.Till.IsZero(), "at < ", micros(q.Till))
	switch {
	case q.Stage == "intent":
		where = append(where, "(stage = 'intent' OR intent > 0)")
	case q.Stage == "result" && !q.Sender.IsNull():
		where = append(where, "stage = 'result' AND intent = 0")
	case q.Stage != "":
		also(true, "stage = ", q.Stage)
	}
	return strings.Join(where, " AND ")
}

// wants tells the records of a row that the query asks for: the line itself, and of
// a mail that has passed the one before the dot. Only a line with facts has a sender.
func wants(q quarantine.RecordQuery, both bool) (line, intent bool) {
	if !both {
		return true, false
	}
	return (q.Stage == "" || q.Stage == "result") && q.Sender.IsNull(), q.Stage == "" || q.Stage == "intent"
}

// Records lists journal lines, newest first. The two lines of a mail that has passed
// stand together, at the time of the second.
func (s *Store) Records(ctx context.Context, q quarantine.RecordQuery) ([]policy.Record, string, error) {
	limit := min(cmp.Or(max(q.Limit, 0), defaultLimit), 10*maxLimit)
	var a args
	where := s.recordsWhere(&a, q)
	var from recordCursor
	if q.Cursor != "" {
		var err error
		if from, err = parseRecordCursor(q.Cursor); err != nil {
			return nil, "", err
		}
		behind := "<"
		if from.half > 0 {
			behind = "<="
		}
		where += " AND (at, node, segment, seq) " + behind + " (" + list(&a, []int64{from.at, from.node, from.segment, from.seq}) + ")"
	}
	out := make([]policy.Record, 0, min(limit, defaultLimit))
	var next recordCursor
	err := each(ctx, s.read, `SELECT organization, node, segment, seq, at, intent, sealed FROM records WHERE `+where+
		` ORDER BY at DESC, node DESC, segment DESC, seq DESC LIMIT `+a.add(limit), a.values, func(r *sql.Rows) error {
		if len(out) == limit {
			return nil
		}
		var sc quarantine.Scope
		var seq, at, intent int64
		var shut []byte
		if err := r.Scan(&sc.Organization, &sc.Node, &sc.Segment, &seq, &at, &intent, &shut); err != nil {
			return err //nolint:wrapcheck // each wraps it
		}
		records, err := s.openRow(sc, seq, intent, shut)
		if err != nil {
			return err
		}
		line, before := wants(q, intent > 0)
		if half := (recordCursor{at, sc.Node, sc.Segment, seq, 1}); half == from {
			line = false // it was told
		}
		if line {
			out, next = append(out, records[0]), recordCursor{at, sc.Node, sc.Segment, seq, 0}
		}
		switch {
		case before && len(out) < limit:
			out, next = append(out, records[1]), recordCursor{at, sc.Node, sc.Segment, seq, 0}
		case before:
			next.half = 1
		}
		return nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("list records: %w", s.d.explain(err))
	}
	if len(out) < limit {
		return out, "", nil
	}
	return out, next.String(), nil
}

// openRow is the records of a row, the newest first.
func (s *Store) openRow(sc quarantine.Scope, seq, intent int64, shut []byte) ([]policy.Record, error) {
	place := string(recordPlace(nil, sc, seq))
	if intent == 0 {
		out := make([]policy.Record, 1)
		return out, s.keys.unwrap(shut, place, &out[0])
	}
	var out []policy.Record
	err := s.keys.unwrap(shut, place, &out)
	if err == nil && len(out) != 2 {
		err = fmt.Errorf("decode %s: it has %d lines", place, len(out))
	}
	slices.Reverse(out)
	return out, err
}

// CountRecords counts outgoing journal lines by stage and action.
func (s *Store) CountRecords(ctx context.Context, q quarantine.RecordQuery) ([]quarantine.RecordCount, error) {
	var a args
	where := s.recordsWhere(&a, quarantine.RecordQuery{Sender: q.Sender, Since: q.Since, Till: q.Till})
	type key struct{ stage, action string }
	counts := map[key]int64{}
	err := each(ctx, s.read, "SELECT stage, action, intent > 0, COUNT(*) FROM records WHERE "+where+" AND direction <> 'in' GROUP BY stage, action, intent > 0",
		a.values, func(r *sql.Rows) error {
			var k key
			var both bool
			var n int64
			if err := r.Scan(&k.stage, &k.action, &both, &n); err != nil {
				return err //nolint:wrapcheck // each wraps it
			}
			line, intent := wants(quarantine.RecordQuery{Sender: q.Sender}, both)
			switch {
			case !both:
				counts[k] += n
			case line:
				counts[key{stage: k.stage}] += n // the action is the intent's
			}
			if intent {
				counts[key{"intent", k.action}] += n
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("count records: %w", s.d.explain(err))
	}
	var out []quarantine.RecordCount
	for k, n := range counts {
		out = append(out, quarantine.RecordCount{Stage: k.stage, Action: k.action, Count: n})
	}
	slices.SortFunc(out, func(a, b quarantine.RecordCount) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Action, b.Action))
	})
	return out, nil
}
