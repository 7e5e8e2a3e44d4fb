package extract

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// binary takes octets that stand as they are (RTF 1.9, \bin). Of a text, or of more than
// there is, programs make different things: it is read as if the word were not there.
func (p *rtfReader) binary(n int) {
	if n <= 0 || n > len(p.src)-p.pos {
		return
	}
	raw := p.src[p.pos : p.pos+n]
	switch d := p.group.dest; {
	case d == rtfPicture || d == rtfData || d == rtfObject:
		p.object = append(p.object, raw...)
	case !charset.IsBinary(raw):
		return
	case n > fewBytes || sensible(raw, p.r.s.formats) || carriesData(sweepText(raw)):
		p.child(File{Name: "binary data", Data: raw})
	}
	p.pos += n
}

func (p *rtfReader) child(f File) {
	if err := p.r.s.budget.entry(); err != nil {
		p.r.fail(err)
		return
	}
	p.r.child(f)
}

// hex takes a digit; all else in hex is nothing.
func (p *rtfReader) hex(c byte) {
	switch {
	case !isHex(c):
	case p.digit == 0:
		p.digit = c
	default:
		p.object = append(p.object, hexDigit(p.digit)<<4|hexDigit(c))
		p.digit = 0
	}
}

func hexDigit(c byte) byte { return c&0xf + c>>6*9 }

// openHex reads what stood in hex in a destination that ends.
func (p *rtfReader) openHex(dest rtfDest) {
	if dest != rtfPicture && dest != rtfData && dest != rtfObject {
		return
	}
	data := p.object
	p.object, p.digit = nil, 0
	switch {
	case len(data) < 12:
	case dest == rtfObject:
		p.openObject(data)
	case dest == rtfPicture:
		p.child(File{Name: "picture", Data: data})
	case strings.HasPrefix(string(data), "PK"):
		p.child(File{Name: "theme", Data: data})
	default:
		if s := sweepText(data); carriesData(s) {
			p.b.note(s)
		}
	}
}

// openObject reads an embedded OLE 1 object (MS-OLEDS 2.2.5).
func (p *rtfReader) openObject(data []byte) {
	pos := 8
	for range 3 { // class, topic, item
		if pos+4 > len(data) {
			break
		}
		pos += 4 + int(le32(data[pos:]))
		if pos < 0 || pos+4 > len(data) {
			p.r.child(File{Name: "embedded object", Data: data})
			return
		}
	}
	native := data[pos+4:]
	if strings.HasPrefix(string(native), oleMagic) {
		p.r.child(File{Name: "embedded object", Data: native})
		return
	}
	p.r.child(ole10Native(append(data[pos:pos+4:pos+4], native...)))
}
