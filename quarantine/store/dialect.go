package store

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

// dialect is all that differs between the engines. The SQL itself is one text.
type dialect struct {
	name  string
	goose goose.Dialect
	// open makes the handles to write and to read with; they may be one.
	open func(ctx context.Context, o Options) (write, read *sql.DB, err error)
	// forUpdate locks the rows a transaction reads; "" where transactions to
	// write exclude each other anyway.
	forUpdate string
	// skipLocked lets claims pass each other; "" likewise.
	skipLocked string
	// reading is the isolation under which several queries see one state.
	reading sql.IsolationLevel
	// migrate keeps two processes from migrating at once, where the file does not.
	migrate []goose.ProviderOption
	// recordsAtOnce is how many journal lines one INSERT takes: many where a call
	// is a round trip; where it is not, the shortest statement is the fastest.
	recordsAtOnce int
	// again tells an error after which the whole transaction is run again.
	again func(error) bool
	// explain wraps an error with what an operator can do.
	explain func(error) error
}
