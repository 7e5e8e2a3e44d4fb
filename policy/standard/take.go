package standard

import (
	"bytes"
	"cmp"
	"context"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/detect"
	"github.com/sekisho-mail/sekisho/policy/email"
	"github.com/sekisho-mail/sekisho/policy/extract"
	"github.com/sekisho-mail/sekisho/policy/mime"
)

// taken is the content of a mail or file before anything is looked for in it.
type taken struct {
	header   policy.Header
	digest   email.Digest
	likeness int64
	parts    []policy.Part
	contents []policy.Content
	session  *extract.Session
	// files are findings about files as such: biometric data, portraits.
	files []policy.Finding
}

// take reads the bytes, which are the reader's from then on.
func (r *Reader) take(ctx context.Context, job Job, raw []byte) taken {
	if job.Mail {
		reading := mime.Read(raw, r.limits)
		return r.takeReading(ctx, job, reading, reading.Take)
	}
	session := r.extract.NewSession()
	session.Heavy = job.Heavy
	session.Passwords = passwords(nil, r.hints(ctx, job))
	head := headOf(raw)
	res := session.Extract(ctx, extract.File{Path: "1", Name: job.Name, Data: raw, Attachment: true})
	volumes := session.Volumes(ctx)
	t := taken{parts: append(res.Parts, volumes.Parts...), contents: append(res.Contents, volumes.Contents...), session: session}
	t.keepNews()
	t.look(map[string][]byte{"1": head})
	return t
}

// takeReading reads the nodes of a mail; body gives the bytes of one, which are
// needed once.
func (r *Reader) takeReading(ctx context.Context, job Job, reading *mime.Reading, body func(int) []byte) taken {
	if hasFiles(reading) {
		return r.takeFiles(ctx, job, reading, body)
	}
	session := r.extract.NewSession()
	session.Heavy = job.Heavy
	all := extract.Result{Parts: make([]policy.Part, 0, len(reading.Nodes)), Contents: make([]policy.Content, 0, len(reading.Nodes))}
	for i := range reading.Nodes {
		n := &reading.Nodes[i]
		if n.IsContainer {
			all.Parts = append(all.Parts, containerPart(n))
			continue
		}
		session.Add(ctx, nodeFile(n, body(i)), &all)
	}
	volumes := session.Volumes(ctx)
	t := taken{header: reading.Header, digest: reading.Digest, session: session,
		parts: append(all.Parts, volumes.Parts...), contents: append(all.Contents, volumes.Contents...)}
	t.likeness = likeness(all.Contents, reading.Files)
	t.keepNews()
	t.look(nil)
	return t
}

// takeFiles is takeReading for a mail with files. Texts come first, since a password for
// a file may stand in them; the result is in the order of the mail.
func (r *Reader) takeFiles(ctx context.Context, job Job, reading *mime.Reading, body func(int) []byte) taken {
	session := r.extract.NewSession()
	session.Heavy = job.Heavy
	results := make([]extract.Result, len(reading.Nodes))
	heads := map[string][]byte{}
	read := func(texts bool) {
		for i := range reading.Nodes {
			n := &reading.Nodes[i]
			if n.IsContainer || isText(n) != texts {
				continue
			}
			data := body(i)
			if !texts {
				heads[n.Path] = headOf(data)
			}
			results[i] = session.Extract(ctx, nodeFile(n, data))
		}
	}
	read(true)
	var names []string
	for i := range reading.Nodes {
		if n := &reading.Nodes[i]; n.Name != "" {
			names = append(names, n.Name)
		}
	}
	session.Passwords = passwords(results, r.hints(ctx, job), names...)
	read(false)
	volumes := session.Volumes(ctx)
	t := taken{header: reading.Header, digest: reading.Digest, session: session,
		parts: make([]policy.Part, 0, len(results)), contents: make([]policy.Content, 0, len(results))}
	for i := range reading.Nodes {
		if n := &reading.Nodes[i]; n.IsContainer {
			t.parts = append(t.parts, containerPart(n))
		}
		t.parts = append(t.parts, results[i].Parts...)
		t.contents = append(t.contents, results[i].Contents...)
	}
	t.parts, t.contents = append(t.parts, volumes.Parts...), append(t.contents, volumes.Contents...)
	t.likeness = likeness(t.contents, reading.Files)
	t.keepNews()
	t.look(heads)
	return t
}

// headOf is a copy of the beginning of a file: enough for its format and the size
// of a picture.
func headOf(data []byte) []byte { return bytes.Clone(data[:min(len(data), 4<<10)]) }

// look tells the files that are biometric data or pictures of people's faces and
// papers: files of the mail by how they begin, all others by their name.
func (t *taken) look(heads map[string][]byte) {
	for i := range t.parts {
		p := &t.parts[i]
		if p.View != "" || p.Name == "" && heads[p.Path] == nil {
			continue
		}
		if f, ok := detect.FileFinding(p.Name, p.Type, heads[p.Path]); ok {
			f.Place = policy.Place{Part: p.Path, Where: p.Where}
			t.files = append(t.files, f)
		}
	}
}

// isText tells the nodes in which a sender writes: headers, bodies, text files.
func isText(n *mime.Node) bool {
	return n.IsHeader || strings.HasPrefix(n.Type, "text/")
}

func hasFiles(reading *mime.Reading) bool {
	for i := range reading.Nodes {
		if n := &reading.Nodes[i]; !n.IsContainer && !isText(n) {
			return true
		}
	}
	return false
}

// openMail takes apart a mail inside a mail or archive; it is the extractor's
// MailOpener.
func (r *Reader) openMail(_ context.Context, f extract.File) ([]extract.File, []policy.Part) {
	reading := mime.ReadAt(f.Path, f.Data, r.limits)
	var files []extract.File
	var parts []policy.Part
	for i := range reading.Nodes {
		n := &reading.Nodes[i]
		if isNet(n.View) && isNet(f.View) {
			continue // the net has gone that deep already
		}
		if n.IsContainer {
			if i > 0 || n.Problem != policy.NoProblem {
				parts = append(parts, containerPart(n))
			}
			continue
		}
		file := nodeFile(n, n.Body())
		file.Where = strings.Trim(f.Where+" / "+cmp.Or(file.Where, file.Name), " /")
		files = append(files, file)
	}
	return files, parts
}

func containerPart(n *mime.Node) policy.Part {
	return policy.Part{Path: n.Path, Name: n.Name, Type: n.Type, Size: n.Size, Problem: n.Problem,
		View: n.View, Where: n.Name, Attachment: n.Attachment}
}

func nodeFile(n *mime.Node, data []byte) extract.File {
	f := extract.File{Path: n.Path, Name: n.Name, DeclaredType: n.Type, Charset: n.Charset,
		Data: data, Attachment: n.Attachment, Kind: policy.BodyText, Octets: n.Octets, View: n.View, Problem: n.Problem, Damaged: n.Damaged,
		Hidden: n.View == mime.ViewPreamble || n.View == mime.ViewEpilogue}
	switch {
	case n.IsHeader:
		f.Kind, f.DeclaredType, f.Charset, f.Where = policy.HeaderText, "text/plain", "utf-8", "header"
	case n.View == mime.ViewAnywhere && !n.Attachment:
		f.Kind, f.Where = policy.SweptText, "mail"
	case n.Attachment || n.Name != "":
		f.Kind = policy.FileText
	default:
		f.Where = "body"
	}
	return f
}
