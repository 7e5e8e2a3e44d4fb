package standard

import (
	"context"
	"strings"

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
}

// Reader reads content: MIME parts, their text, what is in it. It is safe for
// concurrent use and never fails; what it cannot read is a Problem.
type Reader struct {
	limits   policy.Limits
	extract  *extract.Extractor
	detector *detect.Detector
}

// NewReader compiles everything that reading needs.
func NewReader(limits policy.Limits) *Reader {
	r := &Reader{limits: limits, detector: detect.New(detect.Options{})}
	r.extract = &extract.Extractor{Limits: limits, Mail: r.openMail}
	return r
}

// within is the reader with other limits; everything compiled is shared.
func (r *Reader) within(limits policy.Limits) *Reader {
	if limits == r.limits {
		return r
	}
	other := &Reader{limits: limits, detector: r.detector}
	other.extract = &extract.Extractor{Limits: limits, Mail: other.openMail}
	return other
}

// taken is the content of a mail or file before anything is looked for in it.
type taken struct {
	header   policy.Header
	digest   email.Digest
	parts    []policy.Part
	contents []policy.Content
}

// Inspect tells what is in the bytes: masked facts only.
func (r *Reader) Inspect(ctx context.Context, job Job, raw []byte) policy.Inspection {
	return r.inspect(ctx, job, r.take(ctx, job, raw))
}

// InspectReading is Inspect for a mail that was taken apart already.
func (r *Reader) InspectReading(ctx context.Context, job Job, reading *mime.Reading) policy.Inspection {
	return r.inspect(ctx, job, r.takeReading(ctx, reading))
}

func (r *Reader) inspect(ctx context.Context, job Job, t taken) policy.Inspection {
	found := r.detector.Detect(ctx, t.contents, detectContext(job, t.header))
	return policy.Inspection{
		Header: t.header, Parts: t.parts, Findings: fold(found.Findings), People: found.People, Duty: found.Duty,
		Digest: t.digest, Unknown: found.Unknown,
	}
}

// Render gives the raw text of every part with the findings in it. It is for an
// authorised viewer; its caller writes down who asked and why.
func (r *Reader) Render(ctx context.Context, job Job, raw []byte) policy.Rendering {
	t := r.take(ctx, job, raw)
	found := r.detector.Detect(ctx, t.contents, detectContext(job, t.header))
	out := policy.Rendering{Header: t.header}
	for _, p := range t.parts {
		rendered := policy.RenderedPart{Part: p}
		for _, c := range t.contents {
			if c.Part == p.Path && c.View == p.View {
				rendered.Text += c.Text
			}
		}
		if p.View == "" {
			for _, f := range found.Findings {
				if f.Place.Part == p.Path {
					rendered.Findings = append(rendered.Findings, f)
				}
			}
		}
		out.Parts = append(out.Parts, rendered)
	}
	return out
}

func detectContext(job Job, h policy.Header) detect.Context {
	return detect.Context{Header: h, Sender: job.Sender, Recipients: job.Recipients, Domains: job.Domains}
}

func (r *Reader) take(ctx context.Context, job Job, raw []byte) taken {
	if job.Mail {
		return r.takeReading(ctx, mime.Read(raw, r.limits))
	}
	res := r.extract.Extract(ctx, extract.File{Path: "1", Name: job.Name, Data: raw, Attachment: true})
	return taken{parts: res.Parts, contents: res.Contents}
}

func (r *Reader) takeReading(ctx context.Context, reading *mime.Reading) taken {
	t := taken{header: reading.Header, digest: reading.Digest}
	session := r.extract.NewSession()
	for i := range reading.Nodes {
		n := &reading.Nodes[i]
		if n.IsContainer {
			t.parts = append(t.parts, containerPart(n))
			continue
		}
		res := session.Extract(ctx, nodeFile(n))
		if n.Problem != policy.NoProblem && len(res.Parts) > 0 && res.Parts[0].Problem == policy.NoProblem {
			res.Parts[0].Problem = n.Problem
		}
		markView(n.View, res)
		t.parts = append(t.parts, res.Parts...)
		t.contents = append(t.contents, res.Contents...)
	}
	return t
}

// markView names the reading that everything in res comes from: another parser's
// or what stands outside the parts. Paths repeat between readings, views do not.
func markView(view string, res extract.Result) {
	if view == "" {
		return
	}
	for i := range res.Parts {
		res.Parts[i].View = strings.TrimSpace(view + " " + res.Parts[i].View)
	}
	for i := range res.Contents {
		res.Contents[i].View = strings.TrimSpace(view + " " + res.Contents[i].View)
	}
}

// openMail takes apart a mail inside a mail or archive; it is the extractor's
// MailOpener.
func (r *Reader) openMail(_ context.Context, f extract.File) ([]extract.File, []policy.Part) {
	reading := mime.ReadAt(f.Path, f.Data, r.limits)
	var files []extract.File
	var parts []policy.Part
	for i := range reading.Nodes {
		n := &reading.Nodes[i]
		if n.IsContainer {
			if n.Path != f.Path || n.Problem != policy.NoProblem {
				parts = append(parts, containerPart(n))
			}
			continue
		}
		file := nodeFile(n)
		file.Where = strings.TrimPrefix(f.Where+" / "+file.Where, " / ")
		files = append(files, file)
	}
	return files, parts
}

func containerPart(n *mime.Node) policy.Part {
	return policy.Part{Path: n.Path, Name: n.Name, Type: n.Type, Size: n.Size, Problem: n.Problem,
		View: n.View, Where: n.Name, Attachment: n.Attachment}
}

func nodeFile(n *mime.Node) extract.File {
	f := extract.File{Path: n.Path, Name: n.Name, DeclaredType: n.Type, Charset: n.Charset,
		Data: n.Body(), Attachment: n.Attachment, Kind: policy.BodyText,
		Hidden: n.View == mime.ViewPreamble || n.View == mime.ViewEpilogue}
	switch {
	case n.IsHeader:
		f.Kind, f.DeclaredType, f.Charset, f.Where = policy.HeaderText, "text/plain", "utf-8", "header"
	case n.Attachment || n.Name != "":
		f.Kind = policy.FileText
	default:
		f.Where = "body"
	}
	return f
}
