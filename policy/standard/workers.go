package standard

import (
	"context"
	"encoding/json"
	"os"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// Handler is what a worker process does: read what it is given with the
// detectors and formats of this package, and look for the own data that the
// parent handed over. A process that cannot read that must not serve.
func Handler(inherited []*os.File) (worker.Handler, error) {
	own, err := InheritedOwn(inherited)
	if err != nil {
		return worker.Handler{}, err
	}
	base := NewReader(policy.DefaultLimits())
	if len(inherited) > 0 {
		base.UseOwn(own)
	}
	return worker.Handler{
		Inspect: func(ctx context.Context, j worker.Job) policy.Inspection {
			return base.within(j.Limits).Inspect(ctx, jobOf(j), j.Body)
		},
		Render: func(ctx context.Context, j worker.Job) policy.Rendering {
			return base.within(j.Limits).Render(ctx, jobOf(j), j.Body)
		},
	}, nil
}

// jobOf reads the hints that Pool gave. Hints that cannot be read leave the
// reader without own domains, which counts more people, never fewer.
func jobOf(j worker.Job) Job {
	var job Job
	_ = json.Unmarshal(j.Hints, &job)
	job.Mail, job.Name, job.Heavy = j.Kind == worker.Mail, j.Name, j.Heavy
	return job
}

// Pool is a worker.Pool that speaks in Jobs. It implements Workers.
type Pool struct{ workers *worker.Pool }

// NewPool starts worker processes.
func NewPool(o worker.Options) (*Pool, error) {
	p, err := worker.New(o)
	if err != nil {
		return nil, err
	}
	return &Pool{p}, nil
}

// UseOwn replaces the workers by ones that look for this data.
func (p *Pool) UseOwn(own *OwnData) error {
	files, err := own.Files()
	if err != nil {
		return err
	}
	p.workers.Replace(files)
	return nil
}

// Close ends all workers.
func (p *Pool) Close() { p.workers.Close() }

// Inspect reads body in a worker.
func (p *Pool) Inspect(ctx context.Context, job Job, body email.Body) (policy.Inspection, policy.Problem, error) {
	in, err := p.workers.Inspect(ctx, request(job, body))
	return in, worker.ProblemOf(err), err
}

// Render reads body in a worker for an authorised viewer.
func (p *Pool) Render(ctx context.Context, job Job, body email.Body) (policy.Rendering, error) {
	return p.workers.Render(ctx, request(job, body))
}

func request(job Job, body email.Body) worker.Request {
	kind := worker.File
	if job.Mail {
		kind = worker.Mail
	}
	return worker.Request{Kind: kind, Name: job.Name, Hints: job, Body: body}
}
