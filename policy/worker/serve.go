package worker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

// Job is what a handler gets in the child.
type Job struct {
	// Kind tells a mail from a plain file, Name is the file's name.
	Kind Kind
	Name string
	// Hints is what the caller gave, as JSON (own domains, passwords to try).
	Hints json.RawMessage
	// Limits bound what the inspection may cost.
	Limits policy.Limits
	// Body is the whole mail or file. It belongs to the handler, which may change it.
	Body []byte
	// Heavy is to be called before heavy work (a PDF engine). False means that this
	// child is not the one for it: the handler ends, whatever it answers, and the job
	// is done again by one that is.
	Heavy func() bool
	// Services are the names that Ask knows.
	Services []string
	// Ask has something done by a service of the parent's; it waits for the reply.
	// It is not for use by several goroutines.
	Ask func(service, typ string, data []byte) Reply
}

// Handler does the work in the child. The context ends shortly before the
// parent would kill the process, so that a handler can still say what it knows.
type Handler struct {
	Inspect func(ctx context.Context, job Job) policy.Inspection
	Render  func(ctx context.Context, job Job) policy.Rendering
	// Read are files and folders that the handler reads while it works. There are
	// none by default: no file can be opened then.
	Read []string
	// Programs are programs the handler starts, and what those read (libraries,
	// data). There are none by default: no process can be started then.
	Programs []string
	// Prepare makes the heavy parts ready, in a child that is to have them, before
	// anything is given up.
	Prepare func()
}

// largeBody is from where on memory is given back at once after a job.
const largeBody = 8 << 20

// ordinaryBody is larger than nearly all mails without an attachment, listBody than
// all but long lists and pictures.
const (
	ordinaryBody = 64 << 10
	listBody     = 512 << 10
)

// Tune sets how much garbage may stand beside what is in use, in a process that
// is about to read so many octets: little beside a large mail, whose bytes are
// most of the memory and cost nothing to look through; the usual amount beside a
// small one, where time counts.
func Tune(size int64) { new(tuning).garbage(size) }

// tuning is how the collector is set; each change stops all threads.
type tuning struct {
	percent int
	memory  int64
}

func (t *tuning) garbage(size int64) {
	percent := 100
	switch {
	case size > listBody:
		percent = 15
	case size > ordinaryBody:
		percent = 40
	}
	if percent != t.percent {
		debug.SetGCPercent(percent)
		t.percent = percent
	}
}

func (t *tuning) limit(memory int64) {
	if memory != t.memory {
		debug.SetMemoryLimit(memory)
		t.memory = memory
	}
}

// Run is the whole life of a child process: it gives up what a worker does not
// need and serves its standard input until that ends. The result is the exit
// status. heavy tells a child that is to have the heavy parts. The process must
// have been started by a Pool and have done nothing else before.
func Run(h Handler, heavy bool) int {
	in, out := os.Stdin, os.Stdout
	os.Stdout = os.Stderr // nobody else may write into the protocol
	if heavy && h.Prepare != nil {
		h.Prepare()
	}
	_ = HandBack() // without it a worker is larger, and as good
	if err := confine(h.Read, h.Programs); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		return 3
	}
	if err := Serve(in, out, h); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		return 4
	}
	return 0
}

// Serve answers requests until in ends. A panic of the handler is an answer; an
// error means that the parent no longer speaks the protocol.
func Serve(in io.Reader, out io.Writer, h Handler) error {
	s := &server{in: bufio.NewReaderSize(in, smallFrame), out: out, h: h}
	s.patience = newPatience()
	defer s.patience.end()
	for {
		var err error
		if s.frame, err = readFrame(s.in, s.frame, maxHead); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		var req request
		if err := decode(s.frame, &req); err != nil {
			return fmt.Errorf("read request: %w", err)
		}
		s.tuning.garbage(req.Size)
		a, err := s.one(&req)
		if err != nil {
			return err
		}
		s.frame = appendFrame(s.frame[:0], &a)
		if _, err := out.Write(s.frame); err != nil {
			return fmt.Errorf("write answer: %w", err)
		}
		if cap(s.frame) > 4*smallFrame {
			s.frame = nil
		}
		if req.Size > largeBody {
			debug.FreeOSMemory()
		}
	}
}

// server is a child at work.
type server struct {
	in       io.Reader
	out      io.Writer
	h        Handler
	frame    []byte // room for small ones
	tuning   tuning
	patience *patience
}

func (s *server) one(req *request) (answer, error) {
	limitSelf(req)
	s.tuning.limit(req.goMemory())
	body := make([]byte, req.Size)
	if _, err := io.ReadFull(s.in, body); err != nil {
		return answer{}, fmt.Errorf("read body: %w", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	s.patience.start(cancel, req)
	defer s.patience.stop()
	var elsewhere atomic.Bool
	job := Job{Kind: req.Kind, Name: req.Name, Hints: req.Hints, Limits: req.Limits, Body: body, Services: req.Services}
	job.Heavy = func() bool {
		if !req.Heavy {
			elsewhere.Store(true)
			cancel()
		}
		return req.Heavy
	}
	asker := &asker{in: s.in, out: s.out, id: req.ID}
	job.Ask = func(service, typ string, data []byte) Reply {
		// Time at a service does not count; the parent has the exact account.
		s.patience.pause(true)
		defer s.patience.pause(false)
		return asker.ask(service, typ, data)
	}
	a := handle(ctx, req, job, s.h)
	// The handler may have threads that outlive its answer: none of them may write
	// behind it.
	if err := asker.close(); err != nil {
		return answer{}, err
	}
	if elsewhere.Load() {
		return answer{ID: req.ID, Heavy: true}, nil
	}
	return a, nil
}

// handle calls the handler. What it panicked with stays here, since it may be
// content of the mail.
func handle(ctx context.Context, req *request, job Job, h Handler) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{ID: req.ID, Error: "handler panicked"}
		}
	}()
	a = answer{ID: req.ID}
	switch {
	case req.Verb == inspect && h.Inspect != nil:
		got := h.Inspect(ctx, job)
		a.Inspection = &got
	case req.Verb == render && h.Render != nil:
		got := h.Render(ctx, job)
		a.Rendering = &got
	default:
		a.Error = "unknown verb"
	}
	return a
}

// minTime keeps a request without figures from limiting everything to nothing.
const minTime = time.Second

// processorTime is how much the job may take.
func (r *request) processorTime() time.Duration {
	budget := max(r.CPU, minTime)
	if r.Heavy {
		budget += r.HeavyCPU
	}
	return budget
}

// goMemory is what the collector keeps below: three quarters of what the process may
// have, since the rest is for the program itself, stacks, and what is taken before the
// collector is done. The heavy parts have most of their memory beside the collector's.
func (r *request) goMemory() int64 {
	if r.Memory <= 0 {
		return math.MaxInt64
	}
	limit := r.Memory/4*3 + max(0, r.Size-ordinaryMail)
	if r.Heavy {
		limit += r.HeavyMemory / 4
	}
	return limit
}
