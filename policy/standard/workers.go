package standard

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/extract"
	"github.com/sekisho-mail/sekisho/policy/worker"
)

// Handler is what a worker process does: read what it is given with the
// detectors and formats of this package, and look for the own data that the
// parent handed over. A process that cannot read that must not serve. pdfCache is
// a folder of ours alone where the PDF engine's compiled code is kept, "" for none.
func Handler(inherited []*os.File, pdfCache string) (worker.Handler, error) {
	own, err := InheritedOwn(inherited)
	if err != nil {
		return worker.Handler{}, err
	}
	base := readerWith(policy.DefaultLimits(), pdfCache)
	if len(inherited) > 0 {
		base.UseOwn(own)
	}
	return worker.Handler{
		Inspect: func(ctx context.Context, j worker.Job) policy.Inspection {
			return base.forJob(j).Inspect(ctx, jobOf(j), j.Body)
		},
		Render: func(ctx context.Context, j worker.Job) policy.Rendering {
			return base.forJob(j).Render(ctx, jobOf(j), j.Body)
		},
		// An engine that cannot be made is said of the first PDF.
		Prepare: func() { _ = base.extract.PDF.Warm() },
	}, nil
}

// forJob is the reader with the job's limits and the services that its parent has.
func (r *Reader) forJob(j worker.Job) *Reader {
	r = r.within(j.Limits)
	if len(j.Services) == 0 {
		return r
	}
	x, ask := *r.extract, j.Ask // not j, which holds the body
	if slices.Contains(j.Services, OCRService) {
		x.OCR = func(_ context.Context, picture []byte) (string, error) {
			return textOf(ask(OCRService, "", picture))
		}
	}
	if slices.Contains(j.Services, TikaService) {
		x.Tika = func(_ context.Context, typ string, data []byte) (string, error) {
			return textOf(ask(TikaService, typ, data))
		}
	}
	out := &Reader{limits: r.limits, detector: r.detector, extract: &x}
	x.Mail = out.openMail
	return out
}

// textOf is a service's reply for the extractor.
func textOf(reply worker.Reply) (string, error) {
	switch {
	case reply.Encrypted:
		return "", extract.ErrTikaEncrypted
	case reply.Problem == policy.TimedOut:
		return "", context.DeadlineExceeded
	case reply.Problem != policy.NoProblem:
		return "", fmt.Errorf("ask service: %s", reply.Problem)
	}
	return reply.Text, nil
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
type Pool struct {
	workers  *worker.Pool
	services *Services
}

// NewPool starts worker processes, which may ask for the services. The pool closes
// them.
func NewPool(o worker.Options, services *Services) (*Pool, error) {
	o.Services = services.ByName
	p, err := worker.New(o)
	if err != nil {
		return nil, err
	}
	return &Pool{p, services}, nil
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

// Close ends all workers and services. It may be called more than once.
func (p *Pool) Close() {
	p.workers.Close()
	p.services.Close()
}

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
