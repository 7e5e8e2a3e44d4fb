package detect

// usNPI is a United States provider identifier of a physician: 10 digits that
// pass Luhn behind the prefix 80840 (45 CFR 162.406; 1234567893).
var usNPI = &kind{
	name: "us_npi", severity: sevOfficial, ja: "米国医療提供者番号", en: "US national provider identifier", mustLabel: true, id: 41,
	labels: []string{"npi", "national provider identifier", "provider npi"},
	lens:   lengths(10), single: true,
	try: func(w *window) (match, bool) {
		d := w.digits
		return match{norm: d, points: ptCheck, why: whyCheck}, (d[0] == '1' || d[0] == '2') && w.free() && luhn("80840"+d)
	},
}
