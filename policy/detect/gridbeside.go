package detect

import (
	"slices"

	"github.com/sekisho-mail/sekisho/policy"
)

// In a list in long form the cell on the left says in each row what a value is: a column
// of kinds beside a column of values, which as a whole has no type.

const (
	kindReach = 3  // how many columns lie at most between a kind and its value
	kindRows  = 20 // how many rows are looked at for that
)

// kindColumns notes the columns of values that have one of kinds beside them.
func (g *grid) kindColumns() {
	for col := 1; col < len(g.columns); col++ {
		c := &g.columns[col]
		if c.kind != nil && !c.generic && c.kind != negativeLabel {
			continue
		}
		for k := col - 1; k >= 0 && k >= col-kindReach; k-- {
			beside := &g.columns[k]
			if beside.kind != nil && !beside.kind.silent {
				break // what stands left of that one speaks of it: 普通, account, sum
			}
			if g.saysKinds(k) {
				c.kindAt, c.generic = k+1, c.generic || c.kind != nil // value_id says as little as "number"
				break
			}
		}
	}
}

// saysKinds tells that at least half of the first cells of a column, and two, are labels
// of values.
func (g *grid) saysKinds(col int) bool {
	n, said := 0, 0
	g.each(col, func(_ int, s string) bool {
		n++
		said += b2i(g.saidBy(s) != nil)
		return n < kindRows && (n < voteRows || said > 0)
	})
	return said >= 2 && said*2 >= n
}

// longestKind is how long a cell may be, in bytes, that says what another one is.
const longestKind = 60

// saidBy is the kind of value that a cell speaks of, nil for none.
func (g *grid) saidBy(s string) *kind {
	if s == "" || len(s) > longestKind || hasDigits(s, 3) {
		return nil
	}
	if k := g.reader.d.headerKind(s); k != nil && !k.silent {
		return k
	}
	return nil
}

// besideCell turns a cell into a hit of the kind that the cell beside it says; false when
// that says none, or another one.
func (x *exam) besideCell(g *grid, i, col int, span policy.Span, out *[]hit) bool {
	row, at := g.row(i), g.columns[col].kindAt-1
	if at < 0 || at >= len(row) {
		return false
	}
	label := g.cell(row[at])
	k := g.saidBy(label)
	if k == nil {
		return false
	}
	m, ok := g.reader.check(k, g.cell(span))
	if !ok {
		return false
	}
	m.points, m.why = m.points+ptColumn, m.why|whyLabel
	g.hit(i, k, &source{table: g.free.table, turned: g.onSide, label: label}, span, m, out)
	return true
}

// careRows is how many cells of a column are looked at for words of special care.
const careRows = 20

// careColumn tells a column of a list of people without a name of its own, or with one
// that says little (所見), of whose cells at least half speak of special care, or nearly all of health,
// good or bad.
func (d *Detector) careColumn(g *grid, col int) bool {
	if !g.people() {
		return false
	}
	n, care, fine := 0, 0, 0
	g.each(col, func(_ int, s string) bool {
		n++
		if fineResults[lower(s)] {
			fine++
		} else {
			care += b2i(d.careCell(s))
		}
		return n < careRows && (n < voteRows || care+fine > 0)
	})
	return n >= voteRows && care*2 >= n || care >= 2 && (care+fine)*10 >= n*8 // most of those examined are well
}

// careCell tells a cell that speaks of special care: an illness, a disability.
func (d *Detector) careCell(s string) bool {
	if len(s) < len("胃炎") || len(s) > 2*longestKind {
		return false
	}
	v := &view{raw: s, s: s, lines: []int{0}}
	d.read(v)
	strong, weak := v.anchors[careStrong], v.anchors[careWeak]
	if len(strong)+len(weak) == 0 || anyOf(v.low, careVetoes) {
		return false
	}
	for _, m := range weak {
		if v.namedIllness(0, m) {
			return true
		}
	}
	return len(strong) > 0 || anyOf(v.low, careStates)
}

// splitPhones takes the column before those of the second and third part of telephone
// numbers for that of the first.
func (g *grid) splitPhones() {
	for i := 0; i+1 < len(g.columns); i++ {
		c, next := &g.columns[i], &g.columns[i+1]
		if next.kind != phone || c.kind != nil && !c.kind.silent && !c.voted {
			continue
		}
		n, good := 0, 0
		g.each(i, func(row int, s string) bool {
			n++
			cells := g.row(row)
			good += b2i(shortDigits(s) && len(s) >= 2 && s[0] == '0' && i+1 < len(cells) && shortDigits(g.cell(cells[i+1])))
			return n < kindRows && n == good
		})
		if n >= 2 && n == good {
			c.kind, c.voted, c.generic = phone, false, false
		}
	}
}

// bareCodes leaves a column of seven digits alone that has a name of its own, which says
// nothing of postal codes, in a table without addresses: they may number anything.
func (g *grid) bareCodes() {
	g.unknownCodes()
	if slices.ContainsFunc(g.columns, func(c column) bool { return c.kind == address }) {
		return
	}
	for i := range g.columns {
		c := &g.columns[i]
		if c.kind != postalCode || !c.voted || c.header == "" {
			continue
		}
		bare := true
		g.each(i, func(row int, s string) bool {
			bare = len(s) == len("1000001") && digitsIn(s) == len(s)
			return bare && row < g.header+kindRows
		})
		if bare {
			c.kind, c.voted, c.generic = nil, false, false
		}
	}
}

// unknownCodes leaves a column alone that was taken for one of postal codes by its seven
// digits and of which less than half are in use: the members of a club are numbered so.
func (g *grid) unknownCodes() {
	for i := range g.columns {
		c := &g.columns[i]
		if c.kind != postalCode || !c.voted {
			continue
		}
		n, used := g.share(i, func(s string) bool {
			m, ok := g.reader.check(postalCode, s)
			return ok && g.reader.d.dict.hasZip(uint32(atoi(m.norm)))
		})
		if used*2 < n {
			c.kind, c.voted, c.generic = nil, false, false
		}
	}
}
