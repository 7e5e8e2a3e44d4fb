package extract

import (
	"bytes"
	"compress/zlib"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// What any object of a document holds that is no part of a page: strings under keys of any
// name, and streams that are files or texts of their own.

// strayFiles are what the streams begin with that are read as files wherever they hang.
var strayFiles = []string{"PK\x03\x04", sevenMagic, "Rar!\x1a\x07", "\x1f\x8b\x08", "%PDF-", oleMagic, "BZh", "\xfd7zXZ", `{\rtf`, "\x28\xb5\x2f\xfd"}

// maxStray is how many such files a document may have.
const maxStray = 100

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
		zr, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return
		}
		head = make([]byte, 64)
		n, _ := io.ReadFull(zr, head)
		head = head[:n]
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
		d.strays = append(d.strays, bytes.Clone(body))
	case drawn && pdfTextShown.Match(body):
		var shown bytes.Buffer
		pdfShown(&shown, body)
		if text := sweepText(shown.Bytes()); digitsIn(text) >= 10 && !strings.Contains(withoutBlanks(string(b.text)), withoutBlanks(text)) {
			b.note(text)
		}
	case wideText(body) && len(body) < 1<<20:
		b.note(strings.TrimSpace(string(body)))
	}
}

// wideText tells UTF-8 beyond ASCII: no fonts, pictures and pages are that.
func wideText(s []byte) bool {
	return utf8.Valid(s) && bytes.IndexFunc(s, func(c rune) bool { return c >= 0x80 }) >= 0 && bytes.IndexByte(s, 0) < 0
}

// strayStrings notes the strings under any key that hold a number or are text beyond ASCII
// and say so. Those that are octets of another kind (palettes, digests) do neither.
func (d *pdfDocument) strayStrings(objects []byte, b *builder) {
	written := string(b.text)
	for at, left := 0, maxLoose; left > 0; left-- {
		i := bytes.IndexAny(objects[at:], "(<")
		if i < 0 {
			return
		}
		at += i
		if bytes.HasPrefix(objects[at:], []byte("<<")) {
			at += 2
			left++
			continue
		}
		end := pdfStringEnd(objects[at:])
		if end < 0 {
			return
		}
		s, ok := pdfString(objects[at : at+end])
		at += end
		marked := bytes.HasPrefix(s, []byte("\xfe\xff")) || bytes.HasPrefix(s, []byte("\xef\xbb\xbf"))
		if !ok || len(s) < 10 || bytes.HasPrefix(s, []byte("D:")) || !marked && (!utf8.Valid(s) || digitsIn(string(s)) < 10) {
			continue
		}
		if text := strings.TrimSpace(plainText(pdfDocText(s))); carriesData(text) && !guidOrDate.MatchString(text) && !strings.Contains(written, text) {
			b.note(text)
		}
	}
}
