package detect

// itVAT is an Italian partita IVA: 11 digits, Luhn (DPR 633/1972; 00743110157). A
// freelancer's is a person's.
var itVAT = &kind{
	name: "it_vat", severity: sevBusiness, ja: "イタリアVAT番号", en: "Italian VAT number", mustLabel: true,
	labels: []string{"partita iva", "p.iva", "p. iva", "piva"},
	lens:   lengths(11), single: true,
	try: func(w *window) (match, bool) {
		return match{norm: w.digits, points: ptCheck, why: whyCheck}, w.free() && luhn(w.digits) && !allEqual(w.digits)
	},
}
