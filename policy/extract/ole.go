package extract

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/richardlehane/mscfb"

	"github.com/sekisho-mail/sekisho/policy"
	"github.com/sekisho-mail/sekisho/policy/charset"
)

const oleMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// oleFile is a compound file (MS-CFB) with its streams by path.
type oleFile struct {
	files []*mscfb.File
	err   error
}

// ole is the opened compound file or nil for anything else.
func (p *probe) ole() *oleFile {
	if !p.oleTried && p.at(0, oleMagic) {
		p.oleTried = true
		p.oleOpened = openOLE(p.data)
	}
	return p.oleOpened
}

func openOLE(data []byte) *oleFile {
	o := &oleFile{}
	err := guard(func() error {
		doc, err := mscfb.New(bytes.NewReader(data))
		if err != nil {
			return err
		}
		o.files = doc.File
		return nil
	})
	if err != nil {
		o.err = fmt.Errorf("open compound file: %w", errMalformed)
	}
	return o
}

// olePath is a stream's path with "/" between storages, without the control
// character in front of some names.
func olePath(f *mscfb.File) string {
	name := f.Name
	if f.Initial < 0x20 && f.Initial != 0 {
		name = strings.TrimLeft(name, "\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f")
	}
	return strings.Join(append(append([]string(nil), f.Path...), name), "/")
}

// stream finds a stream at the top by name, case ignored; nil without.
func (o *oleFile) stream(name string) *mscfb.File {
	if o == nil {
		return nil
	}
	for _, f := range o.files {
		if f.Size > 0 && strings.EqualFold(olePath(f), name) {
			return f
		}
	}
	return nil
}

func (o *oleFile) has(name string) bool { return o.stream(name) != nil }

// stream reads a stream from its start; it cannot be longer than the file that holds it.
func (r *reading) stream(f *mscfb.File) ([]byte, error) {
	if f == nil {
		return nil, fmt.Errorf("find stream: %w", errMalformed)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("find stream: %w", err)
	}
	return r.expand(f, int64(len(r.file.Data)))
}

// isOLE takes the compound files that no other format takes.
func isOLE(p *probe) string { return typeIf(p.ole() != nil, "application/x-ole-storage") }

// readOLE reads what can be embedded in a compound file and leaves the rest to
// the sweep of each stream.
//
// Not covered: Ichitaro, Visio, Publisher and Hangul documents other than by the
// sweep.
func readOLE(r *reading) error {
	o := r.probe.ole()
	if o.err != nil {
		return o.err
	}
	if o.has("DRMEncryptedDataSpace") || o.has("DataSpaces/DRMEncryptedDataSpace") {
		r.encrypted(policy.Encrypted)
	}
	if o.has("Ole10Native") || o.has("Package") || o.has("VBA/dir") {
		return r.embedded(o, nil)
	}
	if err := r.embedded(o, nil); err != nil {
		return err
	}
	return errUnsupported
}

// embedded opens the wrappers in which Office keeps embedded files, at any
// depth, and sweeps every other stream that skip does not name. Property sets
// and the like hold the author's name and such: they are hidden text.
func (r *reading) embedded(o *oleFile, skip func(string) bool) error {
	var swept strings.Builder
	macros, err := r.macros(o)
	if err != nil {
		r.fail(err)
	}
	for _, f := range o.files {
		name := olePath(f)
		if f.Size <= 0 || macros[name] || skip != nil && skip(name) {
			continue
		}
		data, err := r.stream(f)
		if err != nil {
			return err
		}
		switch path.Base(name) {
		case "Ole10Native":
			r.child(ole10Native(data))
			continue
		case "Package", "CONTENTS":
			if len(data) > 8 && (string(data[:2]) == "PK" || string(data[:4]) == "%PDF") {
				r.child(File{Name: "embedded file", Data: data})
				continue
			}
		case "Workbook", "Book":
			if err := r.biff(data); err != nil {
				return err
			}
			continue
		}
		if texts, ok := propertySet(data); ok {
			swept.WriteString(texts)
			continue
		}
		swept.WriteString(sweepText(data))
	}
	text, err := r.clip(swept.String())
	if text != "" {
		r.content("other streams", policy.Content{Text: text, Kind: policy.SweptText, Hidden: []policy.Span{{End: len(text)}}})
	}
	return err
}

// ole10Native takes the file out of an OLE 1 package: size, flags, label, path,
// two words, temporary path, size, data (MS-OLEDS 2.3.6 and what Office writes).
func ole10Native(data []byte) File {
	whole := File{Name: "embedded object", Data: data}
	if len(data) < 6 {
		return whole
	}
	pos := 6
	label, ok := cString(data, &pos)
	if !ok || label == "" {
		return whole
	}
	if _, ok = cString(data, &pos); !ok || pos+8 > len(data) {
		return whole
	}
	pos += 4
	skip := int(le32(data[pos:]))
	pos += 4
	if skip < 0 || pos+skip+4 > len(data) {
		return whole
	}
	pos += skip
	size := int(le32(data[pos:]))
	pos += 4
	if size < 0 || pos+size > len(data) {
		return whole
	}
	return File{Name: path.Base(strings.ReplaceAll(decodeLabel([]byte(label)), `\`, "/")), Data: data[pos : pos+size]}
}

// cString reads up to a NUL and moves on behind it.
func cString(data []byte, pos *int) (string, bool) {
	end := bytes.IndexByte(data[min(*pos, len(data)):], 0)
	if end < 0 {
		return "", false
	}
	s := string(data[*pos : *pos+end])
	*pos += end + 1
	return s, true
}

// propertySet is the strings of a property set stream (MS-OLEPS 2.21); false for
// other streams. Thumbnails and numbers are left out.
func propertySet(data []byte) (string, bool) {
	if len(data) < 48 || le16(data) != 0xfffe || le32(data[24:]) == 0 || le32(data[24:]) > 2 {
		return "", false
	}
	var b strings.Builder
	for i := range int(le32(data[24:])) {
		at := 28 + 20*i
		if at+20 > len(data) {
			break
		}
		start := int(le32(data[at+16:]))
		if start < 0 || start+8 > len(data) {
			return "", false
		}
		set := data[start:]
		for k := 0; k < int(le32(set[4:])) && 8+8*k+8 <= len(set); k++ {
			off := int(le32(set[8+8*k+4:]))
			if off < 0 || off+8 > len(set) {
				continue
			}
			kind, n, body := le32(set[off:]), int(le32(set[off+4:])), set[off+8:]
			switch {
			case n < 0:
			case kind == 30:
				b.WriteString(decodeLabel(trimNul(body[:min(n, len(body))])) + "\n")
			case kind == 31:
				b.WriteString(strings.TrimRight(charset.UTF16(body[:min(2*n, len(body))&^1], false), "\x00") + "\n")
			case kind&0x1000 != 0 || kind == 65: // vectors and blobs
				size := len(body)
				if kind == 65 {
					size = min(n, size)
				}
				b.WriteString(sweepText(body[:min(size, 64<<10)]))
			}
		}
	}
	return b.String(), true
}

func le16(b []byte) uint16 {
	if len(b) < 2 {
		return 0
	}
	return uint16(b[0]) | uint16(b[1])<<8
}

func le32(b []byte) uint32 {
	if len(b) < 4 {
		return 0
	}
	return uint32(le16(b)) | uint32(le16(b[2:]))<<16
}
