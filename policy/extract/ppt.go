package extract

import (
	"bytes"
	"compress/zlib"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

func isPPT(p *probe) string {
	return typeIf(p.ole().has("PowerPoint Document"), "application/vnd.ms-powerpoint")
}

// Record types (MS-PPT 2.13.24).
const (
	pptTextChars = 4000
	pptTextBytes = 4008
	pptCString   = 4026
	pptOleObject = 4113
)

// pptEncrypted is the header token of the Current User atom of an encrypted
// presentation (MS-PPT 2.3.2).
const pptEncrypted = 0xf3d1c4df

// readPPT reads the text atoms of a presentation in the order of the file.
//
// Not covered: which slide a text stands on, and pictures.
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
	var b strings.Builder
	last := ""
	for len(data) >= 8 {
		kind, typ, size := le16(data), le16(data[2:]), int(le32(data[4:]))
		if kind&0xf == 0xf { // a container: go inside
			data = data[8:]
			continue
		}
		body := data[8:min(len(data), 8+max(0, size))]
		data = data[8+len(body):]
		text := ""
		switch typ {
		case pptTextChars, pptCString:
			text = utf16Text(body[:len(body)&^1], false)
		case pptTextBytes:
			text = biffChars(body, len(body), false)
		case pptOleObject:
			r.pptObject(kind>>4, body)
		}
		if text = strings.TrimSpace(text); text != "" && text != last {
			b.WriteString(strings.NewReplacer("\r", "\n", "\v", "\n").Replace(text))
			b.WriteByte('\n')
			last = text
		}
	}
	if err := r.plain("", b.String()); err != nil {
		return err
	}
	return r.embedded(o, func(name string) bool {
		return name == "PowerPoint Document" || name == "Current User" || name == "Pictures"
	})
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
