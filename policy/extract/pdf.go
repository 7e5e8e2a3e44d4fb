package extract

import (
	"bytes"
	"errors"
	"regexp"
	"strconv"

	"github.com/sekisho-mail/sekisho/policy"
)

// isPDF looks for the header within the first kilobyte, as readers do.
func isPDF(p *probe) string {
	return typeIf(bytes.Contains(p.data[:min(len(p.data), 1024)], []byte("%PDF-")), "application/pdf")
}

// trailerEncrypt finds the encryption dictionary that a trailer or cross
// reference stream names (ISO 32000-1, 7.5.5 and 7.6.1).
var trailerEncrypt = regexp.MustCompile(`/Encrypt\s*(?:(\d+)\s+(\d+)\s+R|<<)`)

// readPDF reads a document through the engine. Where there is none, or it broke
// down, the document is left to what its streams hold openly.
func readPDF(r *reading) error {
	r.end = pdfEnd(r.file.Data)
	r.loose("leading bytes", r.file.Data[:max(0, bytes.Index(r.file.Data, []byte("%PDF-")))])
	err := r.readPDFPages()
	switch {
	case err == nil, errors.Is(err, errEncrypted), r.ctx.Err() != nil:
		return err
	case errors.Is(err, errEngine):
		return r.readPDFBytes()
	case len(r.res.Contents) == r.contents:
		if e := r.readPDFBytes(); !errors.Is(e, errUnsupported) {
			return e
		}
	}
	return err
}

// readPDFBytes tells whether a recipient needs a password and searches the
// streams; it reads no pages, so the answer is never better than unsupported.
//
// Not covered: the layout of pages, fonts with a code of their own, and anything
// inside a file under an owner password.
func (r *reading) readPDFBytes() error {
	data := r.file.Data
	if m := trailerEncrypt.FindSubmatchIndex(data); m != nil {
		dict := data[m[0]:]
		if m[2] >= 0 {
			dict = pdfObject(data, string(data[m[2]:m[3]]), string(data[m[4]:m[5]]))
		}
		if !pdfOpensEmpty(dict, pdfID(data)) {
			r.encrypted(policy.Encrypted)
		}
		return errUnsupported
	}
	if err := r.pdfStreams(); err != nil {
		return err
	}
	return errUnsupported
}

// pdfObject is the body of an object, the last one of that number.
func pdfObject(data []byte, number, generation string) []byte {
	head := []byte(number + " " + generation + " obj")
	at := len(data)
	for {
		if at = bytes.LastIndex(data[:at], head); at < 0 {
			return nil
		}
		if at == 0 || data[at-1] <= ' ' {
			body := data[at+len(head):]
			if end := bytes.Index(body, []byte("endobj")); end >= 0 {
				body = body[:end]
			}
			return body
		}
	}
}

var pdfIDKey = regexp.MustCompile(`/ID\s*\[\s*`)

// pdfID is the first of the file's two identifiers.
func pdfID(data []byte) []byte {
	all := pdfIDKey.FindAllIndex(data, -1)
	for i := len(all) - 1; i >= 0; i-- {
		if s, ok := pdfString(data[all[i][1]:]); ok {
			return s
		}
	}
	return nil
}

// pdfDictString is a string by its key. The keys of crypt filters are deeper and
// have other names.
func pdfDictString(dict []byte, key string) []byte {
	for rest := dict; ; {
		i := bytes.Index(rest, []byte("/"+key))
		if i < 0 {
			return nil
		}
		rest = rest[i+1+len(key):]
		if s, ok := pdfString(bytes.TrimLeft(rest, " \t\r\n")); ok {
			return s
		}
	}
}

// pdfDictInt is a number by its key, or the fallback.
func pdfDictInt(dict []byte, key string, fallback int) int {
	for rest := dict; ; {
		i := bytes.Index(rest, []byte("/"+key))
		if i < 0 {
			return fallback
		}
		rest = bytes.TrimLeft(rest[i+1+len(key):], " \t\r\n")
		n := 0
		for n < len(rest) && (rest[n] == '-' || rest[n] >= '0' && rest[n] <= '9') {
			n++
		}
		if v, err := strconv.ParseInt(string(rest[:n]), 10, 64); err == nil {
			return int(v)
		}
	}
}

// pdfString reads a literal or hexadecimal string (ISO 32000-1, 7.3.4).
func pdfString(d []byte) ([]byte, bool) {
	if len(d) < 2 || d[0] != '(' && (d[0] != '<' || d[1] == '<') {
		return nil, false
	}
	if d[0] == '<' {
		var out []byte
		high, half := byte(0), false
		for _, c := range d[1:] {
			if c == '>' {
				if half {
					out = append(out, high<<4)
				}
				return out, true
			}
			if !isHex(c) {
				continue
			}
			v := c & 15
			if c > '9' {
				v += 9
			}
			if half {
				out = append(out, high<<4|v)
			}
			high, half = v, !half
		}
		return nil, false
	}
	return pdfLiteral(d[1:])
}

func pdfLiteral(d []byte) ([]byte, bool) {
	var out []byte
	for depth, i := 1, 0; i < len(d); i++ {
		c := d[i]
		switch c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return out, true
			}
		case '\\':
			i++
			if i >= len(d) {
				return nil, false
			}
			switch e := d[i]; e {
			case 'n':
				c = '\n'
			case 'r':
				c = '\r'
			case 't':
				c = '\t'
			case 'b':
				c = '\b'
			case 'f':
				c = '\f'
			case '\n':
				continue
			case '\r':
				if i+1 < len(d) && d[i+1] == '\n' {
					i++
				}
				continue
			case '0', '1', '2', '3', '4', '5', '6', '7':
				v, n := 0, 0
				for n < 3 && i+n < len(d) && d[i+n] >= '0' && d[i+n] <= '7' {
					v = v*8 + int(d[i+n]-'0')
					n++
				}
				i += n - 1
				c = byte(v)
			default:
				c = e
			}
		}
		out = append(out, c)
	}
	return nil, false
}
