package detect

import "strings"

// deIDCard is the number of a German identity card or passport: 9 characters of
// digits and consonants and a check digit with the weights 7, 3, 1 (ICAO 9303;
// T220001293).
var deIDCard = &kind{
	name: "de_id_card", severity: sevOfficial, ja: "ドイツ身分証・旅券番号", en: "German identity card or passport number", mustLabel: true, id: 47,
	labels: []string{"personalausweis", "personalausweisnummer", "ausweisnummer", "reisepass", "reisepassnummer", "passnummer", "german passport", "german id card"},
	lens:   lengths(1, 2, 3, 4, 5, 6, 7, 8, 9), single: true,
	try: func(w *window) (match, bool) {
		if s := w.v.s; w.start() == 0 || !isUpper(s[w.start()-1]) {
			return match{}, false
		}
		start, code, ok := w.code(10)
		if !ok || strings.ContainsAny(code, "ABDEIOQSU") || !isDigit(code[9]) {
			return match{}, false
		}
		sum := 0
		for i := range 9 {
			n := int(code[i] - '0')
			if isUpper(code[i]) {
				n = int(code[i]-'A') + 10
			}
			sum += n * [3]int{7, 3, 1}[i%3]
		}
		return match{start: start, end: start + 10, norm: code, points: ptCheck, why: whyCheck}, sum%10 == int(code[9]-'0')
	},
}
