package standard

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/extract"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// Job is what a reader must know of a mail or file beside its bytes.
type Job struct {
	// Mail tells a mail; otherwise the bytes are a file called Name.
	Mail bool   `json:"mail"`
	Name string `json:"name,omitempty"`
	// Sender and Recipients are the envelope's; their own data do not count.
	Sender     email.Address   `json:"sender"`
	Recipients []email.Address `json:"recipients,omitempty"`
	// Domains are the organisation's own.
	Domains []string `json:"domains,omitempty"`
	// Passwords are tried on encrypted files besides those that stand in the mail.
	Passwords []string `json:"passwords,omitempty"`
	// Companions are mails, as they were received, that the same sender sent to the
	// same people; what looks like a password in them is tried too. They should be
	// few and small, and are not inspected.
	Companions [][]byte `json:"companions,omitempty"`
	// Most is how many findings of one type in one part are told one by one; the
	// others are told as a number. 0 is maxOccurrences.
	Most int `json:"most,omitempty"`
	// Heavy is called before work that takes far more than a text (PDF); false means
	// that it is not to be done here. nil is nobody.
	Heavy func() bool `json:"-"`
}

// Reader reads content: MIME parts, their text, what is in it. It is safe for
// concurrent use and never fails; what it cannot read is a Problem.
type Reader struct {
	limits   policy.Limits
	extract  *extract.Extractor
	detector *atomic.Pointer[detect.Detector] // replaced when the own data changes
}

// NewReader compiles everything that reading needs but the PDF engine, which is
// compiled when the first PDF comes.
func NewReader(limits policy.Limits) *Reader { return readerWith(limits, "") }

// readerWith is NewReader with a folder for the PDF engine's compiled code.
func readerWith(limits policy.Limits, pdfCache string) *Reader {
	r := &Reader{limits: limits, detector: new(atomic.Pointer[detect.Detector])}
	r.UseOwn(detect.Own{})
	r.extract = &extract.Extractor{Limits: limits, Mail: r.openMail, PDF: extract.NewPDFEngine(pdfCache)}
	return r
}

// UseOwn looks for the organisation's own data too from now on.
func (r *Reader) UseOwn(own detect.Own) { r.detector.Store(detect.New(detect.Options{Own: own})) }

// Close frees the PDF engine.
func (r *Reader) Close() error {
	if err := r.extract.PDF.Close(); err != nil {
		return fmt.Errorf("close reader: %w", err)
	}
	return nil
}

// within is the reader with other limits; everything compiled is shared.
func (r *Reader) within(limits policy.Limits) *Reader {
	if limits == r.limits {
		return r
	}
	other := &Reader{limits: limits, detector: r.detector}
	other.extract = &extract.Extractor{Limits: limits, Mail: other.openMail, PDF: r.extract.PDF, OCR: r.extract.OCR, Tika: r.extract.Tika}
	return other
}

// Inspect tells what is in the bytes: masked facts only. The bytes are the
// reader's from then on; it may change them.
func (r *Reader) Inspect(ctx context.Context, job Job, raw []byte) policy.Inspection {
	return r.inspect(ctx, job, r.take(ctx, job, raw))
}

// InspectReading is Inspect for a mail that was taken apart already.
func (r *Reader) InspectReading(ctx context.Context, job Job, reading *mime.Reading) policy.Inspection {
	return r.inspect(ctx, job, r.takeReading(ctx, job, reading, func(i int) []byte { return reading.Nodes[i].Body() }))
}

func (r *Reader) inspect(ctx context.Context, job Job, t taken) policy.Inspection {
	most := job.Most
	if most <= 0 {
		most = maxOccurrences
	}
	found := r.detect(ctx, job, t, most)
	t.session.Release() // what was found holds nothing of the tables
	if len(found.Unknown) > 0 && len(t.parts) > 0 && t.parts[0].Problem == policy.NoProblem {
		t.parts[0].Problem = policy.TimedOut // a limit that was hit is told of, whoever hit it
	}
	return policy.Inspection{
		Header: t.header, Parts: t.parts, Findings: fold(found.Findings), People: found.People, Duty: found.Duty,
		Digest: t.digest, Likeness: t.likeness, Unknown: found.Unknown,
	}
}

// detect looks for everything in all readings of all parts together; findings of
// one type in one part beyond most are told together, 0 tells all one by one.
func (r *Reader) detect(ctx context.Context, job Job, t taken, most int) detect.Result {
	cx := detectContext(job, t.header)
	cx.Most = most
	found := r.detector.Load().Detect(ctx, nameParts(t.contents), cx)
	found.Findings = markHidden(t, doubt(t.contents, unnameParts(found.Findings)))
	if before := append(alongside(t, found.Findings), t.files...); len(before) > 0 {
		found.Findings = append(before, found.Findings...)
	}
	return found
}

// Render gives the raw text of every part with the findings in it. It is for an
// authorised viewer; its caller writes down who asked and why.
func (r *Reader) Render(ctx context.Context, job Job, raw []byte) policy.Rendering {
	t := r.take(ctx, job, raw)
	found := r.detect(ctx, job, t, 0)
	out := policy.Rendering{Header: t.header}
	for _, p := range t.parts {
		rendered := policy.RenderedPart{Part: p}
		for _, c := range t.contents {
			if c.Part == p.Path && c.View == p.View {
				rendered.Text += c.Text
			}
		}
		for _, f := range found.Findings {
			if f.Place.Part == p.Path && f.Place.View == p.View {
				rendered.Findings = append(rendered.Findings, f)
			}
		}
		out.Parts = append(out.Parts, rendered)
	}
	return out
}

func detectContext(job Job, h policy.Header) detect.Context {
	return detect.Context{Header: h, Sender: job.Sender, Recipients: job.Recipients, Domains: job.Domains}
}
