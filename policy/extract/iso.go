package extract

import (
	"fmt"
	"strings"
)

const isoSector = 2048

// isISO takes ISO 9660 images by their first volume descriptor.
func isISO(p *probe) string {
	return typeIf(p.at(16*isoSector+1, "CD001"), "application/x-iso9660-image")
}

// isoReader walks over the directories of an image.
type isoReader struct {
	r      *reading
	joliet bool
	seen   map[int]bool
	names  nameList
}

// readISO reads the files of an image (ECMA-119), with the Joliet names when
// there are any.
//
// Not covered: Rock Ridge names and HFS; the second file system of an image that
// also holds UDF, which makes it unsupported, since each may hold other files.
func readISO(r *reading) error {
	d := r.file.Data
	root := []byte(nil)
	w := &isoReader{r: r, seen: map[int]bool{}}
	for at := 16 * isoSector; at+isoSector <= len(d) && string(d[at+1:at+6]) == "CD001" && d[at] != 255; at += isoSector {
		switch {
		case d[at] == 1 && root == nil:
			root = d[at+156 : at+190]
		case d[at] == 2 && d[at+88] == '%' && d[at+89] == '/':
			root, w.joliet = d[at+156:at+190], true
		}
	}
	if root == nil {
		return fmt.Errorf("read volume descriptors: %w", errMalformed)
	}
	err := w.dir(root, "", 0)
	r.listing(w.names)
	if err == nil && hasUDF(d) {
		err = errUnsupported
	}
	return err
}

// hasUDF looks for the descriptors of UDF in the volume recognition sequence
// (ECMA-167 part 2, 9.1).
func hasUDF(d []byte) bool {
	for at := 16 * isoSector; at+6 <= len(d) && at < 64*isoSector; at += isoSector {
		switch string(d[at+1 : at+6]) {
		case "NSR02", "NSR03":
			return true
		case "CD001", "BEA01", "TEA01", "BOOT2":
		default:
			return false
		}
	}
	return false
}

func (w *isoReader) extent(rec []byte) ([]byte, bool) {
	d := w.r.file.Data
	at, n := int(le32(rec[2:]))*isoSector, int(le32(rec[10:]))
	if at < 0 || n < 0 || at > len(d) {
		return nil, false
	}
	return d[at:min(len(d), at+n)], at+n <= len(d)
}

// dir reads one directory; one that was seen is not read again.
func (w *isoReader) dir(rec []byte, path string, depth int) error {
	at := int(le32(rec[2:]))
	if w.seen[at] {
		return nil
	}
	w.seen[at] = true
	if depth > 64 {
		return errTooDeep
	}
	data, ok := w.extent(rec)
	if !ok {
		return fmt.Errorf("read directory: %w", errMalformed)
	}
	for pos := 0; pos < len(data); {
		n := int(data[pos])
		if n == 0 { // records do not cross sectors
			pos = (pos/isoSector + 1) * isoSector
			continue
		}
		if n < 34 || pos+n > len(data) || 33+int(data[pos+32]) > n {
			return fmt.Errorf("read directory: %w", errMalformed)
		}
		if err := w.entry(data[pos:pos+n], path, depth); err != nil {
			return err
		}
		pos += n
	}
	return nil
}

func (w *isoReader) entry(rec []byte, path string, depth int) error {
	raw := rec[33 : 33+int(rec[32])]
	if len(raw) == 1 && raw[0] < 2 { // "." and ".."
		return nil
	}
	name := decodeLabel(raw)
	if w.joliet {
		name = utf16Text(raw[:len(raw)&^1], true)
	}
	name, _, _ = strings.Cut(name, ";")
	w.names.add(path + name)
	if rec[25]&2 != 0 {
		return w.dir(rec, path+name+"/", depth+1)
	}
	if err := w.r.s.budget.entry(); err != nil {
		return err
	}
	data, whole := w.extent(rec)
	var err error
	if !whole {
		err = errMalformed
	}
	return w.r.memberRead(path+name, data, int64(le32(rec[10:])), err)
}
