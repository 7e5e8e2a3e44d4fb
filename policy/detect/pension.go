package detect

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
