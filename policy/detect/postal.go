package detect

import (
	"strings"
	"unicode/utf8"

	"github.com/sekisho-mail/sekisho/policy"
)

// postalCode is a Japanese postal code: three digits, hyphen, four digits, with
// or without 〒. The first digits must be in use (postal code data of Japan Post,
// no copyright claimed).
var postalCode = &kind{
	name: "postal_code", severity: sevSingle, ja: "郵便番号", en: "postal code",
	labels:  []string{"郵便番号", "〒", "zip", "postal code", "postcode", "zip code", "zipcode", "postalcode", "yubin"},
	headers: []string{"郵便", "postal", "zip_code", "postal_code"},
	lens:    lengths(7), vote: true,
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "34" && shape != "7" || shape == "34" && !w.seps("- ") || !w.free() {
			return match{}, false
		}
		m := match{norm: w.digits}
		if shape == "34" && w.seps("-") {
			m.points, m.why = 1, whyGroups
		}
		if strings.HasSuffix(strings.TrimRight(w.v.s[:w.start()], " "), "〒") {
			m.points, m.why = m.points+2, m.why|whyShape
		}
		return m, true
	},
}

// withAddress gives postal codes the points of the address behind them, or before them where
// it is written in Latin letters.
func (v *view) withAddress(all []candidate) {
	starts, ends := map[int]bool{}, map[int]bool{}
	for i := range all {
		if c := &all[i]; c.kind == address {
			starts[c.start] = true
			ends[c.end] = isLetter(v.s[c.end-1])
		}
	}
	for i := range all {
		c := &all[i]
		if c.kind == postalCode && strings.HasPrefix(v.s[c.end:], ")") && !hasAnySuffix(v.s[:c.start], []string{"(", "〒", "〒 "}) {
			continue // the end of a telephone number: 森律（059 479 5656）四日市市 …
		}
		for gap := 0; c.kind == postalCode && gap <= 2; gap++ {
			if starts[c.end+gap] || gap > 0 && ends[c.start-gap] {
				c.points = max(c.points, 0) + ptLabel
				c.why |= whyRecord
				break
			}
		}
	}
}

// codeBefore takes the postal code that a cell of a column of addresses begins with.
func (x *exam) codeBefore(g *grid, i int, cell policy.Span, out *[]hit) {
	raw := g.text[cell.Start:cell.End]
	mark := strings.HasPrefix(raw, "〒")
	start := len(raw) - len(strings.TrimLeft(raw, "〒 　"))
	if start >= len(raw) || !mark && !isDigit(raw[0]) {
		return // most cells
	}
	code, end := "", start
	for end < len(raw) && len(code) < 7 {
		r, w := utf8.DecodeRuneInString(raw[end:])
		if r >= '０' && r <= '９' {
			r += '0' - '０'
		}
		switch {
		case r >= '0' && r <= '9':
			code += string(r)
		case len(code) != 3 || !strings.ContainsRune("-－‐‑−ー–—", r):
			return
		}
		end += w
	}
	if next, _ := utf8.DecodeRuneInString(raw[end:]); len(code) < 7 || next != ' ' && next != '　' && !isKanji(next) || !mark && !x.d.dict.hasZip(uint32(atoi(code))) {
		return
	}
	g.hit(i, postalCode, &source{table: g.free.table, turned: g.onSide}, policy.Span{Start: cell.Start + start, End: cell.Start + end},
		match{norm: code, points: ptColumn, why: whyShape}, out)
}
