package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// watchEvery is how often a worker's memory and CPU time are looked at; jobs
// that end before the first time are not looked at, which is nearly all.
const watchEvery = 20 * time.Millisecond

// run does one job with w. begun is false when w was dead before it took the
// job, so that it may be tried again. After any error but Panicked w is unusable.
func (p *Pool) run(ctx context.Context, w *process, req request, body email.Body) (a answer, begun bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	deadline := newPausing(p.o.Deadline, p.o.Now, func() { cancel(context.DeadlineExceeded) })
	defer deadline.timer.Stop()
	stop := make(chan struct{})
	killed := make(chan *Error, 1)
	go func() { killed <- p.watch(ctx, w, req.Size, stop) }()

	begun, err = send(w.in, req, body)
	var frame []byte
	if err == nil {
		frame, err = p.read(ctx, req, &desk{p: p, w: w, deadline: deadline, left: p.o.ServiceTime})
	}
	close(stop)
	if k := <-killed; k != nil {
		return answer{}, true, k
	}
	var own *Error
	switch {
	case err == nil:
	case errors.As(err, &own):
		return answer{}, begun, own
	case errors.Is(err, errFrameTooLong):
		return answer{}, true, &Error{Cause: Oversize, Err: errors.New("answer is longer than allowed")}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return answer{}, true, &Error{Cause: Crashed, Err: errors.New("no answer")}
	default:
		return answer{}, true, &Error{Cause: Crashed, Err: err}
	}
	a, err = p.check(frame, req)
	return a, true, err
}

// read gives the answer's frame; questions that come before it are answered.
func (p *Pool) read(ctx context.Context, req request, d *desk) ([]byte, error) {
	for {
		frame, err := readFrame(d.w.out, p.o.MaxAnswer)
		if err != nil {
			return nil, err
		}
		var a answer
		if len(frame) > maxQuestion || decodeStrict(frame, &a) != nil || a.Ask == nil {
			return frame, nil
		}
		if a != (answer{ID: req.ID, Ask: a.Ask}) {
			return nil, &Error{Cause: Garbage, Err: errors.New("question of another job")}
		}
		if err := d.serve(ctx, *a.Ask); err != nil {
			return nil, err
		}
	}
}

// maxQuestion is more than the head of a question takes.
const maxQuestion = 1 << 10

// check decodes and verifies an answer.
func (p *Pool) check(frame []byte, req request) (answer, error) {
	var a answer
	if err := decodeStrict(frame, &a); err != nil {
		// The decoder's words may quote the answer.
		return answer{}, &Error{Cause: Garbage, Err: errors.New("answer is not as it should be")}
	}
	set := 0
	for _, is := range [...]bool{a.Ask != nil, a.Heavy, a.Error != "", a.Inspection != nil, a.Rendering != nil} {
		if is {
			set++
		}
	}
	switch {
	case a.ID != req.ID || set != 1 || a.Ask != nil || a.Heavy && req.Heavy:
		return answer{}, &Error{Cause: Garbage, Err: errors.New("answer to another question")}
	case a.Heavy:
		return a, nil
	case a.Error != "":
		return answer{}, &Error{Cause: Panicked}
	case (a.Inspection != nil) != (req.Verb == inspect):
		return answer{}, &Error{Cause: Garbage, Err: errors.New("answer to another verb")}
	}
	v := verifier{limits: p.o.Limits}
	if a.Inspection != nil {
		v.inspection(a.Inspection)
	} else {
		v.rendering(a.Rendering)
	}
	if v.err != nil {
		return answer{}, &Error{Cause: Lied, Err: v.err}
	}
	return a, nil
}

// watch kills the worker when the context or the pool ends or a limit is
// passed, and says why; nil when stop came first.
func (p *Pool) watch(ctx context.Context, w *process, size int64, stop <-chan struct{}) *Error {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	var start usage
	known := false
	for {
		select {
		case <-stop:
			return nil
		case <-ctx.Done():
			w.kill()
			return failed(ctx)
		case <-p.ctx.Done():
			w.kill()
			return &Error{Cause: Closed}
		case <-tick.C:
		}
		u, err := w.usage()
		if err != nil {
			continue // it has just ended, which the reader sees
		}
		if !known {
			start, known = u, true
		}
		memory, cpu := p.o.MemoryLimit+size, p.o.CPULimit
		if w.heavy {
			memory, cpu = memory+p.o.HeavyMemory, cpu+p.o.HeavyCPU
		}
		switch {
		case u.resident > memory:
			w.kill()
			return &Error{Cause: Memory, Err: fmt.Errorf("%d MiB", u.resident>>20)}
		case u.cpu-start.cpu > cpu:
			w.kill()
			return &Error{Cause: CPU, Err: fmt.Errorf("%s", u.cpu-start.cpu)}
		}
	}
}
