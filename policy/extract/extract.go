package extract

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
	"github.com/sekisho-mail/sekisho/policy/table"
)

// File is what is to be read: a body part, an attachment or an archive member,
// after its transfer encoding was undone.
type File struct {
	// Path is the part's place in the mail's tree; children are Path + "/1", ...
	Path string
	// Name is the file name as the recipient sees it, "" for a body.
	Name string
	// DeclaredType is the MIME type that the sender claims, without parameters.
	DeclaredType string
	// Charset is the charset that the sender claims, "" without.
	Charset string
	// Where is the path in words; "" stands for Name.
	Where string
	// Kind is handed on to the detectors.
	Kind policy.ContentKind
	// Data is the whole content.
	Data []byte
	// Octets is what charset.LookAt told of the data, when somebody has looked.
	Octets charset.Octets
	// Attachment tells a part that a mail client shows as a file.
	Attachment bool
	// Hidden tells that a reader does not see this part at first.
	Hidden bool
	// Encrypted tells that the data came out of an encrypted file that a known
	// password opened.
	Encrypted bool

	// Damaged tells that the transfer encoding was not as it should be, so that octets
	// may be in the data that are no part of the file.
	Damaged bool

	// View names the reading of a mail that the file comes from, "" for the first;
	// what is inside it has the same. Problem is what is known to be wrong before
	// the file is read.
	View    string
	Problem policy.Problem

	// broken is why the data is not all that it should be.
	broken error
	// volumes are those of a joined archive, whose formats are not joined by their octets.
	volumes *rarVolumes
}

// Result is all that became known of one file and of everything inside it: the
// file's own part first, then its members. Contents name their part by path and
// view.
type Result struct {
	Parts    []policy.Part
	Contents []policy.Content
}

// MailOpener takes a nested mail apart: the leaves to be read, whose paths are
// below f.Path, and the parts that stand for themselves (multiparts with a
// problem, header blocks). It is given from outside because the MIME reader is
// another room.
type MailOpener func(ctx context.Context, f File) ([]File, []policy.Part)

// Extractor holds what all messages share. It is safe for use by many
// goroutines; a Session is not.
type Extractor struct {
	// Limits bound one Session.
	Limits policy.Limits
	// Mail opens nested mails; nil makes them "unsupported".
	Mail MailOpener
	// PDF reads PDF files; nil leaves them to the sweep and "unsupported".
	PDF *PDFEngine
	// ThreadTime is the processor time of the calling thread, nil for the system's account.
	ThreadTime func() time.Duration
	// OCR reads pictures and scanned pages; nil makes them "unsupported".
	OCR OCR
	// Tika reads what nobody here reads; nil leaves that to the sweep.
	Tika Tika
}

// Session reads the files of one message and counts what they cost together.
type Session struct {
	// Passwords are tried on encrypted zip, 7z and RAR members, Office files and
	// workbooks, OpenDocument and PDF files, at most ten of them. A file that one of
	// these opens stays encrypted, and what is read in it says where it came from
	// (Content.Encrypted).
	Passwords []string
	// Heavy is called before work that needs memory and time far beyond that of a
	// text: the PDF engine. False means that the work is not to be done here; what
	// the session answers then is of no use. It may be nil, and is called again for
	// every file.
	Heavy func() bool

	x       *Extractor
	budget  budget
	pdfTime pdfTime
	formats []Format
	room    *table.Room // of the tables, once there are any
	volumes []volume    // files that are parts of one by their names
}

// shipped are the Formats, listed once.
var shipped = Formats()

// NewSession starts the count for one message.
func (x *Extractor) NewSession() *Session {
	return &Session{x: x, budget: newBudget(x.Limits), pdfTime: newPDFTime(x.ThreadTime, x.Limits.PDFTime), formats: shipped}
}

// tables is where the cells of delimited text are kept.
func (s *Session) tables() *table.Room {
	if s.room == nil {
		s.room = table.NewRoom()
	}
	return s.room
}

// Release gives the memory of the tables to the next session. No Content that this one
// has read may be used any more.
func (s *Session) Release() {
	if s.room != nil {
		s.room.Release()
		s.room = nil
	}
}

// Extract reads one file that is a message of its own: a session of one file.
func (x *Extractor) Extract(ctx context.Context, f File) Result {
	return x.NewSession().Extract(ctx, f)
}

// Extract reads one of the message's files and everything inside it.
func (s *Session) Extract(ctx context.Context, f File) Result {
	var res Result
	s.Add(ctx, f, &res)
	return res
}

// Add is Extract that appends to what was read of other files of the message.
func (s *Session) Add(ctx context.Context, f File, to *Result) {
	s.read(&reading{ctx: ctx, s: s, file: f, res: to})
}

// reading is one file being read: the parameters of a format's reader and the
// place where it leaves what it finds.
type reading struct {
	ctx   context.Context
	s     *Session
	file  File
	probe *probe
	asks  probe // which probe is
	res   *Result
	// index is the place of the file's own part in res.Parts.
	index int
	// contents is how many contents there were before this file.
	contents int
	// depth counts containers above this file; above are the digests of those.
	depth int
	above []sha256Sum
	// sum is the digest of this file's data, worked out when it has children.
	sum *sha256Sum
	// children is how many were numbered so far.
	children int
	// end is where the file's own format ends, as its reader saw it; 0 when that is not
	// known. ended tells that what stands behind was looked at.
	end   int
	ended bool
	// blobs counts the encoded blocks that this file was taken out of, one in the other.
	blobs int
}

// passwords are those to be tried; the first is everybody's.
func (r *reading) passwords() []string {
	return append([]string{defaultPassword}, r.s.Passwords[:min(len(r.s.Passwords), 10)]...)
}

type sha256Sum = [sha256.Size]byte

// read fills the result for one file, whatever happens.
func (s *Session) read(r *reading) {
	f := &r.file
	if f.Where == "" {
		f.Where = f.Name
	}
	f.Name, f.Where = valid(f.Name), valid(f.Where)
	r.index, r.contents = len(r.res.Parts), len(r.res.Contents)
	r.res.Parts = append(r.res.Parts, policy.Part{
		Path: f.Path, Name: f.Name, Type: "application/octet-stream", Size: int64(len(f.Data)),
		Hidden: f.Hidden, Where: f.Where, Attachment: f.Attachment, View: f.View, Problem: f.Problem,
	})
	if err := r.admit(); err != nil {
		r.fail(err)
		return
	}
	if f.volumes == nil && f.Name != "" {
		s.noteVolume(r)
	}
	r.asks = probe{file: f, data: f.Data}
	r.probe = &r.asks
	var format Format
	err := guard(func() error {
		if (f.Kind == policy.HeaderText || f.Kind == policy.SweptText && r.probe.declared("text/plain")) && len(r.probe.text()) > 0 { // no program takes it for a file
			format = textFormat()
			r.part().Type = format.is(r.probe)
			return format.read(r)
		}
		for _, format = range s.formats {
			if typ := format.is(r.probe); typ != "" {
				r.part().Type = typ
				return format.read(r)
			}
		}
		return errUnsupported // never reached: the last format takes everything
	})
	if !format.isText() {
		r.fail(guard(r.asDeclared))
	} else if err == nil && f.Kind == policy.FileText && f.Octets <= charset.OtherOctets && isNoisy(f.Data, r.probe.text()) {
		err = errUnsupported
	}
	r.fail(f.broken)
	if o := r.probe.ole(); o != nil {
		r.end = oleEnd(f.Data)
		if r.part().Encrypted != policy.Encrypted {
			r.fail(guard(func() error { return r.pictures(o) }))
		}
	}
	r.fail(guard(func() error {
		if r.end == 0 && r.part().Encrypted == policy.Encrypted && len(r.res.Contents) == r.contents {
			return r.openText()
		}
		r.behind(r.end)
		return nil
	}))
	r.fail(guard(r.appendedZip))
	if errors.Is(err, errUnsupported) && r.part().Encrypted == policy.NotEncrypted {
		err = guard(r.askTika)
	}
	if err == nil {
		return
	}
	r.fail(err)
	if wantsSweep(err) && !r.part().Swept {
		r.fail(guard(func() error { return r.sweep(f.Data) }))
	}
}

// asDeclared reads a text that its content made another format of as the text that it is
// called too, and sweeps what damage may have brought into a file of any kind.
func (r *reading) asDeclared() error {
	f := &r.file
	switch {
	case !r.shownAsText():
	case r.probe.declared("text/html") || r.probe.named(".html", ".htm"):
		if err := r.page("as page"); err != nil {
			return err
		}
	default:
		for i, d := range r.probe.text() {
			view := "as text"
			if i > 0 {
				view += " charset " + d.Charset
			}
			if err := r.plain(view, d.Text); err != nil {
				return err
			}
		}
	}
	if !f.Damaged || r.part().Swept {
		return nil
	}
	text, err := r.clip(sweepText(sweepable(f.Data)))
	if text != "" {
		r.swept("damaged", text)
	}
	return err
}

// shownAsText tells what a program shows as a text, or opens as one by its name.
func (r *reading) shownAsText() bool {
	f := &r.file
	if !strings.HasPrefix(f.DeclaredType, "text/") || len(r.probe.text()) == 0 || r.probe.declared("text/rtf", "text/richtext", "text/rfc822-headers") {
		return false
	}
	return f.Kind == policy.BodyText || f.Kind == policy.FileText && r.probe.named("", ".txt", ".csv", ".tsv", ".log", ".md", ".htm", ".html")
}

// admit checks what can be known before the content is looked at.
func (r *reading) admit() error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if r.depth > r.s.x.Limits.ArchiveDepth {
		return errTooDeep
	}
	if r.depth == 0 || r.file.Kind == policy.BodyText { // a mail without a header is all body
		return nil
	}
	sum := r.digest()
	for _, seen := range r.above {
		if seen == sum {
			return fmt.Errorf("open archive inside itself: %w", errTooDeep)
		}
	}
	return nil
}

func (r *reading) digest() sha256Sum {
	if r.sum == nil {
		sum := sha256.Sum256(r.file.Data)
		r.sum = &sum
	}
	return *r.sum
}

func (r *reading) part() *policy.Part { return &r.res.Parts[r.index] }

// fail notes the first thing that went wrong; nil is nothing.
func (r *reading) fail(err error) {
	if err == nil || errors.Is(err, errEncrypted) {
		return
	}
	if p := r.part(); p.Problem == policy.NoProblem {
		p.Problem = problemOf(err)
	}
}

// encrypted notes that all or some of the content is out of reach.
func (r *reading) encrypted(e policy.Encryption) { r.part().Encrypted = e }

// members notes it of an archive by how many of its members are locked and open.
func (r *reading) members(locked, open int) {
	switch {
	case locked > 0 && open == 0:
		r.encrypted(policy.Encrypted)
	case locked > 0:
		r.encrypted(policy.PartlyEncrypted)
	}
}

// child reads something that was inside this file. Fields of f that are unset
// are filled from the parent; the path is the next free one.
func (r *reading) child(f File) { r.childOf(f, 0) }

// childOf is child of data that was in so many encoded blocks more than this file.
func (r *reading) childOf(f File, blobs int) {
	r.children++
	f.Path = r.file.Path + "/" + strconv.Itoa(r.children)
	if f.Name == "" {
		f.Name = "part " + strconv.Itoa(r.children)
	}
	f.Name = valid(f.Name)
	f.Where = strings.TrimPrefix(r.file.Where+" / "+f.Name, " / ")
	f.Kind = policy.FileText
	f.View = r.file.View
	f.Hidden = f.Hidden || r.file.Hidden
	f.Encrypted = f.Encrypted || r.file.Encrypted
	r.descend(f, r.blobs+blobs)
}

// descend reads a file one level below this one.
func (r *reading) descend(f File, blobs int) {
	above := append(r.above[:len(r.above):len(r.above)], r.digest())
	r.s.read(&reading{ctx: r.ctx, s: r.s, file: f, res: r.res, depth: r.depth + 1, above: above, blobs: blobs})
}

// unread adds a part for a member that is known but was not read.
func (r *reading) unread(name string, size int64, enc policy.Encryption, err error) {
	r.children++
	name = valid(name)
	p := policy.Part{
		Path: r.file.Path + "/" + strconv.Itoa(r.children), Name: name,
		Type: "application/octet-stream", Size: size, Encrypted: enc, Hidden: r.file.Hidden, View: r.file.View,
		Where: strings.TrimPrefix(r.file.Where+" / "+name, " / "),
	}
	if err != nil {
		p.Problem = problemOf(err)
	}
	r.res.Parts = append(r.res.Parts, p)
}

// content adds a text of this file under the given view.
func (r *reading) content(view string, c policy.Content) {
	if view != "" {
		p := *r.part()
		view = strings.TrimSpace(p.View + " " + view)
		p.View = view
		r.res.Parts = append(r.res.Parts, p)
	} else {
		view = r.file.View
	}
	c.Part, c.View, c.Where = r.file.Path, view, r.file.Where
	if c.Kind == policy.FileText {
		c.Kind = r.file.Kind
	}
	c.Encrypted = r.file.Encrypted
	r.res.Contents = append(r.res.Contents, c)
}

func valid(s string) string { return strings.ToValidUTF8(s, "\ufffd") }
