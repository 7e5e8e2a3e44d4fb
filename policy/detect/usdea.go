package detect

// usDEA is the registration of an American doctor for controlled substances: the
// class, the first letter of the name, 7 digits; the sum of the first, third and
// fifth and twice that of the others ends in the last (21 CFR 1301; AB1234563).
var usDEA = &kind{
	name: "us_dea", severity: sevOfficial, ja: "米国DEA登録番号", en: "American DEA number", mustLabel: true, id: 52,
	labels: []string{"dea number", "dea no", "dea registration", "dea #", "dea"},
	lens:   lengths(7), single: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(false)
		d := w.digits
		if w.j > w.i || len(left) != 2 || !isUpper(left[0]) || !isUpper(left[1]) || !w.freeRight() {
			return match{}, false
		}
		sum := weighted(d, 1, 2, 1, 2, 1, 2)
		return match{start: start, end: w.end(), norm: left + d, points: ptCheck, why: whyCheck}, sum%10 == int(d[6]-'0')
	},
}
