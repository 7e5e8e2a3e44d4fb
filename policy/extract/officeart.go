package extract

import (
	"bytes"
	"compress/zlib"
	"path"
)

// Types of OfficeArt records that hold a picture (MS-ODRAW 2.2.23).
const (
	blipEMF   = 0xf01a
	blipWMF   = 0xf01b
	blipPICT  = 0xf01c
	blipJPEG  = 0xf01d
	blipPNG   = 0xf01e
	blipDIB   = 0xf01f
	blipTIFF  = 0xf029
	blipJPEG2 = 0xf02a
)

// pictures reads the pictures of a document, workbook or presentation of Office 97 to 2003
// in the streams where they are kept.
//
// Not covered: pictures of Word 6 and 95 and of workbooks of Excel 95.
func (r *reading) pictures(o *oleFile) error {
	for _, f := range o.files {
		name := path.Base(olePath(f))
		switch name {
		case "Data", "Pictures", "WordDocument", "Workbook", "Book":
		default:
			continue
		}
		if f.Size < 64 {
			continue
		}
		data, err := r.stream(f)
		if err != nil {
			return err
		}
		if name == "Workbook" || name == "Book" {
			data = biffDrawings(data)
		}
		if err := r.blips(data); err != nil {
			return err
		}
	}
	return nil
}

// biffDrawings are the drawings of a workbook, which are cut into records of 8 KB
// (MS-XLS 2.4.171).
func biffDrawings(d []byte) []byte {
	const group, goesOn = 0xeb, 0x3c
	var out []byte
	for in := false; len(d) >= 4; {
		kind, n := le16(d), int(le16(d[2:]))
		d = d[4:]
		n = min(n, len(d))
		if in = kind == group || in && kind == goesOn; in {
			out = append(out, d[:n]...)
		}
		d = d[n:]
	}
	return out
}

// blips reads the pictures in a stretch of OfficeArt, wherever they stand in it.
func (r *reading) blips(d []byte) error {
	for at := 0; at+8 <= len(d); {
		i := bytes.IndexByte(d[at+3:], 0xf0)
		if i < 0 {
			break
		}
		at += i
		kind, size := le16(d[at+2:]), int(le32(d[at+4:]))
		if kind < blipEMF || kind > blipDIB && kind != blipTIFF && kind != blipJPEG2 || d[at]&0xf != 0 || size < 17 || size > len(d)-at-8 {
			at++
			continue
		}
		body := d[at+8 : at+8+size]
		at += 8 + size
		if err := r.s.budget.entry(); err != nil {
			return err
		}
		data := r.blip(kind, body)
		if len(data) == 0 {
			continue
		}
		r.child(File{Name: "picture", Data: data})
	}
	return r.ctx.Err()
}

// blip is the picture in a record, behind one or two digests and what is told of it.
func (r *reading) blip(kind uint16, body []byte) []byte {
	if kind == blipEMF || kind == blipWMF || kind == blipPICT {
		const head = 34 // its size, bounds, and whether it is packed, the last octet but one
		for _, at := range []int{16, 32} {
			if at+head > len(body) {
				break
			}
			raw := body[at+head:]
			if body[at+head-2] == 0xfe { // as it is
				return raw
			}
			if zr, err := zlib.NewReader(bytes.NewReader(raw)); err == nil {
				data, err := r.expand(zr, int64(len(raw)))
				r.fail(err)
				return data
			}
		}
		return body
	}
	if len(body) > 33 && isImage(newProbe(&File{Data: body[33:]})) != "" {
		return body[33:]
	}
	return body[17:]
}
