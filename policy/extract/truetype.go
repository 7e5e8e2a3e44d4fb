package extract

import (
	"encoding/binary"
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
		if looksBinary(p.data) {
			p.decoded = []charset.Reading{}
		} else {
			p.decoded = charset.Read(p.data, p.file.Charset)
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
	return strings.TrimLeft(texts[0].Text, "\ufeff \t\r\n\v\f")
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

// looksBinary tells data that no charset can make a text of: control characters
// that no text file has, other than the NULs of UTF-16 and UTF-32.
func looksBinary(data []byte) bool {
	if charset.Mark(data) != "" || charset.UnmarkedUTF16(data) != "" || charset.UnmarkedUTF32(data) != "" {
		return false
	}
	sample := data[:min(len(data), 64<<10)]
	odd, nul := 0, 0
	for i := 0; i < len(sample); i++ {
		for ; len(sample)-i >= 8 && !hasControl(sample[i:]); i += 8 { // nearly all of it
		}
		if i == len(sample) {
			break
		}
		switch c := sample[i]; {
		case c >= 0x20 && c != 0x7f:
		case c == 0:
			nul++
		case strings.IndexByte("\t\n\r\f\v\b\x1a\x1b\x0e\x0f\x1c\x1d\x1e\x1f", c) < 0:
			odd++
		}
	}
	if nul > 0 {
		return nul > len(sample)/1000+1 || odd > 0
	}
	return odd > len(sample)/100
}

// Eight octets at a time.
const (
	eachOne  = 0x0101010101010101
	eachHigh = 0x8080808080808080
)

// hasControl tells a control character, or what may be one, in the first eight octets.
func hasControl(data []byte) bool {
	w := binary.LittleEndian.Uint64(data)
	del := w ^ 0x7f*eachOne
	return ((w-0x20*eachOne)&^w|(del-eachOne)&^del)&eachHigh != 0
}
