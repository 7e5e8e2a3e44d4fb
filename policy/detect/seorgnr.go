package detect

// seOrganisation is a Swedish organisation number: 10 digits, the third at least
// 2, Luhn (Lag 1974:174; 212000-0142).
var seOrganisation = &kind{
	name: "se_organisation", severity: sevBusiness, ja: "スウェーデン組織番号", en: "Swedish organisation number", mustLabel: true,
	labels: []string{"organisationsnummer", "org.nr", "orgnr", "org nr", "organisation number"},
	lens:   lengths(10),
	try: func(w *window) (match, bool) {
		shape := w.shape()
		if shape != "64" && shape != "a" || !w.seps("-") || !w.free() {
			return match{}, false
		}
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, w.digits[2] >= '2' && luhn(w.digits)
	},
}
