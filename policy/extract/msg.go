package extract

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/richardlehane/mscfb"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

func isMSG(p *probe) string {
	return typeIf(p.ole().has("__properties_version1.0"), "application/vnd.ms-outlook")
}

// MAPI properties that matter here (MS-OXPROPS).
const (
	propSubject     = 0x0037
	propSenderName  = 0x0c1a
	propSenderMail  = 0x0c1f
	propDisplayBcc  = 0x0e02
	propDisplayCc   = 0x0e03
	propDisplayTo   = 0x0e04
	propBody        = 0x1000
	propRTF         = 0x1009
	propHTML        = 0x1013
	propAttachData  = 0x3701
	propAttachName  = 0x3704
	propAttachLong  = 0x3707
	propHeaders     = 0x007d
	propDisplayName = 0x3001
)

// MAPI property types.
const (
	mapiString8 = 0x1e
	mapiUnicode = 0x1f
	mapiObject  = 0x0d
	mapiBinary  = 0x102
)

// msgProp is one property stream of a message file.
type msgProp struct {
	dir      string
	id, kind int
	data     []byte
}

// readMSG reads an Outlook message (MS-OXMSG): the body and the other strings of
// the message and of messages inside it as one text, the HTML and RTF bodies and
// the attachments as files.
//
// Not covered: named and numeric properties.
func readMSG(r *reading) error {
	var props []msgProp
	for _, f := range r.probe.ole().files {
		p, ok := msgPropOf(f)
		if !ok {
			continue
		}
		data, err := r.stream(f)
		if err != nil {
			return err
		}
		p.data = data
		props = append(props, p)
	}
	if len(props) == 0 {
		return fmt.Errorf("read message properties: %w", errMalformed)
	}
	b := newBuilder(r)
	last := ""
	for _, p := range msgOrdered(props) {
		if p.dir != last {
			b.sep('\n')
			last = p.dir
		}
		if text, ok := p.text(); ok {
			b.write(text)
			b.sep('\n')
		}
	}
	err := b.finish()
	r.msgFiles(props)
	return err
}

// msgPropOf reads a stream's name, "__substg1.0_37010102".
func msgPropOf(f *mscfb.File) (msgProp, bool) {
	name, ok := strings.CutPrefix(f.Name, "__substg1.0_")
	if !ok || len(name) < 8 || f.Size <= 0 {
		return msgProp{}, false
	}
	if path.Base(path.Dir(olePath(f))) == "__nameid_version1.0" && name[:2] == "10" {
		return msgProp{}, false // the index of named properties, whose entries are called like properties
	}
	id, err1 := strconv.ParseUint(name[:4], 16, 32)
	kind, err2 := strconv.ParseUint(name[4:8], 16, 32)
	return msgProp{dir: path.Dir(olePath(f)), id: int(id), kind: int(kind)}, err1 == nil && err2 == nil
}

func (p msgProp) text() (string, bool) {
	switch p.kind {
	case mapiUnicode:
		return strings.TrimRight(charset.UTF16(p.data[:len(p.data)&^1], false), "\x00"), true
	case mapiString8:
		return strings.TrimRight(decodeLabel(p.data), "\x00"), true
	}
	return "", false
}

// msgOrdered puts the outer message first and in each the subject, the people,
// the body and then the rest.
func msgOrdered(props []msgProp) []msgProp {
	first := []int{propSubject, propSenderName, propSenderMail, propDisplayTo, propDisplayCc, propDisplayBcc, propBody}
	rank := func(p msgProp) int {
		if i := slices.Index(first, p.id); i >= 0 {
			return i
		}
		return len(first) + p.id
	}
	out := slices.Clone(props)
	slices.SortStableFunc(out, func(a, b msgProp) int {
		return cmp.Or(cmp.Compare(a.dir, b.dir), cmp.Compare(rank(a), rank(b)))
	})
	return out
}

// msgFiles reads what is binary: attachments, and bodies in other formats.
func (r *reading) msgFiles(props []msgProp) {
	names := map[string]string{}
	for _, p := range props {
		if text, ok := p.text(); ok && (p.id == propAttachLong || p.id == propAttachName && names[p.dir] == "") {
			names[p.dir] = strings.TrimRight(text, "\x00")
		}
	}
	for _, p := range props {
		r.mapiFile(p.id, p.kind, p.data, names[p.dir])
	}
}

// mapiFile reads a binary property that holds a file or a body.
func (r *reading) mapiFile(id, kind int, data []byte, name string) {
	if kind != mapiBinary || len(data) == 0 {
		if id != propHTML || kind != mapiString8 && kind != mapiUnicode {
			return
		}
	}
	switch id {
	case propAttachData:
		r.child(File{Name: name, Data: data, Attachment: true})
	case propHTML:
		r.child(File{Name: "HTML body", DeclaredType: "text/html", Data: data})
	case propRTF:
		rtf, err := lzfu(data)
		if err != nil {
			r.unread("RTF body", int64(len(data)), "", err)
			return
		}
		r.child(File{Name: "RTF body", Data: rtf})
	}
}

// lzfuStart is what the dictionary of compressed RTF begins with (MS-OXRTFCP 2.1.3.1.4).
const lzfuStart = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// lzfu undoes the RTF compression of MAPI (MS-OXRTFCP). It can expand 17 octets
// to at most 8 x 17, so it needs no limit of its own.
func lzfu(data []byte) ([]byte, error) {
	if len(data) < 16 {
		return nil, fmt.Errorf("read compressed rtf: %w", errMalformed)
	}
	body := data[16:]
	switch string(data[8:12]) {
	case "MELA":
		return body, nil
	case "LZFu":
	default:
		return nil, fmt.Errorf("read compressed rtf %s: %w", hex.EncodeToString(data[8:12]), errMalformed)
	}
	var dict [4096]byte
	at := copy(dict[:], lzfuStart)
	var out []byte
	put := func(c byte) {
		out = append(out, c)
		dict[at] = c
		at = (at + 1) % len(dict)
	}
	for len(body) > 0 {
		flags := body[0]
		body = body[1:]
		for bit := 0; bit < 8 && len(body) > 0; bit++ {
			if flags>>bit&1 == 0 {
				put(body[0])
				body = body[1:]
				continue
			}
			if len(body) < 2 {
				return out, nil
			}
			ref := int(body[0])<<8 | int(body[1])
			body = body[2:]
			from, n := ref>>4, ref&15+2
			if from == at {
				return out, nil
			}
			for range n {
				put(dict[from])
				from = (from + 1) % len(dict)
			}
		}
	}
	return out, nil
}
