package detect

// phTIN is a Philippine taxpayer number behind its label: 9 digits, or 12 to 14
// with the branch (Bureau of Internal Revenue). Its check is not public.
var phTIN = &kind{
	name: "ph_tin", severity: sevOfficial, ja: "フィリピン納税者番号", en: "Philippine taxpayer number", mustLabel: true, id: 51,
	labels: []string{"tin no", "tin number", "bir tin", "tin"},
	lens:   lengths(9, 12, 14),
	try: func(w *window) (match, bool) {
		switch w.shape() {
		case "333", "3333", "3335", "9", "c":
		default:
			return match{}, false
		}
		return match{norm: w.digits, points: 1}, w.seps("-") && w.free() && !allEqual(w.digits)
	},
}
