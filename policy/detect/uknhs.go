package detect

// ukNHS is a number of the English health service: 10 digits, the last one a
// check digit modulo 11 (NHS Data Dictionary; 943 476 5919 is right).
var ukNHS = &kind{
	name: "uk_nhs", severity: sevOfficial, ja: "英国NHS番号", en: "UK NHS number", id: 12,
	labels: []string{"nhs number", "nhs no", "nhs"},
	lens:   lengths(10), vote: true,
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "334" && shape != "a" || !w.seps("- ") || !w.same() || !w.free() || !nhsCheck(w.digits) || allEqual(w.digits) {
			return match{}, false
		}
		m := match{norm: w.digits, points: ptCheck, why: whyCheck}
		if shape == "334" {
			m.points, m.why = m.points+ptGroups, m.why|whyGroups
		} else {
			m.points--
		}
		return m, true
	},
}

func nhsCheck(d string) bool {
	sum := 0
	for i := range 9 {
		sum += int(d[i]-'0') * (10 - i)
	}
	r := 11 - sum%11
	return r != 10 && r%11 == int(d[9]-'0')
}
