package detect

import "strings"

// deVAT is a German value added tax id: DE and 9 digits, ISO 7064 MOD 11,10
// (Bundeszentralamt für Steuern; DE136695976). A freelancer's is a person's.
var deVAT = &kind{
	name: "de_vat_id", severity: sevBusiness, ja: "ドイツVAT番号", en: "German VAT id", mustLabel: true,
	labels: []string{"ust-idnr", "ust-id", "ust.-idnr", "ustid", "umsatzsteuer-identifikationsnummer", "umsatzsteuer-id", "vat id", "vat-id"},
	lens:   lengths(9), single: true,
	try: func(w *window) (match, bool) {
		start, left := w.lettersLeft(true)
		if w.j > w.i || left != "DE" || !w.freeRight() {
			return match{}, false
		}
		p := 10
		for i := range 8 {
			s := (int(w.digits[i]-'0') + p) % 10
			if s == 0 {
				s = 10
			}
			p = s * 2 % 11
		}
		return match{start: start, end: w.end(), norm: "DE" + strings.Clone(w.digits), points: ptCheck, why: whyCheck}, (11-p)%10 == int(w.digits[8]-'0')
	},
}
