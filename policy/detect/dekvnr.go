package detect

// deHealthInsurance is the number on a German health insurance card: a letter, 8
// digits and a check digit, Luhn with the weights 1 and 2 over the letter's two
// digits and the rest (Spitzenverband Bund, section 290 SGB V; A123456780).
var deHealthInsurance = &kind{
	name: "de_health_insurance", severity: sevOfficial, ja: "ドイツ健康保険番号", en: "German health insurance number", mustLabel: true, id: 44,
	labels: []string{"krankenversichertennummer", "kvnr", "versichertennummer", "krankenversicherungsnummer", "health insurance number"},
	lens:   lengths(9), single: true,
	try: func(w *window) (match, bool) {
		start, code, ok := w.code(10)
		if !ok || !isUpper(code[0]) || start+1 != w.start() {
			return match{}, false
		}
		letter := int(code[0]-'A') + 1
		digits := string([]byte{'0' + byte(letter/10), '0' + byte(letter%10)}) + code[1:9]
		sum := 0
		for i := range 10 {
			n := int(digits[i]-'0') * (1 + i%2)
			sum += n/10 + n%10
		}
		return match{start: start, end: start + 10, norm: code, points: ptShape / 2, why: whyCheck}, sum%10 == int(code[9]-'0')
	},
}
