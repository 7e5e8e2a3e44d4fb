package detect

// auACN is an Australian company number: 9 digits, the last one the complement of
// the others weighted 8 to 1 (ASIC; 004 085 616).
var auACN = &kind{
	name: "au_acn", severity: sevBusiness, ja: "オーストラリア会社番号", en: "Australian company number", mustLabel: true,
	labels: []string{"acn", "australian company number"},
	lens:   lengths(9),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "333" && shape != "9" || !w.seps(" ") || !w.free() {
			return match{}, false
		}
		check := (10 - weighted(w.digits, 8, 7, 6, 5, 4, 3, 2, 1)%10) % 10
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, check == int(w.digits[8]-'0')
	},
}
