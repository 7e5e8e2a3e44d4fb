package extract

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Pages and texts that the document's own tree does not lead to: no program shows
// them, and whoever mends or searches the file has them.

var (
	pdfObjectHead = regexp.MustCompile(`(?:^|[\s>])(\d{1,8})\s+(\d{1,5})\s+obj\b`)
	pdfPageType   = regexp.MustCompile(`/Type\s*/Page[^A-Za-z]`)
	pdfReference  = regexp.MustCompile(`\b(\d{1,8})\s+\d{1,5}\s+R\b`)
	pdfStart      = regexp.MustCompile(`startxref\s+(\d+)`)
	pdfKeepKeys   = regexp.MustCompile(`/Encrypt\s+\d+\s+\d+\s+R|/ID\s*\[[^\]]*\]`)
)

// pdfPages are the page dictionaries of a file by their object's number: where each
// stands in the file, or the dictionary itself when it was packed.
type pdfPages struct {
	at     map[int]int
	packed map[int][]byte
	last   int // the highest number of any object
}

// orphans notes the texts of streams that nothing refers to, and finds the pages of
// the file.
//
// Not covered: such a stream in a code of its font, and pages that are packed in a
// file whose end does not say where its table is.
func (d *pdfDocument) orphans(b *builder) (*pdfPages, error) {
	pages := &pdfPages{at: map[int]int{}, packed: map[int][]byte{}}
	referred := map[int]bool{}
	refer := func(objects []byte) {
		for m := range eachMatch(pdfReference, objects) {
			referred[atoi(string(objects[m[2]:m[3]]))] = true
		}
	}
	type stream struct {
		number     int
		dict, body []byte
	}
	var streams []stream
	data := d.r.file.Data
	at := 0
	pdfEachStream(data, func(before, dict, body []byte) {
		start := at
		at += len(before)
		if dict != nil {
			at += bytes.IndexByte(data[at:], '\n') + 1 + len(body) // behind the keyword's line
		}
		pages.scan(before, start)
		refer(before)
		switch {
		case dict == nil:
		case pdfObjectsIn.Match(dict):
			// Of a limit loose has told.
			if body, err := d.pdfBody(dict, body); err == nil && d.p.check() == nil {
				pages.scanPacked(dict, body)
				refer(body)
			}
		case !pdfNoText.Match(dict) && !pdfFilter.Match(dict):
			if m := pdfObjectHead.FindAllSubmatch(before, -1); len(m) > 0 {
				streams = append(streams, stream{atoi(string(m[len(m)-1][1])), dict, body})
			}
		}
	})
	for _, s := range streams {
		if referred[s.number] {
			continue
		}
		body, err := d.pdfBody(s.dict, s.body)
		if errors.Is(err, errTooLarge) {
			return pages, err
		}
		var shown bytes.Buffer
		if pdfTextShown.Match(body) {
			pdfShown(&shown, body)
		}
		if text := sweepText(shown.Bytes()); carriesData(text) {
			b.note(text)
		}
	}
	return pages, nil
}

func (d *pdfDocument) pdfBody(dict, body []byte) ([]byte, error) {
	if bytes.Contains(dict, []byte("/FlateDecode")) {
		return d.r.inflate(body)
	}
	return body, nil
}

// scan notes the pages in a stretch of objects that stand openly.
func (p *pdfPages) scan(objects []byte, start int) {
	var head []int
	object := func(end int) {
		if head == nil {
			return
		}
		n := atoi(string(objects[head[2]:head[3]]))
		p.last = max(p.last, n)
		if pdfPageType.Match(objects[head[1]:end]) {
			p.at[n] = start + head[2]
			delete(p.packed, n)
		}
	}
	for m := range eachMatch(pdfObjectHead, objects) {
		object(m[0])
		head = m
	}
	object(len(objects))
}

// scanPacked notes the pages in an object stream (ISO 32000-1, 7.5.7).
func (p *pdfPages) scanPacked(dict, body []byte) {
	count, first := pdfDictInt(dict, "N", 0), pdfDictInt(dict, "First", 0)
	if first <= 0 || first > len(body) {
		return
	}
	numbers := strings.Fields(string(body[:first]))
	for i := 0; i+1 < len(numbers) && i < 2*count; i += 2 {
		n, from, to := atoi(numbers[i]), first+atoi(numbers[i+1]), len(body)
		if i+3 < len(numbers) {
			to = first + atoi(numbers[i+3])
		}
		if from < first || to > len(body) || from > to {
			continue
		}
		p.last = max(p.last, n)
		if pdfPageType.Match(body[from:to]) {
			p.packed[n] = body[from:to]
			delete(p.at, n)
		}
	}
}

// orphanPages reads the pages that are not in the document's tree, if there are more
// than the tree has: all pages of the file as one document, which is the file with an
// update behind it whose tree has them all. Those whose text is known are left out.
func (d *pdfDocument) orphanPages(ctx context.Context, pages *pdfPages) error {
	if len(pages.at)+len(pages.packed) <= int(int32(d.p.quick("FPDF_GetPageCount", d.handle))) {
		return nil
	}
	if len(pages.at)+len(pages.packed) > d.r.s.x.Limits.PDFPages {
		return fmt.Errorf("count pages: %w", errTooLarge)
	}
	updated, ok := pages.update(d.r.file.Data)
	if !ok {
		return nil
	}
	return d.otherPages(ctx, updated, "pages outside of the tree")
}

// update is the file with the pages in a tree of their own.
func (p *pdfPages) update(data []byte) ([]byte, bool) {
	m := pdfStart.FindAllSubmatch(data, -1)
	if m == nil {
		return nil, false
	}
	previous, err := strconv.Atoi(string(m[len(m)-1][1]))
	if err != nil || previous >= len(data) {
		return nil, false
	}
	out := append(bytes.Clone(data), '\n')
	root := p.last + 1
	entries := map[int]int{} // object: place
	add := func(n int, body string) {
		entries[n] = len(out)
		out = fmt.Appendf(out, "%d 0 obj%s\nendobj\n", n, body)
	}
	var kids strings.Builder
	count, next := 0, root+3
	for n, at := range p.at {
		entries[n] = at
		fmt.Fprintf(&kids, "%d 0 R ", n)
		count++
	}
	for _, dict := range p.packed {
		add(next, string(dict))
		fmt.Fprintf(&kids, "%d 0 R ", next)
		next++
		count++
	}
	add(root, fmt.Sprintf("<</Type/Catalog/Pages %d 0 R>>", root+1))
	add(root+1, fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", count, kids.String()))
	keep := ""
	for _, k := range pdfKeepKeys.FindAll(data, 2) {
		keep += string(k)
	}
	trailer := fmt.Sprintf("/Size %d/Root %d 0 R/Prev %d%s", next, root, previous, keep)
	start := len(out)
	if bytes.HasPrefix(data[previous:], []byte("xref")) {
		out = append(out, "xref\n"...)
		for n, at := range entries {
			out = fmt.Appendf(out, "%d 1\n%010d 00000 n \n", n, at)
		}
		out = fmt.Appendf(out, "trailer<<%s>>\n", trailer)
	} else {
		var index strings.Builder
		var table []byte
		entries[root+2] = start
		for n, at := range entries {
			fmt.Fprintf(&index, "%d 1 ", n)
			table = binary.BigEndian.AppendUint32(append(table, 1), uint32(at))
		}
		out = fmt.Appendf(out, "%d 0 obj<</Type/XRef/W[1 4 0]/Index[%s]/Length %d%s>>stream\n", root+2, index.String(), len(table), trailer)
		out = append(append(out, table...), "\nendstream\nendobj\n"...)
	}
	return fmt.Appendf(out, "startxref\n%d\n%%%%EOF\n", start), true
}
