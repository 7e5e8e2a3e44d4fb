package detect

import "sync"

// cell checks one cell against a kind.
func (d *Detector) cell(k *kind, s string) (match, bool) {
	switch {
	case k == personName:
		return d.cellName(s)
	case k == address:
		return d.cellAddress(s)
	case k.cell != nil:
		return k.cell(s)
	case k.try == nil:
		return match{}, false
	}
	return tryCell(k, s)
}

// scratch is what the check of a cell works with.
type scratch struct {
	v      view
	lines  [1]int
	r      run
	w      window
	digits [40]byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// tryCell runs a kind's number check over a whole cell.
func tryCell(k *kind, s string) (match, bool) {
	if !hasDigits(s, 3) || len(s) > 80 {
		return match{}, false
	}
	t := scratches.Get().(*scratch)
	defer scratches.Put(t)
	t.v = view{raw: s, s: s, lines: t.lines[:]}
	if m, ok, sure := t.whole(k, s); sure {
		return m, ok
	}
	var best match
	found := false
	t.r = t.v.runsIn(t.r, func(r run) {
		t.v.windows(r, k.lens, k.lens, func(w *window) {
			if found {
				return
			}
			if m, ok := k.try(w); ok {
				if m.end == 0 {
					m.start, m.end = w.start(), w.end()
				}
				best, found = m, mostly(s, m)
			}
		})
	})
	t.v, t.w = view{}, window{}
	return best, found
}

// whole tries a cell that is one number, from its first byte to its last; sure is
// false when it is not, or when a part of it could be read as well.
func (t *scratch) whole(k *kind, s string) (m match, ok, sure bool) {
	if !isDigit(s[0]) || !isDigit(s[len(s)-1]) {
		return match{}, false, false
	}
	t.r = t.v.runAt(t.r, 0)
	last := len(t.r) - 1
	if t.r[last].end != len(s) || last >= mostGroups {
		return match{}, false, false
	}
	total := 0
	for i := range t.r {
		n := 0
		if i > 0 && t.r[i].sep == ',' {
			return match{}, false, false
		}
		for j := i; j <= last; j++ {
			n += t.r[j].end - t.r[j].start
			if n >= len(t.digits) || k.lens&(1<<n) != 0 && (i > 0 || j < last) {
				return match{}, false, false
			}
		}
		if i == 0 {
			total = n
		}
	}
	if k.lens&(1<<total) == 0 {
		return match{}, false, true
	}
	if t.w = (window{v: &t.v, r: t.r, j: last, digits: s}); last > 0 {
		for i, n := 0, 0; i <= last; i++ {
			n += copy(t.digits[n:], s[t.r[i].start:t.r[i].end])
		}
		t.w.digits = string(t.digits[:total])
	}
	if m, ok = k.try(&t.w); !ok {
		return match{}, false, true
	}
	if m.end == 0 {
		m.start, m.end = 0, len(s)
	}
	return m, mostly(s, m), true
}

// mostly tells that the match is what the cell is about.
func mostly(s string, m match) bool { return (m.end-m.start)*2 >= len(s) }
