package detect

// usSSN is a United States social security number; area 000, 666 and 9xx, group
// 00 and serial 0000 are never issued (SSA, 20 CFR 422.103 and POMS RM 10201), nor
// 123-45-6789, which examples have.
var usSSN = &kind{
	name: "us_ssn", severity: sevOfficial, ja: "米国社会保障番号", en: "US social security number", id: 11,
	labels: []string{"ssn", "social security number", "social security no", "social security", "ss#", "ssn#"},
	lens:   lengths(9), vote: true,
	try: func(w *window) (match, bool) {
		shape, d := w.shape(), w.digits
		if shape != "324" && shape != "9" || !w.seps("- ") || !w.same() || !w.free() {
			return match{}, false
		}
		if d[:3] == "000" || d[:3] == "666" || d[0] == '9' || d[3:5] == "00" || d[5:] == "0000" || allEqual(d) || d == "123456789" {
			return match{}, false
		}
		if shape == "324" {
			return match{norm: d, points: 2, why: whyGroups}, true
		}
		return match{norm: d}, true
	},
}
