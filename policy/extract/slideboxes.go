package extract

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// slideBox is a short text in a shape of its own on a slide, and where the shape begins.
type slideBox struct {
	x, y     float64
	text     string
	from, to int // where it stands in the file's text
}

// longestBox is how long the text of a box is that may be one cell of what a slide shows as a
// table.
const longestBox = 120

// beginBox notes where the text of a shape begins, whose place is not known yet.
func (w *xmlWalker) beginBox() {
	w.boxAt, w.veils.x, w.veils.y = len(w.b.text), math.NaN(), math.NaN()
}

// endBox keeps the shape that ends if it is such a box.
func (w *xmlWalker) endBox() {
	text := string(w.b.text[min(w.boxAt, len(w.b.text)):])
	defer func() { w.veils.x = math.NaN() }() // a shape that ends twice is one
	if len(text) > longestBox || len(w.boxes) >= 2000 || math.IsNaN(w.veils.x) {
		return
	}
	if text = strings.Join(strings.Fields(text), " "); text != "" {
		w.boxes = append(w.boxes, slideBox{w.veils.x, w.veils.y, text, min(w.boxAt, len(w.b.text)), len(w.b.text)})
	}
}

// leastFigures is how many boxes with a number make a slide one to look at so: three people.
const leastFigures = 3

// placed writes the boxes of a slide, whose text begins at an offset, once more as they stand
// there and behind its other text: one row for boxes at one height, or, where what belongs
// together stands below each other, one for each such stack. Other slides stay as they are.
//
// Not covered: groups of shapes, which have coordinates of their own.
func (b *builder) placed(from int, boxes []slideBox) {
	rows := rowsOf(boxes)
	if rows == nil || b.full {
		return
	}
	rest, at := "", from
	for _, o := range boxes {
		rest += string(b.text[at:o.from])
		at = o.to
	}
	rest += string(b.text[at:])
	b.text, b.pend = b.text[:from], 0
	b.write(strings.Trim(rest, "\n\t "))
	b.beginTable("", false)
	for _, row := range rows {
		b.beginRow(0, false)
		for _, o := range row {
			b.beginCell()
			b.write(o.text)
			b.endCell()
		}
	}
	b.endTable()
}

// rowsOf are the rows of the table that boxes show, nil for none.
func rowsOf(boxes []slideBox) [][]slideBox {
	figures := 0
	for _, o := range boxes {
		figures += oneIf(isFigure(o))
	}
	if figures < leastFigures || figures == len(boxes) {
		return nil
	}
	rows := alongside(boxes, func(o slideBox) (float64, float64) { return o.y, o.x })
	if records(rows) >= leastFigures {
		return rows
	}
	rows = nil
	for _, stack := range alongside(boxes, func(o slideBox) (float64, float64) { return o.x, o.y }) {
		for i, o := range stack { // what is no number begins the next of a stack
			if i == 0 || !isFigure(o) {
				rows = append(rows, nil)
			}
			rows[len(rows)-1] = append(rows[len(rows)-1], o)
		}
	}
	if records(rows) < leastFigures {
		return nil
	}
	return rows
}

// records counts the rows that have a number behind something else.
func records(rows [][]slideBox) (n int) {
	for _, row := range rows {
		n += oneIf(len(row) > 1 && !isFigure(row[0]) && slices.ContainsFunc(row, isFigure))
	}
	return n
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

func isFigure(o slideBox) bool { return digitsIn(o.text) >= 8 }

// besideEach is how far apart the beginnings of boxes may be that count as one row or one
// stack: a fifth of an inch, in English Metric Units.
const besideEach = 914400 / 5

// alongside parts boxes into those that begin at about the same place of the first measure,
// each part ordered by the second.
func alongside(boxes []slideBox, at func(slideBox) (float64, float64)) [][]slideBox {
	sorted := slices.Clone(boxes)
	slices.SortStableFunc(sorted, func(a, b slideBox) int { x, _ := at(a); y, _ := at(b); return cmp.Compare(x, y) })
	var out [][]slideBox
	last := 0.0
	for i, o := range sorted {
		if p, _ := at(o); i == 0 || p-last > besideEach {
			out = append(out, nil)
			last = p
		}
		out[len(out)-1] = append(out[len(out)-1], o)
	}
	for _, part := range out {
		slices.SortStableFunc(part, func(a, b slideBox) int { _, x := at(a); _, y := at(b); return cmp.Compare(x, y) })
	}
	return out
}
