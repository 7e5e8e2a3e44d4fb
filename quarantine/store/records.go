package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/quarantine"
)

func recordPlace(to []byte, sc quarantine.Scope, seq int64) []byte {
	to = append(to, "record"...)
	for _, n := range [...]int64{sc.Organization, sc.Node, sc.Segment, seq} {
		to = strconv.AppendInt(append(to, ' '), n, 10)
	}
	return to
}

// row is what one row of the table keeps: a line of the journal, or, of a mail that
// has passed, the line with its result and the one before the dot. Those two in one
// row take half of what two rows would.
type row struct{ line, intent *quarantine.Line }

// rowsOf puts the lines of a batch into rows. What is left of a mail in an earlier
// or later batch is a row of its own.
func rowsOf(lines []quarantine.Line) []row {
	intents := make(map[email.ID]int, len(lines)/2) // their places in out
	out := make([]row, 0, len(lines))
	for i := range lines {
		l := &lines[i]
		r := row{line: l}
		switch l.Entry.Stage {
		case "intent":
			intents[l.Entry.ID] = len(out)
		case "result":
			// One with facts of its own is about a release.
			if at, ok := intents[l.Entry.ID]; ok && l.Entry.Letter == nil && l.Entry.Direction == out[at].line.Entry.Direction {
				delete(intents, l.Entry.ID)
				r.intent, out[at].line = out[at].line, nil
			}
		}
		out = append(out, r)
	}
	return slices.DeleteFunc(out, func(r row) bool { return r.line == nil })
}

// InsertRecords writes drained journal lines of this node, in the order of their
// numbers. Lines up to the last one that is there are left out, so a drain that was
// cut short can be repeated.
func (s *Store) InsertRecords(ctx context.Context, lines []quarantine.Line) error {
	err := s.group.submit(ctx, func(ctx context.Context, tx *sql.Tx) error {
		last, err := s.lastRecord(ctx, tx)
		if err != nil {
			return err
		}
		fresh := lines
		for len(fresh) > 0 && fresh[0].Seq <= last {
			fresh = fresh[1:]
		}
		for rows := rowsOf(fresh); len(rows) > 0; {
			n := min(len(rows), s.d.recordsAtOnce)
			whole := len(rows) - len(rows)%n
			if err := s.insertRecords(ctx, tx, rows[:whole], n); err != nil {
				return err
			}
			rows = rows[whole:]
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("insert records: %w", s.d.explain(err))
	}
	return nil
}

// recordColumns is how many values a row has beside organisation, node and segment.
const recordColumns = 11

// insertRecords writes rows, n in each call of one prepared statement.
func (s *Store) insertRecords(ctx context.Context, tx *sql.Tx, rows []row, n int) error {
	// The driver would watch a context that can end with a goroutine for every
	// call; what is written is committed within the group's own time.
	ctx = context.WithoutCancel(ctx)
	var a args
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("(%d, %d, %d, %s)", s.scope.Organization, s.scope.Node, s.scope.Segment, list(&a, make([]any, recordColumns)))
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO records (organization, node, segment, seq, mail, hold, at, stage, direction, sender_key, action, hash, sealed, intent)
		VALUES `+strings.Join(values, ", "))
	if err != nil {
		return err //nolint:wrapcheck // the caller wraps it
	}
	defer insert.Close()
	var room recordRoom
	for ; len(rows) > 0; rows = rows[n:] {
		a.values, room.used = a.values[:0], room.used[:0]
		for _, r := range rows[:n] {
			a.values = s.recordValues(a.values, &room, r)
		}
		if _, err := insert.ExecContext(ctx, a.values...); err != nil {
			return err //nolint:wrapcheck // the caller wraps it
		}
	}
	return nil
}

// recordRoom is memory that the rows of one batch use again.
type recordRoom struct{ plain, place, used []byte }

// recordValues appends the columns of one row.
func (s *Store) recordValues(to []any, room *recordRoom, r row) []any {
	l, from := r.line, r.line // from is the line with the facts
	var intent int64
	hashes := l.Hash[:]
	text := l.Text
	if r.intent != nil {
		from, intent, hashes = r.intent, r.intent.Seq, append(slices.Clone(r.intent.Hash[:]), l.Hash[:]...)
		room.plain = append(append(append(append(append(room.plain[:0], '['), r.intent.Text...), ','), text...), ']')
		text = room.plain
	}
	sender := ""
	if from.Entry.Letter != nil {
		sender = from.Entry.Letter.Sender.Key()
	}
	room.place = recordPlace(room.place[:0], s.scope, l.Seq)
	begin := len(room.used)
	room.used = s.keys.wrapper.Append(room.used, text, room.place)
	return append(to, l.Seq, string(l.Entry.ID), string(l.Entry.Hold), micros(l.Entry.Time), l.Entry.Stage,
		l.Entry.Direction, sender, from.Entry.Action, hashes, room.used[begin:len(room.used):len(room.used)], intent)
}

// LastRecord is the highest journal sequence number of this node that is in the
// store, 0 without any: where a drain goes on.
func (s *Store) LastRecord(ctx context.Context) (int64, error) {
	n, err := s.lastRecord(ctx, s.read)
	if err != nil {
		return 0, fmt.Errorf("read last record: %w", s.d.explain(err))
	}
	return n, nil
}

func (s *Store) lastRecord(ctx context.Context, q querier) (n int64, err error) {
	err = q.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM records WHERE organization = $1 AND node = $2 AND segment = $3`,
		s.scope.Organization, s.scope.Node, s.scope.Segment).Scan(&n)
	return n, err //nolint:wrapcheck // the caller wraps it
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
