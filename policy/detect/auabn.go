package detect

// auABN is an Australian business number: 11 digits, of which the first less one,
// weighted 10, 1, 3, 5 ... 19, give a multiple of 89 (Australian Business Register;
// 51 824 753 556). A sole trader's is a person's.
var auABN = &kind{
	name: "au_abn", severity: sevBusiness, ja: "オーストラリア事業者番号", en: "Australian business number", mustLabel: true,
	labels: []string{"abn", "australian business number", "business number"},
	lens:   lengths(11),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "2333" && shape != "b" || !w.seps(" ") || !w.free() || w.digits[0] == '0' {
			return match{}, false
		}
		sum := weighted(w.digits, 10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19) - 10
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, sum%89 == 0
	},
}
