package detect

// zaID is a South African identity number: date of birth, serial, citizenship
// and Luhn check digit (Identification Act 68 of 1997; 8001015009087).
var zaID = &kind{
	name: "za_id", severity: sevOfficial, ja: "南アフリカ身分番号", en: "South African identity number", mustLabel: true, id: 37,
	labels: []string{"south african id", "rsa id", "sa id number"},
	lens:   lengths(13),
	try: func(w *window) (match, bool) {
		d, shape := w.digits, w.shape()
		if shape != "d" && shape != "643" && shape != "6421" || !w.seps(" ") || !w.free() || !luhn(d) || d[10] > '2' {
			return match{}, false
		}
		return match{norm: d, points: ptCheck, why: whyCheck}, validDate(2000, atoi(d[2:4]), atoi(d[4:6]))
	},
}
