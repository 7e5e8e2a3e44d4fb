package detect

import "strings"

// sgUEN is a Singapore entity number: of a business (8 digits and a check letter),
// of a company (year, 5 digits and a check letter), or of another entity (T or S,
// year, two letters, 4 digits and a letter) (ACRA; 00192200M, 197401143C).
var sgUEN = &kind{
	name: "sg_uen", severity: sevBusiness, ja: "シンガポール事業体番号", en: "Singapore entity number", mustLabel: true,
	labels: []string{"uen", "unique entity number", "acra no"},
	lens:   lengths(2, 8, 9), single: true,
	try: func(w *window) (match, bool) {
		n := len(w.digits)
		size := n + 1
		if n == 2 {
			size = 10
		}
		start, code, ok := w.code(size)
		if !ok {
			return match{}, false
		}
		m := match{start: start, end: start + size, norm: code, points: ptCheck, why: whyCheck}
		switch {
		case n == 2:
			m.why = 0
			return m, strings.IndexByte("TSR", code[0]) >= 0 && isUpper(code[3]) && upperDigit(code[4]) && span(code[5:], isDigit, 5) == 4 && isUpper(code[9])
		case start != w.start():
			return match{}, false
		case n == 8:
			return m, "XMKECAWLJDB"[weighted(code, 10, 4, 9, 3, 8, 2, 7, 1)%11] == code[8]
		}
		return m, "ZKCMDNERGWH"[weighted(code, 10, 8, 6, 4, 9, 7, 5, 3, 1)%11] == code[9]
	},
}
