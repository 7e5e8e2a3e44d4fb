package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"
)

// maxGroup is how many writes share a commit.
const maxGroup = 64

// commitTimeout bounds one transaction; a database that hangs longer is away.
const commitTimeout = 30 * time.Second

// job is one write of a group. lead is closed when its caller has to commit the
// next group, done when it is committed or failed.
type job struct {
	do   func(context.Context, *sql.Tx) error
	err  error
	lead chan struct{}
	done chan struct{}
}

// group lets concurrent writers share transactions. The first caller becomes the
// leader and commits what has gathered; whoever comes meanwhile waits for the
// next group, which one of them leads. There is no goroutine to stop.
type group struct {
	run func(ctx context.Context, jobs []*job)

	mu      sync.Mutex
	waiting []*job
	busy    bool
}

// submit returns when the write is durable or has failed for sure. A write whose
// context ends before its group begins is not done; after that it is waited for,
// so that a caller never takes a committed write for a failed one.
func (g *group) submit(ctx context.Context, do func(context.Context, *sql.Tx) error) error {
	j := &job{lead: make(chan struct{}), done: make(chan struct{})}
	j.do = func(tctx context.Context, tx *sql.Tx) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return do(tctx, tx)
	}
	g.mu.Lock()
	g.waiting = append(g.waiting, j)
	if !g.busy {
		g.busy = true
		close(j.lead)
	}
	g.mu.Unlock()
	select {
	case <-j.done:
		return j.err
	case <-j.lead:
		g.serve(ctx)
	}
	<-j.done
	return j.err
}

// serve commits one group, which contains the leader's own write, and hands on.
func (g *group) serve(ctx context.Context) {
	g.mu.Lock()
	n := min(len(g.waiting), maxGroup)
	jobs := g.waiting[:n:n]
	g.waiting = append([]*job(nil), g.waiting[n:]...)
	g.mu.Unlock()
	for _, j := range jobs {
		j.err = errors.New("store: the write was not reached")
	}
	defer func() { // also on a panic: nobody may wait for ever
		for _, j := range jobs {
			close(j.done)
		}
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.busy = len(g.waiting) > 0; g.busy {
			close(g.waiting[0].lead)
		}
	}()
	tctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), commitTimeout)
	defer cancel()
	g.run(tctx, jobs)
}

// againTries bounds how often a transaction is repeated after a deadlock or
// serialisation failure.
const againTries = 5

// commit runs the jobs in one transaction, each in a savepoint. When the
// database asks for it, all of them are run again.
func (s *Store) commit(ctx context.Context, jobs []*job) {
	for try := 1; ; try++ {
		err := s.commitOnce(ctx, jobs)
		if err == nil {
			return
		}
		if try < againTries && s.d.again(err) {
			continue
		}
		for _, j := range jobs {
			j.err = fmt.Errorf("write store: %w", s.d.explain(err))
		}
		return
	}
}

func (s *Store) commitOnce(ctx context.Context, jobs []*job) error {
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	for _, j := range jobs {
		if len(jobs) == 1 {
			// Alone, its own error ends the transaction; no savepoint is needed.
			if j.err = j.do(ctx, tx); j.err != nil {
				if s.d.again(j.err) {
					return j.err
				}
				return nil
			}
			break
		}
		if _, err := tx.ExecContext(ctx, "SAVEPOINT job"); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
		if j.err = j.do(ctx, tx); j.err != nil {
			if s.d.again(j.err) {
				return j.err
			}
			if _, err := tx.ExecContext(ctx, "ROLLBACK TO SAVEPOINT job"); err != nil {
				return fmt.Errorf("roll back: %w", err)
			}
		}
		if _, err := tx.ExecContext(ctx, "RELEASE SAVEPOINT job"); err != nil {
			return fmt.Errorf("release: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
