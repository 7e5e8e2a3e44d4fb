package extract

import (
	"bytes"
	"hash/crc32"
	"strconv"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
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

// yencBlock decodes one block and gives back what follows it. One that has not the size
// that it says, or no end, is malformed: what programs show of it differs.
func yencBlock(data []byte) (File, []byte) {
	f := File{Attachment: true, Problem: policy.Malformed}
	part := false
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
			part = true
			continue
		case bytes.HasPrefix(line, []byte("=yend")):
			if yencFits(string(line), f.Data, part) {
				f.Problem = policy.NoProblem
			}
			return f, data
		}
		f.Data = appendYEnc(f.Data, line)
	}
	return f, nil
}

// appendYEnc decodes one line.
func appendYEnc(out, line []byte) []byte {
	escaped := false
	for _, c := range line {
		switch {
		case escaped:
			out = append(out, c-64-42)
			escaped = false
		case c == '=':
			escaped = true
		default:
			out = append(out, c-42)
		}
	}
	return out
}

// yencFits tells that the size and the checksum of an "=yend" line, where it has one, are
// those of the data.
func yencFits(end string, data []byte, part bool) bool {
	sum := "crc32"
	if part {
		sum = "pcrc32"
	}
	size := false
	for word := range strings.FieldsSeq(end) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "size":
			n, err := strconv.Atoi(value)
			size = err == nil && n == len(data)
		case sum:
			if n, err := strconv.ParseUint(value, 16, 32); err != nil || uint32(n) != crc32.ChecksumIEEE(data) {
				return false
			}
		}
	}
	return size
}
