package detect

// deSocialSecurity is a German pension insurance number: area, date of birth, the
// first letter of the name at birth, serial and check digit (VKVV section 2;
// 15070649C103).
var deSocialSecurity = &kind{
	name: "de_social_security", severity: sevOfficial, ja: "ドイツ年金保険番号", en: "German social security number", mustLabel: true, id: 45,
	labels: []string{"sozialversicherungsnummer", "rentenversicherungsnummer", "versicherungsnummer", "sv-nummer", "svnr", "rvnr", "german social security"},
	lens:   lengths(8), single: true,
	try: func(w *window) (match, bool) {
		start, code, ok := w.code(12)
		if !ok || start != w.start() || !isUpper(code[8]) || span(code[9:], isDigit, 4) != 3 || !validDate(2000, atoi(code[4:6]), atoi(code[2:4])%50) {
			return match{}, false
		}
		letter := int(code[8]-'A') + 1
		digits := code[:8] + string([]byte{'0' + byte(letter/10), '0' + byte(letter%10)}) + code[9:11]
		sum := 0
		for i, f := range []int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1} {
			n := int(digits[i]-'0') * f
			sum += n/10 + n%10
		}
		return match{start: start, end: start + 12, norm: code, points: ptShape, why: whyCheck}, sum%10 == int(code[11]-'0')
	},
}
