package extract

import (
	"fmt"
	"strings"
)

const tnefMagic = "\x78\x9f\x3e\x22"

func isTNEF(p *probe) string { return typeIf(p.at(0, tnefMagic), "application/ms-tnef") }

// TNEF attributes (MS-OXTNEF 2.1.3.2), the type word included.
const (
	tnefFrom       = 0x00008000
	tnefSubject    = 0x00018004
	tnefBody       = 0x0002800c
	tnefAttachData = 0x0006800f
	tnefAttachName = 0x00018010
	tnefAttachRend = 0x00069002
	tnefProps      = 0x00069003
	tnefRecipients = 0x00069004
	tnefAttachment = 0x00069005
)

// readTNEF reads winmail.dat: subject, body and the strings of the properties as
// text, attachments and other bodies as files.
//
// Not covered: checksums, which Outlook does not insist on either.
func readTNEF(r *reading) error {
	t := &tnefReader{r: r, b: newBuilder(r)}
	data := r.file.Data[min(6, len(r.file.Data)):] // behind signature and key
	broken := false
	for len(data) >= 11 {
		id, n := int(le32(data[1:])), int(le32(data[5:]))
		if n < 0 || n > len(data)-9 {
			n, broken = len(data)-9, true
		}
		t.attribute(id, data[9:9+n])
		data = data[min(len(data), 9+n+2):]
	}
	t.endAttachment()
	err := t.b.finish()
	for _, f := range t.files {
		if f.rtf {
			r.mapiFile(propRTF, mapiBinary, f.Data, "")
			continue
		}
		r.child(f.File)
	}
	if broken && err == nil {
		err = fmt.Errorf("read tnef attributes: %w", errMalformed)
	}
	return err
}

type tnefFile struct {
	File
	rtf bool
}

// tnefReader collects what stands in a TNEF stream.
type tnefReader struct {
	r     *reading
	b     *builder
	files []tnefFile
	open  *File
}

func (t *tnefReader) attribute(id int, data []byte) {
	switch id {
	case tnefSubject, tnefBody, tnefFrom:
		t.line(decodeLabel(trimNul(data)))
	case tnefAttachRend:
		t.endAttachment()
		t.open = &File{Attachment: true}
	case tnefAttachName:
		t.attachment().Name = decodeLabel(trimNul(data))
	case tnefAttachData:
		t.attachment().Data = data
	case tnefAttachment:
		t.props(data, true)
	case tnefProps:
		t.props(data, false)
	case tnefRecipients:
		t.line(strings.TrimSpace(sweepText(data)))
	default:
		if id>>16 == 1 || id>>16 == 2 { // strings and texts of other attributes
			t.b.note(decodeLabel(trimNul(data)))
		}
	}
}

func (t *tnefReader) line(s string) {
	if strings.TrimSpace(s) != "" {
		t.b.write(s)
		t.b.sep('\n')
	}
}

func (t *tnefReader) attachment() *File {
	if t.open == nil {
		t.open = &File{Attachment: true}
	}
	return t.open
}

func (t *tnefReader) endAttachment() {
	if t.open != nil && len(t.open.Data) > 0 {
		t.files = append(t.files, tnefFile{File: *t.open})
	}
	t.open = nil
}

func trimNul(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// props walks over a property list (MS-OXTNEF 2.1.3.4); it stops where the list
// stops making sense.
func (t *tnefReader) props(data []byte, attachment bool) {
	c := &mapiCursor{data: data}
	for count := int(c.u32()); count > 0 && !c.bad; count-- {
		kind, id := int(c.u16()), int(c.u16())
		if id >= 0x8000 {
			c.name()
		}
		for _, v := range c.values(kind) {
			t.prop(id, kind&^0x1000, v, attachment)
		}
	}
	if c.bad {
		t.r.fail(fmt.Errorf("read tnef properties: %w", errMalformed))
	}
}

func (t *tnefReader) prop(id, kind int, v []byte, attachment bool) {
	p := msgProp{id: id, kind: kind, data: v}
	text, isText := p.text()
	text = strings.TrimRight(text, "\x00")
	switch {
	case attachment && (id == propAttachLong || id == propAttachName && t.attachment().Name == "") && isText:
		t.attachment().Name = text
		t.b.note(text)
	case attachment && id == propAttachData && len(v) > 16:
		if kind == mapiObject {
			v = v[16:] // the interface identifier
		}
		t.attachment().Data = v
	case id == propRTF && kind == mapiBinary:
		t.files = append(t.files, tnefFile{File: File{Data: v}, rtf: true})
	case id == propHTML:
		t.files = append(t.files, tnefFile{File: File{Name: "HTML body", DeclaredType: "text/html", Data: v}})
	case id == propBody && isText, id == propSubject && isText:
		t.line(text)
	case isText:
		t.b.note(text)
	}
}

// mapiCursor reads little-endian values; bad is set at the first that is missing.
type mapiCursor struct {
	data []byte
	bad  bool
}

func (c *mapiCursor) take(n int) []byte {
	if n < 0 || n > len(c.data) {
		c.bad = true
		return nil
	}
	out := c.data[:n]
	c.data = c.data[n:]
	return out
}

func (c *mapiCursor) u16() uint16 { return le16(c.take(2)) }
func (c *mapiCursor) u32() uint32 { return le32(c.take(4)) }

// name skips a named property's set and name.
func (c *mapiCursor) name() {
	c.take(16)
	if c.u32() == 0 {
		c.take(4)
		return
	}
	n := int(c.u32())
	c.take((n + 3) &^ 3)
}

// values are the values of one property; fixed-size ones are skipped.
func (c *mapiCursor) values(kind int) [][]byte {
	count := 1
	if kind&0x1000 != 0 {
		count = int(c.u32())
	}
	fixed := 0
	switch kind &^ 0x1000 {
	case 2, 3, 4, 10, 11:
		fixed = 4
	case 5, 6, 7, 0x14, 0x40:
		fixed = 8
	case 0x48:
		fixed = 16
	case mapiString8, mapiUnicode, mapiBinary, mapiObject:
		if kind&0x1000 == 0 {
			count = int(c.u32())
		}
	default:
		c.bad = true
		return nil
	}
	if count < 0 || count > len(c.data) {
		c.bad = true
		return nil
	}
	var out [][]byte
	for ; count > 0 && !c.bad; count-- {
		if fixed > 0 {
			c.take(fixed)
			continue
		}
		n := int(c.u32())
		out = append(out, c.take(n))
		c.take(min((4-n&3)&3, len(c.data)))
	}
	return out
}
