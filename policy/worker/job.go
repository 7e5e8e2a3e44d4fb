package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/sekisho-mail/sekisho/policy/email"
)

// run does one job with w. begun is false when w was dead before it took the
// job, so that it may be tried again. After any error but Panicked w is unusable.
func (p *Pool) run(ctx context.Context, w *process, at *place, req *request, body email.Body) (a answer, begun bool, err error) {
	job := p.watched(ctx, w, at, req)
	if err := p.watch.watch(job); err != nil {
		return answer{}, true, err
	}
	begun, err = w.send(req, body)
	if err == nil {
		a, err = p.read(ctx, req, &desk{p: p, w: w, job: job, left: p.o.ServiceTime})
	}
	if k := job.end(); k != nil {
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
	a, err = p.check(a, req)
	return a, true, err
}

// ordinaryMail is how large a mail may be that MemoryLimit has room for.
const ordinaryMail = 64 << 20

// watched is the job with its limits.
func (p *Pool) watched(ctx context.Context, w *process, at *place, req *request) *watched {
	used := w.cpu()
	j := &watched{ctx: ctx, w: w, lane: at, deadline: p.o.Now().Add(p.o.Deadline),
		memory: p.o.MemoryLimit + max(0, req.Size-ordinaryMail), cpu: used + p.o.CPULimit, slow: used + p.o.SlowAfter}
	if w.heavy {
		j.memory, j.cpu, j.slow = j.memory+p.o.HeavyMemory, j.cpu+p.o.HeavyCPU, used+4*p.o.SlowAfter
		j.deadline = j.deadline.Add(2 * p.o.HeavyCPU)
	}
	j.cpu -= time.Duration(float64(j.cpu-used) * hurry)
	return j
}

// send writes the job to the worker, a small one in one piece. begun is false when
// not one octet was taken.
func (w *process) send(req *request, body email.Body) (begun bool, err error) {
	src, err := body.Open()
	if err != nil {
		return true, &Error{Cause: BadBody, Err: err}
	}
	defer src.Close()
	w.frame = appendFrame(w.frame[:0], req)
	whole := req.Size <= smallFrame
	if whole {
		head := len(w.frame)
		w.frame = slices.Grow(w.frame, int(req.Size))[:head+int(req.Size)]
		if _, err := io.ReadFull(src, w.frame[head:]); err != nil {
			return true, &Error{Cause: BadBody, Err: err}
		}
	}
	if n, err := w.in.Write(w.frame); err != nil {
		return n > 0, &Error{Cause: Crashed, Err: err}
	}
	if cap(w.frame) > 4*smallFrame {
		w.frame = nil // hints may be long
	}
	if whole {
		return true, nil
	}
	from := &countingReader{r: src}
	n, err := io.CopyN(w.in, from, req.Size)
	switch {
	case err == nil:
		return true, nil
	case from.err != nil || n < req.Size && errors.Is(err, io.EOF):
		return true, &Error{Cause: BadBody, Err: err}
	}
	return true, &Error{Cause: Crashed, Err: err}
}

// countingReader remembers whether it was the source that failed.
type countingReader struct {
	r   io.Reader
	err error
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}

// read gives the answer; questions that come before it are answered.
func (p *Pool) read(ctx context.Context, req *request, d *desk) (answer, error) {
	for {
		frame, err := readFrame(d.w.from, d.w.frame, p.o.MaxAnswer)
		if err != nil {
			return answer{}, err
		}
		var a answer
		if err := decode(frame, &a); err != nil {
			return answer{}, &Error{Cause: Garbage, Err: fmt.Errorf("read answer: %w", err)}
		}
		if a.Ask == nil {
			return a, nil
		}
		if a != (answer{ID: req.ID, Ask: a.Ask}) {
			return answer{}, &Error{Cause: Garbage, Err: errors.New("question of another job")}
		}
		if err := d.serve(ctx, *a.Ask); err != nil {
			return answer{}, err
		}
	}
}

// check verifies an answer.
func (p *Pool) check(a answer, req *request) (answer, error) {
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
