package detect

import (
	"github.com/sekisho-mail/sekisho/policy"
)

// flow counts and reports the rows of a table as they are read, so that the hits of
// ten thousand people need no memory of their own: they would not fit into the
// processor's cache, and the passes over them took as long as finding them. It is
// the same as keeping them when nothing comes before them and nothing that is read
// later changes what they are; from the first row on of which that is not sure, hits
// are kept.
type flow struct {
	x       *exam
	allowed bool // so far
	rows    int  // of the table, until the first one is told
	// owing are the hits that were told one by one, whose reasons wait for the end of
	// their table.
	owing []owedReason
}

// owedReason is what the reason of a finding depends on.
type owedReason struct {
	finding int
	kind    *kind
	why     reason
	in      *source
}

// begin tells whether the rows of a sheet may be told at once: kept are the hits of
// the part so far, seen is what the gate saw.
func (f *flow) begin(s *sheet, kept []hit, seen *survey) bool {
	f.allowed = f.allowed && !f.x.d.thorough && len(kept) == 0 && s.ascending && seen.all&lineOwn == 0 && f.x.d.own.nothing() &&
		(len(seen.marks) == 0 || seen.marks[0].start >= s.span.Start)
	if !f.allowed {
		return false
	}
	w, n := &f.x.report, len(s.table.Rows)
	w.most, w.some = f.x.most(), f.x.cx.Most > 0
	f.rows, w.rows = n, n
	w.room = min(n, w.most) * s.typed()
	return true
}

// row tells a row; false when it may not be.
func (f *flow) row(g *grid, hits []hit) bool {
	if f.allowed = !g.strayed; !f.allowed || len(hits) == 0 {
		return f.allowed
	}
	for i := range hits {
		if h := &hits[i]; h.points < likely || h.kind.silent && h.kind != memberID {
			f.allowed = false
			return false
		}
	}
	if f.rows > 0 { // most tables are not of people
		f.x.census.all.expect(f.rows)
		f.rows = 0
	}
	inOrder(hits)
	for i := range hits {
		f.x.settleHit(f.x.report.c, &hits[i])
	}
	f.x.census.row(hits)
	f.x.owed.note(hits)
	for i := range hits {
		if h := &hits[i]; f.x.report.one(h) {
			f.owing = append(f.owing, owedReason{len(f.x.result.Findings) - 1, h.kind, h.why, h.in})
		}
	}
	return true
}

// end gives the findings of a table their reasons.
func (f *flow) end() {
	for _, o := range f.owing {
		h := hit{kind: o.kind, why: o.why, in: o.in}
		f.x.result.Findings[o.finding].Reason = f.x.reason(&h)
	}
	f.owing = f.owing[:0]
}

// nothing tells that the organisation has listed no data of its own.
func (w *owner) nothing() bool {
	return w.terms == nil && len(w.Patterns) == 0 && len(w.Exact) == 0 && len(w.Documents) == 0
}

// typed is how many columns may give hits.
func (g *grid) typed() int {
	n := 0
	for i := range g.columns {
		k := g.columns[i].kind
		n += b2i(k != nil && (!k.silent || k == memberID))
	}
	return n
}

// bounds is where a table stands; ascending tells that its cells follow each other.
// inside is false when a cell is not in the n bytes of the text, since they come from
// a parser of foreign files.
func bounds(t *policy.Table, n int) (span policy.Span, ascending, inside bool) {
	first, last := -1, 0
	for i := range t.Rows {
		for k := range t.Rows[i].Cells {
			c := &t.Rows[i].Cells[k]
			if c.Start < last || c.End < c.Start {
				return unordered(t, n)
			}
			if last = c.End; first < 0 {
				first = c.Start
			}
		}
	}
	return policy.Span{Start: first, End: last}, true, last <= n
}

// unordered is bounds of a table whose cells do not follow each other.
func unordered(t *policy.Table, n int) (span policy.Span, ascending, inside bool) {
	span, inside = policy.Span{Start: -1}, true
	for i := range t.Rows {
		for _, c := range t.Rows[i].Cells {
			if span.Start < 0 || c.Start < span.Start {
				span.Start = c.Start
			}
			span.End = max(span.End, c.End)
			inside = inside && c.Start >= 0 && c.Start <= c.End && c.End <= n
		}
	}
	return span, false, inside
}
