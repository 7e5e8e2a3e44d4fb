package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
)

// Options make a Pool. Zero values mean the default that is given.
type Options struct {
	// Command is the program and arguments of a child, usually
	// {"/proc/self/exe", "worker"}; the program must call Run.
	Command []string
	// Env is the whole environment of a child; empty by default.
	Env []string
	// Size is how many children may work at once (2).
	Size int
	// Deadline bounds one job at work in wall time (30 s). Waiting for a free
	// worker is bounded by the caller's context alone.
	Deadline time.Duration
	// CPULimit bounds the CPU time of one job (5 s).
	CPULimit time.Duration
	// MemoryLimit bounds a child's resident memory in octets, with a mail of up to
	// 64 MiB in it and beside what a mail is larger (256 MiB).
	MemoryLimit int64
	// HeavyArgs are added to Command for a child with the heavy parts ({"--heavy"});
	// HeavySize is how many of those there may be (1). They are started when the first
	// heavy job (a PDF) comes, and then stay.
	HeavyArgs []string
	HeavySize int
	// HeavyCPU and HeavyMemory are what such a child may take on top of CPULimit and
	// MemoryLimit (45 s, 256 MiB). Its Deadline is longer by twice HeavyCPU, for a machine
	// that has other work.
	HeavyCPU    time.Duration
	HeavyMemory int64
	// SlowSize is how many jobs may work beside those of Size and HeavySize once they
	// have taken SlowAfter of processor time (a mail with a PDF four times as much)
	// while others waited for their place (1; 500 ms). Such a job gets a low priority,
	// or is done again from its beginning when there is no place for it. SlowSize below
	// 0 leaves every job where it is.
	SlowSize  int
	SlowAfter time.Duration
	// Services are what children may ask for, by name. ServiceTime is how long all of
	// them may take for one job (60 s), which does not count towards Deadline; MaxAsk
	// bounds the octets of one question (64 MiB).
	Services    map[string]Service
	ServiceTime time.Duration
	MaxAsk      int64
	// MaxBody bounds a mail in octets (256 MiB), MaxAnswer what comes back (32 MiB).
	MaxBody, MaxAnswer int64
	// MaxJobs is after how many jobs a child is replaced (500).
	MaxJobs int
	// Limits are handed to the handler, and bound what an answer may say
	// (policy.DefaultLimits).
	Limits policy.Limits
	// Files are handed to each child, which finds them with Inherited; nil for
	// none. Replace changes them.
	Files []*os.File
	// KeepNetwork leaves children in the network namespace of the parent.
	KeepNetwork bool
	// Now is the clock of the metrics.
	Now        func() time.Time
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

func (o Options) withDefaults() Options {
	set := func(p *int64, v int64) {
		if *p <= 0 {
			*p = v
		}
	}
	duration := func(p *time.Duration, v time.Duration) {
		if *p <= 0 {
			*p = v
		}
	}
	if o.Size <= 0 {
		o.Size = 2
	}
	if o.HeavySize <= 0 {
		o.HeavySize = 1
	}
	if o.HeavyArgs == nil {
		o.HeavyArgs = []string{"--heavy"}
	}
	if o.SlowSize == 0 {
		o.SlowSize = 1
	}
	duration(&o.SlowAfter, 500*time.Millisecond)
	duration(&o.ServiceTime, time.Minute)
	set(&o.MaxAsk, 64<<20)
	if o.MaxJobs <= 0 {
		o.MaxJobs = 500
	}
	if o.Limits == (policy.Limits{}) {
		o.Limits = policy.DefaultLimits()
	}
	duration(&o.Deadline, 30*time.Second)
	duration(&o.CPULimit, 5*time.Second)
	duration(&o.HeavyCPU, 45*time.Second)
	set(&o.HeavyMemory, 256<<20)
	set(&o.MemoryLimit, 256<<20)
	set(&o.MaxBody, 256<<20)
	set(&o.MaxAnswer, 32<<20)
	return o
}

// Request is one mail or file to look at.
type Request struct {
	Kind Kind
	// Name is the file's name; "" for a mail that came by SMTP.
	Name string
	// Hints is anything that encodes to JSON; the handler knows its shape.
	Hints any
	Body  email.Body
}

// Pool hands jobs to child processes. It is safe for concurrent use.
type Pool struct {
	o       Options
	m       *metrics
	starter *starter
	ids     atomic.Uint64
	// light does every job first, heavy those that it hands back.
	light, heavy *lane
	// slow are the places of slow jobs of both.
	slow  chan struct{}
	watch *watchman

	ctx    context.Context // ends with Close
	cancel context.CancelCauseFunc
	work   sync.WaitGroup // jobs and background starts

	unfiltered sync.Once // tells it

	mu         sync.Mutex
	closed     bool
	files      []*os.File
	generation int // of the files
}

// New makes a pool and starts its first worker in the background.
func New(o Options) (*Pool, error) {
	o = o.withDefaults()
	if len(o.Command) == 0 || o.Now == nil || o.Log == nil || o.Registerer == nil {
		return nil, errors.New("worker: Command, Now, Log and Registerer are needed")
	}
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, err
	}
	p := &Pool{o: o, m: m, starter: newStarter(), files: o.Files, light: &lane{slots: make(chan struct{}, o.Size)},
		heavy: &lane{heavy: true, slots: make(chan struct{}, o.HeavySize)}, slow: make(chan struct{}, max(0, o.SlowSize)),
		watch: newWatchman(o.Now)}
	if !reachesAllThreads() {
		o.Log.Warn("workers may keep files within reach: this program was built with cgo; build it with CGO_ENABLED=0")
	}
	p.ctx, p.cancel = context.WithCancelCause(context.Background())
	p.warm()
	return p, nil
}

// Close kills all workers and waits until nothing of the pool is left. Calls at
// work return with the cause Closed. It may be called more than once.
func (p *Pool) Close() {
	p.mu.Lock()
	was := p.closed
	p.closed = true
	p.mu.Unlock()
	if was {
		<-p.starter.done
		return
	}
	p.cancel(errClosed)
	p.watch.close()
	p.work.Wait()
	for _, l := range []*lane{p.light, p.heavy} {
		for _, w := range l.idle {
			w.end()
		}
		l.idle = nil
	}
	p.starter.stop()
}

var errClosed = errors.New("pool is closed")

// Inspect has the mail inspected. The error is an *Error.
func (p *Pool) Inspect(ctx context.Context, r Request) (policy.Inspection, error) {
	a, err := p.do(ctx, inspect, r)
	if err != nil {
		return policy.Inspection{}, err
	}
	return *a.Inspection, nil
}

// Render asks for the raw view; the caller has checked and audited that the
// viewer may see it. The error is an *Error.
func (p *Pool) Render(ctx context.Context, r Request) (policy.Rendering, error) {
	a, err := p.do(ctx, render, r)
	if err != nil {
		return policy.Rendering{}, err
	}
	return *a.Rendering, nil
}

func (p *Pool) do(ctx context.Context, v verb, r Request) (answer, error) {
	if !p.enter() {
		return answer{}, &Error{Cause: Closed}
	}
	defer p.work.Done()
	begin := p.o.Now()
	a, err := p.queue(ctx, v, r)
	result := "ok"
	if err != nil {
		result = string(CauseOf(err))
	}
	p.m.jobs.WithLabelValues(string(v), result).Inc()
	p.m.seconds.WithLabelValues(string(v)).Observe(p.o.Now().Sub(begin).Seconds())
	return a, err
}

func (p *Pool) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.work.Add(1)
	return true
}

// queue has the job done, a second time by a child with the heavy parts when the
// first one hands it back.
func (p *Pool) queue(ctx context.Context, v verb, r Request) (answer, error) {
	req, err := p.head(v, r)
	if err != nil {
		return answer{}, err
	}
	a, err := p.inLane(ctx, p.light, req, r.Body)
	if err == nil && a.Heavy {
		req.Heavy = true
		return p.inLane(ctx, p.heavy, req, r.Body)
	}
	return a, err
}

// inLane waits for a place and does the job; once more when it had to give way.
func (p *Pool) inLane(ctx context.Context, l *lane, req request, body email.Body) (answer, error) {
	at := &place{lane: l, slow: p.slow}
	for {
		if err := at.take(ctx, p.ctx.Done()); err != nil {
			return answer{}, err
		}
		p.m.busy.Inc()
		a, err := p.inPlace(ctx, at, req, body)
		p.m.busy.Dec()
		at.leave()
		if CauseOf(err) != gaveWay {
			return a, err
		}
		at.aside = true
	}
}

// inPlace does the job, a second time when the worker turned out to have died in
// its sleep.
func (p *Pool) inPlace(ctx context.Context, at *place, req request, body email.Body) (answer, error) {
	for try := 0; ; try++ {
		w, err := p.take(at.lane)
		if err != nil {
			return answer{}, err
		}
		a, begun, err := p.run(ctx, w, at, &req, body)
		p.giveBack(at.lane, w, err)
		if begun || err == nil || try > 0 {
			return a, err
		}
	}
}

func (p *Pool) head(v verb, r Request) (request, error) {
	req := request{ID: p.ids.Add(1), Verb: v, Kind: r.Kind, Name: r.Name, Limits: p.o.Limits,
		Time: p.o.Deadline, CPU: p.o.CPULimit, Memory: p.o.MemoryLimit,
		HeavyCPU: p.o.HeavyCPU, HeavyMemory: p.o.HeavyMemory, Size: r.Body.Size(),
		Services: slices.Sorted(maps.Keys(p.o.Services))}
	if req.Size > p.o.MaxBody || req.Size < 0 {
		return req, &Error{Cause: Oversize, Err: fmt.Errorf("mail of %d octets", req.Size)}
	}
	if r.Hints != nil {
		b, err := json.Marshal(r.Hints)
		if err != nil {
			return req, &Error{Cause: BadBody, Err: fmt.Errorf("encode hints: %w", err)}
		}
		req.Hints = b
	}
	return req, nil
}

// take gives a living worker, a new one when none is idle.
func (p *Pool) take(l *lane) (*process, error) {
	for {
		p.mu.Lock()
		if len(l.idle) == 0 {
			p.mu.Unlock()
			return p.startOne(l)
		}
		w := l.idle[len(l.idle)-1]
		l.idle = l.idle[:len(l.idle)-1]
		p.mu.Unlock()
		if w.alive() {
			return w, nil
		}
		p.m.kills.WithLabelValues("died idle").Inc()
		w.end()
	}
}

func (p *Pool) startOne(l *lane) (*process, error) {
	p.mu.Lock()
	files, generation := p.files, p.generation
	p.mu.Unlock()
	command := p.o.Command
	if l.heavy {
		command = slices.Concat(command, p.o.HeavyArgs)
	}
	w, err := p.starter.start(command, p.o.Env, files, p.o.KeepNetwork)
	if err != nil {
		p.o.Log.Error("worker could not be started", "error", err)
		return nil, &Error{Cause: NoStart, Err: err}
	}
	w.heavy = l.heavy
	p.m.starts.Inc()
	w.generation = generation
	return w, nil
}

// Replace gives other files to all children from now on: those that are idle are
// ended, those at work after their job.
func (p *Pool) Replace(files []*os.File) {
	p.mu.Lock()
	old := slices.Concat(p.light.idle, p.heavy.idle)
	p.light.idle, p.heavy.idle, p.files = nil, nil, files
	p.generation++
	p.mu.Unlock()
	for _, w := range old {
		w.end()
	}
	p.warm()
}

// rest makes w idle; false when it has other files than children shall have now.
func (p *Pool) rest(l *lane, w *process) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if w.generation != p.generation {
		return false
	}
	l.idle = append(l.idle, w)
	return true
}

// giveBack keeps a sound worker for the next job and replaces any other.
func (p *Pool) giveBack(l *lane, w *process, err error) {
	cause := CauseOf(err)
	keep := err == nil || cause == Panicked
	if w.jobs++; w.jobs == 1 && keep && !w.filtered() {
		p.unfiltered.Do(func() {
			p.o.Log.Warn("workers run without a filter of system calls: the kernel or the container does not allow one")
		})
	}
	if keep && !w.aside && w.jobs < p.o.MaxJobs && p.rest(l, w) {
		return
	}
	w.end()
	if !keep {
		p.m.kills.WithLabelValues(string(cause)).Inc()
		p.o.Log.Warn("worker was killed", "cause", string(cause), "error", err, "where", w.stderr.where())
	}
	p.warm()
}

// warm starts a worker in the background when none is idle.
func (p *Pool) warm() {
	if !p.enter() {
		return
	}
	go func() {
		defer p.work.Done()
		p.mu.Lock()
		need := len(p.light.idle) == 0 && len(p.light.slots) < p.o.Size
		p.mu.Unlock()
		if !need {
			return
		}
		if w, err := p.startOne(p.light); err == nil && !p.rest(p.light, w) {
			w.end()
			p.warm()
		}
	}()
}
