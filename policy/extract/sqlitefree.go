package extract

import (
	"encoding/binary"
	"fmt"
	"slices"
	"unicode/utf8"
)

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
		next := int(binary.BigEndian.Uint16(page[at:]))
		if next < at+size { // the end, or no chain: blocks that overlap would be searched over and over
			return
		}
		at = next
	}
}

// deleted writes the rows that can still be told in what no row is in, each value a cell.
// A freed row has lost its first four octets, which are its length, its number and often
// the size of its header; rows that were freed with it have all of theirs. Only those with
// the table's number of columns count.
func (s *sqlite) deleted(columns int) {
	stretches := s.unused
	s.unused = nil
	if columns == 0 {
		return
	}
	begun := false
	for _, d := range stretches {
		if s.b.full || s.r.ctx.Err() != nil {
			break
		}
		found := false
		for at := 0; at+columns+1 < len(d); {
			if at != 4 && (at == 0 || int(d[at-1]) <= columns) {
				at++ // or each octet would cost as much as there are columns
				continue
			}
			row, n := s.freed(d[at:], columns)
			// In front of the types stands how long they are, this octet included.
			if row == nil || at != 4 && int(d[at-1]) != n.types+1 {
				at++
				continue
			}
			found = true
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
			at += n.all
		}
		if text := sweepText(d); !found && carriesData(text) {
			s.b.note(text) // short rows, which have lost the type of their first column too
		}
	}
	if begun {
		s.b.endTable()
		s.b.hide(false)
	}
}

// freedSize is how many octets of a row tell its types, and all of them.
type freedSize struct{ types, all int }

// freed reads the types of a row's columns and its values; nil when these octets are none.
func (s *sqlite) freed(d []byte, columns int) ([]sqliteValue, freedSize) {
	at, size, texts := 0, 0, 0
	types := make([]int64, 0, columns)
	for range columns {
		t, n := sqliteVarint(d[at:])
		if t < 0 || t == 10 || t == 11 || n == 0 || t > int64(2*len(d)+13) {
			return nil, freedSize{}
		}
		at += n
		types = append(types, t)
		if t >= 13 && t&1 == 1 {
			texts++
		}
		size += int(sqliteWidth(t))
		if size > len(d) {
			return nil, freedSize{}
		}
	}
	if texts == 0 || at+size > len(d) {
		return nil, freedSize{}
	}
	var row []sqliteValue
	body := d[at : at+size]
	for _, t := range types {
		w := sqliteWidth(t)
		v := s.value(t, body[:w])
		if t >= 13 && t&1 == 1 && !plainWords(body[:w], s.encoding) {
			return nil, freedSize{}
		}
		row = append(row, v)
		body = body[w:]
	}
	return row, freedSize{at, at + size}
}

// plainWords tells octets that a text of the database may be: no control characters, and right
// UTF-8.
func plainWords(d []byte, encoding uint32) bool {
	if encoding == 2 || encoding == 3 {
		return len(d)%2 == 0
	}
	for _, c := range d {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			return false
		}
	}
	return utf8.Valid(d)
}

// loose writes the rows that stand anywhere in octets of a database: on a page that no
// table has any more, or one of a log. Each begins with its length and its number, and the
// length must be that of the values which its types tell.
func (s *sqlite) loose(d []byte) int {
	found := 0
	for at := 2; at+2 < len(d) && !s.b.full; {
		if at&0xfff == 0 && s.r.ctx.Err() != nil {
			break
		}
		row, n := s.looseRow(d, at)
		if row == nil {
			at++
			continue
		}
		found++
		s.b.beginRow(0, false)
		for _, v := range row {
			s.b.beginCell()
			s.b.write(v.text)
			if len(newProbe(&File{Data: v.blob}).text()) > 0 {
				s.b.write(string(v.blob))
			}
			s.b.endCell()
		}
		s.b.endRow()
		at += n
	}
	return found
}

// looseRow reads a row whose types begin at a place; nil when none does.
func (s *sqlite) looseRow(d []byte, at int) ([]sqliteValue, int) {
	size := int(d[at])
	if size < 2 || size > 120 || at+size > len(d) {
		return nil, 0
	}
	var lengths []int64 // that the row may have
	var room [10]int64
	for from := at - 2; from >= 0 && from > at-12; from-- {
		length, a := sqliteVarint(d[from:])
		if _, b := sqliteVarint(d[min(from+a, at):]); from+a+b == at && length >= int64(size) && length <= int64(len(d)-at) {
			lengths = append(room[:len(lengths)], length)
		}
	}
	if len(lengths) == 0 {
		return nil, 0
	}
	longest, length, columns := slices.Max(lengths), int64(size), 0
	for pos := at + 1; pos < at+size; columns++ {
		t, n := sqliteVarint(d[pos : at+size])
		if length += sqliteWidth(t); t < 0 || length > longest { // soon so for nearly all octets
			return nil, 0
		}
		pos += max(n, 1)
	}
	if !slices.Contains(lengths, length) {
		return nil, 0
	}
	row, n := s.freed(d[at+1:], columns)
	if row == nil || n.types+1 != size {
		return nil, 0
	}
	return row, n.all + 1
}

// isSQLiteLog takes a write-ahead log (file format 4.1).
func isSQLiteLog(p *probe) string {
	return typeIf(len(p.data) > 32 && (p.at(0, "\x37\x7f\x06\x82") || p.at(0, "\x37\x7f\x06\x83")), "application/x-sqlite3-wal")
}

// readSQLiteLog writes the rows of a log, which holds pages that its database may not have
// yet. The names of tables and columns stand in the database, so the log stays unsupported.
//
// Not covered: values over several pages, other encodings than UTF-8.
func readSQLiteLog(r *reading) error {
	s := &sqlite{r: r, b: newBuilder(r), data: r.file.Data, encoding: 1}
	s.b.beginTable("", false)
	s.loose(r.file.Data[32:])
	s.b.endTable()
	if err := s.b.finish(); err != nil {
		return err
	}
	return fmt.Errorf("read log of database: %w", errUnsupported)
}
