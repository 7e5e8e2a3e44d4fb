package detect

import (
	"strings"

	"github.com/sekisho-mail/sekisho/policy"
)

// How many lines around a hot line are read with it, and how few cold lines may
// lie between two hot ones that are read together.
const (
	linesAbove = 3
	careAbove  = 8
	linesBelow = 3
	linesApart = 6
)

// sift decides which of the marked lines are read: labels with digits below,
// labels of names with a name, and so on.
func (d *Detector) sift(s string, marks []lineMark) []lineMark {
	for i := range marks {
		m := &marks[i]
		if m.flags&lineHot != 0 {
			continue
		}
		if m.flags&lineLabel != 0 && m.end-m.start <= 160 {
			digitsBelow(s, marks, i)
			if m.flags&lineDigits == 0 {
				d.sheetBelow(s, marks, i)
			}
		}
		if m.flags&lineWho == 0 && d.nameHot(s, m) {
			m.flags |= lineWho
		}
		if m.flags&lineName != 0 {
			d.nameBelow(s, marks, i)
		}
	}
	return marks
}

// digitsBelow makes a label and the line below it hot that begins with digits, or with
// 番号 and has some, or answers what the line with the label asks.
func digitsBelow(s string, marks []lineMark, i int) {
	near := marks[i].n + 2
	for k := i + 1; k < len(marks) && marks[k].n <= near; k++ {
		if markedDigits(s[marks[k].start:marks[k].end]) {
			marks[k].flags |= lineHot
			marks[i].flags |= lineHot
			near = min(marks[k].n+2, marks[i].n+apartLines)
			continue
		}
		if m := &marks[k]; m.flags&lineCells == 0 && (m.flags&lineFirst != 0 || m.flags&lineDigits != 0 && strings.HasPrefix(strings.TrimLeft(s[m.start:m.end], " \u3000・■"), "番号") || m.flags&lineDigits != 0 && rawSpeaker(s[m.start:m.end]) && rawSpeaker(s[marks[i].start:marks[i].end])) {
			marks[k].flags |= lineHot
			marks[i].flags |= lineHot
		}
	}
}

// apartLines is how many lines below a label groups of its digits may stand.
const apartLines = 24

// markedDigits tells a short line of digits and marks behind some mark: a bullet, a bar, who is quoted.
func markedDigits(line string) bool {
	if len(line) > 80 {
		return false
	}
	line = strings.TrimSpace(line)
	line = strings.TrimLeft(line[quoterPrefix(line):], " \t|>・*-:[](){}「『\"'│┃,")
	return allOf(line, "0123456789-, |*\"'[]()") && hasDigits(line, 1)
}

// sheetBelow makes a heading hot and the lines below it, perhaps behind an empty one, that
// hold a name and a number: 賞与支給一覧.
func (d *Detector) sheetBelow(s string, marks []lineMark, i int) {
	for k := i + 1; k < len(marks) && k-i < sheetLines && (marks[k].n == marks[k-1].n+1 || k == i+1 && marks[k].n == marks[i].n+2); k++ {
		m := &marks[k]
		if m.flags&lineDigits == 0 || m.end-m.start > shortLine || m.flags&lineCells != 0 && !thousandsOnly(s[m.start:m.end]) || !d.nameIn(s[m.start:m.end], anyName) {
			return
		}
		m.flags |= lineHot
		marks[i].flags |= lineHot
	}
}

// thousandsOnly tells that all that could part the cells of a line are commas within amounts.
func thousandsOnly(line string) bool {
	for i := range len(line) {
		switch c := line[i]; {
		case c == '\t' || c == '|' || c == ';':
			return false
		case c == ',' && (i == 0 || !isDigit(line[i-1]) || i+3 >= len(line) || digitsIn(line[i+1:i+4]) != 3):
			return false
		}
	}
	return true
}

// nameHot tells that a name that may count stands in line m.
func (d *Detector) nameHot(s string, m *lineMark) bool {
	line := s[m.start:m.end]
	switch {
	case m.flags&lineName != 0 && (d.nameIn(line, looseName) || d.strangerIn(line)):
		return true
	case m.flags&lineSpaced != 0:
		return true
	case len(line) <= bareLine && line != "" && line[0] >= 0x80 && m.flags&lineCells == 0 && d.nameIn(line, anyName):
		return true
	}
	return m.flags&lineCapitals != 0 && d.dict.westernIn(line) || m.flags&lineCapitals != 0 && (len(line) <= shortLine || m.flags&lineName != 0 || anyOf(line, honorifics) || anyOf(line, officeMarks)) && d.romanIn(line)
}

// officeMarks count like an honorific behind a name in Latin letters.
var officeMarks = []string{"部長", "課長", "株式会社"}

// nameBelow makes the line below a label of names hot when it holds one.
func (d *Detector) nameBelow(s string, marks []lineMark, i int) {
	m := &marks[i]
	from := min(len(s), m.end+1)
	for range 2 {
		end := strings.IndexByte(s[from:], '\n')
		if end < 0 {
			end = len(s) - from
		}
		line := s[from : from+end]
		if strings.TrimSpace(line) == "" {
			from = min(len(s), from+end+1)
			continue
		}
		if len(line) <= shortLine && (d.nameIn(line, looseName) || d.romanIn(line)) {
			m.flags |= lineHot
		}
		return
	}
}

// region is a stretch of a text that is read: from and to are the marks of its
// hot lines, or of lines with a name by themselves.
type region struct {
	policy.Span
	hot      bool
	from, to int
}

// regions are the stretches of span that are read: hot lines with those around,
// lines with a name by themselves.
func regions(s string, marks []lineMark, in policy.Span) []region {
	var out []region
	last, lastHot := -1<<30, false
	for i := range marks {
		m := &marks[i]
		if m.start >= in.End {
			break
		}
		if m.flags&(lineHot|lineWho) == 0 || m.end < in.Start {
			continue
		}
		hot := m.flags&lineHot != 0
		r := region{around(s, m, in), hot, i, i}
		if n := len(out); n > 0 && ((hot || lastHot) && m.n-last <= linesApart+1 || r.Start <= out[n-1].End) {
			o := &out[n-1]
			o.End, o.to, o.hot = max(o.End, r.End), i, o.hot || hot
		} else {
			out = append(out, r)
		}
		last, lastHot = m.n, hot
	}
	return out
}

// around is what is read because of the line m.
func around(s string, m *lineMark, in policy.Span) policy.Span {
	a, b := max(m.start, in.Start), min(m.end, in.End)
	above, below := linesAbove, linesBelow
	switch {
	case m.flags&lineHot == 0:
		above, below = b2i(b-a <= shortLine), 0
	case m.flags&lineCare != 0:
		above = careAbove
	}
	r := policy.Span{Start: linesBack(s, a, above, in.Start), End: linesOn(s, b, below, in.End)}
	if m.flags&lineHot != 0 && strings.Contains(s[a:b], "-----BEGIN ") {
		r.End = keyEnd(s, r, in.End)
	}
	return r
}

// keyEnd goes on to the end of a key in armour.
func keyEnd(s string, r policy.Span, limit int) int {
	end := min(limit, r.Start+17<<10)
	if e := strings.Index(s[r.Start:end], "-----END "); e >= 0 {
		return max(r.End, linesOn(s, r.Start+e, 1, limit))
	}
	return max(r.End, end)
}

// linesBack is the start of the line n lines above the one that begins at i.
func linesBack(s string, i, n, floor int) int {
	for ; i > floor; n-- {
		k := strings.LastIndexByte(s[floor:i], '\n')
		if n < 0 {
			break
		}
		if k < 0 {
			return floor
		}
		if i = floor + k; n == 0 {
			return i + 1
		}
	}
	return max(i, floor)
}

// linesOn is the end of the line n lines below the one that ends at i, its line
// break included.
func linesOn(s string, i, n, limit int) int {
	for ; n >= 0 && i < limit; n-- {
		k := strings.IndexByte(s[i:limit], '\n')
		if k < 0 {
			return limit
		}
		i += k + 1
	}
	return i
}

// tableHot tells that a line of the table is hot, or that its first lines hold a
// label or a name.
func (d *Detector) tableHot(s string, rows []lineMark) bool {
	for i := range rows {
		if rows[i].flags&(lineHot|lineWho) != 0 || i < 10 && rows[i].flags&(lineName|lineLabel) != 0 {
			return true
		}
		if i < 5 && len(rows) >= voteRows && (d.nameIn(s[rows[i].start:rows[i].end], anyName) || d.headerIn(s[rows[i].start:rows[i].end]) || d.splitNameIn(s[rows[i].start:rows[i].end])) {
			return true
		}
	}
	return false
}

// headerIn tells whether a raw row of a table has a header word of a kind.
func (d *Detector) headerIn(s string) bool {
	found := false
	d.headers.find(lower(foldCell(s)), func(_ int, w *lexWord) { found = found || !w.kind.silent })
	return found
}

// full makes every line hot: for tests and for headers.
func full(s string) survey {
	out := survey{all: ^lineFlag(0), numbered: true, marks: make([]lineMark, 0, strings.Count(s, "\n")+1)}
	for n, start := 0, 0; start <= len(s); n++ {
		end := strings.IndexByte(s[start:], '\n')
		if end < 0 {
			end = len(s) - start
		}
		out.marks = append(out.marks, lineMark{n, start, start + end, lineHot | lineCells | lineBorder | lineBlanks | lineDrawn})
		start += end + 1
		out.n++
	}
	return out
}
