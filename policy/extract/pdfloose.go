package extract

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// What a document holds beside its pages: metadata, scripts, values of fields that
// stand on no page, and what earlier revisions of it said.

var (
	pdfMetadata   = regexp.MustCompile(`/Type\s*/Metadata\b`)
	pdfObjectsIn  = regexp.MustCompile(`/Type\s*/ObjStm\b`)
	pdfLooseText  = regexp.MustCompile(`/(JS|V|DV|RV|RC|Contents|ActualText|Alt|TU|URI|Title|Subject|Keywords|Author)\s*[(<]`)
	pdfScriptLink = regexp.MustCompile(`/JS\s+(\d+)\s+(\d+)\s+R`)
)

// maxObjects bounds the octets of a document's objects, unpacked, with what stands between.
const maxObjects = 64 << 20

// maxLoose bounds the strings of one document that stand on no page and may be
// somebody's data.
const maxLoose = 100_000

// loose notes texts that the engine does not ask for. Under a password strings
// are encrypted one by one, and this finds nothing.
//
// Not covered: streams with other filters than deflate.
func (d *pdfDocument) loose(b *builder) error {
	data := d.r.file.Data
	if trailerEncrypt.Match(data) {
		return nil
	}
	var objects bytes.Buffer
	var stop error
	pdfEachStream(data, func(before, dict, body []byte) {
		if stop = cmp.Or(stop, d.p.check()); stop == nil && objects.Len()+len(before) > maxObjects {
			stop = fmt.Errorf("read objects of pdf: %w", errTooLarge)
		}
		if stop != nil {
			return
		}
		objects.Write(before)
		metadata := pdfMetadata.Match(dict)
		if !metadata && !pdfObjectsIn.Match(dict) {
			d.stray(b, dict, body)
			return
		}
		if bytes.Contains(dict, []byte("/FlateDecode")) {
			var err error
			if body, err = d.r.inflate(body); errors.Is(err, errTooLarge) {
				stop = err
				return
			}
		}
		if !metadata {
			objects.Write(body)
			return
		}
		x := newXMLScanner(body)
		for x.next() {
			if x.kind == xmlText && carriesData(x.text) {
				b.note(x.text)
			}
		}
	})
	stop = cmp.Or(stop, d.looseStrings(objects.Bytes(), b), d.strayStrings(objects.Bytes(), b))
	for _, m := range pdfScriptLink.FindAllSubmatch(objects.Bytes(), 100) {
		object := pdfObject(data, string(m[1]), string(m[2]))
		pdfEachStream(object, func(_, dict, body []byte) {
			if bytes.Contains(dict, []byte("/FlateDecode")) {
				var err error
				if body, err = d.r.inflate(body); errors.Is(err, errTooLarge) {
					stop = cmp.Or(stop, err)
				}
			}
			b.note(pdfDocText(body))
		})
	}
	return stop
}

// looseLeft is how many such strings may still be looked at.
type looseLeft int

func (l *looseLeft) take(p *pdfInstance) error {
	if *l--; *l < 0 {
		return fmt.Errorf("read strings of pdf: %w", errTooLarge)
	}
	if *l%256 == 0 {
		return p.check()
	}
	return nil
}

// looseStrings notes the strings of dictionaries that could be somebody's data.
func (d *pdfDocument) looseStrings(objects []byte, b *builder) error {
	written := string(b.text)
	left := looseLeft(maxLoose)
	for m := range eachMatch(pdfLooseText, objects) {
		s, ok := pdfString(objects[m[1]-1:])
		if !ok {
			continue
		}
		text := plainText(pdfDocText(s))
		if !carriesData(text) {
			continue
		}
		if err := left.take(d.p); err != nil {
			return err
		}
		if !strings.Contains(written, strings.TrimSpace(text)) {
			b.note(text)
		}
	}
	return nil
}

// eachMatch gives the places of a pattern one after the other. All of them together may
// take ten times the memory of the text.
func eachMatch(pattern *regexp.Regexp, text []byte) iter.Seq[[]int] {
	return func(yield func([]int) bool) {
		for at := 0; ; {
			m := pattern.FindSubmatchIndex(text[at:])
			if m == nil {
				return
			}
			for i := range m {
				m[i] += at
			}
			if at = m[1]; !yield(m) {
				return
			}
		}
	}
}

// pdfDocText is a text string (ISO 32000-1, 7.9.2.2); what is neither UTF-16 nor
// UTF-8 is read as any other text of unknown charset.
func pdfDocText(s []byte) string {
	return decodeLabel(s)
}

// pdfEachStream gives what stands before each stream, its dictionary and its
// octets; what follows the last stream comes without a dictionary.
func pdfEachStream(data []byte, each func(before, dict, body []byte)) {
	at := 0
	for at < len(data) {
		m := pdfStream.FindIndex(data[at:])
		if m == nil {
			break
		}
		from, to := at+m[0], at+m[1]
		if from >= 3 && string(data[from-3:from]) == "end" {
			each(data[at:to], nil, nil)
			at = to
			continue
		}
		before := data[at:from]
		dict := before[max(0, len(before)-4096):]
		if i := bytes.LastIndex(dict, []byte(" obj")); i >= 0 {
			dict = dict[i:]
		}
		end := bytes.Index(data[to:], []byte("endstream"))
		if end < 0 {
			end = len(data) - to
		}
		each(before, dict, data[to:to+end])
		at = to + end
	}
	each(data[at:], nil, nil)
}

// maxRevisions bounds how many earlier revisions are read, the latest first.
const maxRevisions = 5

// revisions reads the pages that an earlier revision of the document shows and
// this one does not (ISO 32000-1, 7.5.6): an update only adds to a file, and
// whoever cuts it off sees the state before.
func (d *pdfDocument) revisions(ctx context.Context) error {
	data := d.r.file.Data
	mark := []byte("%%EOF")
	ends := bytes.Count(data, mark)
	if ends < 2 || ends == 2 && bytes.Contains(data[:min(len(data), 1024)], []byte("/Linearized")) {
		return nil
	}
	end := bytes.LastIndex(data, mark)
	for n := range maxRevisions {
		if end = bytes.LastIndex(data[:end], mark); end < 0 {
			return nil
		}
		if err := d.otherPages(ctx, data[:end+len(mark)], fmt.Sprintf("revision %d before the last", n+1)); err != nil {
			return err
		}
	}
	if bytes.Contains(data[:end], mark) {
		return fmt.Errorf("read earlier revisions: %w", errTooLarge)
	}
	return nil
}

// otherPages reads the pages of another state of the document whose texts are not
// known; data that is no document of its own has none.
func (d *pdfDocument) otherPages(ctx context.Context, data []byte, view string) error {
	at, err := d.p.put(data)
	if err != nil {
		return err
	}
	defer d.p.free(at)
	pw, err := d.p.put([]byte(d.password))
	if err != nil {
		return err
	}
	defer d.p.free(pw)
	h, err := d.p.call(ctx, "FPDF_LoadMemDocument", uint64(at), uint64(len(data)), uint64(pw))
	if err != nil || h == 0 {
		return err
	}
	defer d.p.quick("FPDF_CloseDocument", uint64(h))
	old := &pdfDocument{r: d.r, p: d.p, handle: uint64(h)}
	var text strings.Builder
	for i := range min(max(int(int32(d.p.quick("FPDF_GetPageCount", old.handle))), 0), d.r.s.x.Limits.PDFPages) {
		g, err := old.openPage(ctx, i)
		if stop := d.p.check(); stop != nil {
			return stop
		}
		if err != nil {
			continue
		}
		s, before := g.plain(ctx), len(d.known)
		if d.remember(s); len(d.known) > before {
			text.WriteString(plainText(s) + "\n")
		}
		g.close()
	}
	if strings.TrimSpace(text.String()) == "" {
		return nil
	}
	kept, err := d.r.clip(text.String())
	d.r.content(view, policy.Content{Text: kept, Hidden: []policy.Span{{End: len(kept)}}})
	return err
}

// plain is the page's text as the engine puts it.
func (g *pdfPage) plain(ctx context.Context) string {
	h, err := g.p.call(ctx, "FPDFText_LoadPage", g.handle)
	if err != nil || h == 0 {
		return ""
	}
	defer g.p.quick("FPDFText_ClosePage", uint64(h))
	n := min(max(int(int32(g.p.quick("FPDFText_CountChars", uint64(h)))), 0), maxPageChars)
	at, err := g.p.malloc(2*n + 2)
	if err != nil {
		return ""
	}
	defer g.p.free(at)
	n = int(int32(g.p.quick("FPDFText_GetText", uint64(h), 0, uint64(n), uint64(at))))
	return strings.TrimRight(charset.UTF16(g.p.get(at, max(0, 2*n-2)), false), "\x00")
}
