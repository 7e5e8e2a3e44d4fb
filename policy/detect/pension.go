package detect

import "strings"

// pensionNumber is the basic pension number: 4 and 6 digits (National Pension
// Act enforcement rule). No check digit is public, so the label decides.
var pensionNumber = &kind{
	name: "basic_pension_number", severity: sevOfficial, ja: "基礎年金番号", en: "basic pension number", mustLabel: true, id: 6,
	labels: []string{"基礎年金番号", "手帳の番号", "年金番号", "年金手帳", "养老金号码", "年金号码", "연금번호", "基礎年金", "pension number", "basic pension", "nenkin"},
	lens:   lengths(10),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "46" && shape != "a" || !w.seps("- ./") || !w.free() {
			return match{}, false
		}
		m := match{norm: w.digits}
		if shape == "46" {
			m.points, m.why = 1+ptGroups, whyGroups
		} else {
			m.points = 1
		}
		return m, true
	},
}

// spokenOfNear tells the number of a pension or of a resident of whose kind the sentence
// before speaks: 住民票コードがわかりました。38….
func (v *view) spokenOfNear(c *candidate, why reason, word string) (float64, reason, string) {
	switch {
	case c.kind == pensionNumber && c.why&whyGroups != 0 && (strings.Contains(v.around(c.start, 2), "年金番号") || strings.Contains(v.lineText(v.line(c.start)), "年金") && pensionBook.ends(strings.TrimRight(v.leftOf(c.start), " :"))):
		return ptNear, whyNear, "年金番号"
	case c.kind == residentCode && anyOf(v.around(c.start, 1), residentCode.labels[:5]):
		return ptNear, whyNear, "住民票コード"
	}
	return 0, why, word
}

// pensionBook are words right before the number of the book that a line about pensions speaks of.
var pensionBook = newAnyEnd("手帳の番号", "手帳の番号が", "手帳の番号は", "手帳番号", "手帳番号は")
