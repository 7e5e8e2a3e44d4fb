package extract

import "encoding/binary"

// free notes the stretches of a page of a table that no row is in: what lies between the
// list of the rows and the first of them, and the chain of free blocks (file format 1.5).
// Deleted rows stand there until others take their place.
func (s *sqlite) free(page, head []byte, first, cells int) {
	from := len(page) - len(head) + first + 2*cells
	if to := int(binary.BigEndian.Uint16(head[5:])); from < to && to <= len(page) {
		s.unused = append(s.unused, page[from:to])
	}
	for at, n := int(binary.BigEndian.Uint16(head[1:])), 0; at > 0 && at+4 <= len(page) && n < len(page)/4; n++ {
		size := int(binary.BigEndian.Uint16(page[at+2:]))
		if size < 4 || at+size > len(page) {
			return
		}
		s.unused = append(s.unused, page[at:at+size])
		at = int(binary.BigEndian.Uint16(page[at:]))
	}
}

// deleted writes the rows that can still be told in what no row is in, each value a cell.
// A freed row has lost its first four octets: its length, its number and, as often, the
// size of its header. Only rows with the table's number of columns count.
func (s *sqlite) deleted(columns int) {
	stretches := s.unused
	s.unused = nil
	if columns == 0 {
		return
	}
	begun := false
	for _, d := range stretches {
		for at := 0; at+columns+1 < len(d); {
			row, n := s.freed(d[at:], columns)
			if row == nil {
				at++
				continue
			}
			if !begun {
				begun = true
				s.b.mark("deleted rows")
				s.b.hide(true)
				s.b.beginTable("", true)
			}
			s.b.beginRow(0, true)
			for _, v := range row {
				s.b.beginCell()
				s.b.write(v.text)
				if len(v.blob) > 0 && len(newProbe(&File{Data: v.blob}).text()) > 0 {
					s.b.write(string(v.blob))
				}
				s.b.endCell()
			}
			s.b.endRow()
			at += n
		}
	}
	if begun {
		s.b.endTable()
		s.b.hide(false)
	}
}

// freed reads the types of a row's columns and its values; nil when these octets are none.
// The first column's type may be lost; then it is what the row's length leaves over, which
// nobody knows, so that such a row begins with its second column.
func (s *sqlite) freed(d []byte, columns int) ([]sqliteValue, int) {
	at, size, texts := 0, 0, 0
	types := make([]int64, 0, columns)
	for range columns {
		t, n := sqliteVarint(d[at:])
		if t < 0 || t == 10 || t == 11 || n == 0 || t > int64(2*len(d)+13) {
			return nil, 0
		}
		at += n
		types = append(types, t)
		if t >= 13 && t&1 == 1 {
			texts++
		}
		size += int(sqliteWidth(t))
		if size > len(d) {
			return nil, 0
		}
	}
	if texts == 0 || at+size > len(d) {
		return nil, 0
	}
	var row []sqliteValue
	body := d[at : at+size]
	for _, t := range types {
		w := sqliteWidth(t)
		v := s.value(t, body[:w])
		if t >= 13 && t&1 == 1 && !plainWords(body[:w], s.encoding) {
			return nil, 0
		}
		row = append(row, v)
		body = body[w:]
	}
	return row, at + size
}

// plainWords tells octets that a text of the database may be: no control characters.
func plainWords(d []byte, encoding uint32) bool {
	if encoding == 2 || encoding == 3 {
		return len(d)%2 == 0
	}
	for _, c := range d {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return true
}
