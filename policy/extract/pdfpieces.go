package extract

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A page's text lies about as glyphs with places, in the order in which the page
// draws them. They are put together to pieces that were drawn in one go, and the
// pieces to lines.
//
// All measures are multiples of the character's height. A gap that no blank fills
// and that is wider than wordGap parts two pieces; columnGap is what only a table
// has.
const (
	wordGap   = 0.35
	columnGap = 0.9
	sameLine  = 0.4
	blankGap  = 2.5
)

// piece is text that was drawn in one go on one line.
type piece struct {
	x0, x1, y, size float64
	text            string
	// soft tells that it follows on the piece before without a gap, only as
	// another object of the page: half a word or the next cell.
	soft bool
}

// pieceMaker puts glyphs together.
type pieceMaker struct {
	out    []piece
	b      strings.Builder
	at     piece
	last   glyph
	open   bool
	blanks float64
}

func (m *pieceMaker) flush() {
	if !m.open {
		return
	}
	m.open, m.blanks = false, 0
	raw := m.b.String()
	m.b.Reset()
	m.at.text = plainText(strings.TrimRight(raw, " "))
	m.out = append(m.out, m.at)
}

func (m *pieceMaker) add(c glyph) {
	switch {
	case c.made && c.r == ' ':
		return // the gap says as much
	case c.made:
		m.flush()
		return
	case unicode.IsSpace(c.r):
		if m.open && m.follows(c) {
			m.b.WriteByte(' ')
			m.blanks += c.x1 - c.x0
			m.last = c
		}
		return
	}
	soft := false
	if m.open {
		switch {
		case !m.follows(c) || m.blanks > blankGap*c.size:
			m.flush()
		case c.obj != m.last.obj && m.blanks == 0:
			soft = true
			m.flush()
		case c.x0-m.last.x1 > 0.2*c.size && m.blanks == 0:
			m.b.WriteByte(' ')
		}
	}
	if !m.open {
		m.at, m.open = piece{x0: c.x0, y: c.y, size: c.size, soft: soft}, true
	}
	m.b.WriteRune(c.r)
	m.at.x1, m.at.size = max(m.at.x1, c.x1), max(m.at.size, c.size)
	m.last, m.blanks = c, 0
}

// follows tells that a glyph goes on where the last one ended.
func (m *pieceMaker) follows(c glyph) bool {
	gap := c.x0 - m.last.x1
	return math.Abs(c.y-m.last.y) <= sameLine*c.size && gap <= wordGap*c.size && gap >= -0.5*c.size
}

// piecesOf puts a page's glyphs together. A soft piece is a cell of its own when
// it begins where pieces of other lines begin, a column's header among them when
// they all stand close behind numbers; any other belongs to the piece before it. Where only soft pieces begin, the writing must go on in the same
// script: it is the change between kanji and digits that objects end at anyway. Where most
// objects are one character, as wkhtmltopdf writes them, their ends tell nothing.
func piecesOf(glyphs []glyph) []piece {
	var m pieceMaker
	for _, c := range glyphs {
		if c.made || c.size > 0 {
			m.add(c)
		}
	}
	m.flush()
	var hard, soft []float64
	single := 0
	for _, p := range m.out {
		if utf8.RuneCountInString(p.text) == 1 {
			single++
		}
		if p.soft {
			soft = append(soft, p.x0)
		} else {
			hard = append(hard, p.x0)
		}
	}
	slices.Sort(hard)
	slices.Sort(soft)
	byGlyph := single*2 > len(m.out)
	var out []piece
	for _, p := range m.out {
		near := 0.15 * p.size
		n := len(out)
		heads, followers := within(hard, p.x0-near, p.x0+near), within(soft, p.x0-near, p.x0+near)
		cell := heads >= 2 || heads == 1 && followers >= 3 || followers >= 4 && n > 0 && sameScript(out[n-1].text, p.text)
		if p.soft && (byGlyph || !cell) && n > 0 {
			out[n-1].text += p.text
			out[n-1].x1 = max(out[n-1].x1, p.x1)
			continue
		}
		if p.text != "" {
			out = append(out, p)
		}
	}
	return out
}

func sameScript(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	return joins(last, first)
}

// within counts the sorted values from one to another.
func within(sorted []float64, from, to float64) int {
	a, _ := slices.BinarySearch(sorted, from)
	b, _ := slices.BinarySearch(sorted, to)
	return b - a
}

// line is what stands on one baseline, from left to right.
type line struct {
	y, size float64
	pieces  []piece
	// wide tells that a gap of a table's width parts two pieces.
	wide bool
}

// linesOf puts pieces into lines from top to bottom.
func linesOf(pieces []piece) []line {
	sorted := slices.Clone(pieces)
	slices.SortStableFunc(sorted, func(a, b piece) int { return cmp.Compare(b.y, a.y) })
	var out []line
	for from := 0; from < len(sorted); {
		to := from + 1
		for to < len(sorted) && sorted[from].y-sorted[to].y <= sameLine*max(sorted[from].size, sorted[to].size) {
			to++
		}
		out = append(out, lineOf(sorted[from:to]))
		from = to
	}
	return out
}

func lineOf(pieces []piece) line {
	slices.SortStableFunc(pieces, func(a, b piece) int { return cmp.Compare(a.x0, b.x0) })
	l := line{y: pieces[0].y}
	for _, p := range pieces {
		l.size = max(l.size, p.size)
		if n := len(l.pieces); n > 0 {
			last := l.pieces[n-1]
			if last.text == p.text && p.x0-last.x0 < 0.2*p.size {
				continue // drawn twice to look bold
			}
			l.wide = l.wide || p.x0-last.x1 >= columnGap*p.size
		}
		l.pieces = append(l.pieces, p)
	}
	l.wide = l.wide || len(l.pieces) > 3
	return l
}

// isUpright tells text that runs from left to right; in vertical or turned text
// lines mean nothing.
func isUpright(glyphs []glyph) bool {
	down, all := 0, 0
	for i := 1; i < len(glyphs); i++ {
		a, b := glyphs[i-1], glyphs[i]
		if a.made || b.made || b.size <= 0 {
			continue
		}
		all++
		if math.Abs(b.y-a.y) > 0.5*(b.x1-b.x0) && math.Abs(b.x0-a.x0) < 0.5*(b.x1-b.x0) {
			down++
		}
	}
	return down*3 <= all
}

// joinedLines are the places where a number or a name runs on over the end of a
// line: both lines as one. The first has to be as long as lines that begin there
// get, the next one to stand below it and begin where it began; numbers of equal
// length below each other are a list.
func joinedLines(pieces []piece) []string {
	ends := map[int]float64{}
	for _, p := range pieces {
		ends[int(p.x0)] = max(ends[int(p.x0)], p.x1)
	}
	full := func(p piece) bool {
		end := max(ends[int(p.x0)-1], ends[int(p.x0)], ends[int(p.x0)+1])
		return p.x1 > end-1.2*p.size
	}
	var out []string
	for i := 1; i < len(pieces); i++ {
		text, joined := pieces[i-1].text, false
		for ; i < len(pieces) && full(pieces[i-1]) && runsOn(pieces[i-1], pieces[i]); i++ {
			text += pieces[i].text
			joined = true
		}
		if joined {
			out = append(out, text)
		}
	}
	return out
}

func runsOn(a, b piece) bool {
	size := max(a.size, b.size)
	drop := a.y - b.y
	if drop < 0.5*size || drop > 2.2*size || math.Abs(a.x0-b.x0) > 2.2*size || a.text == "" || b.text == "" {
		return false
	}
	if len(a.text) == len(b.text) && isNumber(a.text) && isNumber(b.text) {
		return false
	}
	return sameScript(a.text, b.text)
}

func isNumber(s string) bool { return strings.Trim(s, "0123456789-") == "" }
