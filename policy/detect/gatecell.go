package detect

import "github.com/sekisho-mail/sekisho/policy"

// linesApartSpans is how far apart the lines of two spans count: nothing in one
// speaks for what stands in the other.
const linesApartSpans = 100

// linesOf runs the gate over stretches of s, in order. Its memory is used again: on
// the stack of a connection it is cold, and cleared for every text.
func (g *gate) linesOf(s string, spans []policy.Span) survey {
	p, ok := g.d.passes.Get().(*pass)
	if !ok {
		p = &pass{g: g}
	}
	total := 0
	for _, span := range spans {
		total += span.End - span.Start
	}
	p.survey = survey{marks: make([]lineMark, 0, total/320+8), numbered: len(spans) == 1 && spans[0].Start == 0}
	p.alone = false
	for i, span := range spans {
		if i > 0 {
			p.n += linesApartSpans
		}
		p.begin(s, span)
		p.over(span.Start)
		p.line(span.End)
	}
	seen := p.survey
	p.survey, p.s = survey{}, ""
	g.d.passes.Put(p)
	return seen
}

// begin makes the pass ready for a span of s that has nothing to do with what it
// saw before.
func (p *pass) begin(s string, span policy.Span) {
	p.s, p.start, p.flags = s[:span.End], span.Start, 0
	p.cap, p.label, p.bars, p.semis = -9, -1<<20, 0, 0
	p.carried, p.carriedTo = 0, -2
}

// worth tells whether something may stand in a cell of a table, which is looked
// at as if it were a text by itself.
func (p *pass) worth(s string, cell policy.Span) bool {
	p.begin(s, cell)
	p.alone = true
	p.marks, p.places, p.n = p.marks[:0], p.places[:0], 0
	p.over(cell.Start)
	p.line(cell.End)
	for i := range p.marks {
		if p.marks[i].flags&^lineDigits == 0 { // the most common case
			continue
		}
		p.g.d.sift(p.s, p.marks)
		for k := range p.marks {
			if p.marks[k].flags&(lineHot|lineWho) != 0 {
				return true
			}
		}
		return false
	}
	return false
}
