package detect

// frNIR is the French social security number: 13 digits and a key, 97 minus the
// number modulo 97 (INSEE).
var frNIR = &kind{
	name: "fr_nir", severity: sevOfficial, ja: "フランス社会保障番号", en: "French social security number", id: 16,
	labels: []string{"nir", "sécurité sociale", "securite sociale", "numéro de sécurité sociale", "n° de sécurité sociale", "insee"},
	lens:   lengths(15), vote: true,
	try: func(w *window) (match, bool) {
		d := w.digits
		shape := w.shape()
		if shape != "f" && shape != "1222332" && shape != "1222333"[:7] && shape != "d2" || !w.seps(" -.") || !w.free() {
			return match{}, false
		}
		month := atoi(d[3:5])
		if d[0] != '1' && d[0] != '2' || month < 1 || month > 12 && month < 20 || month > 42 && month < 50 {
			return match{}, false
		}
		n := 0
		for i := range 13 {
			n = (n*10 + int(d[i]-'0')) % 97
		}
		return match{norm: d, points: 3.5, why: whyCheck}, 97-n == atoi(d[13:])
	},
}
