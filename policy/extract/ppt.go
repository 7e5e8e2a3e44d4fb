package extract

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

func isPPT(p *probe) string {
	return typeIf(p.ole().has("PowerPoint Document"), "application/vnd.ms-powerpoint")
}

// Record types (MS-PPT 2.13.24).
const (
	pptSlide        = 1006
	pptNotes        = 1008
	pptSlidePersist = 1011
	pptMaster       = 1016
	pptSlideList    = 4080
	pptTextChars    = 4000
	pptTextBytes    = 4008
	pptCString      = 4026
	pptOleObject    = 4113
)

// pptEncrypted is the header token of the Current User atom of an encrypted
// presentation (MS-PPT 2.3.2).
const pptEncrypted = 0xf3d1c4df

// readPPT reads the text atoms of a presentation in the order of the file, which
// is that of its outline and then of its slides. The slides are counted as they
// come; one that was moved keeps its old number.
//
// Not covered: pictures.
func readPPT(r *reading) error {
	o := r.probe.ole()
	if f := o.stream("Current User"); f != nil {
		if user, err := r.stream(f); err == nil && len(user) >= 16 && le32(user[12:]) == pptEncrypted {
			r.encrypted(policy.Encrypted)
			return nil
		}
	}
	data, err := r.stream(o.stream("PowerPoint Document"))
	if err != nil {
		return err
	}
	b := newBuilder(r)
	last := ""
	slides := pptCounter{b: b}
	for len(data) >= 8 {
		kind, typ, size := le16(data), le16(data[2:]), int(le32(data[4:]))
		if size > len(data)-8 {
			r.fail(fmt.Errorf("read record: %w", errMalformed)) // longer than what there is
		}
		if kind&0xf == 0xf { // a container: go inside
			slides.container(typ)
			data = data[8:]
			continue
		}
		slides.atom(typ)
		body := data[8:min(len(data), 8+max(0, size))]
		data = data[8+len(body):]
		text := ""
		switch typ {
		case pptTextChars, pptCString:
			text = charset.UTF16(body[:len(body)&^1], false)
		case pptTextBytes:
			text = biffChars(body, len(body), false)
		case pptOleObject:
			r.pptObject(kind>>4, body)
		}
		if text = strings.TrimSpace(text); text != "" && text != last {
			b.write(strings.NewReplacer("\r", "\n", "\v", "\n").Replace(text))
			b.sep('\n')
			last = text
		}
	}
	if err := b.finish(); err != nil {
		return err
	}
	return r.embedded(o, func(name string) bool {
		return name == "PowerPoint Document" || name == "Current User" || name == "Pictures"
	})
}

// pptCounter marks where slides begin: as containers of their own, and in the
// outline's text by the atoms that point to them.
type pptCounter struct {
	b               *builder
	slides, outline int
	titles          bool
}

func (c *pptCounter) container(typ uint16) {
	switch typ {
	case pptSlide:
		c.slides++
		c.b.mark(fmt.Sprintf("slide %d", c.slides))
	case pptNotes:
		c.b.mark("notes")
	case pptMaster:
		c.b.mark("slide master")
	case pptSlideList:
		// The first list of a document is that of its slides.
		c.titles = c.outline == 0
	}
}

func (c *pptCounter) atom(typ uint16) {
	if typ == pptSlidePersist && c.titles {
		c.outline++
		c.b.mark(fmt.Sprintf("slide %d", c.outline))
	}
}

// pptObject reads an embedded object, packed (instance 1) or as it is.
func (r *reading) pptObject(instance uint16, body []byte) {
	if instance != 1 {
		r.child(File{Name: "embedded object", Data: body})
		return
	}
	if len(body) < 4 {
		return
	}
	zr, err := zlib.NewReader(bytes.NewReader(body[4:]))
	if err != nil {
		r.unread("embedded object", int64(len(body)), policy.NotEncrypted, errMalformed)
		return
	}
	data, err := r.expand(zr, int64(len(body)))
	r.fail(r.memberRead("embedded object", data, int64(len(data)), err))
}
