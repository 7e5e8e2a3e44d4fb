package extract

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// Descriptor tags (ECMA-167 part 3, 7.2.1 and part 4, 7.2.1).
const (
	udfAnchor    = 2
	udfPartition = 5
	udfVolume    = 6
	udfEnd       = 8
	udfFileSet   = 256
	udfFileID    = 257
	udfFile      = 261
	udfFileExt   = 266
)

// udfReader walks over the directories of a UDF volume with one partition.
type udfReader struct {
	w     *isoReader
	start int // the partition's first sector
	seen  map[int]bool
}

// udf reads the files of the image's UDF file system that no other tree led to
// (ECMA-167, OSTA UDF 1.02 and 1.50).
//
// Not covered: virtual, sparable and metadata partitions, streams of a file, and
// sectors of another size than 2,048 octets; all of them are said to be
// unsupported.
func (w *isoReader) udf() error {
	unknown := fmt.Errorf("read udf volume: %w", errUnsupported)
	anchor := w.udfTag(256*isoSector, udfAnchor)
	if len(anchor) < 24 {
		return unknown
	}
	u := &udfReader{w: w, start: -1, seen: map[int]bool{}}
	var root []byte
	at, n := int(le32(anchor[20:]))*isoSector, int(le32(anchor[16:]))
	for end := at + min(n, 64*isoSector); at >= 0 && at < end; at += isoSector {
		d := w.udfTag(at, 0)
		if len(d) < 300 || le16(d) == udfEnd {
			break
		}
		switch le16(d) {
		case udfPartition:
			u.start = int(le32(d[188:]))
		case udfVolume:
			if le32(d[212:]) != isoSector || le32(d[268:]) != 1 {
				return unknown
			}
			root = d[248:264]
		}
	}
	if root == nil || u.start < 0 {
		return unknown
	}
	set := w.udfTag(u.sector(root[4:]), udfFileSet)
	if len(set) < 416 {
		return unknown
	}
	return u.entry(set[400:416], "", true, 0)
}

// udfTag is the sector at an offset when it begins with that tag, or any.
func (w *isoReader) udfTag(at int, tag uint16) []byte {
	d := w.r.file.Data
	if at < 0 || at+isoSector > len(d) || tag != 0 && le16(d[at:]) != tag {
		return nil
	}
	return d[at : at+isoSector]
}

// sector is the offset of a logical block of the partition.
func (u *udfReader) sector(block []byte) int { return (u.start + int(le32(block))) * isoSector }

// entry reads one file entry (ECMA-167 part 4, 14.9) by its long_ad.
func (u *udfReader) entry(icb []byte, path string, dir bool, depth int) error {
	broken := fmt.Errorf("read udf file entry: %w", errMalformed)
	at := u.sector(icb[4:])
	e := u.w.udfTag(at, 0)
	if e == nil || depth > 64 {
		return broken
	}
	if u.seen[at] {
		return nil
	}
	u.seen[at] = true
	head := 176
	switch le16(e) {
	case udfFile:
	case udfFileExt:
		head = 216
	default:
		return broken
	}
	attributes, allocated := int(le32(e[head-8:])), int(le32(e[head-4:]))
	if attributes < 0 || allocated < 0 || head+attributes+allocated > len(e) {
		return broken
	}
	size := int64(le32(e[56:])) | int64(le32(e[60:]))<<32
	data, place, whole := u.content(e[head+attributes:head+attributes+allocated], le16(e[34:])&7, size)
	if dir {
		if !whole {
			return broken
		}
		return u.dir(data, path, depth)
	}
	if u.w.taken[place] && place[1] > 0 {
		return nil
	}
	u.w.taken[place] = true
	u.w.names.add(path)
	if err := u.w.r.s.budget.entry(); err != nil {
		return err
	}
	var err error
	if !whole {
		err = errMalformed
	}
	return u.w.r.memberRead(path, data, size, err)
}

// content puts a file's extents together; place is where the only one lies.
func (u *udfReader) content(descriptors []byte, kind uint16, size int64) (data []byte, place [2]int, whole bool) {
	if size < 0 {
		return nil, place, false
	}
	if kind == 3 { // embedded
		return descriptors, place, int64(len(descriptors)) >= size
	}
	if kind > 1 || size > int64(len(u.w.r.file.Data)) {
		return nil, place, false
	}
	width := 8 + 8*int(kind)
	image := u.w.r.file.Data
	for ; len(descriptors) >= width && int64(len(data)) < size; descriptors = descriptors[width:] {
		n := int(le32(descriptors) & 0x3fffffff)
		at := u.sector(descriptors[4:])
		if n == 0 || at < 0 || at > len(image) {
			break
		}
		end := min(at+n, len(image))
		if data == nil {
			data, place = image[at:end], [2]int{at / isoSector, int(size)}
		} else {
			data = append(data[:len(data):len(data)], image[at:end]...)
		}
	}
	if int64(len(data)) > size {
		data = data[:size]
	}
	return data, place, int64(len(data)) == size
}

// dir reads the file identifiers of a directory (ECMA-167 part 4, 14.4).
func (u *udfReader) dir(data []byte, path string, depth int) error {
	for len(data) >= 38 {
		if le16(data) != udfFileID {
			return fmt.Errorf("read udf directory: %w", errMalformed)
		}
		flags, n, extra := data[18], int(data[19]), int(le16(data[36:]))
		size := (38 + extra + n + 3) &^ 3
		if 38+extra+n > len(data) {
			return fmt.Errorf("read udf directory: %w", errMalformed)
		}
		const directory, deleted, parent = 2, 4, 8
		if flags&(deleted|parent) == 0 {
			name := path + udfName(data[38+extra:38+extra+n])
			if flags&directory != 0 {
				u.w.names.add(name)
				name += "/"
			}
			if err := u.entry(data[20:36], name, flags&directory != 0, depth+1); err != nil {
				return err
			}
		}
		data = data[min(len(data), size):]
	}
	return nil
}

// udfName is a name in OSTA compressed Unicode: a width in bits, then that.
func udfName(raw []byte) string {
	switch {
	case len(raw) > 1 && raw[0] == 16:
		return charset.UTF16(raw[1:], true)
	case len(raw) > 1:
		var b strings.Builder
		for _, c := range raw[1:] {
			b.Write(utf8.AppendRune(nil, rune(c)))
		}
		return b.String()
	}
	return ""
}
