package detect

// auTFN is an Australian tax file number: 9 digits, weighted sum divisible by 11
// (123 456 782).
var auTFN = &kind{
	name: "au_tfn", severity: sevOfficial, ja: "オーストラリア納税者番号", en: "Australian tax file number", mustLabel: true, id: 23,
	labels: []string{"tfn", "tax file number", "tax file no"},
	lens:   lengths(9),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "333" && shape != "9" || !w.seps(" -") || !w.free() || !tfnCheck(w.digits) {
			return match{}, false
		}
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, true
	},
}

func tfnCheck(d string) bool {
	sum := 0
	for i, f := range []int{1, 4, 3, 7, 5, 8, 6, 9, 10} {
		sum += int(d[i]-'0') * f
	}
	return sum%11 == 0 && !allEqual(d)
}
