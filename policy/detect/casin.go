package detect

// caSIN is a Canadian social insurance number: 9 digits with the Luhn check
// (Employment and Social Development Canada; 046 454 286).
var caSIN = &kind{
	name: "ca_sin", severity: sevOfficial, ja: "カナダ社会保険番号", en: "Canadian social insurance number", mustLabel: true, id: 30,
	labels: []string{"social insurance number", "sin", "sin number", "numéro d'assurance sociale"},
	lens:   lengths(9),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "333" && shape != "9" || !w.seps(" -") || !w.free() || !luhn(w.digits) || allEqual(w.digits) {
			return match{}, false
		}
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, true
	},
}
