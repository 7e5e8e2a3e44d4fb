package detect

import "github.com/sekisho-mail/sekisho/policy"

// A column that its header and its first cells say nothing of may hold ids all the
// same: further down, or between remarks. The gate has looked at each of its
// cells; those in which it saw something are asked again what they are.

// suspect notes the cells of columns without a type in which the gate saw something.
func (d *Detector) suspect(g *grid) {
	p := pass{g: d.gate}
	var open []int // columns without a type
	for col := range g.columns {
		if c := &g.columns[col]; c.kind == nil || c.generic {
			open = append(open, col)
		}
	}
	dull := make([]dullCells, min(len(open), mostDull))
	for i := g.header + 1; i < len(g.table.Rows) && len(open) > 0; i++ {
		row := g.row(i)
		for k, col := range open {
			if col >= len(row) {
				break
			}
			c, span := &g.columns[col], row[col]
			s := g.text[span.Start:span.End]
			switch {
			case !readable(s):
				continue
			case d.everything:
			case !d.thorough && (isFigure(s) || k < len(dull) && dull[k].hold(s)):
				continue
			case !p.worth(g.text, span):
				if k < len(dull) {
					dull[k].keep(s)
				}
				continue
			}
			c.hot = append(c.hot, int32(i))
		}
	}
	for col := range g.columns {
		g.electLate(col)
	}
	g.searched = true
}

// isFigure tells seven or eight digits and nothing else, or a date of this or the last
// century: sums, quantities and days, which the gate finds nothing in by themselves and
// tables are full of.
func isFigure(s string) bool {
	if len(s) > len("2026/05/16") {
		return false
	}
	n := span(s, isDigit, len(s))
	if n == 4 {
		return plainDate(s, 0, n) == len(s)
	}
	return n == len(s) && n >= 7 && n < longNumber
}

// dullCells are cells of one column in which the gate saw nothing, by a hash of how they
// begin and end. Columns of words repeat themselves: states, departments, goods, remarks
// that are picked from a list. What the gate sees in a cell depends on the cell alone.
type dullCells [32]string

// mostDull is for how many columns such cells are kept.
const mostDull = 64

func (c *dullCells) place(s string) *string {
	return &c[(load(s)^load(s[len(s)-8:])<<1)*packHash>>59]
}

// hold tells whether a cell is among them.
func (c *dullCells) hold(s string) bool { return len(s) >= 8 && *c.place(s) == s }

// keep takes a cell in.
func (c *dullCells) keep(s string) {
	if len(s) >= 16 {
		*c.place(s) = s
	}
}

// lateCells is how many cells a late type needs.
const lateCells = 5

// electLate gives a column the official id that nine of ten of its cells with as
// many digits are by their check: one in ten would be chance, five of five are not.
func (g *grid) electLate(col int) {
	c := &g.columns[col]
	c.late = g.idOf(len(c.hot), func(i int) string { return g.cell(g.row(int(c.hot[i]))[col]) })
	if c.late == nil && len(c.hot) > 0 && g.byChance(col) {
		c.hot = nil
	}
}

// byChance tells a column of long numbers of which few pass any check: those that do
// pass it by chance.
func (g *grid) byChance(col int) bool {
	long := 0
	g.each(col, func(_ int, s string) bool {
		n := digitsIn(s)
		long += b2i(n >= 12 && len(s)-n <= len("- -"))
		return long < sampleRows
	})
	return long >= voteRows && len(g.columns[col].hot)*2 < long
}

// allPass tells a column of a list of people in which nearly all cells pass the check of
// a My Number, though its header says something of other numbers: 管理番号. Five cells
// do so by chance once in a hundred thousand columns.
func (g *grid) allPass(col int) bool {
	if !g.people() {
		return false
	}
	n, good := 0, 0
	g.each(col, func(_ int, s string) bool {
		n++
		if digitsIn(s) == 12 {
			m, ok := g.reader.check(myNumber, s)
			good += b2i(ok && m.why&whyCheck != 0)
		}
		return n < sampleRows && (n > lateCells || good == n)
	})
	return n >= lateCells && good >= lateCells && good*10 >= n*9
}

// aShipment are words of headers that say of the numbers below what else they are; others,
// such as 管理番号, say no more than that they are numbers.
var aShipment = newAnyWord("送り状", "伝票", "追跡", "荷物", "貨物", "配送", "出荷", "問い合わせ番号", "問合せ番号", "お問合", "受注", "発注", "注文", "請求", "見積", "契約", "証券", "ロット", "製造", "シリアル", "tracking", "waybill", "awb", "parcel", "shipment", "invoice", "order", "denpyo", "okurijo", "keiyaku", "serial", "lot")

// idOf is the official id that nearly all of n cells are, nil for none.
func (g *grid) idOf(n int, cell func(int) string) *kind {
	if n < lateCells {
		return nil
	}
	step := max(1, n/sampleRows)
	for _, k := range g.reader.d.kinds {
		if !k.vote || k.try == nil || k.severity < sevOfficial || k.id == 0 {
			continue
		}
		all, passed := 0, 0
		for i := 0; i < n; i += step {
			s := cell(i)
			if n := digitsIn(s); n >= 64 || k.lens&(1<<n) == 0 {
				continue
			}
			all++
			if m, ok := g.reader.check(k, s); ok && m.why&whyCheck != 0 {
				passed++
			}
		}
		if passed >= lateCells && passed*10 >= all*9 {
			return k
		}
	}
	return nil
}

// stray is a cell that does not fit its column: what became of it are n hits from
// index at on.
type stray struct{ row, at, n int32 }

// strayDigits is how many digits make such a cell worth reading.
const strayDigits = 9

// reread makes ids of the strays of a column when nearly all of them are one by
// their check: rows that are shifted, numbers under a header of something else.
func (x *exam) reread(g *grid, col int, out *[]hit) {
	c := &g.columns[col]
	cell := func(i int) string { return g.cell(g.row(int(c.strays[i].row))[col]) }
	k := g.idOf(len(c.strays), cell)
	if k == nil || k == c.kind {
		return
	}
	in := &source{table: g.free.table, turned: g.onSide}
	for i, s := range c.strays {
		m, ok := g.reader.check(k, cell(i))
		in.of++
		if !ok {
			continue
		}
		in.passed++
		was := (*out)[s.at : s.at+s.n]
		for n := range was {
			was[n].points = 0 // dropped
		}
		m.points, m.why = m.points+ptVote, m.why|whyVote
		g.hit(int(s.row), k, in, g.row(int(s.row))[col], m, out)
		if last := len(*out) - 1; s.n > 0 {
			was[0] = (*out)[last]
			*out = (*out)[:last]
		}
	}
}

// digitsIn is how many ASCII digits s has.
func digitsIn(s string) int {
	n := 0
	for ; len(s) >= 8; s = s[8:] {
		n += int(digitBits(load(s)) >> 7 * ones >> 56)
	}
	for i := range len(s) {
		n += b2i(isDigit(s[i]))
	}
	return n
}

// digitBits has the high bit of each byte of x that is an ASCII digit.
func digitBits(x uint64) uint64 {
	y := x &^ high
	return (y + (0x80-'0')*ones) &^ (y + (0x7f-'9')*ones) &^ x & high
}

// freeCell reads a cell of a column without a type, in row i: as the late type of
// the column when it is one, else as running text.
func (x *exam) freeCell(g *grid, i, col int, span policy.Span, out *[]hit) {
	c := &g.columns[col]
	if c.kindAt > 0 && x.besideCell(g, i, col, span, out) {
		return
	}
	for len(c.hot) > 0 && int(c.hot[0]) < i {
		c.hot = c.hot[1:]
	}
	if len(c.hot) == 0 || int(c.hot[0]) != i {
		return
	}
	s := g.cell(span)
	if c.late != nil {
		if m, ok := g.reader.check(c.late, s); ok {
			c.filled++
			c.good++
			m.points, m.why = m.points+ptVote, m.why|whyVote
			g.hit(i, c.late, c.in, span, m, out)
			return
		}
	}
	if g.people() && (x.d.saidOfSelf(s) || aRemark.in(c.header) && x.d.careCell(s)) && g.rowNamed(i) {
		g.hit(i, specialCare, g.free, span, match{norm: s, points: 2.5, why: whyPerson}, out)
		return
	}
	if readable(s) {
		x.readCell(g, i, span, out)
	}
}

// saidOfSelf tells a remark in which somebody says of himself what is to be kept: an
// illness or what is done about it, and that it is the reason for something.
func (d *Detector) saidOfSelf(s string) bool {
	return len(s) >= len("妊娠中のため") && aReason.in(s) && d.careCell(s)
}

// aRemark are the headings of columns for what else is to be known of the one in a row.
var aRemark = newAnyWord("備考", "メモ", "特記", "配慮", "注意", "連絡事項", "その他", "note", "remark", "comment")

var aReason = newAnyWord("ため", "ので", "ており", "ています", "中です", "です", "薬を", "通院")

// rowNamed tells that a cell of row i in a column of names is filled.
func (g *grid) rowNamed(i int) bool {
	row := g.row(i)
	for col := range g.columns {
		if g.columns[col].kind == personName && col < len(row) && row[col].Start < row[col].End {
			return true
		}
	}
	return false
}

// readCell reads a cell of row i as running text.
func (x *exam) readCell(g *grid, i int, span policy.Span, out *[]hit) {
	first := len(*out)
	x.free(&policy.Content{Text: g.text}, nil, 0, span, span, out)
	for k := first; k < len(*out); k++ {
		h := &(*out)[k]
		if h.row, h.record = int32(g.table.Rows[i].Number), int32(g.above+i); h.in == running {
			h.in = g.free
		} else {
			h.in = &source{table: g.free.table, turned: g.onSide, label: h.in.label}
		}
		h.business = h.business || g.company && businessKind(h.kind)
	}
}
