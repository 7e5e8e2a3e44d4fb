package extract

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// openData reads what data: URIs hold (RFC 2397).
func (p *htmlReader) openData(r *reading) {
	for _, uri := range p.data {
		f, ok := dataURI(uri)
		if !ok {
			r.unread(f.Name, int64(len(uri)), policy.NotEncrypted, errMalformed)
			continue
		}
		r.child(f)
	}
	for _, page := range p.pages {
		r.child(File{Name: "srcdoc", DeclaredType: "text/html", Charset: "utf-8", Data: []byte(page)})
	}
}

// dataURI takes a data: URI apart; false when its base64 cannot be read.
func dataURI(uri string) (File, bool) {
	meta, body, _ := strings.Cut(uri[len("data:"):], ",")
	typ, _, _ := strings.Cut(meta, ";")
	f := File{Name: "data: URI", DeclaredType: typ}
	if plain, err := url.PathUnescape(body); err == nil {
		body = plain
	}
	f.Data = []byte(body)
	if strings.HasSuffix(strings.ToLower(meta), ";base64") {
		raw, err := base64.StdEncoding.DecodeString(cleanBase64(body))
		if err != nil {
			return f, false
		}
		f.Data = raw
	}
	if i := strings.Index(meta, "charset="); i >= 0 {
		f.Charset, _, _ = strings.Cut(meta[i+8:], ";")
	}
	return f, true
}

// cleanBase64 drops what is not of the alphabet and mends the padding; the URL
// alphabet is taken as well.
func cleanBase64(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '-':
			return '+'
		case r == '_':
			return '/'
		case r < 0x80 && isBase64(byte(r)):
			return r
		}
		return -1
	}, s)
	if len(s)%4 == 1 {
		s = s[:len(s)-1]
	}
	for len(s)%4 != 0 {
		s += "="
	}
	return s
}
