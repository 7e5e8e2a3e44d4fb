package detect

import (
	"cmp"
	"slices"
)

// resolve leaves the strongest of the candidates that overlap; size is the
// length of the view.
func resolve(all []candidate, size int) []candidate {
	if len(all) == 1 && !all[0].faint() {
		return all
	}
	var room [64]int32
	order := room[:0]
	for i := range all {
		order = append(order, int32(i))
	}
	slices.SortStableFunc(order, func(i, k int32) int { // candidates are large
		a, b := &all[i], &all[k]
		switch {
		case a.points != b.points:
			return cmp.Compare(b.points, a.points)
		case a.kind.severity != b.kind.severity:
			return b.kind.severity - a.kind.severity
		case a.end-a.start != b.end-b.start:
			return (b.end - b.start) - (a.end - a.start)
		}
		return a.start - b.start
	})
	taken := make(cover, size/64+1)
	for _, i := range order {
		c := &all[i]
		if c.faint() || taken.overlaps(c.start, c.end) {
			c.kind = nil
			continue
		}
		taken.add(c.start, c.end)
	}
	out := slices.DeleteFunc(all, func(c candidate) bool { return c.kind == nil })
	slices.SortFunc(out, func(a, b candidate) int { return a.start - b.start })
	return out
}

// faint tells that hardly anything speaks for a candidate, and nothing later will.
func (c *candidate) faint() bool {
	return c.points < minPossible && !c.kind.mustLabel && c.kind != phone && c.kind != postalCode
}

// cover is a set of bytes of a view, as bits.
type cover []uint64

func (t cover) overlaps(start, end int) bool {
	for i := start; i < end; i++ {
		if t[i>>6]&(1<<(i&63)) != 0 {
			return true
		}
	}
	return false
}

func (t cover) add(start, end int) {
	for i := start; i < end; i++ {
		t[i>>6] |= 1 << (i & 63)
	}
}
