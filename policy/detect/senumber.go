package detect

// sePersonnummer is a Swedish personal identity number: date of birth, hyphen or
// plus, serial and Luhn check digit (Skatteverket SKV 704; 811218-9876).
var sePersonnummer = &kind{
	name: "se_personnummer", severity: sevOfficial, ja: "スウェーデン個人番号", en: "Swedish personal identity number", mustLabel: true, id: 34,
	labels: []string{"personnummer", "personal identity number", "samordningsnummer"},
	lens:   lengths(10, 12),
	try: func(w *window) (match, bool) {
		d, shape := w.digits, w.shape()
		if shape != "64" && shape != "84" && shape != "a" && shape != "c" || !w.seps("-") || !w.free() {
			return match{}, false
		}
		d = d[len(d)-10:]
		if !luhn(d) || !validDate(2000, atoi(d[2:4]), (atoi(d[4:6])-1)%60+1) {
			return match{}, false
		}
		return match{norm: d, points: ptCheck, why: whyCheck}, true
	},
}
