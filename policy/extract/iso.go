package extract

import (
	"fmt"
	"strings"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

const isoSector = 2048

// isISO takes images of optical discs by their first volume descriptor: ISO 9660,
// or UDF alone.
func isISO(p *probe) string {
	return typeIf(p.at(16*isoSector+1, "CD001") || p.at(16*isoSector+1, "BEA01") && hasUDF(p.data), "application/x-iso9660-image")
}

// isoReader walks over the directories of an image.
type isoReader struct {
	r      *reading
	joliet bool
	// seen are the directories that were read, taken the files: several trees lead
	// to them.
	seen  map[int]bool
	taken map[[2]int]bool
	names nameList
}

// readISO reads the files of an image (ECMA-119): those that have a Joliet name,
// then those that only the plain tree names, then those of a UDF file system.
//
// Not covered: Rock Ridge names, HFS and sessions before the last.
func readISO(r *reading) error {
	d := r.file.Data
	w := &isoReader{r: r, seen: map[int]bool{}, taken: map[[2]int]bool{}}
	var plain, joliet []byte
	sectors := 0
	for at := 16 * isoSector; at+isoSector <= len(d) && string(d[at+1:at+6]) == "CD001" && d[at] != 255; at += isoSector {
		switch {
		case d[at] == 1 && plain == nil:
			plain, sectors = d[at+156:at+190], int(le32(d[at+80:]))
			for _, field := range [][2]int{{8, 40}, {40, 72}, {190, 318}, {318, 446}, {446, 574}, {574, 702}, {702, 739}, {739, 776}, {776, 813}} {
				w.names.add(strings.TrimRight(decodeLabel(d[at+field[0]:at+field[1]]), " \x00")) // who made it and of what
			}
			r.loose("application's field", d[at+883:at+1395])
		case d[at] == 2 && d[at+88] == '%' && d[at+89] == '/':
			joliet = d[at+156 : at+190]
		}
	}
	var err error
	if joliet != nil {
		w.joliet = true
		err = w.dir(joliet, "", 0)
	}
	if plain != nil && err == nil {
		w.joliet = false
		err = w.dir(plain, "", 0)
	}
	if err == nil && hasUDF(d) {
		err = w.udf()
	} else if plain == nil && joliet == nil {
		err = fmt.Errorf("read volume descriptors: %w", errMalformed)
	}
	r.listing(w.names)
	r.end = sectors * isoSector
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
		name = charset.UTF16(raw[:len(raw)&^1], true)
	}
	name, _, _ = strings.Cut(name, ";")
	if place := [2]int{int(le32(rec[2:])), int(le32(rec[10:]))}; rec[25]&2 == 0 && place[1] > 0 {
		if w.taken[place] {
			return nil
		}
		w.taken[place] = true
	}
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
