package extract

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sekisho-mail/sekisho/policy"
)

const (
	// maxPDFPages and maxPDFTime bound one document.
	maxPDFPages = 2000
	maxPDFTime  = 20 * time.Second
	// fewChars: a page with an image and less text than this shows its text in
	// the image.
	fewChars = 20
)

// pdfDocument is one open document.
type pdfDocument struct {
	r      *reading
	p      *pdfInstance
	handle uint64
	form   uint64
	// keys are annotKeys in the engine's memory.
	keys  []uint64
	files []pdfFile
	// scans are pictures of the pages that hold no text of their own, and images
	// counts all pages of that kind.
	scans  []pageScan
	images int
	writer pageWriter
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
	ctx, cancel := context.WithTimeout(r.ctx, maxPDFTime)
	defer cancel()
	d := &pdfDocument{r: r}
	if r.s.Heavy != nil && r.s.x.PDF != nil {
		r.s.Heavy()
	}
	err := r.s.x.PDF.use(func(p *pdfInstance) error {
		d.p = p
		if err := d.open(ctx); err != nil {
			return err
		}
		return d.read(ctx)
	})
	if errors.Is(err, errEngine) || errors.Is(err, errEncrypted) {
		return err
	}
	// Outside of the engine: the embedded files may need it again.
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
			d.handle = uint64(h)
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
	d.outline(ctx, b)
	d.properties(b)
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
	for i := range min(max(n, 0), maxPDFPages) {
		err := d.page(ctx, i, b)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if b.full {
			return nil // finish says it
		}
		if err != nil && failure == nil {
			failure = err
		}
	}
	if n > maxPDFPages {
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
	glyphs, err := g.glyphs(ctx)
	pieces := piecesOf(glyphs)
	d.writer.page(glyphs, pieces)
	text := streamText(glyphs)
	d.joined = append(d.joined, joinedLines(pieces)...)
	if stop := d.annotations(ctx, g, b); err == nil {
		err = stop
	}
	if isGarbled(text) || len([]rune(strings.Join(strings.Fields(text), ""))) < fewChars && g.hasImage() {
		d.scan(ctx, g)
	}
	return err
}
