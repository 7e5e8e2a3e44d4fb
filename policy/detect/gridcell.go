package detect

import "strings"

// cellReader checks cells one after the other against the kinds of their columns.
// It keeps the values in a few large pieces of memory, and what the check of a
// number works with.
type cellReader struct {
	d      *Detector
	values phrases
	v      view
	lines  [1]int
	r      run
	w      window
	digits [40]byte
}

// check tells whether a cell is a value of a kind.
func (t *cellReader) check(k *kind, s string) (match, bool) {
	switch {
	case k == personName:
		return t.name(s)
	case k == address:
		return t.address(s)
	case k == birthDate && !t.d.thorough:
		return t.date(s)
	case k.cell != nil:
		return k.cell(s)
	case k.try == nil:
		return match{}, false
	}
	return t.number(k, s)
}

// number runs a kind's number check over a whole cell.
func (t *cellReader) number(k *kind, s string) (match, bool) {
	if len(s) > 80 || !hasDigits(s, 3) {
		return match{}, false
	}
	t.v.raw, t.v.s, t.v.lines = s, s, t.lines[:]
	if m, ok, sure := t.whole(k, s); sure && !t.d.thorough {
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
	return best, found
}

// whole tries a cell that is one number, from its first byte to its last; sure is
// false when it is not, or when a part of it could be read as well.
func (t *cellReader) whole(k *kind, s string) (m match, ok, sure bool) {
	total := t.groups(s)
	if total == 0 || len(t.r) > mostGroups {
		return match{}, false, false
	}
	last := len(t.r) - 1
	for i := range t.r {
		n := 0
		for j := i; j <= last; j++ {
			n += t.r[j].end - t.r[j].start
			if k.lens&(1<<n) != 0 && (i > 0 || j < last) {
				return match{}, false, false
			}
		}
	}
	if k.lens&(1<<total) == 0 {
		return match{}, false, true
	}
	t.w.v, t.w.r, t.w.i, t.w.j, t.w.digits = &t.v, t.r, 0, last, s
	if last > 0 {
		t.w.digits = t.values.put(t.digits[:total])
	}
	if m, ok = k.try(&t.w); !ok {
		return match{}, false, true
	}
	if m.end == 0 {
		m.start, m.end = 0, len(s)
	}
	return m, mostly(s, m), true
}

// groups parts a cell into groups of digits with one mark between two of them, and
// notes groups and digits. It tells how many digits there are, 0 when the cell is
// not written so.
func (t *cellReader) groups(s string) int {
	n, at := 0, 0
	t.r = append(t.r[:0], group{})
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			if n == len(t.digits)-1 {
				return 0
			}
			t.digits[n] = c
			n++
		case c != '-' && c != ' ' && c != '.' && c != '/' || i == t.r[at].start:
			return 0
		default:
			t.r[at].end = i
			t.r = append(t.r, group{start: i + 1, sep: c})
			at++
		}
	}
	if t.r[at].start == len(s) {
		return 0
	}
	t.r[at].end = len(s)
	return n
}

// unzeroed reads a number below its heading of which a spreadsheet dropped the noughts in
// front: 9012345678 is 090-1234-5678, and an Individual Number may begin with two.
func (t *cellReader) unzeroed(k *kind, s string) (match, bool) {
	n := len(s)
	if n < 9 || n > 11 || s[0] == '0' || digitsIn(s) != n {
		return match{}, false
	}
	whole := "0" + s
	switch {
	case k == phone && (n == 10 && mobilePrefix(whole) || n == 9 && fixedPrefix(whole)):
	case k == myNumber && n >= 10:
		whole = strings.Repeat("0", 12-n) + s
	default:
		return match{}, false
	}
	m, ok := t.number(k, whole)
	m.start, m.end = 0, 0
	return m, ok
}

// figure reads an official number that a spreadsheet took for an amount, below a heading
// that says what it is: 335,556,187,616, or 4.92941465412E+11 with all digits there.
func (t *cellReader) figure(k *kind, s string) (match, bool) {
	if m, ok := t.unzeroed(k, s); ok {
		return m, true
	}
	if k.try == nil || k.severity < sevOfficial || len(s) < len("1.234567E+9") || !isDigit(s[0]) {
		return match{}, false
	}
	var digits string
	if head, exponent, ok := strings.Cut(lower(s), "e+"); ok {
		whole, rest, dot := strings.Cut(head, ".")
		n := span(exponent, isDigit, 2)
		power := atoi(exponent[:n])
		if !dot || n < len(exponent) || len(whole) != 1 || digitsIn(rest) != len(rest) || len(rest) > power || len(rest) < power-2 {
			return match{}, false // digits were lost: it is nobody's number any more
		}
		digits = whole + rest + strings.Repeat("0", power-len(rest))
	} else {
		for i, group := range strings.Split(s, ",") {
			if digitsIn(group) != len(group) || len(group) == 0 || len(group) > 3 || i > 0 && len(group) != 3 {
				return match{}, false
			}
			digits += group
		}
	}
	m, ok := t.number(k, digits)
	m.start, m.end = 0, 0
	return m, ok && m.why&whyCheck != 0
}

// mostly tells that the match is what the cell is about.
func mostly(s string, m match) bool { return (m.end-m.start)*2 >= len(s) }

// date reads a date of birth; most are written with the year first and need no
// search for their parts.
func (t *cellReader) date(s string) (match, bool) {
	if len(s) != len("1985-02-03") || !dateMark(s[4]) || !dateMark(s[7]) {
		return cellDate(s)
	}
	for i := range len(s) {
		if i != 4 && i != 7 && !isDigit(s[i]) {
			return cellDate(s)
		}
	}
	two := func(i int) int { return int(s[i]-'0')*10 + int(s[i+1]-'0') }
	d := date{y: two(0)*100 + two(2), m: two(5), d: two(8)}
	if !d.valid() {
		return match{}, false
	}
	m := match{end: len(s), norm: s, points: 1}
	if s[4] != '-' || s[7] != '-' {
		m.norm = d.norm()
	}
	return m, true
}

// dateMark tells what may stand between the parts of a date.
func dateMark(c byte) bool { return c == '-' || c == '/' || c == '.' }

// squeezed is s without its spaces.
func (t *cellReader) squeezed(s string) string {
	i := strings.IndexByte(s, ' ')
	if i < 0 {
		return s
	}
	if strings.IndexByte(s[i+1:], ' ') < 0 { // most names
		return t.values.join(s[:i], s[i+1:])
	}
	var room [96]byte
	return t.values.put(withoutSpaces(room[:0], s, i))
}

// numbersIn are the numbers of digits, as bits, that one or more neighbouring groups
// of digits in s have together, whatever parts them.
func numbersIn(s string) (lens uint64) {
	sums := uint64(0) // of the groups that end where the last one does
	for i := 0; i < len(s); {
		if len(s)-i >= 8 && digitBits(load(s[i:])) == 0 { // words
			i += 8
			continue
		}
		n := span(s[i:], isDigit, len(s))
		if n == 0 {
			i++
			continue
		}
		sums = (sums | 1) << (n & 63) & uint64(b2i(n < 64)*-1)
		lens |= sums
		i += n
	}
	return lens
}
