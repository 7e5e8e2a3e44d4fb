package extract

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What any object of a document holds that is no part of a page: strings under keys of any
// name, and streams that are files or texts of their own.

// strayFiles are what the streams begin with that are read as files wherever they hang.
var strayFiles = []string{"PK\x03\x04", sevenMagic, "Rar!\x1a\x07", "\x1f\x8b\x08", "%PDF-", oleMagic, "BZh", "\xfd7zXZ", `{\rtf`, "\x28\xb5\x2f\xfd"}

// maxStray is how many such files a document may have, maxStrayed how many octets they may
// have together: they wait in memory until the engine has let go of the document.
const maxStray, maxStrayed = 100, 64 << 20

// pdfDrawn are drawings that pages use, or could, and pdfGlyph is what begins a letter that
// is one: the engine tells no text of patterns and letters.
var (
	pdfDrawn = regexp.MustCompile(`/PatternType\s*1\b|/Subtype\s*/Form\b`)
	pdfGlyph = regexp.MustCompile(`^[\d.\s-]+d[01]\s`)
)

// maxDrawn is how large such a drawing may be, packed, to be looked at.
const maxDrawn = 64 << 10

// stray keeps a stream that is a file, or notes it as a text, by its first octets.
//
// Not covered: noise, which looks like a font or a picture, streams with other filters than
// deflate, and patterns and letters whose text is in a code of its font.
func (d *pdfDocument) stray(b *builder, dict, body []byte) {
	if len(body) < 16 || pdfNoText.Match(dict) || pdfFilter.Match(dict) || pdfEmbedded.Match(dict) || len(d.strays) >= maxStray {
		return
	}
	packed := bytes.Contains(dict, []byte("/FlateDecode"))
	head := body[:min(len(body), 64)]
	if packed {
		if head = d.begins(body); head == nil {
			return
		}
	}
	drawn := len(body) <= maxDrawn && (pdfDrawn.Match(dict) || pdfGlyph.Match(head))
	file := false
	for _, mark := range strayFiles {
		file = file || strings.HasPrefix(string(head), mark)
	}
	if !file && !drawn && !wideText(whole(head)) {
		return
	}
	if packed {
		var err error
		if body, err = d.r.inflate(body); err != nil && len(body) == 0 {
			return
		}
	}
	switch {
	case file:
		if d.strayed += len(body); d.strayed > maxStrayed {
			d.r.fail(fmt.Errorf("keep streams that are files: %w", errTooLarge))
			return
		}
		d.strays = append(d.strays, bytes.Clone(body))
	case drawn && pdfTextShown.Match(body):
		var shown bytes.Buffer
		pdfShown(&shown, body)
		if text := sweepText(shown.Bytes()); digitsIn(text) >= 10 && !strings.Contains(d.pageText(b), withoutBlanks(text)) {
			b.note(text)
		}
	case wideText(body) && len(body) < 1<<20:
		b.note(strings.TrimSpace(string(body)))
	}
}

// pageText is the text of all pages without its blanks, made once.
func (d *pdfDocument) pageText(b *builder) string {
	if d.written == "" {
		d.written = withoutBlanks(string(b.text))
	}
	return d.written
}

// begins is what a packed stream begins with; nil when it is none. One reader does it for
// all streams: a new one takes 40 KB, and documents have thousands.
func (d *pdfDocument) begins(packed []byte) []byte {
	src := bytes.NewReader(packed)
	var err error
	if d.inflater == nil {
		d.inflater, err = zlib.NewReader(src)
	} else {
		err = d.inflater.(zlib.Resetter).Reset(src, nil)
	}
	if err != nil {
		return nil
	}
	head := make([]byte, 64)
	n, _ := io.ReadFull(d.inflater, head)
	return head[:n]
}

// wideText tells UTF-8 beyond ASCII: no fonts, pictures and pages are that.
func wideText(s []byte) bool {
	return utf8.Valid(s) && bytes.IndexFunc(s, func(c rune) bool { return c >= 0x80 }) >= 0 && bytes.IndexByte(s, 0) < 0
}

// strayStrings notes the strings under any key that hold a number or are text beyond ASCII
// and say so. Those that are octets of another kind (palettes, digests) do neither.
func (d *pdfDocument) strayStrings(objects []byte, b *builder) error {
	written := string(b.text)
	for at, left := 0, looseLeft(maxLoose); ; {
		i := bytes.IndexAny(objects[at:], "(<")
		if i < 0 {
			return nil
		}
		at += i
		if bytes.HasPrefix(objects[at:], []byte("<<")) {
			at += 2
			continue
		}
		end := pdfStringEnd(objects[at:])
		if end < 0 {
			return nil
		}
		s, ok := pdfString(objects[at : at+end])
		at += end
		marked := bytes.HasPrefix(s, []byte("\xfe\xff")) || bytes.HasPrefix(s, []byte("\xef\xbb\xbf"))
		if !ok || len(s) < 10 || bytes.HasPrefix(s, []byte("D:")) || !marked && (!utf8.Valid(s) || digitsIn(string(s)) < 10) {
			continue
		}
		if err := left.take(d.p); err != nil {
			return err
		}
		if text := strings.TrimSpace(plainText(pdfDocText(s))); carriesData(text) && !guidOrDate.MatchString(text) && !strings.Contains(written, text) {
			b.note(text)
		}
	}
}
