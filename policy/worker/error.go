package worker

import (
	"context"
	"errors"

	"github.com/sekisho-mail/sekisho/policy"
)

// Cause says why a job came to nothing. The names are metric labels.
type Cause string

// Causes.
const (
	Timeout   Cause = "timeout"   // the deadline passed, in the queue or at work
	Memory    Cause = "memory"    // the worker took too much memory
	CPU       Cause = "cpu"       // the worker took too much CPU time
	Crashed   Cause = "crashed"   // the worker ended before it answered
	Panicked  Cause = "panicked"  // the handler panicked; the worker lives on
	Garbage   Cause = "garbage"   // the answer could not be read
	Lied      Cause = "lied"      // the answer could be read and cannot be true
	Oversize  Cause = "oversize"  // the mail or the answer is larger than allowed
	Cancelled Cause = "cancelled" // the caller went away
	BadBody   Cause = "body"      // the mail itself could not be read from its store
	NoStart   Cause = "start"     // no worker could be started
	Closed    Cause = "closed"    // the pool is closed

	// gaveWay: the job had no slow place to move to and is to be done again.
	gaveWay Cause = "gave way"
)

// Error is the only kind of error that Inspect and Render return.
type Error struct {
	Cause Cause
	Err   error // the private cause; never content of the mail
}

// Error names the cause.
func (e *Error) Error() string {
	if e.Err == nil {
		return "worker: " + string(e.Cause)
	}
	return "worker: " + string(e.Cause) + ": " + e.Err.Error()
}

// Unwrap gives the private cause.
func (e *Error) Unwrap() error { return e.Err }

// CauseOf is the Cause of an error from this package, "" for any other.
func CauseOf(err error) Cause {
	var e *Error
	if errors.As(err, &e) {
		return e.Cause
	}
	return ""
}

// ProblemOf is the Problem that a mail has whose inspection ended with err. It
// is NoProblem for nil only.
func ProblemOf(err error) policy.Problem {
	if err == nil {
		return policy.NoProblem
	}
	switch CauseOf(err) {
	case Timeout, CPU:
		return policy.TimedOut
	case Memory, Oversize:
		return policy.TooLarge
	case Crashed, Panicked, Garbage, Lied, Cancelled, BadBody, NoStart, Closed:
		return policy.Unreadable
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return policy.TimedOut
	}
	return policy.Unreadable
}

// failed makes the error of a context that ended.
func failed(ctx context.Context) *Error {
	if errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return &Error{Cause: Timeout, Err: context.DeadlineExceeded}
	}
	return &Error{Cause: Cancelled, Err: context.Canceled}
}
