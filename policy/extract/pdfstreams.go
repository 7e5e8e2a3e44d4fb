package extract

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"errors"
	"fmt"
	"regexp"

	"github.com/sekisho-mail/sekisho/policy"
)

var (
	pdfStream    = regexp.MustCompile(`stream\r?\n`)
	pdfFilter    = regexp.MustCompile(`/(ASCIIHexDecode|ASCII85Decode|LZWDecode|RunLengthDecode|CCITTFaxDecode|JBIG2Decode|DCTDecode|JPXDecode|Crypt)\b`)
	pdfNoText    = regexp.MustCompile(`/Subtype\s*/(Image|Type1C|CIDFontType0C|OpenType)|/FontFile|/Length1\b|/Type\s*/XRef`)
	pdfEmbedded  = regexp.MustCompile(`/Type\s*/EmbeddedFile\b`)
	pdfTextShown = regexp.MustCompile(`\b(Tj|TJ)\b`)
)

// pdfStreams unpacks what lies in the file's deflated streams: embedded files
// become parts of their own, the strings of everything else are searched like
// other unknown bytes. It is no reader of pages, so the file stays unsupported.
func (r *reading) pdfStreams() error {
	data := r.file.Data
	var found bytes.Buffer
	var stop error
	all := pdfStream.FindAllIndex(data, -1)
	for i, m := range all {
		if m[0] >= 3 && string(data[m[0]-3:m[0]]) == "end" {
			continue
		}
		dict := data[max(0, m[0]-1024):m[0]]
		if i := bytes.LastIndex(dict, []byte(" obj")); i >= 0 {
			dict = dict[i:]
		}
		body := data[m[1]:]
		if i+1 < len(all) {
			body = data[m[1]:all[i+1][0]]
		}
		if end := bytes.Index(body, []byte("endstream")); end >= 0 {
			body = body[:end]
		}
		if pdfNoText.Match(dict) || pdfFilter.Match(dict) {
			continue
		}
		var broken error
		if bytes.Contains(dict, []byte("/FlateDecode")) {
			if body, broken = r.inflate(body); errors.Is(broken, errTooLarge) {
				stop = cmp.Or(stop, broken)
			}
		}
		if found.Len()+len(body) > maxObjects {
			stop = cmp.Or(stop, fmt.Errorf("read streams of pdf: %w", errTooLarge))
			continue
		}
		switch {
		case pdfEmbedded.Match(dict):
			r.child(File{Name: "embedded file", Data: body, Attachment: r.file.Attachment, broken: broken})
		case pdfTextShown.Match(body):
			pdfShown(&found, body)
		default:
			found.Write(body)
			found.WriteByte(0)
		}
	}
	text, err := r.clip(sweepText(found.Bytes()))
	if text != "" {
		r.content("streams", policy.Content{Text: text, Kind: policy.SweptText})
	}
	return cmp.Or(stop, err)
}

func (r *reading) inflate(packed []byte) ([]byte, error) {
	zr, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, errMalformed
	}
	return r.expand(zr, int64(len(packed)))
}

// pdfShown writes the strings of a content stream; those of one array belong
// together, and an operator that moves to another line ends a line.
func pdfShown(out *bytes.Buffer, body []byte) {
	for i := 0; i < len(body); {
		switch c := body[i]; {
		case c == '(' || c == '<' && i+1 < len(body) && body[i+1] != '<':
			s, ok := pdfString(body[i:])
			end := pdfStringEnd(body[i:])
			if !ok || end < 0 {
				return
			}
			out.Write(s)
			i += end
			continue
		case c == 'T' && i+1 < len(body) && bytes.IndexByte([]byte("dDm*"), body[i+1]) >= 0, c == '\'' || c == '"', c == 'E' && bytes.HasPrefix(body[i:], []byte("ET")):
			out.WriteString("\n\x00")
		}
		i++
	}
}

// pdfStringEnd is behind a literal or hexadecimal string; -1 when it has no end.
func pdfStringEnd(s []byte) int {
	if s[0] == '<' {
		if end := bytes.IndexByte(s, '>'); end >= 0 {
			return end + 1
		}
		return -1
	}
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
