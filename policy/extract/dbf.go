package extract

import (
	"bytes"
	"fmt"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

// dbfField is one column of a dBASE table.
type dbfField struct {
	name string
	size int
}

// dbfHeader is the fixed part of the file and the length of each field's entry.
const dbfHeader = 32

// isDBF takes dBASE tables (levels 3 to 7 and FoxPro) by a header that adds up.
func isDBF(p *probe) string {
	_, _, ok := dbfFields(p.data)
	return typeIf(ok, "application/x-dbf")
}

// dbfFields reads the columns and where the rows begin.
func dbfFields(d []byte) (fields []dbfField, rows int, ok bool) {
	if len(d) < dbfHeader+1 || !bytes.Contains([]byte("\x03\x04\x30\x31\x32\x43\x83\x8b\xf5"), d[:1]) || d[2] > 12 || d[3] > 31 {
		return nil, 0, false
	}
	rows, width := int(le16(d[8:])), 1
	if rows < dbfHeader+1 || rows > len(d) {
		return nil, 0, false
	}
	for at := dbfHeader; at < rows && d[at] != '\r'; at += dbfHeader {
		if at+dbfHeader > len(d) || len(fields) == 2048 {
			return nil, 0, false
		}
		name, _, _ := bytes.Cut(d[at:at+11], []byte{0})
		size := int(d[at+16])
		if d[at+11] == 'C' {
			size += int(d[at+17]) << 8
		}
		fields = append(fields, dbfField{decodeLabel(name), size})
		width += size
	}
	return fields, rows, len(fields) > 0 && width == int(le16(d[10:]))
}

// readDBF writes a dBASE table; deleted rows are hidden ones.
//
// Not covered: memo fields, whose text is in another file, and numbers in binary.
func readDBF(r *reading) error {
	d := r.file.Data
	fields, at, ok := dbfFields(d)
	if !ok {
		return fmt.Errorf("read dbf: %w", errMalformed)
	}
	label := "" // by the language driver, or as detected
	if c := charset.Read(d[at:min(len(d), at+64<<10)], ""); len(c) > 0 {
		label = c[0].Charset
	}
	if d[29] == 0x13 || d[29] == 0x7b {
		label = "shift_jis"
	}
	b := newBuilder(r)
	b.beginTable("", false)
	b.beginRow(0, false)
	for _, f := range fields {
		b.beginCell()
		b.write(f.name)
	}
	width := int(le16(d[10:]))
	count := int(le32(d[4:])) // what stands behind so many rows, programs do not show
	for ; at+width <= len(d) && d[at] != 0x1a && count > 0 && !b.full; at, count = at+width, count-1 {
		deleted := d[at] == '*'
		if deleted {
			b.hide(true)
		}
		b.beginRow(0, deleted)
		value := d[at+1 : at+width]
		for _, f := range fields {
			b.beginCell()
			b.write(charset.As(bytes.Trim(value[:f.size], " \x00"), label).Text)
			value = value[f.size:]
		}
		b.endRow()
		if deleted {
			b.hide(false)
		}
	}
	b.endTable()
	r.end = at
	return b.finish()
}
