package extract

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
)

func isCAB(p *probe) string {
	return typeIf(p.at(0, "MSCF\x00\x00\x00\x00"), "application/vnd.ms-cab-compressed")
}

// cabFolder is a stretch of data blocks that are unpacked together (MS-CAB 2.2).
type cabFolder struct {
	at, blocks int
	method     uint16
	data       []byte
	err        error
	read       bool
}

// readCAB reads cabinets that are stored or packed with MSZIP or LZX.
//
// Not covered: Quantum, cabinets that go on in another file, checksums.
func readCAB(r *reading) error {
	d := r.file.Data
	if len(d) < 36 {
		return fmt.Errorf("read cabinet: %w", errMalformed)
	}
	r.end = int(le32(d[8:]))
	files, folders, count, flags := int(le32(d[16:])), int(le16(d[26:])), int(le16(d[28:])), le16(d[30:])
	at, perFolder, perBlock := 36, 0, 0
	if flags&4 != 0 && len(d) >= 40 {
		perFolder, perBlock = int(d[38]), int(d[39])
		at = 40 + int(le16(d[36:]))
	}
	for range 2 * int(flags&1+flags>>1&1) {
		if _, ok := cString(d, &at); !ok {
			return fmt.Errorf("read cabinet: %w", errMalformed)
		}
	}
	var list []*cabFolder
	for range folders {
		if at+8 > len(d) {
			return fmt.Errorf("read cabinet folders: %w", errMalformed)
		}
		list = append(list, &cabFolder{at: int(le32(d[at:])), blocks: int(le16(d[at+4:])), method: le16(d[at+6:])})
		at += 8 + perFolder
	}
	if count == 0 && folders > 0 {
		return fmt.Errorf("read cabinet files: %w", errMalformed) // packed data of no file
	}
	var names nameList
	defer func() { r.listing(names) }()
	for at = files; count > 0; count-- {
		if at < 0 || at+16 > len(d) {
			return fmt.Errorf("read cabinet files: %w", errMalformed)
		}
		size, offset, folder := int(le32(d[at:])), int(le32(d[at+4:])), int(le16(d[at+8:]))
		at += 16
		raw, ok := cString(d, &at)
		if !ok {
			return fmt.Errorf("read cabinet files: %w", errMalformed)
		}
		name := strings.ReplaceAll(decodeLabel([]byte(raw)), `\`, "/")
		names.add(name)
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		var data []byte
		err := fmt.Errorf("open cabinet member: %w", errUnsupported) // it goes on elsewhere
		if folder < len(list) {
			data, err = r.cabMember(list[folder], perBlock, offset, size)
		}
		if stop := r.memberRead(name, data, int64(size), err); stop != nil {
			return stop
		}
	}
	return nil
}

// cabMember cuts a file out of its folder, which is unpacked once.
func (r *reading) cabMember(f *cabFolder, reserve, offset, size int) ([]byte, error) {
	if !f.read {
		f.read = true
		f.data, f.err = r.cabUnpack(f, reserve)
	}
	if offset < 0 || size < 0 || offset > len(f.data) {
		return nil, errors.Join(f.err, errMalformed)
	}
	if offset+size > len(f.data) {
		return f.data[offset:], errors.Join(f.err, errMalformed)
	}
	return f.data[offset : offset+size], nil
}

// cabUnpack unpacks all blocks of a folder; each MSZIP block may refer back to
// the 32 KiB before it.
func (r *reading) cabUnpack(f *cabFolder, reserve int) ([]byte, error) {
	d, at := r.file.Data, f.at
	var out []byte
	lzx, _ := newLZX(int(f.method>>8&31), false)
	for range f.blocks {
		if at < 0 || at+8+reserve > len(d) {
			return out, fmt.Errorf("read cabinet data: %w", errMalformed)
		}
		packed, size := int(le16(d[at+4:])), int(le16(d[at+6:]))
		at += 8 + reserve
		if at+packed > len(d) {
			return out, fmt.Errorf("read cabinet data: %w", errMalformed)
		}
		raw := d[at : at+packed]
		at += packed
		var src io.Reader = bytes.NewReader(raw)
		switch {
		case f.method&15 == 0:
		case f.method&15 == 3 && lzx != nil:
			frame, err := lzx.frame(raw, min(size, lzxFrame))
			if err != nil {
				return append(out, frame...), err
			}
			src = bytes.NewReader(frame)
		case f.method&15 == 1 && bytes.HasPrefix(raw, []byte("CK")):
			src = flate.NewReaderDict(bytes.NewReader(raw[2:]), out[max(0, len(out)-32<<10):])
		case f.method&15 == 1:
			return out, fmt.Errorf("read cabinet data: %w", errMalformed)
		default:
			return out, fmt.Errorf("read cabinet data: %w", errUnsupported)
		}
		block, err := r.expand(io.LimitReader(src, 32<<10), int64(packed))
		out = append(out, block...)
		if err != nil {
			return out, err
		}
	}
	return out, nil
}
