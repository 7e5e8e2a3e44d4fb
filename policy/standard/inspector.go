package standard

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// Sizes of mails that are read without a worker, in octets. A large one waits for
// a lane, of which there are as many as processors: more of them at once would be
// no faster and take memory without bound.
const (
	inProcessLimit = 8 << 20
	largeMail      = 64 << 10
	// largeTime and largeCells are what reading a large one may take here before a
	// worker is asked, whose limits hold whatever happens. A mail of 5 MB takes 30 ms.
	largeTime  = 2 * time.Second
	largeCells = 300_000
)

// lane is the memory that one mail after the other is read into.
type lane struct {
	buf  []byte
	room mime.Room
}

// headerLimit bounds what is read of a mail whose worker failed.
const headerLimit = 256 << 10

// Workers is the pool of processes as the Inspector needs it.
type Workers interface {
	// Inspect reads body in a worker. An error means that no worker could; the
	// Problem says how that is shown.
	Inspect(ctx context.Context, job Job, body email.Body) (policy.Inspection, policy.Problem, error)
}

// Inspector reads mails for the engine: canonical text mail here, everything
// else in a worker process. It implements policy.Inspector.
type Inspector struct {
	Reader  *Reader
	Workers Workers
	// Domains are the organisation's own.
	Domains []string
	Limits  policy.Limits
	// Companions finds mails of the same sender to the same people in which the
	// password of an encrypted file may stand; nil knows none.
	Companions func(ctx context.Context, env email.Envelope, h policy.Header) ([][]byte, error)
	Log        *slog.Logger

	small  sync.Pool // of *lane
	open   sync.Once
	lanes  chan *lane
	frugal *Reader // for large mails
}

// mostInMail is how many findings of one type in one part the guard is told one by
// one: rules count, and a reason shows a few.
const mostInMail = 1000

// Inspect never fails: what could not be read is a Problem on the part "0".
func (i *Inspector) Inspect(ctx context.Context, env email.Envelope, body email.Body) policy.Inspection {
	job := Job{Mail: true, Sender: env.Sender, Recipients: env.Addresses(), Domains: i.Domains, Most: mostInMail}
	if in, ok := i.here(ctx, job, body); ok {
		return in
	}
	in, problem, err := i.Workers.Inspect(ctx, job, body)
	if err != nil {
		i.Log.Warn("mail could not be inspected", "mail", env.ID, "problem", string(problem), "error", err)
		return i.unread(body, problem)
	}
	return i.opened(ctx, job, env, body, in)
}

// opened reads a mail with an encrypted file once more when a mail is held that
// may tell its password. What was read at first stands when that does not work.
func (i *Inspector) opened(ctx context.Context, job Job, env email.Envelope, body email.Body, in policy.Inspection) policy.Inspection {
	shut := func(p policy.Part) bool { return p.Encrypted != policy.NotEncrypted }
	if i.Companions == nil || !slices.ContainsFunc(in.Parts, shut) {
		return in
	}
	var err error
	if job.Companions, err = i.Companions(ctx, env, in.Header); err != nil {
		i.Log.Warn("passwords in held mails could not be looked for", "mail", env.ID, "error", err)
	}
	if len(job.Companions) == 0 {
		return in
	}
	again, problem, err := i.Workers.Inspect(ctx, job, body)
	if err != nil {
		i.Log.Warn("encrypted file could not be tried with a held password", "mail", env.ID, "problem", string(problem), "error", err)
		return in
	}
	return again
}

// here reads a mail in this process if it may be. A mail that still waits for a
// lane when ctx ends goes on to the workers, which then say so.
func (i *Inspector) here(ctx context.Context, job Job, body email.Body) (policy.Inspection, bool) {
	switch size := body.Size(); {
	case size > inProcessLimit:
		return policy.Inspection{}, false
	case size <= largeMail:
		l, ok := i.small.Get().(*lane)
		if !ok {
			l = &lane{}
		}
		defer i.small.Put(l)
		return i.inProcess(ctx, i.Reader, job, body, l)
	}
	i.open.Do(func() {
		limits := i.Limits
		limits.Cells = min(limits.Cells, largeCells)
		i.frugal = i.Reader.within(limits)
		i.lanes = make(chan *lane, runtime.GOMAXPROCS(0))
		for range cap(i.lanes) {
			i.lanes <- &lane{}
		}
	})
	select {
	case l := <-i.lanes:
		defer func() { i.lanes <- l }()
		within, cancel := context.WithTimeout(ctx, largeTime)
		defer cancel()
		return i.inProcess(within, i.frugal, job, body, l)
	case <-ctx.Done():
		return policy.Inspection{}, false
	}
}

// inProcess reads canonical text mail; ok is false for any other, and for one that
// cannot be read to its end within what may be spent here, or on which reading
// panicked: a worker shall find out about those.
func (i *Inspector) inProcess(ctx context.Context, r *Reader, job Job, body email.Body, l *lane) (in policy.Inspection, ok bool) {
	defer func() {
		if p := recover(); p != nil {
			i.Log.Error("reading in process panicked", "panic", fmt.Sprintf("%T", p))
			in, ok = policy.Inspection{}, false
		}
	}()
	raw, err := l.read(body)
	if err != nil {
		return in, false
	}
	defer l.room.Release()
	reading := l.room.StrictOwn(raw, i.Limits)
	if !reading.IsSimple(inProcessLimit) {
		return in, false
	}
	in = r.InspectReading(ctx, job, reading)
	unread := func(p policy.Part) bool { return p.Problem != policy.NoProblem }
	return in, ctx.Err() == nil && !slices.ContainsFunc(in.Parts, unread)
}

// read fills the lane's memory. The bytes are good until its next read.
func (l *lane) read(body email.Body) ([]byte, error) {
	size := int(body.Size())
	if cap(l.buf) < size {
		l.buf = make([]byte, size+size/4)
	}
	raw := l.buf[:size]
	r, err := body.Open()
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	if _, err := io.ReadFull(r, raw); err != nil {
		return nil, fmt.Errorf("read body: %w", err)
	}
	return raw, nil
}

// unread is what is known of a mail that no worker could read: its header.
func (i *Inspector) unread(body email.Body, problem policy.Problem) policy.Inspection {
	in := policy.Inspection{
		Parts: []policy.Part{{Path: "0", Type: "message/rfc822", Size: body.Size(), Problem: problem}},
		Unknown: []policy.NotChecked{
			{Fact: "findings", Reason: string(problem)}, {Fact: "people", Reason: string(problem)},
			{Fact: "duty", Reason: string(problem)},
		},
	}
	head, err := HeaderOf(body)
	if err != nil {
		i.Log.Warn("header could not be read", "error", err)
		return in
	}
	in.Header = mime.Strict(head, i.Limits).Header
	return in
}

// HeaderOf reads the header block of a body, up to 256 KiB.
func HeaderOf(body email.Body) ([]byte, error) {
	r, err := body.Open()
	if err != nil {
		return nil, fmt.Errorf("open body: %w", err)
	}
	defer r.Close()
	head, err := io.ReadAll(io.LimitReader(r, headerLimit))
	if err != nil {
		return nil, fmt.Errorf("read header: %w", err)
	}
	if end := bytes.Index(head, []byte("\r\n\r\n")); end >= 0 {
		head = head[:end+4]
	}
	return head, nil
}
