package table

import (
	"sync"

	"github.com/sekisho-mail/sekisho/policy"
)

// Room is memory for the rows and cells of tables, which is used again: for a mail of
// 100 KB with a CSV it was more than half of all that reading it allocates.
type Room struct {
	rows   []policy.Row
	pieces [][]policy.Span // room for cells, of which the first are in use
	used   int
	marks  marks // of the table that is read
}

// What a Room may keep, in pieces of pieceCells cells and in rows: 1.6 MB.
const (
	pieceCells = 1024
	keptPieces = 64
	keptRows   = 16 << 10
)

var rooms sync.Pool // of *Room

// NewRoom is a room without tables.
func NewRoom() *Room {
	if r, ok := rooms.Get().(*Room); ok {
		return r
	}
	return &Room{}
}

// Release gives the memory to the next room. The tables in it must not be used any more.
func (r *Room) Release() {
	r.empty()
	rooms.Put(r)
}

// empty lets go of what is beyond what may be kept: behind the end of a list it would stay
// in memory, and so would cells that rows of the last mail point to.
func (r *Room) empty() {
	clear(r.rows)
	r.rows, r.used, r.marks.text = r.rows[:0], 0, ""
	if len(r.pieces) > keptPieces {
		clear(r.pieces[keptPieces:])
		r.pieces = r.pieces[:keptPieces]
	}
	if cap(r.rows) > keptRows {
		r.rows = nil
	}
}

// forRows is room for so many rows side by side.
func (r *Room) forRows(n int) []policy.Row {
	if cap(r.rows)-len(r.rows) < n {
		r.rows = make([]policy.Row, 0, n)
	}
	at := len(r.rows)
	r.rows = r.rows[:at+n]
	return r.rows[at : at : at+n]
}

// forCells is room for the cells of many rows.
func (r *Room) forCells() []policy.Span {
	if r.used == len(r.pieces) {
		r.pieces = append(r.pieces, make([]policy.Span, 0, pieceCells))
	}
	r.used++
	return r.pieces[r.used-1][:0]
}
