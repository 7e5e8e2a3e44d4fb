package detect

import "strings"

// iban is an international bank account number (ISO 13616): length by country
// and check modulo 97.
var iban = &kind{
	name: "iban", severity: sevContact, ja: "IBAN", en: "IBAN", id: 14,
	labels: []string{"iban"},
	lens:   ^uint64(0), single: true, vote: true,
	try: func(w *window) (match, bool) {
		if w.j > w.i || len(w.digits) < 2 {
			return match{}, false
		}
		start, left := w.lettersLeft(false)
		if len(left) != 2 {
			return match{}, false
		}
		n := ibanLength[strings.ToUpper(left)]
		if n == 0 {
			return match{}, false
		}
		var b strings.Builder
		i := start
		for ; i < len(w.v.s) && b.Len() < n; i++ {
			c := w.v.s[i]
			if c == ' ' || c == '-' {
				continue
			}
			if !isDigit(c) && !isLetter(c) {
				break
			}
			b.WriteByte(c)
		}
		norm := strings.ToUpper(b.String())
		if len(norm) != n || i < len(w.v.s) && wordByte(w.v.s[i]) || !ibanCheck(norm) {
			return match{}, false
		}
		return match{start: start, end: i, norm: norm, points: ptShape + ptCheck, why: whyCheck | whyShape}, true
	},
}

// ibanCheck moves the first four characters to the end, reads letters as 10 to
// 35 and asks for the rest 1 modulo 97.
func ibanCheck(s string) bool {
	s = squeeze(s)
	if len(s) < 5 {
		return false
	}
	rest := 0
	for _, c := range []byte(s[4:] + s[:4]) {
		switch {
		case isDigit(c):
			rest = (rest*10 + int(c-'0')) % 97
		case isUpper(c):
			rest = (rest*100 + int(c-'A') + 10) % 97
		default:
			return false
		}
	}
	return rest == 1
}

// ibanLength is the registry of lengths by country (SWIFT IBAN registry).
var ibanLength = map[string]int{"AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BR": 29, "BY": 28,
	"CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DK": 18, "DO": 28, "EE": 20, "EG": 29, "ES": 24, "FI": 18, "FO": 18, "FR": 27, "GB": 22,
	"GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28, "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30,
	"KZ": 20, "LB": 28, "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MR": 27, "MT": 31, "MU": 30,
	"NL": 18, "NO": 15, "PK": 24, "PL": 28, "PS": 29, "PT": 25, "QA": 29, "RO": 24, "RS": 22, "SA": 24, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
	"TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20}
