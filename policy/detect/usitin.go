package detect

// usITIN is a United States taxpayer number of somebody without a social
// security number: 9xx-yy-zzzz with yy 50-65, 70-88, 90-92, 94-99 (IRS).
var usITIN = &kind{
	name: "us_itin", severity: sevOfficial, ja: "米国個人納税者番号", en: "US individual taxpayer number", mustLabel: true, id: 42,
	labels: []string{"itin", "individual taxpayer", "taxpayer identification number"},
	lens:   lengths(9),
	try: func(w *window) (match, bool) {
		shape, d := w.shape(), w.digits
		if shape != "324" && shape != "9" || !w.seps("- ") || !w.same() || !w.free() || d[0] != '9' {
			return match{}, false
		}
		y := atoi(d[3:5])
		return match{norm: d, points: 1}, y >= 50 && y <= 65 || y >= 70 && y <= 88 || y >= 90 && y <= 92 || y >= 94
	},
}
