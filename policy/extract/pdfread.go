package extract

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// fewChars: a page with an image and less text than this shows its text in the
// image.
const fewChars = 20

// pdfDocument is one open document.
type pdfDocument struct {
	r      *reading
	p      *pdfInstance
	handle uint64
	form   uint64
	// password is the one that opened it.
	password string
	// keys are annotKeys in the engine's memory.
	keys  []uint64
	files []pdfFile
	// strays are files in streams that are not said to be any.
	strays  [][]byte
	strayed int // their octets
	// inflater looks at what streams begin with, written is the text without blanks.
	inflater io.ReadCloser
	written  string
	// unpacked is how many bytes the engine has unpacked of embedded files, only to
	// tell their size too.
	unpacked int64
	// scans are pictures of the pages that hold no text of their own, and images
	// counts all pages of that kind.
	scans  []pageScan
	images int
	writer pageWriter
	// known are the pages' texts without blanks.
	known map[string]bool
	// joined are lines that run on over their end, put together.
	joined []string
}

// readPDFPages reads the document through the engine: the text of its pages with
// their tables, form fields, annotations, bookmarks, properties and embedded
// files. It answers errEngine when there is no engine, and errEncrypted, with the
// part saying so, when no password is known.
//
// Not covered: text that only scripts or XFA forms make (swept), and layers that
// are switched off, which are read like the others.
func (r *reading) readPDFPages() error {
	d := &pdfDocument{r: r, known: map[string]bool{}}
	if r.s.Heavy != nil && r.s.x.PDF != nil && !r.s.Heavy() {
		return errEngine
	}
	time := &r.s.pdfTime
	over := func() error { return cmp.Or(r.ctx.Err(), time.over()) }
	err := r.s.x.PDF.use(over, func(p *pdfInstance) error {
		// The document's time begins when the engine is there for it.
		time.begin(len(r.file.Data))
		defer time.end()
		d.p = p
		if err := d.open(r.ctx); err != nil {
			return err
		}
		return d.read(r.ctx)
	})
	if errors.Is(err, errEngine) || errors.Is(err, errEncrypted) {
		return err
	}
	// Outside of the engine: the embedded files may need it again.
	for _, data := range d.strays {
		if !slices.ContainsFunc(d.files, func(f pdfFile) bool { return bytes.Equal(f.data, data) }) {
			d.files = append(d.files, pdfFile{name: "stream", data: data})
		}
	}
	if stop := r.readFiles(d.files); err == nil {
		err = stop
	}
	if stop := r.readScans(d.scans, d.images); err == nil {
		err = stop
	}
	return err
}

// Errors of FPDF_GetLastError.
const (
	pdfErrPassword = 4
	pdfErrSecurity = 5
)

// open opens the document with the empty password or one of those known. What
// the empty one opens is not encrypted, whatever its owner's password forbids.
func (d *pdfDocument) open(ctx context.Context) error {
	data, err := d.p.put(d.r.file.Data)
	if err != nil {
		return err
	}
	for i, password := range append([]string{""}, d.r.passwords()...) {
		pw, err := d.p.put([]byte(password))
		if err != nil {
			return err
		}
		h, err := d.p.call(ctx, "FPDF_LoadMemDocument", uint64(data), uint64(len(d.r.file.Data)), uint64(pw))
		if err != nil {
			return err
		}
		d.p.free(pw)
		if h != 0 {
			d.handle, d.password = uint64(h), password
			if i > 0 {
				d.r.encrypted(policy.Encrypted)
				d.r.file.Encrypted = true
			}
			return nil
		}
		switch d.p.quick("FPDF_GetLastError") {
		case pdfErrPassword:
		case pdfErrSecurity:
			d.r.encrypted(policy.Encrypted)
			return errEncrypted
		default:
			return fmt.Errorf("open pdf: %w", errMalformed)
		}
	}
	d.r.encrypted(policy.Encrypted)
	return errEncrypted
}

// read reads an open document; what was read before an error is kept.
func (d *pdfDocument) read(ctx context.Context) error {
	p := d.p
	for _, key := range annotKeys {
		d.keys = append(d.keys, p.cString(key))
	}
	d.openForm()
	b := newBuilder(d.r)
	d.writer.b = b
	err := d.pages(ctx, b)
	d.writer.end()
	err = cmp.Or(err, d.outline(b))
	d.properties(b)
	err = cmp.Or(err, d.loose(b))
	pages, stop := d.orphans(b)
	err = cmp.Or(err, stop)
	for i := range min(max(int(int32(p.quick("FPDFDoc_GetAttachmentCount", d.handle))), 0), d.r.s.x.Limits.ArchiveEntries+1) {
		if a := p.quick("FPDFDoc_GetAttachment", d.handle, uint64(i)); a != 0 {
			d.attach(ctx, uint64(a))
		}
	}
	if stop := b.finish(); err == nil {
		err = stop
	}
	if len(d.joined) > 0 {
		text, stop := d.r.clip(strings.Join(d.joined, "\n"))
		d.r.content("lines joined", policy.Content{Text: text})
		if err == nil {
			err = stop
		}
	}
	err = cmp.Or(err, d.orphanPages(ctx, pages), d.revisions(ctx), p.ended)
	if bytes.Contains(d.r.file.Data, []byte("/XFA")) || p.quick("FPDF_GetFormType", d.handle) > 1 {
		if stop := d.r.pdfStreams(); err == nil {
			err = stop
		}
	}
	return err
}

// openForm makes the environment that form fields are asked through. Its
// structure holds a version and otherwise callbacks, none of which is set.
func (d *pdfDocument) openForm() {
	info := make([]byte, 512)
	info[0] = 1
	if at, err := d.p.put(info); err == nil {
		d.form = uint64(d.p.quick("FPDFDOC_InitFormFillEnvironment", d.handle, uint64(at)))
	}
}

// pages writes all pages. A page that cannot be read does not keep the others
// from it.
func (d *pdfDocument) pages(ctx context.Context, b *builder) error {
	n := int(int32(d.p.quick("FPDF_GetPageCount", d.handle)))
	var failure error
	for i := range min(max(n, 0), d.r.s.x.Limits.PDFPages) {
		err := d.page(ctx, i, b)
		if stop := d.p.check(); stop != nil {
			return stop
		}
		if b.full {
			return nil // finish says it
		}
		if err != nil && failure == nil {
			failure = err
		}
	}
	if n > d.r.s.x.Limits.PDFPages {
		return fmt.Errorf("count pages: %w", errTooLarge)
	}
	if n <= 0 && failure == nil {
		return fmt.Errorf("count pages: %w", errMalformed)
	}
	return failure
}

func (d *pdfDocument) page(ctx context.Context, i int, b *builder) error {
	g, err := d.openPage(ctx, i)
	if err != nil {
		return err
	}
	defer g.close()
	b.mark(fmt.Sprintf("page %d", i+1))
	all, err := g.glyphs(ctx)
	fields := d.filled(g)
	if d.writer.form = len(fields) > 0 && isUpright(all); d.writer.form {
		all = append(all, fields...)
	}
	pictures := g.pictures()
	glyphs, hidden := apart(all, pictures > scannedPage)
	d.write(glyphs)
	if len(hidden) > 0 {
		d.writer.end()
		b.sep('\n')
		b.hide(true)
		d.write(hidden)
		d.writer.end()
		b.hide(false)
	}
	text := streamText(all)
	solid := d.remember(text)
	if stop := d.annotations(ctx, g, b, solid); err == nil {
		err = stop
	}
	if isGarbled(text) || d.showsMore(len(solid), pictures) || d.inOutlines(g, len(solid)) {
		d.scan(ctx, g)
	}
	return err
}

// remember keeps the text of a page without its blanks, which earns time where no page
// before had it.
func (d *pdfDocument) remember(text string) string {
	text = withoutBlanks(text)
	if !d.known[text] {
		d.known[text] = true
		d.r.s.pdfTime.page(len(text))
	}
	return text
}

func (d *pdfDocument) write(glyphs []glyph) {
	pieces := piecesOf(glyphs)
	d.writer.page(glyphs, pieces)
	d.joined = append(d.joined, joinedLines(pieces)...)
}

// Shares of a page that its pictures cover: a whole scanned page, a page that is
// mostly picture, and a picture that is more than a logo.
const scannedPage, mostlyPicture, largePicture = 0.7, 0.5, 0.1

// showsMore tells a page whose pictures may hold text that its own text does not:
// always where there is hardly any text. With OCR any larger picture is read;
// without it a page with text and pictures counts as read, unless the picture is
// most of it.
func (d *pdfDocument) showsMore(octets int, pictures float64) bool {
	switch {
	case pictures == 0:
		return false
	case octets < 3*fewChars:
		return true
	case d.r.s.x.OCR != nil:
		return pictures > largePicture && (pictures < scannedPage || octets < 600)
	}
	return pictures > mostlyPicture && octets < 600
}

// inOutlines tells a page whose drawings may be text as outlines, which printer drivers and
// drawing programs write: always where there is hardly any text, with OCR also where there
// is little of it beside a great many curves.
func (d *pdfDocument) inOutlines(g *pdfPage, octets int) bool {
	switch {
	case octets < 3*fewChars:
		return g.outlines() >= someOutlines
	case octets < 600 && d.r.s.x.OCR != nil:
		return g.outlines() >= manyOutlines
	}
	return false
}

// withoutBlanks is text without blanks.
func withoutBlanks(s string) string { return strings.Join(strings.Fields(plainText(s)), "") }
