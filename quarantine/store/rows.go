package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// querier is what a database and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func timeOf(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// jsonText encodes a plain column; "" stands for the zero value.
func jsonText(v any, zero bool) (string, error) {
	if zero {
		return "", nil
	}
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("encode column: %w", err)
	}
	return string(b), nil
}

// column decodes a plain JSON column as it is scanned.
type column struct{ to any }

// Scan implements sql.Scanner.
func (c column) Scan(src any) error {
	var b []byte
	switch v := src.(type) {
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		return fmt.Errorf("decode column: unexpected %T", src)
	}
	if len(b) == 0 {
		return nil
	}
	if err := json.Unmarshal(b, c.to); err != nil {
		return fmt.Errorf("decode column: %w", err)
	}
	return nil
}

// moment decodes a time column.
type moment struct{ to *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(src any) error {
	us, ok := src.(int64)
	if !ok {
		return fmt.Errorf("decode time: unexpected %T", src)
	}
	*m.to = timeOf(us)
	return nil
}

// truth decodes a 0/1 column.
type truth struct{ to *bool }

// Scan implements sql.Scanner.
func (t truth) Scan(src any) error {
	n, ok := src.(int64)
	if !ok {
		return fmt.Errorf("decode truth: unexpected %T", src)
	}
	*t.to = n != 0
	return nil
}

// address decodes an address column.
type address struct{ to *email.Address }

// Scan implements sql.Scanner.
func (a address) Scan(src any) error {
	v, ok := src.(string)
	if !ok {
		return fmt.Errorf("decode address: unexpected %T", src)
	}
	p, err := email.ParseAddress(v)
	if err != nil {
		return fmt.Errorf("decode address: %w", err)
	}
	*a.to = p
	return nil
}

// args numbers placeholders while a query is put together.
type args struct{ values []any }

// add returns the placeholder of one more value.
func (a *args) add(v any) string {
	a.values = append(a.values, v)
	return "$" + strconv.Itoa(len(a.values))
}

// list returns the placeholders of a list for IN (...).
func list[T any](a *args, values []T) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = a.add(v)
	}
	return strings.Join(out, ", ")
}

// each runs a query and scans every row.
func each(ctx context.Context, q querier, query string, values []any, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query, values...)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("query: %w", err)
	}
	return nil
}

// one asks of a statement that it hit exactly one row: one(tx.Exec(...))(miss)
// is nil, the statement's error, or miss.
func one(res sql.Result, err error) func(miss error) error { return all(res, err, 1) }

// all asks the same for several rows.
func all(res sql.Result, err error, want int) func(miss error) error {
	return func(miss error) error {
		if err != nil {
			return fmt.Errorf("execute: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil {
			return fmt.Errorf("count rows: %w", err)
		}
		if n != int64(want) {
			return miss
		}
		return nil
	}
}

// noRows turns "no row" into another error.
func noRows(err, miss error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return miss
	}
	return err
}
