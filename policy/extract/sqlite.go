package extract

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy/charset"
)

const sqliteMagic = "SQLite format 3\x00"

func isSQLite(p *probe) string { return typeIf(p.at(0, sqliteMagic), "application/vnd.sqlite3") }

// sqlite is a database file being read (https://www.sqlite.org/fileformat2.html).
type sqlite struct {
	r         *reading
	b         *builder
	data      []byte
	page      int // octets in a page
	usable    int // of these, without the reserved ones
	encoding  uint32
	seen      []bool // pages that are in use and were read
	malformed bool
	// unused is what the pages of the table being read hold beside its rows.
	unused [][]byte
}

// readSQLite writes every table with the names of its columns; values that do not
// fit into their page are followed over the pages they overflow to. Pages that are
// in no table, where deleted rows may stand, are searched.
//
// Not covered: deleted rows of which not all types of columns are left.
func readSQLite(r *reading) error {
	d := r.file.Data
	if len(d) < 512 {
		return fmt.Errorf("open sqlite: %w", errMalformed)
	}
	if r.end = sqliteEnd(d); r.end > 0 {
		d = d[:r.end]
	}
	s := &sqlite{r: r, b: newBuilder(r), data: d, page: int(binary.BigEndian.Uint16(d[16:])), encoding: binary.BigEndian.Uint32(d[56:])}
	if s.page == 1 {
		s.page = 1 << 16
	}
	s.usable = s.page - int(d[20])
	if s.page < 512 || s.page&(s.page-1) != 0 || s.usable < 480 {
		return fmt.Errorf("open sqlite: %w", errMalformed)
	}
	s.seen = make([]bool, len(d)/s.page+1)
	s.malformed = len(d)%s.page != 0
	var schema [][]string
	s.walk(1, 0, func(_ int64, row []sqliteValue) {
		texts := make([]string, len(row))
		for i := range row {
			texts[i] = row[i].text
		}
		schema = append(schema, texts)
	})
	for _, entry := range schema { // type, name, tbl_name, rootpage, sql
		if root := atoi(at(entry, 3)); root > 0 {
			s.table(at(entry, 0) == "table", at(entry, 1), at(entry, 4), root)
		} else if sql := at(entry, 4); carriesData(sql) { // views and triggers
			s.b.note(sql)
		}
		if sql := at(entry, 4); digitsIn(sql) >= 10 { // a default or a comment
			s.b.note(sql)
		}
	}
	s.pages()
	err := s.b.finish()
	if e := s.rest(); err == nil {
		err = e
	}
	if err == nil && s.malformed {
		err = fmt.Errorf("read sqlite: %w", errMalformed)
	}
	return err
}

// sqliteEnd is where the last page ends, by the count of pages (file format, 1.3.7 and
// 1.3.8); 0 when nothing stands behind it, or the count is not to be trusted.
func sqliteEnd(d []byte) int {
	size := int(binary.BigEndian.Uint16(d[16:]))
	if size == 1 {
		size = 1 << 16
	}
	end := size * int(binary.BigEndian.Uint32(d[28:]))
	if end <= 0 || end >= len(d) || string(d[24:28]) != string(d[92:96]) {
		return 0
	}
	return end
}

// pages writes the rows on pages that no table needed.
func (s *sqlite) pages() {
	if !slices.Contains(s.seen[:len(s.data)/s.page], false) {
		return
	}
	s.b.mark("free pages")
	s.b.hide(true)
	s.b.beginTable("", true)
	for i := range len(s.data) / s.page {
		if !s.seen[i] {
			s.loose(s.data[i*s.page : (i+1)*s.page])
		}
	}
	s.b.endTable()
	s.b.hide(false)
}

// rest searches the pages that no table needed.
func (s *sqlite) rest() error {
	var free []byte
	for i := range len(s.data) / s.page {
		if !s.seen[i] {
			free = append(free, s.data[i*s.page:(i+1)*s.page]...)
		}
	}
	if text := sweepText(free); text != "" {
		kept, err := s.r.clip(text)
		s.r.swept("free pages", kept)
		return err
	}
	return nil
}

// table writes a table, or only walks over an index, whose values are those of its
// table.
func (s *sqlite) table(write bool, name, sql string, root int) {
	if !write {
		s.walk(root, 0, nil)
		return
	}
	columns := sqliteColumns(sql)
	s.b.mark("table " + strconv.Quote(name))
	s.b.beginTable(name, false)
	if len(columns) > 0 {
		s.b.beginRow(1, false)
		for _, c := range columns {
			s.b.beginCell()
			s.b.write(c)
			s.b.endCell()
		}
		s.b.endRow()
		s.b.table().Header = 0
	}
	s.walk(root, 0, func(id int64, row []sqliteValue) {
		s.b.beginRow(0, false)
		for i, v := range row {
			if i == 0 && v.null { // an INTEGER PRIMARY KEY stands only as the row's number
				v.text = strconv.FormatInt(id, 10)
			}
			s.b.beginCell()
			s.b.write(v.text)
			if len(v.blob) > 0 {
				s.blob(at(columns, i), v.blob)
			}
			s.b.endCell()
		}
		s.b.endRow()
	})
	s.b.endTable()
	s.deleted(len(columns))
}

// blob writes octets that are text, opens those that are a file, and searches all
// others.
func (s *sqlite) blob(column string, data []byte) {
	p := newProbe(&File{Data: data})
	switch {
	case len(p.text()) > 0:
		s.b.write(p.text()[0].Text)
	case p.sniff() == "application/octet-stream":
		s.b.write(sweepText(data))
	case s.r.s.budget.entry() != nil:
		s.r.fail(errTooLarge)
	default:
		s.r.child(File{Name: column, Data: data})
	}
}

// at is an element of a list, "" outside.
func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return ""
}

// sqliteDepth is deeper than any tree of 2^32 pages.
const sqliteDepth = 40

// walk goes over a b-tree in order and gives each row; nil only marks its pages.
func (s *sqlite) walk(number, depth int, row func(int64, []sqliteValue)) {
	p := s.at(number)
	if p == nil || depth > sqliteDepth || s.b.full || s.r.ctx.Err() != nil {
		s.malformed = true
		return
	}
	head := p
	if number == 1 {
		head = p[100:]
	}
	kind, cells, first := head[0], int(binary.BigEndian.Uint16(head[3:])), 8
	if kind == 2 || kind == 5 {
		first = 12
	} else if kind != 10 && kind != 13 {
		s.malformed = true
		return
	}
	if kind == 13 && row != nil {
		s.free(p, head, first, cells)
	}
	for i := range cells {
		if s.b.full {
			return
		}
		if first+2*i+2 > len(head) {
			s.malformed = true
			return
		}
		at := int(binary.BigEndian.Uint16(head[first+2*i:]))
		if at+4 > len(p) {
			s.malformed = true
			continue
		}
		c := p[at:]
		if kind == 2 || kind == 5 {
			s.walk(int(binary.BigEndian.Uint32(c)), depth+1, row)
			c = c[4:]
		}
		if kind != 5 {
			s.cell(c, kind == 13, row)
		}
	}
	if first == 12 {
		s.walk(int(binary.BigEndian.Uint32(head[8:])), depth+1, row)
	}
}

// at is a page, once; nil for one that is not there or was read.
func (s *sqlite) at(number int) []byte {
	if number < 1 || number*s.page > len(s.data) || s.seen[number-1] {
		return nil
	}
	s.seen[number-1] = true
	return s.data[(number-1)*s.page : (number-1)*s.page+s.usable]
}

// cell reads one row with what overflowed.
func (s *sqlite) cell(c []byte, table bool, row func(int64, []sqliteValue)) {
	size, n := sqliteVarint(c)
	c = c[n:]
	id := int64(0)
	if table {
		id, n = sqliteVarint(c)
		c = c[n:]
	}
	if size < 0 || size > int64(len(s.data)) {
		s.malformed = true
		return
	}
	local, most := int(size), s.usable-35
	if !table {
		most = (s.usable-12)*64/255 - 23
	}
	if local > most {
		least := (s.usable-12)*32/255 - 23
		if local = least + (int(size)-least)%(s.usable-4); local > most {
			local = least
		}
		if local+4 > len(c) {
			s.malformed = true
			return
		}
		payload := append(make([]byte, 0, size), c[:local]...)
		for next := binary.BigEndian.Uint32(c[local:]); next != 0 && len(payload) < int(size); {
			p := s.at(int(next))
			if p == nil {
				s.malformed = true
				break
			}
			next = binary.BigEndian.Uint32(p)
			payload = append(payload, p[4:min(len(p), 4+int(size)-len(payload))]...)
		}
		c = payload
	}
	if row != nil {
		row(id, s.record(c[:min(len(c), int(size))]))
	}
}

// sqliteValue is one column of a row.
type sqliteValue struct {
	text string
	blob []byte
	null bool
}

// record reads the values of a row.
func (s *sqlite) record(d []byte) []sqliteValue {
	size, n := sqliteVarint(d)
	if size < int64(n) || size > int64(len(d)) {
		s.malformed = true
		return nil
	}
	head, body := d[n:size], d[size:]
	var out []sqliteValue
	for len(head) > 0 {
		t, n := sqliteVarint(head)
		head = head[n:]
		w := sqliteWidth(t)
		if t < 0 || w > int64(len(body)) {
			s.malformed = true
			w = int64(len(body))
		}
		out = append(out, s.value(t, body[:w]))
		body = body[w:]
	}
	return out
}

// sqliteWidth is how many octets a value of a type takes.
func sqliteWidth(t int64) int64 {
	if t >= 0 && t < 12 {
		return [...]int64{0, 1, 2, 3, 4, 6, 8, 8, 0, 0, 0, 0}[t]
	}
	return (t - 12) / 2
}

func (s *sqlite) value(t int64, d []byte) sqliteValue {
	switch {
	case t == 0:
		return sqliteValue{null: true}
	case t == 7 && len(d) == 8:
		return sqliteValue{text: plainNumber(strconv.FormatFloat(math.Float64frombits(binary.BigEndian.Uint64(d)), 'g', -1, 64))}
	case t == 8 || t == 9:
		return sqliteValue{text: strconv.FormatInt(t-8, 10)}
	case t < 12 && len(d) > 0:
		v := int64(int8(d[0]))
		for _, c := range d[1:] {
			v = v<<8 | int64(c)
		}
		return sqliteValue{text: strconv.FormatInt(v, 10)}
	case t >= 12 && t&1 == 0:
		return sqliteValue{blob: d}
	}
	text := ""
	switch {
	case s.encoding == 2 || s.encoding == 3:
		text = charset.UTF16(d[:len(d)&^1], s.encoding == 3)
	case utf8.Valid(d):
		text = string(d)
	default:
		text = decodeLabel(d)
	}
	return sqliteValue{text: strings.ReplaceAll(text, "\x00", " ")}
}

// sqliteVarint is a number of 1 to 9 octets and how many those are.
func sqliteVarint(d []byte) (int64, int) {
	v := int64(0)
	for i, c := range d[:min(len(d), 9)] {
		if i == 8 {
			return v<<8 | int64(c), 9
		}
		v = v<<7 | int64(c&0x7f)
		if c < 0x80 {
			return v, i + 1
		}
	}
	return -1, len(d[:min(len(d), 9)])
}

// sqliteColumns are the names of the columns by the statement that made the table.
func sqliteColumns(sql string) []string {
	_, body, ok := strings.Cut(sql, "(")
	if !ok {
		return nil
	}
	var out []string
	depth, start, quote := 0, 0, rune(0)
	end := func(i int) {
		if name := sqliteName(body[start:i]); name != "" {
			out = append(out, name)
		}
		start = i + 1
	}
	for i, c := range body {
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'' || c == '`':
			quote = c
		case c == '[':
			quote = ']'
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				end(i)
				return out
			}
		case c == ',' && depth == 0:
			end(i)
		}
	}
	return out
}

// sqliteName is the name that a column's definition begins with, "" for a
// constraint of the table.
func sqliteName(def string) string {
	def = strings.TrimSpace(def)
	if def == "" {
		return ""
	}
	if i := strings.IndexByte("\"'`[", def[0]); i >= 0 {
		name, _, _ := strings.Cut(def[1:], "\"'`]"[i:i+1])
		return name
	}
	name := strings.Fields(def)[0]
	switch strings.ToUpper(name) {
	case "CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN":
		return ""
	}
	return name
}
