package detect

import "strings"

// Names whose family and given name are apart: in two columns that nothing names, in two
// fields of a record.

// splitNames types two columns side by side that nothing names, of which the first holds
// family names and the second given names of the dictionary.
func (g *grid) splitNames() {
	if g.people() {
		return
	}
	dict := g.reader.d.dict
	for i := 0; i+1 < len(g.columns); i++ {
		a, b := &g.columns[i], &g.columns[i+1]
		if a.kind != nil || b.kind != nil || a.header != "" || b.header != "" {
			continue
		}
		n, families := g.share(i, func(s string) bool { return dict.family.has(s) })
		if n < voteRows || families*10 < n*7 {
			continue
		}
		n, given := g.share(i+1, func(s string) bool { return dict.isGiven(s, true) })
		if n < voteRows || given*10 < n*7 {
			continue
		}
		a.kind, a.voted, a.sub = personName, true, "family"
		b.kind, b.voted, b.sub = personName, true, "given"
		return
	}
}

// splitNameIn tells that two neighbouring cells of a raw row are a family name and a given
// name of the dictionary.
func (d *Detector) splitNameIn(row string) bool {
	for cells := row; ; {
		i := strings.IndexAny(cells, ",\t;")
		if i < 0 {
			return false
		}
		family := trimCell(cells[:i])
		if cells = cells[i+1:]; len(family) < len("堀") || len(family) > len("勅使河原") || !d.dict.family.has(family) {
			continue
		}
		given := cells
		if k := strings.IndexAny(given, ",\t;"); k >= 0 {
			given = given[:k]
		}
		if given = trimCell(given); given != "" && d.dict.isGiven(given, true) {
			return true
		}
	}
}

// splitNumbers types columns that nothing names, or that are only counted (番号1, 番号2, 番号3),
// of My Numbers in three cells of four digits each: nearly all rows pass the check, as only
// one in eleven does by chance.
func (g *grid) splitNumbers() {
	for i := 0; i+2 < len(g.columns); i++ {
		if !g.untyped(i) || !g.untyped(i+1) || !g.untyped(i+2) {
			continue
		}
		n, good := 0, 0
		for row := g.header + 1; row < len(g.table.Rows) && n < sampleRows; row++ {
			cells := g.row(row)
			if i+2 >= len(cells) {
				continue
			}
			n++
			a, b, c := g.cell(cells[i]), g.cell(cells[i+1]), g.cell(cells[i+2])
			if good += b2i(len(a) == 4 && len(b) == 4 && len(c) == 4 && digitsIn(a)+digitsIn(b)+digitsIn(c) == 12 && myNumberCheck(a+b+c)); good*2 < n {
				break // a year, a quarter, an amount
			}
		}
		if (n >= 5 || n >= 3 && g.people()) && good*10 >= n*9 {
			g.columns[i].kind, g.columns[i].voted = myNumber, true
			g.columns[i+1].kind, g.columns[i+2].kind = nil, nil
			i += 2
		}
	}
}

// untyped tells a column that neither a heading nor the check of its cells has told: 1234
// may be a date of expiry too.
func (g *grid) untyped(col int) bool {
	c := &g.columns[col]
	if header := strings.Trim(c.header, "0123456789()-_ 第上中下桁"); header != "" && !isGeneric(lower(header)) {
		return false
	}
	return c.kind == nil || c.voted && c.kind == cardExpiry || c.kind == negativeLabel
}

// nameParts are the keys of JSON for the two parts of a name.
var nameParts = []string{`"sei":`, `"mei":`, `"sei_kana":`, `"mei_kana":`, `"seikana":`, `"meikana":`, `"myoji":`}

var namePart = newAnyWord(nameParts...)

// partFields finds the parts of a name that records in JSON tell by Japanese words in
// Latin letters: {"sei":"堀","mei":"稔"}. One without the other is none.
func partFields(d *Detector, v *view, emit func(candidate)) {
	if !v.may(nameParts...) {
		return
	}
	d.readLow(v)
	low := v.low
	for i := namePart.next(low, 0); i >= 0; i = namePart.next(low, i+1) {
		family := partValue(v, i)
		next := namePart.next(low, max(i+1, family.end))
		if family.end == 0 || next < 0 || next > family.end+len(`", "`) {
			continue
		}
		given := partValue(v, next)
		if given.end == 0 {
			continue
		}
		family.subtype, given.subtype = "family", "given"
		emit(family)
		emit(given)
		i = next
	}
}

// partValue is the value of the key at i: kanji, kana or Latin letters in quotes; the end
// is 0 for any other.
func partValue(v *view, i int) (c candidate) {
	start := i + 1 + strings.IndexByte(v.s[i:], ':')
	start += span(v.s[start:], func(b byte) bool { return b == ' ' }, 2)
	if !strings.HasPrefix(v.s[start:], `"`) {
		return c
	}
	start++
	n := strings.IndexByte(v.s[start:min(len(v.s), start+40)], '"')
	if n < 1 {
		return c
	}
	value := v.s[start : start+n]
	if chars := charsOf(value); chars.other || chars.n > 12 || chars.kanji+chars.kana+chars.latin == 0 {
		return c
	}
	return candidate{kind: personName, start: start, end: start + n, label: v.s[i+1 : i+4], match: match{norm: value, points: 4, why: whyLabel}}
}
