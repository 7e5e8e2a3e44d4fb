package extract

import (
	"bytes"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// isYEnc takes files that hold a yEnc block (yEnc draft 1.3): its octets are no
// text in any charset, so this comes before the text formats.
func isYEnc(p *probe) string {
	if i := bytes.Index(p.data, []byte("=ybegin ")); i == 0 || i > 0 && p.data[i-1] == '\n' {
		return "text/x-yenc"
	}
	return ""
}

// readYEnc reads the text around the blocks and each block as a file. Parts of
// one file that were split over several mails are read each by itself.
func readYEnc(r *reading) error {
	var around []byte
	data := r.file.Data
	for {
		i := bytes.Index(data, []byte("=ybegin "))
		if i < 0 {
			break
		}
		around = append(around, data[:i]...)
		f, rest := yencBlock(data[i:])
		r.blobChild(f)
		data = rest
	}
	around = append(around, data...)
	var err error
	for i, d := range charset.Read(around, r.file.Charset) {
		view := ""
		if i > 0 {
			view = "charset " + d.Charset
		}
		if e := r.plain(view, d.Text); e != nil {
			err = e
		}
	}
	r.pageAround(around, r.file.Charset)
	if err == nil && isNoisy(around, charset.Read(around, r.file.Charset)) {
		err = errUnsupported
	}
	return err
}

// pageAround reads what stands around a block as the page or data that it is for a
// program which knows nothing of the block; plain text has been read already.
func (r *reading) pageAround(data []byte, label string) {
	f := File{Name: r.file.Name, DeclaredType: r.file.DeclaredType, Charset: label, Data: data}
	p := newProbe(&f)
	for _, format := range r.s.formats {
		if format.is(p) == "" {
			continue
		}
		switch format.Name {
		case "html", "xml", "json", "vcard", "mail":
			if r.s.budget.entry() != nil {
				r.fail(errTooLarge)
				return
			}
			r.child(f)
		}
		return
	}
}

// yencBlock decodes one block and gives back what follows it.
func yencBlock(data []byte) (File, []byte) {
	f := File{Attachment: true}
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		line = bytes.TrimSuffix(line, []byte("\r"))
		switch {
		case bytes.HasPrefix(line, []byte("=ybegin ")):
			if _, name, ok := strings.Cut(string(line), " name="); ok {
				f.Name = strings.TrimSpace(charset.Read([]byte(name), "")[0].Text)
			}
			continue
		case bytes.HasPrefix(line, []byte("=ypart ")):
			continue
		case bytes.HasPrefix(line, []byte("=yend")):
			return f, data
		}
		escaped := false
		for _, c := range line {
			switch {
			case escaped:
				f.Data = append(f.Data, c-64-42)
				escaped = false
			case c == '=':
				escaped = true
			default:
				f.Data = append(f.Data, c-42)
			}
		}
	}
	return f, nil
}
