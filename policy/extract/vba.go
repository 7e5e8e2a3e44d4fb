package extract

import (
	"fmt"
	"path"
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

// Records of a macro project's directory (MS-OVBA 2.3.4.2).
const (
	vbaCodepage = 0x03
	vbaVersion  = 0x09
	vbaStream   = 0x1a
	vbaOffset   = 0x31
)

// macros writes the source of a macro project, which lies packed in the streams of
// its modules, and gives the paths of those that were read; none without a project.
//
// Not covered: code that was left in a compiled form only, which is swept.
func (r *reading) macros(o *oleFile) (map[string]bool, error) {
	done := map[string]bool{}
	for _, f := range o.files {
		dir := olePath(f)
		if !strings.EqualFold(path.Base(dir), "dir") || !strings.EqualFold(path.Base(path.Dir(dir)), "VBA") {
			continue
		}
		packed, err := r.stream(f)
		if err != nil {
			return nil, err
		}
		list, ok := vbaUnpack(packed)
		if !ok {
			return nil, fmt.Errorf("read macro project: %w", errMalformed)
		}
		modules, page := vbaModules(list)
		b := newBuilder(r)
		for _, f := range o.files {
			name := olePath(f)
			at, known := modules[path.Base(name)]
			if !known || path.Dir(name) != path.Dir(dir) {
				continue
			}
			data, err := r.stream(f)
			if err != nil {
				return nil, err
			}
			source, ok := vbaUnpack(data[min(len(data), at):])
			if !ok {
				return nil, fmt.Errorf("read macro: %w", errMalformed)
			}
			b.mark("macro " + path.Base(name))
			b.write(strings.ReplaceAll(charset.As(source, page).Text, "\r\n", "\n"))
			done[name] = true
		}
		done[dir] = true
		text, full := r.clip(string(b.text))
		r.content("macros", policy.Content{Text: text, Marks: b.c.Marks, Hidden: []policy.Span{{End: len(text)}}})
		if full != nil {
			return nil, full
		}
	}
	return done, nil
}

// vbaModules are the streams of the modules with where their source begins, and the
// project's charset.
func vbaModules(d []byte) (modules map[string]int, page string) {
	modules, page = map[string]int{}, "windows-1252"
	name := ""
	for len(d) >= 6 {
		id, n := le16(d), int(le32(d[2:]))
		if id == vbaVersion { // its size leaves two octets out
			n = 6
		}
		if n < 0 || n > len(d)-6 {
			break
		}
		body := d[6 : 6+n]
		d = d[6+n:]
		switch {
		case id == vbaCodepage && n == 2:
			page = codepageName(int(le16(body)))
		case id == vbaStream:
			name = charset.As(body, page).Text
		case id == vbaOffset && n == 4:
			modules[name] = int(le32(body))
		}
	}
	return modules, page
}

// vbaChunk is how much a chunk unpacks to.
const vbaChunk = 4096

// vbaUnpack undoes the compression (MS-OVBA 2.4.1); false for anything else.
func vbaUnpack(d []byte) ([]byte, bool) {
	if len(d) < 3 || d[0] != 1 {
		return nil, false
	}
	var out []byte
	for d = d[1:]; len(d) >= 3; {
		head := le16(d)
		size := int(head&0xfff) + 3
		if head>>12&7 != 3 {
			return out, false
		}
		chunk := d[2:min(len(d), size)]
		d = d[min(len(d), size):]
		if head&0x8000 == 0 {
			out = append(out, chunk...)
			continue
		}
		var ok bool
		if out, ok = vbaTokens(out, chunk); !ok {
			return out, false
		}
	}
	return out, true
}

// vbaTokens unpacks one chunk: eight tokens behind each octet of flags.
func vbaTokens(out, chunk []byte) ([]byte, bool) {
	start := len(out)
	for len(chunk) > 0 {
		flags := chunk[0]
		chunk = chunk[1:]
		for bit := 0; bit < 8 && len(chunk) > 0; bit++ {
			if flags>>bit&1 == 0 {
				out, chunk = append(out, chunk[0]), chunk[1:]
				continue
			}
			done, width := len(out)-start, 4
			for 1<<width < done {
				width++
			}
			if len(chunk) < 2 || done == 0 || done > vbaChunk {
				return out, false
			}
			token := int(le16(chunk))
			chunk = chunk[2:]
			length, back := token&(0xffff>>width)+3, token>>(16-width)+1
			if back > done {
				return out, false
			}
			for range length {
				out = append(out, out[len(out)-back])
			}
		}
	}
	return out, true
}
