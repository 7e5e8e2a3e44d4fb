package extract

import (
	"bytes"
	"path"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// probe answers a recogniser's questions about a file, each worked out once.
type probe struct {
	file    *File
	data    []byte
	decoded []charset.Reading
	sniffed string
	lowered string

	zipTried bool
	zipped   *zipFile

	oleTried  bool
	oleOpened *oleFile
}

func newProbe(f *File) *probe { return &probe{file: f, data: f.Data} }

// ext is the file name's extension in lower case with its dot.
func (p *probe) ext() string { return strings.ToLower(path.Ext(strings.TrimRight(p.file.Name, " ."))) }

// named tells one of the extensions.
func (p *probe) named(exts ...string) bool {
	if p.file.Name == "" && exts[0] != "" {
		return false // a body
	}
	e := p.ext()
	for _, x := range exts {
		if e == x {
			return true
		}
	}
	return false
}

// declared tells one of the types as the sender's claim.
func (p *probe) declared(types ...string) bool {
	for _, t := range types {
		if strings.EqualFold(p.file.DeclaredType, t) {
			return true
		}
	}
	return false
}

// at tells that the bytes stand at the offset.
func (p *probe) at(offset int, want string) bool {
	return len(p.data) >= offset+len(want) && string(p.data[offset:offset+len(want)]) == want
}

// text is the readings of the bytes as text, best first; nil for binary data.
func (p *probe) text() []charset.Reading {
	if p.decoded == nil {
		if p.decoded = charset.ReadText(p.data, p.file.Charset, p.file.Octets); p.decoded == nil {
			p.decoded = []charset.Reading{}
			if text := bytes.TrimRight(p.data, "\x00\n"); len(text) > 0 && len(text) < len(p.data) { // filled up
				p.decoded = append(p.decoded, charset.ReadText(text, p.file.Charset, charset.Unseen)...)
			}
		}
	}
	return p.decoded
}

// start is where the text begins behind leading blanks, "" for binary data.
func (p *probe) start() string {
	texts := p.text()
	if len(texts) == 0 {
		return ""
	}
	text := texts[0].Text
	if text != "" && text[0] > ' ' && text[0] != "\ufeff"[0] {
		return text // nearly all
	}
	return strings.TrimLeft(text, "\ufeff \t\r\n\v\f")
}

// begins tells text that begins with these ASCII letters in either case.
func (p *probe) begins(with string) bool {
	s := p.start()
	return len(s) >= len(with) && strings.EqualFold(s[:len(with)], with)
}

// head is the beginning of the text in lower case without leading blanks.
func (p *probe) head() string {
	if p.lowered == "" {
		s := p.start()
		s = s[:min(len(s), 2048)]
		var low strings.Builder
		low.Grow(len(s))
		for i := range len(s) {
			c := s[i]
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			low.WriteByte(c)
		}
		p.lowered = low.String()
	}
	return p.lowered
}

// sniff is what the mimetype library says; it names what has no reader here.
func (p *probe) sniff() string {
	if p.sniffed == "" {
		p.sniffed, _, _ = strings.Cut(mimetype.Detect(p.data).String(), ";")
	}
	return p.sniffed
}
