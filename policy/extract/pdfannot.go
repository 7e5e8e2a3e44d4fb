package extract

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// Annotation flags (ISO 32000-1, 12.5.3): such an annotation is not on the screen.
const annotHidden, annotNoView = 1 << 1, 1 << 5

// maxAnnots bounds the annotations of one page.
const maxAnnots = 10000

// annotKeys are the entries of an annotation that hold what somebody wrote:
// comment, field value, default value, rich text, tooltip, author, subject.
var annotKeys = []string{"Contents", "V", "DV", "RC", "RV", "TU", "T", "Subj"}

// annotations writes the comments and form fields of a page, each on a line of
// its own, and collects the files that are pinned to it. text is what the page
// shows, without blanks.
func (d *pdfDocument) annotations(ctx context.Context, g *pdfPage, b *builder, text string) error {
	p := d.p
	n := int(int32(p.quick("FPDFPage_GetAnnotCount", g.handle)))
	drawn, from := false, len(b.text)
	for i := range min(max(n, 0), maxAnnots) {
		if err := ctx.Err(); err != nil {
			return err
		}
		a := uint64(p.quick("FPDFPage_GetAnnot", g.handle, uint64(i)))
		if a == 0 {
			continue
		}
		d.annotation(ctx, a, b)
		switch p.quick("FPDFAnnot_GetSubtype", a) {
		case annotText, annotLink, annotPopup, annotAttachment, annotWidget:
		default:
			drawn = true
		}
		p.quick("FPDFPage_CloseAnnot", a)
	}
	if drawn {
		d.drawn(ctx, g, b, text+withoutBlanks(string(b.text[from:])))
	}
	if n > maxAnnots {
		return errTooLarge
	}
	return nil
}

func (d *pdfDocument) annotation(ctx context.Context, a uint64, b *builder) {
	p := d.p
	hidden := p.quick("FPDFAnnot_GetFlags", a)&(annotHidden|annotNoView) != 0
	seen := map[string]bool{}
	write := func(s string) {
		s = strings.TrimSpace(plainText(s))
		if s == "" || seen[s] {
			return
		}
		seen[s] = true
		b.sep('\n')
		if hidden {
			b.hide(true)
		}
		b.write(s)
		if hidden {
			b.hide(false)
		}
	}
	label := ""
	if d.form != 0 {
		label = p.utf16("FPDFAnnot_GetFormFieldName", d.form, a)
		// The value of a field is one for all its widgets, so it is asked of the form.
		if v := p.utf16("FPDFAnnot_GetFormFieldValue", d.form, a); v != "" {
			write(label + ": " + v)
			seen[strings.TrimSpace(plainText(v))] = true
		}
		options := int(int32(p.quick("FPDFAnnot_GetOptionCount", d.form, a)))
		for i := range min(max(options, 0), 1000) {
			write(p.utf16("FPDFAnnot_GetOptionLabel", d.form, a, uint64(i)))
		}
	}
	for i, key := range annotKeys {
		if s := p.utf16("FPDFAnnot_GetStringValue", a, d.keys[i]); key != "T" || s != label {
			write(s)
		}
	}
	if link := p.quick("FPDFAnnot_GetLink", a); link != 0 {
		if action := p.quick("FPDFLink_GetAction", uint64(link)); action != 0 {
			d.uri(uint64(action), b)
		}
	}
	if f := p.quick("FPDFAnnot_GetFileAttachment", a); f != 0 {
		d.attach(ctx, uint64(f))
	}
}

// uri keeps a link's target: mailto: and addresses with data in them.
func (d *pdfDocument) uri(action uint64, b *builder) {
	n := d.p.quick("FPDFAction_GetURIPath", d.handle, action, uint64(d.p.scratch), scratchSize)
	if n > 1 && n <= scratchSize {
		target := decodeLabel(bytes.TrimRight(d.p.get(d.p.scratch, int(n)), "\x00"))
		b.note(target)
		if plain, err := url.PathUnescape(target); err == nil && plain != target {
			b.note(plain)
		}
	}
}

// pdfFile is an embedded file that waits to be read until the engine is free
// again: it may be a PDF itself.
type pdfFile struct {
	name string
	data []byte
	err  error
	// again tells that the data are read already, under the first of their names.
	again bool
}

// attach takes one embedded file out of the document.
func (d *pdfDocument) attach(ctx context.Context, handle uint64) {
	p, b := d.p, &d.r.s.budget
	f := pdfFile{name: p.utf16("FPDFAttachment_GetName", handle)}
	if f.err = b.entry(); f.err == nil {
		f.data, f.err = d.attached(ctx, handle)
	}
	for _, other := range d.files {
		if !bytes.Equal(other.data, f.data) {
			continue
		}
		if other.name == f.name {
			return // a file may be both listed and pinned to a page
		}
		f.data, f.again = other.data, true
	}
	d.files = append(d.files, f)
}

// attached are the bytes of an embedded file. Thousands of entries may name one
// large file: the engine unpacks it for each question, so questions are counted too.
func (d *pdfDocument) attached(ctx context.Context, handle uint64) ([]byte, error) {
	p := d.p
	if d.unpacked >= d.r.s.x.Limits.ExpandedBytes {
		return nil, errTooLarge
	}
	if ok, err := p.call(ctx, "FPDFAttachment_GetFile", handle, 0, 0, uint64(p.scratch)); err != nil || ok == 0 {
		if err == nil {
			err = errMalformed
		}
		return nil, err
	}
	size := int64(le32(p.get(p.scratch, 4)))
	d.unpacked += size
	limits, spent := d.r.s.x.Limits, d.r.s.budget.expanded
	packed := int64(len(d.r.file.Data))
	if size > min(limits.MemberBytes, limits.ExpandedBytes-spent, max(limits.RatioFrom, packed*limits.Ratio)) {
		return nil, errTooLarge
	}
	at, err := p.malloc(int(size) + 1)
	if err != nil {
		return nil, err
	}
	defer p.free(at)
	if ok, err := p.call(ctx, "FPDFAttachment_GetFile", handle, uint64(at), uint64(size), uint64(p.scratch)); err != nil || ok == 0 {
		if err == nil {
			err = errMalformed
		}
		return nil, err
	}
	d.r.s.budget.expanded += size
	return p.get(at, int(size)), nil
}

// readFiles reads the embedded files as parts of the document.
func (r *reading) readFiles(files []pdfFile) error {
	for _, f := range files {
		if f.name == "" {
			f.name = "embedded file"
		}
		if f.again {
			f.data = nil
		}
		if stop := r.memberRead(f.name, f.data, int64(len(f.data)), f.err); stop != nil {
			return stop
		}
	}
	return nil
}

// Limits of a document's bookmarks.
const maxBookmarks, maxBookmarkDepth = 20_000, 64

// outline notes the titles of the bookmarks.
func (d *pdfDocument) outline(b *builder) error {
	left, deep := maxBookmarks, false
	var walk func(parent uint64, depth int)
	walk = func(parent uint64, depth int) {
		at := d.p.quick("FPDFBookmark_GetFirstChild", d.handle, parent)
		deep = deep || at != 0 && depth >= maxBookmarkDepth
		for at != 0 && left > 0 && !deep {
			left--
			b.note(plainText(d.p.utf16("FPDFBookmark_GetTitle", uint64(at))))
			walk(uint64(at), depth+1)
			at = d.p.quick("FPDFBookmark_GetNextSibling", d.handle, uint64(at))
		}
	}
	walk(0, 0)
	if left <= 0 || deep {
		return fmt.Errorf("read bookmarks: %w", errTooLarge)
	}
	return nil
}

// properties notes what the document says about itself.
func (d *pdfDocument) properties(b *builder) {
	for _, key := range []string{"Title", "Author", "Subject", "Keywords"} {
		tag := d.p.cString(key)
		b.note(plainText(d.p.utf16("FPDF_GetMetaText", d.handle, tag)))
		d.p.free(uint32(tag))
	}
	for _, key := range labelKeys(d.r.file.Data) {
		tag := d.p.cString(key)
		if value := plainText(d.p.utf16("FPDF_GetMetaText", d.handle, tag)); value != "" {
			b.note(key + "=" + value)
		}
		d.p.free(uint32(tag))
	}
}

// mostLabels bounds how many sensitivity labels of a document are read.
const mostLabels = 20

// labelKeys are the properties in which Microsoft Purview keeps the names of
// sensitivity labels: they hold the id of the label, so that they are found in the
// bytes of the file. The engine cannot list properties; those of a dictionary that
// is packed into an object stream stay unknown.
func labelKeys(data []byte) []string {
	const mark, end = "/MSIP_Label_", "_Name"
	var out []string
	for len(out) < mostLabels {
		i := bytes.Index(data, []byte(mark))
		if i < 0 {
			return out
		}
		data = data[i+1:]
		key := data[:min(len(data), 120)]
		if n := bytes.IndexAny(key, " (<\r\n/"); n >= 0 {
			key = key[:n]
		}
		if s := string(key); strings.HasSuffix(s, end) && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// Kinds of annotations whose picture shows nothing, or the value that was read.
const annotText, annotLink, annotPopup, annotAttachment, annotWidget = 1, 2, 16, 17, 20

// drawn writes the text that only the pictures of annotations show (stamps): the
// page is read once more with them as a part of it. written is what is known of the page,
// without blanks.
func (d *pdfDocument) drawn(ctx context.Context, g *pdfPage, b *builder, written string) {
	if done, err := d.p.call(ctx, "FPDFPage_Flatten", g.handle, 0); err != nil || done != 1 {
		return
	}
	again, err := d.openPage(ctx, g.number-1)
	if err != nil {
		return
	}
	defer again.close()
	for line := range strings.Lines(again.plain(ctx)) {
		if s := withoutBlanks(line); s != "" && !strings.Contains(written, s) {
			b.sep('\n')
			b.write(strings.TrimSpace(plainText(line)))
		}
	}
}
